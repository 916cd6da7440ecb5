"""Learning curves: the same model with more and more labels, many times over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpcourse.evaluation import bootstrap_interval
from nlpcourse.learning.clustering.points import (
    Floats,
    Labels,
    Points,
    as_points,
)
from nlpcourse.responsible.scarce_labels.bayes import (
    TableBayes,
    as_classes,
    fit_shares,
    one_hot,
    predict,
)

MOST = 1_000
"""Classes that are told apart where their number is not given."""


@dataclass(frozen=True)
class Collection:
    """Texts as counts, with everybody's labels; a method sees only those that it has paid for.

    Attributes:
        counts: (n, d).
        labels: whole numbers from 0 to k − 1, (n,).
        pool: rows from which labels may be bought.
        test: rows that judge, and nothing else.
        k: the number of classes.
    """

    counts: Points
    labels: Labels
    pool: Labels
    test: Labels
    k: int


def split(
    counts: Points, labels: Any, test: int, seed: int, k: int | None = None
) -> Collection:
    """Deal texts out at random into so many that judge and a pool of all others.

    Raises:
        ValueError: not as many labels as texts, or no text is left for pool or test.
    """
    x, y = as_points(counts), as_classes(labels, k or MOST)
    if x.shape[0] != len(y):
        raise ValueError(f"{x.shape[0]} texts and {len(y)} labels: each needs one")
    if not 0 < test < len(y):
        raise ValueError(
            f"{test} of {len(y)} texts can't judge; leave some in the pool"
        )
    order = np.random.default_rng(seed).permutation(len(y))
    return Collection(x, y, order[test:], order[:test], k or int(y.max()) + 1)


def draw(data: Collection, each: int, seed: int) -> Labels:
    """Draw *each* texts of every class from the pool; a smaller draw is part of a larger one.

    Raises:
        ValueError: a class has not as many texts, or *each* is below 1.
    """
    order = np.random.default_rng(seed).permutation(data.pool)
    found = [order[data.labels[order] == c] for c in range(data.k)]
    fewest = min(map(len, found))
    if not 1 <= each <= fewest:
        raise ValueError(f"each class can give 1 to {fewest} texts, not {each}")
    return np.stack([rows[:each] for rows in found], axis=1).ravel()


def train(data: Collection, rows: Any, alpha: float = 1.0) -> TableBayes:
    """Train naive Bayes on the labels of these rows."""
    return fit_shares(data.counts[rows], one_hot(data.labels[rows], data.k), alpha)


def accuracy(data: Collection, model: TableBayes) -> float:
    """Return the share of test texts that the model gets right."""
    said = predict(model, data.counts[data.test])
    return float((said == data.labels[data.test]).mean())


def learning_curve(
    data: Collection,
    sizes: Sequence[int],
    seeds: Sequence[int],
    alpha: float = 1.0,
    learn: Callable[[Collection, Labels, float], TableBayes] = train,
) -> Floats:
    """Return the accuracy for every seed and number of labels, (seeds, sizes).

    Args:
        data: the collection.
        sizes: labels in all, shared out evenly among the classes.
        seeds: each draws labels of its own; the sizes of one seed are nested.
        alpha: smoothing of naive Bayes.
        learn: what trains on the drawn rows.

    Raises:
        ValueError: a size is no multiple of the number of classes, or too large.
    """
    if odd := [size for size in sizes if size % data.k]:
        raise ValueError(f"{odd[0]} labels can't be shared among {data.k} classes")
    return np.array(
        [
            [
                accuracy(data, learn(data, draw(data, size // data.k, seed), alpha))
                for size in sizes
            ]
            for seed in seeds
        ]
    )


def means_and_intervals(runs: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the mean over the rows of every column, and its bootstrap interval of 95 %.

    Args:
        runs: one repetition a row, (repetitions, points).

    Returns:
        mean, low, high, each (points,).

    Raises:
        ValueError: there are fewer than two repetitions, which have no interval.
    """
    runs = np.asarray(runs, dtype=float)
    if runs.ndim != 2 or len(runs) < 2:
        raise ValueError(
            f"give a table with one repetition a row, two or more, not {runs.shape}: "
            "one repetition has no interval"
        )
    ends = [bootstrap_interval(column.tolist()) for column in runs.T]
    low, high = np.array(ends).reshape(-1, 2).T
    return runs.mean(axis=0), low, high
