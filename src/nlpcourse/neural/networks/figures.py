"""The drawings of this chapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from nlpcourse import plots
from nlpcourse.neural.networks.plane import PlaneNetwork, Point
from nlpcourse.neural.networks.studies import Learning
from nlpcourse.neural.networks.tensor import Array

BAD, GOOD = plots.PALETTE[1], plots.PALETTE[0]
MARKS = ("^", "o")


def scatter(ax: Axes, data: Sequence[tuple[Point, int]], size: float = 30) -> None:
    """Draw class 1 as circles and class 0 as triangles."""
    for label, colour in ((0, BAD), (1, GOOD)):
        chosen = np.array([point for point, kind in data if kind == label])
        ax.scatter(
            chosen[:, 0],
            chosen[:, 1],
            size,
            color=colour,
            marker=MARKS[label],
            zorder=3,
        )


def boundary(
    ax: Axes, network: PlaneNetwork, data: Sequence[tuple[Point, int]]
) -> None:
    """Draw points and the verdicts of a network over the plane."""
    middle = np.linspace(-2, 2, 81)
    scores = np.array([[network.score((x, y)) for x in middle] for y in middle])
    ax.contourf(
        middle,
        middle,
        scores,
        levels=[-1e9, 0, 1e9],
        colors=[BAD, GOOD],
        alpha=0.18,
    )
    scatter(ax, data, 14)
    ax.set(xlim=(-2, 2), ylim=(-2, 2), xticks=[-2, 0, 2], yticks=[-2, 0, 2])


def opinions(named: Mapping[str, tuple[Point, int]], network: PlaneNetwork) -> Any:
    """Draw four opinions as the inputs have them, and as the hidden units have them."""
    fig, (left, right) = plots.subplots(1, 2, figsize=(8, 3.6))
    shown: dict[Point, list[str]] = {}
    for name, (point, label) in named.items():
        h = network.hidden(point)
        for ax, (x, y) in ((left, point), (right, (h[0], h[1]))):
            ax.scatter(
                [x],
                [y],
                marker=MARKS[label],
                s=70,
                color=(BAD, GOOD)[label],
                zorder=3,
            )
        left.annotate(name, point, (0, 9), textcoords="offset points", ha="center")
        shown.setdefault((h[0], h[1]), []).append(name)
    for place, names in shown.items():
        right.annotate(
            "\n".join(names),
            place,
            (0, 9 if place[1] else -9),
            textcoords="offset points",
            ha="center",
            va="bottom" if place[1] else "top",
        )
    right.plot([0.5, 2.5], [0, 1], "--", color="grey")
    left.set(xlim=(-0.4, 1.4), ylim=(-0.3, 1.5), xlabel="good", ylabel="not")
    right.set(xlim=(-0.4, 2.6), ylim=(-0.55, 1.3))
    right.set(xlabel="first hidden unit", ylabel="second hidden unit")
    left.set(title="what comes in", xticks=[0, 1], yticks=[0, 1])
    right.set(
        title="what the hidden units make of it", xticks=[0, 1, 2], yticks=[0, 1]
    )
    return fig


def ways(found: Mapping[str, Array]) -> Any:
    """Draw the ways of the rules down the valley, one panel each."""
    fig, axes = plots.subplots(1, len(found), figsize=(8, 2.9), sharey=True)
    x, y = np.meshgrid(np.linspace(-5, 2.5, 60), np.linspace(-1.6, 1.6, 60))
    for ax, (name, way), colour in zip(
        axes, found.items(), plots.PALETTE, strict=False
    ):
        ax.contour(
            x,
            y,
            x**2 + 50 * y**2,
            levels=[1, 6, 18, 40, 80],
            colors="grey",
            linewidths=0.7,
        )
        ax.plot(*way.T, "o-", ms=3, lw=1.2, color=colour)
        ax.plot(0, 0, "+", ms=9, color="black")
        ax.set(title=name, xlim=(-5, 2.5), ylim=(-1.6, 1.6), xticks=[-4, -2, 0, 2])
    return fig


def curves(
    panels: Mapping[str, Mapping[str, Sequence[Sequence[float]]]],
    across: str,
    up: str,
) -> Any:
    """Draw several seeds of several lines, one panel a group."""
    fig, axes = plots.subplots(
        1, len(panels), figsize=(8, 3.2), sharey=True, squeeze=False
    )
    for ax, (title, lines) in zip(axes[0], panels.items(), strict=True):
        for k, (name, runs) in enumerate(lines.items()):
            for j, run in enumerate(runs):
                ax.plot(
                    range(len(run)),
                    run,
                    ("-", "--", ":", "-.")[k],
                    lw=1.3,
                    color=plots.PALETTE[k],
                    label=name if j == 0 else None,
                )
        ax.set(title=title, xlabel=across)
        ax.set_xticks(
            range(max(len(run) for runs in lines.values() for run in runs))
        )
        ax.legend()
    axes[0][0].set(ylabel=up)
    return fig


def heart(found: Mapping[str, Sequence[Learning]]) -> Any:
    """Draw the loss on known and on new sentences, and where early stopping would stop."""
    fig, axes = plots.subplots(1, len(found), figsize=(8, 3.3), sharey=True)
    for ax, (title, runs) in zip(axes, found.items(), strict=True):
        for j, run in enumerate(runs):
            readings = range(1, len(run.known) + 1)
            style: dict[str, Any] = {"lw": 1.3}
            ax.plot(
                readings,
                run.known,
                "--",
                color=BAD,
                label="known" * (j == 0),
                **style,
            )
            ax.plot(
                readings, run.new, "-", color=GOOD, label="new" * (j == 0), **style
            )
            ax.plot(run.best, min(run.new), "o", color=GOOD, ms=6)
        ax.set(title=title, xlabel="readings", ylim=(0, None))
    axes[0].set(ylabel="loss (nats)")
    handles, labels = axes[0].get_legend_handles_labels()
    kept = [(h, t) for h, t in zip(handles, labels, strict=True) if t]
    axes[1].legend(*zip(*kept, strict=True), loc="upper right")
    return fig
