"""The figures of chapter 25."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from nlpcourse import plots

WIDTH = 5.0  # inches: text of 9 points can then be read on a phone
STYLES = ("o-", "s--", "^:", "D-.")


def lines(series: Mapping[str, Mapping[Any, float]], x: str, y: str) -> Any:
    """Draw named lines, each given as the heights at its places."""
    fig, axis = plots.subplots(figsize=(WIDTH, 3.6))
    for k, (name, heights) in enumerate(series.items()):
        axis.plot(
            list(heights),
            list(heights.values()),
            STYLES[k % len(STYLES)],
            color=plots.PALETTE[k],
            label=name,
        )
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    axis.set_ylim(bottom=0)
    fig.legend(loc="outside lower center", ncols=2)
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
    height = 0.9 + 0.24 * len(outputs)
    fig, axis = plots.subplots(figsize=(WIDTH, height))
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
    short = max(map(len, inputs)) <= 2
    axis.set_xticklabels(
        inputs,
        rotation=0 if short else 60,
        ha="center" if short else "left",
        rotation_mode="anchor",
    )
    axis.xaxis.tick_top()
    axis.set_yticks([j + 0.5 for j in range(len(outputs))])
    axis.set_yticklabels(outputs)
    axis.invert_yaxis()
    axis.grid(False)
    return fig


def bars(values: Mapping[str, float], label: str) -> Any:
    """Draw one bar for each name, with its value beside it."""
    fig, axis = plots.subplots(figsize=(WIDTH, 0.9 + 0.36 * len(values)))
    names = list(values)
    axis.barh(names, list(values.values()), color=plots.PALETTE[0])
    for place, value in enumerate(values.values()):
        axis.text(value, place, f" {value:.2f}", va="center")
    axis.invert_yaxis()
    axis.set_xlim(right=1.15 * max(values.values()))
    axis.set_xlabel(label)
    axis.grid(False, axis="y")
    return fig


def network(
    inputs: Sequence[str],
    outputs: Sequence[str],
    looks: tuple[int, Sequence[float]] | None = None,
) -> Any:
    """Draw an encoder, a decoder, and what goes from the one to the other.

    Args:
        inputs: what the encoder reads.
        outputs: what the decoder writes, without the end.
        looks: a step of the decoder (from 0) and its attention weights; None for one
            vector alone.
    """
    fig, axis = plots.subplots(figsize=(WIDTH, 2.7 if looks else 2.0))
    ink = plots.STYLE["text.color"]
    gap = len(inputs) + 0.9
    reading = [0.5 + i for i in range(len(inputs))]
    writing = [gap + 0.5 + t for t in range(len(outputs) + 1)]

    def arrow(
        start: tuple[float, float], stop: tuple[float, float], **kw: Any
    ) -> None:
        style = {"arrowstyle": "->", "color": ink, "shrinkA": 0, "shrinkB": 0, **kw}
        axis.annotate("", stop, start, arrowprops=style)

    def boxes(places: Sequence[float], colour: str) -> None:
        for x in places:
            axis.bar(x, 0.6, 0.62, bottom=1, color="none", edgecolor=colour, lw=1.8)
        for left, right in itertools.pairwise(places):
            arrow((left + 0.33, 1.3), (right - 0.33, 1.3))

    def label(x: float, y: float, text: str, colour: str = ink) -> None:
        axis.text(x, y, text, ha="center", va="center", color=colour)

    boxes(reading, plots.PALETTE[0])
    boxes(writing, plots.PALETTE[1])
    for x, letter in zip(reading, inputs, strict=True):
        label(x, 0.45, letter)
        arrow((x, 0.65), (x, 0.97))
    for left, right in itertools.pairwise(reading):
        arrow((right - 0.33, 1.15), (left + 0.33, 1.15))
    for x, read, said in zip(
        writing, ("(begin)", *outputs), (*outputs, "(end)"), strict=True
    ):
        label(x, 0.45, read)
        arrow((x, 0.65), (x, 0.97))
        label(x, 2.15, said)
        arrow((x, 1.63), (x, 1.95))
    arrow((reading[-1] + 0.33, 1.3), (writing[0] - 0.33, 1.3), lw=2.4)
    label((reading[-1] + writing[0]) / 2, 1.62, "summary")
    label(sum(reading) / len(reading), -0.05, "encoder", plots.PALETTE[0])
    label(sum(writing) / len(writing), -0.05, "decoder", plots.PALETTE[1])
    if looks:
        step, weights = looks
        context = (writing[step], 3.1)
        for x, weight in zip(reading, weights, strict=True):
            axis.plot(
                [x, x, context[0] - 0.55],
                [1.65, 2.5, 3.1],
                color=plots.PALETTE[2],
                lw=0.6 + 5 * weight,
                alpha=0.8,
            )
            axis.text(x + 0.12, 2.0, f"{weight:.0%}", color=plots.PALETTE[2])
        label(*context, "context", plots.PALETTE[2])
        arrow((context[0], 2.9), (context[0], 2.4), color=plots.PALETTE[2])
    axis.set_xlim(0, writing[-1] + 0.6)
    axis.set_ylim(-0.3, 3.4 if looks else 2.4)
    axis.axis("off")
    return fig
