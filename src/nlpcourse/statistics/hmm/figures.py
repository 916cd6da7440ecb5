"""Drawings of chapter 10."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.statistics.hmm.model import HiddenMarkovModel
from nlpcourse.statistics.hmm.viterbi import follow, trellis


def draw_trellis(model: HiddenMarkovModel, words: Sequence[str]) -> Any:
    """Draw the cells, every step between them, and the best path in bold."""
    columns = trellis(model, words)
    path = follow(columns)
    height = {s: -i for i, s in enumerate(model.states)}
    fig, ax = plots.subplots(figsize=(7, 3.2))
    for place, column in enumerate(columns):
        for state, cell in column.items():
            y = height[state]
            here = path[place] == state
            for before in columns[place - 1] if place else ():
                bold = here and path[place - 1] == before
                ax.plot(
                    [place - 1, place],
                    [height[before], y],
                    color=plots.PALETTE[1 if bold else 0],
                    lw=3 if bold else 1,
                    alpha=1 if bold else 0.5,
                    zorder=1,
                )
                rise = y - height[before]
                share = 0.24 if rise else 0.3
                ax.text(
                    place - 1 + share,
                    height[before] + share * rise + 0.07,
                    f"{model.transition[before][state]:.2f}",
                    ha="center" if not rise else "right" if rise > 0 else "left",
                )
            colour = plots.PALETTE[1 if here else 0]
            ax.plot(place, y, "o", ms=34, mfc="white", mec=colour, mew=3, zorder=2)
            ax.text(
                place, y, state, ha="center", va="center", zorder=3, color="#222222"
            )  # plain black would be left out, and turn light in the dark
            shown = f"{math.exp(cell.score):.4f}"
            ax.text(place, y - 0.36, shown, ha="center", va="center")
    ax.set_xticks(range(len(words)), words)
    ax.set(yticks=[], ylim=(-len(height) + 0.4, 0.4), xlim=(-0.3, len(words) - 0.7))
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    return fig


def draw_vanishing(plain: Mapping[int, float], scaled: Mapping[int, float]) -> Any:
    """Draw the log of the plain forward sum while it is above 0, and the scaled one."""
    fig, ax = plots.subplots(figsize=(7, 3))
    alive = {n: math.log10(p) for n, p in plain.items() if p > 0}
    last = max(alive)
    ax.plot(
        list(scaled),
        list(scaled.values()),
        lw=1.5,
        label="scaled, or in logarithms",
    )
    ax.plot(
        list(alive), list(alive.values()), lw=5, alpha=0.5, label="plain products"
    )
    ax.plot(last, alive[last], "x", ms=10, mew=2.5, color=plots.PALETTE[1])
    ax.set(xlabel="words", ylabel="log10 P(words)")
    ax.legend()
    return fig


def draw_learning(
    accuracy: Mapping[str, Sequence[float]], log_p: Mapping[str, Sequence[float]]
) -> Any:
    """Draw accuracy and log likelihood by step, for several starts."""
    fig, (left, right) = plots.subplots(1, 2, figsize=(7, 3.4))
    styles = ("o-", "s--", "^:")
    for (name, found), style in zip(accuracy.items(), styles, strict=False):
        steps = range(len(found))
        left.plot(steps, [100 * a for a in found], style, ms=4, label=name)
        right.plot(steps, [n / 1000 for n in log_p[name]], style, ms=4)
    left.set(xlabel="steps of Baum–Welch", ylabel="words tagged right (%)")
    right.set(xlabel="steps of Baum–Welch", ylabel="log P(words), thousands")
    fig.legend(
        *left.get_legend_handles_labels(), title="tagged sentences",
        loc="outside upper center", ncols=3,
    )  # fmt: skip
    return fig
