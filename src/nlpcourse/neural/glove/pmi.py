"""From counts to vectors without training: weigh the counts, and squeeze the table."""

from __future__ import annotations

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor
from torch.nn.functional import logsigmoid

from nlpcourse.neural.word2vec.vectors import WordVectors


def positive_information(
    counts: csr_matrix, power: float = 0.75, shift: float = 0.0
) -> csr_matrix:
    """Return how much more often each pair is seen than chance would have it, in nats.

    Negative information is cut off at zero, so a pair that was never seen has zero, too.

    Args:
        counts: of pairs, (types, types), sparse.
        power: of the counts of the company; 1 is plain PMI, 3/4 is word2vec's noise.
        shift: what is taken away from every cell, such as ln k.

    Raises:
        ValueError: there is no pair, a count is negative, or the power is not above zero.

    Source: Levy and Goldberg (2014b), section 3.3; the power: Levy et al. (2015), section 3.1.

    >>> two = csr_matrix(np.array([[0.0, 3.0], [3.0, 1.0]]))
    >>> positive_information(two, power=1).toarray().round(2)
    array([[0.  , 0.56],
           [0.56, 0.  ]])
    """
    cells = counts.tocoo()
    if not cells.nnz or cells.data.min() < 0 or not power > 0:
        raise ValueError(
            "counts are zero or above and one at least is above, as is the power"
        )
    seen = np.asarray(
        counts.sum(axis=1), dtype=float
    ).ravel()  # of each word, (types,)
    company = np.asarray(counts.sum(axis=0), dtype=float).ravel() ** power
    chance = company / company.sum()  # P(u), (types,)
    with np.errstate(divide="ignore", invalid="ignore"):
        given = cells.data / seen[cells.row]  # p(u | v), (cells,)
        values = np.log(given / chance[cells.col]) - shift
    kept = values > 0
    place = (cells.row[kept], cells.col[kept])
    return csr_matrix((values[kept], place), shape=counts.shape)


def truncated_svd(
    matrix: csr_matrix, size: int, rounds: int = 3, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the *size* largest singular values of a matrix and their vectors.

    A few random directions are multiplied by the matrix again and again: each time those that it
    stretches most win.

    Args:
        matrix: M, (rows, columns).
        size: how many singular values.
        rounds: how often the directions go through the matrix and back.
        seed: of the first directions.

    Returns:
        U, (rows, size); the singular values, largest first, (size,); V, (columns, size).

    Raises:
        ValueError: *size* is not between one and the matrix's smaller side.

    Source: Halko et al. (2011), algorithms 4.4 and 5.1.
    """
    if not 1 <= size <= min(matrix.shape):
        raise ValueError(f"a matrix {matrix.shape} has no {size} singular values")
    wide = min(size + 16, min(matrix.shape))
    start = np.random.default_rng(seed).standard_normal((matrix.shape[1], wide))
    basis, _ = np.linalg.qr(matrix @ start)
    for _ in range(rounds):
        back, _ = np.linalg.qr(matrix.T @ basis)
        basis, _ = np.linalg.qr(matrix @ back)
    left, values, right = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    return (basis @ left)[:, :size], values[:size], right[:size].T


def svd_vectors(
    words: list[str],
    matrix: csr_matrix,
    size: int,
    power: float = 0.5,
    seed: int = 0,
) -> WordVectors:
    """Return the rows of U Σ^power as vectors of *words*.

    Args:
        words: one a row.
        matrix: (words, columns).
        size: numbers in a vector.
        power: of the singular values.
        seed: of the first directions; see :func:`truncated_svd`.

    Source: Levy and Goldberg (2014b), equation 13, for the power of a half.

    Raises:
        ValueError: as :func:`truncated_svd`, or there are not as many words as rows.
    """
    left, values, _ = truncated_svd(matrix, size, seed=seed)
    return WordVectors(
        words, torch.tensor(left * values**power, dtype=torch.float32)
    )


def squeezed(table: Tensor, size: int) -> Tensor:
    """Return the nearest table that vectors of *size* numbers can have as their products.

    Args:
        table: finite scores of all pairs, (words, company).
        size: numbers in a vector.

    Returns:
        U Σ Vᵀ of the strongest directions, (words, company).

    Raises:
        ValueError: a score is infinite, or as :func:`truncated_svd`.

    >>> squeezed(torch.tensor([[2.0, 0.0], [0.0, 1.0]]), 1).abs().round().tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """
    if not bool(table.isfinite().all()):
        raise ValueError("cut the scores off first: minus infinity has no square")
    left, values, right = truncated_svd(csr_matrix(table.numpy()), size)
    return torch.tensor(left * values @ right.T)


def sampling_loss(
    products: Tensor, counts: Tensor, noise: Tensor, negatives: int
) -> float:
    """Return the mean loss of a pair under negative sampling, over all draws of negatives.

    Args:
        products: the score of every pair, (types, types); minus infinity says "never".
        counts: how often every pair is seen, (types, types).
        noise: the probabilities with which negatives are drawn, (types,).
        negatives: k, how many negatives a pair has.

    Raises:
        ValueError: the tables are not of one shape.

    Source: Levy and Goldberg (2014b), equation 3.
    """
    if products.shape != counts.shape or noise.shape != counts.shape[1:]:
        raise ValueError(
            "scores and counts are of one shape, noise is one number a column"
        )
    products, counts = products.double(), counts.double()
    true = -torch.where(counts > 0, counts * logsigmoid(products), 0.0).sum()
    drawn = counts.sum(dim=1, keepdim=True) * negatives * noise.double()
    false = -(drawn * logsigmoid(-products)).sum()
    return float((true + false) / counts.sum())
