"""Instant checks of chapter 13, features and linear models."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, numbers, parameters

# ── 13.1 · TF-IDF by hand ─────────────────────────────────────────────────────────────────────────


def draw_word(rng: random.Random) -> dict[str, Any]:
    """Draw a collection and a word in it."""
    return {
        "documents": rng.choice([999, 1999, 4999]),
        "holding": rng.choice([9, 19, 49]),
        "times": rng.choice([3, 4, 6]),
    }


@exercise("13.1", parameters=draw_word, cases=4)
def tf_idf_weight(answer: object) -> str:
    """The weight of one word in one document, before the row is scaled."""
    p = parameters("13.1")
    n, df, times = p["documents"], p["holding"], p["times"]
    idf = math.log((1 + n) / (1 + df)) + 1
    if close(answer, idf):
        raise Hint(
            "That is how rare the word is. How often does this document hold it?"
        )
    if close(answer, times * (idf - 1)):
        raise Hint(
            "A word that every document holds would weigh nothing with your formula. Which number "
            "is added to the logarithm?"
        )
    if close(answer, times * (math.log(n / df) + 1)):
        raise Hint(
            "That is the idf without smoothing. How many documents are there, with the imagined "
            "one, and how many of them hold the word?"
        )
    if close(answer, times * (math.log10((1 + n) / (1 + df)) + 1)):
        raise Hint(
            "Did you take the logarithm to base 10? The chapter uses the natural one."
        )
    if not close(answer, times * idf):
        raise Hint(
            f"With {n} documents, {df} of which hold the word, and {times} occurrences your answer "
            f"is {answer!r}. What is (1 + n) / (1 + df), and what is its logarithm?"
        )
    return (
        "Karen Spärck Jones proposed to weigh a term by its rarity in 1972, for searching in "
        "catalogues. Search engines have used some form of it ever since."
    )


# ── 13.2 · the score ──────────────────────────────────────────────────────────────────────────────

_WEIGHTS = {"good": 1.5, "dull": -2.0, "not": -0.5, "film": 0.25}


@exercise("13.2")
def score(
    answer: Callable[[Mapping[str, int], Mapping[str, float], float], float],
) -> str:
    """The score of a document: its pushes and the bias."""
    cases: list[tuple[dict[str, int], float]] = [
        ({}, 0.75),
        ({"good": 1}, 0.0),
        ({"good": 2, "dull": 1}, 0.5),
        ({"not": 3, "film": 1}, -1.0),
    ]
    for counts, bias in cases:
        got = answer(dict(counts), dict(_WEIGHTS), bias)
        right = bias + sum(n * _WEIGHTS[w] for w, n in counts.items())
        if close(got, right):
            continue
        if close(got, right - bias):
            raise Hint(
                "What does the model say of an empty document? Where does the bias go?"
            )
        if close(got, bias + sum(_WEIGHTS[w] for w in counts)):
            raise Hint(
                f"In {counts!r} a word occurs more than once. Does it push once or each time?"
            )
        raise Hint(
            f"For {counts!r} and bias {bias} you gave {got!r}. What does each word push, and what "
            "is the sum with the bias?"
        )
    try:
        strange = answer({"good": 1, "zebra": 4}, dict(_WEIGHTS), 0.0)
    except KeyError:
        raise Hint(
            "'zebra' has no weight. What can a word push that the training texts never held?"
        ) from None
    if not close(strange, 1.5):
        raise Hint(
            "'zebra' has no weight and changed the score. What should it push?"
        )
    rng = random.Random(2)
    for _ in range(20):
        weights = {w: rng.uniform(-3, 3) for w in "abcdef"}
        counts = {w: rng.randrange(1, 5) for w in rng.sample("abcdefgh", 4)}
        bias = rng.uniform(-2, 2)
        right = bias + sum(n * weights.get(w, 0.0) for w, n in counts.items())
        if not close(answer(dict(counts), dict(weights), bias), right):
            raise Hint(
                f"For {counts!r} the score should be {right:.4f}. Which push differs?"
            )
    return (
        "All linear classifiers judge with this sum: naive Bayes, logistic regression, the "
        "support vector machine, the perceptron. They differ in how the weights were found."
    )


# ── 13.3 · one step downhill ──────────────────────────────────────────────────────────────────────


def _step(
    weights: Mapping[str, float], counts: Mapping[str, int], y: int, rate: float
) -> dict[str, float]:
    margin = y * sum(n * weights.get(w, 0.0) for w, n in counts.items())
    small = math.exp(-abs(margin))
    miss = small / (1 + small) if margin >= 0 else 1 / (1 + small)
    moved = dict(weights)
    for word, n in counts.items():
        moved[word] = moved.get(word, 0.0) + rate * y * miss * n
    return moved


def _same_weights(got: object, right: Mapping[str, float]) -> bool:
    if not isinstance(got, Mapping) or set(got) != set(right):
        return False
    return all(close(got[word], value) for word, value in right.items())


@exercise("13.3")
def log_loss_step(
    answer: Callable[
        [Mapping[str, float], Mapping[str, int], int, float], Mapping[str, float]
    ],
) -> str:
    """One step of gradient descent on the log loss of one document."""

    def ask(
        weights: dict[str, float], counts: dict[str, int], y: int, rate: float
    ) -> Mapping[str, float]:
        given = dict(weights)
        got = answer(given, dict(counts), y, rate)
        if not isinstance(got, Mapping):
            raise Hint(
                f"You gave back {got!r}. Is it a dictionary from words to weights?"
            )
        return got

    first = ask({"good": 0.0}, {"good": 1}, 1, 0.5)
    right = _step({"good": 0.0}, {"good": 1}, 1, 0.5)
    if not _same_weights(first, right):
        if _same_weights(first, {"good": -0.25}):
            raise Hint(
                "The weight went the wrong way. Downhill is against the gradient, isn't it?"
            )
        if _same_weights(first, {"good": 0.5}):
            raise Hint(
                "How far is the model from being sure? Where is the sigmoid of the margin?"
            )
        raise Hint(
            f"From weight 0, with y = 1, one 'good' and rate 0.5, you came to {first!r}. What is "
            "sigmoid(−margin) where the margin is 0?"
        )
    cases: list[tuple[dict[str, float], dict[str, int], int, float]] = [
        ({"good": 1.0, "film": 0.5}, {"good": 2}, -1, 0.1),
        ({"good": 1.0}, {"dull": 1, "good": 1}, -1, 1.0),
        ({"a": 2.0, "b": -1.0}, {"a": 1, "b": 3}, 1, 0.3),
    ]
    for weights, counts, y, rate in cases:
        got, right = ask(weights, counts, y, rate), _step(weights, counts, y, rate)
        if set(got) != set(right):
            raise Hint(
                f"From {weights!r} and {counts!r} you gave weights for {sorted(got)}. Which words "
                "have a weight before, and which get one now?"
            )
        if not _same_weights(got, right):
            raise Hint(
                f"From {weights!r}, {counts!r}, y = {y} you gave {got!r}. What is the margin "
                "y · score, and how does each word's count enter the gradient?"
            )
    for weight, y in ((900.0, 1), (900.0, -1)):
        try:
            got = ask({"good": weight}, {"good": 1}, y, 0.5)
        except OverflowError:
            raise Hint(
                "With a weight of 900 the exponential overflows. Can you rewrite the sigmoid so "
                "that e is never raised to a large positive number?"
            ) from None
        if not _same_weights(got, _step({"good": weight}, {"good": 1}, y, 0.5)):
            raise Hint(
                f"With a weight of 900 and y = {y} you gave {got!r}. Where should it go?"
            )
    return (
        "Take such a step for one document after the other and you have stochastic gradient "
        "descent, by which nearly all the networks of Part 4 are trained."
    )


# ── 13.4 · a coin for every dispute ───────────────────────────────────────────────────────────────


def _p_value(gold: Sequence[str], one: Sequence[str], two: Sequence[str]) -> float:
    only_one = sum(a == g != b for g, a, b in zip(gold, one, two, strict=True))
    only_two = sum(b == g != a for g, a, b in zip(gold, one, two, strict=True))
    n, few = only_one + only_two, min(only_one, only_two)
    tail = sum(math.comb(n, k) for k in range(few + 1))
    return float(min(1.0, 2 * tail / 2**n))


@exercise("13.4")
def disputed(
    answer: Callable[[Sequence[str], Sequence[str], Sequence[str]], float],
) -> str:
    """McNemar's exact test from two lists of predictions."""
    gold = list("aaaabbbb")
    cases = [
        (gold, list("aaaabbba"), list("bbbbbbbb")),
        (gold, list("aaaabbbb"), list("aaaabbbb")),
        (gold, list("bbaabbbb"), list("aaaaaabb")),
    ]
    for truth, one, two in cases:
        got, right = (
            answer(list(truth), list(one), list(two)),
            _p_value(truth, one, two),
        )
        if close(got, right):
            continue
        if close(got, right / 2):
            raise Hint(
                "Could the coin also have fallen as unevenly on the other side?"
            )
        if one == two:
            raise Hint(
                f"Two models that never differ gave {got!r}. How surprising is a draw without any "
                "dispute?"
            )
        raise Hint(
            f"Gold {''.join(truth)}, predictions {''.join(one)} and {''.join(two)} gave {got!r}. "
            "On how many items is only the first right, and on how many only the second?"
        )
    rng = random.Random(4)
    for _ in range(10):
        truth, one, two = (rng.choices("abc", k=30) for _ in range(3))
        if not close(answer(truth, one, two), _p_value(truth, one, two)):
            raise Hint(
                f"Right would be {_p_value(truth, one, two):.4f}. Do items on which both are right "
                "or both are wrong count?"
            )
    return (
        "Quinn McNemar was a psychologist; his test of 1947 asked whether people changed their "
        "minds. Items on which both models agree say nothing about which is better."
    )


# ── 13.5 · keep the threads whole ─────────────────────────────────────────────────────────────────


def cut_threads(threads: Sequence[str], held_out: Sequence[int]) -> set[str]:
    """Return the threads that lie on both sides."""
    chosen = set(held_out)
    inside = {thread for i, thread in enumerate(threads) if i in chosen}
    outside = {thread for i, thread in enumerate(threads) if i not in chosen}
    return inside & outside


def _collection(rng: random.Random) -> list[str]:
    """Draw threads of one to six posts, mixed."""
    posts = [f"t{k}" for k in range(40) for _ in range(rng.randrange(1, 7))]
    rng.shuffle(posts)
    return posts


@exercise("13.5")
def held_out_threads(
    answer: Callable[[Sequence[str], float], Sequence[int]],
) -> str:
    """Any split at all, as long as no thread is cut and the size is about right."""
    for seed, share in ((0, 0.2), (1, 0.3), (2, 0.5)):
        threads = _collection(random.Random(seed))
        raw = answer(list(threads), share)
        got = numbers(list(raw) if isinstance(raw, set | frozenset) else raw)
        if got is None or any(i != int(i) for i in got):
            raise Hint(
                f"You gave back {str(raw)[:60]}. Is it a list of positions, such as [0, 3]?"
            )
        places = [int(i) for i in got]
        if len(set(places)) != len(places) or not all(
            0 <= i < len(threads) for i in places
        ):
            raise Hint(
                f"Positions run from 0 to {len(threads) - 1}, each once. Is one of yours outside, "
                "or there twice?"
            )
        if abs(len(places) / len(threads) - share) > 0.05:
            raise Hint(
                f"Of {len(threads)} posts you held out {len(places)}; {share:.0%} were asked for. "
                "When do you stop adding threads?"
            )
        if cut := cut_threads(threads, places):
            raise Hint(
                f"Thread {min(cut)!r} lies on both sides. How can you decide for a whole thread "
                "at once?"
            )
    return (
        "scikit-learn has this as GroupShuffleSplit and GroupKFold. The group may be a thread, an "
        "author, a patient, a day: whatever makes items more alike than new ones will be."
    )
