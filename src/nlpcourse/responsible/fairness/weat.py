"""WEAT: how much nearer one list of words lies to certain attributes than another list.

Source: Caliskan, Bryson and Narayanan (2017), "Methods".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.corpora.records import Embeddings
from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.fairness.lists import WordTest

MOST = 200_000
"""Divisions of the targets up to which all are tried."""


def unit(vectors: Array) -> Array:
    """Return rows of length 1, whose products are cosines.

    Raises:
        ValueError: a row is zero, or the table is no table.

    >>> unit(np.array([[3.0, 4.0]])).tolist()
    [[0.6, 0.8]]
    """
    if vectors.ndim != 2:
        raise ValueError(
            f"vectors are a table with a row for each word, not {vectors.shape}"
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (lengths > 0).all():
        raise ValueError("a vector of zeros has no direction; leave its word out")
    return np.asarray(vectors / lengths)


def associations(targets: Array, plus: Array, minus: Array) -> Array:
    """Return s(w, A, B) of every target: its mean cosine to A less that to B.

    Args:
        targets: (n, d).
        plus: A, (a, d).
        minus: B, (b, d).
    """
    w = unit(targets)
    near = (w @ unit(plus).T).mean(axis=1)  # (n,)
    return np.asarray(near - (w @ unit(minus).T).mean(axis=1))


def effect_size(first: Array, second: Array) -> float:
    """Return d: the difference of two means in standard deviations of all values.

    The standard deviation has n − 1 in its denominator, as in R, in which the authors' figures
    have been recomputed from their vectors (Lowe's package cbn).

    Raises:
        ValueError: a list is empty, or all values are equal.

    >>> round(effect_size(np.array([1.0, 2.0]), np.array([0.0, 1.0])), 4)
    1.2247
    """
    if not (len(first) and len(second)):
        raise ValueError("an effect size needs values on both sides")
    spread = np.concatenate([first, second]).std(ddof=1)
    if not spread > 0:
        raise ValueError("values that are all equal have no spread to measure in")
    return float((first.mean() - second.mean()) / spread)


def divisions(
    n: int, k: int, draws: int | None, seed: int
) -> Iterator[Sequence[int]]:
    """Yield which k of n places are called first: all choices, or so many at random.

    Raises:
        ValueError: *k* of *n* can't be chosen, or *draws* is below 1.

    >>> [list(d) for d in divisions(3, 1, draws=None, seed=0)]
    [[0], [1], [2]]
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} places can't be chosen")
    if draws is None:
        yield from itertools.combinations(range(n), k)
        return
    if draws < 1:
        raise ValueError(f"{draws} draws are none; give 1 or more")
    chance = np.random.default_rng(seed)
    for _ in range(draws):
        yield [int(i) for i in chance.permutation(n)[:k]]


def permutation_p(
    first: Array, second: Array, draws: int | None = None, seed: int = 0
) -> float:
    """Return how often a random division of all values sets the first at least so far above.

    Exact where no draws are asked for; with draws, the division that was found counts as one of
    them, so that p is never 0.

    Raises:
        ValueError: a list is empty, a value is not finite, or there are too many divisions to
            try all of them.
    """
    values = np.concatenate([first, second])
    if not (len(first) and len(second)) or not np.isfinite(values).all():
        raise ValueError("the test needs finite values on both sides")
    if draws is None and math.comb(len(values), len(first)) > MOST:
        raise ValueError(
            f"there are more than {MOST:,} divisions, too many to try; give draws"
        )
    found, least = [], first.sum() - 1e-12  # rounding must not break a tie
    for chosen in divisions(len(values), len(first), draws, seed):
        found.append(values[list(chosen)].sum() >= least)
    if draws is None:
        return float(np.mean(found))
    return float((1 + sum(found)) / (1 + draws))


@dataclass(frozen=True)
class Finding:
    """What a word association test found.

    Attributes:
        name: what was asked.
        effect: d.
        p: of the permutation test, one-sided.
        exact: whether all divisions were tried.
        first: the associations of the first targets, by word.
        second: those of the second.
    """

    name: str
    effect: float
    p: float
    exact: bool
    first: dict[str, float]
    second: dict[str, float]


class Lookup:
    """Word vectors by word."""

    def __init__(self, words: Sequence[str], vectors: Array) -> None:
        """Keep the table and number its rows.

        Raises:
            ValueError: there are not as many words as rows.
        """
        if len(words) != len(vectors):
            raise ValueError(f"{len(words)} words and {len(vectors)} vectors")
        self.row_of = {word: i for i, word in enumerate(words)}
        self.words, self.vectors = list(words), vectors

    @classmethod
    def of(cls, embeddings: Embeddings, most: int | None = None) -> Lookup:
        """Take the first *most* words of the course's GloVe vectors, which are the commonest."""
        return cls(
            embeddings.words[:most],
            np.asarray(embeddings.vectors[:most], dtype=np.float64),
        )

    def __contains__(self, word: str) -> bool:
        return word in self.row_of

    def __getitem__(self, words: Sequence[str]) -> Array:
        """Return the rows of several words; those without a vector raise a ValueError."""
        missing = [w for w in words if w not in self.row_of]
        if missing:
            raise ValueError(f"no vectors for {missing[:5]}; leave them out")
        return np.asarray(self.vectors[[self.row_of[w] for w in words]])


def weat(
    table: Lookup, test: WordTest, draws: int | None = None, seed: int = 0
) -> Finding:
    """Run a word association test on word vectors; words without a vector are left out.

    Args:
        table: the vectors.
        test: the lists.
        draws: random divisions; all of them, if there are not too many, where none is given.
        seed: of the draws.
    """
    lists = (test.first, test.second, test.plus, test.minus)
    x, y, a, b = ([w for w in words if w in table] for words in lists)
    first = associations(table[x], table[a], table[b])
    second = associations(table[y], table[a], table[b])
    return Finding(
        test.name,
        effect_size(first, second),
        permutation_p(first, second, draws, seed),
        draws is None,
        dict(zip(x, first.tolist(), strict=True)),
        dict(zip(y, second.tolist(), strict=True)),
    )
