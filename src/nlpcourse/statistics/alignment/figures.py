"""The figures of chapter 12."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.corpora.records import AlignedVerse
from nlpcourse.statistics.alignment.links import Links


def grids(verse: AlignedVerse, guesses: Mapping[str, Links]) -> Any:
    """Draw a verse's links of several models, one panel each, over frames for people's links."""
    rows, columns = len(verse.target), len(verse.source)
    figure, panels = plots.subplots(
        len(guesses), 1, figsize=(7, 4.7 * len(guesses)), sharex=True
    )
    for axes, (name, links) in zip(panels, guesses.items(), strict=True):
        for i, j in verse.links:
            axes.add_patch(frame((i - 0.42, j - 0.42), 0.84, 0.84))
        for i, j in links:
            right = (i, j) in verse.links
            axes.plot(
                i, j, "o" if right else "x", color=plots.PALETTE[0 if right else 1]
            )
        axes.set_yticks(range(rows), verse.target)
        axes.set_xticks(range(columns), verse.source, rotation=60, ha="right")
        axes.set(xlim=(-0.7, columns - 0.3), ylim=(rows - 0.3, -0.7), title=name)
        axes.grid(visible=False)
    return figure


def frame(corner: tuple[float, float], width: float, height: float) -> Any:
    """Return an empty grey frame."""
    from matplotlib.patches import Rectangle

    return Rectangle(
        corner, width, height, fill=False, edgecolor="grey", linewidth=1
    )


def jumps(weights: Mapping[int, float], most: int) -> Any:
    """Draw how probable each distance between two sources is, up to some places away."""
    figure, axes = plots.subplots(figsize=(7, 3))
    shown = range(-most, most + 1)
    total = sum(weights.values())
    axes.bar(shown, [100 * weights.get(d, 0.0) / total for d in shown])
    axes.set_xticks(list(shown))
    axes.set(xlabel="places from one source to the next", ylabel="jumps (%)")
    axes.grid(axis="x", visible=False)
    return figure


BESIDE = {
    "English to Greek": (7, -14),
    "grow-diag": (-7, 4),
    "…-final-and": (-3, -18),
    "union": (7, -14),
}
"""Where a point's name stands whose usual place another name needs: points right and up."""


def precision_recall(points: Mapping[str, tuple[float, float]]) -> Any:
    """Draw precision against recall, a named point for each set of links."""
    figure, axes = plots.subplots(figsize=(7, 4.2))
    for k, (name, (precision, recall)) in enumerate(points.items()):
        axes.plot(100 * recall, 100 * precision, "o", color=plots.PALETTE[k >= 2])
        sideways, up = BESIDE.get(name, (7, 4))
        axes.annotate(
            name,
            (100 * recall, 100 * precision),
            (sideways, up),
            ha="left" if sideways > 0 else "right",
            textcoords="offset points",
        )
    axes.set(
        xlabel="recall (%)", ylabel="precision (%)", xlim=(20, 85), ylim=(40, 100)
    )
    return figure


def by_frequency(
    names: Sequence[str], groups: Mapping[str, Sequence[tuple[float, float]]]
) -> Any:
    """Draw links of a word, right and all, by how often the word occurs, one bar a model."""
    figure, axes = plots.subplots(figsize=(7, 3.6))
    width = 0.8 / len(groups)
    for k, (model, pairs) in enumerate(groups.items()):
        places = [
            x + (k - (len(groups) - 1) / 2) * width for x in range(len(names))
        ]
        colour = ("#8a8a8a", plots.PALETTE[1], plots.PALETTE[0])[k]
        axes.bar(
            places,
            [every for _, every in pairs],
            width * 0.9,
            color=colour,
            alpha=0.35,
        )
        axes.bar(
            places,
            [right for right, _ in pairs],
            width * 0.9,
            color=colour,
            label=model,
        )
    axes.set_xticks(range(len(names)), names)
    axes.set(xlabel="occurrences of the Greek word", ylabel="links a word")
    axes.grid(axis="x", visible=False)
    axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def errors(rates: Mapping[str, float]) -> Any:
    """Draw a bar for each error rate, the first at the top."""
    figure, axes = plots.subplots(figsize=(7, 0.6 + 0.42 * len(rates)))
    names = list(rates)[::-1]
    axes.barh(names, [rates[name] for name in names])
    for row, name in enumerate(names):
        axes.text(rates[name] + 0.01, row, f"{rates[name]:.3f}", va="center")
    axes.set(xlabel="alignment error rate", xlim=(0, 0.92))
    axes.grid(axis="y", visible=False)
    return figure
