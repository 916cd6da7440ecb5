"""Texts that are nearly the same, found among thousands without comparing every pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpcourse.learning.topics.similarity import jaccard
from nlpcourse.practice.projects.bands import candidates
from nlpcourse.practice.projects.minhash import hash_functions, signature
from nlpcourse.practice.projects.shingles import shingles

LEAST = 0.5
"""Two texts are near duplicates if they share this much of their shingles."""
ROWS, BANDS = 3, 40
"""Numbers in a band, and bands: a pair at `LEAST` is missed once in two hundred times."""


def near_duplicates(
    texts: Sequence[str], least: float = LEAST, seed: int = 0
) -> list[tuple[int, int, float]]:
    """Return pairs i < j of texts with their similarity, where it is *least* or more.

    Every pair that is returned was measured exactly; a pair near *least* may be missed.

    Args:
        texts: any number; one without a character is like none.
        least: Jaccard's coefficient of the shingles, above 0, at most 1.
        seed: of the hash functions.

    Raises:
        ValueError: *least* or *seed* is out of its range.

    >>> near_duplicates(["win a free prize now", "sorry, I'm late", "Win a FREE prize  now!"])
    [(0, 2, 0.9411764705882353)]
    """
    if not 0 < least <= 1:
        raise ValueError(f"least lies above 0 and is at most 1, not {least}")
    functions = hash_functions(ROWS * BANDS, seed)
    sets = [shingles(text) for text in texts]
    held = [i for i, found in enumerate(sets) if found]
    if not held:
        return []
    table = np.stack([signature(sets[i], functions) for i in held])
    pairs = []
    for a, b in candidates(table, ROWS):
        i, j = held[a], held[b]
        if (alike := jaccard(sets[i], sets[j])) >= least:
            pairs.append((i, j, alike))
    return sorted(pairs)


def leaks(
    train: Sequence[str], test: Sequence[str], least: float = LEAST, seed: int = 0
) -> list[tuple[int, int, float]]:
    """Return pairs of a training and a test text that are near duplicates, with their similarity.

    Args:
        train: texts.
        test: texts.
        least: see :func:`near_duplicates`.
        seed: of the hash functions.

    Raises:
        ValueError: *least* or *seed* is out of its range.

    >>> leaks(["see you later then"], ["See you later then.", "no"])[0][:2]
    (0, 0)
    """
    n = len(train)
    pairs = near_duplicates([*train, *test], least, seed)
    return [(i, j - n, alike) for i, j, alike in pairs if i < n <= j]
