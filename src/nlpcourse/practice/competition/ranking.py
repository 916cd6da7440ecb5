"""How sure is a rank? The rows of the test drawn anew, and every rank with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlpcourse.practice.competition.scoring import spearman

Array = npt.NDArray[np.float64]


def shared_ranks(scores: Sequence[float]) -> list[int]:
    """Return the place of every score on a board: 1 for the largest; equal scores share a place.

    Raises:
        ValueError: a score is NaN.

    >>> shared_ranks([0.8, 0.9, 0.8, 0.7])
    [2, 1, 2, 4]
    """
    if any(score != score for score in scores):
        raise ValueError("NaN has no place on a board; give every team a score")
    return [1 + sum(bool(other > score) for other in scores) for score in scores]


@dataclass(frozen=True)
class Place:
    """A submission's score and place on a test, and where it stands in 95 of 100 redrawn tests."""

    score: float
    place: int
    low: int
    high: int


def _resampled(right: Array, samples: int, seed: int) -> Array:
    """Return every submission's accuracy on tests of redrawn rows, (samples, submissions)."""
    n = right.shape[1]
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=samples)  # (samples, n)
    drawn: Array = weights @ right.T / n
    return drawn


def _require(right: npt.ArrayLike, samples: int) -> Array:
    """Return the table as numbers; refuse one that is empty, and no sample."""
    table = np.asarray(right, dtype=float)
    if table.ndim != 2 or 0 in table.shape or not np.isfinite(table).all():
        raise ValueError(
            "give whether each submission has each row right: a table (submissions, rows), neither "
            "of them 0"
        )
    if samples < 1:
        raise ValueError(f"draw 1 test or more, not {samples}")
    return table


def bootstrap_places(
    right: npt.ArrayLike, samples: int = 1000, seed: int = 0
) -> list[Place]:
    """Return score and place of every submission, with the middle 95 of 100 resampled places.

    Args:
        right: whether each submission has each row right, (submissions, rows).
        samples: how often the rows are drawn anew, with replacement.
        seed: of the draws.

    Source: Efron and Tibshirani (1993), section 13.3; the place is the statistic.

    Raises:
        ValueError: the table is empty or no table, or there is no sample.

    >>> bootstrap_places([[1] * 18 + [0] * 2, [0] * 18 + [1] * 2])[1]
    Place(score=0.1, place=2, low=2, high=2)
    """
    table = _require(right, samples)
    scores = table.mean(axis=1)
    drawn = np.array(
        [shared_ranks(row) for row in _resampled(table, samples, seed)]
    )
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0, method="nearest")
    places = zip(scores, shared_ranks(list(scores)), low, high, strict=True)
    return [Place(float(s), p, int(a), int(b)) for s, p, a, b in places]


def rank_agreement(
    public: npt.ArrayLike,
    private: npt.ArrayLike,
    samples: int = 1000,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Return Spearman's correlation of two boards, and the ends of its bootstrap interval.

    Args:
        public: whether each submission has each public row right, (submissions, public rows).
        private: the same of the private rows.
        samples: how often the rows of both are drawn anew.
        seed: of the draws.

    Raises:
        ValueError: a table is empty, there are fewer than two submissions, or no sample.
    """
    first, second = _require(public, samples), _require(private, samples)
    drawn = zip(
        _resampled(first, samples, seed),
        _resampled(second, samples, seed + 1),
        strict=True,
    )
    found = [spearman(list(a), list(b)) for a, b in drawn]
    low, high = np.quantile(found, [0.025, 0.975])
    middle = spearman(list(first.mean(axis=1)), list(second.mean(axis=1)))
    return middle, float(low), float(high)
