"""Texts without labels that teach all the same: expectation-maximisation, and self-training."""

from __future__ import annotations

from typing import Any

import numpy as np

from nlpcourse.learning.clustering.points import Floats, Labels, Points
from nlpcourse.responsible.scarce_labels.bayes import (
    TableBayes,
    count_shares,
    from_counts,
    log_evidence,
    one_hot,
    require_counts,
    scores,
)
from nlpcourse.responsible.scarce_labels.curves import Collection


def fit_em(
    labelled: Points,
    labels: Any,
    unlabelled: Points,
    k: int,
    weight: float = 1.0,
    steps: int = 12,
    alpha: float = 1.0,
) -> tuple[TableBayes, list[float]]:
    """Train naive Bayes on labelled and unlabelled texts by expectation-maximisation.

    Expectation: the present model gives every unlabelled text a share in every class.
    Maximisation: a new model counts the labelled texts whole and the unlabelled ones by shares.

    Args:
        labelled, labels: counts (n, d) and classes (n,).
        unlabelled: counts (m, d).
        k: the number of classes.
        weight: what an unlabelled text counts, from 0 to 1 (Nigam's λ).
        steps: of both.
        alpha: smoothing.

    Returns:
        the model, and the log posterior of the parameters (up to a constant) before every step,
        which never falls.

    Source: Nigam, McCallum, Thrun and Mitchell (2000), table 1; the weight is section 5.3.1.

    Raises:
        ValueError: a table is empty or holds no counts, labels do not fit, the weight is no share,
            or there is no step.

    >>> model, history = fit_em([[2, 0, 0], [0, 2, 0]], [0, 1], [[1, 0, 1], [0, 1, 0]], k=2)
    >>> bool(model.log_likelihood[2, 0] > model.log_likelihood[2, 1])
    True
    """
    if not 0 <= weight <= 1 or steps < 1:
        raise ValueError(
            "the weight lies between 0 and 1 and there is 1 step or more, "
            f"not {weight}, {steps}"
        )
    x, u = _two_tables(labelled, unlabelled)
    known = one_hot(labels, k)
    words, documents = count_shares(x, known)
    model, history = from_counts(words, documents, alpha), list[float]()
    for _ in range(steps):
        log_joint = scores(model, u)
        evidence = log_evidence(log_joint)
        seen = (scores(model, x) * known).sum() + weight * evidence.sum()
        prior = alpha * model.log_likelihood.sum() + model.log_prior.sum()
        history.append(float(seen + prior))
        shares = weight * np.exp(log_joint - evidence[:, None])  # expectation
        model = from_counts(
            words + u.T @ shares, documents + shares.sum(axis=0), alpha
        )  # maximisation
    return model, history


def _two_tables(labelled: Points, unlabelled: Points) -> tuple[Points, Points]:
    """Return both tables of counts; refuse two vocabularies."""
    x, u = require_counts(labelled), require_counts(unlabelled)
    if x.shape[1] != u.shape[1]:
        raise ValueError(
            f"labelled texts have {x.shape[1]} words, unlabelled ones {u.shape[1]}; make "
            "both tables with one vocabulary"
        )
    return x, u


def self_train(
    labelled: Points,
    labels: Any,
    unlabelled: Points,
    k: int,
    batch: int,
    rounds: int,
    alpha: float = 1.0,
) -> tuple[TableBayes, Labels]:
    """Label the texts of which the model is surest with its own verdicts, and train again.

    Args:
        labelled, labels: counts (n, d) and classes (n,).
        unlabelled: counts (m, d).
        k: the number of classes.
        batch: texts that are believed in a round.
        rounds: at most; it ends when no text is left.
        alpha: smoothing.

    Returns:
        the model, and the verdict on every unlabelled text that was believed, else −1, (m,).

    Source: Yarowsky (1995) for word senses.

    Raises:
        ValueError: a table is empty or holds no counts, labels do not fit, or batch or rounds is
            below 1.
    """
    if batch < 1 or rounds < 1:
        raise ValueError("believe 1 text or more in 1 round or more")
    x, u = _two_tables(labelled, unlabelled)
    words, documents = count_shares(x, one_hot(labels, k))
    verdicts = np.full(u.shape[0], -1)
    model = from_counts(words, documents, alpha)
    for _ in range(rounds):
        left = np.flatnonzero(verdicts < 0)
        if not len(left):
            break
        said = scores(model, u[left])
        sure = said.max(axis=1) - log_evidence(said)  # log of the largest posterior
        surest = np.argsort(-sure, kind="stable")[:batch]
        verdicts[left[surest]] = said[surest].argmax(axis=1)
        shares = believed(verdicts, k)
        model = from_counts(
            words + u.T @ shares, documents + shares.sum(axis=0), alpha
        )
    return model, verdicts


def believed(verdicts: Labels, k: int) -> Floats:
    """Return the shares of verdicts: 1 for the class that is believed, nothing for −1, (n, k).

    >>> believed(np.array([1, -1]), 2).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    shares = np.zeros((len(verdicts), k))
    rows = np.flatnonzero(verdicts >= 0)
    shares[rows, verdicts[rows]] = 1.0
    return shares


def with_unlabelled(data: Collection, rows: Labels, alpha: float) -> TableBayes:
    """Train on these rows' labels and, by expectation-maximisation, on the rest of the pool."""
    left = np.setdiff1d(data.pool, rows)
    counts, y = data.counts, data.labels[rows]
    return fit_em(counts[rows], y, counts[left], data.k, alpha=alpha)[0]


def with_own_verdicts(data: Collection, rows: Labels, alpha: float) -> TableBayes:
    """Train on these rows' labels and, in ten rounds, on the model's own verdicts on the rest."""
    left = np.setdiff1d(data.pool, rows)
    counts, y = data.counts, data.labels[rows]
    tenth = -(-len(left) // 10)
    return self_train(counts[rows], y, counts[left], data.k, tenth, 10, alpha)[0]
