"""How alike are two texts?  Sets, angles, angles between related words, and people's opinion."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np


def jaccard(a: Collection[str], b: Collection[str]) -> float:
    """Return the share of common words among all words of two texts (1 for two empty ones).

    Source: Jaccard (1912).

    >>> jaccard(["a", "b", "b"], ["b", "c"])
    0.3333333333333333
    """
    first, second = set(a), set(b)
    either = len(first | second)
    return len(first & second) / either if either else 1.0


def cosine(x: np.ndarray, y: np.ndarray) -> float:
    """Return the cosine of the angle between two vectors, 0 where one of them is zero.

    Raises:
        ValueError: the vectors have other lengths, or numbers that are not finite.

    >>> cosine(np.array([2.0, 0.0]), np.array([3.0, 4.0]))
    0.6
    """
    x, y = _vectors(x, y)
    lengths = np.sqrt(x @ x) * np.sqrt(y @ y)
    return float(x @ y / lengths) if lengths > 0 else 0.0


def soft_cosine(x: np.ndarray, y: np.ndarray, related: np.ndarray) -> float:
    """Return the cosine in which different words count as related.

    Args:
        x: weights of the first text's words, (V,).
        y: weights of the second text's words, (V,).
        related: how alike word i and word j are, (V, V), symmetric with ones on the diagonal.

    Raises:
        ValueError: the shapes don't fit, or a number is not finite.

    Source: Sidorov, Gelbukh, Gómez-Adorno and Pinto (2014).

    >>> play, game = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    >>> soft_cosine(play, game, np.array([[1.0, 0.5], [0.5, 1.0]]))
    0.5
    """
    x, y = _vectors(x, y)
    if np.shape(related) != (len(x), len(x)):
        raise ValueError(
            f"{len(x)} words need a table of {len(x)} × {len(x)}, not "
            f"{np.shape(related)}"
        )
    lengths = np.sqrt(x @ related @ x) * np.sqrt(y @ related @ y)
    return float(x @ related @ y / lengths) if lengths > 0 else 0.0


def soft_cosines(rows: np.ndarray, related: np.ndarray) -> np.ndarray:
    """Return the soft cosine of every pair of rows, (n, n), all at once.

    A test holds it equal to :func:`soft_cosine`.

    Raises:
        ValueError: the shapes don't fit, or a number is not finite.

    >>> soft_cosines(np.eye(2), np.array([[1.0, 0.5], [0.5, 1.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    rows, related = np.asarray(rows, dtype=float), np.asarray(related, dtype=float)
    if rows.ndim != 2 or related.shape != (rows.shape[1], rows.shape[1]):
        raise ValueError(
            f"rows of V words and a table of V × V are needed, not {rows.shape} and "
            f"{related.shape}"
        )
    if not (np.isfinite(rows).all() and np.isfinite(related).all()):
        raise ValueError("a table holds a number that is infinite or no number")
    rows = _near_one(rows)
    products = rows @ related @ rows.T  # (n, n)
    lengths = np.sqrt(np.maximum(np.diag(products), 0))
    scale = np.where(lengths > 0, lengths, np.inf)
    cosines_: np.ndarray = products / np.outer(scale, scale)
    return cosines_


def _vectors(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both as vectors of floats, or say what is wrong with them.

    Each is multiplied by a power of two, which changes no angle and rounds nothing.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(
            f"two vectors of one length are compared, not {x.shape} and {y.shape}"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("a vector holds a number that is infinite or no number")
    return _near_one(x), _near_one(y)


def _near_one(x: np.ndarray) -> np.ndarray:
    """Return each vector times the power of two that brings its largest entry below 1."""
    _, exponent = np.frexp(np.abs(x).max(axis=-1, keepdims=True, initial=0))
    found: np.ndarray = np.ldexp(x, -exponent)
    return found


def cosines(rows: np.ndarray) -> np.ndarray:
    """Return the cosine of every pair of rows, (n, n); a row of zeros has 0 with all others.

    Raises:
        ValueError: *rows* is no table, or holds numbers that are not finite.

    >>> cosines(np.array([[1.0, 0.0], [3.0, 4.0]])).round(3).tolist()
    [[1.0, 0.6], [0.6, 1.0]]
    """
    rows = np.asarray(rows, dtype=float)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise ValueError(
            f"cosines takes a table of finite numbers, not shape {rows.shape}"
        )
    rows = _near_one(rows)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.where(lengths > 0, lengths, 1)
    return unit @ unit.T


def agreement(similarities: np.ndarray, people: np.ndarray) -> float:
    """Return Pearson's correlation of two tables of similarities, over the pairs i < j.

    Raises:
        ValueError: the tables differ in shape, have fewer than three pairs, or one is constant.

    >>> table = np.array([[1, 0.2, 0.4], [0.2, 1, 0.9], [0.4, 0.9, 1]])
    >>> round(agreement(table, 2 * table + 1), 6)
    1.0
    """
    a, b = np.asarray(similarities, dtype=float), np.asarray(people, dtype=float)
    if a.shape != b.shape or a.ndim != 2 or a.shape[0] != a.shape[1] or len(a) < 3:
        raise ValueError(
            "two square tables of 3 × 3 or more are compared, not "
            f"{a.shape} and {b.shape}"
        )
    upper = np.triu_indices(len(a), k=1)
    x, y = a[upper], b[upper]
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("a table holds a similarity that is infinite or no number")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        raise ValueError(
            "all pairs of a table are equally alike: no correlation exists"
        )
    return float(np.corrcoef(x, y)[0, 1])


def gain_interval(
    first: np.ndarray,
    second: np.ndarray,
    people: np.ndarray,
    samples: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Return between which numbers the gain of the second table over the first lies, 95 in 100.

    Documents, not pairs, are drawn with replacement: the pairs of one document hang together.

    Args:
        first: similarities, (n, n).
        second: other similarities of the same documents, (n, n).
        people: what people say, (n, n).
        samples: draws, 1 or more.
        seed: of the draws.

    Raises:
        ValueError: the tables differ in shape, have fewer than four rows, or *samples* is below 1.

    Source: Efron and Tibshirani (1993), the percentile bootstrap.
    """
    if len(first) < 4 or samples < 1:
        raise ValueError(
            f"four documents or more and one draw or more, not {len(first)} and {samples}"
        )
    agreement(first, people)
    agreement(second, people)
    rng, gains = np.random.default_rng(seed), []
    for _ in range(samples):
        drawn = rng.integers(0, len(first), size=len(first))
        i, j = np.triu_indices(len(first), k=1)
        i, j = drawn[i], drawn[j]
        pairs = i[i != j], j[i != j]  # a document is no news beside itself
        human = people[pairs]
        one = np.corrcoef(first[pairs], human)[0, 1]
        gains.append(np.corrcoef(second[pairs], human)[0, 1] - one)
    low, high = np.percentile(gains, [2.5, 97.5])
    return float(low), float(high)
