"""GloVe: vectors whose products are the logarithms of the counts.

One pair by hand, then thousands at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor


def weight(counts: Tensor, most: float = 100.0, power: float = 0.75) -> Tensor:
    """Return how much each pair counts: less the rarer it is, and never more than 1.

    Args:
        counts: X, how often the pairs meet, (pairs,).
        most: x_max, from which on a pair counts in full.
        power: alpha.

    Raises:
        ValueError: *most* is not above zero, or a count is below zero or no number.

    Source: Pennington et al. (2014), equation 9.

    >>> weight(torch.tensor([1.0, 16.0, 200.0]), most=16)
    tensor([0.1250, 1.0000, 1.0000])
    """
    if not most > 0:
        raise ValueError(
            f"a pair counts in full from some number above zero, not {most}"
        )
    if not bool((counts >= 0).all()):
        raise ValueError("pairs meet 0 times or more; a count is negative or NaN")
    return (counts / most).clamp(max=1.0) ** power


def loss(
    word: Tensor, company: Tensor, biases: Tensor, counts: Tensor, weights: Tensor
) -> Tensor:
    """Return the weighted squared error of some pairs, summed and halved.

    Args:
        word: w of every pair, (pairs, size).
        company: w̃ of every pair, (pairs, size).
        biases: b + b̃ of every pair, (pairs,).
        counts: X, above zero, (pairs,).
        weights: f(X), (pairs,).

    Source: Pennington et al. (2014), equation 8; halved, as their program does.
    """
    error = (word * company).sum(dim=1) + biases - counts.log()
    return 0.5 * (weights * error**2).sum()


def gradients(
    word: Tensor, company: Tensor, biases: Tensor, counts: Tensor, weights: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradient of :func:`loss` by hand, for word, company and biases.

    >>> one = torch.ones(1, 2)
    >>> gradients(one, one, torch.zeros(1), torch.ones(1), torch.ones(1))[0]
    tensor([[2., 2.]])
    """
    error = (word * company).sum(dim=1) + biases - counts.log()  # (pairs,)
    push = weights * error
    return push[:, None] * company, push[:, None] * word, push


@dataclass
class Table:
    """Numbers to learn, and what AdaGrad remembers of each.

    Attributes:
        values: one row a word, (words, size).
        squares: the sum of all squared gradients so far, (words, size).
    """

    values: Tensor
    squares: Tensor

    def step(self, rows: Tensor, gradient: Tensor, rate: float) -> None:
        """Take one step of AdaGrad on some rows; a row that comes twice adds up its gradients.

        Args:
            rows: which, (pairs,).
            gradient: for each, (pairs, size).
            rate: the learning rate.

        Source: Duchi et al. (2011), the diagonal form; Pennington et al. (2014), section 4.2.
        """
        total = torch.zeros_like(self.values).index_add_(0, rows, gradient)
        self.squares += total**2
        self.values -= rate * total / self.squares.sqrt()


class GloVe:
    """Two vectors and two biases a word, fitted to a table of counts.

    Args:
        counts: X, (types, types), sparse.
        size: numbers in a vector.
        most: x_max of :func:`weight`; None weighs all pairs alike.
        seed: of the first vectors and of the order of pairs.

    Raises:
        ValueError: the size is below one.
    """

    def __init__(
        self, counts: csr_matrix, size: int, most: float | None, seed: int
    ) -> None:
        """Draw small vectors; AdaGrad's sums begin at 1, as in the authors' program."""
        if size < 1:
            raise ValueError(f"a vector holds one number or more, not {size}")
        cells = counts.tocoo()
        self.rows = torch.tensor(cells.row, dtype=torch.int64)
        self.columns = torch.tensor(cells.col, dtype=torch.int64)
        self.counts = torch.tensor(cells.data, dtype=torch.float32)
        self.weights = torch.ones_like(self.counts)
        if most is not None:
            self.weights = weight(self.counts, most)
        self.generator = torch.Generator().manual_seed(seed)

        def table(width: int) -> Table:
            first = (
                torch.rand(counts.shape[0], width, generator=self.generator) - 0.5
            )
            return Table(first / size, torch.ones_like(first))

        self.words, self.company = table(size + 1), table(size + 1)

    def read(self, pairs: int, rate: float) -> Iterator[float]:
        """Go once through all pairs in a new order, *pairs* a step; yield each mean loss.

        The bias is the last number of a row.
        """
        order = torch.randperm(len(self.rows), generator=self.generator)
        for chosen in torch.split(order, pairs):
            i, j = self.rows[chosen], self.columns[chosen]
            word, company = self.words.values[i], self.company.values[j]
            w, c = word[:, :-1], company[:, :-1]
            biases = word[:, -1] + company[:, -1]
            error = (w * c).sum(dim=1) + biases - self.counts[chosen].log()
            push = (self.weights[chosen] * error)[:, None]
            self.words.step(i, torch.cat([push * c, push], dim=1), rate)
            self.company.step(j, torch.cat([push * w, push], dim=1), rate)
            yield float((push[:, 0] * error).mean()) / 2

    def vectors(self) -> Tensor:
        """Return w + w̃ of every word, (types, size).

        Source: Pennington et al. (2014), section 4.2.
        """
        return (self.words.values + self.company.values)[:, :-1]


def probability_ratios(
    counts: csr_matrix, one: int, other: int, company: list[int]
) -> np.ndarray:
    """Return how much more likely each word is in the company of *one* than of *other*.

    Source: Pennington et al. (2014), section 3, table 1.
    """
    given = [
        counts[word, company].toarray().ravel() / counts[word].sum()
        for word in (one, other)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(given[0] / given[1])


def misfit(model: GloVe, least: float, most: float = float("inf")) -> float:
    """Return the root mean squared error of the logarithms of some counts.

    Args:
        model: whose vectors and biases are asked.
        least: the smallest count that is looked at.
        most: counts from here on are left out.

    Raises:
        ValueError: no pair has such a count.
    """
    kept = (model.counts >= least) & (model.counts < most)
    if not bool(kept.any()):
        raise ValueError(f"no pair meets from {least} to {most} times")
    word = model.words.values[model.rows[kept]]
    company = model.company.values[model.columns[kept]]
    product = (word[:, :-1] * company[:, :-1]).sum(dim=1)
    error = product + word[:, -1] + company[:, -1] - model.counts[kept].log()
    return float(error.square().mean().sqrt())
