"""The chapter's figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlpcourse import plots
from nlpcourse.learning.reinforcement.frontier import Point

STYLES = ("-", "--", "-.", ":")


def regret_curves(curves: Mapping[str, NDArray[np.float64]], slope: float) -> Any:
    """Draw mean regret against pulls, with the slope that no good player beats in the long run.

    Args:
        curves: player → mean regret after each pull.
        slope: Lai and Robbins' constant, per unit of ln n.
    """
    fig, axis = plots.subplots(figsize=(6.5, 3.8))
    for (name, lost), style, color in zip(
        curves.items(), STYLES, plots.PALETTE, strict=False
    ):
        pulls = np.arange(1, len(lost) + 1)
        thin = np.unique(np.geomspace(1, len(lost), 120).astype(int)) - 1
        axis.plot(pulls[thin], lost[thin], style, color=color, label=name)
    axis.plot(
        pulls[thin],
        slope * np.log(pulls[thin]),
        color="grey",
        lw=1.2,
        ls=(0, (1, 1)),
        label="Lai and Robbins: constant × ln n",
    )
    axis.set(
        xscale="log",
        xlabel="pulls",
        ylabel="praise missed (regret)",
        ylim=(0, None),
    )
    axis.legend()
    return fig


def learning_curves(
    curves: Mapping[str, Sequence[Sequence[float]]], width: int
) -> Any:
    """Draw the mean reward of games against games played, a line for each seed."""
    fig, axis = plots.subplots(figsize=(6.5, 3.4))
    for (name, seeds), style, color in zip(
        curves.items(), STYLES, plots.PALETTE, strict=False
    ):
        for k, returns in enumerate(seeds):
            means = np.array(returns).reshape(-1, width).mean(axis=1)
            games = width * (np.arange(len(means)) + 1)
            axis.plot(
                games,
                means,
                style,
                color=color,
                lw=1.5,
                label=name if k == 0 else None,
            )
    axis.set(xlabel="games played", ylabel="reward of a game")
    axis.legend()
    return fig


def variance_by_baseline(
    baselines: Sequence[float],
    measured: Mapping[str, Sequence[float]],
    expected: float,
) -> Any:
    """Draw the variance of single gradients against the baseline."""
    fig, axis = plots.subplots(figsize=(6, 3.2))
    for (name, spread), style, color in zip(
        measured.items(), ("o-", "s--"), plots.PALETTE, strict=False
    ):
        axis.plot(baselines, spread, style, ms=4, color=color, label=name)
    axis.axvline(expected, color="grey", lw=1, ls=":")
    axis.annotate(
        "mean reward",
        (expected, axis.get_ylim()[1]),
        (4, -12),
        textcoords="offset points",
    )
    axis.set(xlabel="baseline b", ylabel="variance of one gradient", ylim=(0, None))
    if len(measured) > 1:
        axis.legend()
    return fig


def frontier(
    best: Sequence[Point],
    choosing: Sequence[Point],
    reached: Mapping[str, Sequence[Point]],
) -> Any:
    """Draw reward against distance: the best possible, best of n, and what was trained."""
    fig, axis = plots.subplots(figsize=(6.5, 4.2))
    axis.plot(
        [p.kl for p in best],
        [p.reward for p in best],
        color="grey",
        label="best possible",
    )
    axis.plot(
        [p.kl for p in choosing],
        [p.reward for p in choosing],
        "x:",
        color=plots.PALETTE[5],
        label="best of 1, 2, 4, …",
    )
    for (name, points), marker, color in zip(
        reached.items(), "osDv", plots.PALETTE, strict=False
    ):
        axis.plot(
            [p.kl for p in points],
            [p.reward for p in points],
            marker,
            ms=6,
            color=color,
            label=name,
        )
    axis.set(
        xlabel="distance from the untuned model (nats)", ylabel="mean reward (nats)"
    )
    axis.legend()
    return fig


def steering(
    curves: Mapping[str, Sequence[Sequence[tuple[int, float, float]]]],
) -> Any:
    """Draw reward and distance while training, one line for each seed.

    Args:
        curves: method → for each seed, triples of texts written, reward, distance.
    """
    fig, axes = plots.subplots(2, 1, sharex=True, figsize=(6.5, 5.4))
    for (name, seeds), style, color in zip(
        curves.items(), STYLES, plots.PALETTE, strict=False
    ):
        for k, triples in enumerate(seeds):
            written = [n for n, *_ in triples]
            for column, axis in ((1, axes[0]), (2, axes[1])):
                axis.plot(
                    written,
                    [t[column] for t in triples],
                    style,
                    color=color,
                    lw=1.4,
                    label=name if k == 0 else None,
                )
    axes[0].set(ylabel="mean reward (nats)")
    axes[1].set(ylabel="distance (nats)", xlabel="texts written")
    axes[0].legend()
    return fig


def clip(ratios: Sequence[float], gains: Mapping[str, Sequence[float]]) -> Any:
    """Draw what a word gains against its ratio of probabilities, with a clip and without."""
    fig, axes = plots.subplots(1, 2, sharey=True, figsize=(6.5, 2.9))
    for axis, (title, clipped), sign in zip(
        axes, gains.items(), (1, -1), strict=True
    ):
        axis.plot(
            ratios,
            [sign * r for r in ratios],
            ":",
            color="grey",
            label="not clipped",
        )
        axis.plot(ratios, clipped, color=plots.PALETTE[0], label="clipped")
        axis.axvline(1, color="grey", lw=0.8)
        axis.set(title=title, xlabel="ratio new / old")
    axes[0].set_ylabel("gain")
    axes[1].legend()
    return fig


def hacking(rows: Mapping[str, Mapping[str, Sequence[float]]]) -> Any:
    """Draw what two trainings are worth by several measures, a panel for each measure.

    Args:
        rows: measure → policy → its value for every seed.
    """
    fig, axes = plots.subplots(1, len(rows), figsize=(7, 3.2))
    for axis, (measure, policies) in zip(axes, rows.items(), strict=True):
        for k, (seeds, color) in enumerate(
            zip(policies.values(), ("grey", *plots.PALETTE), strict=False)
        ):
            axis.bar([k], [float(np.mean(seeds))], color=color, width=0.65)
            axis.plot([k] * len(seeds), seeds, "_", ms=9, mew=1.2, color="#888888")
        axis.set_xticks(
            range(len(policies)), list(policies), rotation=35, ha="right"
        )
        axis.set_title(measure)
        axis.grid(axis="x", visible=False)
    return fig
