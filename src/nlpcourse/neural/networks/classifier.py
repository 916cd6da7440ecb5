"""Two classifiers of sentences: a network on a bag of words, and a deep averaging network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.neural.networks.layers import (
    Generator,
    Integers,
    Linear,
    cross_entropy,
    dropout,
)
from nlpcourse.neural.networks.optimizers import Optimizer
from nlpcourse.neural.networks.tensor import Array, Tensor

Documents = Sequence[Sequence[int]]


def numbered(documents: Iterable[Sequence[str]], least: int = 2) -> dict[str, int]:
    """Return a number for every word that *least* documents hold, by the alphabet.

    >>> numbered([["so", "good"], ["so", "so", "dull"]])
    {'so': 0}
    """
    counts = Counter(word for document in documents for word in set(document))
    kept = sorted(word for word, n in counts.items() if n >= least)
    return {word: number for number, word in enumerate(kept)}


def encoded(
    documents: Iterable[Sequence[str]], numbers: Mapping[str, int]
) -> list[list[int]]:
    """Return the words' numbers; words without a number are left out.

    >>> encoded([["so", "very", "good"]], {"good": 0, "so": 1})
    [[1, 0]]
    """
    return [[numbers[w] for w in words if w in numbers] for words in documents]


@dataclass(frozen=True)
class Bags:
    """Some documents as one list of words and a matrix that adds up each one's share.

    Attributes:
        words: the numbers of all words, one document after the other, (words,).
        weights: (documents, words), zero outside a document.
    """

    words: Integers
    weights: Array


def bags(documents: Documents, mean: bool) -> Bags:
    """Return documents ready to be summed, or averaged, by one matrix product.

    Args:
        documents: the numbers of each one's words.
        mean: whether the weights of a document add up to 1.

    Raises:
        ValueError: there are no documents.

    >>> bags([[7, 3], [5]], mean=True).weights.tolist()
    [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    if not len(documents):
        raise ValueError("there are no documents to add up")
    lengths = [len(document) for document in documents]
    weights = np.zeros((len(documents), sum(lengths)))
    start = 0
    for row, length in enumerate(lengths):
        weights[row, start : start + length] = 1 / max(length, 1) if mean else 1.0
        start += length
    words = [word for document in documents for word in document]
    return Bags(np.array(words, dtype=np.int64), weights)


class FeedForward:
    """Bag of words, one hidden layer, scores.

    Each word has a row of weights, one for every hidden unit; a document is the sum of its rows.
    """

    mean = False

    def __init__(
        self,
        words: int,
        hidden: int,
        classes: int,
        rng: Generator,
        drop: float = 0.0,
    ) -> None:
        """Draw the weights.

        Raises:
            ValueError: a size is below 1.
        """
        self.table = Linear(words, hidden, rng)
        self.output = Linear(hidden, classes, rng)
        self.drop = drop

    def __call__(self, documents: Bags, rng: Generator | None = None) -> Tensor:
        """Return logits (documents, classes); *rng* draws the dropout while training."""
        rows = documents.weights @ self.table.weight[documents.words]
        hidden = (rows + self.table.bias).relu()
        return self.output(dropout(hidden, self.drop, rng))

    @property
    def parameters(self) -> list[Tensor]:
        """What training changes."""
        return [*self.table.parameters, *self.output.parameters]


class DeepAveraging:
    """The mean of word vectors, then some layers (Iyyer and others 2015, section 3)."""

    mean = True

    def __init__(
        self,
        words: int,
        size: int,
        depth: int,
        classes: int,
        rng: Generator,
        drop: float = 0.0,
    ) -> None:
        """Draw the word vectors and the weights.

        Args:
            words: rows of the table.
            size: of a word vector, and of every hidden layer.
            depth: number of hidden layers; 0 leaves a linear model of the mean.
            classes: number of scores.
            rng: of the draw.
            drop: share of each hidden layer's numbers that is dropped while training.

        Raises:
            ValueError: a size is below 1, or the depth below 0.
        """
        if words < 1 or depth < 0:
            raise ValueError(f"{words} words and {depth} layers make no network")
        self.embedding = Tensor(rng.normal(0, 0.1, (words, size)))
        self.hidden = [Linear(size, size, rng) for _ in range(depth)]
        self.output = Linear(size, classes, rng)
        self.drop = drop

    def __call__(self, documents: Bags, rng: Generator | None = None) -> Tensor:
        """Return logits (documents, classes); *rng* draws the dropout while training."""
        rows = documents.weights @ self.embedding[documents.words]
        for layer in self.hidden:
            rows = dropout(layer(rows).relu(), self.drop, rng)
        return self.output(rows)

    @property
    def parameters(self) -> list[Tensor]:
        """What training changes."""
        layers = [*self.hidden, self.output]
        return [self.embedding, *(p for layer in layers for p in layer.parameters)]


Network = FeedForward | DeepAveraging


def train(
    network: Network,
    optimizer: Optimizer,
    documents: Documents,
    labels: Sequence[int],
    epochs: int,
    rows: int,
    seed: int = 0,
    word_drop: float = 0.0,
) -> Iterator[float]:
    """Train a network in place, a batch at a time; yield the loss of every batch.

    Args:
        network: either of the two.
        optimizer: of its parameters.
        documents: the numbers of each one's words.
        labels: the number of each one's class.
        epochs: readings of all documents, each in an order of its own.
        rows: documents of a batch.
        seed: of the orders and of what is dropped.
        word_drop: share of the words that is left out, drawn anew at every reading.

    Raises:
        ValueError: there are no documents, or not one label for each, or no batch size, or
            *word_drop* is no share.
    """
    if rows < 1 or not len(documents) or len(documents) != len(labels):
        raise ValueError(
            f"{len(documents)} documents with {len(labels)} labels don't make "
            f"batches of {rows}"
        )
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(documents))
        for start in range(0, len(order), rows):
            chosen = order[start : start + rows]
            read = [drop_words(documents[i], word_drop, rng) for i in chosen]
            logits = network(bags(read, network.mean), rng)
            loss = cross_entropy(logits, [labels[i] for i in chosen])
            loss.backward()
            optimizer.step()
            yield float(loss.data)


def drop_words(
    document: Sequence[int], share: float, rng: Generator
) -> Sequence[int]:
    """Return a document without a random share of its words, as the paper's word dropout does.

    A document that would lose all of its words keeps them.

    Raises:
        ValueError: the share lies outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(
            f"a share lies between 0 and 1, such as 0.95, not at {share}"
        )
    if share == 0:
        return document
    kept = [word for word in document if rng.random() >= share]
    return kept or document


def scores(network: Network, documents: Documents, rows: int = 500) -> Array:
    """Return the logits (documents, classes) of many documents, with nothing dropped.

    Raises:
        ValueError: there are no documents, or no batch size.
    """
    if rows < 1:
        raise ValueError(f"documents are read one or more at a time, not {rows}")
    parts = [
        network(bags(documents[start : start + rows], network.mean)).data
        for start in range(0, len(documents), rows)
    ]
    if not parts:
        raise ValueError("there are no documents to judge")
    return np.concatenate(parts)


@dataclass
class Best:
    """What early stopping keeps: the reading that did best on the validation documents.

    Attributes:
        epoch: the number of readings after which it was, counted from 1.
        accuracy: on the validation documents, of every reading.
        weights: copies of the parameters after that reading.
    """

    epoch: int
    accuracy: list[float]
    weights: list[Array]


def early_stopped(
    network: Network,
    optimizer: Optimizer,
    training: tuple[Documents, Sequence[int]],
    validation: tuple[Documents, Sequence[int]],
    epochs: int,
    rows: int,
    seed: int = 0,
    word_drop: float = 0.0,
) -> Best:
    """Train, judge the validation documents after every reading, and go back to the best one.

    Args:
        network: either of the two; it ends with the best reading's weights.
        optimizer: of its parameters.
        training: documents and labels to learn from.
        validation: documents and labels to choose with.
        epochs: readings.
        rows: documents of a batch.
        seed: of the orders and of what is dropped.
        word_drop: share of the words that is left out.

    Raises:
        ValueError: there are no epochs, no documents, or not one label for each.
    """
    if epochs < 1:
        raise ValueError(f"at least one reading is needed, not {epochs}")
    gold = np.asarray(validation[1])
    best = Best(0, [], [])
    for epoch in range(epochs):
        for _ in train(
            network, optimizer, *training, 1, rows, 1000 * seed + epoch, word_drop
        ):
            pass
        said = scores(network, validation[0]).argmax(axis=-1)
        best.accuracy.append(float((said == gold).mean()))
        if best.accuracy[-1] > max(best.accuracy[:-1], default=-1.0):
            best.epoch = epoch + 1
            best.weights = [p.data.copy() for p in network.parameters]
    for p, kept in zip(network.parameters, best.weights, strict=True):
        p.data = kept
    return best
