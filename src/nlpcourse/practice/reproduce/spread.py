"""How far two runs may lie apart: intervals for the mean, and for one more run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from nlpcourse.evaluation import mean_and_spread
from nlpcourse.practice.reproduce.printed import interval

PANELS = 400  # of Simpson's rule


def _area(angle: float, power: int) -> float:
    """Return the integral of cos(x) ** power from 0 to *angle*, by Simpson's rule."""
    width = angle / PANELS
    heights = [math.cos(k * width) ** power for k in range(PANELS + 1)]
    inner = 4 * math.fsum(heights[1:-1:2]) + 2 * math.fsum(heights[2:-1:2])
    return width * (heights[0] + inner + heights[-1]) / 3


@lru_cache(maxsize=256)
def t_quantile(share: float, freedom: int) -> float:
    """Return the number below which Student's t lies with a probability of *share*.

    With t = √freedom · tan θ the angle θ has a density that is proportional to
    cos(θ) ** (freedom − 1), which ends at a right angle; halving finds the place.

    Args:
        share: between 0 and 1.
        freedom: degrees of freedom, one less than there are runs.

    Raises:
        ValueError: the share is not between 0 and 1, or there is no freedom.

    Source: Student (1908).

    >>> round(t_quantile(0.975, 4), 3), round(t_quantile(0.5, 9), 3)
    (2.776, 0.0)
    """
    if not 0 < share < 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    if freedom < 1:
        raise ValueError(f"one run leaves no freedom: {freedom}; give two or more")
    if share < 0.5:
        return -t_quantile(1 - share, freedom)
    whole = 2 * _area(math.pi / 2, freedom - 1)
    low, high = 0.0, math.pi / 2
    for _ in range(50):
        middle = (low + high) / 2
        below = 0.5 + _area(middle, freedom - 1) / whole
        low, high = (middle, high) if below < share else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def _runs(values: Sequence[float]) -> tuple[float, float, int]:
    """Return the mean of some runs, their spread, and how many they are."""
    if len(values) < 2 or not all(math.isfinite(v) for v in values):
        raise ValueError(f"give two finite runs or more, not {list(values)}")
    return *mean_and_spread(values), len(values)


def mean_interval(
    values: Sequence[float], level: float = 0.95
) -> tuple[float, float]:
    """Return where the mean of endlessly many runs lies, with a confidence of *level*.

    Raises:
        ValueError: there are fewer than two runs, one is not finite, or the level is no share.

    >>> [round(end, 3) for end in mean_interval([0.90, 0.91, 0.92])]
    [0.885, 0.935]
    """
    mean, spread, n = _runs(values)
    far = t_quantile((1 + level) / 2, n - 1) * spread * math.sqrt(1 / n)
    return mean - far, mean + far


def next_run_interval(
    values: Sequence[float], level: float = 0.95, more: int = 1
) -> tuple[float, float]:
    """Return where one more run of the same kind lies, or the mean of several more.

    Args:
        values: the runs.
        level: how often the interval is to be right.
        more: how many runs the mean is of that is to be caught.

    Raises:
        ValueError: there are fewer than two runs, one is not finite, the level is no share, or
            no run more is asked for.

    Source: Hahn and Meeker (1991), prediction intervals.

    >>> [round(end, 3) for end in next_run_interval([0.90, 0.91, 0.92])]
    [0.86, 0.96]
    """
    mean, spread, n = _runs(values)
    if more < 1:
        raise ValueError(f"one more run or several, not {more}")
    t = t_quantile((1 + level) / 2, n - 1)
    far = t * spread * math.sqrt(1 / more + 1 / n)
    return mean - far, mean + far


def could_be(
    values: Sequence[float], text: str, level: float = 0.95, more: int = 1
) -> bool:
    """Return whether a printed figure may be one more run, or the mean of several more.

    Raises:
        ValueError: there are fewer than two runs, no run more, or the text is no plain number.

    >>> could_be([0.90, 0.91, 0.92], "0.87"), could_be([0.90, 0.91, 0.92], "0.85")
    (True, False)
    """
    low, high = next_run_interval(values, level, more)
    least, most = interval(text)
    return least <= high and low <= most
