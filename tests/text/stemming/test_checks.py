"""The checks of chapter 03 accept every right answer and point at each usual mistake."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.text.stemming.fast import stem_fast
from nlpcourse.text.stemming.judging import without_s


def by_pattern(word):
    return len(re.findall("[aeiou][^aeiou]", word))


def words():
    return parameters("03.2")["words"]


def saved():
    return Fraction(len(words()) - len(set(map(stem_fast, words()))), len(words()))


def by_counting(groups, stem_of):
    pairs = lambda n: n * (n - 1) // 2  # noqa: E731
    kept = wanted = 0
    for group in groups:
        wanted += pairs(len(group))
        kept += sum(map(pairs, Counter(stem_of[w] for w in group).values()))
    together = Counter(stem_of[w] for group in groups for w in group)
    return wanted - kept, sum(map(pairs, together.values())) - kept


def endings(noun):
    for old, new in (
        ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("xes", "x"), ("ies", "y"),
        ("ives", "ife"), ("men", "man"), ("ss", "ss"), ("us", "us"), ("s", ""),
    ):  # fmt: skip
        if noun.endswith(old):
            return noun[: -len(old)] + new
    return noun


test_right_answers_pass = each_passes(
    [
        ("03.1", by_pattern),
        ("03.2", saved()),
        ("03.2", float(saved())),
        ("03.3", by_counting),
        ("03.3", lambda groups, stem_of: list(by_counting(groups, stem_of))),
        ("03.4", endings),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("03.1", lambda w: sum(x in "aeiou" for x in w), "counted its vowels"),
        (
            "03.1",
            lambda w: len(re.findall("[aeiou]+[^aeiou]+", w)) + 1,
            "directly before",
        ),
        ("03.1", lambda w: "vc", "number"),
        ("03.2", 1 - saved(), "stay"),
        ("03.2", saved() * len(words()), "Of how many"),
        ("03.2", 100 * saved(), "per cent"),
        ("03.2", saved() / (1 - saved()), "divided by the stems"),
        ("03.2", 7.5, "different stems"),
        ("03.3", lambda g, s: by_counting(g, s)[::-1], "order"),
        ("03.3", lambda g, s: [2 * n for n in by_counting(g, s)], "twice"),
        ("03.3", lambda g, s: (0, 0), "Which pairs"),
        ("03.4", without_s, "-"),
        ("03.4", lambda noun: noun, "which rule"),
        ("03.4", lambda noun: [noun], "word"),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own("03.2", saved)
