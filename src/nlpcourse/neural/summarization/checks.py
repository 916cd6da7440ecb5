"""Instant checks of chapter 26, Summarization."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nlpcourse.exercises import Hint, all_close, close, exercise, number, parameters
from nlpcourse.neural.summarization.rouge import ngrams, rouge_n

# ── 26.1 · ROUGE-1 by hand ────────────────────────────────────────────────────

_NOUNS = ("parser", "tagger", "model", "corpus", "graph")


def draw_pair(rng: random.Random) -> dict[str, Any]:
    """Draw a human summary and another one."""
    one, two = rng.sample(_NOUNS, 2)
    extra = rng.choice(["", " again", " again and again"])
    return {
        "reference": f"the {one} beats the {two} on the test",
        "candidate": f"the {one} and the {one} beat the {two}{extra}",
    }


@exercise("26.1", parameters=draw_pair, cases=9)
def rouge_by_hand(answer: object) -> str:
    """ROUGE-1's F1 of two sentences without stemming, a number."""
    p = parameters("26.1")
    ours, theirs = p["reference"].split(), p["candidate"].split()
    right = rouge_n(ours, theirs, 1)
    sets = len(set(ours) & set(theirs))
    if close(answer, right.f1):
        return (
            "With F1 = 2 · hits / (words of both sides) you need neither precision nor recall: "
            "the harmonic mean of hits/m and hits/n is just that."
        )
    if close(answer, right.precision):
        raise Hint(
            "That is the precision. What is left of it when recall has its say?"
        )
    if close(answer, right.recall):
        raise Hint("That is the recall. Which number does F1 put beside it?")
    if close(answer, (right.precision + right.recall) / 2):
        raise Hint(
            "Is F1 the ordinary mean of both, or the harmonic one, 2PR / (P + R)?"
        )
    if close(answer, 2 * sets / (len(ours) + len(theirs))):
        raise Hint("Both say “the” more than once. How often may it count?")
    unclipped = sum(w in ours for w in theirs)
    if close(answer, 2 * unclipped / (len(ours) + len(theirs))):
        raise Hint(
            "A word counts as often as the side that has it less. Which word did you overcount?"
        )
    if close(answer, 100 * right.f1):
        raise Hint(
            "Is a score of 1 not everything? Did you turn yours into per cent?"
        )
    raise Hint(
        f"Your answer is {answer!r:.40}. How many words do both hold, and how many words has each "
        "side?"
    )


# ── 26.2 · recall of bigrams ──────────────────────────────────────────────────


@exercise("26.2")
def bigram_recall(answer: Callable[[Sequence[str], Sequence[str]], float]) -> str:
    """ROUGE-2's recall."""
    rng = random.Random(26)
    cases = [
        (["a", "b", "a", "b", "a"], ["a", "b", "c"]),
        (["a", "b"], ["a", "b", "a", "b"]),
        (["a", "b", "c", "d"], ["b", "c", "d", "a"]),
        (["a"], ["a", "b"]),
        ([], []),
        *(
            (
                rng.choices("abc", k=rng.randrange(9)),
                rng.choices("abc", k=rng.randrange(9)),
            )
            for _ in range(30)
        ),
    ]
    for ours, theirs in cases:
        right = rouge_n(ours, theirs, 2)
        shown = f"For the reference {' '.join(ours) or '(nothing)'!r} and {' '.join(theirs)!r}"
        try:
            got = answer(list(ours), list(theirs))
        except ZeroDivisionError:
            if len(ours) > 1:
                raise
            raise Hint(
                f"{shown} you divide by zero. What is recalled where the reference has no pair?"
            ) from None
        if close(got, right.recall):
            continue
        if close(got, right.precision):
            raise Hint(
                f"{shown} you gave the precision. Whose pairs does recall divide by?"
            )
        if close(got, right.f1):
            raise Hint(f"{shown} you gave F1. Which of its two parts is asked for?")
        if close(got, rouge_n(ours, theirs, 1).recall):
            raise Hint(f"{shown} you counted words. What is a bigram?")
        sets = set(ngrams(ours, 2)) & set(ngrams(theirs, 2))
        if close(got, len(sets) / max(len(ours) - 1, 1)):
            raise Hint(
                f"{shown} a pair occurs twice on both sides. Should it count once?"
            )
        raise Hint(
            f"{shown} you gave {got!r:.40}. Which pairs do both hold, and how often?"
        )
    return (
        "Lin's ROUGE was recall alone, because summaries at the DUC contests had a fixed length. "
        "Without such a limit, recall is cheated by writing more."
    )


# ── 26.3 · one round of the walk ──────────────────────────────────────────────


def _round(
    weights: Sequence[Sequence[float]], shares: Sequence[float], d: float
) -> list[float]:
    size = len(weights)
    return [
        (1 - d) / size
        + d * sum(shares[i] * weights[i][j] / sum(weights[i]) for i in range(size))
        for j in range(size)
    ]


@exercise("26.3")
def one_round(
    answer: Callable[[list[list[float]], list[float], float], Sequence[float]],
) -> str:
    """One round of power iteration on a graph in which every node has an edge."""
    rng = random.Random(3)
    for case in range(12):
        size = rng.randrange(2, 6)
        weights = [[0.0] * size for _ in range(size)]
        for i in range(size):
            for j in range(size):
                if i != j:
                    weights[i][j] = 1.0 if case == 0 else rng.uniform(0.1, 2)
        total = [rng.uniform(0.1, 1) for _ in range(size)]
        shares = [share / sum(total) for share in total]
        d = rng.choice([0.5, 0.85, 0.0])
        got = answer([list(row) for row in weights], list(shares), d)
        right = _round(weights, shares, d)
        if all_close(got, right):
            continue
        turned = [list(column) for column in zip(*weights, strict=True)]
        if all_close(got, _round(turned, shares, d)):
            raise Hint(
                "Row i holds the edges *from* i. Does your walk go against the arrows?"
            )
        if all_close(got, _round(weights, shares, 1 - d)):
            raise Hint(
                "Is the damping the share of steps that follow an edge, or that jump?"
            )
        if all_close(got, [x - (1 - d) / size for x in right]):
            raise Hint("Where do the steps go that follow no edge?")
        if all_close(got, [x - (1 - d) / size + 1 - d for x in right]):
            raise Hint(
                "Do your shares still sum to one? Over how many nodes is a jump spread?"
            )
        plain = [
            (1 - d) / size + d * sum(shares[i] * weights[i][j] for i in range(size))
            for j in range(size)
        ]
        if all_close(got, plain):
            raise Hint(
                "Do all edges that leave a node together carry its whole share?"
            )
        raise Hint(
            f"On a graph of {size} nodes with damping {d:g} a share is off. What does node j get "
            "from each node i, and what from jumps?"
        )
    return (
        "Repeat this round, and whatever shares you begin with, you end with the same ones: the "
        "jumps make every node reachable from every other, and then a walk forgets its beginning."
    )


# ── 26.4 · matter, and be new ─────────────────────────────────────────────────


_QUESTIONS = {
    "relevant": "You took the most relevant one. What does it repeat?",
    "mean": "Did you take the mean similarity where the largest is meant?",
    "sum": "Did you add up the similarities where the largest is meant?",
    "turned": "Does a balance of 1 look at relevance alone, or at novelty alone?",
}


def _choices(
    relevance: Sequence[float],
    similarity: Sequence[Sequence[float]],
    taken: Sequence[int],
    balance: float,
) -> dict[str, int]:
    """Return the right place and those of the usual mistakes."""
    said = {
        i: [similarity[i][j] for j in taken] or [0.0]
        for i in range(len(relevance))
        if i not in taken
    }

    def best(join: Callable[[Sequence[float]], float], b: float) -> int:
        return max(said, key=lambda i: b * relevance[i] - (1 - b) * join(said[i]))

    return {
        "right": best(max, balance),
        "relevant": best(max, 1.0),
        "mean": best(lambda values: sum(values) / len(values), balance),
        "sum": best(sum, balance),
        "turned": best(max, 1 - balance),
    }


@exercise("26.4")
def next_sentence(
    answer: Callable[[list[float], list[list[float]], list[int], float], int],
) -> str:
    """The next sentence by maximal marginal relevance."""
    rng = random.Random(4)
    rows: list[tuple[float | None, dict[str, int]]] = []
    for case in range(60):
        size = rng.randrange(3, 7)
        relevance = [rng.random() for _ in range(size)]
        similarity = [[1.0] * size for _ in range(size)]
        for i in range(size):
            for j in range(i):
                similarity[i][j] = similarity[j][i] = rng.random()
        taken = rng.sample(range(size), case % (size - 1))
        balance = rng.choice([0.3, 0.5, 0.7])
        got = number(
            answer(
                list(relevance),
                [list(row) for row in similarity],
                list(taken),
                balance,
            )
        )
        if got is None or got not in range(size):
            raise Hint(
                f"There are {size} sentences. Which place, counted from 0, do you take?"
            )
        if got in taken:
            raise Hint("That sentence is already taken. Which are left?")
        choices = _choices(relevance, similarity, taken, balance)
        if not taken and got != choices["right"]:
            raise Hint(
                "Nothing is taken yet. What is the largest similarity to nothing?"
            )
        rows.append((got, choices))
    if any(got != choices["right"] for got, choices in rows):
        for name, question in _QUESTIONS.items():
            if all(got == choices[name] for got, choices in rows):
                raise Hint(question)
        raise Hint(
            "For some sentences you choose another one than the rule. Which weight has the "
            "relevance, and which the largest similarity to a sentence that is taken?"
        )
    return (
        "Carbonell and Goldstein made this rule for search results, where the tenth copy of one "
        "page helps nobody."
    )


# ── 26.5 · numbers that nobody gave ───────────────────────────────────────────

REPORTS = [
    (
        "Accuracy rose by 2.7 % on three data sets.",
        "We gain 2.7 % on 3 data sets.",
        [],
    ),
    ("We annotate 12,500 tweets.", "They annotate 12500 tweets.", []),
    ("We annotate 12,500 tweets.", "They annotate 12,000 tweets.", ["12000"]),
    ("The model has two layers.", "It has 4 layers.", ["4"]),
    ("It reaches 91.0 F1.", "It reaches 91 F1.", []),
    (
        "It reaches 91.5 F1 with ten examples.",
        "With 10 examples it reaches 95.1.",
        ["95.1"],
    ),
    ("Nothing is counted here.", "It helps in 7 of nine tasks.", ["7", "9"]),
]
"""Sources, summaries, and the numbers of the summary that the source does not hold."""


def _value(item: object) -> float | None:
    """Return a number of any kind, or one that is written in digits; else None."""
    if (value := number(item)) is not None:
        return value
    try:
        return float(str(item).replace(",", ""))
    except ValueError:
        return None


def wrong_reports(
    answer: Callable[[str, str], Sequence[Any]],
    reports: Sequence[tuple[str, str, Sequence[str]]],
) -> list[str]:
    """Return what is wrong: a question for each report whose numbers are not the right ones."""
    found = []
    for source, summary, right in reports:
        said = answer(source, summary)
        one = isinstance(said, str) or number(said) is not None
        if one or not isinstance(said, Iterable):
            return [
                "Which numbers of the summary does the source not hold? Return a list of them."
            ]
        got = Counter(_value(item) for item in said)
        wanted = Counter(_value(item) for item in right)
        if None in got:
            return [
                f"You returned {list(said)!r:.60}. Can every item be read as a number?"
            ]
        for item in wanted - got:
            found.append(
                f"{summary!r} says {item:g}, and {source!r} does not. Did you find it?"
            )
        for item in got - wanted:
            found.append(
                f"You complain of {item:g} in {summary!r}. Does {source!r} not say it?"
            )
    return found


@exercise("26.5")
def unsupported_numbers(answer: Callable[[str, str], Sequence[Any]]) -> str:
    """Numbers of a summary that its source does not hold, in digits or in words up to ten."""
    if wrong := wrong_reports(answer, REPORTS):
        raise Hint(wrong[0])
    return (
        "Your rule now finds numbers that were made up. It stays blind to a right number at the "
        "wrong place: “rose by 2.7” turned into “fell by 2.7” passes."
    )
