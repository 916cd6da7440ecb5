"""The figures of the chapter, each drawn from plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from nlpcourse import plots
from nlpcourse.course.ledger import Record


def attention_maps(
    maps: Sequence[Tensor], names: Sequence[str], chosen: Sequence[tuple[int, int]]
) -> Any:
    """Draw one map per chosen (block, head); a row is a token that looks.

    Args:
        maps: one tensor (1, heads, T, T) per block.
        names: the T tokens.
        chosen: block and head, counted from 0.
    """
    figure, axes = plots.subplots(
        1, len(chosen), figsize=(3 * len(chosen), 3.9), sharey=True, squeeze=False
    )
    for axis, (block, head) in zip(axes[0], chosen, strict=True):
        axis.imshow(maps[block][0, head], vmin=0, vmax=1)
        axis.set_xticks(range(len(names)), names, rotation=90)
        axis.set_yticks(range(len(names)), names)
        axis.set_title(f"block {block + 1}, head {head + 1}")
        axis.grid(False)
    return figure


def senses(layers: Mapping[str, Tensor], sense_of: Sequence[str]) -> Any:
    """Draw each layer's vectors on their two directions of largest variance.

    Args:
        layers: title → vectors (occurrences, channels).
        sense_of: the sense of each occurrence.
    """
    figure, axes = plots.subplots(1, len(layers), figsize=(6, 3.4))
    kinds = list(dict.fromkeys(sense_of))
    for axis, (title, vectors) in zip(axes, layers.items(), strict=True):
        centred = vectors - vectors.mean(dim=0)
        directions = torch.linalg.svd(centred, full_matrices=False).Vh[:2]
        plane = centred @ directions.T  # (occurrences, 2)
        for kind, marker, colour in zip(kinds, "os^", plots.PALETTE, strict=False):
            at = [i for i, sense in enumerate(sense_of) if sense == kind]
            axis.scatter(
                *plane[at].T, s=22, marker=marker, color=colour, label=kind
            )
        axis.set(title=title, xticks=[], yticks=[])
    axes[0].set(xlabel="first component", ylabel="second component")
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower right", ncols=len(names))
    return figure


def loss_curve(log: Mapping[str, Any]) -> Any:
    """Draw the losses of a training log, and its loss on the validation text at the end."""
    steps = [entry["step"] for entry in log["losses"]]
    figure, axis = plots.subplots(figsize=(5, 2.8))
    axis.plot(
        steps,
        [e["loss"] for e in log["losses"]],
        label="training text, dynamic masking",
    )
    end = (steps[-1], log["metrics"]["loss"])
    axis.scatter(*end, color=plots.PALETTE[1])
    axis.annotate(
        "validation",
        end,
        (-62, 8),
        textcoords="offset points",
        color=plots.PALETTE[1],
    )
    axis.set(xlabel="step", ylabel="loss at the blanks (nats)")
    axis.legend()
    return figure


def ways_of_masking(runs: Mapping[str, Sequence[Mapping[str, Any]]]) -> Any:
    """Draw the losses of all seeds of each way, with a diamond for the unseen text."""
    figure, axis = plots.subplots(figsize=(5, 3.2))
    for k, (way, logs) in enumerate(runs.items()):
        colour, name = plots.PALETTE[k], way.replace("-", " ")
        for number, log in enumerate(logs):
            steps = [entry["step"] for entry in log["losses"]]
            losses = [entry["loss"] for entry in log["losses"]]
            axis.plot(steps, losses, color=colour, lw=1.2)
            axis.scatter(
                steps[-1] + 40 + 50 * k,
                log["metrics"]["loss"],
                marker="D",
                s=18,
                color=colour,
                label=name if number == 0 else None,
            )
    axis.set(xlabel="step", ylabel="loss at the blanks (nats)")
    axis.legend(title="masking")
    return figure


def beside_the_paper(rows: Mapping[str, tuple[Sequence[float], Record]]) -> Any:
    """Draw each row's accuracies as dots and its published figure as a cross.

    Args:
        rows: name → accuracies (shares of 1) over seeds, and the record that has the anchor.
    """
    figure, axis = plots.subplots(figsize=(5, 2.6))
    for place, (scores, entry) in enumerate(rows.values()):
        height = [place] * len(scores)
        axis.scatter(
            [100 * s for s in scores], height, color=plots.PALETTE[0], zorder=3
        )
        published = (100 * (entry.anchor or 0), place)
        axis.scatter(*published, color=plots.PALETTE[1], marker="x", s=60)
        axis.annotate(
            entry.anchor_what,
            published,
            (0, 8),
            textcoords="offset points",
            ha="center",
            color=plots.PALETTE[1],
        )
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set(
        xlabel="accuracy on TREC's test questions (%)", ylim=(-0.5, len(rows) - 0.3)
    )
    return figure
