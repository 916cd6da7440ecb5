"""The checks of chapter 08 accept every right answer and point at each usual mistake."""

from collections import Counter

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters


def phrases():
    words = parameters("08.1")["sentence"].split()
    return sum(word in {"in", "with", "on", "near"} for word in words)


def right():
    return {2: 5, 3: 14, 4: 42}[phrases()]


def counted(guess, gold):
    matched = sum(min(guess.count(b), gold.count(b)) for b in set(guess))
    if not matched:
        return 0
    p, r = matched / len(guess), matched / len(gold)
    return 2 * p * r / (p + r)


def as_sets(guess, gold):
    return 2 * len(set(guess) & set(gold)) / (len(set(guess)) + len(set(gold)))


def without_labels(guess, gold):
    a, b = Counter(x[1:] for x in guess), Counter(x[1:] for x in gold)
    return 2 * (a & b).total() / (len(guess) + len(gold))


def by_splits(i, j, chart, pairs):
    return {
        x
        for k in range(i + 1, j)
        for (b, c), made in pairs.items()
        if b in chart[i, k] and c in chart[k, j]
        for x in made
    }


def first_split(i, j, chart, pairs):
    return by_splits(i, j, chart, pairs) if j - i == 2 else set()


def swapped(i, j, chart, pairs):
    return by_splits(i, j, chart, {(c, b): made for (b, c), made in pairs.items()})


def no_get(i, j, chart, pairs):
    return {
        x
        for k in range(i + 1, j)
        for b in chart[i, k]
        for c in chart[k, j]
        for x in pairs[b, c]
    }


AGREEING = """
S -> SG VS | PL VP
SG -> the N | a N | SG near NP
PL -> the M | PL near NP
NP -> SG | PL
N -> 'dog' | 'cat'
M -> dogs | cats
VS -> sleeps | sees NP
VP -> sleep | see NP
"""
ANYTHING = """
S -> W S | W
W -> the | a | dog | dogs | cat | cats | near | sees | see | sleeps | sleep
"""


test_right_answers_pass = each_passes(
    [("08.1", right()), ("08.2", counted), ("08.3", by_splits), ("08.4", AGREEING)]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("08.1", phrases(), "attached"),
        ("08.1", 2 ** phrases(), "earlier one"),
        ("08.1", right() + 1, "count"),
        ("08.1", "many", "whole number"),
        ("08.2", as_sets, "stands twice"),
        ("08.2", without_labels, "label"),
        ("08.2", lambda g, r: len(set(g) & set(r)) / len(g), "harmonic"),
        ("08.3", first_split, "every place"),
        ("08.3", swapped, "?"),
        ("08.3", no_get, "a pair that no rule makes"),
        ("08.3", lambda i, j, c, p: "NP", "a set"),
        ("08.4", ANYTHING, "lets it in"),
        ("08.4", AGREEING.replace("| cats", ""), "missing"),
        ("08.4", "no rules", "can't be read"),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own("08.1", right)
