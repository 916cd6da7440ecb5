"""Attention as an explanation: other weights that give the same answer.

The score is a weighted mean: with attention a_t and what word t alone would score, g_t, it is
the sum of a_t g_t.  So other weights with the same mean always exist, and :func:`two_words` finds
some that sit on two words.

Source: Jain and Wallace (2019), section 4.2; Wiegreffe and Pinter (2019), section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.judging import probability, pushes_of
from nlpcourse.responsible.explanations.reader import Reader, vectors_of


@torch.no_grad()
def attention_and_values(
    model: Reader, words: Sequence[str]
) -> tuple[Array, Array]:
    """Return each word's attention, (T,), and the score that it would have alone, (T,)."""
    x = vectors_of(words)[None]  # (1, T, 50)
    h = model.states(x)
    weights = model.attend(h, torch.ones(1, len(words)))[0]
    return weights.double().numpy(), model.score(h)[0, :, 0].double().numpy()


def divergence(one: Array, other: Array) -> float:
    """Return the Jensen–Shannon divergence of two distributions in nats, 0 to log 2.

    >>> round(divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0])), 4)
    0.6931

    Raises:
        ValueError: they are no distributions over the same words.
    """
    a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    fine = a.shape == b.shape and a.ndim == 1 and a.size
    if not fine or not all(
        (p >= 0).all() and abs(p.sum() - 1) < 1e-4 for p in (a, b)
    ):
        raise ValueError("two lists of shares, each with the sum 1, of one length")
    middle = (a + b) / 2
    parts = [np.sum(p[p > 0] * np.log(p[p > 0] / middle[p > 0])) for p in (a, b)]
    return float(max(0.0, sum(parts) / 2))


def two_words(weights: Array, values: Array) -> Array:
    """Return weights on two words or one with the same mean, as far from *weights* as can be, (T,).

    Raises:
        ValueError: the lists differ, are empty or hold what is not finite.
    """
    a, g = pushes_of(weights), pushes_of(values)
    if a.shape != g.shape:
        raise ValueError(f"{len(a)} weights and {len(g)} values of words")
    mean, best, farthest = float(a @ g), a, 0.0
    for i in np.flatnonzero(g <= mean):
        for j in np.flatnonzero(g >= mean):
            share = (mean - g[i]) / (g[j] - g[i]) if g[j] > g[i] else 1.0
            other = np.zeros_like(a)
            other[i] += 1 - share
            other[j] += share
            if (far := divergence(a, other)) > farthest:
                best, farthest = other, far
    return best


def shuffled(weights: Array, values: Array, draws: int, seed: int) -> float:
    """Return the median change of the probability when the weights are shuffled among the words.

    Raises:
        ValueError: there are no words or no draws.
    """
    a, g = np.asarray(weights, dtype=float), np.asarray(values, dtype=float)
    if a.shape != g.shape or not a.size or draws < 1:
        raise ValueError(f"{draws} draws of {a.shape} weights for {g.shape} values")
    chance = np.random.default_rng(seed)
    before = probability(np.array([a @ g]))[0]
    after = probability(np.array([chance.permutation(a) @ g for _ in range(draws)]))
    return float(np.median(np.abs(after - before)))
