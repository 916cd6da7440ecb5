"""Drawings of chapter 16, from numbers that the chapter has computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpcourse import plots

if TYPE_CHECKING:
    from nlpcourse.learning.topics.recipes import Trial


def how_many(trials: Sequence[Trial]) -> Any:
    """Draw perplexity and coherence of models with more and more topics, mean and spread."""
    figure, axes = plots.subplots(1, 2, figsize=(7.5, 3.4))
    numbers = sorted({trial.topics for trial in trials})
    for ax, what in zip(axes, ("perplexity", "c_v"), strict=True):
        for name, style in (("Gibbs sampling", "o-"), ("variational Bayes", "s--")):
            found = [
                [
                    getattr(t, what)
                    for t in trials
                    if (t.sampler, t.topics) == (name, k)
                ]
                for k in numbers
            ]
            means = [np.mean(row) for row in found]
            spread = [np.std(row, ddof=1) for row in found]
            ax.errorbar(
                numbers, means, spread, fmt=style, ms=5, capsize=2, label=name
            )
        ax.set(xscale="log", xlabel="topics", title=what)
        ax.set_xticks(numbers, numbers)
        ax.minorticks_off()
    axes[1].legend(loc="lower right")
    return figure


def groups(
    shares: np.ndarray, names: Sequence[str], first_words: Sequence[str]
) -> Any:
    """Draw the mean share of every topic in every group's posts, (groups, topics)."""
    order = list(dict.fromkeys(shares.argmax(axis=1).tolist()))
    order += [k for k in range(shares.shape[1]) if k not in order]
    figure, ax = plots.subplots(figsize=(7.5, 6.5))
    image = ax.imshow(shares[:, order], aspect="auto", vmin=0)
    ax.set_xticks(range(len(order)), [first_words[k] for k in order], rotation=90)
    ax.set_yticks(range(len(names)), names)
    ax.grid(visible=False)
    figure.colorbar(image, label="mean share of the posts", shrink=0.6)
    return figure


def starts(matched: Mapping[str, np.ndarray]) -> Any:
    """Draw how alike the topics of two runs are, the matched ones on the diagonal."""
    figure, axes = plots.subplots(1, 2, figsize=(7.5, 3.6), width_ratios=(1, 1.25))
    for ax, (name, table) in zip(axes, matched.items(), strict=True):
        image = ax.imshow(table, vmin=0, vmax=1)
        ax.set(
            title=name, xlabel="topics of a second run", ylabel="of the first run"
        )
        ax.set(xticks=[], yticks=[])
        ax.grid(visible=False)
    figure.colorbar(image, ax=axes, label="cosine", shrink=0.8)
    return figure
