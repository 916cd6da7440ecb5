"""The checks of chapter 21 accept right answers and point at each usual mistake."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.neural.glove.subwords import ngrams


def ratio() -> float:
    p = parameters("21.1")
    return float(p["pair"] * p["total"] / (p["word"] * p["company"]))


def cut(word: str, shortest: int, longest: int, marks: bool = True) -> list[str]:
    whole = f"<{word}>" if marks else word
    return [
        whole[start : start + size]
        for size in range(longest, shortest - 1, -1)
        for start in range(len(whole) - size + 1)
    ]


def step(
    word: Tensor,
    company: Tensor,
    bias: float,
    count: float,
    squares: Tensor,
    rate: float,
    **wrong: Any,
) -> tuple[Tensor, Tensor]:
    error = word @ company + bias - math.log(count)
    weight = 1.0 if wrong.get("unweighted") else min(1.0, (count / 10) ** 0.75)
    gradient = wrong.get("times", 1.0) * weight * error * company
    summed = squares + gradient**2
    under = squares if wrong.get("before") else summed
    sign = -1.0 if wrong.get("uphill") else 1.0
    moved = word - sign * rate * gradient / under.sqrt()
    return moved, (squares if wrong.get("forgot") else summed)


def mistaken(**wrong: Any) -> Any:
    return lambda *given: step(*given, **wrong)


def by_shared_ngrams(word: str, words: list[str]) -> str:
    mine = set(ngrams(word, 2, 4))

    def alike(other: str) -> float:
        theirs = set(ngrams(other, 2, 4))
        return len(mine & theirs) / len(mine | theirs)

    return max(words, key=alike)


test_right_answers_pass = each_passes(
    [
        ("21.1", math.log(ratio())),
        ("21.2", cut),
        ("21.2", lambda *given: tuple(reversed(cut(*given)))),
        ("21.3", step),
        ("21.3", lambda *given: [part.tolist() for part in step(*given)]),
        ("21.4", by_shared_ngrams),
    ]
)

test_mistakes_meet_their_question = each_meets_its_question(
    [
        ("21.1", ratio(), "logarithm"),
        ("21.1", math.log2(ratio()), "nat"),
        ("21.1", -math.log(ratio()), "sign"),
        ("21.1", math.log(parameters("21.1")["pair"]), "neither cared"),
        ("21.1", "much", "One number"),
        ("21.1", 123.0, "divided by"),
        ("21.2", lambda *given: cut(*given, marks=False), "prefix"),
        ("21.2", lambda *given: list(set(cut(*given))), "twice"),
        ("21.2", lambda word, low, high: cut(word, low, high + 1), "how long"),
        ("21.2", lambda word, low, high: cut(word, low, high)[1:], "missing"),
        ("21.2", lambda *given: "".join(cut(*given)), "list of strings"),
        ("21.3", mistaken(uphill=True), "against"),
        ("21.3", mistaken(forgot=True), "AdaGrad"),
        ("21.3", mistaken(unweighted=True), "f(X)"),
        ("21.3", mistaken(times=2.0), "halved"),
        ("21.3", mistaken(before=True), "divided by"),
        ("21.3", lambda *given: step(*given)[0], "Two vectors"),
        ("21.4", lambda word, words: words[0], "share"),
        ("21.4", lambda word, words: word, "word of the list"),
    ]
)

test_groups_have_their_own_pair = groups_have_their_own(
    "21.1", lambda: math.log(ratio())
)
