"""nDCG: how good a ranking is when some documents answer better than others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def dcg(gains: Sequence[float]) -> float:
    """Return the sum of gains, each divided by the logarithm of its place.

    Args:
        gains: of the documents, the first place first.

    Raises:
        ValueError: a gain is negative, infinite or no number.

    Source: Järvelin and Kekäläinen (2002) for the idea; the logarithm of 1 + place is that of
    scikit-learn's ``dcg_score``.

    >>> dcg([3, 0, 1])
    3.5
    """
    if any(not (0 <= gain < math.inf) for gain in gains):
        raise ValueError("gains are 0 or more and finite")
    return sum(g / math.log2(1 + place) for place, g in enumerate(gains, start=1))


def ndcg(ranking: Sequence[str], gains: Mapping[str, float], k: int = 10) -> float:
    """Return the gain of the first *k* documents, divided by that of the best ranking.

    Args:
        ranking: documents, the best first.
        gains: of the relevant documents; another gains 0.
        k: places that are looked at, 1 or more.

    Returns:
        From 0 to 1; 0 where nothing is relevant.

    Raises:
        ValueError: *k* is below 1, a document stands twice, or a gain is no such number.

    >>> ndcg(["b", "x", "a"], {"a": 1, "b": 3}, k=10)
    0.9639404333166532
    """
    if k < 1:
        raise ValueError(f"look at 1 place or more, not {k}")
    if len(set(ranking)) < len(ranking):
        raise ValueError("a ranking names a document twice; each has one place")
    best = dcg(sorted(gains.values(), reverse=True)[:k])
    reached = dcg([gains.get(document, 0) for document in ranking[:k]])
    return reached / best if best else 0.0
