"""The chapter's figures: drawing alone, from numbers that the chapter has computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpcourse import plots
from nlpcourse.text.stemming.judging import Judgement


def two_mistakes(
    stemmers: Mapping[str, Judgement], cut: Mapping[int, Judgement]
) -> Any:
    """Draw what each stemmer leaves apart and joins wrongly, beside cutting after n letters."""
    figure, ax = plots.subplots(figsize=(6, 4))
    apart = [100 * one.understemming for one in cut.values()]
    joined = [1e6 * one.overstemming for one in cut.values()]
    ax.plot(apart, joined, "o--", lw=1, ms=4, color="grey", label="first n letters")
    for n, x, y in zip(cut, apart, joined, strict=True):
        ax.annotate(f"{n}", (x, y), (4, 4), textcoords="offset points")
    marks = ("s", "D", "^", "v", "P")
    for (name, one), mark in zip(stemmers.items(), marks, strict=False):
        ax.plot(
            100 * one.understemming,
            1e6 * one.overstemming,
            mark,
            ms=8,
            ls="",
            label=name,
        )
    ax.set(
        yscale="log",
        xlabel="pairs of a group left apart (%)",
        ylabel="pairs across groups joined\n(in a million)",
    )
    ax.legend()
    return figure


def changed(shares: Mapping[str, Mapping[str, float]]) -> Any:
    """Draw bars: the share of words with another lemma, by part of speech and by guess."""
    figure, ax = plots.subplots(figsize=(6, 3.2))
    names = list(next(iter(shares.values())))
    height = 0.8 / len(shares)
    for i, (guess, found) in enumerate(shares.items()):
        places = [
            k + (i - (len(shares) - 1) / 2) * height for k in range(len(names))
        ]
        bars = ax.barh(
            places, [100 * found[n] for n in names], height * 0.9, label=guess
        )
        ax.bar_label(bars, [f"{100 * found[n]:.1f}%" for n in names], padding=3)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set(xlabel="running words with another lemma (%)")
    ax.margins(x=0.15)
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower right")
    return figure


def gains(found: Mapping[str, Mapping[str, tuple[float, float]]]) -> Any:
    """Draw how many more searches find their verse first than by words alone.

    Args:
        found: from a kind of query to the terms' names, each with the gain as a share and half
            of its 95 per cent interval.
    """
    figure, ax = plots.subplots(figsize=(6, 3.2))
    names = list(next(iter(found.values())))
    for i, (kind, by_terms) in enumerate(found.items()):
        ax.errorbar(
            [100 * gain for gain, _ in by_terms.values()],
            [k + 0.24 * (i - 0.5) for k in range(len(names))],
            xerr=[100 * half for _, half in by_terms.values()],
            fmt="os^"[i % 3],
            capsize=3,
            label=kind,
        )
    ax.axvline(0, ymax=0.86, lw=1, color="grey", ls="--")
    ax.set_yticks(range(len(names)), names)
    ax.set(
        xlabel="verses found first, against words alone\n(percentage points)",
        ylim=(len(names) - 0.4, -0.9),
    )
    ax.legend(ncols=2, loc="upper center")
    return figure
