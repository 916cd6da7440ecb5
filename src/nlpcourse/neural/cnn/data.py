"""The sentences of both tasks, as numbers in batches."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.evaluation import cross_validation_folds
from nlpcourse.statistics.naive_bayes.features import words

PADDING, UNKNOWN = 0, 1
FILMS_APART, QUESTIONS_APART = 2_000, 1_000
"""Film sentences and TREC's training questions on which the settings are chosen."""

FOLDS = 5
"""Of every cross-validation of the film sentences."""

TREC_LABELS = ("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM")
MOVIE_LABELS = ("bad", "good")


@dataclass(frozen=True)
class Labelled:
    """Sentences as lists of words, and the number of each one's class."""

    documents: list[list[str]]
    labels: list[int]

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.labels)

    def choose(self, indices: Iterable[int]) -> Labelled:
        """Return the sentences of these numbers, in that order."""
        kept = list(indices)
        return Labelled(
            [self.documents[i] for i in kept], [self.labels[i] for i in kept]
        )


@lru_cache(maxsize=1)
def movie_sentences() -> Labelled:
    """Return the film sentences: class 1 where people's mean rating is above zero.

    Class 0 is below zero; sentences rated exactly zero are left out.
    """
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0]
    return Labelled(
        [words(r.text) for r in rated], [int(r.rating > 0) for r in rated]
    )


def set_apart(total: int, count: int) -> tuple[list[int], list[int]]:
    """Return the numbers of *count* texts set apart by a fixed draw, and of the rest.

    Raises:
        ValueError: nothing would be left, or nothing is to be set apart.

    >>> apart, rest = set_apart(5, 2)
    >>> len(apart), sorted(apart + rest)
    (2, [0, 1, 2, 3, 4])
    """
    if not 0 < count < total:
        raise ValueError(
            f"{count} of {total} texts can't be set apart: some must be, and some left"
        )
    order = list(range(total))
    random.Random(24).shuffle(order)
    return order[:count], order[count:]


def movie_choice() -> tuple[Labelled, Labelled]:
    """Return the film sentences to train and to validate on while settings are chosen."""
    sentences = movie_sentences()
    apart, rest = set_apart(len(sentences), FILMS_APART)
    return sentences.choose(rest), sentences.choose(apart)


def trec_choice() -> tuple[Labelled, Labelled]:
    """Return TREC's training questions to train and to validate on for the choice."""
    questions, _ = trec_questions()
    apart, rest = set_apart(len(questions), QUESTIONS_APART)
    return questions.choose(rest), questions.choose(apart)


def folds_of(
    total: int, shuffle: int = 0, folds: int = FOLDS
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the numbers of the film sentences to train and to test on, fold by fold.

    No fold tests on the sentences that settings were chosen on; all train on them.

    Raises:
        ValueError: there are not enough sentences for that many folds.
    """
    apart, rest = set_apart(total, FILMS_APART)
    for train, test in cross_validation_folds(len(rest), folds, shuffle):
        yield apart + [rest[k] for k in train], [rest[k] for k in test]


def movie_fold(
    fold: int, shuffle: int = 0, folds: int = FOLDS
) -> tuple[Labelled, Labelled]:
    """Return the film sentences to train and to test on, for one fold of a shuffle.

    Raises:
        ValueError: there is no such fold.
    """
    if not 0 <= fold < folds:
        raise ValueError(f"fold {fold} is none of 0 to {folds - 1}")
    sentences = movie_sentences()
    train, test = list(folds_of(len(sentences), shuffle, folds))[fold]
    return sentences.choose(train), sentences.choose(test)


@lru_cache(maxsize=1)
def trec_questions() -> tuple[Labelled, Labelled]:
    """Return TREC's questions to train and to test on; classes as in ``TREC_LABELS``."""
    split = corpora.trec()
    train, test = (
        Labelled(
            [words(q.text) for q in part],
            [TREC_LABELS.index(q.label) for q in part],
        )
        for part in (split.train, split.test)
    )
    return train, test


@dataclass(frozen=True)
class Vocabulary:
    """A number for every frequent enough word; 0 is padding, 1 any other word."""

    numbers: Mapping[str, int]

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]], least: int) -> Vocabulary:
        """Number the words that occur at least *least* times, by the alphabet.

        >>> Vocabulary.of([["so", "so", "good"]], least=2).numbers
        {'so': 2}
        """
        counts = Counter(word for document in documents for word in document)
        kept = sorted(word for word, n in counts.items() if n >= least)
        return cls({word: number for number, word in enumerate(kept, UNKNOWN + 1)})

    def __len__(self) -> int:
        """Return how many rows a table of vectors needs."""
        return len(self.numbers) + 2

    def encode(self, document: Sequence[str]) -> list[int]:
        """Return the words' numbers."""
        return [self.numbers.get(word, UNKNOWN) for word in document]


def stack(rows: Sequence[Sequence[int]], longest: int = 0) -> tuple[Tensor, Tensor]:
    """Return sentences of different lengths as one tensor, and their lengths.

    Args:
        rows: the numbers of each sentence's words.
        longest: pad at least to this length.

    Raises:
        ValueError: there is no sentence.

    >>> stack([[5, 6], [7]])[0].tolist()
    [[5, 6], [7, 0]]
    """
    if not len(rows):
        raise ValueError("a batch needs at least one sentence, and there is none")
    longest = max(longest, *(len(row) for row in rows), 1)
    padded = [[*row, *[PADDING] * (longest - len(row))] for row in rows]
    return torch.tensor(padded), torch.tensor([len(row) for row in rows])


def batches(lengths: Sequence[int], rows: int, seed: int) -> list[list[int]]:
    """Cut sentences into batches of nearly equal length, in a shuffled order.

    A remainder that fills no batch is left out; another seed leaves out others.

    Raises:
        ValueError: a batch of fewer than one sentence was asked for.

    >>> sorted(map(sorted, batches([5, 1, 5, 1], rows=2, seed=0)))
    [[0, 2], [1, 3]]
    """
    if rows < 1:
        raise ValueError(f"a batch holds one sentence or more, not {rows}")
    order = list(range(len(lengths)))
    random.Random(seed).shuffle(order)
    order = order[: len(order) // rows * rows]
    order.sort(key=lambda number: lengths[number])  # equal lengths stay shuffled
    found = [order[start : start + rows] for start in range(0, len(order), rows)]
    random.Random(seed).shuffle(found)
    return found


def padding_shares(lengths: Sequence[int], rows: int) -> dict[str, float]:
    """Return which share of all places is padding, for three ways to cut batches.

    They are: batches of like length, batches as the sentences come, and every sentence filled
    up to the longest of all.

    Raises:
        ValueError: the sentences don't fill a batch, or one is empty.

    >>> {name: round(share, 2) for name, share in padding_shares([1, 3, 1, 3], 2).items()}
    {'sorted': 0.0, 'as-it-comes': 0.33, 'longest': 0.33}
    """
    if not 1 <= rows <= len(lengths):
        raise ValueError(f"{len(lengths)} sentences don't fill a batch of {rows}")
    if min(lengths) < 1:
        raise ValueError(f"a sentence has one word or more, not {min(lengths)}")
    whole = range(0, len(lengths) // rows * rows, rows)
    cuts = {
        "sorted": batches(lengths, rows, seed=0),
        "as-it-comes": [list(range(start, start + rows)) for start in whole],
    }
    found = {}
    for name, cut in cuts.items():
        places = sum(rows * max(lengths[i] for i in batch) for batch in cut)
        found[name] = 1 - sum(lengths[i] for batch in cut for i in batch) / places
    found["longest"] = 1 - sum(lengths) / (len(lengths) * max(lengths))
    return found


def in_order(lengths: Sequence[int], rows: int) -> Iterator[list[int]]:
    """Yield all sentences in batches of nearly equal length, the shortest first.

    Raises:
        ValueError: a batch of fewer than one sentence was asked for.

    >>> list(in_order([5, 1, 3], rows=2))
    [[1, 2], [0]]
    """
    if rows < 1:
        raise ValueError(f"a batch holds one sentence or more, not {rows}")
    order = sorted(range(len(lengths)), key=lambda number: lengths[number])
    for start in range(0, len(order), rows):
        yield order[start : start + rows]
