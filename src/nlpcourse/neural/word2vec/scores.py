"""Do vectors agree with people?  Rank correlation with ratings, and analogies answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nlpcourse.corpora.records import WordPair
from nlpcourse.neural.word2vec.vectors import WordVectors

Values = Tensor | Sequence[float]


def as_values(given: Values) -> Tensor:
    """Return numbers of any kind of sequence as a tensor of 64 bits, (values,).

    Raises:
        ValueError: they are no list of numbers.

    >>> as_values([1, 2])
    tensor([1., 2.], dtype=torch.float64)
    """
    try:
        values = torch.as_tensor(given, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        values = torch.zeros(1, 1)
    if values.dim() != 1:
        raise ValueError(f"give a list of numbers, not {str(given)[:60]}")
    return values


def ranks(values: Tensor) -> Tensor:
    """Return every value's place when sorted, from 1; equal values share their mean place.

    >>> ranks(torch.tensor([10.0, 30.0, 20.0, 20.0])).tolist()
    [1.0, 4.0, 2.5, 2.5]
    """
    _, group, size = torch.unique(values, return_inverse=True, return_counts=True)
    last = size.cumsum(0)  # the last place of each group of equals
    middle: Tensor = last - (size - 1) / 2
    return middle[group].double()


def spearman(one: Values, other: Values) -> float:
    """Return Spearman's rank correlation, from −1 to 1: Pearson's correlation of the ranks.

    Raises:
        ValueError: fewer than two values, not as many of one as of the other, a value that is
            no number, or values that are all equal and so have no order.

    Source: Spearman (1904).

    >>> spearman(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([10.0, 11.0, 90.0]))
    1.0
    """
    one, other = as_values(one), as_values(other)
    if len(one) != len(other) or len(one) < 2:
        raise ValueError(
            f"{len(one)} and {len(other)} values: as many of one as of the "
            "other are needed, "
            "and two at least"
        )
    for values in (one, other):
        if bool(values.isnan().any()) or bool((values == values[0]).all()):
            raise ValueError(
                "values that are all equal, or no numbers, have no order"
            )
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

    Raises:
        ValueError: fewer than two pairs are left, or all their cosines or ratings are equal.
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

    Raises:
        ValueError: fewer than one question at once.
    """
    if rows < 1:
        raise ValueError(f"answer one question at once or more, not {rows}")
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


def nearest_is_given(
    vectors: WordVectors, questions: Sequence[Question], rows: int = 256
) -> float:
    """Return the share of questions whose nearest word of all is one of the three given.

    Args:
        vectors: of words in small letters.
        questions: as for :func:`answers`; those with a word that has no vector are left out.
        rows: questions looked at at once.

    Raises:
        ValueError: fewer than one question at once, or none whose words have vectors.
    """
    if rows < 1:
        raise ValueError(f"look at one question at once or more, not {rows}")
    small = [tuple(word.lower() for word in question) for question in questions]
    known = [q for q in small if all(word in vectors for word in q)]
    if not known:
        raise ValueError("no question has vectors for all its words")
    given = 0
    for start in range(0, len(known), rows):
        part = known[start : start + rows]
        number = torch.tensor([[vectors.number(word) for word in q] for q in part])
        a, b, c = (vectors.units[number[:, k]] for k in range(3))
        best = ((b - a + c) @ vectors.units.T).argmax(dim=1, keepdim=True)
        given += int((best == number[:, :3]).any(dim=1).sum())
    return given / len(known)


def among_nearest(
    vectors: WordVectors, pairs: Iterable[tuple[str, str]], top: int = 10
) -> list[str]:
    """Return the pairs of words of which one is among the *top* nearest of the other."""
    found = []
    for one, other in pairs:
        if other in dict(vectors.nearest(one, top)) or one in dict(
            vectors.nearest(other, top)
        ):
            found.append(f"{one}-{other}")
    return found


def shared_neighbours(
    one: WordVectors, other: WordVectors, words: Iterable[str], top: int = 10
) -> float:
    """Return how many of the *top* nearest of a word two tables share, on average over *words*.

    Neighbours are sought among the words that both tables have; a word that one of them lacks is
    left out.

    Raises:
        ValueError: no word is in both tables, or *top* is below one.
    """
    both = [word for word in one.words if word in other]
    tables = [
        WordVectors(both, table.vectors[[table.number(word) for word in both]])
        for table in (one, other)
    ]
    counts = []
    for word in words:
        if word in tables[0]:
            lists = [{near for near, _ in t.nearest(word, top)} for t in tables]
            counts.append(len(lists[0] & lists[1]))
    if not counts:
        raise ValueError("none of the words is in both tables")
    return sum(counts) / len(counts)
