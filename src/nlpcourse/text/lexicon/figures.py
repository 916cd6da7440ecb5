"""The figures of chapter 06."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.text.lexicon.failures import OUTCOMES, Usage
from nlpcourse.text.lexicon.vader import squash

NAMES = {
    "tweets": "tweets",
    "movie": "films",
    "amazon": "products",
    "nyt": "editorials",
}


def squashing(alphas: Sequence[float], points: Mapping[str, float]) -> Any:
    """Draw the squashing function for several alphas, with totals marked on the first curve."""
    figure, axes = plots.subplots(figsize=(7, 3.4))
    totals = [k / 10 for k in range(-120, 121)]
    for alpha, style in zip(alphas, ("-", "--", ":"), strict=False):
        curve = [squash(total, alpha) for total in totals]
        axes.plot(totals, curve, style, label=f"α = {alpha:g}")
    for name, total in points.items():
        axes.plot(total, squash(total, alphas[0]), "o", color=plots.PALETTE[1])
        axes.annotate(
            name,
            (total, squash(total, alphas[0])),
            (8, -14),
            textcoords="offset points",
        )
    axes.set(xlabel="sum of the valences", ylabel="compound score")
    axes.legend(loc="upper left")
    return figure


def stacked(shares: Mapping[str, Mapping[str, float]]) -> Any:
    """Draw for each domain the shares of sentences that are right, silent and wrong."""
    figure, axes = plots.subplots(figsize=(7, 2.9))
    colours = (plots.PALETTE[0], "#b8b8b8", plots.PALETTE[1])
    for row, domain in enumerate(shares):
        left = 0.0
        for name, colour in zip(OUTCOMES, colours, strict=True):
            width = 100 * shares[domain][name]
            axes.barh(
                -row,
                width,
                left=left,
                color=colour,
                label=name if row == 0 else None,
            )
            if width > 8:
                inside = "black" if name == "silent" else "white"
                axes.text(
                    left + width / 2,
                    -row,
                    f"{width:.0f}",
                    ha="center",
                    va="center",
                    color=inside,
                )
            left += width
    axes.set_yticks(
        [-row for row in range(len(shares))], [NAMES[d] for d in shares]
    )
    axes.set(xlabel="sentences (%)", xlim=(0, 100))
    axes.grid(visible=False)
    axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def negated(groups: Mapping[str, Sequence[float]], domains: Sequence[str]) -> Any:
    """Draw for each domain how often a named polarity is right, in several groups of sentences."""
    figure, axes = plots.subplots(figsize=(7, 3.4))
    width = 0.8 / len(groups)
    colours = (plots.PALETTE[1], plots.PALETTE[0], "#b8b8b8")
    for k, (name, values) in enumerate(groups.items()):
        places = [
            x + (k - (len(groups) - 1) / 2) * width for x in range(len(domains))
        ]
        axes.bar(
            places,
            [100 * v for v in values],
            width * 0.9,
            label=name,
            color=colours[k],
        )
    axes.axhline(50, color="grey", lw=1, ls="--")
    axes.set_xticks(range(len(domains)), [NAMES[d] for d in domains])
    axes.set(ylabel="right, of those not neutral (%)", ylim=(0, 100))
    axes.grid(axis="x", visible=False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


AWAY = {("tweets", "like"): (-72, 58), ("movie", "like"): (78, -26)}
"""Where a word is written whose dot has too many neighbours: points right and up."""


def two_domains(
    usages: Mapping[str, Sequence[Usage]], marked: Mapping[str, Sequence[str]]
) -> Any:
    """Draw valence in the lexicon against the mean rating in a domain, one panel a domain."""
    figure, panels = plots.subplots(
        len(usages), 1, figsize=(7, 4.2 * len(usages)), sharex=True
    )
    for axes, (domain, found) in zip(panels, usages.items(), strict=True):
        axes.axhline(0, color="grey", lw=0.8)
        axes.axvline(0, color="grey", lw=0.8)
        for usage in found:
            flipped = usage.valence * usage.rating < 0
            axes.plot(
                usage.valence, usage.rating, "x" if flipped else "o",
                ms=5 if flipped else 3.5, alpha=0.9 if flipped else 0.5,
                color=plots.PALETTE[1 if flipped else 0],
            )  # fmt: skip
            if usage.word in marked[domain]:
                away = AWAY.get((domain, usage.word))
                axes.annotate(
                    usage.word,
                    (usage.valence, usage.rating),
                    away or (5, 4),
                    textcoords="offset points",
                    arrowprops={"arrowstyle": "-", "color": "grey"}
                    if away
                    else None,
                )
        axes.set(
            ylabel="mean rating of its sentences",
            title=NAMES[domain],
            ylim=(-3.4, 3.4),
        )
    panels[-1].set_xlabel("valence in the lexicon")
    return figure


def grid(f1: Mapping[str, Mapping[str, float]]) -> Any:
    """Draw F1 of scorers (rows) in domains (columns) as a heat map with its numbers."""
    rows, columns = list(f1), list(next(iter(f1.values())))
    values = [[f1[row][column] for column in columns] for row in rows]
    figure, axes = plots.subplots(figsize=(7, 0.55 * len(rows) + 1.3))
    axes.imshow(values, aspect="auto", cmap=plots.SEQUENTIAL, vmin=0.4, vmax=1)
    axes.set_xticks(range(len(columns)), [NAMES[c] for c in columns])
    axes.set_yticks(range(len(rows)), rows)
    axes.xaxis.tick_top()
    for y, line in enumerate(values):
        for x, value in enumerate(line):
            colour = "white" if value < 0.7 else "black"
            axes.text(x, y, f"{value:.2f}", ha="center", va="center", color=colour)
    axes.set_xlabel("tested on")
    axes.grid(visible=False)
    return figure
