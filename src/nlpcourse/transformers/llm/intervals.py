"""How far a share can be trusted: an interval for one, and for the difference of two."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nlpcourse.evaluation import bootstrap_interval

Z = 1.959963984540054
"""The normal distribution holds 95 % between −z and z."""


def wilson(right: int, total: int, z: float = Z) -> tuple[float, float]:
    """Return the Wilson interval of a share.

    Args:
        right: how many were right.
        total: of how many.
        z: the normal quantile, 1.96 for an interval of 95 %.

    Raises:
        ValueError: there is nothing to count, or z is not positive.

    Source: Wilson (1927); Brown, Cai and DasGupta (2001), equation 4.

    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    if total < 1 or not 0 <= right <= total:
        raise ValueError(
            f"{right} of {total} is no share; give 0 ≤ right ≤ total, total ≥ 1"
        )
    if not 0 < z < math.inf:
        raise ValueError(f"z is positive and finite, not {z}")
    share, square = right / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    half /= 1 + square / total
    return max(0.0, middle - half), min(1.0, middle + half)


def paired_difference(
    ours: Sequence[float],
    theirs: Sequence[float],
    samples: int = 2000,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Return the mean difference of two systems on the same items, and its bootstrap interval.

    Items are drawn again, not systems: what is hard for both stays hard for both.

    Raises:
        ValueError: the two were not judged on the same items.

    >>> paired_difference([1, 1, 1, 0], [0, 0, 1, 0])[0]
    0.5
    """
    if len(ours) != len(theirs) or not ours:
        raise ValueError(
            f"{len(ours)} and {len(theirs)} outcomes can't be paired; judge both "
            "on the same items"
        )
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    low, high = bootstrap_interval(differences, samples=samples, seed=seed)
    return sum(differences) / len(differences), low, high
