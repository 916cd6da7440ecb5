"""Patterns and texts drawn at random, to compare two engines; misspellings cut into three parts."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterable, Sequence

ATOMS = ("a", "b", "c", ".", "[ab]", "[^a]", "[b-d]")


def random_pattern(rng: random.Random, depth: int = 4) -> str:
    """Return a pattern over a few letters, with brackets up to a depth.

    Raises:
        ValueError: *depth* is negative or above 20.

    >>> random_pattern(random.Random(2), depth=0) in ATOMS
    True
    """
    if not 0 <= depth <= 20:
        raise ValueError(
            f"depth is {depth}; ask for 0 to 20 brackets within brackets"
        )
    kind = rng.randrange(4) if depth else 3
    if kind == 3:
        return rng.choice(ATOMS)
    one = random_pattern(rng, depth - 1)
    if kind == 0:
        return f"({one}){rng.choice(['*', '+', '?', '{2}', '{1,3}'])}"
    other = random_pattern(rng, depth - 1)
    return one + other if kind == 1 else f"({one}|{other})"


def random_text(rng: random.Random, longest: int = 10) -> str:
    """Return a text over a few letters, at most so long.

    Raises:
        ValueError: *longest* is negative.
    """
    if longest < 0:
        raise ValueError(f"longest is {longest}; ask for 0 characters or more")
    return "".join(rng.choices("abcd\n", k=rng.randrange(longest + 1)))


Pair = tuple[str, str]


def in_three_parts(
    misspellings: Iterable[tuple[str, Sequence[str]]],
) -> dict[str, list[Pair]]:
    """Return pairs of wrong and right spellings for training, validation and test.

    Kept are words of the letters a to z with one correction.  All words whose right spelling
    begins with the same four letters go into one part, so that no slip is in two parts in
    different forms of one word: of ten groups eight train, one validates, one tests.

    >>> parts = in_three_parts([("acess", ["access"]), ("alot", ["a lot"])])
    >>> sum(map(len, parts.values()))
    1
    """
    parts: dict[str, list[Pair]] = {"training": [], "validation": [], "test": []}
    for wrong, right in misspellings:
        if len(right) == 1 and all(
            re.fullmatch("[a-z]+", w) for w in (wrong, *right)
        ):
            group = zlib.crc32(right[0][:4].encode()) % 10
            part = {0: "validation", 1: "test"}.get(group, "training")
            parts[part].append((wrong, right[0]))
    return parts
