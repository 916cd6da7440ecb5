"""Latent semantic analysis: weigh the words, then keep the strongest directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def count_matrix(documents: Sequence[Sequence[int]], size: int) -> np.ndarray:
    """Return how often word w stands in document d, (words, documents).

    Args:
        documents: each the numbers of its words.
        size: of the vocabulary.

    Raises:
        ValueError: a number lies outside the vocabulary.

    >>> count_matrix([[0, 1, 0], [1]], size=2).tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    counts = np.zeros((max(size, 0), len(documents)))
    for d, document in enumerate(documents):
        for word in document:
            if not 0 <= word < size:
                raise ValueError(f"word {word} is not one of 0 to {size - 1}")
            counts[word, d] += 1
    return counts


def entropy_weights(counts: np.ndarray) -> np.ndarray:
    """Return the weight of every word, (words,): 1 where one document has it alone.

    A word that is spread evenly over all documents has almost none; a word that never occurs
    has 0.

    Args:
        counts: (words, documents), whole numbers of 0 or more.

    Raises:
        ValueError: *counts* is no table of numbers of 0 or more, or has no documents.

    Source: Dumais (1991), as gensim's ``LogEntropyModel`` computes it.

    >>> entropy_weights(np.array([[4, 0, 0], [1, 1, 1]])).round(3).tolist()
    [1.0, 0.208]
    """
    _check_table(counts)
    if np.min(counts, initial=0) < 0:
        raise ValueError("a count below 0 is no count")
    totals = counts.sum(axis=1, keepdims=True)
    p = counts / np.where(totals > 0, totals, 1)  # share of the word's occurrences
    p_log_p = p * np.log(np.where(p > 0, p, 1))
    weights = 1 + p_log_p.sum(axis=1) / np.log(counts.shape[1] + 1)
    return np.where(totals[:, 0] > 0, weights, 0.0)


def weighted(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return log(1 + count) times the word's weight, (words, documents).

    >>> weighted(np.array([[np.e - 1]]), np.array([0.5])).tolist()
    [[0.5]]
    """
    if np.ndim(counts) != 2 or np.shape(weights) != np.shape(counts)[:1]:
        raise ValueError(
            f"every row of {np.shape(counts)} needs one weight, not "
            f"{np.shape(weights)}"
        )
    found: np.ndarray = np.log1p(counts) * np.asarray(weights)[:, None]
    return found


def unit_columns(matrix: np.ndarray) -> np.ndarray:
    """Return the table with every column scaled to length 1; a column of zeros stays.

    >>> unit_columns(np.array([[3.0, 0.0], [4.0, 0.0]])).tolist()
    [[0.6, 0.0], [0.8, 0.0]]
    """
    lengths = np.linalg.norm(np.asarray(matrix, dtype=float), axis=0)
    return np.asarray(matrix) / np.where(lengths > 0, lengths, 1)


def _check_table(matrix: np.ndarray) -> None:
    """Refuse what is no table of finite numbers with a row and a column."""
    if np.ndim(matrix) != 2 or 0 in np.shape(matrix):
        raise ValueError(
            f"a table with rows and columns is needed, not shape {np.shape(matrix)}"
        )
    if not np.isfinite(matrix).all():
        raise ValueError("the table holds a number that is infinite or no number")


def strongest_direction(
    matrix: np.ndarray, seed: int = 0, rounds: int = 1000
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the largest singular value with its two directions, by power iteration.

    Args:
        matrix: (m, n).
        seed: of the first guess.
        rounds: steps to go at most; it stops when a step changes nothing.

    Returns:
        σ, u with m and v with n entries, such that ``matrix @ v`` is σ u.

    Raises:
        ValueError: *matrix* is no table of finite numbers.

    Source: Golub and Van Loan (2013), chapter 8, the power method applied to AᵀA.

    >>> sigma, u, v = strongest_direction(np.array([[3.0, 0.0], [0.0, 1.0]]))
    >>> round(sigma, 6), np.abs(u).round(6).tolist()
    (3.0, [1.0, 0.0])
    """
    _check_table(matrix)
    v: np.ndarray = np.random.default_rng(seed).standard_normal((matrix.shape[1],))
    u: np.ndarray = np.zeros(matrix.shape[0])
    sigma = 0.0
    for _ in range(rounds):
        v = v / np.linalg.norm(v)
        u = matrix @ v  # what the documents' mixture v says of every word
        before = sigma
        sigma = float(np.linalg.norm(u))
        if sigma == 0 or abs(sigma - before) <= 1e-15 * sigma:
            break
        u = u / sigma
        v = matrix.T @ u  # what the words' mixture u says of every document
    if sigma > 0:
        u = u / np.linalg.norm(u)
    return sigma, u, v / np.linalg.norm(v)


def truncated_svd(
    matrix: np.ndarray, k: int, seed: int = 0, tolerance: float = 1e-12
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the *k* largest singular values with their directions, by subspace iteration.

    Args:
        matrix: (m, n).
        k: directions to keep, from 1 to the smaller side.
        seed: of the first guess.
        tolerance: relative change of the singular values at which it stops.

    Returns:
        U with shape (m, k), σ (k,) in falling order, Vᵀ (k, n).  Signs are chosen so that the
        largest entry of every column of U is positive.

    Raises:
        ValueError: *matrix* is no table of finite numbers, or *k* is out of its range.

    Source: Halko, Martinsson and Tropp (2011), algorithm 4.4, iterated until it stands still.

    >>> u, s, vt = truncated_svd(np.array([[3.0, 0, 0], [0, 2, 0], [0, 0, 1]]), k=2)
    >>> s.round(6).tolist(), np.abs(u @ np.diag(s) @ vt).round(6).tolist()[1]
    ([3.0, 2.0], [0.0, 2.0, 0.0])
    """
    _check_table(matrix)
    m, n = matrix.shape
    if not 1 <= k <= min(m, n):
        raise ValueError(f"k lies between 1 and {min(m, n)}, not {k}")
    block = min(
        2 * k + 10, m, n
    )  # a few directions more, so that the last one settles soon
    v = np.random.default_rng(seed).standard_normal((n, block))
    before = np.full(k, np.inf)
    for _ in range(1000):
        u, _ = np.linalg.qr(matrix @ v)  # (m, block), orthonormal columns
        v, r = np.linalg.qr(matrix.T @ u)  # (n, block); Aᵀu = v r
        s = np.linalg.svd(r, compute_uv=False)[:k]
        if np.abs(s - before).max() <= tolerance * max(s[0], 1e-300):
            break
        before = s
    right, s, left = np.linalg.svd(r)  # a small table: rotate the block into place
    u, vt = (u @ left.T)[:, :k], (v @ right).T[:k]
    signs = np.sign(u[np.abs(u).argmax(axis=0), np.arange(k)])
    return u * signs, s[:k], vt * signs[:, None]
