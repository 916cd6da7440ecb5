"""The chapter's figures: drawing alone, from numbers that the chapter has computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpcourse import plots
from nlpcourse.text.entities.scoring import KINDS_OF_ERROR


def from_news_to_tweets(f1: Mapping[str, Mapping[str, float]]) -> Any:
    """Draw F1 by type: spaCy's own figure on OntoNotes beside ours on the tweets.

    Args:
        f1: from what was measured where to the types' F1.
    """
    figure, ax = plots.subplots(figsize=(6, 4.2))
    names = list(next(iter(f1.values())))
    height = 0.8 / len(f1)
    colours = (
        plots.PALETTE[0],
        plots.PALETTE[5],
        plots.PALETTE[1],
        plots.PALETTE[3],
    )
    for i, (label, found) in enumerate(f1.items()):
        places = [k + (i - (len(f1) - 1) / 2) * height for k in range(len(names))]
        bars = ax.barh(
            places,
            [100 * found[n] for n in names],
            height * 0.9,
            label=label,
            color=colours[i % 4],
        )
        ax.bar_label(bars, [f"{100 * found[n]:.0f}" for n in names], padding=3)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set(xlabel="F1 of entities (%)", xlim=(0, 105))
    ax.grid(axis="y", visible=False)
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def errors(counts: Mapping[str, Mapping[str, int]]) -> Any:
    """Draw the right entities and the errors by kind, one group of bars for each system."""
    figure, ax = plots.subplots(figsize=(6, 5))
    kinds = ["right", *KINDS_OF_ERROR]
    height = 0.8 / len(counts)
    for i, (label, found) in enumerate(counts.items()):
        places = [
            k + (i - (len(counts) - 1) / 2) * height for k in range(len(kinds))
        ]
        bars = ax.barh(
            places, [found.get(k, 0) for k in kinds], height * 0.9, label=label
        )
        ax.bar_label(bars, padding=3)
    ax.set_yticks(range(len(kinds)), kinds)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set(xlabel="entities of the test part")
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower right")
    return figure
