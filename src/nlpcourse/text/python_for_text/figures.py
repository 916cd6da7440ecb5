"""The chapter's figures: drawing alone, from numbers that the chapter has computed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.text.python_for_text.lines import PowerCurve

POINTS = 70
"""Points that are drawn of each text, evenly spaced on the logarithmic axis."""

Steps = Sequence[tuple[float, float]]


def spaced(n: int) -> list[int]:
    """Return places from 0 to *n* − 1, evenly spaced on a logarithmic axis that begins at 1.

    Raises:
        ValueError: *n* is below 1.

    >>> spaced(8)
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    if n < 1:
        raise ValueError(f"there are {n} points to draw; count some words first")
    steps = (math.exp(math.log(n) * k / POINTS) for k in range(POINTS + 1))
    return sorted({min(n, round(step)) - 1 for step in steps})


def ranks(
    texts: Mapping[str, Sequence[int]],
    lines: Mapping[str, tuple[PowerCurve, int, int]],
) -> Any:
    """Draw counts against ranks with both axes logarithmic, and lines through them.

    Args:
        texts: by name, the counts of the types, largest first.
        lines: by name, a curve and the first and the last rank that it was fitted to.
    """
    figure, ax = plots.subplots(figsize=(6, 4.2))
    for (name, counts), mark in zip(texts.items(), "os^", strict=False):
        places = spaced(len(counts))
        shown = [counts[place] for place in places]
        at = [place + 1 for place in places]
        ax.plot(at, shown, mark, ms=3.5, zorder=3, label=name)
    end = max(map(len, texts.values()))
    for k, (name, (curve, first, last)) in enumerate(lines.items()):
        colour = plots.PALETTE[len(texts) + k]
        for ends, width, style in (((first, last), 4, "-"), ((1, end), 1, "--")):
            label = name if width == 4 else None
            heights = [curve.at(x) for x in ends]
            ax.plot(
                ends, heights, style, lw=width, color=colour, alpha=0.7, label=label
            )
    lowest = min(min(counts) for counts in texts.values())
    ax.set(xscale="log", yscale="log", xlabel="rank", ylabel="count")
    ax.set_ylim(bottom=0.6 * lowest)
    ax.minorticks_off()
    ax.legend()
    return figure


def known_law(found: Mapping[str, Sequence[float]], truth: float) -> Any:
    """Draw what each method makes of samples whose exponent is known, one dot a sample."""
    figure, ax = plots.subplots(figsize=(6, 2.6))
    for row, values in enumerate(found.values()):
        ax.plot(values, [row] * len(values), "o", ms=5, alpha=0.6)
    ax.axvline(truth, color="grey", lw=1, ls="--")
    ax.annotate("the truth", (truth, len(found) - 0.55), ha="center")
    ax.set_yticks(range(len(found)), list(found))
    ax.set(xlabel="exponent found", ylim=(-0.5, len(found) - 0.2))
    ax.invert_yaxis()
    ax.set_ylim(len(found) - 0.2, -0.5)
    return figure


def above(data: Steps, laws: Mapping[str, Steps]) -> Any:
    """Draw the share of types with at least so many occurrences, and laws beside it."""
    figure, ax = plots.subplots(figsize=(6, 4))
    ax.plot(*zip(*data, strict=True), "o", ms=3, label="the book")
    for (name, law), style in zip(laws.items(), ("--", "-"), strict=False):
        ax.plot(*zip(*law, strict=True), style, label=name)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="occurrences",
        ylabel="share of types with as many or more",
    )
    ax.minorticks_off()
    ax.legend()
    return figure


def by_length(sizes: Sequence[int], found: Mapping[str, Sequence[float]]) -> Any:
    """Draw the exponents that methods find in the first words of a text."""
    figure, ax = plots.subplots(figsize=(6, 3.8))
    for (name, values), mark in zip(
        found.items(), ("o-", "s--", "^:", "D-."), strict=False
    ):
        ax.plot(sizes, values, mark, ms=5, label=name)
    ax.set(xscale="log", xlabel="words read", ylabel="exponent of the ranks")
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.minorticks_off()
    largest = max(max(values) for values in found.values())
    ax.set_ylim(top=largest + 0.35)
    ax.legend(ncols=2, loc="upper left")
    return figure


def vocabulary_growth(
    curves: Mapping[str, Steps], line: PowerCurve, fitted: float
) -> Any:
    """Draw types against words read, and a line fitted to the beginning."""
    figure, ax = plots.subplots(figsize=(6, 4))
    for (name, curve), mark in zip(curves.items(), ("o-", "s--"), strict=False):
        ax.plot(*zip(*curve, strict=True), mark, ms=4, label=name)
    last = max(x for curve in curves.values() for x, _ in curve)
    first = min(x for curve in curves.values() for x, _ in curve)
    ends = [first, fitted, last]
    colour = plots.PALETTE[2]
    ax.plot(ends[:2], [line.at(x) for x in ends[:2]], color=colour, lw=1.5)
    ax.plot(
        ends[1:],
        [line.at(x) for x in ends[1:]],
        ":",
        color=colour,
        label="the line through the first quarter",
    )
    ax.set(
        xscale="log", yscale="log", xlabel="words read", ylabel="different words"
    )
    ax.minorticks_off()
    ax.legend()
    return figure
