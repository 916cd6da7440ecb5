"""Maximal marginal relevance: what matters, and is not yet said."""

from __future__ import annotations

import math
from collections.abc import Sequence


def mmr(
    relevance: Sequence[float],
    similarity: Sequence[Sequence[float]],
    balance: float,
    count: int,
) -> list[int]:
    """Return the places of *count* sentences, in the order in which they are taken.

    Each time the sentence is taken whose relevance, weighed by *balance*, exceeds its largest
    similarity to a sentence already taken, weighed by the rest, by the most.

    Args:
        relevance: of each sentence, best from 0 to 1.
        similarity: of every two sentences, from 0 to 1.
        balance: λ, from 0 (only be new) to 1 (only matter).
        count: of sentences.

    Raises:
        ValueError: *balance* or *count* can't be, the table does not fit, or a value is no number.

    Source: Carbonell and Goldstein (1998), section 2.

    >>> mmr([1.0, 0.9, 0.5], [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]], balance=0.5, count=2)
    [0, 2]
    """
    _check(relevance, similarity, balance, count)
    taken: list[int] = []
    left = list(range(len(relevance)))
    while left and len(taken) < count:
        gain = {
            i: balance * relevance[i]
            - (1 - balance) * max((similarity[i][j] for j in taken), default=0.0)
            for i in left
        }
        best = max(left, key=gain.__getitem__)
        taken.append(best)
        left.remove(best)
    return taken


def _check(
    relevance: Sequence[float],
    similarity: Sequence[Sequence[float]],
    balance: float,
    count: int,
) -> None:
    """Refuse what :func:`mmr` can't work with."""
    if not 0 <= balance <= 1:
        raise ValueError(f"the balance lies between 0 and 1, not at {balance}")
    if count < 1:
        raise ValueError(f"a summary has one sentence or more, not {count}")
    if [len(row) for row in similarity] != [len(relevance)] * len(relevance):
        raise ValueError(
            "the similarities need a row and a column for each sentence"
        )
    if not all(math.isfinite(x) for row in (relevance, *similarity) for x in row):
        raise ValueError("a relevance or a similarity is no number")


def scaled(scores: Sequence[float]) -> list[float]:
    """Return scores divided by the largest, so that the best is 1; zeros stay zeros.

    Raises:
        ValueError: a score is negative or no number.

    >>> scaled([0.1, 0.4])
    [0.25, 1.0]
    """
    if not all(0 <= score < math.inf for score in scores):
        raise ValueError("a score is a number of 0 or more")
    top = max(scores, default=0.0)
    return [score / top for score in scores] if top else [0.0 for _ in scores]
