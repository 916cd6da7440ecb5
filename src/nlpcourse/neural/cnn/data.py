"""The sentences of both tasks, as numbers in batches."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.evaluation import cross_validation_folds
from nlpcourse.statistics.naive_bayes import words

PADDING, UNKNOWN = 0, 1
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


def movie_fold(
    fold: int, shuffle: int = 0, folds: int = 10
) -> tuple[Labelled, Labelled]:
    """Return the film sentences to train and to test on, for one fold of a shuffle."""
    sentences = movie_sentences()
    parts = list(cross_validation_folds(len(sentences), folds, shuffle))
    train, test = parts[fold]
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


def glove_vocabulary(
    documents: Sequence[Sequence[str]],
) -> tuple[Vocabulary, Tensor]:
    """Return the words that have a GloVe vector, and the table of their vectors.

    The padding's vector is zero, the unknown word's is the mean of all.
    """
    glove = corpora.glove_50d()
    place = {word: row for row, word in enumerate(glove.words)}
    known = sorted({w for document in documents for w in document if w in place})
    rows = np.asarray(glove.vectors[[place[word] for word in known]], np.float32)
    vectors = torch.from_numpy(rows)
    table = torch.cat(
        [
            torch.zeros(1, vectors.shape[1]),
            vectors.mean(dim=0, keepdim=True),
            vectors,
        ]
    )
    return Vocabulary({word: number for number, word in enumerate(known, 2)}), table


def stack(rows: Sequence[Sequence[int]], longest: int = 0) -> tuple[Tensor, Tensor]:
    """Return sentences of different lengths as one tensor, and their lengths.

    Args:
        rows: the numbers of each sentence's words.
        longest: pad at least to this length.

    >>> stack([[5, 6], [7]])[0].tolist()
    [[5, 6], [7, 0]]
    """
    longest = max(longest, *(len(row) for row in rows), 1)
    padded = [[*row, *[PADDING] * (longest - len(row))] for row in rows]
    return torch.tensor(padded), torch.tensor([len(row) for row in rows])


def batches(lengths: Sequence[int], rows: int, seed: int) -> list[list[int]]:
    """Cut sentences into batches of nearly equal length, in a shuffled order.

    A remainder that fills no batch is left out; another seed leaves out others.

    >>> sorted(map(sorted, batches([5, 1, 5, 1], rows=2, seed=0)))
    [[0, 2], [1, 3]]
    """
    order = list(range(len(lengths)))
    random.Random(seed).shuffle(order)
    order = order[: len(order) // rows * rows]
    order.sort(key=lambda number: lengths[number])  # equal lengths stay shuffled
    found = [order[start : start + rows] for start in range(0, len(order), rows)]
    random.Random(seed).shuffle(found)
    return found


def in_order(lengths: Sequence[int], rows: int) -> Iterator[list[int]]:
    """Yield all sentences in batches of nearly equal length, the shortest first.

    >>> list(in_order([5, 1, 3], rows=2))
    [[1, 2], [0]]
    """
    order = sorted(range(len(lengths)), key=lambda number: lengths[number])
    for start in range(0, len(order), rows):
        yield order[start : start + rows]
