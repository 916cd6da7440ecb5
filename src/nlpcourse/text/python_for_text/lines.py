"""The straight line through points whose logarithms are drawn: least squares by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PowerCurve:
    """The curve y = factor · x ** exponent, a straight line where both axes are logarithmic."""

    factor: float
    exponent: float

    def at(self, x: float) -> float:
        """Return the curve's height at *x*.

        Raises:
            ValueError: *x* is not above 0.
        """
        if not x > 0:
            raise ValueError(f"x is {x}; a power curve starts above 0")
        return self.factor * math.pow(x, self.exponent)


def log_log_line(x: Sequence[float], y: Sequence[float]) -> PowerCurve:
    """Fit a straight line to the logarithms of *x* and *y* by least squares.

    Raises:
        ValueError: fewer than two different x, not as many y as x, a value that is not a finite
            number above 0, or a line so steep that its height at 1 is no number.

    >>> line = log_log_line([1, 10, 100], [200, 20, 2])
    >>> round(line.factor, 6), round(line.exponent, 6)
    (200.0, -1.0)
    """
    require_points(x, y)
    u, v = [math.log(value) for value in x], [math.log(value) for value in y]
    mean_u, mean_v = math.fsum(u) / len(u), math.fsum(v) / len(v)
    together = math.fsum(
        (a - mean_u) * (b - mean_v) for a, b in zip(u, v, strict=True)
    )
    slope = together / math.fsum((a - mean_u) ** 2 for a in u)
    start = mean_v - slope * mean_u  # the line's height at x = 1, as a logarithm
    if abs(start) > 700:
        raise ValueError(
            "the x lie too near one another for a line; give x further apart"
        )
    return PowerCurve(math.exp(start), slope)


def require_points(x: Sequence[float], y: Sequence[float]) -> None:
    """Refuse points that have no line, or no logarithm."""
    if len(x) != len(y):
        raise ValueError(f"{len(x)} values of x and {len(y)} of y: each needs one")
    for value in (*x, *y):
        if not 0 < value < math.inf:
            raise ValueError(
                f"{value} has no logarithm; keep finite values above 0"
            )
    if len(set(x)) < 2:
        raise ValueError("a line needs two different values of x, or more")
