"""The linear support vector machine: a loss with a corner, by two descents.

Both take a table whose last column is the constant 1 where a bias is wanted
(:func:`nlpcourse.learning.linear.rows.with_constant`): the bias is a weight like the others, as in
LIBLINEAR.
"""

from __future__ import annotations

import numpy as np

from nlpcourse.learning.linear.logistic import require_problem
from nlpcourse.learning.linear.rows import Array, Rows


def hinge_objective(w: Array, table: Rows, y: Array, strength: float) -> float:
    """Return 1/n Σ max(0, 1 − yᵢ w·xᵢ) + λ/2 ‖w‖².

    Raises:
        ValueError: there is no row, or not one label for each row and one weight for each
            column.
    """
    if len(w) != table.width or len(y) != len(table) or not len(table):
        raise ValueError(
            f"{len(table)} rows of {table.width} columns need a label a row and a weight a "
            f"column, not {len(y)} and {len(w)}"
        )
    margins = y * table.times(w)
    return float(np.maximum(0.0, 1.0 - margins).mean() + strength / 2 * (w @ w))


def require_number(number: int, name: str) -> None:
    """Refuse a negative number of steps or passes.

    Raises:
        ValueError: the number is below 0.
    """
    if number < 0:
        raise ValueError(f"{name} must be 0 or more, not {number}")


def pegasos(
    table: Rows, y: Array, strength: float, steps: int, seed: int = 0
) -> Array:
    """Return weights after so many steps, each on one row drawn at random.

    Source: Shalev-Shwartz et al. (2011), figure 1, without the optional projection.

    Raises:
        ValueError: as :func:`nlpcourse.learning.linear.logistic.log_loss`.
    """
    require_problem(table, y, strength)
    require_number(steps, "steps")
    rng = np.random.default_rng(seed)
    w = np.zeros(table.width)
    for t in range(1, steps + 1):
        i = int(rng.integers(len(table)))
        columns, values = table.row(i)
        margin = y[i] * (w[columns] @ values)
        rate = 1 / (strength * t)
        w *= 1 - rate * strength
        if margin < 1:
            w[columns] += rate * y[i] * values
    return w


def dual_coordinate_descent(
    table: Rows, y: Array, strength: float, passes: int = 20, seed: int = 0
) -> tuple[Array, Array]:
    """Return weights (d,) and the force α of every row (n,), mended one row at a time.

    Source: Hsieh et al. (2008), algorithm 1 with the L1 loss; the algorithm of LIBLINEAR.

    Raises:
        ValueError: as :func:`nlpcourse.learning.linear.logistic.log_loss`.
    """
    require_problem(table, y, strength)
    require_number(passes, "passes")
    rng = np.random.default_rng(seed)
    n, ceiling = len(table), 1 / (strength * len(table))
    alpha, w = [0.0] * n, np.zeros(table.width)
    square = np.maximum(table.squared_lengths(), 1e-12).tolist()
    rows, sign = [table.row(i) for i in range(n)], y.tolist()
    for _ in range(passes):
        for i in rng.permutation(n):
            columns, values = rows[i]
            missing = 1 - sign[i] * float(w[columns] @ values)
            new = min(max(alpha[i] + missing / square[i], 0.0), ceiling)
            if new != alpha[i]:
                w[columns] += (new - alpha[i]) * sign[i] * values
                alpha[i] = new
    return w, np.array(alpha)


def duality_gap(
    w: Array, alpha: Array, table: Rows, y: Array, strength: float
) -> float:
    """Return how far the objective can be above its minimum, at most.

    For w = Σ αᵢ yᵢ xᵢ the dual objective is never above the primal one, so their difference bounds
    what is left to gain.
    """
    dual = strength * (alpha.sum() - (w @ w) / 2)
    return hinge_objective(w, table, y, strength) - float(dual)
