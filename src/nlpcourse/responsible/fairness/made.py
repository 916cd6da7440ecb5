"""Invented people, in two invented parts of a town, about whom the truth is known.

Nothing here is a measurement of real people.  The groups have no names of real groups: a
generator that gave them would seem to say something about these.  In the world of the
applications both sides of the river are equally able, and those who decided in the past asked
more of one side.  In the world of the loans nobody was unfair, and the sides differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.linear.logistic import sigmoid
from nlpcourse.learning.linear.rows import Array, Integers
from nlpcourse.responsible.fairness.wording import (
    CLUBS,
    COURSES,
    EAST,
    REFERENCES,
    SCHOOLS,
    WEST,
    YEARS,
    application,
    words_of,
)

AT_HOME = {"school": 0.9, "club": 0.75}
"""How often a person goes to a school, or a club, of the own side of the river."""
HELD_AGAINST = 1.2
"""How much more those who decided in the past asked of an applicant from the west."""
MOST_HELD_AGAINST = 10.0
"""The largest that can be asked for: nobody has so much worth."""


@dataclass(frozen=True)
class Applicants:
    """Applications, and what the inventor of the world knows.

    Attributes:
        texts: what the model reads.
        group: EAST or WEST, which no text says, (n,).
        able: 1 who would do the work well, (n,).
        hired: 1 who was taken in the past, (n,).
    """

    texts: list[str]
    group: Integers
    able: Integers
    hired: Integers


def applicants(n: int, seed: int, held_against: float = HELD_AGAINST) -> Applicants:
    """Invent so many applicants.

    Args:
        n: people.
        seed: of the generator.
        held_against: what the past asked more of the west; 0 for a fair past, below 0 for one
            that asked more of the east.

    Raises:
        ValueError: *n* is below 1, or *held_against* is no number from −10 to 10.
    """
    if n < 1 or not abs(held_against) <= MOST_HELD_AGAINST:
        raise ValueError(
            f"{n} applicants of whom {held_against} is asked more: give one or more, and "
            f"a number from -{MOST_HELD_AGAINST:g} to {MOST_HELD_AGAINST:g}, such as "
            f"{HELD_AGAINST}"
        )
    chance = np.random.default_rng(seed)
    group = chance.integers(0, 2, n)
    years = chance.integers(0, len(YEARS), n)
    references = chance.choice(list(REFERENCES), n)
    courses = chance.choice(list(COURSES), n)
    where = {
        what: np.where(chance.random(n) < share, group, 1 - group)
        for what, share in AT_HOME.items()
    }
    which = chance.integers(0, 2, (2, n))
    worth = 0.4 * (years - 4.5) + np.array([REFERENCES[r] for r in references])
    worth = worth + np.array([COURSES[c] for c in courses]) - 0.4
    texts = [
        application(
            int(years[i]),
            str(references[i]),
            str(courses[i]),
            SCHOOLS[int(where["school"][i])][which[0, i]],
            CLUBS[int(where["club"][i])][which[1, i]],
        )
        for i in range(n)
    ]
    able = worth + chance.logistic(0, 0.5, n) > 0
    hired = worth - held_against * (group == WEST) + chance.logistic(0, 0.5, n) > 0
    return Applicants(texts, group, able.astype(np.int64), hired.astype(np.int64))


def vocabulary_of(texts: Sequence[str]) -> list[str]:
    """Return all words of the applications in alphabetical order."""
    return sorted({word for text in texts for word in words_of(text)})


def word_table(texts: Sequence[str], vocabulary: Sequence[str]) -> Array:
    """Return 1 for each word that a text holds, (n, words); words out of the list are left out."""
    column = {word: j for j, word in enumerate(vocabulary)}
    table = np.zeros((len(texts), len(vocabulary)))
    for i, text in enumerate(texts):
        table[i, [column[w] for w in words_of(text) if w in column]] = 1.0
    return table


@dataclass(frozen=True)
class Loans:
    """Requests for a loan, and whether it was paid back.

    Attributes:
        table: income, debts and years at one address, each about 0 with spread 1, (n, 3).
        group: EAST or WEST, (n,).
        repaid: 1 who paid back, (n,).
        true_probability: with which each did, which only the inventor knows, (n,).
    """

    table: Array
    group: Integers
    repaid: Integers
    true_probability: Array


def loans(n: int, seed: int, apart: float = 1.0) -> Loans:
    """Invent so many requests.

    Args:
        n: people.
        seed: of the generator.
        apart: by how many spreads the incomes of the east lie above those of the west.

    Raises:
        ValueError: *n* is below 1, or *apart* is not a number.
    """
    if n < 1 or not np.isfinite(apart):
        raise ValueError("requests are one or more, and the distance a number")
    chance = np.random.default_rng(seed)
    group = chance.integers(0, 2, n)
    table = chance.normal(size=(n, 3))
    table[:, 0] += apart * np.where(group == EAST, 0.5, -0.5)
    p = sigmoid(0.4 + 1.5 * table[:, 0] - 1.0 * table[:, 1] + 0.5 * table[:, 2])
    return Loans(table, group, (chance.random(n) < p).astype(np.int64), p)
