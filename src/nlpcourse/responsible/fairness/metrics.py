"""What a decision does to groups: rates, gaps between them, and an identity that ties them.

Source: Hardt, Price and Srebro (2016) for equalized odds; Chouldechova (2017) for
the identity.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.linear.rows import Array, Integers


@dataclass(frozen=True)
class Rates:
    """What a decision does to one group; a rate of nobody is NaN.

    Attributes:
        size: people.
        base: the share for whom yes would be right.
        selected: the share who get a yes.
        true_positive: of those for whom yes is right, the share who get it.
        false_positive: of those for whom it is wrong, the share who get it.
        precision: of those who get a yes, the share for whom it is right.
        accuracy: the share decided rightly.
    """

    size: int
    base: float
    selected: float
    true_positive: float
    false_positive: float
    precision: float
    accuracy: float


def _share(hits: Integers, among: Integers) -> float:
    """Return the share of ones in *hits* where *among* is one; NaN where that is nowhere."""
    return float(hits[among == 1].mean()) if (among == 1).any() else float("nan")


def rates(
    right: Sequence[int], decided: Sequence[int], group: Sequence[int]
) -> dict[int, Rates]:
    """Return the rates of each group.

    Args:
        right: 1 where yes would be right, else 0.
        decided: 1 for yes, 0 for no.
        group: a number for each person.

    Raises:
        ValueError: the lists differ in length or are empty, or hold something else than 0 and 1.
    """
    y, d, g = (np.asarray(part) for part in (right, decided, group))
    if not len(y) == len(d) == len(g) or not len(y):
        raise ValueError(f"{len(y)} answers, {len(d)} decisions, {len(g)} groups")
    if not (np.isin(y, (0, 1)).all() and np.isin(d, (0, 1)).all()):
        raise ValueError("answers and decisions are 0 or 1")
    found = {}
    for name in np.unique(g):
        yes, said = y[g == name], d[g == name]
        found[int(name)] = Rates(
            len(yes),
            float(yes.mean()),
            float(said.mean()),
            _share(said, yes),
            _share(said, 1 - yes),
            _share(yes, said),
            float((yes == said).mean()),
        )
    return found


def _gap(values: Sequence[float]) -> float:
    """Return the distance between the largest and the smallest value."""
    return float(max(values) - min(values))


def demographic_parity_difference(found: dict[int, Rates]) -> float:
    """Return the gap between the groups' shares of yes."""
    if not found:
        raise ValueError("a gap needs groups")
    return _gap([r.selected for r in found.values()])


def equalized_odds_difference(found: dict[int, Rates]) -> float:
    """Return the larger of two gaps: of true positive and of false positive rates."""
    if not found:
        raise ValueError("a gap needs groups")
    return max(
        _gap([r.true_positive for r in found.values()]),
        _gap([r.false_positive for r in found.values()]),
    )


def implied_false_positives(base: float, precision: float, missed: float) -> float:
    """Return the false positive rate that three other figures force on a group.

    FPR = p / (1 − p) · (1 − PPV) / PPV · (1 − FNR)

    Args:
        base: p, the share for whom yes is right; between 0 and 1.
        precision: PPV, above 0.
        missed: FNR, the share of these who get a no.

    Raises:
        ValueError: a share is out of its bounds.

    >>> round(implied_false_positives(base=0.5, precision=0.75, missed=0.25), 4)
    0.25
    """
    if not (0 <= base < 1 and 0 < precision <= 1 and 0 <= missed <= 1):
        raise ValueError(
            "shares lie between 0 and 1, a base rate below 1, a precision above 0"
        )
    return base / (1 - base) * (1 - precision) / precision * (1 - missed)


def calibration(
    right: Sequence[int], scores: Sequence[float], edges: Sequence[float]
) -> list[tuple[float, float, int]]:
    """Return for each bin of scores the mean score, the share of yes, and the number of people.

    Args:
        right: 1 where yes would be right.
        scores: probabilities.
        edges: where bins begin, and where the last ends; empty bins are left out.

    Raises:
        ValueError: the lists differ in length, the edges don't rise, an answer is neither 0
            nor 1, or a score is NaN or lies outside all bins.

    >>> calibration([1, 0, 1], [0.75, 0.25, 0.25], [0.0, 0.5, 1.0])
    [(0.25, 0.5, 2), (0.75, 1.0, 1)]
    """
    y, s = np.asarray(right, dtype=float), np.asarray(scores, dtype=float)
    if len(y) != len(s):
        raise ValueError(f"{len(y)} answers and {len(s)} scores: each needs one")
    if len(edges) < 2 or not all(a < b for a, b in itertools.pairwise(edges)):
        raise ValueError("the edges of bins rise, and there are two or more")
    if not np.isin(y, (0, 1)).all():
        raise ValueError("answers are 0 or 1")
    if not ((s >= edges[0]) & (s <= edges[-1])).all():
        raise ValueError(
            f"a score is NaN or lies outside the bins from {edges[0]} to {edges[-1]}; "
            "give probabilities, and edges that hold them all"
        )
    place = np.digitize(s, edges[1:-1])
    return [
        (
            float(s[place == k].mean()),
            float(y[place == k].mean()),
            int((place == k).sum()),
        )
        for k in range(len(edges) - 1)
        if (place == k).any()
    ]


def miscalibration(right: Array, scores: Array, edges: Sequence[float]) -> float:
    """Return the mean distance between score and share of yes, weighted by people.

    Raises:
        ValueError: as :func:`calibration`, or there are no people.
    """
    bins = calibration(
        np.asarray(right).tolist(), np.asarray(scores).tolist(), edges
    )
    people = sum(n for *_, n in bins)
    if not people:
        raise ValueError("there are no scores to judge; give one or more")
    return sum(n * abs(score - share) for score, share, n in bins) / people
