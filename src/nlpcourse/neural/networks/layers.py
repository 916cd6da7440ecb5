"""What networks are made of: linear layers, dropout, a safe softmax, and how to begin."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlpcourse.neural.networks.tensor import Array, Tensor

Integers = NDArray[np.int64]
Generator = np.random.Generator


class Linear:
    """Every output is a weighted sum of all inputs, and a number more.

    Attributes:
        weight: (inputs, outputs); torch keeps the same table the other way round.
        bias: (outputs,), zero at first.
    """

    def __init__(
        self, inputs: int, outputs: int, rng: Generator, spread: float | None = None
    ) -> None:
        """Draw the weights around zero.

        Args:
            inputs: numbers of a row that comes in.
            outputs: numbers of a row that goes out.
            rng: of the draw.
            spread: standard deviation of the weights; Glorot's, where it is left out.

        Raises:
            ValueError: a size is below 1.
        """
        if inputs < 1 or outputs < 1:
            raise ValueError(
                f"a layer needs sizes of 1 or more: {inputs}, {outputs}"
            )
        scale = glorot(inputs, outputs) if spread is None else spread
        self.weight = Tensor(rng.normal(0, scale, (inputs, outputs)))
        self.bias = Tensor(np.zeros(outputs))

    def __call__(self, rows: Tensor) -> Tensor:
        """Return (…, outputs) of rows (…, inputs)."""
        return rows @ self.weight + self.bias

    @property
    def parameters(self) -> list[Tensor]:
        """What training changes."""
        return [self.weight, self.bias]


def glorot(inputs: int, outputs: int) -> float:
    """Return the spread that keeps both answers and gradients of like size, layer by layer.

    Glorot and Bengio (2010), section 4.2.1: a variance of 2 / (inputs + outputs).

    Raises:
        ValueError: a size is below 1.

    >>> glorot(50, 50)
    0.1414213562373095
    """
    if inputs < 1 or outputs < 1:
        raise ValueError(f"a layer needs sizes of 1 or more: {inputs}, {outputs}")
    return math.sqrt(2 / (inputs + outputs))


def dropout(rows: Tensor, share: float, rng: Generator | None) -> Tensor:
    """Set a random share of the numbers to zero, and enlarge the rest to make up for it.

    Args:
        rows: any shape.
        share: of the numbers, from 0 up to but without 1.
        rng: of the draw; None is for reading, where nothing is dropped.

    Raises:
        ValueError: the share is none.
    """
    if not 0 <= share < 1:
        raise ValueError(
            f"a share from 0 up to but without 1 is dropped, not {share}"
        )
    if rng is None or share == 0:
        return rows
    kept = rng.random(rows.shape) >= share
    return rows * (kept / (1 - share))


def log_softmax(logits: Tensor) -> Tensor:
    """Return log probabilities along the last axis, without an overflow.

    The largest logit is subtracted first: it changes no probability, and no exponent is above 0.
    """
    shifted: Tensor = logits - logits.data.max(axis=-1, keepdims=True)
    return shifted - shifted.exp().sum(axis=-1, keepdims=True).log()


def cross_entropy(logits: Tensor, labels: Integers | Sequence[int]) -> Tensor:
    """Return the mean cross-entropy of rows of logits, in nats.

    Args:
        logits: (rows, classes).
        labels: the number of each row's class.

    Raises:
        ValueError: the labels don't fit the rows, or one is no class.
    """
    chosen = np.asarray(labels, dtype=np.int64)
    if logits.data.ndim != 2 or chosen.shape != logits.shape[:1] or not chosen.size:
        raise ValueError(
            f"logits {logits.shape} need one label a row, and {chosen.shape} came"
        )
    if not 0 <= chosen.min() <= chosen.max() < logits.shape[1]:
        raise ValueError(f"labels lie between 0 and {logits.shape[1] - 1}")
    return -log_softmax(logits)[np.arange(len(chosen)), chosen].mean()


def probabilities(logits: Array) -> Array:
    """Return the softmax along the last axis.

    >>> probabilities(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    return np.exp(log_softmax(Tensor(logits)).data) if logits.size else logits
