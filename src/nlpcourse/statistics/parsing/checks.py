"""Instant checks of chapter 08, Context-free grammars and parsing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, number, parameters
from nlpcourse.statistics.parsing.binary import binarize
from nlpcourse.statistics.parsing.cyk import accepts, fill
from nlpcourse.statistics.parsing.forest import Forest
from nlpcourse.statistics.parsing.grammar import read_grammar

Bracket = tuple[str, int, int]

# ── 08.1 · how many trees ─────────────────────────────────────────────────────────────────────────

PARK = """S -> NP VP
NP -> Det N | NP PP | we
VP -> V NP | VP PP
PP -> P NP
Det -> the | a
N -> man | park | telescope | hill | dog
V -> saw
P -> in | with | on | near"""
"""The grammar of exercise 08.1."""


def draw_sentence(rng: random.Random) -> dict[str, Any]:
    """Draw a sentence with several prepositional phrases."""
    nouns = rng.sample(["man", "park", "telescope", "hill", "dog"], 5)
    phrases = rng.choice([2, 3, 4])
    words = ["we", "saw", "the", nouns[0]]
    for noun in nouns[1 : phrases + 1]:
        words += [
            rng.choice(["in", "with", "on", "near"]),
            rng.choice(["the", "a"]),
            noun,
        ]
    return {"sentence": " ".join(words), "grammar": PARK}


def trees_of(sentence: str) -> int | float:
    """Return how many trees a sentence has in the grammar of exercise 08.1."""
    grammar = read_grammar(PARK)
    binary, words = binarize(grammar), sentence.split()
    return Forest(words, grammar, fill(words, binary), binary.empty).count()


@exercise("08.1", parameters=draw_sentence, cases=9)
def count_trees(answer: object) -> str:
    """The number of trees of the class's own sentence."""
    sentence = parameters("08.1")["sentence"]
    right = trees_of(sentence)
    phrases = sum(word in {"in", "with", "on", "near"} for word in sentence.split())
    if number(answer) is None:
        raise Hint(f"You gave {str(answer)[:40]!r}. Which whole number is it?")
    if close(answer, phrases):
        raise Hint(
            "That is the number of prepositional phrases. In how many ways can they be attached?"
        )
    if close(answer, 2**phrases):
        raise Hint(
            "You let each phrase choose between two places. Can a later phrase not also belong "
            "to the noun within an earlier one?"
        )
    if not close(answer, right):
        raise Hint(
            f"For {sentence!r} you gave {answer!r}. What does `count` of a `Forest` say?"
        )
    return (
        f"With {phrases} phrases there are {right:.0f} trees. These are "
        "Catalan numbers, 1, 2, 5, 14, 42, and nobody who hears such a sentence notices."
    )


# ── 08.2 · brackets ───────────────────────────────────────────────────────────────────────────────


def _f1(guess: Sequence[Bracket], right: Sequence[Bracket]) -> float:
    matched = (Counter(guess) & Counter(right)).total()
    return 2 * matched / (len(guess) + len(right)) if guess or right else 0.0


@exercise("08.2")
def bracket_f1(
    answer: Callable[[list[Bracket], list[Bracket]], float],
) -> str:
    """F1 of two lists of brackets."""

    def ask(guess: Sequence[Bracket], right: Sequence[Bracket], hint: str) -> None:
        got = answer(list(guess), list(right))
        if not close(got, _f1(guess, right)):
            raise Hint(
                f"For {list(guess)} against {list(right)} you gave {got!r}. {hint}"
            )

    a, b, c = ("S", 0, 5), ("NP", 0, 2), ("VP", 2, 5)
    ask([a, b], [a, b], "What is F1 when everything is right?")
    ask(
        [a, b, c],
        [a],
        "Precision and recall differ here. What is their harmonic mean?",
    )
    ask([a, ("PP", 0, 2)], [a, b], "Must the label be right, too?")
    ask(
        [b, b],
        [b],
        "One bracket stands twice in the guess. How many of the two can match?",
    )
    ask([b, b], [b, b], "Twice in both: how many match?")
    ask([a], [b], "Nothing matches. What is the mean of two zeros?")
    ask([], [a, b], "There is no guess. Do you divide by its length?")
    rng = random.Random(8)
    for _ in range(10):
        guess = rng.choices([a, b, c, ("NP", 3, 5)], k=rng.randrange(1, 6))
        right = rng.choices([a, b, c, ("NP", 3, 5)], k=rng.randrange(1, 6))
        ask(guess, right, "How many brackets have both lists in common?")
    return (
        "With as many guessed as right brackets, precision, recall and F1 are one number. That is "
        "so for two binary trees of one sentence, where the number of brackets is fixed."
    )


# ── 08.3 · one cell of the chart ──────────────────────────────────────────────────────────────────

Pairs = Mapping[tuple[str, str], set[str]]

_PAIRS = {
    ("NP", "VP"): {"S"}, ("V", "NP"): {"VP"}, ("VP", "PP"): {"VP"},
    ("NP", "PP"): {"NP"}, ("P", "NP"): {"PP"}, ("Det", "N"): {"NP"},
    ("S", "S"): {"S", "T"},
}  # fmt: skip


def _cell(
    i: int, j: int, chart: Mapping[tuple[int, int], set[str]], pairs: Pairs
) -> set[str]:
    return {
        found
        for k in range(i + 1, j)
        for one in chart[i, k]
        for other in chart[k, j]
        for found in pairs.get((one, other), ())
    }


@exercise("08.3")
def one_cell(
    answer: Callable[[int, int, dict[tuple[int, int], set[str]], Pairs], set[str]],
) -> str:
    """What covers a span, from what covers its parts."""
    lexicon = ["Det", "N", "V", "P", "NP", "S"]
    rng = random.Random(3)
    for n in [2, 3, 4, 5, 6] * 6:
        chart: dict[tuple[int, int], set[str]] = {}
        for i in range(n):
            chart[i, i + 1] = set(rng.sample(lexicon, 2))
        for length in range(2, n + 1):
            for i in range(n - length + 1):
                j = i + length
                right = _cell(i, j, chart, _PAIRS)
                given = {span: set(found) for span, found in chart.items()}
                try:
                    got = answer(
                        i, j, given, {k: set(v) for k, v in _PAIRS.items()}
                    )
                except KeyError as error:
                    raise Hint(
                        f"{error} is missing. Is it a pair that no rule makes, or a span that "
                        "is not shorter than the one you fill?"
                    ) from None
                _compare_cell(got, right, i, j, chart)
                chart[i, j] = right
    return (
        "Three loops over spans and splits, and one look into the rules: that is all of CYK. "
        "Valiant showed in 1975 that it can be done by multiplying matrices, in less than n³ steps."
    )


def _compare_cell(
    got: Any,
    right: set[str],
    i: int,
    j: int,
    chart: Mapping[tuple[int, int], set[str]],
) -> None:
    if isinstance(got, str) or not hasattr(got, "__iter__"):
        raise Hint(f"You gave back {str(got)[:40]!r}. Is it a set of categories?")
    found = set(got)
    if found == right:
        return
    shown = ", ".join(
        f"{span}: {sorted(names)}" for span, names in list(chart.items())[:6]
    )
    if found < right:
        raise Hint(
            f"For span ({i}, {j}) with {shown} there is more than {sorted(map(str, found))}. "
            "Did you try every place k between i and j, and every pair?"
        )
    raise Hint(
        f"For span ({i}, {j}) with {shown} you gave {sorted(map(str, found))[:6]}. Which rule has "
        "made what should not be there?"
    )


# ── 08.4 · a grammar of your own ──────────────────────────────────────────────────────────────────

GOOD = [
    "the dog sleeps", "the dogs sleep", "a dog sees the cats", "the cats see a dog",
    "the dog near the cats sleeps", "the dogs near a cat sleep",
]  # fmt: skip
BAD = [
    "the dog sleep", "the dogs sleeps", "a dogs sleep", "the dog sees",
    "the cat near the dogs sleep", "dog the sleeps",
]  # fmt: skip
"""Sentences of exercise 08.4; the check has others."""

_MORE_GOOD = [
    "a cat sleeps", "the cats sleep", "the cat sees the dog", "the dogs see the cats",
    "a cat near the dog sees a dog near the cats", "the dogs near the cats near a dog sleep",
    "the cat near a dog near the dogs sees the cats",
]  # fmt: skip
_MORE_BAD = [
    "a cats sleep", "the cat sleep", "the dogs sees the cat", "the dog see a cat",
    "the dogs near a cat sleeps", "the dog near the cats see the dogs", "sleeps", "the dog",
    "the dog near sleeps", "near the dog sleeps", "the dog sleeps the cat", "the cats see",
    "the the dog sleeps",
]  # fmt: skip


def misjudged(
    text: object, good: Sequence[str], bad: Sequence[str]
) -> list[tuple[str, bool]]:
    """Return the sentences that a grammar judges wrongly, each with whether it is good.

    Raises:
        ValueError: it is no grammar.
    """
    if not isinstance(text, str):
        raise ValueError(
            f"a grammar is a text with one rule a line, not {str(text)[:40]!r}"
        )
    binary = binarize(read_grammar(text))
    wanted = [(s, True) for s in good] + [(s, False) for s in bad]
    return [(s, ok) for s, ok in wanted if accepts(s.split(), binary) != ok]


@exercise("08.4")
def agreement(answer: object) -> str:
    """A grammar whose verbs agree with their subjects, near other nouns, too."""
    try:
        first = misjudged(answer, GOOD, BAD)
    except ValueError as error:
        raise Hint(
            f"That can't be read: {error}. What does a line look like: left side, arrow, and what?"
        ) from None
    for sentence, good in first or misjudged(answer, _MORE_GOOD, _MORE_BAD):
        if good:
            raise Hint(
                f"Your grammar has no tree for {sentence!r}, which is good. Which rule is missing?"
            )
        raise Hint(
            f"Your grammar has a tree for {sentence!r}, which is not good. Which rule lets it in, "
            "and which categories must be split in two?"
        )
    return (
        "Number split your noun phrases in two. Person, case and gender would split them again: "
        "that is why grammars for whole languages put features on categories instead."
    )
