"""The chapter's figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from nlpcourse import plots
from nlpcourse.neural.glove.glove import weight

HATCHES = ["", "//", "..", "xx", "--", "oo"]


def column_shares(table: csr_matrix) -> np.ndarray:
    """Return which share of a table's sum of squares the first columns hold, (columns,).

    The k-th number is the share of the first k columns together.

    >>> column_shares(csr_matrix(np.array([[3.0, 1.0], [1.0, 1.0]]))).round(2).tolist()
    [0.83, 1.0]
    """
    squares = np.asarray(table.multiply(table).sum(axis=0), dtype=float).ravel()
    return np.asarray(squares.cumsum() / squares.sum())


def whose_squares(tables: Mapping[str, csr_matrix]) -> Any:
    """Draw how few columns hold how much of each table."""
    fig, axis = plots.subplots(figsize=(7, 3))
    for k, (name, table) in enumerate(tables.items()):
        shares = column_shares(table)
        ranks = np.unique(np.logspace(0, np.log10(len(shares)), 60).astype(int))
        axis.semilogx(
            ranks,
            shares[ranks - 1].round(3),
            color=plots.PALETTE[k],
            ls=["-", "--"][k % 2],
            label=name,
        )
    axis.set_xlabel("columns, the most frequent words first")
    axis.set_ylabel("share of all squares")
    axis.legend()
    return fig


def weighting(counts: Tensor, most: float) -> Any:
    """Draw GloVe's weighting, and how many pairs there are of each count."""
    fig, (left, right) = plots.subplots(1, 2, figsize=(7, 3.2))
    places = torch.logspace(-1, 2.5, 60)
    left.semilogx(
        places, weight(places, most), color=plots.PALETTE[0], label="f(X)"
    )
    left.semilogx(
        places,
        torch.ones_like(places),
        "--",
        color=plots.PALETTE[1],
        label="all alike",
    )
    left.set_xlabel("count X of a pair")
    left.set_ylabel("weight")
    left.legend()
    edges = torch.logspace(-1, 4, 16)
    pairs = torch.histogram(counts.clamp(max=9999), edges).hist
    right.bar(
        edges[:-1], pairs, width=edges.diff(), align="edge", color=plots.PALETTE[2]
    )
    right.set_xscale("log")
    right.set_yscale("log")
    right.set_xlabel("count X of a pair")
    right.set_ylabel("pairs")
    return fig


def grouped(
    table: Mapping[str, Sequence[float]], groups: Sequence[str], label: str
) -> Any:
    """Draw bars of several sets side by side, in groups."""
    fig, axis = plots.subplots(figsize=(7, 3.8))
    width = 0.84 / len(table)
    for k, (name, values) in enumerate(table.items()):
        places = [
            x + (k - (len(table) - 1) / 2) * width for x in range(len(groups))
        ]
        axis.bar(
            places,
            values,
            width,
            color=plots.PALETTE[k],
            hatch=HATCHES[k],
            edgecolor="white",
            label=name,
        )
    axis.set_xticks(range(len(groups)), groups)
    axis.set_ylabel(label)
    axis.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3, fontsize=8
    )
    return fig
