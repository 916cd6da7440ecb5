"""What twins do to a score: spam that has a near duplicate in the training data, and other spam."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlpcourse.learning.topics.bags import words
from nlpcourse.practice.projects.groups import deal, groups
from nlpcourse.practice.projects.material import Row
from nlpcourse.statistics.naive_bayes.features import count
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes

TRAIN, TEST = 3000, 1500
ALPHA = 0.5


@dataclass(frozen=True)
class Recalls:
    """The share of the test's spam that naive Bayes finds, and of how many.

    Attributes:
        twins: of spam with a near duplicate in the training data.
        others: of the rest.
        n_twins: messages of the first kind.
        apart: of all test spam where twins were dealt to one side.
        apart_grouped: of that with a near duplicate anywhere, which is then in the test, too.
        apart_alone: of the rest of it.
    """

    twins: float
    others: float
    n_twins: int
    apart: float
    apart_grouped: float
    apart_alone: float


def _found(rows: Sequence[Row], train: list[int], asked: list[int]) -> list[bool]:
    """Train on some messages; return for each of the asked ones whether it is taken for spam."""
    documents = [words(rows[i].text) for i in train]
    counts = count(documents, [rows[i].gold for i in train])
    model = MultinomialNaiveBayes(counts, alpha=ALPHA)
    return [model.predict(words(rows[i].text)) == "spam" for i in asked]


def recalls(
    rows: Sequence[Row], pairs: Iterable[tuple[int, int]], seed: int = 0
) -> Recalls:
    """Deal the messages one by one, and then by groups; return what is found of the spam.

    Args:
        rows: messages, some of them spam.
        pairs: near duplicates among them.
        seed: of the dealing.

    Raises:
        ValueError: there are too few rows, or one of the kinds is missing in the test.
    """
    near: list[set[int]] = [set() for _ in rows]
    pairs = list(pairs)
    for i, j in pairs:
        near[i].add(j)
        near[j].add(i)
    train, test = deal([[i] for i in range(len(rows))], [TRAIN, TEST], seed)
    known = set(train)
    spam = [i for i in test if rows[i].gold == "spam"]
    twins = [bool(near[i] & known) for i in spam]
    if all(twins) or not any(twins):
        raise ValueError("the test needs spam with a twin and spam without one")
    found = list(zip(twins, _found(rows, train, spam), strict=True))
    train, test = deal(groups(len(rows), pairs), [TRAIN, TEST], seed)
    spam = [i for i in test if rows[i].gold == "spam"]
    apart = [
        (bool(near[i]), f)
        for i, f in zip(spam, _found(rows, train, spam), strict=True)
    ]
    return Recalls(
        twins=_share(found, True),
        others=_share(found, False),
        n_twins=sum(twins),
        apart=sum(f for _, f in apart) / len(apart),
        apart_grouped=_share(apart, True),
        apart_alone=_share(apart, False),
    )


def _share(found: list[tuple[bool, bool]], kind: bool) -> float:
    """Return the share that was found of those of one kind; 0 where there are none."""
    chosen = [f for k, f in found if k == kind]
    return sum(chosen) / len(chosen) if chosen else 0.0
