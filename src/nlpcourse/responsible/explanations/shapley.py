"""Shapley values: what a word adds, averaged over all orders in which words can come.

:func:`shapley_values` asks about every set of words; :func:`kernel_shap` finds the same by one
weighted regression, and goes on working where only some of the sets are asked about.

Source: Shapley (1953); Lundberg and Lee (2017), section 4.1, theorem 2.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.occlusion import Answers, ask
from nlpcourse.responsible.explanations.surrogate import checked

MOST = 14
"""Words whose sets can all be asked about: 16,384 of them."""


def all_masks(count: int) -> Array:
    """Return every set of words as dials of 0 and 1, (2 ** T, T), the empty one first.

    Raises:
        ValueError: there is no word, or there are too many.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"all sets of {count} words; give 1 to {MOST}")
    return np.array(list(itertools.product((0.0, 1.0), repeat=count)))


def shapley_values(question: Answers, count: int) -> Array:
    """Return each word's Shapley value, (T,), from all sets of words.

    >>> shapley_values(lambda s: s[:, 0] * s[:, 1], 2).tolist()
    [0.5, 0.5]

    Raises:
        ValueError: there is no word or there are too many, or a score is not finite.
    """
    masks = all_masks(count)
    scores = ask(question, masks)
    sizes = masks.sum(axis=1).astype(int)
    places = masks @ 2.0 ** np.arange(count - 1, -1, -1)  # a row's number
    values = np.zeros(count)
    for i in range(count):
        without = masks[:, i] == 0
        with_it = (places[without] + 2 ** (count - 1 - i)).astype(int)
        share = [
            1 / (count * math.comb(count - 1, size)) for size in sizes[without]
        ]
        values[i] = np.dot(share, scores[with_it] - scores[without])
    return values


def kernel_weight(count: int, size: int) -> float:
    """Return the weight of a set of *size* among *count* words.

    >>> [round(kernel_weight(4, k), 3) for k in (1, 2, 3)]
    [0.25, 0.125, 0.25]

    Raises:
        ValueError: the set is empty or holds all words; both have to be met exactly.
    """
    if not 1 <= size <= count - 1:
        raise ValueError(f"a set of {size} of {count} words has no finite weight")
    return (count - 1) / (math.comb(count, size) * size * (count - size))


def coalitions(count: int, samples: int, seed: int) -> tuple[Array, Array]:
    """Return sets of words, (B, T), and their weights, (B,), without the empty and the full one.

    All of them where *samples* are enough; otherwise sets are drawn as often as they weigh, each
    together with its complement.

    Raises:
        ValueError: there are fewer than two words, or two samples.
    """
    if count < 2 or samples < 2:
        raise ValueError(f"{samples} sets of {count} words; give 2 or more of both")
    if count <= MOST and 2**count - 2 <= samples:
        masks = all_masks(count)[1:-1]
        sizes = masks.sum(axis=1).astype(int)
        return masks, np.array([kernel_weight(count, k) for k in sizes])
    chance = np.random.default_rng(seed)
    sizes = np.arange(1, count)
    odds = 1 / (sizes * (count - sizes))
    drawn = chance.choice(sizes, size=samples // 2, p=odds / odds.sum())
    masks = np.zeros((samples // 2, count))
    for row, size in zip(masks, drawn, strict=True):
        row[chance.permutation(count)[:size]] = 1.0
    masks = np.vstack([masks, 1 - masks])
    return masks, np.ones(len(masks))


def solve(
    masks: Array, weights: Array, scores: Array, empty: float, full: float
) -> Array:
    """Return the line through the empty and the full set that fits the others best, (T,).

    The values add up to ``full - empty``: the last one is what the others leave.

    Raises:
        ValueError: the shapes don't fit, or a number is not finite.
    """
    masks, scores, weights = checked(masks, scores, weights)
    total = full - empty
    if not np.isfinite(total):
        raise ValueError(f"the ends {empty} and {full} are finite scores")
    rest = masks[:, :-1] - masks[:, -1:]  # (B, T - 1)
    aim = scores - empty - masks[:, -1] * total
    root = np.sqrt(weights)
    first = np.linalg.lstsq(rest * root[:, None], aim * root, rcond=None)[0]
    return np.append(first, total - first.sum())


def kernel_shap(
    question: Answers, count: int, samples: int = 500, seed: int = 0
) -> Array:
    """Return each word's Shapley value, (T,), exactly or from some of the sets.

    Raises:
        ValueError: there is no word, too few samples, or a score is not finite.
    """
    ends = ask(question, np.array([[0.0] * count, [1.0] * count]))
    if count == 1:
        return np.array([ends[1] - ends[0]])
    masks, weights = coalitions(count, samples, seed)
    return solve(masks, weights, ask(question, masks), *ends)
