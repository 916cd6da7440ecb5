"""The figures of chapter 24."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from nlpcourse import plots
from nlpcourse.neural.cnn.data import Vocabulary, stack
from nlpcourse.neural.cnn.model import SentenceCNN
from nlpcourse.neural.cnn.study import Curves


def one_filter(words: Sequence[str], values: Tensor, width: int) -> Any:
    """Draw a filter's answer at every window of a sentence and mark the largest."""
    figure, axes = plots.subplots(figsize=(7, 2.8))
    best = int(values.argmax())
    colours = [plots.PALETTE[1 if k == best else 0] for k in range(len(values))]
    axes.bar(range(len(values)), values.tolist(), color=colours, width=0.7)
    labels = [" ".join(words[k : k + width]) for k in range(len(values))]
    axes.set_xticks(range(len(values)), labels, rotation=40, ha="right")
    axes.set_ylabel("answer")
    axes.axhline(0, color="grey", lw=0.8)
    axes.grid(axis="x", visible=False)
    return figure


@torch.no_grad()
def feature_maps(
    model: SentenceCNN,
    vocabulary: Vocabulary,
    words: Sequence[str],
    chosen: Sequence[int],
    labels: Sequence[str],
) -> Any:
    """Draw the feature maps of filters of the first width; rings mark what pooling keeps.

    Args:
        model: trained.
        vocabulary: its words.
        words: the sentence.
        chosen: numbers of filters of the first width.
        labels: what to write beside each.
    """
    numbers, _ = stack([vocabulary.encode(words)])
    layer = model.layers[0]
    maps = layer(model.embedding(numbers))[0, :, list(chosen)].T  # (chosen, places)
    maps = maps.relu()  # the last windows end behind the sentence
    figure, axes = plots.subplots(figsize=(7, 0.36 * len(chosen) + 1.5))
    image = axes.imshow(maps.numpy(), aspect="auto", cmap=plots.SEQUENTIAL)
    best = maps.argmax(dim=1)
    axes.plot(
        best.tolist(),
        range(len(chosen)),
        "o",
        mfc="none",
        mec=plots.PALETTE[1],
        ms=13,
        mew=2,
        ls="",
    )
    ends = [*words, *["·"] * (layer.width - 1)]
    axes.set_xticks(range(len(ends)), ends, rotation=40, ha="right")
    axes.set_yticks(range(len(chosen)), labels)
    axes.set_xlabel("last word of the window")
    axes.grid(visible=False)
    figure.colorbar(image, ax=axes, label="answer")
    return figure


def cost_and_accuracy(points: Mapping[str, tuple[float, float]]) -> Any:
    """Draw accuracy against seconds of training, one mark per classifier."""
    figure, axes = plots.subplots(figsize=(7, 3.2))
    for k, (name, (seconds, share)) in enumerate(points.items()):
        axes.plot(
            seconds,
            100 * share,
            "os^Dv"[k % 5],
            ms=9,
            color=plots.PALETTE[k % 6],
            label=name,
        )
        axes.annotate(
            name, (seconds, 100 * share), xytext=(9, 4), textcoords="offset points"
        )
    axes.set_xscale("log")
    axes.set_xlim(right=6 * max(seconds for seconds, _ in points.values()))
    axes.set_xlabel("processor seconds for one training (logarithmic)")
    axes.set_ylabel("right (%)")
    return figure


def overfitting(curves: Mapping[str, Curves]) -> Any:
    """Draw the loss on seen and unseen sentences, one panel per training."""
    figure, panels = plots.subplots(1, len(curves), figsize=(7, 3), sharey=True)
    for axes, (name, curve) in zip(panels, curves.items(), strict=True):
        axes.plot(curve.steps, curve.seen_loss, "o-", label="learnt from")
        axes.plot(curve.steps, curve.unseen_loss, "s--", label="new sentences")
        axes.set_title(name)
        axes.set_xlabel("step")
        axes.set_ylim(bottom=0)
    panels[0].set_ylabel("loss (nats)")
    panels[0].legend()
    return figure


def distance(gaps: Sequence[int], lines: Mapping[str, Sequence[float]]) -> Any:
    """Draw what "not" takes from the log odds of "good", by its distance to the praise."""
    figure, axes = plots.subplots(figsize=(7, 3))
    for style, (name, values) in zip("o^s", lines.items(), strict=True):
        axes.plot(gaps, values, f"{style}-", label=f"not … {name}")
    axes.axhline(0, color="grey", lw=0.8, ls=":")
    axes.set_xlabel("words between not and the praise")
    axes.set_ylabel("change of log odds")
    axes.legend()
    return figure
