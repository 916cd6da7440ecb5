"""The texts of the tasks, and the labels that a method may see.

Films: the rated sentences of chapter 24, good where the mean of people's ratings is above zero,
which is not the original fresh or rotten; the test sentences are chapter 24's first fold.
Stories: R8, eight topics, with its usual division.  Both are judged on a fixed draw of the test
texts, and settings are chosen on a fixed draw that no method trains on.  Questions: TREC, as in
chapter 30, judged on all of its test questions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.corpora.records import Split
from nlpcourse.neural.cnn.data import FILMS_APART, folds_of, set_apart

TASKS = ("films", "stories", "questions")
JUDGED = 400
"""Test texts on which every method is judged."""

VALIDATED = 300
"""Texts apart on which settings are chosen."""

LONGEST = {"films": 48, "stories": 32, "questions": 32}
"""Pieces of a text that the encoder reads, its two marks included; the rest is cut off."""


@dataclass(frozen=True)
class Texts:
    """Texts, the number of each one's class, and the classes' names."""

    texts: list[str]
    labels: list[int]
    names: list[str]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.texts)

    def choose(self, numbers: Sequence[int]) -> Texts:
        """Return the texts of these numbers, in that order."""
        texts = [self.texts[i] for i in numbers]
        return Texts(texts, [self.labels[i] for i in numbers], self.names)


@dataclass(frozen=True)
class Division:
    """Texts to train on, to choose settings on, and to test on."""

    train: Texts
    validation: Texts
    test: Texts

    @property
    def judged(self) -> Texts:
        """The fixed draw of the test texts."""
        return drawn(self.test, JUDGED)

    @property
    def glanced(self) -> Texts:
        """A hundred of the texts apart, for a run that somebody waits for."""
        return drawn(self.validation, 100)

    @property
    def validated(self) -> Texts:
        """The fixed draw of the texts apart."""
        return drawn(self.validation, VALIDATED)


def drawn(texts: Texts, count: int) -> Texts:
    """Return a fixed draw of so many texts, or all where there are fewer."""
    order = list(range(len(texts)))
    random.Random(33).shuffle(order)
    return texts.choose(sorted(order[: max(0, count)]))


@lru_cache(maxsize=3)
def division(task: str) -> Division:
    """Return the division of a task.

    Raises:
        ValueError: there is no such task.
    """
    if task not in TASKS:
        raise ValueError(f"there are the tasks {', '.join(TASKS)}, not {task!r}")
    if task == "films":
        return _films()
    return _divided(corpora.r8(), 1_000) if task == "stories" else _questions()


def _films() -> Division:
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0]
    labels = [int(r.rating > 0) for r in rated]
    everything = Texts([r.text for r in rated], labels, ["bad", "good"])
    train, test = next(iter(folds_of(len(everything))))
    apart, _ = set_apart(len(everything), FILMS_APART)
    kept = sorted(set(train) - set(apart))
    parts = (everything.choose(numbers) for numbers in (kept, apart, test))
    return Division(*parts)


def _numbered(split: Split) -> tuple[Texts, Texts]:
    names = sorted({example.label for example in split.train})
    train, test = (
        Texts([e.text for e in part], [names.index(e.label) for e in part], names)
        for part in (split.train, split.test)
    )
    return train, test


def _divided(split: Split, count: int) -> Division:
    train, test = _numbered(split)
    apart, kept = set_apart(len(train), count)
    return Division(train.choose(sorted(kept)), train.choose(apart), test)


def _questions() -> Division:
    train, test = _numbered(corpora.trec())
    numbers = range(len(train))  # chapter 30 holds the last ones back
    return Division(
        train.choose(numbers[:-500]), train.choose(numbers[-500:]), test
    )


def few(texts: Texts, count: int, seed: int = 0) -> Texts:
    """Return *count* texts as their labels would be bought: from each class in turn.

    Where a class has no more, the others give more.  A draw with a larger *count* and the same
    seed holds the smaller one.

    Raises:
        ValueError: *count* is below the number of classes, or above that of the texts.

    >>> pool = Texts(list("abcdef"), [0, 0, 0, 0, 1, 1], ["x", "y"])
    >>> few(pool, 4).labels
    [0, 1, 0, 1]
    """
    if not len(texts.names) <= count <= len(texts):
        raise ValueError(
            f"{count} labels of {len(texts)} texts in {len(texts.names)} classes: take one of "
            "each class at least, and no more than there are"
        )
    order = list(range(len(texts)))
    random.Random(seed).shuffle(order)
    waiting = [
        [i for i in order if texts.labels[i] == c] for c in range(len(texts.names))
    ]
    chosen: list[int] = []
    while len(chosen) < count:
        for queue in waiting:
            if queue and len(chosen) < count:
                chosen.append(queue.pop(0))
    return texts.choose(chosen)


def labelled(part: Division, count: int | str, seed: int = 0) -> Texts:
    """Return *count* labelled texts of a division; with ``"all"`` all but the test texts."""
    if count != "all":
        return few(part.train, int(count), seed)
    return Texts(
        part.train.texts + part.validation.texts,
        part.train.labels + part.validation.labels,
        part.train.names,
    )
