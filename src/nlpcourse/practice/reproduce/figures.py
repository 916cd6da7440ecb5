"""The figures of chapter 40."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.practice.reproduce.forks import Outcome
from nlpcourse.practice.reproduce.printed import interval

NAMES = {
    "tweets": "tweets",
    "movie": "films",
    "amazon": "products",
    "nyt": "editorials",
}
"""The domains as the prose calls them."""


def readings_ranked(
    outcomes: Sequence[Outcome], most: int, ticks: Mapping[str, str]
) -> Any:
    """Draw how many figures each reading reproduces, the best first, and its answers below.

    Args:
        outcomes: of all readings.
        most: how many figures there are.
        ticks: the label of each choice's marked answer, by the choice's name: the first answer.
    """
    ranked = sorted(outcomes, key=lambda o: -o.value)
    choices = list(ranked[0].reading)
    figure, (top, below) = plots.subplots(
        2, 1, figsize=(7, 4.4), sharex=True, height_ratios=[2, 1.2]
    )
    places = range(len(ranked))
    values = [o.value for o in ranked]
    top.bar(places, values, color=plots.PALETTE[0])
    top.axhline(most, linestyle="--", color=plots.PALETTE[1])
    top.set(ylabel=f"figures of {most} that agree")
    for row, choice in enumerate(choices):
        first = outcomes[0].reading[choice]
        marked = [
            p
            for p, o in zip(places, ranked, strict=True)
            if o.reading[choice] == first
        ]
        below.plot(places, [-row] * len(ranked), ".", color="#b8b8b8", markersize=5)
        below.plot(marked, [-row] * len(marked), "s", color=plots.PALETTE[0])
    below.set_yticks(
        [-row for row in range(len(choices))], [ticks[c] for c in choices]
    )
    below.set(
        ylim=(-len(choices) + 0.4, 0.6),
        xlabel="readings of the protocol, best first",
    )
    below.set_xticks([])
    below.grid(visible=False)
    return figure


def whose_line(
    apart: Mapping[tuple[str, str], int], names: Sequence[str], title: str
) -> Any:
    """Draw how far each computed line is from each printed one; dark is near."""
    figure, axes = plots.subplots(figsize=(7, 3.6))
    table = [[min(apart[a, b], 100) for b in names] for a in names]
    axes.imshow(table, cmap="cividis", vmin=0, vmax=100, aspect="auto")
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            colour = "white" if table[i][j] < 50 else "black"
            axes.text(
                j, i, str(apart[a, b]), ha="center", va="center", color=colour
            )
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="printed line", ylabel="computed with", title=title)
    axes.grid(visible=False)
    return figure


def runs_beside_printed(
    rows: Mapping[str, tuple[Sequence[float], str, tuple[float, float]]], label: str
) -> Any:
    """Draw for each row its runs, where one more would lie, and the printed figure.

    Args:
        rows: runs, printed figure and interval by the row's name.
        label: of the axis.
    """
    figure, axes = plots.subplots(figsize=(7, 0.9 + 0.42 * len(rows)))
    for row, (runs, printed, (low, high)) in enumerate(rows.values()):
        axes.plot(
            [low, high],
            [-row, -row],
            color=plots.PALETTE[0],
            linewidth=6,
            alpha=0.3,
        )
        axes.plot(
            runs, [-row] * len(runs), ".", color=plots.PALETTE[0], markersize=9
        )
        left, right = interval(printed)
        axes.plot(
            [(left + right) / 2], [-row], "D", color=plots.PALETTE[1], markersize=8
        )
    axes.set_yticks([-row for row in range(len(rows))], list(rows))
    axes.set(xlabel=label, ylim=(-len(rows) + 0.5, 0.5))
    blue = axes.plot(
        [], [], ".", color=plots.PALETTE[0], markersize=9, label="a run here"
    )[0]
    red = axes.plot([], [], "D", color=plots.PALETTE[1], label="printed")[0]
    axes.legend(
        handles=[blue, red], ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0)
    )
    return figure
