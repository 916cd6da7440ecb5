"""Drawings of chapter 36 that are too long for a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlpcourse import plots
from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.reader import Question


def square(question: Question) -> Any:
    """Draw the score of a text of two words over both dials, and where each method looks."""
    fig, ax = plots.subplots(figsize=(6.4, 5.2))
    along = np.linspace(0, 1, 41)
    grid = np.stack([g.ravel() for g in np.meshgrid(along, along)], axis=1)
    scores = question(grid).reshape(41, 41)
    drawn = ax.contourf(along, along, scores, levels=10, cmap=plots.SEQUENTIAL)
    fig.colorbar(drawn, ax=ax, label="score")
    ax.plot([0, 1], [0, 1], color="white", lw=5)
    ax.plot([0, 1], [0, 1], color=plots.PALETTE[1], lw=2.5)
    for place, name, shift, side in (
        ((0, 0), "the blank text", (10, 6), "left"),
        ((1, 1), "the whole text", (-10, -14), "right"),
        ((0, 1), "the second alone", (10, -14), "left"),
        ((1, 0), "the first alone", (-10, 6), "right"),
    ):
        ax.plot(*place, "o", ms=12, color="white", clip_on=False, zorder=4)
        ax.plot(*place, "o", ms=8, color="black", clip_on=False, zorder=5)
        ax.annotate(
            name,
            place,
            shift,
            textcoords="offset points",
            ha=side,
            color="#111111",
            bbox={"boxstyle": "round,pad=0.2", "fc": "white", "ec": "none"},
        )
    ax.set(
        xlabel=f"dial of the first word, “{question.words[0]}”",
        ylabel=f"dial of the second, “{question.words[1]}”",
    )
    ax.grid(False)
    return fig


def deletions(curves: Mapping[str, Array]) -> Any:
    """Draw the probability of the answer over the share of words that are blanked."""
    fig, ax = plots.subplots(figsize=(7, 4.4))
    styles = ("-", "--", "-.", ":", "-", "--", ":")
    colours = [*plots.PALETTE[:5], "grey", "grey"]
    for (name, curve), style, colour in zip(
        curves.items(), styles, colours, strict=False
    ):
        x = np.linspace(0, 100, len(curve))
        ax.plot(x, curve, style, color=colour, label=name)
    ax.set(
        xlabel="words blanked, the most pushing first (%)",
        ylabel="probability of the first answer",
    )
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return fig


def agreements(found: Mapping[tuple[str, str], float]) -> Any:
    """Draw the rank correlation of every two methods as a table of colours."""
    names = list(dict.fromkeys(name for pair in found for name in pair))
    table = np.eye(len(names))
    for (a, b), value in found.items():
        i, j = names.index(a), names.index(b)
        table[i, j] = table[j, i] = value
    fig, ax = plots.subplots(figsize=(7, 5.6))
    ax.imshow(table, vmin=-0.2, vmax=1, cmap=plots.SEQUENTIAL)
    for i in range(len(names)):
        for j in range(len(names)):
            colour = "black" if table[i, j] > 0.55 else "white"
            text = f"{table[i, j] + 0.0:.2f}".replace("-0.00", "0.00")
            ax.text(j, i, text, ha="center", va="center", color=colour)
    short = [n.replace("integrated gradients", "int. gradients") for n in names]
    ax.set_xticks(range(len(names)), short, rotation=40, ha="right")
    ax.set_yticks(range(len(names)), short)
    ax.grid(False)
    return fig


def said_twice(found: Mapping[str, Mapping[int, float]]) -> Any:
    """Draw what each method ascribes to the marks, as a share of what they do together.

    Args:
        found: method → number of marks → share.
    """
    fig, ax = plots.subplots(figsize=(7, 4.2))
    ax.axhline(100, color="grey", lw=1, ls="--")
    for (name, shares), mark, colour in zip(
        found.items(), "osD^v", plots.PALETTE, strict=False
    ):
        ax.plot(
            range(len(shares)),
            [100 * share for share in shares.values()],
            f"{mark}-",
            ms=7,
            lw=1.5,
            color=colour,
            label=name,
        )
    ax.set_xticks(range(len(shares)), [str(count) for count in shares])
    ax.set(
        xlabel="how often the mark stands in the sentence",
        ylabel="ascribed to the marks\n(% of what they do)",
        ylim=(0, None),
    )
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return fig


def two_attentions(words: Sequence[str], own: Array, other: Array) -> Any:
    """Draw a sentence's own attention and another one that gives the same score."""
    fig, axes = plots.subplots(
        1, 2, figsize=(7, 0.34 * len(words) + 1.2), sharey=True
    )
    places = range(len(words))
    for ax, weights, title, colour in zip(
        axes, (own, other), ("the network's own", "same score"), (0, 1), strict=True
    ):
        ax.barh(places, 100 * weights, color=plots.PALETTE[colour])
        ax.set(title=title, xlabel="attention (%)", xlim=(0, 100))
    axes[0].set_yticks(places, words)
    axes[0].invert_yaxis()
    return fig


def probes(
    found: Mapping[str, Mapping[int, tuple[Sequence[float], Sequence[float]]]],
) -> Any:
    """Draw accuracies on tags and on the control task over the layer, a panel for each probe.

    Args:
        found: probe → layer → accuracies on tags, and on the control task, for every seed.
    """
    fig, axes = plots.subplots(1, len(found), figsize=(7.4, 3.8), sharey=True)
    for ax, (name, layers) in zip(np.atleast_1d(axes), found.items(), strict=True):
        for which, (label, mark) in enumerate((("tags", "o"), ("control", "s"))):
            for layer, runs in layers.items():
                ax.plot(
                    [layer] * len(runs[which]),
                    [100 * a for a in runs[which]],
                    mark,
                    ms=4,
                    color=plots.PALETTE[which],
                )
            means = [100 * float(np.mean(runs[which])) for runs in layers.values()]
            ax.plot(
                list(layers), means, "-", color=plots.PALETTE[which], label=label
            )
        ax.set(title=name, xlabel="layer of MiniLM", xticks=list(layers))
    np.atleast_1d(axes)[0].set(ylabel="accuracy (%)")
    np.atleast_1d(axes)[-1].legend(loc="lower left")
    return fig


def capabilities(found: Mapping[str, Mapping[str, Sequence[float]]]) -> Any:
    """Draw failure rates, a row for each capability, a mark for each model and seed.

    Args:
        found: model → capability → failure rates, one a seed.
    """
    fig, ax = plots.subplots(figsize=(7, 4.4))
    names = list(next(iter(found.values())))
    for k, (model, rates) in enumerate(found.items()):
        for y, name in enumerate(names):
            values = [100 * rate for rate in rates[name]]
            ax.plot(
                values,
                [y + 0.22 * (k - (len(found) - 1) / 2)] * len(values),
                "osD^"[k],
                ms=7,
                alpha=0.8,
                color=plots.PALETTE[k],
                label=model if y == 0 else None,
            )
    ax.axvline(50, color="grey", lw=1, ls="--")
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set(xlabel="cases that fail (%)", xlim=(-3, 103))
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fig
