"""The chapter's figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from nlpcourse import plots
from nlpcourse.neural.word2vec.text import (
    Vocabulary,
    keep_probability,
    noise_distribution,
)
from nlpcourse.neural.word2vec.vectors import WordVectors

MARKERS = "os^Dvp"


def sampling(
    vocabulary: Vocabulary, threshold: float, marked: Sequence[str]
) -> Any:
    """Draw how often words are kept, and how often they are drawn as negatives."""
    fig, (left, right) = plots.subplots(1, 2, figsize=(7, 3.3))
    counts = torch.tensor(vocabulary.counts).double()
    places = (
        torch.unique(torch.logspace(0, 4.3, 40).long()).clamp(max=len(counts)) - 1
    )
    frequency = counts / counts.sum()
    keep = keep_probability(counts, threshold)
    left.semilogx(frequency[places], keep[places], color=plots.PALETTE[0])
    left.set_ylabel("probability of being kept")
    ratio = noise_distribution(counts) / frequency
    right.loglog(frequency[places], ratio[places], color=plots.PALETTE[1])
    right.axhline(1, color=plots.PALETTE[2], linestyle=":")
    right.set_yticks([0.25, 0.5, 1, 2, 4], ["¼", "½", "1", "2", "4"])
    right.minorticks_off()
    right.set_ylabel("as noise / by frequency")
    for axis, values in ((left, keep), (right, ratio)):
        axis.set_xlabel("share of all running words")
        for word in marked:
            number = vocabulary[word]
            point = (float(frequency[number]), float(values[number]))
            axis.plot(*point, "o", color=plots.PALETTE[3])
            axis.annotate(word, point, xytext=(4, 4), textcoords="offset points")
    return fig


def losses(log: Sequence[Mapping[str, float]], by_frequency: float) -> Any:
    """Draw the mean loss of a pair against the step, and what frequencies alone would give."""
    fig, axis = plots.subplots(figsize=(7, 2.8))
    steps = [entry["step"] for entry in log]
    values = [entry["loss"] for entry in log]
    axis.plot(steps, values, color=plots.PALETTE[0], label="skip-gram")
    axis.axhline(
        by_frequency, color=plots.PALETTE[1], ls="--", label="frequencies alone"
    )
    axis.legend()
    axis.set_xlabel("step")
    axis.set_ylabel("mean loss of a pair (nats)")
    return fig


def counting_and_predicting(
    information: Tensor, products: Tensor, enough: Tensor, shown: int = 700
) -> Any:
    """Draw what counting says of pairs of words against what training made of them.

    Args:
        information: shifted information of every pair, (types, types).
        products: v · u of every pair, (types, types).
        enough: which pairs were seen often enough to be drawn, (types, types).
        shown: how many of them are drawn.
    """
    fig, axis = plots.subplots(figsize=(5.2, 4.2))
    generator = torch.Generator().manual_seed(0)
    x, y = information[enough], products[enough]
    chosen = torch.randperm(len(x), generator=generator)[:shown]
    axis.plot(
        x[chosen].numpy().round(2),
        y[chosen].numpy().round(2),
        ".",
        markersize=3,
        color=plots.PALETTE[0],
    )
    ends = [float(x[chosen].min()), float(x[chosen].max())]
    axis.plot(ends, ends, "--", color=plots.PALETTE[1], label="equal")
    axis.set_xlabel("counted: information of the pair less ln k")
    axis.set_ylabel("trained: v · u")
    axis.legend()
    return fig


def plane(vectors: WordVectors, groups: Mapping[str, Sequence[str]]) -> Any:
    """Draw groups of words in the plane in which they lie furthest apart."""
    fig, axis = plots.subplots(figsize=(7, 5.6))
    words = [word for group in groups.values() for word in group]
    rows = vectors.units[[vectors.number(word) for word in words]]
    centred = rows - rows.mean(dim=0)
    _, _, axes = torch.linalg.svd(centred, full_matrices=False)
    flat = centred @ axes[:2].T  # (words, 2)
    flat = flat * flat[0].sign()  # which way an axis points is chance
    start = 0
    for k, (name, group) in enumerate(groups.items()):
        part = flat[start : start + len(group)]
        start += len(group)
        axis.plot(
            part[:, 0],
            part[:, 1],
            MARKERS[k],
            color=plots.PALETTE[k],
            markersize=5,
            label=name,
        )
    for word, (x, y) in zip(words, apart(flat.tolist(), 0.2, 0.05), strict=True):
        axis.text(x + 0.02, y, word, fontsize=8, verticalalignment="center")
    axis.set_xlabel("first direction")
    axis.set_ylabel("second direction")
    axis.legend(fontsize=8)
    return fig


def apart(
    places: Sequence[Sequence[float]], wide: float, high: float
) -> list[tuple[float, float]]:
    """Return where labels of a size can stand near *places* and cover no other one.

    >>> apart([(0.0, 0.0), (0.0, 0.25)], wide=1.0, high=0.5)
    [(0.0, -0.25), (0.0, 0.25)]
    """
    found = [(x, y) for x, y in places]
    order = sorted(range(len(found)), key=lambda k: -found[k][1])
    for turn, k in enumerate(order):
        x, y = found[k]
        for other in order[:turn]:  # the labels above, from the top down
            over = abs(found[other][0] - x) < wide
            if over and abs(found[other][1] - y) < high:
                y = found[other][1] - high
        found[k] = (x, y)
    return found


def scores(table: Mapping[str, Sequence[float]], tests: Sequence[str]) -> Any:
    """Draw the scores of several sets of vectors side by side."""
    fig, axis = plots.subplots(figsize=(7, 3.2))
    width = 0.8 / len(table)
    hatches = ["", "xx", "//", ".."]
    for k, (name, values) in enumerate(table.items()):
        places = [x + (k - (len(table) - 1) / 2) * width for x in range(len(tests))]
        axis.bar(
            places,
            values,
            width,
            color=plots.PALETTE[k],
            hatch=hatches[k],
            edgecolor="white",
            label=name,
        )
    axis.set_xticks(range(len(tests)), tests)
    axis.set_ylabel("score")
    axis.legend()
    return fig


def hubs(counts: Tensor, chance: float) -> Any:
    """Draw how many words are found in how many other words' lists of neighbours."""
    fig, axis = plots.subplots(figsize=(7, 3))
    edges = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
    names, heights = [], []
    for low, high in itertools.pairwise(edges):
        names.append(str(low) if high == low + 1 else f"{low}–{high - 1}")
        heights.append(int(((counts >= low) & (counts < high)).sum()))
    axis.bar(names, heights, color=plots.PALETTE[0])
    axis.set_yscale("log")
    axis.set_ylim(bottom=1)
    axis.set_xlabel(f"in how many lists of ten neighbours (mean {chance:.0f})")
    axis.set_ylabel("words")
    axis.tick_params(axis="x", labelsize=8)
    return fig
