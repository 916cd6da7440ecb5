"""Explanations by slopes: how fast the score rises as a word's dial is turned.

Source: gradient times input, Shrikumar, Greenside and Kundaje (2017), section 2; integrated
gradients, Sundararajan, Taly and Yan (2017), section 3.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nlpcourse.learning.linear.rows import Array

Slopes = Callable[[Array], Array]
"""Dials (B, T) in, the score's slope along every dial (B, T) out."""


def _slopes(slopes: Slopes, dials: Array) -> Array:
    """Return the slopes at *dials*, refusing what is missing or not finite."""
    found = np.asarray(slopes(dials), dtype=float)
    if found.shape != dials.shape or not np.isfinite(found).all():
        raise ValueError(
            f"dials of shape {dials.shape} need as many finite slopes, not {found.shape}"
        )
    return found


def gradient_times_input(slopes: Slopes, count: int) -> Array:
    """Return the slopes at the whole text, (T,).

    The slope along a dial is the gradient times the word's vector, summed over its numbers.

    Raises:
        ValueError: there is no word, or a slope is not finite.
    """
    if count < 1:
        raise ValueError("a text without a word has no slopes; give one word")
    return np.asarray(_slopes(slopes, np.ones((1, count)))[0])


def integrated_gradients(slopes: Slopes, count: int, steps: int = 50) -> Array:
    """Return the mean slopes on the way from the blank text to the whole one, (T,).

    The way is cut into *steps* pieces, and each is asked about in its middle.

    >>> integrated_gradients(lambda s: 2 * s, 2).round(6).tolist()
    [1.0, 1.0]

    Raises:
        ValueError: there is no word or no step, or a slope is not finite.
    """
    if count < 1 or steps < 1:
        raise ValueError(f"{steps} steps for {count} words; give 1 or more")
    along = (np.arange(steps) + 0.5) / steps  # (steps,)
    dials = np.repeat(along[:, None], count, axis=1)  # (steps, T)
    return np.asarray(_slopes(slopes, dials).mean(axis=0))
