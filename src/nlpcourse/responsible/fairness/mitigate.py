"""Three places to intervene: before the training, in it, and after it.

Source: Kamiran and Calders (2012) for the weights; Zafar et al. (2017)
for the covariance that the penalty makes small; Hardt, Price and Srebro (2016) for thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.linear.lbfgs import minimise
from nlpcourse.learning.linear.logistic import Objective, require_strength, sigmoid
from nlpcourse.learning.linear.rows import Array, Integers


def reweighing(right: Sequence[int], group: Sequence[int]) -> Array:
    """Return a weight for each person under which group and answer are independent.

    w(g, y) = P(g) · P(y) / P(g, y)

    Raises:
        ValueError: the lists are empty or differ in length.

    >>> reweighing([1, 1, 1, 0], [0, 0, 1, 1]).round(2).tolist()
    [0.75, 0.75, 1.5, 0.5]
    """
    y, g = np.asarray(right), np.asarray(group)
    if len(y) != len(g) or not len(y):
        raise ValueError(f"{len(y)} answers and {len(g)} groups: each needs one")
    weights = np.ones(len(y))
    for a in np.unique(g):
        for b in np.unique(y):
            both = (g == a) & (y == b)
            if both.any():
                weights[both] = (g == a).mean() * (y == b).mean() / both.mean()
    return weights


@dataclass(frozen=True)
class Scorer:
    """A linear score whose sigmoid is read as a probability.

    Attributes:
        weights: (d,).
        bias: one number.
    """

    weights: Array
    bias: float

    def probability(self, table: Array) -> Array:
        """Return the probability of yes for every row of (n, d)."""
        return sigmoid(table @ self.weights + self.bias)


def fair_loss(
    table: Array,
    right: Array,
    group: Array | Integers,
    weights: Array,
    price: float,
    strength: float,
) -> Objective:
    """Return the weighted log loss with a price on the groups' gap in mean score.

    J(w, b) = Σ vᵢ log(1 + exp(−yᵢ sᵢ)) / Σ vᵢ + λ/2 ‖w‖² + η/2 (s̄₁ − s̄₀)²

    Args:
        table: (n, d).
        right: 0 or 1, (n,).
        group: 0 or 1, (n,).
        weights: v, (n,).
        price: η; 0 for none.
        strength: λ.
    """
    sign, share = 2 * right - 1.0, weights / weights.sum()
    ones = group == 1
    contrast = np.where(ones, 1 / max(1, ones.sum()), -1 / max(1, (~ones).sum()))

    def objective(theta: Array) -> tuple[float, Array]:
        w, b = theta[:-1], theta[-1]
        scores = table @ w + b
        gap = contrast @ scores  # s̄₁ − s̄₀
        loss = share @ np.logaddexp(0.0, -sign * scores)
        pull = -share * sign * sigmoid(-sign * scores) + price * gap * contrast
        gradient = np.append(table.T @ pull + strength * w, pull.sum())
        return float(loss + strength / 2 * (w @ w) + price / 2 * gap**2), gradient

    return objective


def train(
    table: Array,
    right: Array,
    group: Array | Integers | None = None,
    weights: Array | None = None,
    price: float = 0.0,
    strength: float = 1e-3,
) -> Scorer:
    """Train a logistic regression, weighted or with a price on the groups' gap where asked for.

    Raises:
        ValueError: lengths differ, an answer is neither 0 nor 1, a weight is negative or no
            finite number or all are 0, or λ or η can't be.
    """
    n = len(table)
    group = np.zeros(n) if group is None else group
    weights = np.ones(n) if weights is None else weights
    if not n == len(right) == len(group) == len(weights) or not n:
        raise ValueError("every row needs an answer, a group and a weight")
    if not np.isin(right, (0, 1)).all() or not np.isin(group, (0, 1)).all():
        raise ValueError("answers and groups are 0 or 1")
    weights = np.asarray(weights, dtype=float)
    if not (weights >= 0).all() or not 0 < weights.sum() < np.inf:
        raise ValueError("weights are 0 or more and finite, and not all of them 0")
    if not (price >= 0 and np.isfinite(price)):
        raise ValueError(f"the price of the gap is 0 or more, not {price}")
    require_strength(strength)
    objective = fair_loss(table, right, group, weights, price, strength)
    theta = minimise(objective, np.zeros(table.shape[1] + 1), tolerance=1e-7)
    return Scorer(theta[:-1], float(theta[-1]))


def _cut(scores: Array, number: int) -> float:
    """Return a threshold above which exactly *number* scores lie, where scores differ."""
    ordered = np.sort(scores)[::-1]
    if number <= 0:
        return float("inf")
    if number >= len(ordered):
        return float("-inf")
    return float((ordered[number - 1] + ordered[number]) / 2)


def group_thresholds(
    scores: Array, right: Array | Integers, group: Integers, grid: int = 200
) -> dict[int, float]:
    """Return a threshold for each group: equal shares of yes, and of these the most accurate.

    Tries *grid* shares from nobody to everybody.

    Raises:
        ValueError: lengths differ, or the grid is too coarse.
    """
    if not len(scores) == len(right) == len(group) or not len(scores) or grid < 1:
        raise ValueError("every score needs an answer and a group, the grid a step")
    parts = {int(name): group == name for name in np.unique(group)}
    best, most = {name: float("inf") for name in parts}, -1.0
    for step in range(grid + 1):
        lines = {
            name: _cut(scores[part], round(step / grid * int(part.sum())))
            for name, part in parts.items()
        }
        hits = float((decide(scores, group, lines) == right).mean())
        if hits > most:
            best, most = lines, hits
    return best


def decide(scores: Array, group: Integers, lines: dict[int, float]) -> Integers:
    """Return 1 for scores above the threshold of their group.

    Raises:
        ValueError: a group has no threshold.
    """
    missing = {int(name) for name in np.unique(group)} - lines.keys()
    if missing:
        raise ValueError(f"no threshold for the groups {sorted(missing)}")
    line_of = np.zeros(len(group))
    for name, line in lines.items():
        line_of[group == name] = line
    return np.asarray(scores > line_of, dtype=np.int64)
