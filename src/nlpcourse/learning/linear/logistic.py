"""Logistic regression: a probability from a sum of pushes, a loss, and steps downhill."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.linear.lbfgs import minimise
from nlpcourse.learning.linear.rows import Array, Rows

Objective = Callable[[Array], tuple[float, Array]]
"""A function of the parameters that returns its value and its gradient."""


def sigmoid(score: Array) -> Array:
    """Return 1 / (1 + exp(−score)) without overflow, element by element.

    >>> sigmoid(np.array([-1000.0, 0.0, 2.0])).round(3).tolist()
    [0.0, 0.5, 0.881]
    """
    small = np.exp(-np.abs(score))
    return np.where(score >= 0, 1.0, small) / (1.0 + small)


@dataclass(frozen=True)
class LinearModel:
    """A weight for every feature, and a bias.

    Attributes:
        weights: (d,) for two classes, (d, k) for k classes.
        bias: (), or (k,).
    """

    weights: Array
    bias: Array

    def scores(self, table: Rows) -> Array:
        """Return w·x + b of every row: (n,), or (n, k)."""
        if table.width != len(self.weights):
            raise ValueError(
                f"the model has {len(self.weights)} weights, the table {table.width} columns; "
                "make both with the same vocabulary"
            )
        return table.times(self.weights) + self.bias


def log_loss(table: Rows, y: Array, strength: float) -> Objective:
    """Return the regularized log loss of two classes as a function of weights and bias.

    J(w, b) = 1/n Σ log(1 + exp(−yᵢ (w·xᵢ + b))) + λ/2 ‖w‖²

    Args:
        table: X, (n, d).
        y: +1 or −1 for every row, (n,).
        strength: λ; the same minimum as scikit-learn's ``C = 1 / (λ n)``.

    Raises:
        ValueError: labels are not ±1 or all the same, lengths differ, a number is not finite, or
            λ is not positive.
    """
    require_problem(table, y, strength)
    n = len(table)

    def objective(theta: Array) -> tuple[float, Array]:
        w, b = theta[:-1], theta[-1]
        margins = y * (table.times(w) + b)  # (n,)
        loss = np.logaddexp(0.0, -margins).mean()
        pull = -y * sigmoid(-margins) / n  # ∂ loss / ∂ score
        gradient = np.append(
            table.transposed_times(pull) + strength * w, pull.sum()
        )
        return float(loss + strength / 2 * (w @ w)), gradient

    return objective


def require_problem(table: Rows, y: Array, strength: float) -> None:
    """Refuse a training task that has no answer, and say what is wrong with it."""
    if len(table) != len(y):
        raise ValueError(
            f"{len(table)} rows and {len(y)} labels: each row needs one"
        )
    if set(np.unique(y)) != {-1.0, 1.0}:
        raise ValueError(
            f"labels are +1 and −1 and both occur; here they are {np.unique(y)[:5].tolist()}"
        )
    if not np.isfinite(table.values).all():
        raise ValueError("the table holds NaN or infinity; mend it before training")
    require_strength(strength)


def require_strength(strength: float) -> None:
    """Refuse a λ that is not a positive number."""
    if not (strength > 0 and math.isfinite(strength)):
        raise ValueError(
            f"the strength λ must be positive, such as 0.0001, not {strength}"
        )


def gradient_descent(
    objective: Objective, start: Array, rate: float, steps: int
) -> tuple[Array, list[float]]:
    """Take so many steps against the gradient; return the last point and all values on the way.

    Raises:
        ValueError: the rate is not positive, or the steps ran away to infinity.
    """
    if not rate > 0:
        raise ValueError(f"the learning rate must be positive, not {rate}")
    theta, values = start.copy(), []
    for _ in range(steps):
        value, gradient = objective(theta)
        if not math.isfinite(value):
            raise ValueError(f"the loss ran away; take a smaller rate than {rate}")
        values.append(value)
        theta -= rate * gradient
    return theta, values


def logistic_regression(table: Rows, y: Array, strength: float) -> LinearModel:
    """Return the model with the smallest regularized log loss, by L-BFGS.

    Equal to scikit-learn's ``LogisticRegression(C=1 / (strength * n))``.

    Raises:
        ValueError: as :func:`log_loss`.
    """
    objective = log_loss(table, y, strength)
    theta = minimise(objective, np.zeros(table.width + 1))
    return LinearModel(theta[:-1], theta[-1])
