"""Instant checks of chapter 35, When labels are scarce."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    not_in_per_cent,
    number,
    parameters,
)

# ── 35.1 · agreement beyond chance ────────────────────────────────────────────────────────────────


def draw_table(rng: random.Random) -> dict[str, Any]:
    """Draw how two people labelled the same messages as urgent or not."""
    return {
        "both": rng.choice([10, 12, 14]),
        "only_first": rng.choice([4, 6]),
        "only_second": rng.choice([2, 8]),
        "neither": rng.choice([70, 80, 120]),
    }


@exercise("35.1", parameters=draw_table, cases=3)
def kappa(answer: object) -> str:
    """Cohen's kappa of a table of four counts."""
    p = parameters("35.1")
    a, b, c, d = (
        p[key] for key in ("both", "only_first", "only_second", "neither")
    )
    n = a + b + c + d
    observed = (a + d) / n
    chance = ((a + b) * (a + c) + (c + d) * (b + d)) / n**2
    right = (observed - chance) / (1 - chance)
    not_in_per_cent(answer, right)
    if close(answer, observed):
        raise Hint(
            "That is the share on which they agree. On how many would they agree if each drew "
            "labels at random?"
        )
    if close(answer, chance):
        raise Hint(
            "That is the agreement by chance. How far above it did they come?"
        )
    if close(answer, observed - chance):
        raise Hint(
            "How much agreement beyond chance would have been possible at all? Did you divide "
            "by it?"
        )
    if close(answer, (observed - 0.5) / 0.5):
        raise Hint(
            "Do both people say urgent half of the time? How often does each of them say it?"
        )
    if not close(answer, right):
        raise Hint(
            f"With {a} + {d} of {n} messages labelled alike your answer is {answer!r}. What share "
            f"does the first call urgent, and what share the second?"
        )
    return (
        "Jacob Cohen proposed it in 1960, for people who sort items into named kinds. Most of the "
        "raw agreement on a rare class is agreement about what it is not."
    )


# ── 35.2 · which sentence to ask about ────────────────────────────────────────────────────────────


def _least_sure(posteriors: Sequence[Sequence[float]]) -> int:
    gaps = []
    for row in posteriors:
        first, second = sorted(row, reverse=True)[:2]
        gaps.append(first - second)
    return gaps.index(min(gaps))


@exercise("35.2")
def least_sure(answer: Callable[[list[list[float]]], int]) -> str:
    """The place of the row with the smallest gap between its two most probable classes."""
    cases: list[list[list[float]]] = [
        [[0.9, 0.1], [0.55, 0.45], [0.2, 0.8]],
        [[0.4, 0.3, 0.3], [0.5, 0.49, 0.01], [0.8, 0.1, 0.1]],
        [[0.01, 0.99], [0.45, 0.55], [0.7, 0.3]],
    ]
    rng = random.Random(2)
    for _ in range(20):
        drawn = [[rng.random() for _ in range(4)] for _ in range(6)]
        cases.append([[v / sum(row) for v in row] for row in drawn])
    for case in cases:
        got, right = answer([list(row) for row in case]), _least_sure(case)
        if close(got, right):
            continue
        most = max(
            range(len(case)),
            key=lambda i: sorted(case[i])[-1] - sorted(case[i])[-2],
        )
        if close(got, most):
            raise Hint(
                "That is the row of which the model is surest. Which one helps it more?"
            )
        low = min(range(len(case)), key=lambda i: max(case[i]))
        if close(got, low):
            raise Hint(
                f"In {case!r} you took the row with the smallest maximum. Between which two "
                "classes is the model torn, and how close are they?"
            )
        raise Hint(
            f"For {case!r} you gave {got!r}. What is the gap between the largest and the second "
            "largest probability in each row?"
        )
    return (
        "This is margin sampling. With two classes, asking for the smallest maximum, the smallest "
        "gap or the largest entropy all choose the same text; with three they differ."
    )


# ── 35.3 · what the votes say together ────────────────────────────────────────────────────────────


def _good(votes: Sequence[int], accuracies: Sequence[float]) -> float:
    odds = 0.0
    for vote, accuracy in zip(votes, accuracies, strict=True):
        if vote != -1:
            weight = math.log(accuracy / (1 - accuracy))
            odds += weight if vote == 1 else -weight
    return 1 / (1 + math.exp(-odds))


@exercise("35.3")
def probability_good(answer: Callable[[list[int], list[float]], float]) -> str:
    """P(good | votes) of rules that err independently, with even classes."""
    for accuracy in (0.8, 0.6):
        got = answer([1], [accuracy])
        if not close(got, accuracy):
            raise Hint(
                f"One rule that is right {accuracy:.0%} of the time votes good, and you gave "
                f"{got!r}. How often is it right when both classes are equally common?"
            )
    silent = answer([-1, 1], [0.9, 0.7])
    if not close(silent, 0.7):
        raise Hint(
            f"A rule that abstained changed the answer to {silent!r}. What does an abstention say?"
        )
    rng = random.Random(5)
    cases = [
        ([0], [0.8]),
        ([1, 0], [0.9, 0.6]),
        ([1, 1, 0], [0.6, 0.6, 0.9]),
        ([-1], [0.7]),
    ]
    cases += [
        (
            [rng.choice([-1, 0, 1]) for _ in range(5)],
            [rng.uniform(0.3, 0.95) for _ in range(5)],
        )
        for _ in range(20)
    ]
    for votes, accuracies in cases:
        got, right = answer(list(votes), list(accuracies)), _good(votes, accuracies)
        if close(got, right):
            continue
        if close(got, 1 - right):
            raise Hint(
                f"For {votes!r} that is the probability of bad. Which class is asked for?"
            )
        raise Hint(
            f"For the votes {votes!r} of rules with accuracies {accuracies!r} you gave {got!r}. "
            "How likely are these votes if the sentence is good, and how likely if it is bad?"
        )
    return (
        "A rule that is right 3 times in 4 weighs as much as two that are right about 63 times in "
        "100. A rule that is right less than half of the time counts against its own vote."
    )


# ── 35.4 · count by shares ────────────────────────────────────────────────────────────────────────


def _smoothed(
    word: str,
    documents: Sequence[Sequence[str]],
    shares: Sequence[float],
    size: int,
    alpha: float,
) -> float:
    pairs = list(zip(documents, shares, strict=True))
    top = alpha + sum(s * list(d).count(word) for d, s in pairs)
    return top / (alpha * size + sum(s * len(d) for d, s in pairs))


@exercise("35.4")
def soft_share(
    answer: Callable[[str, list[list[str]], list[float], int, float], float],
) -> str:
    """P(w | c) when documents belong to the class in part."""
    documents = [["good", "film", "good"], ["dull", "film"], ["good"]]

    def ask(
        word: str, shares: list[float], size: int = 3, alpha: float = 1.0
    ) -> float:
        return answer(word, [list(d) for d in documents], list(shares), size, alpha)

    cases: list[tuple[str, list[float], int, float]] = [
        ("good", [0.5, 0.5, 0.5], 3, 1.0),
        ("good", [1.0, 0.0, 0.0], 3, 1.0),
        ("dull", [0.2, 0.9, 0.4], 5, 0.1),
        ("song", [0.2, 0.9, 0.4], 5, 0.5),
    ]
    for word, shares, size, alpha in cases:
        got = ask(word, shares, size, alpha)
        right = _smoothed(word, documents, shares, size, alpha)
        if close(got, right):
            continue
        if close(got, _smoothed(word, documents, [1.0] * 3, size, alpha)):
            raise Hint(
                f"With the shares {shares!r} you counted every document whole. How much does each "
                "occurrence count?"
            )
        present = alpha + sum(
            s for d, s in zip(documents, shares, strict=True) if word in d
        )
        length = sum(s * len(d) for d, s in zip(documents, shares, strict=True))
        if close(got, present / (alpha * size + length)):
            raise Hint(
                "'good' stands twice in the first document. Does it count once or twice there?"
            )
        whole = sum(map(len, documents))
        if close(got, (right * (alpha * size + length)) / (alpha * size + whole)):
            raise Hint(
                "The occurrences are counted by shares. Is the total of all words, too?"
            )
        raise Hint(
            f"For {word!r}, shares {shares!r}, {size} words and alpha {alpha} you gave {got!r}. "
            "What is the sum of share times occurrences, and of share times length?"
        )
    return (
        "This is the whole maximisation step. When every share is 0 or 1 it is the counting of "
        "chapter 11; self-training rounds the surest shares of unlabelled texts to 0 and 1."
    )


# ── 35.5 · a rule of your own ─────────────────────────────────────────────────────────────────────

TWEETS = [
    ("so happy right now, best day ever", 1),
    ("love this song so much", 1),
    ("thanks for the lovely birthday wishes!", 1),
    ("had a great time with my friends", 1),
    ("finally got the job, so excited", 1),
    ("what a beautiful morning", 1),
    ("my train is late again and I hate it", 0),
    ("so sad that summer is over", 0),
    ("worst headache ever", 0),
    ("ugh, missed the bus and it is raining", 0),
    ("I failed the exam", 0),
    ("my phone is broken again", 0),
]
"""Twelve messages, written for exercise 35.5, with the mood that their writer meant."""


def judged_rule(
    rule: Callable[[str], int], texts: Sequence[tuple[str, int]] = TWEETS
) -> tuple[int, int, str]:
    """Return on how many texts a rule votes, on how many it is right, and one it gets wrong."""
    voted, right, wrong = 0, 0, ""
    for text, mood in texts:
        vote = number(rule(text))
        if vote is None or vote not in (-1, 0, 1):
            raise Hint(
                f"For {text!r} your rule gave {vote!r}. Is it 1 for happy, 0 for unhappy or -1 to "
                "abstain?"
            )
        voted += vote != -1
        right += vote == mood
        wrong = text if vote not in (-1, mood) else wrong
    return voted, right, wrong


@exercise("35.5")
def mood_rule(answer: Callable[[str], int]) -> str:
    """Any rule at all that votes on a third of the messages and errs on few of them."""
    voted, right, wrong = judged_rule(answer)
    if voted < 4:
        raise Hint(
            f"Your rule votes on {voted} of {len(TWEETS)} messages. Which words stand in several "
            "happy or several unhappy ones?"
        )
    if right < 0.75 * voted:
        raise Hint(
            f"Of {voted} votes {right} are right; {wrong!r} is not. Would it be better to abstain "
            "there?"
        )
    strange = number(answer("the meeting is on monday"))
    if strange != -1:
        raise Hint(
            "'the meeting is on monday' has no mood, and your rule votes. When should it abstain?"
        )
    return (
        "Rules like yours labelled the first large sets of tweets: messages with a smiling "
        "emoticon were taken for happy ones, and the emoticon was then taken out."
    )
