"""Instant checks of chapter 37, bias and fairness."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, numbers, parameters
from nlpcourse.responsible.fairness.made import (
    applicants,
    vocabulary_of,
    word_table,
)
from nlpcourse.responsible.fairness.mitigate import Scorer, reweighing, train
from nlpcourse.responsible.fairness.wording import (
    CLUBS,
    SCHOOLS,
    application,
    words_of,
)

# ── 37.1 · the gap in yes ─────────────────────────────────────────────────────────────────────────


def _gap(decided: Sequence[int], group: Sequence[str]) -> float:
    shares = []
    for name in set(group):
        mine = [d for d, g in zip(decided, group, strict=True) if g == name]
        shares.append(sum(mine) / len(mine))
    return max(shares) - min(shares)


@exercise("37.1")
def gap_in_yes(answer: Callable[[Sequence[int], Sequence[str]], float]) -> str:
    """The difference between the groups' shares of yes."""
    decided, group = [1, 1, 0, 1, 0, 0], ["e", "e", "e", "w", "w", "w"]
    got = answer(list(decided), list(group))
    if close(got, 1.0):
        raise Hint(
            "East gets two of three, west one of three. Did you subtract counts where shares are "
            "asked for?"
        )
    if close(got, -1 / 3):
        raise Hint(
            "A gap has no sign here. Which share should be subtracted from which?"
        )
    cases = [
        (decided, group),
        ([1, 0, 0, 0, 0], ["w", "e", "e", "e", "e"]),
        ([0, 0, 1, 1], ["a", "b", "a", "b"]),
        ([1, 0, 1, 0, 0, 1], ["a", "a", "b", "b", "c", "c"]),
        ([1, 1, 0, 0], ["a", "a", "b", "c"]),
    ]
    chance = random.Random(37)
    for _ in range(20):
        n = chance.randrange(4, 12)
        names = [chance.choice("xyz") for _ in range(n)]
        cases.append(([chance.randrange(2) for _ in range(n)], names))
    for given, names in cases:
        got = answer(list(given), list(names))
        if not close(got, _gap(given, names)):
            raise Hint(
                f"For decisions {given} and groups {names} you gave {got!r}. What share of each "
                "group gets a yes, and how far apart are the largest and the smallest?"
            )
    return (
        "Libraries call this the demographic parity difference. It never asks who deserved a yes, "
        "which is its strength where the labels can't be trusted, and its weakness where they can."
    )


# ── 37.2 · what the base rates force ──────────────────────────────────────────────────────────────


def draw_shares(rng: random.Random) -> dict[str, Any]:
    """Draw two base rates, and a precision and a miss rate that both groups share."""
    return {
        "base_east": rng.choice([0.55, 0.6, 0.65]),
        "base_west": rng.choice([0.35, 0.4, 0.45]),
        "precision": rng.choice([0.7, 0.75, 0.8]),
        "missed": rng.choice([0.2, 0.3]),
    }


def _forced(base: float, precision: float, missed: float) -> float:
    return base / (1 - base) * (1 - precision) / precision * (1 - missed)


@exercise("37.2", parameters=draw_shares, cases=3)
def forced_gap(answer: object) -> str:
    """The difference of false positive rates that equal precision and equal misses force."""
    p = parameters("37.2")
    east, west = (
        _forced(p[key], p["precision"], p["missed"])
        for key in ("base_east", "base_west")
    )
    if close(answer, west - east):
        raise Hint(
            "Which side has the higher base rate, and so the higher rate of false yes?"
        )
    if close(answer, east) or close(answer, west):
        raise Hint("That is the rate of one side. How far apart are the two?")
    with_missed = [
        b / (1 - b) * (1 - p["precision"]) / p["precision"] * p["missed"]
        for b in (p["base_east"], p["base_west"])
    ]
    if close(answer, with_missed[0] - with_missed[1]):
        raise Hint("You used the share that is missed. Which share is found?")
    if not close(answer, east - west):
        raise Hint(
            f"With {p} your answer is {answer!r}. What does the equation give for the east, and "
            "what for the west?"
        )
    return (
        "No training was involved: with other base rates, equal precision and equal misses leave "
        "nothing free. Somebody has to choose what should be equal."
    )


# ── 37.3 · try all divisions ──────────────────────────────────────────────────────────────────────


def _exact(first: Sequence[float], second: Sequence[float]) -> float:
    values = [*first, *second]
    least = sum(first) - 1e-12
    found = [sum(c) >= least for c in itertools.combinations(values, len(first))]
    return sum(found) / len(found)


@exercise("37.3")
def exact_p(answer: Callable[[Sequence[float], Sequence[float]], float]) -> str:
    """The exact one-sided p of a permutation test on the difference of sums."""
    got = answer([4.0, 3.0], [2.0, 1.0])
    if close(got, 0.0):
        raise Hint(
            "You gave 0 for [4, 3] against [2, 1]. Is the division that you found one of those "
            "that are at least as far apart?"
        )
    if close(got, 1 / 3):
        raise Hint(
            "One test is one-sided. Do you count divisions that lean the other way, too?"
        )
    cases: list[tuple[list[float], list[float]]] = [
        ([4.0, 3.0], [2.0, 1.0]),
        ([1.0, 2.0], [3.0, 4.0]),
        ([1.0, 1.0], [1.0, 1.0]),
        ([2.0], [1.0, 0.0, -1.0]),
        ([0.5, -0.25, 2.0], [0.5, 1.0, -3.0]),
    ]
    chance = random.Random(3)
    for _ in range(12):
        draw = [chance.choice([-1.0, 0.0, 0.5, 2.0, 3.0]) for _ in range(7)]
        cases.append((draw[:3], draw[3:]))
    for first, second in cases:
        got = answer(list(first), list(second))
        if not close(got, _exact(first, second)):
            raise Hint(
                f"For {first} against {second} you gave {got!r}. Into which first halves can the "
                "values be divided, and whose sum is at least as large?"
            )
    return (
        "Fisher described such tests in the 1930s. They assume nothing about the values' "
        "distribution, only that labels could have been dealt in any other way."
    )


# ── 37.4 · weigh the examples ─────────────────────────────────────────────────────────────────────


@exercise("37.4")
def weigh(answer: Callable[[Sequence[int], Sequence[str]], Sequence[float]]) -> str:
    """Kamiran and Calders' weights."""
    right, group = [1, 1, 1, 0, 1, 0, 0, 0], list("eeeewwww")
    got = numbers(answer(list(right), list(group)))
    if got is None or len(got) != len(right):
        raise Hint(
            "Does every person get a number, in the order in which they came?"
        )
    expected = reweighing(right, [ord(g) for g in group]).tolist()
    if all(close(a, 1 / b) for a, b in zip(got, expected, strict=True)):
        raise Hint(
            "Your weights are the wrong way up. Should what is rarer than expected weigh more or "
            "less?"
        )
    cases = [(right, group), ([1, 0, 1], ["a", "a", "b"]), ([1, 1], ["a", "b"])]
    chance = random.Random(4)
    for _ in range(12):
        n = chance.randrange(3, 12)
        cases.append(
            (
                [chance.randrange(2) for _ in range(n)],
                [chance.choice("abc") for _ in range(n)],
            )
        )
    for y, g in cases:
        got = numbers(answer(list(y), list(g)))
        want = reweighing(y, [ord(name) for name in g]).tolist()
        if got is None or len(got) != len(want) or not all(map(close, got, want)):
            raise Hint(
                f"For answers {y} and groups {g} you gave {got}. What would the share of a group "
                "with an answer be if the two were independent, and what is it?"
            )
    return (
        "With these weights every group has the same weighted share of yes. The examples "
        "themselves stay as they are, so the method works with any learner that takes weights."
    )


# ── 37.5 · an application on the edge ─────────────────────────────────────────────────────────────

_PLACES = {
    w.lower() for names in (*SCHOOLS.values(), *CLUBS.values()) for w in names
}


@lru_cache(maxsize=1)
def copying_model() -> tuple[Scorer, list[str]]:
    """Return the model that copies the past, and its words."""
    past = applicants(4000, 0)
    vocabulary = vocabulary_of(past.texts)
    table = word_table(past.texts, vocabulary)
    return train(table, past.hired.astype(float)), vocabulary


def invited(text: str) -> float:
    """Return the probability of an invitation by the model that copies the past."""
    model, vocabulary = copying_model()
    return float(model.probability(word_table([text], vocabulary))[0])


def look_at_pair(one: Any, other: Any) -> None:
    """Ask about two applications that should differ in one place alone and in their answers."""
    if not (isinstance(one, str) and isinstance(other, str)):
        raise Hint("Are both applications texts?")
    a, b = words_of(one), words_of(other)
    unknown = [w for w in {*a, *b} if w not in copying_model()[1]]
    if unknown:
        raise Hint(
            f"The model has never read {sorted(unknown)}. Which words does it know?"
        )
    gone, new = sorted(set(a) - set(b)), sorted(set(b) - set(a))
    if len(gone) != 1 or len(new) != 1 or len(a) != len(b):
        raise Hint(
            f"They differ in {gone} and {new}. Is that one word in place of another?"
        )
    if not {gone[0], new[0]} <= _PLACES:
        raise Hint(
            f"{gone[0]!r} and {new[0]!r} are not both schools or clubs. Does the word say how "
            "well somebody would work?"
        )
    p, q = invited(one), invited(other)
    if not p > 0.5 >= q:
        raise Hint(
            f"The model invites the first with {p:.2f} and the second with {q:.2f}. How near to "
            "one half must an application be to change sides by one word?"
        )


@exercise("37.5")
def on_the_edge(answer: Callable[[], Sequence[tuple[str, str]]]) -> str:
    """Three pairs of applications whose only difference is a school or a club."""
    found = answer()
    if isinstance(found, str) or not isinstance(found, Sequence) or len(found) < 3:
        raise Hint("Does the function return a list of three pairs or more?")
    seen = set()
    for pair in found:
        if (
            isinstance(pair, str)
            or not isinstance(pair, Sequence)
            or len(pair) != 2
        ):
            raise Hint(
                f"{pair!r} is no pair. Which two applications do you compare?"
            )
        look_at_pair(*pair)
        seen.add(tuple(sorted(w for w in words_of(pair[0]) if w not in _PLACES)))
    if len(seen) < 3:
        raise Hint(
            "Some of your pairs share years, references and course. Can you find three that "
            "differ in these?"
        )
    return (
        "Such pairs are found by search, not by luck: auditors of real systems send in pairs of "
        "applications, as Bertrand and Mullainathan did with letters in 2004."
    )


def edges(most: int) -> list[tuple[str, str]]:
    """Return pairs that the exercise asks for, found by trying all applications."""
    found = []
    for years, references, course in itertools.product(
        range(10), ("thin", "fair", "good"), ("", "bookkeeping")
    ):
        one = application(years, references, course, "Hillgate", "chess")
        other = application(years, references, course, "Millbrook", "chess")
        if invited(one) > 0.5 >= invited(other):
            found.append((one, other))
    return found[:most]


def weighted_share(
    weights: Sequence[float], right: Sequence[int], group: Sequence[str], name: str
) -> float:
    """Return a group's weighted share of yes.

    Raises:
        ValueError: the group has no weight.
    """
    mine = [
        (w, y) for w, y, g in zip(weights, right, group, strict=False) if g == name
    ]
    total = math.fsum(w for w, _ in mine)
    if not total > 0:
        raise ValueError(f"the group {name!r} has no weight to share out")
    return math.fsum(w * y for w, y in mine) / total
