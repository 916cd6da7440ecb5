"""Drawings of chapter 17, from numbers that the chapter has computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlpcourse import plots


def climb(
    log_likelihoods: Mapping[int, float], f1: Mapping[int, float], tokens: int
) -> Any:
    """Draw the log likelihood of the training tweets, and F1 on others, over the iterations."""
    figure, (left, right) = plots.subplots(1, 2, figsize=(7, 3.2))
    per_word = [value / tokens for value in log_likelihoods.values()]
    left.plot(list(log_likelihoods), per_word, "o-")
    left.set(xlabel="iterations", ylabel="log likelihood per word", xlim=(0, None))
    right.plot(list(f1), list(f1.values()), "o-", color=plots.PALETTE[1])
    right.set(xlabel="iterations", ylabel="F1 of entities", ylim=(0, None))
    return figure


def steps(names: Sequence[str], weights: Sequence[Sequence[float]]) -> Any:
    """Draw weights of steps from tag to tag as a table of colours with their numbers."""
    table = np.array(weights)
    figure, ax = plots.subplots(figsize=(7, 5.4))
    most = np.abs(table).max()
    ax.imshow(table, cmap=plots.DIVERGING, vmin=-most, vmax=most, aspect="auto")
    for i, row in enumerate(table):
        for j, weight in enumerate(row):
            dark = abs(weight) > 0.6 * most
            ink = "white" if dark else "black"
            ax.text(j, i, f"{weight:.1f}", ha="center", va="center", color=ink)
    ax.set_xticks(range(len(names)), names, rotation=40, ha="right")
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="to", ylabel="from")
    ax.grid(visible=False)
    return figure


def bias(shares: Sequence[float], errors: Mapping[str, Sequence[float]]) -> Any:
    """Draw how often each model misses rob, over the share of rob in training."""
    figure, ax = plots.subplots(figsize=(6, 3.4))
    for (name, row), style in zip(errors.items(), ("o-", "s--", "^:"), strict=True):
        ax.plot(
            [100 * s for s in shares], [100 * e for e in row], style, label=name
        )
    ax.set(
        xlabel="share of rob among the training words (%)",
        ylabel="rob read wrongly (%)",
        ylim=(-3, 103),
    )
    ax.legend(loc="center right")
    return figure
