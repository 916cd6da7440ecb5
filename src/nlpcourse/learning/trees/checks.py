"""Instant checks of chapter 14, Decision trees and forests."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, number, parameters
from nlpcourse.learning.trees.examples import OPINION_LINES, labelled_lines
from nlpcourse.learning.trees.impurity import entropy, gini
from nlpcourse.learning.trees.questions import (
    Heap,
    Item,
    grow_by_questions,
    mixed,
    next_question,
)

# ── 14.1 · impurity by hand ───────────────────────────────────────────────────────────────────────


def draw_heap(rng: random.Random) -> dict[str, Any]:
    """Draw how many items of each of three labels a heap holds."""
    return {"counts": rng.sample([1, 2, 3, 4, 5, 6, 7], 3)}


@exercise("14.1", parameters=draw_heap, cases=3)
def gini_of_heap(answer: object) -> str:
    """Gini's index of the class's own heap, a number."""
    counts = parameters("14.1")["counts"]
    n, right = sum(counts), gini(counts)
    if close(answer, 1 - right):
        raise Hint("That is how often two draws agree. How often do they differ?")
    if close(answer, entropy(counts)):
        raise Hint("That is the entropy in bits. What does Gini's index add up?")
    if close(answer, 1 - max(counts) / n):
        raise Hint(
            "That is the share of items that are not of the commonest label. What happens if you "
            "draw a second item as well?"
        )
    if close(answer, 1 - sum(k * (k - 1) for k in counts) / (n * (n - 1))):
        raise Hint("Did you put the first item back before you drew the second?")
    if not close(answer, right):
        raise Hint(
            f"With {counts} of {n} items you gave {answer!r}. What is the share of each label, and "
            "how likely do two draws, one after the other, both give it?"
        )
    return (
        "Corrado Gini measured the inequality of incomes in 1912; what trees use under his name is "
        "the diversity of a heap, which ecologists know as Simpson's index."
    )


# ── 14.2 · the gain of a question ─────────────────────────────────────────────────────────────────


def _gain(no: Sequence[float], yes: Sequence[float]) -> float:
    whole = [a + b for a, b in zip(no, yes, strict=True)]
    n = sum(whole)
    return gini(whole) - sum(sum(part) / n * gini(part) for part in (no, yes))


@exercise("14.2")
def gain_of_question(answer: Callable[[list[int], list[int]], float]) -> str:
    """By how much a question lowers Gini's index, from the counts of both sides."""
    cases = [
        ([5, 1], [0, 6]), ([2, 2], [3, 3]), ([4, 0], [0, 4]), ([1, 0, 3], [2, 5, 1]),
        ([3, 2], [0, 0]),
    ]  # fmt: skip
    for no, yes in cases:
        got, right = answer(list(no), list(yes)), _gain(no, yes)
        if close(got, right):
            continue
        whole = [a + b for a, b in zip(no, yes, strict=True)]
        if close(got, gini(whole) - gini(no) - gini(yes)):
            raise Hint(
                "You took both sides off whole. How much should a side of one item count beside "
                "a side of eleven?"
            )
        if close(got, gini(whole) - (gini(no) + gini(yes)) / 2):
            raise Hint(
                "Both sides count alike in your answer. What if one holds more items than the "
                "other?"
            )
        if close(got, gini(whole) - right):
            raise Hint("That is what is left. By how much did it fall?")
        raise Hint(
            f"For {no} without and {yes} with the word you gave {got!r}. What are the shares of "
            "the two sides, and the impurity of each?"
        )
    return (
        "It is never negative: the two sides together are at most as mixed as the whole. That "
        "holds for the entropy, too, because both curves bend the same way everywhere."
    )


# ── 14.3 · the best threshold ─────────────────────────────────────────────────────────────────────


def _left(
    values: Sequence[float], labels: Sequence[str], threshold: float
) -> float:
    sides: list[Counter[str]] = [Counter(), Counter()]
    for value, label in zip(values, labels, strict=True):
        sides[value > threshold][label] += 1
    return sum(sum(side.values()) * gini(side.values()) for side in sides) / len(
        values
    )


def thresholds(values: Sequence[float]) -> list[float]:
    """Return the points halfway between neighbouring values, from the lowest.

    >>> thresholds([3, 1, 1, 2])
    [1.5, 2.5]
    """
    known = sorted(set(values))
    return [(a + b) / 2 for a, b in itertools.pairwise(known)]


@exercise("14.3")
def best_threshold(
    answer: Callable[[list[float], list[str]], float],
) -> str:
    """The threshold that leaves the least Gini, the lowest of equals."""
    cases: list[tuple[list[float], str]] = [
        ([1, 2, 3, 4], "aabb"), ([4, 1, 3, 2], "baba"), ([1, 1, 2, 5], "abbb"),
        ([0.5, 9, 9, 0.5, 3], "xyyxx"), ([1, 2, 3, 4, 5, 6], "abbbba"), ([2, 2, 2, 7], "aaab"),
    ]  # fmt: skip
    for values, labels in cases:
        got = answer(list(values), list(labels))
        between = thresholds(values)
        least = min(_left(values, labels, t) for t in between)
        best = [t for t in between if _left(values, labels, t) <= least + 1e-12]
        if close(got, best[0]):
            continue
        if number(got) is None:
            raise Hint(
                f"For {values} you gave {got!r}. Is a threshold not one number?"
            )
        if any(close(got, value) for value in values):
            raise Hint(
                f"For {values} you gave {got!r}, which is one of the values. Where between two "
                "neighbouring values does the threshold lie?"
            )
        if any(close(got, t) for t in best):
            raise Hint(
                f"For {values} and {labels!r} two thresholds are equally good. Which one comes "
                "first from below?"
            )
        raise Hint(
            f"For {values} and {labels!r} you gave {got!r}. Which thresholds are there, and what "
            "does each leave?"
        )
    return (
        "There is never a reason to look anywhere else: between two neighbouring values every "
        "threshold divides the items in the same way."
    )


# ── 14.4 · the weakest link ───────────────────────────────────────────────────────────────────────


@exercise("14.4")
def weakest_link(
    answer: Callable[[dict[str, tuple[float, float, int]]], tuple[str, float]],
) -> str:
    """The node to cut first, and the price of a leaf at which that pays."""
    cases: list[dict[str, tuple[float, float, int]]] = [
        {"root": (0.5, 0.1, 5), "left": (0.2, 0.06, 3), "right": (0.1, 0.04, 2)},
        {"root": (0.4, 0.0, 9), "left": (0.3, 0.0, 4)},
        {"root": (0.6, 0.3, 4), "who": (0.2, 0.19, 2), "how": (0.3, 0.11, 2)},
    ]
    for branches in cases:
        prices = {
            name: (risk - below) / (leaves - 1)
            for name, (risk, below, leaves) in branches.items()
        }
        name = min(prices, key=lambda key: prices[key])
        got = answer(dict(branches))
        try:
            said, price = got
        except (TypeError, ValueError):
            raise Hint(
                f"You gave back {got!r}. Is it a pair, the node's name and the price?"
            ) from None
        if not isinstance(said, str) or said not in branches:
            raise Hint(
                f"You cut {said!r} first. Which of the two comes first in the pair, the name or "
                "the price?"
            )
        if said != name:
            if close(price, max(prices.values())):
                raise Hint("Do you cut the strongest link first, or the weakest?")
            raise Hint(
                f"Of {branches} you cut {said!r} first. Which branch buys the least impurity for "
                "each leaf that it costs?"
            )
        risk, below, leaves = branches[name]
        if close(price, (risk - below) / leaves):
            raise Hint(
                "A cut turns a branch into one leaf. How many leaves fewer are there, then?"
            )
        if not close(price, prices[name]):
            raise Hint(
                f"Cutting {name!r} adds {risk - below:.3g} and saves {leaves - 1} leaves. At which "
                f"price of a leaf is that even? You gave {price!r}."
            )
    return (
        "After each cut the branches above have fewer leaves and more impurity, so the prices are "
        "reckoned anew; they never fall, which is why the pruned trees are nested."
    )


# ── 14.5 · lead the tree astray ───────────────────────────────────────────────────────────────────

QUESTIONS = 3
MOST_LINES = 12


def tree_leaves(items: Sequence[Item]) -> float:
    """Return the impurity that a greedy tree leaves after three questions.

    Raises:
        ValueError: there are no items.
    """
    return mixed(grow_by_questions(items, QUESTIONS))


def least_possible(items: Sequence[Item]) -> float:
    """Return the least impurity that any three questions leave, each asked where it gains most.

    Raises:
        ValueError: there are no items.
    """
    if not items:
        raise ValueError("an empty heap can't be divided; give it an item or more")
    words = sorted({word for one in items for word in one.words})
    least = mixed(Heap(list(items)))
    for asked in itertools.product(words, repeat=QUESTIONS):
        root = Heap(list(items))
        for word in asked:
            found = next_question(root, [word])
            if found is not None:
                found[1].ask(word)
        least = min(least, mixed(root))
    return least


def read_lines(answer: Any) -> list[Item]:
    """Return the items of a learner's lines, or ask about what is no such line."""
    if isinstance(answer, str | bytes) or not isinstance(answer, list | tuple):
        raise Hint(f"You gave {answer!r}. Is it a list of lines?")
    if not all(isinstance(line, str) for line in answer):
        raise Hint("Is each line a string such as 'praise: good film'?")
    items, others = labelled_lines("\n".join(answer))
    if others or not items:
        raise Hint("Has each line a label, a colon and a sentence?")
    if len(items) > MOST_LINES:
        raise Hint(f"Can you do it with {MOST_LINES} lines or fewer?")
    if len({word for one in items for word in one.words}) > 8:
        raise Hint("Can you do it with eight different words or fewer?")
    labels = Counter(one.label for one in items)
    if len(labels) != 2 or min(labels.values()) < 3:
        raise Hint("Are there two labels, each on three lines or more?")
    return items


@exercise("14.5")
def astray(answer: Any) -> str:
    """Sentences on which three greedy questions leave much that three others would not."""
    items = read_lines(answer)
    shown, _ = labelled_lines(OPINION_LINES)
    if {(one.words, one.label) for one in items} == {
        (one.words, one.label) for one in shown
    }:
        raise Hint("Those are the chapter's own sentences. Can you find others?")
    if tree_leaves(items) < 0.1:
        raise Hint(
            f"The tree leaves an impurity of {tree_leaves(items):.2f} after three questions. Which "
            "word would tempt it to begin badly?"
        )
    least = least_possible(items)
    if least > 1e-9:
        raise Hint(
            f"No three questions sort your sentences: at best {least:.2f} is left. Can two words "
            "together decide every label?"
        )
    return (
        "Finding the tree that sorts a table with the fewest questions on average is NP-complete, "
        "as Hyafil and Rivest proved in 1976. That is why most trees you meet were grown greedily."
    )
