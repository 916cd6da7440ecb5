"""How mixed a heap is: Gini's index and the entropy of its labels.

The standard library alone: the page's playground asks these functions, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection

Impurity = Callable[[Collection[float]], float]


def _require_counts(counts: Collection[float]) -> None:
    """Refuse counts that are negative, infinite or no numbers."""
    for n in counts:
        if not 0 <= n < math.inf:
            raise ValueError(
                f"a heap holds 0 or more items of each label, not {n!r}"
            )


def gini(counts: Collection[float]) -> float:
    """Return Gini's index: how often two items drawn at random differ in their labels.

    Args:
        counts: how many items of each label the heap holds.

    Returns:
        A number between 0 (one label alone) and 1 − 1/K for K labels equally often; an empty
        heap is pure.

    Raises:
        ValueError: a count is negative, infinite or no number.

    Source: Breiman, Friedman, Olshen and Stone (1984), chapter 4.

    >>> gini([2, 2]), gini([4, 0])
    (0.5, 0.0)
    """
    _require_counts(counts)
    n = sum(counts)
    return 1 - sum((k / n) ** 2 for k in counts) if n else 0.0


def entropy(counts: Collection[float]) -> float:
    """Return the entropy of a heap's labels in bits: the yes-or-no questions that are missing.

    Args:
        counts: how many items of each label the heap holds.

    Raises:
        ValueError: a count is negative, infinite or no number.

    Source: Shannon (1948), section 6; Quinlan (1986), section 4, grows trees by it.

    >>> entropy([2, 2]), entropy([1, 1, 1, 1])
    (1.0, 2.0)
    """
    _require_counts(counts)
    n = sum(counts)
    return sum(k / n * math.log2(n / k) for k in counts if k)


IMPURITIES: dict[str, Impurity] = {"gini": gini, "entropy": entropy}


def impurity_named(criterion: str) -> Impurity:
    """Return the impurity of that name.

    Raises:
        ValueError: there is none of that name.

    >>> impurity_named("gini")([1, 3])
    0.375
    """
    if criterion not in IMPURITIES:
        raise ValueError(
            f"the criterion is {' or '.join(IMPURITIES)}, not {criterion!r}"
        )
    return IMPURITIES[criterion]
