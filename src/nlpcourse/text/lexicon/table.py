"""The evaluation of Hutto and Gilbert (2014): one line of their Table 4 for any scorer.

The paper says that the classes are positive, negative and neutral, that scores between -0.05 and
0.05 are neutral, and that precision, recall and F1 are "overall". It does not say when a *rating*
is neutral, nor how three classes become one figure. Both follow from the line of the individual
humans, whose ratings are published: a rating's class is its sign, and each class weighs as much as
it has sentences (`human_line`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from nlpcourse.evaluation import precision_recall_f1

DOMAINS = ("tweets", "movie", "amazon", "nyt")
"""The four domains, in the order of the paper."""


@dataclass(frozen=True)
class Line:
    """A line of the table: Pearson's correlation, and overall precision, recall and F1."""

    correlation: float
    precision: float
    recall: float
    f1: float


PUBLISHED = {
    "individual humans": {
        "tweets": Line(0.888, 0.95, 0.76, 0.84),
        "movie": Line(0.899, 0.95, 0.90, 0.92),
        "amazon": Line(0.911, 0.94, 0.80, 0.85),
        "nyt": Line(0.745, 0.87, 0.55, 0.65),
    },
    "VADER": {
        "tweets": Line(0.881, 0.99, 0.94, 0.96),
        "movie": Line(0.451, 0.70, 0.55, 0.61),
        "amazon": Line(0.565, 0.78, 0.55, 0.63),
        "nyt": Line(0.492, 0.69, 0.49, 0.55),
    },
}
"""Hutto and Gilbert (2014), Table 4, two of its nine lines in each domain, read in the paper."""


def polarity(score: float, threshold: float = 0.05) -> int:
    """Return 1 for a positive score, -1 for a negative one and 0 for one that is near zero.

    Args:
        score: any number.
        threshold: the smallest size that is not neutral; with 0 the polarity is the sign.

    Raises:
        ValueError: the threshold is below 0, or one of the two is not a number.

    >>> polarity(0.05), polarity(-0.3), polarity(0.04), polarity(0.04, threshold=0)
    (1, -1, 0, 1)
    """
    if not threshold >= 0 or math.isnan(score):
        raise ValueError(
            f"need a number and a threshold from 0, not {score} and {threshold}"
        )
    if score == 0 or abs(score) < threshold:
        return 0
    return 1 if score > 0 else -1


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return Pearson's correlation of two lists of numbers: 1 where they lie on a rising line.

    Raises:
        ValueError: the lists have different lengths, fewer than two numbers, numbers that are not
            finite, or do not vary.

    >>> pearson([1, 2, 3], [10, 20, 40]) > pearson([1, 2, 3], [10, 40, 20]) > 0
    True
    """
    if len(xs) != len(ys) or len(xs) < 2:
        raise ValueError(
            f"two lists of one length of 2 or more, not {len(xs)} and {len(ys)}"
        )
    if not all(math.isfinite(v) for v in (*xs, *ys)):
        raise ValueError("every number must be finite; leave out the others")
    mean_x, mean_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    from_x, from_y = [x - mean_x for x in xs], [y - mean_y for y in ys]
    together = math.fsum(a * b for a, b in zip(from_x, from_y, strict=True))
    size = math.sqrt(math.fsum(a * a for a in from_x))
    size *= math.sqrt(math.fsum(b * b for b in from_y))
    if size == 0:
        raise ValueError("numbers that do not vary have no correlation with others")
    return together / size


def overall(
    gold: Sequence[Hashable], predicted: Sequence[Hashable]
) -> tuple[float, float, float]:
    """Return precision, recall and F1 of all classes, each weighing as much as it occurs.

    Overall recall is the same as accuracy.

    Raises:
        ValueError: the lists have different lengths or are empty.

    >>> precision, recall, f1 = overall("aab", "aba")
    >>> round(precision, 3), round(recall, 3)
    (0.333, 0.333)
    """
    sizes = Counter(gold)
    parts = {c: precision_recall_f1(gold, predicted, c) for c in sizes}
    if not parts:
        raise ValueError("no labels to compare; give one or more")

    def mean(name: str) -> float:
        weighted = (sizes[c] * getattr(parts[c], name) for c in sizes)
        return math.fsum(weighted) / len(gold)

    return mean("precision"), mean("recall"), mean("f1")


def line(
    ratings: Sequence[float], scores: Sequence[float], threshold: float = 0.05
) -> Line:
    """Return a scorer's line of the table.

    Args:
        ratings: the mean human rating of each sentence; its sign is the gold class.
        scores: what the scorer says of each.
        threshold: the smallest size of a score that is not neutral.

    Raises:
        ValueError: the lists don't fit each other, or do not vary; the threshold is below 0.

    >>> round(line([2.0, -1.0, 1.0], [0.8, -0.5, 0.0]).recall, 3)
    0.667
    """
    gold = [polarity(rating, 0) for rating in ratings]
    said = [polarity(score, threshold) for score in scores]
    return Line(pearson(ratings, scores), *overall(gold, said))


def human_line(ratings: Sequence[Sequence[float]]) -> Line:
    """Return the line of the individual humans: every single rating against its sentence's mean.

    Args:
        ratings: for each sentence what each rater gave it.

    Raises:
        ValueError: there are no ratings, a sentence has none, or they do not vary.

    >>> human_line([[2, 3, 0], [-1, -2]]).recall
    0.8
    """
    if not all(len(given) for given in ratings):
        raise ValueError("a sentence without ratings has no mean; leave it out")
    means = [math.fsum(given) / len(given) for given in ratings for _ in given]
    singles = [rating for given in ratings for rating in given]
    return line(means, singles, threshold=0)
