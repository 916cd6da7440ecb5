"""L-BFGS: downhill with a memory of how the gradient bent, on any smooth function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nlpcourse.learning.linear.rows import Array

Pairs = list[tuple[Array, Array]]
"""The last steps s and the changes of the gradient y that they brought, oldest first."""

ENOUGH = 1e-4
"""The share of the decrease that the slope promises with which a step is content (Armijo)."""


def direction(gradient: Array, pairs: Pairs) -> Array:
    """Return the direction downhill that the remembered bends suggest (the two-loop recursion).

    Source: Nocedal and Wright (2006), Numerical Optimization, algorithm 7.4.
    """
    q, shares = -gradient, []
    for s, y in reversed(pairs):
        share = (s @ q) / (s @ y)
        q = q - share * y
        shares.append(share)
    if pairs:
        s, y = pairs[-1]
        q = q * ((s @ y) / (y @ y))  # how far the last step says to go
    for (s, y), share in zip(pairs, reversed(shares), strict=True):
        q = q + (share - (y @ q) / (s @ y)) * s
    return q


def line_search(
    objective: Callable[[Array], tuple[float, Array]],
    theta: Array,
    value: float,
    slope: float,
    step: Array,
) -> tuple[Array, float, Array]:
    """Halve the step until it brings a fair share of what its slope promises (Armijo's rule).

    Source: Nocedal and Wright (2006), equation 3.4.
    """
    length = 1.0
    for _ in range(60):
        new = theta + length * step
        new_value, new_gradient = objective(new)
        allowed = value + ENOUGH * length * slope
        if new_value <= allowed + 1e-15 * abs(value):  # and rounding
            break
        length /= 2
    return new, new_value, new_gradient


def minimise(
    objective: Callable[[Array], tuple[float, Array]],
    start: Array,
    memory: int = 10,
    tolerance: float = 1e-9,
    steps: int = 1000,
    values: list[float] | None = None,
) -> Array:
    """Return where a convex function has no slope left.

    Args:
        objective: returns value and gradient at a point.
        start: where to begin.
        memory: steps that are remembered.
        tolerance: the largest entry of the gradient that counts as none.
        steps: at most.
        values: a list that takes the values on the way, where given.

    Source: Liu and Nocedal (1989); Nocedal and Wright (2006), algorithm 7.5.
    """
    theta = start.copy()
    pairs: Pairs = []
    value, gradient = objective(theta)
    for _ in range(steps):
        if values is not None:
            values.append(value)
        if np.abs(gradient).max() <= tolerance:
            break
        step = direction(gradient, pairs)
        if not pairs:
            step = step / max(1.0, float(np.linalg.norm(gradient)))
        slope = float(gradient @ step)
        new, value, bent = line_search(objective, theta, value, slope, step)
        s, y = new - theta, bent - gradient
        theta, gradient = new, bent
        if s @ y > 1e-300:
            pairs = [*pairs[1 - memory :], (s, y)] if memory > 1 else [(s, y)]
    return theta
