"""What all the programs do, written once: forward, loss, gradients, a step of Adam."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from nlpcourse.neural.frameworks import adam
from nlpcourse.neural.frameworks.task import Floats, Integers, Questions, Weights


def means(table: Floats, numbers: Integers) -> Floats:
    """Return the mean vector of each question's words, (questions, size).

    Args:
        table: a vector for every word, (words, size).
        numbers: of the words, 0 where there is none, (questions, longest).

    Raises:
        ValueError: the numbers are no rows, or a word has no vector.

    >>> means(np.array([[9, 9], [1, 2], [3, 4]], dtype=np.float32), np.array([[1, 2, 0]]))
    array([[2., 3.]], dtype=float32)
    """
    if table.ndim != 2 or numbers.ndim != 2:
        raise ValueError(
            f"a table {table.shape} and numbers {numbers.shape}: both have two axes"
        )
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < len(table)):
        raise ValueError(
            f"numbers of words lie between 0 and {len(table) - 1}, not "
            f"between {numbers.min()} and {numbers.max()}"
        )
    numbers = numbers.astype(np.int64)
    words = (numbers > 0).astype(np.float32)  # (questions, longest)
    summed = (table[numbers] * words[..., None]).sum(axis=1)
    count = np.maximum(words.sum(axis=1, keepdims=True), 1)
    found: Floats = (summed / count).astype(np.float32)
    return found


def softmax(scores: Floats) -> Floats:
    """Return probabilities of scores, along the last axis.

    Raises:
        ValueError: there is no score.

    >>> softmax(np.zeros((1, 4), dtype=np.float32))
    array([[0.25, 0.25, 0.25, 0.25]], dtype=float32)
    """
    if not scores.size:
        raise ValueError("there are no scores to make probabilities of")
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return found


def forward(weights: Weights, numbers: Integers) -> Floats:
    """Return the probabilities of every kind of question, (questions, classes)."""
    mean = means(weights.table, numbers)
    hidden = np.maximum(mean @ weights.hidden + weights.hidden_bias, 0)
    return softmax(hidden @ weights.output + weights.output_bias)


@dataclass(frozen=True)
class Gradients:
    """The gradients of one batch.

    Attributes:
        table: for the words' vectors, (words, size).
        others: for the four other arrays, in the order of the weights.
        rows: what each reading of a word adds to its row of the table, (readings, size).
        words: the number of the word of each reading, (readings,).
    """

    table: Floats
    others: list[Floats]
    rows: Floats
    words: Integers


def loss_and_gradients(
    weights: Weights, numbers: Integers, labels: Integers
) -> tuple[float, Gradients]:
    """Return the mean cross-entropy of a batch in nats, and its gradients.

    Args:
        weights: of the classifier.
        numbers: of the words, (rows, longest).
        labels: the right kinds, (rows,).

    Raises:
        ValueError: there is no question, or not one label for each.
    """
    if not 0 < len(numbers) == len(labels):
        raise ValueError(f"{len(numbers)} questions need as many labels, 1 or more")
    rows = np.arange(len(labels))
    mean = means(weights.table, numbers)
    sums = mean @ weights.hidden + weights.hidden_bias
    hidden = np.maximum(sums, 0)
    error = softmax(hidden @ weights.output + weights.output_bias)
    loss = -float(np.log(error[rows, labels]).mean())
    error[rows, labels] -= 1  # probabilities less truth
    error /= len(labels)
    for_sums = (error @ weights.output.T) * (sums > 0)
    for_mean = for_sums @ weights.hidden.T  # (rows, size)
    real = numbers > 0
    share = for_mean / np.maximum(real.sum(axis=1, keepdims=True), 1)
    row, place = np.nonzero(real)
    words, read = numbers[row, place], share[row]
    for_table = np.zeros_like(weights.table)
    np.add.at(for_table, words, read)  # a word read twice gets both
    others = [
        mean.T @ for_sums,
        for_sums.sum(axis=0),
        hidden.T @ error,
        error.sum(axis=0),
    ]
    return loss, Gradients(for_table, others, read, words)


def squared_apart(found: Gradients) -> Floats:
    """Return for every word the sum of the squares of what its readings add.

    The square of a gradient is the square of that sum. Keras' Adam on TensorFlow takes this.
    """
    squares = np.zeros_like(found.table)
    np.add.at(squares, found.words, found.rows**2)
    return squares


def train(
    weights: Weights,
    questions: Questions,
    order: Iterable[Integers],
    rule: adam.Rule,
    scale: float = 1.0,
    apart: bool = False,
) -> tuple[Weights, list[float]]:
    """Return the weights after a step of Adam on every batch, and each batch's loss.

    Args:
        weights: to begin with; they are not changed.
        questions: to learn from.
        order: which of them each batch holds.
        rule: which Adam.
        scale: what every gradient is multiplied by; where a framework adds up a batch's losses
            and takes no mean, it is the number of rows.
        apart: square each reading of a word by itself (:func:`squared_apart`).
    """
    now = weights
    averages = [(np.zeros_like(a), np.zeros_like(a)) for a in now.arrays()]
    losses = []
    for number, chosen in enumerate(order, start=1):
        loss, gradients = loss_and_gradients(
            now, questions.numbers[chosen], questions.labels[chosen]
        )
        losses.append(loss)
        new = []
        parts = zip(now.arrays(), [gradients.table, *gradients.others], strict=True)
        for k, (array, gradient) in enumerate(parts):
            scaled = np.float32(scale) * gradient
            squared = squared_apart(gradients) if apart and not k else None
            found, *state = adam.step(
                rule, array, scaled, *averages[k], number, squared
            )
            averages[k] = (state[0], state[1])
            new.append(found.astype(np.float32))
        now = Weights(*new)
    return now, losses


def accuracy(probabilities: Floats, labels: Integers) -> float:
    """Return the share of questions whose most probable kind is the right one.

    Raises:
        ValueError: there is no question, or not one label for each.

    >>> accuracy(np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([0, 1]))
    0.5
    """
    if probabilities.ndim != 2 or not len(labels) or not probabilities.size:
        raise ValueError("probabilities are rows, one or more, with a label each")
    if len(labels) != len(probabilities):
        raise ValueError(f"{len(probabilities)} rows and {len(labels)} labels")
    return float((probabilities.argmax(axis=1) == labels).mean())
