"""The chapter's figures: drawing alone, from numbers that the chapter has computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots


def seen_shares(shares: Mapping[int, float]) -> Any:
    """Draw the share of n-grams that were seen in training, by n."""
    figure, ax = plots.subplots(figsize=(6, 2.8))
    bars = ax.bar(
        list(shares), [100 * share for share in shares.values()], width=0.6
    )
    ax.bar_label(bars, [f"{100 * share:.0f}%" for share in shares.values()])
    ax.set(
        xlabel="words in the n-gram", ylabel="seen in training (%)", ylim=(0, 108)
    )
    ax.set_xticks(list(shares))
    return figure


def both_halves(found: Mapping[int, float]) -> Any:
    """Draw counts in one half of a text against the mean count in the other half."""
    figure, ax = plots.subplots(figsize=(5.4, 3.6))
    largest = max(found)
    ax.plot([0, largest], [0, largest], "--", lw=1, color="grey", label="no change")
    ax.plot(list(found), list(found.values()), "o", label="in the other half")
    for count, other in found.items():
        ax.vlines(count, other, count, lw=1, color=plots.PALETTE[1])
    ax.set(xlabel="count in one half", ylabel="mean count in the other half")
    ax.legend()
    return figure


def perplexities(results: Mapping[str, float], best: str) -> Any:
    """Draw one bar for each model, the best in another colour."""
    figure, ax = plots.subplots(figsize=(7, 0.42 * len(results) + 0.9))
    names = list(results)
    colours = [plots.PALETTE[1 if name == best else 0] for name in names]
    bars = ax.barh(names, list(results.values()), color=colours)
    ax.bar_label(bars, [f"{value:,.0f}" for value in results.values()], padding=3)
    ax.invert_yaxis()
    ax.set(xlabel="perplexity on the test text (shorter is better)")
    ax.grid(axis="y", visible=False)
    return figure


def vocabulary_sizes(sizes: Sequence[int], found: Sequence[float]) -> Any:
    """Draw perplexity against the number of words that the model admits to know."""
    figure, ax = plots.subplots(figsize=(6, 3))
    ax.plot(sizes, found, "o-")
    ax.set(xlabel="words in the vocabulary", ylabel="perplexity", ylim=(0, None))
    return figure
