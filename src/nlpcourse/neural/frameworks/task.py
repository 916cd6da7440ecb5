"""The task that all programs share: TREC's questions as rows of numbers, in one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.data import PADDING, TREC_LABELS, Labelled, Vocabulary

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

SIZE, HIDDEN, CLASSES = 64, 64, len(TREC_LABELS)
"""Numbers in a word's vector, units of the hidden layer, kinds of question."""

ROWS, READINGS, RATE, LEAST = 50, 3, 3e-3, 2
"""Questions of a batch, readings of all of them, learning rate, least count of a word."""


class Sizes(NamedTuple):
    """The sizes of the classifier: words, numbers of a vector, hidden units, classes."""

    words: int
    size: int = SIZE
    hidden: int = HIDDEN
    classes: int = CLASSES


@dataclass(frozen=True)
class Weights:
    """All that the classifier learns.

    Attributes:
        table: a vector for every word, (words, size); row 0, padding, is never read.
        hidden: weights of the hidden layer, (size, hidden).
        hidden_bias: (hidden,).
        output: weights of the scores, (hidden, classes).
        output_bias: (classes,).
    """

    table: Floats
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats

    @property
    def sizes(self) -> Sizes:
        """The sizes of the classifier that has these weights."""
        return Sizes(*self.table.shape, *self.output.shape)

    def arrays(self) -> list[Floats]:
        """Return the five arrays in the order of the attributes."""
        return [
            self.table,
            self.hidden,
            self.hidden_bias,
            self.output,
            self.output_bias,
        ]


def draw(sizes: Sizes, seed: int) -> Weights:
    """Return the initial weights that every program is given.

    Vectors begin uniform within ±0.05, weights within Glorot's bound, biases at zero.

    Raises:
        ValueError: a size is below one, or the seed below zero.

    >>> [array.shape for array in draw(Sizes(words=9), seed=0).arrays()]
    [(9, 64), (64, 64), (64,), (64, 6), (6,)]
    """
    words, size, hidden, classes = sizes
    if min(sizes) < 1 or seed < 0:
        raise ValueError(
            f"{sizes} and seed {seed} make no weights: sizes are one or more, a seed is zero "
            "or more"
        )
    rng = np.random.default_rng(seed)

    def uniform(bound: float, *shape: int) -> Floats:
        return rng.uniform(-bound, bound, shape).astype(np.float32)

    def zeros(count: int) -> Floats:
        return np.zeros(count, dtype=np.float32)

    return Weights(
        uniform(0.05, words, size),
        uniform((6 / (size + hidden)) ** 0.5, size, hidden),
        zeros(hidden),
        uniform((6 / (hidden + classes)) ** 0.5, hidden, classes),
        zeros(classes),
    )


@dataclass(frozen=True)
class Questions:
    """Questions as numbers.

    Attributes:
        numbers: of the words, 0 behind the last, (questions, longest).
        labels: the kind of each, (questions,).
        documents: the words themselves, unknown ones as they were.
    """

    numbers: Integers
    labels: Integers
    documents: list[list[str]]

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.labels)


def padded(rows: list[list[int]], longest: int) -> Integers:
    """Return rows of numbers as one array, cut or filled with zeros to the same length.

    Raises:
        ValueError: a row would have no place.

    >>> padded([[5, 6], [7]], longest=3).tolist()
    [[5, 6, 0], [7, 0, 0]]
    """
    if longest < 1:
        raise ValueError(f"a row has one place or more, not {longest}")
    filled = np.full((len(rows), longest), PADDING, dtype=np.int64)
    for place, row in zip(filled, rows, strict=True):
        place[: len(row[:longest])] = row[:longest]
    return filled


@dataclass(frozen=True)
class Task:
    """What is learnt from, what is judged, and the words' numbers."""

    train: Questions
    test: Questions
    vocabulary: Vocabulary

    @property
    def sizes(self) -> Sizes:
        """The sizes of the classifier for this vocabulary."""
        return Sizes(len(self.vocabulary))


def _questions(found: Labelled, vocabulary: Vocabulary, longest: int) -> Questions:
    rows = [vocabulary.encode(words) for words in found.documents]
    labels = np.array(found.labels, dtype=np.int64)
    return Questions(padded(rows, longest), labels, found.documents)


@lru_cache(maxsize=2)
def trec(choice: bool = False) -> Task:
    """Return TREC's questions, those of chapter 24.

    Args:
        choice: a thousand of the training questions are the test, for choosing settings.
    """
    train, test = data.trec_choice() if choice else data.trec_questions()
    vocabulary = Vocabulary.of(train.documents, LEAST)
    longest = max(len(words) for words in train.documents + test.documents)
    return Task(
        _questions(train, vocabulary, longest),
        _questions(test, vocabulary, longest),
        vocabulary,
    )


def batches(
    questions: int, rows: int, readings: int, seed: int
) -> Iterator[Integers]:
    """Yield which questions each batch holds: the order that every program keeps.

    What fills no batch is left out of a reading.

    Raises:
        ValueError: the questions fill no batch, or the seed is below zero.

    >>> [len(chosen) for chosen in batches(questions=5, rows=2, readings=2, seed=0)]
    [2, 2, 2, 2]
    """
    if not 1 <= rows <= questions or seed < 0:
        raise ValueError(
            f"{questions} questions with seed {seed} make no batches of {rows}"
        )
    rng = np.random.default_rng(seed)
    for _ in range(readings):
        order = rng.permutation(questions)
        for start in range(0, questions - rows + 1, rows):
            yield order[start : start + rows]
