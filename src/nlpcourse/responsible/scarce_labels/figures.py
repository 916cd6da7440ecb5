"""Drawings of chapter 35."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlpcourse.learning.clustering.points import Floats
from nlpcourse.responsible.scarce_labels.curves import means_and_intervals


def draw_runs(
    ax: Any, x: Sequence[float], runs: Floats, label: str, marker: str = "o"
) -> None:
    """Draw the mean over repetitions as a line, and its bootstrap interval as a band.

    Args:
        ax: the axes.
        x: where the points lie, (points,).
        runs: one repetition a row, (repetitions, points).
        label: of the line.
        marker: of its points.
    """
    mean, low, high = means_and_intervals(runs)
    (line,) = ax.plot(x, mean, marker=marker, ms=4, label=label)
    ax.fill_between(x, low, high, alpha=0.2, color=line.get_color(), lw=0)
