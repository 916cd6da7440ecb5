"""Drawings of chapter 13 that are too long for a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import LogLocator

from nlpcourse import plots
from nlpcourse.learning.linear.kernels import (
    kernel_dual_coordinate_descent,
    polynomial_kernel,
)
from nlpcourse.learning.linear.rows import Array


def plain_log_ticks(ax: Any) -> None:
    """Label a logarithmic y axis of few powers of ten at 1, 2 and 5, in plain numbers.

    Args:
        ax: Matplotlib's axes.
    """
    ax.minorticks_off()
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")


def draw_verdicts(ax: Any, dots: Array, y: Array, degree: int) -> int:
    """Train on points of the plane, shade the verdicts, and return how many points are wrong.

    Args:
        ax: Matplotlib's axes.
        dots: (n, 2), between −2 and 2.
        y: +1 or −1 for every point, (n,).
        degree: of the polynomial kernel; 1 is a line.
    """
    kernel = polynomial_kernel(dots, dots, degree)
    force = kernel_dual_coordinate_descent(kernel, y, 0.01) * y
    line = np.linspace(-2, 2, 60)
    mesh = np.stack([m.ravel() for m in np.meshgrid(line, line)], axis=1)
    scores = polynomial_kernel(mesh, dots, degree) @ force
    ax.contourf(
        line,
        line,
        scores.reshape(60, 60),
        [-1e9, 0, 1e9],
        colors=plots.PALETTE[1::-1],
        alpha=0.15,
    )
    for side, mark, colour in ((1, "o", 0), (-1, "^", 1)):
        ax.plot(*dots[y == side].T, mark, ms=5, color=plots.PALETTE[colour])
    return int(((kernel @ force) * y <= 0).sum())


def lasso(
    prices: Sequence[float],
    weights: Mapping[str, Sequence[float]],
    kept: Sequence[int],
    squares: int,
) -> Any:
    """Draw words' weights under a growing L1 penalty, and beside them how many words keep one.

    Args:
        prices: λ.
        weights: of each word, one for each price.
        kept: words with a weight, one number for each price.
        squares: how many words have a weight under an L2 penalty.
    """
    fig, (left, side) = plots.subplots(1, 2, figsize=(8, 3.6))
    for word, path in weights.items():
        left.semilogx(prices, path, label=word)
    left.set(xlabel="λ", ylabel="weight, L1")
    left.legend(loc="lower right")
    side.axhline(squares, ls="--", color=plots.PALETTE[1], label="L2")
    side.semilogx(prices, kept, "o-", ms=4, label="L1")
    side.set(xlabel="λ", ylabel="words with a weight")
    side.legend()
    return fig
