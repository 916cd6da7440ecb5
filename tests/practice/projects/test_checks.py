"""The checks of chapter 38 accept every right answer and point at each usual mistake."""

import math
import re

import numpy as np

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.practice.projects import checks


def bands():
    p = parameters("38.2")
    return math.ceil(
        math.log(1 - p["wanted"]) / math.log(1 - p["similarity"] ** p["rows"])
    )


def twins(train, test, least):
    def alike(a, b):
        a, b = set(a.split()), set(b.split())
        return len(a & b) / len(a | b) >= least

    return [
        j
        for j, text in enumerate(test)
        if any(alike(text, other) for other in train)
    ]


def rule(text):
    between = re.search(r"\d ?%? ?(?:to|and|,|-|–|±) ?(?:interval )?\.?\d", text)
    return bool(
        between and re.search("baseline|list|always|vs", text, re.IGNORECASE)
    )


p = parameters("38.2")
exact = math.log(1 - p["wanted"]) / math.log(1 - p["similarity"] ** p["rows"])

test_right_answers_pass = each_passes([
    ("38.1", lambda r, s, k: len(set(r[:k]) & s) / len(s)),
    ("38.1", lambda r, s, k: np.mean([d in r[:k] for d in s])),
    ("38.2", bands()),
    ("38.2", np.float32(bands())),
    ("38.3", twins),
    ("38.3", lambda *a: np.array(twins(*a), dtype=int)),
    ("38.4", rule),
    ("38.4", lambda t: np.bool_(rule(t))),
    ("38.4", lambda t: int(rule(t))),
])  # fmt: skip

test_mistakes_meet_their_question = each_meets_its_question([
    ("38.1", lambda r, s, k: len(set(r[:k]) & s) / k, "precision"),
    ("38.1", lambda r, s, k: len(set(r) & s) / len(s), "beyond place k"),
    ("38.1", lambda r, s, k: 0.3, "how many were found"),
    ("38.1", lambda r, s, k: "half", "one number"),
    ("38.1", lambda r, s, k: r.clear() or 0.5, "changed the ranking"),
    ("38.2", exact, "part of a band"),
    ("38.2", bands() * p["rows"], "hash functions"),
    ("38.2", bands() + 1, "fewer enough"),
    ("38.2", bands() - 1, "more needed"),
    ("38.2", 0, "In how many"),
    ("38.2", "many", "Which whole number"),
    ("38.3", lambda a, b, m: twins(b, a, m), "whose places"),
    ("38.3", lambda a, b, m: twins(a, b, m) * 2, "named once"),
    ("38.3", lambda a, b, m: twins(a, b, m)[::-1], "in order"),
    ("38.3", lambda a, b, m: "0", "list of places"),
    ("38.3", lambda a, b, m: [], "is exactly that share enough"),
    ("38.4", lambda t: True, "accept everything"),
    ("38.4", lambda t: False, "refuse every"),
    ("38.4", lambda t: "yes", "yes or no"),
    ("38.4", lambda t: "baseline" in t, "refuse"),
    ("38.4", lambda t: any(c.isdigit() for c in t), "You accept"),
])  # fmt: skip

test_groups_have_their_own = groups_have_their_own("38.2", bands)


def test_the_answer_of_a_class_is_the_checks():
    assert bands() == checks.bands_needed(**parameters("38.2"))
