"""Is an explanation right?  Deletion curves, planted words, and agreement.

Source: deletion as in Petsiuk, Das and Saenko (2018), section 3.3; planted shortcuts as in
Bastings and others (2022).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np

from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.gradients import (
    gradient_times_input,
    integrated_gradients,
)
from nlpcourse.responsible.explanations.occlusion import Answers, ask, occlusion
from nlpcourse.responsible.explanations.reader import Question
from nlpcourse.responsible.explanations.shapley import kernel_shap
from nlpcourse.responsible.explanations.surrogate import lime

Explainer = Callable[[Question], Array]

METHODS: dict[str, Explainer] = {
    "occlusion": lambda q: occlusion(q, len(q.words)),
    "LIME": lambda q: lime(q, len(q.words)),
    "kernel SHAP": lambda q: kernel_shap(q, len(q.words)),
    "gradient × input": lambda q: gradient_times_input(q.slopes, len(q.words)),
    "integrated gradients": lambda q: integrated_gradients(q.slopes, len(q.words)),
}


def probability(scores: Array) -> Array:
    """Return the probability of good for each score; very large ones don't overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -700, 700))))


def deletion_curve(question: Answers, pushes: Array) -> Array:
    """Return the probability of the first answer as words are blanked one by one, (T + 1,).

    The word that pushes most towards the answer goes first.

    Args:
        question: scores at dials; above 0 the answer is good.
        pushes: each word's push towards good, (T,).

    Raises:
        ValueError: there is no word, or a push or a score is not finite.
    """
    pushes = pushes_of(pushes)
    count = len(pushes)
    side = 1.0 if ask(question, np.ones((1, count)))[0] > 0 else -1.0
    dials = np.ones((count + 1, count))
    for k, word in enumerate(np.argsort(-side * pushes, kind="stable")):
        dials[k + 1 :, word] = 0.0
    return probability(side * ask(question, dials))


def pushes_of(given: Array) -> Array:
    """Return pushes, (T,), one finite number a word.

    Raises:
        ValueError: there is no word, or a push is not finite.
    """
    pushes = np.asarray(given, dtype=float)
    if pushes.ndim != 1 or not pushes.size or not np.isfinite(pushes).all():
        raise ValueError(f"each word needs a finite push, not {given!r}")
    return pushes


def at_shares(curve: Array, points: int = 11) -> Array:
    """Return a curve of any length at equal shares of blanked words, (points,).

    Raises:
        ValueError: the curve has fewer than two values, or fewer than two points are wanted.
    """
    curve = np.asarray(curve, dtype=float)
    if curve.ndim != 1 or len(curve) < 2 or points < 2:
        raise ValueError(f"{points} points on a curve of shape {curve.shape}")
    return np.interp(
        np.linspace(0, 1, points), np.linspace(0, 1, len(curve)), curve
    )


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Spearman's correlation of two lists of pushes; equal values share their ranks.

    >>> round(rank_correlation([3.0, 1.0, 2.0], [9.0, -5.0, 0.0]), 6)
    1.0

    Raises:
        ValueError: the lists differ in length, hold fewer than two values, or one is constant.
    """
    a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if a.shape != b.shape or a.ndim != 1 or len(a) < 2:
        raise ValueError(f"two lists alike, of 2 or more, not {a.shape}, {b.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("ranks need finite values")
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        raise ValueError("a constant list has no ranks to compare")
    x, y = (
        np.array([np.flatnonzero(np.sort(v) == value).mean() for value in v])
        for v in (a, b)
    )
    x, y = x - x.mean(), y - y.mean()
    return float((x @ y) / np.sqrt((x @ x) * (y @ y)))


def agreement(
    pushes: Mapping[str, Sequence[Array]],
) -> dict[tuple[str, str], float]:
    """Return the mean rank correlation of every two methods over the same texts.

    Raises:
        ValueError: fewer than two methods, or no texts.
    """
    if len(pushes) < 2 or not all(len(found) for found in pushes.values()):
        raise ValueError("agreement needs two methods and a text")
    return {
        (a, b): float(
            np.mean(
                [
                    rank_correlation(list(x), list(y))
                    for x, y in zip(pushes[a], pushes[b], strict=True)
                ]
            )
        )
        for a, b in combinations(pushes, 2)
    }


def finds(pushes: Array, place: int, side: float = 1.0) -> bool:
    """Return whether the word at *place* pushes more than any other towards *side*.

    Raises:
        ValueError: there is no such word, a push is not finite, or *side* is no side.
    """
    pushes = pushes_of(pushes)
    if not 0 <= place < len(pushes):
        raise ValueError(f"there is no word {place} among {pushes.shape}")
    if not side or not np.isfinite(side):
        raise ValueError(f"a side is above or below 0, such as 1 or -1, not {side}")
    return bool(int(np.argmax(side * pushes)) == place)
