"""Drawings of chapter 15 that are too long for a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.learning.clustering.points import Floats, Labels

MARKS = "os^Dv*Pph"


def draw_clusters(
    ax: Any, points: Floats, labels: Labels, centres: Floats | None = None
) -> None:
    """Draw points of a plane, each cluster in its colour and mark, and the centres as crosses."""
    for c in range(int(labels.max()) + 1):
        mine = points[labels == c]
        ax.plot(
            mine[:, 0],
            mine[:, 1],
            MARKS[c % len(MARKS)],
            ms=4,
            alpha=0.8,
            color=plots.PALETTE[c % len(plots.PALETTE)],
            mew=0,
        )
    if centres is not None:
        ax.plot(centres[:, 0], centres[:, 1], "+", ms=14, mew=2.5, color="grey")


def leaf_order(merges: Floats) -> list[int]:
    """Return the points in an order in which no two branches of the tree cross.

    >>> import numpy as np
    >>> leaf_order(np.array([[0, 2, 1, 2], [1, 3, 4, 3]]))
    [1, 0, 2]
    """
    n = len(merges) + 1
    waiting, order = [2 * n - 2], []
    while waiting:
        node = waiting.pop()
        if node < n:
            order.append(node)
        else:
            first, second = (int(x) for x in merges[node - n, :2])
            waiting += [second, first]
    return order


def draw_tree(
    ax: Any, merges: Floats, names: Sequence[str], marked: Sequence[bool]
) -> None:
    """Draw a dendrogram from left (far) to right (near), one line a thing.

    Args:
        ax: Matplotlib's axes.
        merges: of ``merge_tree``.
        names: of the things.
        marked: which names stand in the second colour, with a dot.
    """
    n, order = len(names), leaf_order(merges)
    place = {leaf: (0.0, float(y)) for y, leaf in enumerate(order)}
    for t, (i, j, height, _) in enumerate(merges):
        (x1, y1), (x2, y2) = place[int(i)], place[int(j)]
        ax.plot(
            [x1, height, height, x2], [y1, y1, y2, y2], "-", lw=1.2, color="grey"
        )
        place[n + t] = (float(height), (y1 + y2) / 2)
    for y, leaf in enumerate(order):
        colour = plots.PALETTE[1 if marked[leaf] else 0]
        text = f"{names[leaf]} •" if marked[leaf] else names[leaf]
        ax.text(-0.02, y, f" {text}", color=colour, va="center", ha="left")
    ax.set(xlim=(merges[:, 2].max() * 1.03, 0), ylim=(n - 0.3, -0.7), yticks=[])
    ax.grid(False)
    for side in ("left", "top", "right"):
        ax.spines[side].set_visible(False)
