"""The checks of chapter 39's exercises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import NormalDist
from typing import Any

from nlpcourse.exercises import (
    Hint,
    all_close,
    close,
    exercise,
    left_alone,
    number,
    numbers,
    parameters,
    same_items,
)

# ------------------------------------------------------------------------------------- 39.1

BOARDS = [
    [0.8, 0.9, 0.8, 0.7],
    [0.5],
    [0.5, 0.5, 0.5],
    [0.1, 0.2, 0.3],
    [],
    [-0.1, 0.4, 0.4, 0.4, 0.9, 0.9],
]


@exercise("39.1")
def places(answer: Callable[[list[float]], Sequence[int]]) -> str:
    """Places on a board, shared by equal scores."""
    for scores in BOARDS:
        right = [1 + sum(other > mine for other in scores) for mine in scores]
        given = list(scores)
        got = answer(given)
        left_alone(given, scores)
        if same_items(got, right):
            continue
        found = numbers(got)
        if found is None or len(found) != len(scores):
            raise Hint(
                f"For {scores} you gave back {got!r}. Is that one place for every team?"
            )
        if same_items(got, [1 + sum(o < s for o in scores) for s in scores]):
            raise Hint(f"For {scores}: is a larger score not the better one?")
        if same_items(got, [len({o for o in scores if o >= s}) for s in scores]):
            raise Hint(
                f"For {scores}: if two teams share place 1, does the next one stand at 2, or has"
                " it two teams before it?"
            )
        raise Hint(
            f"For {scores} the places are {right}, not {got!r}. How many teams have a higher"
            " score than each?"
        )
    return (
        "Places with gaps after ties are called standard competition ranking, 1-2-2-4; scipy's"
        " `rankdata` knows it as the method 'min'."
    )


# ------------------------------------------------------------------------------------- 39.2

FILES: list[tuple[list[str], list[str]]] = [
    (["a", "b", "c"], ["a", "b", "c"]),
    (["a", "b", "c"], ["c", "a"]),
    (["a", "b"], ["a", "b", "b", "b"]),
    (["a", "b"], ["z", "a", "b"]),
    (["b", "a", "d", "c"], ["z", "c", "c", "y"]),
    (["a"], []),
    (["a", "b"], ["z", "z", "a", "b"]),
]


def _faults(test: list[str], handed: list[str]) -> list[list[str]]:
    missing = sorted(set(test) - set(handed))
    twice = sorted({i for i in handed if handed.count(i) > 1})
    return [missing, twice, sorted(set(handed) - set(test))]


@exercise("39.2")
def faults(answer: Callable[[list[str], list[str]], Any]) -> str:
    """Missing, repeated and unknown ids of a submission, each in alphabetical order."""
    for test, handed in FILES:
        right = _faults(test, handed)
        given = list(test), list(handed)
        got = answer(*given)
        left_alone(given, (test, handed), "lists")
        if same_items(got, right):
            continue
        shown = f"For the test's ids {test} and a file with {handed}"
        try:
            parts = [list(part) for part in got]
        except TypeError:
            parts = []
        if len(parts) != 3 or any(isinstance(part, str) for part in got):
            raise Hint(f"{shown} you gave back {got!r}. Are those three lists?")
        for name, part, wanted in zip(
            ("missing", "repeated", "unknown"), parts, right, strict=True
        ):
            if part == wanted:
                continue
            if [i for i, _ in _runs(part)] == wanted and part != wanted:
                raise Hint(f"{shown}: does an id stand only once in {name}?")
            if len(part) == len(wanted) and set(part) == set(wanted):
                raise Hint(f"{shown}: is {name} in alphabetical order?")
            raise Hint(
                f"{shown}: {name} should be {wanted}, not {part}. Which ids are?"
            )
        raise Hint(f"{shown} you gave back {got!r}. Are the parts lists?")
    return (
        "A checker that names the first fault saves a submission; one that a participant can run"
        " at home saves the day's limit."
    )


def _runs(items: list[Any]) -> list[tuple[Any, int]]:
    """Return the items without immediate repeats, each with its count."""
    found: list[tuple[Any, int]] = []
    for item in items:
        if found and found[-1][0] == item:
            found[-1] = (item, found[-1][1] + 1)
        else:
            found.append((item, 1))
    return found


# ------------------------------------------------------------------------------------- 39.3


def draw_board(rng: random.Random) -> dict[str, Any]:
    """Return the numbers of a board and of the climber who wants to be on it."""
    return {
        "rows": rng.choice([300, 500, 800, 1200]),
        "limit": rng.choice([2, 3, 5]),
        "wanted": rng.choice([0.35, 0.38, 0.4, 0.42]),
    }


def days_to(rows: int, limit: int, wanted: float) -> int:
    """Return on which day a climber's board shows the wanted loss."""
    guesses = math.pi * rows * NormalDist().inv_cdf(wanted) ** 2
    return math.ceil(guesses / limit)


@exercise("39.3", parameters=draw_board, cases=3)
def days(answer: object) -> str:
    """How many days a climber needs at so many submissions a day."""
    p = parameters("39.3")
    right = days_to(**p)
    if close(answer, right):
        return (
            f"{right} days for a place that is worth nothing: a limit a day slows a climber and"
            " does not stop it, and the needed guesses grow in proportion to the rows."
        )
    got = number(answer)
    guesses = math.pi * p["rows"] * NormalDist().inv_cdf(p["wanted"]) ** 2
    if got is None or not math.isfinite(got):
        raise Hint("Which whole number of days is it?")
    if math.ceil(guesses) == math.ceil(got):
        raise Hint("Those are guesses. How many may be handed in on a day?")
    if close(got, guesses / p["limit"], rel=1e-3) or got == right - 1:
        raise Hint(
            "On which day is the last guess handed in, counted in whole days?"
        )
    if close(got, math.ceil(guesses * p["limit"])):
        raise Hint("Do more submissions a day make it longer, or shorter?")
    raise Hint(
        "Put the wanted loss on the left of the equation: Φ(−√(k / πn)). What must stand inside"
        " of Φ, and which k makes it so?"
    )


# ------------------------------------------------------------------------------------- 39.4

CLIMBS: list[tuple[list[float], float]] = [
    ([0.48, 0.47, 0.3, 0.52], 0.1),
    ([0.37], 0.1),
    ([], 0.1),
    ([0.5, 0.41, 0.36, 0.33, 0.27, 0.9], 0.05),
    ([0.21, 0.24, 0.12, 0.11, 0.04], 0.08),
]


def _ladder(losses: Sequence[float], step: float) -> list[float]:
    told, best = [], math.inf
    for loss in losses:
        if loss < best - step:
            best = round(loss / step) * step
        told.append(best)
    return told


@exercise("39.4")
def ladder_reports(answer: Callable[[list[float], float], Any]) -> str:
    """The Ladder with a step."""
    for losses, step in CLIMBS:
        right = _ladder(losses, step)
        given = list(losses)
        got = answer(given, step)
        left_alone(given, losses)
        shown = f"For {losses} and a step of {step}"
        found = numbers(got)
        if found is None or len(found) != len(losses):
            raise Hint(
                f"{shown} you gave back {got!r}. Is that a report for each loss?"
            )
        if all_close(got, right):
            continue
        if any(b > a + 1e-9 for a, b in pairwise(found)):
            raise Hint(f"{shown} your report goes up. What does a team's best do?")
        best = [min(losses[: k + 1]) for k in range(len(losses))]
        if all_close(got, best):
            raise Hint(f"{shown} you tell every small gain. Is each one a step?")
        nearest = [round(b / step) * step for b in best]
        if all_close(got, nearest):
            raise Hint(
                f"{shown} you round the best. By how much must a loss beat the last report?"
            )
        raise Hint(
            f"{shown} the reports are {[round(r, 4) for r in right]}, not {got!r}. When does the"
            " report change, and to which multiple of the step?"
        )
    return (
        "A run of the Ladder is told by a few numbers: at which submissions it moved, and to where."
        " That is why so little of the hidden labels can leak."
    )


# ------------------------------------------------------------------------------------- 39.5

ROWS, GUESSES, FLIPS, SAFE, NEAR = 300, 60, 9, 0.42, 0.05
"""The open exercise: rows, submissions, answers changed, how low a climber may get, how near."""


def _coins(n: int, rng: random.Random) -> list[int]:
    return [rng.randrange(2) for _ in range(n)]


def honest_errors(seed: int = 0) -> list[list[int]]:
    """Return the errors of a team that improves by large steps, and once falls back."""
    rng = random.Random(seed)
    order = rng.sample(range(ROWS), ROWS)
    found = []
    for share in (0.5, 0.4, 0.3, 0.38, 0.2):
        wrong = set(order[: int(share * ROWS)])
        found.append([int(i in wrong) for i in range(ROWS)])
    return found


def climbed_to(board: Callable[[list[list[int]]], Any], seed: int) -> float:
    """Return how low a climber gets on a board: the better of two ways to keep guesses."""
    rng = random.Random(seed)
    hidden = _coins(ROWS, rng)
    tried = [_coins(ROWS, rng) for _ in range(GUESSES)]
    wrong = [
        [int(a != h) for a, h in zip(answer, hidden, strict=True)]
        for answer in tried
    ]
    told = _reports(board, wrong)
    low = [i for i, value in enumerate(told) if value <= 0.5]
    fell = [i for i, value in enumerate(told) if value < ([0.5, *told])[i] - 1e-9]
    ends = []
    for kept in (low, fell):
        votes = [tried[i] for i in kept] or tried[:1]
        column = [int(2 * sum(v) >= len(votes)) for v in zip(*votes, strict=True)]
        ends.append(
            sum(c != h for c, h in zip(column, hidden, strict=True)) / len(hidden)
        )
    return min(ends)


def stepped_to(board: Callable[[list[list[int]]], Any], seed: int) -> float:
    """Return how low a climber gets who changes a few answers and looks whether the board moves."""
    rng = random.Random(seed)
    wrong = _coins(ROWS, rng)
    handed = [wrong]
    told = _reports(board, handed)[-1]
    for _ in range(GUESSES):
        new = list(wrong)
        for i in rng.sample(range(ROWS), FLIPS):
            new[i] = 1 - new[i]
        handed.append(new)
        now = _reports(board, handed)[-1]
        if now < told - 1e-9:
            wrong, told = new, now
    return sum(wrong) / ROWS


def _reports(
    board: Callable[[list[list[int]]], Any], errors: list[list[int]]
) -> list[float]:
    got = board([list(row) for row in errors])
    found = numbers(got)
    if found is None or len(found) != len(errors):
        raise Hint(
            "Your board gave back something else than a number for each submission. Is there one"
            " report after every submission?"
        )
    return found


@exercise("39.5")
def board_of_your_own(answer: Callable[[list[list[int]]], Any]) -> str:
    """Any board at all that tells a good team how it does, and a climber little."""
    errors = honest_errors()
    best = 1.0
    for row, told in zip(errors, _reports(answer, errors), strict=True):
        best = min(best, sum(row) / len(row))
        if not abs(told - best) <= NEAR:
            raise Hint(
                f"A team's best loss is {best:.2f} and your board says {told:.2f}. How will the"
                " team know how it does?"
            )
    for seed in (1, 2):
        low = climbed_to(answer, seed)
        if low >= SAFE:
            low = stepped_to(answer, seed)
        if low < SAFE:
            raise Hint(
                f"A climber who knows nothing reaches a loss of {low:.2f} on your board's rows."
                " Which small differences does it tell?"
            )
    return (
        "Useful and safe. Dwork and others (2015) answer with noise instead of steps: their"
        " reusable holdout adds a little chance to what it tells."
    )
