"""Words: which ones name a cluster, and which ones are only mail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

ATTRIBUTION = re.compile(r"\bin article (?:\w+ ){1,25}?(?:writes|wrote)\b")
"""What a mail program puts before a quotation: "in article <address> <name> writes".

The posts have lost their marks and line ends, so that the phrase alone can be found: up to 25 words
between "in article" and "writes".
"""


def mail_words(
    texts: Sequence[str], share: float = 0.2, least: int = 3
) -> set[str]:
    """Return the words of which a large share stands in attributions: names and addresses.

    Args:
        texts: posts in lower case, without marks.
        share: of all occurrences of a word, how many must stand in attributions.
        least: occurrences in attributions.

    Raises:
        ValueError: share is no share.

    >>> post = "in article a zoo org henry writes space is big"
    >>> sorted(mail_words([post] * 3 + ["space is a zoo"] * 3))
    ['a', 'article', 'henry', 'in', 'org', 'writes', 'zoo']
    """
    if not 0 < share <= 1:
        raise ValueError(f"share lies between 0 and 1, not {share}")
    inside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for text in texts:
        total.update(text.split())
        for attribution in ATTRIBUTION.findall(text):
            inside.update(attribution.split())
    return {w for w, n in inside.items() if n >= max(least, share * total[w])}


def top_terms(centres: Any, terms: Sequence[str], n: int = 8) -> list[list[str]]:
    """Return the words with the largest coordinates of each centre, the largest first.

    Args:
        centres: (k, words).
        terms: the word of every coordinate.
        n: how many.

    Raises:
        ValueError: there are not as many words as coordinates.

    >>> top_terms([[0.1, 0.7, 0.2]], ["cat", "dog", "eel"], 2)
    [['dog', 'eel']]
    """
    table = np.asarray(centres, dtype=float)
    if table.ndim != 2 or table.shape[1] != len(terms):
        raise ValueError(
            f"centres of {table.shape} need one word for each coordinate, not {len(terms)}"
        )
    order = np.argsort(-table, axis=1, kind="stable")[:, : max(n, 0)]
    return [[str(terms[j]) for j in row] for row in order]
