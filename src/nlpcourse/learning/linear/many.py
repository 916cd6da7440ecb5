"""More than two classes: one softmax over all, or one machine a class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nlpcourse.learning.linear.lbfgs import minimise
from nlpcourse.learning.linear.logistic import (
    LinearModel,
    Objective,
    require_strength,
)
from nlpcourse.learning.linear.rows import Array, Rows, with_constant


def signs(labels: Sequence[str], classes: Sequence[str]) -> Array:
    """Return +1 where a row has the class and −1 elsewhere, (n, k).

    Raises:
        ValueError: fewer than two classes, a class without a row, or a label outside them.

    >>> signs(["a", "b", "a"], ["a", "b"]).tolist()
    [[1.0, -1.0], [-1.0, 1.0], [1.0, -1.0]]
    """
    missing = sorted(set(labels) ^ set(classes))
    if len(classes) < 2 or missing:
        raise ValueError(
            "two classes or more, and each label one of them, and each class with a row; "
            f"classes: {list(classes)[:5]}, only on one side: {missing[:5]}"
        )
    found = np.asarray(labels)[:, None] == np.asarray(classes)[None, :]
    return np.where(found, 1.0, -1.0)


def softmax_loss(
    table: Rows, chosen: npt.NDArray[np.bool_], strength: float
) -> Objective:
    """Return the regularized log loss of k classes as a function of weights and biases.

    J(W, b) = −1/n Σ log softmax(xᵢ W + b)_yᵢ + λ/2 ‖W‖²

    Args:
        table: X, (n, d).
        chosen: True at each row's class, (n, k).
        strength: λ.

    Raises:
        ValueError: lengths differ, a number is not finite, or λ is not positive.
    """
    if len(table) != len(chosen):
        raise ValueError(
            f"{len(table)} rows and {len(chosen)} labels: each needs one"
        )
    if not np.isfinite(table.values).all():
        raise ValueError("the table holds NaN or infinity; mend it before training")
    require_strength(strength)
    (n, k), d = chosen.shape, table.width

    def objective(theta: Array) -> tuple[float, Array]:
        w, b = theta[: d * k].reshape(d, k), theta[d * k :]
        scores = table.times(w) + b  # (n, k)
        scores -= scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        pull = (np.exp(log_p) - chosen) / n  # ∂ loss / ∂ score, (n, k)
        gradient = table.transposed_times(pull) + strength * w  # (d, k)
        value = -log_p[chosen].sum() / n + strength / 2 * (w**2).sum()
        return float(value), np.concatenate([gradient.ravel(), pull.sum(axis=0)])

    return objective


def softmax_regression(
    table: Rows,
    labels: Sequence[str],
    classes: Sequence[str],
    strength: float,
    tolerance: float = 1e-6,
) -> LinearModel:
    """Return the softmax model with the smallest loss; scores in the order of *classes*.

    Equal to scikit-learn's ``LogisticRegression(C=1 / (strength * n))`` on k classes.

    Raises:
        ValueError: as :func:`signs` and :func:`softmax_loss`.
    """
    objective = softmax_loss(table, signs(labels, classes) > 0, strength)
    d, k = table.width, len(classes)
    theta = minimise(objective, np.zeros((d + 1) * k), tolerance=tolerance)
    return LinearModel(theta[: d * k].reshape(d, k), theta[d * k :])


def one_against_rest(
    table: Rows,
    labels: Sequence[str],
    classes: Sequence[str],
    strength: float,
    passes: int = 10,
    seed: int = 0,
) -> LinearModel:
    """Return k linear SVMs, each of which tells its class from all others.

    The k dual coordinate descents go through the rows in one order, side by side: the fast twin of
    k calls of :func:`nlpcourse.learning.linear.svm.dual_coordinate_descent`.

    Raises:
        ValueError: as :func:`signs`; a number is not finite; λ is not positive.
    """
    y = signs(labels, classes)  # (n, k)
    if len(table) != len(y):
        raise ValueError(
            f"{len(table)} rows and {len(y)} labels: each row needs one"
        )
    if not np.isfinite(table.values).all():
        raise ValueError("the table holds NaN or infinity; mend it before training")
    require_strength(strength)
    table = with_constant(table)
    n, ceiling = len(table), 1 / (strength * len(table))
    alpha, w = np.zeros_like(y), np.zeros((table.width, y.shape[1]))
    square, rng = table.squared_lengths(), np.random.default_rng(seed)
    rows = [table.row(i) for i in range(n)]
    for _ in range(passes):
        for i in rng.permutation(n):
            columns, values = rows[i]
            near = w[columns]  # (values, k)
            missing = 1 - y[i] * (values @ near)  # (k,)
            new = np.maximum(alpha[i] + missing / square[i], 0.0)
            new = np.minimum(new, ceiling)
            move = (new - alpha[i]) * y[i]
            if move.any():
                w[columns] = near + values[:, None] * move
                alpha[i] = new
    return LinearModel(w[:-1], w[-1])


def counted_weights(
    counts: Rows, labels: Sequence[str], classes: Sequence[str], alpha: float = 1.0
) -> LinearModel:
    """Return multinomial naive Bayes as what it is: a linear model whose weights were counted.

    Equal to chapter 11's ``MultinomialNaiveBayes``: a score is a joint log probability.

    Raises:
        ValueError: as :func:`signs`; alpha is not positive.
    """
    if not alpha > 0:
        raise ValueError(f"alpha must be positive, such as 1, not {alpha}")
    chosen = (signs(labels, classes) > 0).astype(float)  # (n, k)
    n_words = counts.transposed_times(chosen) + alpha  # (d, k)
    log_likelihood = np.log(n_words) - np.log(n_words.sum(axis=0))
    return LinearModel(log_likelihood, np.log(chosen.mean(axis=0)))


def predicted(model: LinearModel, table: Rows, classes: Sequence[str]) -> list[str]:
    """Return the class with the largest score of every row (the first of equals)."""
    best = model.scores(table).argmax(axis=1)
    return [classes[k] for k in best]
