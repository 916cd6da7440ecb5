"""Do vectors agree with people?  Rank correlation with ratings, and analogies answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nlpcourse.corpora.records import WordPair
from nlpcourse.neural.word2vec.vectors import WordVectors


def ranks(values: Tensor) -> Tensor:
    """Return every value's place when sorted, from 1; equal values share their mean place.

    >>> ranks(torch.tensor([10.0, 30.0, 20.0, 20.0])).tolist()
    [1.0, 4.0, 2.5, 2.5]
    """
    _, group, size = torch.unique(values, return_inverse=True, return_counts=True)
    last = size.cumsum(0)  # the last place of each group of equals
    middle: Tensor = last - (size - 1) / 2
    return middle[group].double()


def spearman(one: Tensor, other: Tensor) -> float:
    """Return Spearman's rank correlation, from −1 to 1: Pearson's correlation of the ranks.

    Source: Spearman (1904).

    >>> spearman(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([10.0, 11.0, 90.0]))
    1.0
    """
    both = torch.stack([ranks(one), ranks(other)])
    return round(float(torch.corrcoef(both)[0, 1]), 12)


@dataclass(frozen=True)
class Agreement:
    """How well cosines order pairs of words as people do.

    Attributes:
        correlation: Spearman's, over the pairs whose two words have vectors.
        used: these pairs.
        asked: all pairs.
    """

    correlation: float
    used: int
    asked: int


def agreement(vectors: WordVectors, rated: Sequence[WordPair]) -> Agreement:
    """Return how well the vectors' cosines agree with people's ratings.

    Args:
        vectors: of words in small letters.
        rated: pairs of words with ratings; pairs with a word that has no vector are left out.
    """
    small = [
        (pair.first.lower(), pair.second.lower(), pair.rating) for pair in rated
    ]
    known = [pair for pair in small if pair[0] in vectors and pair[1] in vectors]
    cosines = [vectors.similarity(one, other) for one, other, _ in known]
    ratings = torch.tensor([rating for *_, rating in known])
    correlation = spearman(torch.tensor(cosines), ratings)
    return Agreement(correlation, len(known), len(rated))


@dataclass(frozen=True)
class Answers:
    """How many of a section's questions were answered rightly.

    Attributes:
        right: right answers.
        used: questions whose four words have vectors.
        asked: all questions.
    """

    right: int
    used: int
    asked: int

    def __add__(self, other: Answers) -> Answers:
        """Return the answers of two sections together."""
        return Answers(
            self.right + other.right,
            self.used + other.used,
            self.asked + other.asked,
        )

    @property
    def accuracy(self) -> float:
        """The share of right answers among the questions used."""
        return self.right / self.used if self.used else 0.0


Question = tuple[str, str, str, str]


def answers(
    vectors: WordVectors, questions: Sequence[Question], rows: int = 256
) -> Answers:
    """Answer questions "a is to b as c is to …" by the word nearest to b − a + c.

    Args:
        vectors: of words in small letters.
        questions: a, b, c and the right answer; the three words given are never an answer.
        rows: questions answered at once.
    """
    small = [tuple(word.lower() for word in question) for question in questions]
    known = [q for q in small if all(word in vectors for word in q)]
    right = 0
    for start in range(0, len(known), rows):
        part = known[start : start + rows]
        number = torch.tensor([[vectors.number(word) for word in q] for q in part])
        a, b, c = (
            vectors.units[number[:, k]] for k in range(3)
        )  # (questions, size)
        scores = (b - a + c) @ vectors.units.T  # (questions, words)
        scores.scatter_(1, number[:, :3], -torch.inf)
        right += int((scores.argmax(dim=1) == number[:, 3]).sum())
    return Answers(right, len(known), len(questions))


def answer_all(
    vectors: WordVectors, sections: Mapping[str, Sequence[Question]]
) -> tuple[Answers, Answers]:
    """Return the answers to the semantic and to the syntactic sections.

    The syntactic sections are those whose names begin with *gram*.
    """
    semantic, syntactic = Answers(0, 0, 0), Answers(0, 0, 0)
    for name, questions in sections.items():
        if name.startswith("gram"):
            syntactic += answers(vectors, questions)
        else:
            semantic += answers(vectors, questions)
    return semantic, syntactic
