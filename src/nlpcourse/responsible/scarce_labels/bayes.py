"""The naive Bayes of chapter 11 as two tables, so that a document may count for a class in part."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpcourse.learning.clustering.points import Floats, Labels, Points, as_points


@dataclass(frozen=True)
class TableBayes:
    """A multinomial naive Bayes of k classes and d words.

    Attributes:
        log_prior: log P(c), (k,).
        log_likelihood: log P(w | c), (d, k).
    """

    log_prior: Floats
    log_likelihood: Floats


def one_hot(labels: Any, k: int) -> Floats:
    """Return the shares of documents whose labels are certain: 1 for the label, else 0, (n, k).

    Raises:
        ValueError: a label is no whole number from 0 to k − 1, or there are fewer than 2 classes.

    >>> one_hot([1, 0], 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    if k < 2:
        raise ValueError(f"there are 2 classes or more, not {k}")
    return np.asarray(np.eye(k)[as_classes(labels, k)])


def as_classes(labels: Any, k: int, least: int = 0) -> Labels:
    """Return labels as an array of whole numbers from *least* to k − 1.

    Raises:
        ValueError: they are something else.
    """
    try:
        found = np.asarray(labels)
        same = found.astype(np.int64)
        whole = found.ndim == 1 and bool((same == found).all())
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole or (len(same) and not least <= same.min() <= same.max() < k):
        raise ValueError(
            f"labels are whole numbers from {least} to {k - 1}, one a text, "
            f"not {str(labels)[:60]}"
        )
    return np.asarray(same)


def fit_shares(counts: Points, shares: Any, alpha: float = 1.0) -> TableBayes:
    """Count every document for every class, as much as its share says.

    P(w | c) = (α + Σᵢ P(c | dᵢ) n_iw) / (α |V| + Σ_w Σᵢ P(c | dᵢ) n_iw)
    P(c)     = (1 + Σᵢ P(c | dᵢ)) / (k + n)

    Args:
        counts: how often each document holds each word, (n, d).
        shares: how much of each document counts for each class, (n, k); see :func:`one_hot`.
        alpha: imagined occurrences of each word in each class.

    Source: Nigam, McCallum, Thrun and Mitchell (2000), equations 5 and 6 (there α is 1).

    Raises:
        ValueError: the tables have different lengths, a number is negative or not finite, or α
            is not positive.

    >>> model = fit_shares([[2, 0], [0, 1]], [[1.0, 0.0], [0.0, 1.0]])
    >>> np.exp(model.log_likelihood).round(3).tolist()
    [[0.75, 0.333], [0.25, 0.667]]
    """
    words, documents = count_shares(counts, shares)
    return from_counts(words, documents, alpha)


def count_shares(counts: Points, shares: Any) -> tuple[Floats, Floats]:
    """Return how often each class uses each word, (d, k), and its number of documents, (k,).

    Raises:
        ValueError: the tables have different lengths, or a number is negative or not finite.
    """
    x, parts = require_counts(counts), as_points(shares)
    if x.shape[0] != len(parts):
        raise ValueError(
            f"{x.shape[0]} documents need as many shares, not {len(parts)}"
        )
    if (parts < 0).any():
        raise ValueError("a document's share in a class can't be negative")
    return np.asarray(x.T @ parts), np.asarray(parts.sum(axis=0))


def from_counts(words: Floats, documents: Floats, alpha: float) -> TableBayes:
    """Turn counts of words, (d, k), and of documents, (k,), into smoothed probabilities.

    Raises:
        ValueError: alpha is not positive.
    """
    require_positive(alpha, "alpha")
    w, n = words + alpha, documents + 1.0
    return TableBayes(np.log(n / n.sum()), np.log(w / w.sum(axis=0)))


def require_positive(number: float, name: str) -> None:
    """Refuse a number that is not positive or not finite."""
    if not (number > 0 and math.isfinite(number)):
        raise ValueError(f"{name} must be a positive number, not {number}")


def require_counts(counts: Points) -> Points:
    """Return counts as a table of floats; refuse negative ones."""
    x = as_points(counts)
    if (x.data if hasattr(x, "tocsr") else x).min(initial=0.0) < 0:
        raise ValueError("a word can't occur less than 0 times")
    return x


def joint(model: TableBayes, counts: Points) -> Floats:
    """Return log P(c, d) of every document and class, (n, k).

    Raises:
        ValueError: the table is not as wide as the model's vocabulary, or holds no counts.
    """
    return scores(model, require_counts(counts))


def scores(model: TableBayes, x: Points) -> Floats:
    """Return log P(c, d) of a table that :func:`require_counts` has passed.

    Raises:
        ValueError: the table is not as wide as the model's vocabulary.
    """
    if x.shape[1] != len(model.log_likelihood):
        raise ValueError(
            f"the model knows {len(model.log_likelihood)} words, the table has {x.shape[1]}; "
            "make both with the same vocabulary"
        )
    return np.asarray(x @ model.log_likelihood) + model.log_prior


def log_evidence(log_joint: Floats) -> Floats:
    """Return log Σ_c exp(log P(c, d)) of every row without underflow, (n,)."""
    largest = log_joint.max(axis=1)
    return np.asarray(
        largest + np.log(np.exp(log_joint - largest[:, None]).sum(axis=1))
    )


def posterior(model: TableBayes, counts: Points) -> Floats:
    """Return P(c | d) of every document and class, (n, k), every row with sum 1.

    Raises:
        ValueError: as :func:`joint`.
    """
    log_joint = joint(model, counts)
    return np.asarray(np.exp(log_joint - log_evidence(log_joint)[:, None]))


def predict(model: TableBayes, counts: Points) -> Labels:
    """Return the most probable class of every document, the first of equals, (n,).

    Raises:
        ValueError: as :func:`joint`.
    """
    return np.asarray(joint(model, counts).argmax(axis=1))
