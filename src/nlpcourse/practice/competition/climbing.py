"""Climbing a leaderboard without a look at the data: guess often, keep what scored, take a vote.

Source: Blum and Hardt (2015), section 4, the boosting attack.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import ne
from statistics import NormalDist

from nlpcourse.practice.competition.ladder import free_ladder

Answer = list[int]
"""Labels 0 and 1, one a row."""


def coin_answers(rows: int, rng: random.Random) -> Answer:
    """Return a label by a coin for every row.

    Raises:
        ValueError: the number of rows is negative.

    >>> coin_answers(6, random.Random(0))
    [1, 1, 0, 0, 1, 0]
    """
    if rows < 0:
        raise ValueError(f"the number of rows can't be negative: {rows}")
    return [byte & 1 for byte in rng.randbytes(rows)]


def loss(gold: Sequence[int], answer: Sequence[int]) -> float:
    """Return the share of rows that an answer has wrong.

    Raises:
        ValueError: the lengths differ or are zero.

    >>> loss([0, 1, 1, 0], [0, 1, 0, 0])
    0.25
    """
    if len(gold) != len(answer) or len(gold) == 0:
        raise ValueError(
            f"{len(gold)} labels and {len(answer)} answers; give the same, one or more"
        )
    wrong: int = sum(map(ne, gold, answer))
    return wrong / len(gold)


def majority(answers: Sequence[Sequence[int]]) -> Answer:
    """Return for every row the label that at least half of the answers give; ties go to 1.

    Raises:
        ValueError: there are no answers, or they have not the same length.

    >>> majority([[1, 0, 0], [1, 1, 0], [0, 1, 0]])
    [1, 1, 0]
    """
    if not answers or any(len(a) != len(answers[0]) for a in answers):
        raise ValueError("a vote takes one answer or more, all of the same length")
    return [
        int(2 * sum(votes) >= len(answers)) for votes in zip(*answers, strict=True)
    ]


def kept_by_score(reported: Sequence[float]) -> list[int]:
    """Return the submissions that a board gave a loss of one half or less.

    >>> kept_by_score([0.52, 0.48, 0.5])
    [1, 2]
    """
    return [i for i, value in enumerate(reported) if value <= 0.5]


def kept_by_progress(reported: Sequence[float]) -> list[int]:
    """Return the submissions at which a board's answer fell: all that a Ladder tells.

    >>> kept_by_progress([0.48, 0.48, 0.45])
    [0, 2]
    """
    before = [0.5, *reported]
    return [i for i, value in enumerate(reported) if value < before[i]]


def climb(
    report: Callable[[Sequence[Answer]], Sequence[float]],
    keep: Callable[[Sequence[float]], list[int]],
    rows: int,
    guesses: int,
    seed: int = 0,
) -> Answer:
    """Hand in so many coin answers and return the vote of those that are worth keeping.

    Args:
        report: the board: what it says after each answer, losses on rows that nobody sees.
        keep: which submissions to keep, by what the board said.
        rows: of the test.
        guesses: submissions.
        seed: of the coins.

    Source: Blum and Hardt (2015), section 4.

    Raises:
        ValueError: there is no row or no guess.

    >>> hidden = coin_answers(400, random.Random(1))
    >>> board = lambda answers: [loss(hidden, answer) for answer in answers]
    >>> loss(hidden, climb(board, kept_by_score, 400, guesses=100)) < 0.45
    True
    """
    if rows < 1 or guesses < 1:
        raise ValueError(
            f"give 1 row and 1 guess or more, not {rows} and {guesses}"
        )
    rng = random.Random(seed)
    tried = [coin_answers(rows, rng) for _ in range(guesses)]
    kept = [tried[i] for i in keep(report(tried))]
    return majority(kept or tried[:1])


@dataclass(frozen=True)
class Race:
    """Where the two climbers end: losses on the board's rows and on rows that it never used."""

    plain: float
    plain_fresh: float
    ladder: float
    ladder_fresh: float


def race(public: int, fresh: int, guesses: int, seed: int = 0) -> Race:
    """Climb a board that shows every score, and the parameter-free Ladder, with the same coins.

    Args:
        public: rows that the board scores.
        fresh: rows that only the end scores.
        guesses: submissions to each.
        seed: of the hidden labels and of the coins.

    Source: Blum and Hardt (2015), section 4 and figure 2, as in the authors' program.

    Raises:
        ValueError: there are fewer than two public rows, no fresh row, or no guess.
    """
    if public < 2 or fresh < 1:
        raise ValueError(
            f"give 2 public rows and 1 fresh one or more, not {public} and {fresh}"
        )
    hidden = coin_answers(public + fresh, random.Random(f"hidden {seed}"))
    seen, unseen = hidden[:public], hidden[public:]

    def plain(answers: Sequence[Answer]) -> list[float]:
        return [round(loss(seen, answer[:public]), 5) for answer in answers]

    def steps(answers: Sequence[Answer]) -> list[float]:
        return free_ladder(
            [[*map(ne, seen, answer[:public])] for answer in answers]
        )

    rng = random.Random(seed)
    tried = [coin_answers(len(hidden), rng) for _ in range(guesses)]
    ends: list[float] = []
    for kept in (kept_by_score(plain(tried)), kept_by_progress(steps(tried))):
        vote = majority([tried[i] for i in kept] or tried[:1])
        ends += [loss(seen, vote[:public]), loss(unseen, vote[public:])]
    return Race(*ends)


def hill_climb(
    moved: Callable[[Sequence[int], Sequence[int]], bool],
    hidden: Sequence[int],
    public: int,
    guesses: int,
    flips: int,
    seed: int = 0,
) -> Answer:
    """Change a few answers of the best submission, hand it in, keep it if the board moved.

    Args:
        moved: the board: whether it moves from the errors of the best to those of a new one.
        hidden: the labels, of which the board scores the first *public*; nothing else is used.
        public: rows that the board scores.
        guesses: submissions.
        flips: answers that are turned round each time, anywhere in the test.
        seed: of the first answers and of the flips.

    Raises:
        ValueError: there is no public row or guess, or there are fewer rows than flips.

    >>> hidden = coin_answers(400, random.Random(1))
    >>> better = lambda new, best: sum(new) < sum(best)
    >>> loss(hidden, hill_climb(better, hidden, 400, guesses=100, flips=9)) < 0.45
    True
    """
    if not (
        1 <= public <= len(hidden) and guesses >= 1 and 0 <= flips <= len(hidden)
    ):
        raise ValueError(
            "give 1 public row and 1 guess or more, and no more flips than rows, "
            f"not {public}, {guesses} and {flips}"
        )
    rng = random.Random(seed)
    best = coin_answers(len(hidden), rng)
    wrong = [*map(ne, hidden[:public], best)]
    for _ in range(guesses - 1):
        new = list(best)
        for i in rng.sample(range(len(hidden)), flips):
            new[i] = 1 - new[i]
        errors = [*map(ne, hidden[:public], new)]
        if moved(errors, wrong):
            best, wrong = new, errors
    return best


def tune_by_board(
    told: Callable[[Sequence[str]], float],
    mine: Sequence[str],
    other: Sequence[str],
    guesses: int,
    changes: int = 5,
    seed: int = 0,
) -> Iterator[list[str]]:
    """Yield the best submission after each guess of somebody who asks the board and nothing else.

    Each guess takes the answers of another model in a few rows where the two differ, or takes them
    back, and stays if the board went up.

    Args:
        told: what the board says of a submission; it may remember what it said.
        mine, other: two submissions, one label a row.
        guesses: submissions.
        changes: rows that change each time; fewer where the two differ in fewer.
        seed: of the choice of rows.

    Raises:
        ValueError: the lengths differ, or a number is negative.

    >>> gold = "abab"
    >>> told = lambda labels: sum(a == b for a, b in zip(labels, gold))
    >>> [*tune_by_board(told, "aaaa", "bbbb", guesses=30, changes=1)][-1]
    ['a', 'b', 'a', 'b']
    """
    if len(mine) != len(other) or min(guesses, changes) < 0:
        raise ValueError(
            f"give two submissions of one length, not {len(mine)} and {len(other)} "
            "rows, and no negative number"
        )
    rng = random.Random(seed)
    differ = [i for i, (a, b) in enumerate(zip(mine, other, strict=True)) if a != b]
    best, best_told = list(mine), told(mine)
    for _ in range(guesses):
        new = list(best)
        for i in rng.sample(differ, min(changes, len(differ))):
            new[i] = other[i] if new[i] == mine[i] else mine[i]
        now = told(new)
        if now > best_told:
            best, best_told = new, now
        yield best


def climbed(rows: int, guesses: float) -> float:
    """Return the loss on the board that :func:`climb` is to be expected to reach.

    A kept answer is better than a coin by √(2/π) standard errors, on every row a little; about half
    of the guesses are kept, and the vote adds their advantages up: Φ(−√(k / πn)).

    Raises:
        ValueError: there is no row, or a negative number of guesses.

    >>> round(climbed(4000, 400), 3)
    0.429
    """
    if rows < 1 or not 0 <= guesses < math.inf:
        raise ValueError(
            f"give 1 row or more and 0 guesses or more, not {rows} and {guesses}"
        )
    return NormalDist().cdf(-math.sqrt(guesses / (math.pi * rows)))
