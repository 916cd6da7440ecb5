"""What is missing when a word is blanked: the plainest of explanations.

Source: Zeiler and Fergus (2014), section 4.2, for images; Li, Monroe and Jurafsky (2016) for words.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nlpcourse.learning.linear.rows import Array

Answers = Callable[[Array], Array]
"""Dials (B, T) in, scores (B,) out."""


def ask(question: Answers, dials: Array) -> Array:
    """Return the scores at *dials*, (B,), refusing what no explanation can be made of.

    Raises:
        ValueError: there are no words, or a score is not finite or missing.
    """
    dials = np.asarray(dials, dtype=float)
    if dials.ndim != 2 or not dials.size:
        raise ValueError(f"dials are a table (B, T), not of shape {dials.shape}")
    scores = np.asarray(question(dials), dtype=float)
    if scores.shape != (len(dials),) or not np.isfinite(scores).all():
        raise ValueError(
            f"{len(dials)} rows of dials need as many finite scores, not {scores.shape}"
        )
    return scores


def occlusion(question: Answers, count: int) -> Array:
    """Return how much the score falls when each word is blanked, (T,).

    Args:
        question: the scores at dials (B, T).
        count: T, the number of words.

    >>> occlusion(lambda s: 3 * s[:, 0] - s[:, 1], 2).tolist()
    [3.0, -1.0]

    Raises:
        ValueError: there is no word, or a score is not finite.
    """
    one_off = 1.0 - np.eye(count)  # row i blanks word i
    scores = ask(question, np.vstack([np.ones(count), one_off]))
    return np.asarray(scores[0] - scores[1:])
