"""The chapter's larger figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean, stdev
from typing import Any

import torch

from nlpcourse import plots
from nlpcourse.transformers.t5.relative import PositionBias, relative_bucket


def staircase(furthest: int = 128, shown: int = 160) -> Any:
    """Draw the bucket of every distance, for the encoder and for the decoder."""
    apart = torch.arange(-shown, shown + 1)
    fig, axis = plots.subplots(figsize=(7, 3))
    for name, two_way, look in (("encoder", True, "-"), ("decoder", False, "--")):
        buckets = relative_bucket(apart, two_way, furthest=furthest)
        axis.step(apart, buckets, look, where="mid", label=name)
    axis.set_xlabel("distance in tokens (negative: the other stands before)")
    axis.set_ylabel("bucket")
    axis.legend(loc="center right")
    return fig


def toys(right: Mapping[str, Mapping[str, float]]) -> Any:
    """Draw a group of bars for each toy task, a bar for each network."""
    names = list(next(iter(right.values())))
    fig, axis = plots.subplots(figsize=(6, 2.8))
    for k, (network, shares) in enumerate(right.items()):
        places = [place + 0.4 * k for place in range(len(names))]
        axis.bar(
            places,
            [100 * shares[name] for name in names],
            width=0.36,
            color=plots.PALETTE[k],
            label=network,
        )
    axis.set_xticks([place + 0.2 for place in range(len(names))], names)
    axis.set_ylabel("letters right (%)")
    axis.set_ylim(0, 100)
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return fig


def biases(bias: PositionBias, shown: int = 10) -> Any:
    """Draw what each head of a table of distances adds to a score, a line for each.

    Args:
        bias: the table of one stack.
        shown: tokens on each side.
    """
    apart = range(-shown, shown + 1)
    with torch.no_grad():
        heads = bias(2 * shown + 1, 2 * shown + 1)[0, :, shown]  # (H, distances)
    fig, axis = plots.subplots(figsize=(7, 3))
    for number, (values, look) in enumerate(zip(heads, "osD^", strict=False), 1):
        axis.plot(apart, values, f"{look}-", ms=4, lw=1.2, label=f"head {number}")
    axis.set_xlabel("distance in tokens (negative: the other stands before)")
    axis.set_ylabel("bias (nats)")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return fig


def ways(
    losses: Mapping[str, Mapping[str, list[float]]], names: Mapping[str, str]
) -> Any:
    """Draw a panel for each task, with a bar for each way to learn it.

    Args:
        losses: task → way → a loss for each seed.
        names: task → what its axis says.
    """
    fig, axes = plots.subplots(2, 2, figsize=(7, 5))
    for axis, (task, found) in zip(axes.flat, losses.items(), strict=True):
        axis.bar(
            list(found),
            [mean(seeds) for seeds in found.values()],
            yerr=[
                stdev(seeds) if len(seeds) > 1 else 0 for seeds in found.values()
            ],
            capsize=4,
            color=plots.PALETTE[: len(found)],
        )
        axis.set_ylabel(names[task])
    return fig
