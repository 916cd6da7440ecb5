"""A label model: what each rule's vote is worth, learnt from where the rules agree.

Nobody has labelled anything.  Every text has a class that nobody sees, every rule that votes is
right with a probability of its own, and rules err independently.  Expectation-maximisation finds
the probabilities.

Source: Dawid and Skene (1979); in this form, with abstentions that say nothing and one accuracy a
rule, Ratner, De Sa, Wu, Selsam and Ré (2016), section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpcourse.learning.clustering.points import Floats
from nlpcourse.responsible.scarce_labels.bayes import log_evidence
from nlpcourse.responsible.scarce_labels.votes import ABSTAIN, require_votes, tally


@dataclass(frozen=True)
class LabelModel:
    """What the votes are worth.

    Attributes:
        balance: the share of every class, (k,).
        accuracy: how often a rule that votes is right, (rules,).
    """

    balance: Floats
    accuracy: Floats

    @property
    def weights(self) -> Floats:
        """What a vote adds to the log odds of its class, (rules,)."""
        rest = (1 - self.accuracy) / (len(self.balance) - 1)
        return np.asarray(np.log(self.accuracy) - np.log(rest))


def log_joint(model: LabelModel, votes: Any) -> Floats:
    """Return log P(class, votes) of every text and class, (texts, k).

    Raises:
        ValueError: the votes are no table of classes, or not of as many rules as the model's.
    """
    k = len(model.balance)
    table = require_votes(votes, k)
    if table.shape[1] != len(model.accuracy):
        raise ValueError(
            f"the model weighs {len(model.accuracy)} rules, "
            f"the table has {table.shape[1]}"
        )
    right = np.log(model.accuracy)
    wrong = np.log((1 - model.accuracy) / (k - 1))
    voting = table != ABSTAIN
    columns = [
        np.where(voting, np.where(table == c, right, wrong), 0.0).sum(axis=1)
        for c in range(k)
    ]
    return np.stack(columns, axis=1) + np.log(model.balance)


def class_posterior(model: LabelModel, votes: Any) -> Floats:
    """Return P(class | votes) of every text, (texts, k): the *expectation* step.

    Raises:
        ValueError: as :func:`log_joint`.
    """
    joint = log_joint(model, votes)
    return np.asarray(np.exp(joint - log_evidence(joint)[:, None]))


def count_right(
    votes: Any, posteriors: Floats, balance: Floats | None
) -> LabelModel:
    """Return the model under which the votes are likeliest: the *maximisation* step.

    One vote that is right and one that is wrong are imagined for every rule, so that no rule is
    believed without limit.

    Args:
        votes: (texts, rules).
        posteriors: P(class | votes), (texts, k).
        balance: the shares of the classes where they are known, (k,); else they are counted.

    Raises:
        ValueError: the votes are no table of classes, or not as many as the posteriors.
    """
    n, k = posteriors.shape
    table = require_votes(votes, k)
    if len(table) != n:
        raise ValueError(f"{len(table)} texts with votes, {n} with posteriors")
    right = sum(
        ((table == c) * posteriors[:, [c]]).sum(axis=0) for c in range(k)
    )  # (rules,)
    voted = (table != ABSTAIN).sum(axis=0)
    counted = (posteriors.sum(axis=0) + 1) / (n + k)
    return LabelModel(
        counted if balance is None else balance, (right + 1) / (voted + 2)
    )


def fit_label_model(
    votes: Any, k: int = 2, balance: Any = None, steps: int = 100
) -> tuple[LabelModel, list[float]]:
    """Learn what the votes are worth from the votes alone.

    The first posteriors are the shares of the votes, so that a rule which agrees with most others
    begins as a good one.

    Args:
        votes: classes from 0 to k − 1, or −1 for an abstention, (texts, rules).
        k: the number of classes.
        balance: the share of every class where it is known, (k,).
        steps: of expectation and maximisation.

    Returns:
        the model, and the log posterior of its parameters (up to a constant) before every step,
        which never falls.

    Raises:
        ValueError: the votes are no table of classes, there are none, or the shares of the classes
            are no k positive numbers with sum 1.

    >>> model, _ = fit_label_model([[1, 1, 1], [0, 0, 1], [1, 1, 0], [0, 0, 0]] * 9)
    >>> model.accuracy.round(2).tolist()
    [0.97, 0.97, 0.5]
    """
    table = require_votes(votes, k)
    if not table.size or steps < 1:
        raise ValueError("give one text, one rule and one step or more")
    known = None if balance is None else _require_balance(balance, k)
    counts = tally(table, k) + 1 / k
    model = count_right(table, counts / counts.sum(axis=1, keepdims=True), known)
    history = []
    for _ in range(steps):
        joint = log_joint(model, table)
        evidence = log_evidence(joint)
        history.append(float(evidence.sum()) + _log_prior(model, known is None))
        model = count_right(table, np.exp(joint - evidence[:, None]), known)
    return model, history


def _require_balance(balance: Any, k: int) -> Floats:
    """Return the shares of the classes; refuse what is no k positive numbers with sum 1."""
    try:
        shares = np.asarray(balance, dtype=np.float64)
        good = shares.shape == (k,) and bool((shares > 0).all())
    except (TypeError, ValueError):
        good = False
    if not good or not abs(shares.sum() - 1) < 1e-6:
        raise ValueError(
            f"the balance is {k} positive shares with sum 1, not {balance}"
        )
    return shares


def _log_prior(model: LabelModel, counted: bool) -> float:
    """Return the log prior of the imagined votes, up to a constant."""
    prior = np.log(model.accuracy) + np.log(1 - model.accuracy)
    return float(prior.sum() + (np.log(model.balance).sum() if counted else 0.0))
