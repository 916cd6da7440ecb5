"""LIME: blank words at random, and fit a line to the answers near the text.

Source: Ribeiro, Singh and Guestrin (2016), section 3, with the settings of their package ``lime``
for texts.  What it leaves out: the choice of a few words (all get a weight).
"""

from __future__ import annotations

import numpy as np

from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.occlusion import Answers, ask


def random_masks(count: int, samples: int, seed: int) -> Array:
    """Return dials of 0 and 1, (samples, T), the first row with every word.

    In each of the others a number of words, drawn from 1 to T, is blanked.

    Raises:
        ValueError: there is no word, or no sample.
    """
    if count < 1 or samples < 1:
        raise ValueError(f"{samples} samples of {count} words are none; give 1")
    chance = np.random.default_rng(seed)
    masks = np.ones((samples, count))
    for row in masks[1:]:
        blanked = int(chance.integers(1, count + 1))
        row[chance.permutation(count)[:blanked]] = 0.0
    return masks


def proximity(masks: Array, width: float = 25.0) -> Array:
    """Return how near each row is to the whole text, (B,), 1 for the text itself.

    The distance is a hundred times the cosine distance to all ones; the width is the package's.

    >>> proximity(np.array([[1.0, 1.0], [0.0, 0.0]]), width=100.0).round(2).tolist()
    [1.0, 0.61]

    Raises:
        ValueError: the width is not above 0, or there are no masks.
    """
    masks = np.atleast_2d(np.asarray(masks, dtype=float))
    if not width > 0 or not masks.size:
        raise ValueError(f"a width of {width} around {masks.shape} masks is none")
    lengths = np.sqrt((masks**2).sum(axis=1) * masks.shape[1])
    cosine = np.divide(
        masks.sum(axis=1), lengths, out=np.zeros(len(masks)), where=lengths > 0
    )
    distance = 100 * (1 - cosine)
    return np.asarray(np.exp(-(distance**2) / (2 * width**2)))


def weighted_line(
    masks: Array, scores: Array, weights: Array, penalty: float = 1.0
) -> Array:
    """Return the slopes of the best line, (T,): least squares with weights and a ridge.

    The intercept is free of the penalty.

    Raises:
        ValueError: the shapes don't fit, a number is not finite, or no weight is above 0.
    """
    masks, scores, weights = (
        np.asarray(a, dtype=float) for a in (masks, scores, weights)
    )
    if masks.ndim != 2 or not len(masks) == len(scores) == len(weights):
        raise ValueError(f"{masks.shape} masks, {scores.shape}, {weights.shape}")
    if not all(np.isfinite(a).all() for a in (masks, scores, weights)):
        raise ValueError("a line needs finite numbers")
    if not (weights >= 0).all() or not weights.sum() > 0 or penalty < 0:
        raise ValueError("weights and penalty are 0 or more, some weight above 0")
    share = weights / weights.sum()
    centred, pull = masks - share @ masks, scores - share @ scores
    normal = (centred * weights[:, None]).T @ centred
    return np.asarray(
        np.linalg.lstsq(
            normal + penalty * np.eye(masks.shape[1]),
            (centred * weights[:, None]).T @ pull,
            rcond=None,
        )[0]
    )


def lime(question: Answers, count: int, samples: int = 500, seed: int = 0) -> Array:
    """Return each word's slope in a line that is fitted near the text, (T,).

    Raises:
        ValueError: there is no word or no sample, or a score is not finite.
    """
    masks = random_masks(count, samples, seed)
    return weighted_line(masks, ask(question, masks), proximity(masks))
