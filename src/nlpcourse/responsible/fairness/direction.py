"""A direction of gender among word vectors, its removal, and what the removal leaves behind.

Source: Bolukbasi et al. (2016) for the removal; Gonen and Goldberg (2019)
for what is left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpcourse.learning.linear.rows import Array, Integers
from nlpcourse.responsible.fairness.weat import Lookup, unit


def gender_direction(one: Array, other: Array) -> Array:
    """Return the unit vector along which pairs differ most, pointing from *other* to *one*.

    Each pair is centred on its own mean; the direction is the first principal component of all
    the centred vectors.

    Args:
        one: (pairs, d), such as the vectors of *she*, *woman*, …
        other: (pairs, d), of *he*, *man*, …

    Raises:
        ValueError: the two differ in shape, or no pair differs.
    """
    if one.shape != other.shape or one.ndim != 2 or not one.size:
        raise ValueError(
            f"pairs need two tables alike, not {one.shape}, {other.shape}"
        )
    half = (unit(one) - unit(other)) / 2  # a pair lies at mean ± half
    if not np.abs(half).max() > 0:
        raise ValueError("pairs that don't differ have no direction")
    g = np.linalg.svd(half, full_matrices=False)[2][0]
    return np.asarray(g if (half @ g).sum() > 0 else -g)


def of_length_1(g: Array) -> Array:
    """Return a direction, or refuse what is not of length 1.

    Raises:
        ValueError: it is not.
    """
    length = float(np.linalg.norm(g))
    if np.ndim(g) != 1 or not abs(length - 1) < 1e-3:
        raise ValueError(
            f"a direction is one vector of length 1, not {length:g}; divide it by its length"
        )
    return np.asarray(g)


def neutralise(vectors: Array, g: Array) -> Array:
    """Take the part along *g* out of every vector and make the rest of length 1.

    Raises:
        ValueError: *g* is not of length 1.

    >>> neutralise(np.array([[3.0, 4.0]]), np.array([0.0, 1.0])).tolist()
    [[1.0, 0.0]]
    """
    vectors, g = unit(vectors), of_length_1(g)
    return unit(vectors - np.outer(vectors @ g, g))


def equalise(one: Array, other: Array, g: Array) -> tuple[Array, Array]:
    """Set the two words of each pair at the same distance from all that is neutral.

    They get a common part without gender, and along *g* opposite parts that make them of
    length 1.

    Raises:
        ValueError: *g* is not of length 1.
    """
    one, other, g = unit(one), unit(other), of_length_1(g)
    middle = (one + other) / 2
    common = middle - np.outer(middle @ g, g)
    rest = np.sqrt(np.maximum(0.0, 1 - (common**2).sum(axis=1)))
    side = np.sign((one - other) @ g)
    along = np.outer(side * rest, g)
    return common + along, common - along


def hard_debias(
    table: Lookup, pairs: Sequence[tuple[str, str]], gendered: frozenset[str]
) -> Lookup:
    """Return new vectors: neutral words neutralised, the words of each pair equalised.

    Words that are *gendered* and in no pair keep their vectors, at length 1.
    """
    ones, others = ([pair[i] for pair in pairs] for i in (0, 1))
    g = gender_direction(table[ones], table[others])
    vectors = unit(table.vectors)
    kept = {*gendered, *ones, *others}
    neutral = [i for i, word in enumerate(table.words) if word not in kept]
    vectors[neutral] = neutralise(vectors[neutral], g)
    for words, rows in zip(
        (ones, others), equalise(table[ones], table[others], g), strict=True
    ):
        vectors[[table.row_of[word] for word in words]] = rows
    return Lookup(table.words, vectors)


def most_leaning(
    table: Lookup, g: Array, number: int, leave_out: frozenset[str]
) -> tuple[list[str], Integers]:
    """Return the words that lie farthest along *g* and against it, and a label 1 or 0 for each.

    Args:
        table: the vectors.
        g: a direction of length 1, (d,).
        number: of words on each side.
        leave_out: words that don't count.

    Raises:
        ValueError: there are not so many words, or *g* is not of length 1.
    """
    lean = unit(table.vectors) @ of_length_1(g)
    order = [
        int(i)
        for i in np.argsort(-lean, kind="stable")
        if table.words[i].isalpha() and table.words[i] not in leave_out
    ]
    if not 0 < number <= len(order) // 2:
        raise ValueError(f"{number} words a side can't be had of {len(order)}")
    chosen = order[:number] + order[-number:]
    return [table.words[i] for i in chosen], np.repeat([1, 0], number)


def two_means(vectors: Array, seed: int = 0, starts: int = 10) -> Integers:
    """Divide rows into two clusters: the best of several runs of k-means with k = 2.

    Raises:
        ValueError: there are fewer than two different rows, or no run is asked for.
    """
    if starts < 1 or len(np.unique(vectors, axis=0)) < 2:
        raise ValueError("two clusters need two different rows and a start")
    chance, best, least = np.random.default_rng(seed), np.zeros(0, np.int64), np.inf
    for _ in range(starts):
        centres = vectors[chance.choice(len(vectors), 2, replace=False)]
        for _ in range(100):
            far = ((vectors[:, None] - centres) ** 2).sum(axis=2)  # (n, 2)
            side = far.argmin(axis=1)
            if len(np.unique(side)) < 2:
                break
            moved = np.stack([vectors[side == k].mean(axis=0) for k in (0, 1)])
            if np.allclose(moved, centres):
                break
            centres = moved
        cost = float(far.min(axis=1).sum())
        if cost < least:
            best, least = side.astype(np.int64), cost
    return best


def agreement(clusters: Sequence[int], labels: Sequence[int]) -> float:
    """Return the share of items on which two clusters agree with two labels, whichever is which.

    Raises:
        ValueError: there is nothing to compare, or not as much of the one as of the other.

    >>> agreement([0, 0, 1, 1], [1, 1, 0, 1])
    0.75
    """
    if len(clusters) != len(labels) or not len(labels):
        raise ValueError(f"{len(clusters)} clusters for {len(labels)} labels")
    same = float(np.mean([a == b for a, b in zip(clusters, labels, strict=True)]))
    return max(same, 1 - same)


def neighbour_vote(vectors: Array, labels: Integers, nearest: int = 10) -> float:
    """Return how often most of a row's nearest rows have its own label of 0 or 1.

    Near is what has a high cosine; the row itself doesn't vote, and a tie counts as 1.

    Raises:
        ValueError: there are not so many other rows, or not a label for each.
    """
    if len(vectors) != len(labels) or not 0 < nearest < len(vectors):
        raise ValueError(
            f"{nearest} neighbours of {len(vectors)} rows can't be had"
        )
    near = unit(vectors) @ unit(vectors).T
    np.fill_diagonal(near, -np.inf)
    voters = np.argsort(-near, axis=1, kind="stable")[:, :nearest]
    vote = labels[voters].mean(axis=1) >= 0.5
    return float((vote == (labels == 1)).mean())
