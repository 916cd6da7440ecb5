"""Gradient boosting of stumps: each tree of one question mends what the others left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nlpcourse.learning.trees.cart import require_labels, require_matrix
from nlpcourse.learning.trees.fast import Columns, Groups, groups_of


@dataclass(frozen=True)
class Stump:
    """A tree of one question that adds *below* or *above* to a score."""

    feature: int
    threshold: float
    below: float
    above: float

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return what it adds to the score of each row of X."""
        yes = X[:, self.feature] <= self.threshold
        return np.where(yes, self.below, self.above)


@dataclass
class Boosted:
    """Start scores, and for each round one stump for each class."""

    classes: list[Any]
    start: np.ndarray  # (K,)
    rate: float
    rounds: list[list[Stump]] = field(default_factory=list)

    def scores(self, X: Any, rounds: int | None = None) -> np.ndarray:
        """Return F_k(x) of each row, of shape (n, K); after the first rounds alone, if so.

        Raises:
            ValueError: X is no table of finite numbers.
        """
        X = require_matrix(X)
        scores = np.tile(self.start, (len(X), 1))
        for stumps in self.rounds[:rounds]:
            for k, stump in enumerate(stumps):
                scores[:, k] += self.rate * stump(X)
        return scores

    def predict(self, X: Any, rounds: int | None = None) -> list[Any]:
        """Return the class with the largest score for each row."""
        return [self.classes[k] for k in self.scores(X, rounds).argmax(axis=1)]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return probabilities from scores of shape (n, K), along the last axis.

    Raises:
        ValueError: there are no scores.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    if scores.size == 0:
        raise ValueError("there are no scores to turn into probabilities")
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def best_stump(
    table: Columns, groups: Groups, residual: np.ndarray
) -> tuple[int, np.ndarray]:
    """Return the group whose question fits the residuals best, and the items above it.

    Of all ways to divide the items in two, it is the one with the largest S_L² / n_L + S_R² / n_R
    (S a side's sum of residuals): the one that leaves the smallest squared error.

    Args:
        table: the features.
        groups: of the whole table.
        residual: what is left to explain of each item, of shape (n,).
    """
    running = np.append(0.0, np.cumsum(residual[table.row]))
    above = running[groups.end] - running[groups.start]  # (G,)
    n_above = groups.end - groups.start
    below, n_below = residual.sum() - above, len(residual) - n_above
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = above**2 / n_above + below**2 / n_below
    fit[~groups.divides] = -np.inf
    best = int(fit.argmax())
    return best, table.row[groups.start[best] : groups.end[best]]


def newton(residual: np.ndarray, p: np.ndarray, n_classes: int) -> float:
    """Return the step of a leaf: (K − 1) / K times Σ r / Σ p (1 − p), 0 where nothing can move."""
    curve = float((p * (1 - p)).sum())
    if len(p) == 0 or curve / len(p) < 1e-150:
        return 0.0
    return (n_classes - 1) / n_classes * float(residual.sum()) / curve


def boost(
    table: Columns, y: Sequence[Any], rounds: int = 100, rate: float = 0.1
) -> Boosted:
    """Boost stumps against the logistic loss of K classes.

    In each round the residuals of class k are r = [y = k] − p_k; a stump is fitted to them, and its
    two leaves take a Newton step of their own.

    Args:
        table: the features; see :func:`nlpcourse.learning.trees.fast.columns`.
        y: a label for each item, of two classes or more.
        rounds: how many stumps for each class.
        rate: the share of each step that is taken, above 0.

    Raises:
        ValueError: there is one class only, no feature that varies, or a setting is out of range.

    Source: Friedman (2001), algorithm 6.  Equal to scikit-learn's ``GradientBoostingClassifier``
    with ``max_depth=1`` for three classes or more (for two it has one score in place of two).

    >>> from nlpcourse.learning.trees.fast import columns
    >>> X, y = [[0], [1], [2], [3]], ["a", "b", "c", "c"]
    >>> boost(columns(X), y, rounds=9).predict(X)
    ['a', 'b', 'c', 'c']
    """
    if rounds < 0 or not 0 < rate < np.inf:
        raise ValueError(
            f"rounds are 0 or more and the rate is above 0, not {rounds} and {rate}"
        )
    labels, classes = require_labels(y, table.shape[0])
    if len(classes) < 2:
        raise ValueError(
            f"there is one class only, {classes}; nothing can be told apart"
        )
    groups = groups_of(table, table.step, len(labels))
    if rounds and not groups.divides.any():
        raise ValueError(
            "every feature is the same in all items; there is nothing to ask"
        )
    truth = np.eye(len(classes))[labels]  # (n, K)
    start = np.log(truth.mean(axis=0))
    model = Boosted(classes, start - start.mean(), rate)
    scores = np.tile(model.start, (len(labels), 1))
    for _ in range(rounds):
        p, stumps = softmax(scores), []
        for k in range(len(classes)):
            stump, right = fit_stump(
                table, groups, truth[:, k] - p[:, k], p[:, k], len(classes)
            )
            scores[:, k] += rate * np.where(right, stump.above, stump.below)
            stumps.append(stump)
        model.rounds.append(stumps)
    return model


def fit_stump(
    table: Columns,
    groups: Groups,
    residual: np.ndarray,
    p: np.ndarray,
    n_classes: int,
) -> tuple[Stump, np.ndarray]:
    """Return the best stump for the residuals of one class, and which items lie above."""
    best, rows = best_stump(table, groups, residual)
    above = np.zeros(len(residual), dtype=bool)
    above[rows] = True
    stump = Stump(
        int(groups.feature[best]),
        float(groups.threshold[best]),
        newton(residual[~above], p[~above], n_classes),
        newton(residual[above], p[above], n_classes),
    )
    return stump, above
