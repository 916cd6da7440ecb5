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
    masks, scores, weights = checked(masks, scores, weights)
    if not penalty >= 0:
        raise ValueError(f"a penalty is 0 or more, not {penalty}")
    share = weights / weights.sum()
    centred, pull = masks - share @ masks, scores - share @ scores
    normal = (centred * weights[:, None]).T @ centred
    normal += penalty * np.eye(masks.shape[1])
    right = (centred * weights[:, None]).T @ pull
    return np.asarray(np.linalg.lstsq(normal, right, rcond=None)[0])


def checked(
    masks: Array, scores: Array, weights: Array
) -> tuple[Array, Array, Array]:
    """Return masks (B, T), scores (B,) and weights (B,) that a line can be fitted to.

    Raises:
        ValueError: the shapes don't fit, a number is not finite, or no weight is above 0.
    """
    m, s, w = (np.asarray(a, dtype=float) for a in (masks, scores, weights))
    if m.ndim != 2 or not m.size or not s.shape == w.shape == (len(m),):
        raise ValueError(f"{m.shape} masks, {s.shape} scores, {w.shape} weights")
    if not all(np.isfinite(a).all() for a in (m, s, w)):
        raise ValueError("a line needs finite numbers")
    if not (w >= 0).all() or not w.sum() > 0:
        raise ValueError("weights are 0 or more, and some are above 0")
    return m, s, w


def lime(question: Answers, count: int, samples: int = 500, seed: int = 0) -> Array:
    """Return each word's slope in a line that is fitted near the text, (T,).

    Raises:
        ValueError: there is no word or no sample, or a score is not finite.
    """
    masks = random_masks(count, samples, seed)
    return weighted_line(masks, ask(question, masks), proximity(masks))
