"""Logistic regression whose price is a sum of absolute weights: many become exactly zero."""

from __future__ import annotations

import numpy as np

from nlpcourse.learning.linear.logistic import (
    LinearModel,
    require_problem,
    sigmoid,
)
from nlpcourse.learning.linear.rows import Array, Rows


def soft_threshold(weights: Array, by: float) -> Array:
    """Move every number towards zero by so much, and no further than zero.

    Raises:
        ValueError: *by* is below zero or NaN.

    Source: Daubechies, Defrise and De Mol (2004), section 2.

    >>> soft_threshold(np.array([-3.0, 0.5, 2.0]), by=1.0).tolist()
    [-2.0, 0.0, 1.0]
    """
    if not by >= 0:
        raise ValueError(f"a threshold is 0 or more, not {by}")
    return np.maximum(weights - by, 0.0) - np.maximum(-weights - by, 0.0)


def starting_point(table: Rows, start: LinearModel | None) -> Array:
    """Return the weights and the bias of *start* in one array, or zeros, (d + 1,).

    Raises:
        ValueError: *start* has not one weight for each column.
    """
    if start is None:
        return np.zeros(table.width + 1)
    if len(start.weights) != table.width:
        raise ValueError(
            f"{table.width} columns, and {len(start.weights)} weights to start from"
        )
    return np.append(start.weights, start.bias)


def l1_logistic_regression(
    table: Rows,
    y: Array,
    strength: float,
    start: LinearModel | None = None,
    tolerance: float = 1e-4,
    steps: int = 5000,
) -> LinearModel:
    """Return the model with the smallest log loss plus λ ‖w‖₁, by FISTA.

    J(w, b) = 1/n Σ log(1 + exp(−yᵢ (w·xᵢ + b))) + λ Σ |wⱼ|

    A step against the gradient of the loss, as in gradient descent, then a step towards zero by
    what the price asks; the next one starts a little beyond, where the last two point.  The bias
    costs nothing.  Equal to scikit-learn's ``LogisticRegression(l1_ratio=1, C=1 / (strength * n))``
    with a solver that leaves the bias alone.

    Args:
        table: X, (n, d).
        y: +1 or −1 for every row, (n,).
        strength: λ.
        start: a model to begin with, such as that of the next larger λ.
        tolerance: the largest change of a parameter, in units of the rate, that counts as none.
        steps: at most.

    Raises:
        ValueError: as :func:`~nlpcourse.learning.linear.logistic.log_loss` and
            :func:`starting_point`.

    Source: Tibshirani (1996) for the price; Beck and Teboulle (2009), section 4, for the steps.
    """
    require_problem(table, y, strength)
    n, new = len(table), starting_point(table, start)
    rate = 4 / (1 + table.squared_lengths().mean())  # safe at the sharpest bend
    at, pace = new, 1.0
    for _ in range(steps):
        old = new
        margins = y * (table.times(at[:-1]) + at[-1])  # (n,)
        pull = -y * sigmoid(-margins) / n  # ∂ loss / ∂ score
        new = at - rate * np.append(table.transposed_times(pull), pull.sum())
        new[:-1] = soft_threshold(new[:-1], rate * strength)
        if np.abs(new - at).max() <= rate * tolerance:
            break
        before, pace = pace, (1 + np.sqrt(1 + 4 * pace**2)) / 2
        at = new + (before - 1) / pace * (new - old)
    return LinearModel(new[:-1], new[-1])
