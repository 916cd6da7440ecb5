"""TextRank and LexRank: a sentence matters when sentences that matter resemble it.

A graph is a square table of weights: row i says how much sentence i recommends each other one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from nlpcourse.neural.summarization.words import Words, cosine, weigh

Table = list[list[float]]

DAMPING = 0.85
"""The share of a walk's steps that follow an edge (Brin and Page; both papers take it)."""


def power_iteration(
    weights: Sequence[Sequence[float]],
    damping: float = DAMPING,
    tolerance: float = 1e-10,
    most: int = 10_000,
) -> list[float]:
    """Return the share of time that a random walk spends at each node; the shares sum to one.

    With probability *damping* the walk follows an edge, chosen by weight; else, and from a node
    without edges always, it jumps to any node.

    Args:
        weights: row i holds the weights of the edges from node i, none of them negative.
        damping: from 0 to below 1.
        tolerance: stops when all shares together change by less.
        most: rounds after which it stops anyway.

    Raises:
        ValueError: the table is not square, a weight is negative, or *damping* can't be.

    Source: Mihalcea and Tarau (2004), equation 2, divided by the number of nodes; Erkan and
        Radev (2004), equation 5 and algorithm 2.

    >>> [round(share, 3) for share in power_iteration([[0, 1, 0], [1, 0, 1], [0, 1, 0]])]
    [0.257, 0.486, 0.257]
    """
    _check(weights, damping)
    shares = [1 / len(weights) for _ in weights]
    for _ in range(most):
        fresh = one_round(weights, shares, damping)
        change = math.fsum(abs(a - b) for a, b in zip(fresh, shares, strict=True))
        shares = fresh
        if change < tolerance:
            break
    return shares


def rounds(
    weights: Sequence[Sequence[float]],
    start: Sequence[float],
    count: int,
    damping: float = DAMPING,
) -> Table:
    """Return the shares at the start and after each of *count* rounds of the walk.

    Args:
        weights: as in :func:`power_iteration`.
        start: the shares before the first round.
        count: of rounds.
        damping: as in :func:`power_iteration`.

    Raises:
        ValueError: the table is no graph, or *start* has not a share for each node.

    >>> [[round(x, 2) for x in row] for row in rounds([[0, 1], [1, 0]], [1.0, 0.0], 2, 0.5)]
    [[1.0, 0.0], [0.25, 0.75], [0.62, 0.38]]
    """
    _check(weights, damping)
    if len(start) != len(weights) or count < 0:
        raise ValueError(
            f"{len(start)} shares for {len(weights)} nodes, {count} rounds: give a share for each "
            "node and 0 rounds or more"
        )
    found = [list(start)]
    for _ in range(count):
        found.append(one_round(weights, found[-1], damping))
    return found


def one_round(
    weights: Sequence[Sequence[float]], shares: Sequence[float], damping: float
) -> list[float]:
    """Return the share of every node after one more step of the walk.

    Raises:
        ValueError: the table is no graph, or *shares* has not a share for each node.

    Source: as in :func:`power_iteration`.
    """
    _check(weights, damping)
    if len(shares) != len(weights):
        raise ValueError(
            f"{len(shares)} shares for {len(weights)} nodes: give one for each"
        )
    size = len(weights)
    totals = [math.fsum(row) for row in weights]
    idle = math.fsum(shares[i] for i in range(size) if not totals[i])
    fresh = [(1 - damping + damping * idle) / max(size, 1)] * size
    for i in range(size):
        for j in range(size):
            if weights[i][j]:
                fresh[j] += damping * shares[i] * weights[i][j] / totals[i]
    return fresh


def _check(weights: Sequence[Sequence[float]], damping: float) -> None:
    """Refuse tables that are no graph, and dampings that are no share."""
    if any(len(row) != len(weights) for row in weights):
        raise ValueError(
            "a graph's table is square: a row and a column for each node"
        )
    if any(not 0 <= weight < math.inf for row in weights for weight in row):
        raise ValueError("a weight is a number of 0 or more")
    if not 0 <= damping < 1:
        raise ValueError(
            f"the damping must be 0 or more and below 1, not {damping}"
        )


def overlap(a: Words, b: Words) -> float:
    """Return TextRank's similarity: shared words over the sum of the logarithms of both lengths.

    Source: Mihalcea and Tarau (2004), section 4.1.

    >>> round(overlap("graph rank word".split(), "graph word end".split()), 2)
    0.91
    """
    lengths = math.log(max(len(a), 1)) + math.log(max(len(b), 1))
    return len(set(a) & set(b)) / lengths if lengths else 0.0


def textrank_graph(sentences: Sequence[Words]) -> Table:
    """Return the overlap of every two sentences, and 0 from a sentence to itself."""
    return [
        [overlap(a, b) if i != j else 0.0 for j, b in enumerate(sentences)]
        for i, a in enumerate(sentences)
    ]


def textrank(sentences: Sequence[Words], damping: float = DAMPING) -> list[float]:
    """Return TextRank's score of every sentence; the scores sum to one.

    Source: Mihalcea and Tarau (2004), "TextRank: Bringing Order into Texts".
    """
    return power_iteration(textrank_graph(sentences), damping)


def cosine_table(sentences: Sequence[Words], idf: Mapping[str, float]) -> Table:
    """Return the cosine of every two sentences' tf · idf vectors.

    Source: Erkan and Radev (2004), equation 1.
    """
    vectors = [weigh(words, idf) for words in sentences]
    return [[cosine(a, b) for b in vectors] for a in vectors]


def lexrank_graph(
    cosines: Sequence[Sequence[float]], threshold: float | None
) -> Table:
    """Return an edge of weight 1 where the cosine is above *threshold*; the cosines for None.

    A sentence resembles itself, so every node has an edge to itself, as in the paper.

    Raises:
        ValueError: the threshold is NaN.

    >>> lexrank_graph([[1.0, 0.2], [0.2, 1.0]], threshold=0.1)
    [[1.0, 1.0], [1.0, 1.0]]
    """
    if threshold is None:
        return [list(row) for row in cosines]
    if math.isnan(threshold):
        raise ValueError("the threshold is NaN: no cosine is above or below it")
    return [[float(value > threshold) for value in row] for row in cosines]


def lexrank(
    sentences: Sequence[Words],
    idf: Mapping[str, float],
    threshold: float | None = 0.1,
    damping: float = DAMPING,
) -> list[float]:
    """Return LexRank's score of every sentence; the scores sum to one.

    Args:
        sentences: the words of each.
        idf: of every word.
        threshold: cosines up to it make no edge; None weighs the edges by their cosines, which
            the paper calls continuous LexRank.
        damping: here the share of steps that follow an edge; the paper's d is one minus it.

    Raises:
        ValueError: the threshold is NaN, or *damping* can't be.

    Source: Erkan and Radev (2004), "LexRank: Graph-based Lexical Centrality as Salience in Text
        Summarization", sections 3.2 and 3.3.
    """
    cosines = cosine_table(sentences, idf)
    return power_iteration(lexrank_graph(cosines, threshold), damping)
