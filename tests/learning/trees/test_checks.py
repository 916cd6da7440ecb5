"""The checks of chapter 14 accept every right answer and point at each usual mistake."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.learning.trees.checks import thresholds
from nlpcourse.learning.trees.examples import OPINION_LINES
from nlpcourse.learning.trees.impurity import entropy, gini


def heap():
    return parameters("14.1")["counts"]


def by_fractions():
    n = sum(heap())
    return 1 - sum(Fraction(k, n) ** 2 for k in heap())


def by_pairs(no, yes):
    """Gini's index as the share of pairs that differ, added up one by one."""

    def differ(counts):
        items = [k for k, n in enumerate(counts) for _ in range(n)]
        if not items:
            return 0.0
        return sum(a != b for a in items for b in items) / len(items)

    whole = [a + b for a, b in zip(no, yes, strict=True)]
    return (differ(whole) - differ(no) - differ(yes)) / sum(whole)


def left_by(values, labels, threshold):
    low = Counter(c for v, c in zip(values, labels, strict=True) if v <= threshold)
    high = Counter(c for v, c in zip(values, labels, strict=True) if v > threshold)
    return sum(
        sum(s.values()) - sum(n * n for n in s.values()) / sum(s.values())
        for s in (low, high)
    )


def by_trying(values, labels):
    return min(
        thresholds(values), key=lambda t: (round(left_by(values, labels, t), 9), t)
    )


def from_above(values, labels):
    return min(
        thresholds(values), key=lambda t: (round(left_by(values, labels, t), 9), -t)
    )


def at_a_value(values, labels):
    best = by_trying(values, labels)
    return max(v for v in values if v < best)


def prices(branches):
    return {k: (a - b) / (n - 1) for k, (a, b, n) in branches.items()}


def cheapest(branches):
    found = prices(branches)
    name = min(found, key=found.get)
    return name, found[name]


def dearest(branches):
    found = prices(branches)
    name = max(found, key=found.get)
    return name, found[name]


def one_leaf_too_many(branches):
    name = cheapest(branches)[0]
    a, b, n = branches[name]
    return name, (a - b) / n


ASTRAY = [
    "yes: up left now", "yes: up left", "yes: down right now", "yes: down right late",
    "no: up right now", "no: up right late", "no: down left late", "no: down left late",
]  # fmt: skip


test_right_answers_pass = each_passes(
    [
        ("14.1", by_fractions()),
        ("14.1", gini(heap())),
        ("14.2", by_pairs),
        ("14.3", by_trying),
        ("14.4", cheapest),
        ("14.4", lambda b: list(cheapest(b))),
        ("14.5", ASTRAY),
        ("14.5", tuple(ASTRAY)),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("14.1", 1 - gini(heap()), "agree"),
        ("14.1", entropy(heap()), "bits"),
        ("14.1", 1 - max(heap()) / sum(heap()), "second"),
        ("14.1", 0.123456, "two draws"),
        (
            "14.2",
            lambda a, b: (
                gini([x + y for x, y in zip(a, b, strict=True)]) - gini(a) - gini(b)
            ),
            "beside",
        ),
        (
            "14.2",
            lambda a, b: (
                gini([x + y for x, y in zip(a, b, strict=True)])
                - (gini(a) + gini(b)) / 2
            ),
            "alike",
        ),
        ("14.2", lambda a, b: 7.0, "shares"),
        ("14.3", at_a_value, "one of the values"),
        ("14.3", from_above, "from below"),
        ("14.3", lambda v, y: "low", "one number"),
        ("14.3", lambda v, y: max(v) + 1.0, "Which thresholds"),
        ("14.4", dearest, "strongest"),
        ("14.4", one_leaf_too_many, "fewer"),
        ("14.4", lambda b: "root", "pair"),
        ("14.4", lambda b: cheapest(b)[::-1], "comes first"),
        ("14.4", lambda b: (cheapest(b)[0], 9.0), "even"),
        ("14.5", OPINION_LINES.splitlines(), "own sentences"),
        ("14.5", "yes: a", "list"),
        ("14.5", ["yes: a b", "no: c"], "three lines"),
        ("14.5", ["no colon"], "colon"),
        ("14.5", ["a: x"] * 3 + ["b: y"] * 3, "tempt"),
        ("14.5", ["a: x"] * 3 + ["b: x"] * 3, "at best"),
        ("14.5", ["a: x"] * 13, "fewer"),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own("14.1", by_fractions)
