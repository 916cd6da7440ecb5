"""The data of this chapter's two tasks, their settings, and one training with them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from nlpcourse import corpora
from nlpcourse.learning.linear.judging import three_parts
from nlpcourse.neural.networks.classifier import (
    Best,
    DeepAveraging,
    FeedForward,
    Network,
    early_stopped,
    encoded,
    numbered,
    scores,
)
from nlpcourse.neural.networks.optimizers import Adam
from nlpcourse.statistics.naive_bayes.features import once, words

Labelled = tuple[list[list[int]], list[int]]
TREC_LABELS = ("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM")
QUESTIONS_APART = 1_000
"""TREC's training questions on which its settings are chosen."""


@dataclass(frozen=True)
class Settings:
    """How a classifier is built and trained.

    Attributes:
        kind: ``feed-forward`` or ``averaging``.
        size: hidden units, or numbers of a word vector.
        depth: hidden layers of the averaging network.
        rate: learning rate of Adam.
        decay: weight decay.
        drop: share of the hidden units that is dropped.
        word_drop: share of the words that is dropped.
        epochs: readings, of which early stopping keeps the best.
        rows: documents of a batch.
        least: documents that must hold a word.
    """

    kind: str
    size: int = 32
    depth: int = 1
    rate: float = 3e-3
    decay: float = 0.0
    drop: float = 0.0
    word_drop: float = 0.0
    epochs: int = 4
    rows: int = 100
    least: int = 2

    def but(self, **changes: Any) -> Settings:
        """Return these settings with some of them changed."""
        return replace(self, **changes)


FEED_FORWARD = Settings("feed-forward", rate=1e-3, drop=0.5, epochs=4)
AVERAGING = Settings("averaging", depth=2, drop=0.3, word_drop=0.3, epochs=5)
LINEAR = Settings("averaging", depth=0, word_drop=0.3, epochs=6)
TREC = Settings("averaging", rate=1e-2, epochs=10, least=1)


@dataclass(frozen=True)
class Split:
    """A task's texts as numbers, in three parts, and the number of every word."""

    numbers: dict[str, int]
    train: Labelled
    validation: Labelled
    test: Labelled


@lru_cache(maxsize=1)
def _films() -> tuple[list[list[str]], list[int]]:
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0]
    return [words(r.text) for r in rated], [int(r.rating > 0) for r in rated]


def film_split(seed: int, once_each: bool = False, least: int = 2) -> Split:
    """Return the film sentences in chapter 13's three parts; class 1 is a rating above zero.

    The label is the sign of the mean of about twenty people's ratings; sentences rated exactly
    zero are left out.

    Args:
        seed: of the shuffle.
        once_each: keep every word of a sentence once, as a bag of words does.
        least: training sentences that must hold a word.
    """
    documents, labels = _films()
    if once_each:
        documents = [once(document) for document in documents]
    parts = three_parts(len(documents), seed=seed)
    numbers = numbered([documents[i] for i in parts[0]], least)
    train, validation, test = (
        (encoded([documents[i] for i in part], numbers), [labels[i] for i in part])
        for part in parts
    )
    return Split(numbers, train, validation, test)


def trec_split(least: int = 1, apart: int = QUESTIONS_APART) -> Split:
    """Return TREC's questions, of whose training part some are set apart to choose with.

    Raises:
        ValueError: nothing would be set apart, or nothing be left to train on.
    """
    found = corpora.trec()
    asked = [(words(q.text), TREC_LABELS.index(q.label)) for q in found.train]
    if not 0 < apart < len(asked):
        raise ValueError(f"{apart} of {len(asked)} questions can't be set apart")
    random.Random(19).shuffle(asked)
    numbers = numbered([document for document, _ in asked[apart:]], least)

    def part(questions: Sequence[tuple[list[str], int]]) -> Labelled:
        texts = [document for document, _ in questions]
        return encoded(texts, numbers), [label for _, label in questions]

    test = [(words(q.text), TREC_LABELS.index(q.label)) for q in found.test]
    return Split(numbers, part(asked[apart:]), part(asked[:apart]), part(test))


def build(settings: Settings, word_count: int, classes: int, seed: int) -> Network:
    """Return an untrained network.

    Raises:
        ValueError: there is no such kind of network, or a size is below 1.
    """
    rng = np.random.default_rng(seed)
    if settings.kind == "feed-forward":
        return FeedForward(word_count, settings.size, classes, rng, settings.drop)
    if settings.kind != "averaging":
        raise ValueError(f"no kind of network is called {settings.kind!r}")
    return DeepAveraging(
        word_count, settings.size, settings.depth, classes, rng, settings.drop
    )


def trained(
    settings: Settings, split: Split, classes: int, seed: int
) -> tuple[Network, Best]:
    """Return a network that early stopping left where it was best, and the curve to it."""
    network = build(settings, len(split.numbers), classes, seed)
    adam = Adam(network.parameters, settings.rate, decay=settings.decay)
    best = early_stopped(
        network,
        adam,
        split.train,
        split.validation,
        settings.epochs,
        settings.rows,
        seed,
        settings.word_drop,
    )
    return network, best


def accuracy_on(network: Network, part: Labelled) -> float:
    """Return the share of a part that a network judges right.

    Raises:
        ValueError: the part is empty.
    """
    said = scores(network, part[0]).argmax(axis=-1)
    return float((said == np.asarray(part[1])).mean())


def film_validation(settings: Settings, seed: int) -> float:
    """Return the best accuracy on the validation part of the first shuffle."""
    split = film_split(0, settings.kind == "feed-forward", settings.least)
    return max(trained(settings, split, 2, seed)[1].accuracy)


def trec_validation(settings: Settings, seed: int) -> float:
    """Return the best accuracy on TREC's questions set apart."""
    split = trec_split(settings.least)
    return max(trained(settings, split, len(TREC_LABELS), seed)[1].accuracy)


def few_films(known: int, new: int, seed: int = 0, least: int = 2) -> Split:
    """Return a few film sentences with a vocabulary of their own; the last part is empty.

    Args:
        known: sentences to learn from, of chapter 13's training part.
        new: sentences to validate on, of its validation part.
        seed: of the shuffle.
        least: known sentences that must hold a word.

    Raises:
        ValueError: a part would be empty.
    """
    if known < 1 or new < 1:
        raise ValueError(f"{known} known and {new} new sentences are too few")
    documents, labels = _films()
    documents = [once(document) for document in documents]
    train, validation, _ = three_parts(len(documents), seed=seed)
    first, second = train[:known], validation[:new]
    numbers = numbered([documents[i] for i in first], least)
    return Split(
        numbers,
        (
            encoded([documents[i] for i in first], numbers),
            [labels[i] for i in first],
        ),
        (
            encoded([documents[i] for i in second], numbers),
            [labels[i] for i in second],
        ),
        ([], []),
    )
