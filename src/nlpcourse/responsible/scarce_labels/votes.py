"""Labelling functions: rules that vote for a class or abstain, and the vote of the majority."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpcourse.learning.clustering.points import Labels

ABSTAIN = -1
Rule = Callable[[str], int]
"""A labelling function: a class from 0 to k − 1 for a text, or `ABSTAIN`."""


def cast(rules: Sequence[Rule], texts: Iterable[str]) -> Labels:
    """Let every rule vote on every text, (texts, rules).

    Source: Ratner, De Sa, Wu, Selsam and Ré (2016), section 2.

    >>> cast([lambda text: 1 if "good" in text else ABSTAIN], ["a good film", "a film"]).tolist()
    [[1], [-1]]
    """
    rows = [[rule(text) for rule in rules] for text in texts]
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(rules))


def require_votes(votes: Any, k: int) -> Labels:
    """Return votes as a table, (texts, rules); refuse what is no class and no abstention.

    Raises:
        ValueError: it is no table of whole numbers from −1 to k − 1, or k is below 2.
    """
    try:
        table = np.asarray(votes)
        whole = table.astype(np.int64)
        good = table.ndim == 2 and bool((whole == table).all())
    except (TypeError, ValueError, OverflowError):
        good = False
    if k < 2 or not good or not ((whole >= ABSTAIN) & (whole < k)).all():
        raise ValueError(
            f"votes are a table with one text a row, of classes from 0 to {k - 1} and "
            f"{ABSTAIN} for an abstention; with 2 classes or more"
        )
    return whole


def tally(votes: Any, k: int) -> Labels:
    """Return how many rules vote for each class, (texts, k).

    Raises:
        ValueError: as :func:`require_votes`.

    >>> tally([[1, -1, 0], [1, 1, 0]], 2).tolist()
    [[1, 1], [1, 2]]
    """
    table = require_votes(votes, k)
    return np.stack([(table == c).sum(axis=1) for c in range(k)], axis=1)


def majority(votes: Any, k: int) -> Labels:
    """Return the class with most votes; `ABSTAIN` where none votes or two classes lead, (texts,).

    Raises:
        ValueError: as :func:`require_votes`.

    >>> majority([[1, -1, 0], [1, 1, 0], [-1, -1, -1]], 2).tolist()
    [-1, 1, -1]
    """
    counts = tally(votes, k)
    ordered = np.sort(counts, axis=1)
    clear = ordered[:, -1] > ordered[:, -2]
    return np.asarray(np.where(clear, counts.argmax(axis=1), ABSTAIN))


@dataclass(frozen=True)
class Coverage:
    """What can be said of a rule without any label: shares of all texts.

    Attributes:
        votes: on which it votes.
        overlaps: on which it votes and another rule, too.
        conflicts: on which it votes and another rule votes for another class.
    """

    votes: float
    overlaps: float
    conflicts: float


def coverage(votes: Any, k: int) -> list[Coverage]:
    """Return coverage, overlaps and conflicts of every rule.

    Raises:
        ValueError: as :func:`require_votes`, or there are no texts.

    >>> coverage([[1, 0], [1, -1]], 2)[0]
    Coverage(votes=1.0, overlaps=0.5, conflicts=0.5)
    """
    table = require_votes(votes, k)
    if not len(table):
        raise ValueError("there are no texts to vote on")
    voting = table != ABSTAIN
    found = []
    for j in range(table.shape[1]):
        others = np.delete(table, j, axis=1)
        two = voting[:, j] & (others != ABSTAIN).any(axis=1)
        differs = (others != ABSTAIN) & (others != table[:, [j]])
        clash = voting[:, j] & differs.any(axis=1)
        shares = (float(part.mean()) for part in (voting[:, j], two, clash))
        found.append(Coverage(*shares))
    return found
