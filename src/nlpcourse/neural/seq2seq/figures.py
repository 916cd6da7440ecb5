"""The figures of chapter 25."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from nlpcourse import plots

STYLES = ("o-", "s--", "^:", "D-.")


def lines(
    series: Mapping[str, tuple[Sequence[Any], Sequence[float]]], x: str, y: str
) -> Any:
    """Draw named lines, each given as its places and its heights."""
    fig, axis = plots.subplots(figsize=(7, 3.2))
    for k, (name, (places, heights)) in enumerate(series.items()):
        axis.plot(
            places, heights, STYLES[k % 4], color=plots.PALETTE[k], label=name
        )
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    axis.set_ylim(bottom=0)
    axis.legend()
    return fig


def attention(
    weights: Tensor,
    outputs: Sequence[str],
    inputs: Sequence[str],
    gold: Sequence[tuple[int, int]] = (),
) -> Any:
    """Draw attention as shades: a row for each output, a column for each input.

    Args:
        weights: (outputs, inputs).
        outputs: labels of the rows.
        inputs: labels of the columns.
        gold: pairs (input, output) that get a frame.
    """
    height = 1.2 + 0.27 * len(outputs)
    width = min(7.0, 1.8 + 0.42 * len(inputs))
    fig, axis = plots.subplots(figsize=(width, height))
    axis.pcolormesh(
        weights.numpy(), vmin=0, vmax=1, cmap=plots.SEQUENTIAL, edgecolors="face"
    )
    for i, j in gold:
        axis.plot(
            [i, i + 1, i + 1, i, i],
            [j, j, j + 1, j + 1, j],
            color=plots.PALETTE[1],
            linewidth=2,
        )
    axis.set_xticks([i + 0.5 for i in range(len(inputs))])
    axis.set_xticklabels(inputs, rotation=60, ha="left", rotation_mode="anchor")
    axis.xaxis.tick_top()
    axis.set_yticks([j + 0.5 for j in range(len(outputs))])
    axis.set_yticklabels(outputs)
    axis.invert_yaxis()
    axis.grid(False)
    return fig


def bars(values: Mapping[str, float], label: str) -> Any:
    """Draw one bar for each name, with its value beside it."""
    fig, axis = plots.subplots(figsize=(7, 0.9 + 0.42 * len(values)))
    names = list(values)
    axis.barh(names, list(values.values()), color=plots.PALETTE[0])
    for place, value in enumerate(values.values()):
        axis.text(value, place, f" {value:.2f}", va="center")
    axis.invert_yaxis()
    axis.set_xlabel(label)
    axis.grid(False, axis="y")
    return fig
