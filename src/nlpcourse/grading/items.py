"""Which exercises are hard, and which tell strong work from weak.

The difficulty of an item is the share of a class that solves it.  Its discrimination is the
point-biserial correlation between solving it and the points of all *other* items, so that an item
is not compared with itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """An exercise in the eyes of a class.

    Attributes:
        exercise: its number.
        students: who have handed in the chapter.
        solved: the share of them who have all its points.
        discrimination: with the points of the other exercises; None where it cannot be told.
    """

    exercise: str
    students: int
    solved: float
    discrimination: float | None


def point_biserial(solved: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return how solving an item goes with a score: (M1 - M0) / s · sqrt(p q).

    M1 and M0 are the mean scores of those who solve it and of those who do not, s is the standard
    deviation of all (divided by n), p and q are the shares of both.  It is Pearson's correlation
    with a variable of zeros and ones.

    Args:
        solved: one a student.
        scores: one a student.

    Returns:
        The coefficient; None where all or none solve the item, or all have the same score.

    Raises:
        ValueError: there are not as many of one as of the other, or a score is no number.

    >>> round(point_biserial([True, True, False, False], [3, 2, 1, 0]), 3)
    0.894
    """
    if len(solved) != len(scores):
        raise ValueError(f"{len(solved)} answers do not fit {len(scores)} scores")
    if any(not math.isfinite(score) for score in scores):
        raise ValueError("a score is no number")
    with_it = [s for right, s in zip(solved, scores, strict=True) if right]
    without = [s for right, s in zip(solved, scores, strict=True) if not right]
    if not with_it or not without or len(set(scores)) < 2:
        return None
    n = len(scores)
    mean = math.fsum(scores) / n
    deviation = math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / n)
    difference = math.fsum(with_it) / len(with_it) - math.fsum(without) / len(
        without
    )
    return difference / deviation * math.sqrt(len(with_it) * len(without)) / n


def items(points: Sequence[Sequence[float]], most: dict[str, int]) -> list[Item]:
    """Return a chapter's items.

    Args:
        points: a row for each student, in the order of *most*.
        most: the points of each exercise.

    Raises:
        ValueError: a row has more or fewer numbers than there are exercises.
    """
    if any(len(row) != len(most) for row in points):
        raise ValueError(
            f"a row of points has a number for each of {len(most)} exercises"
        )
    found = []
    for place, (exercise, possible) in enumerate(most.items()):
        solved = [row[place] >= possible for row in points]
        rest = [math.fsum(row) - row[place] for row in points]
        share = sum(solved) / len(solved) if solved else 0.0
        found.append(
            Item(exercise, len(solved), share, point_biserial(solved, rest))
        )
    return found
