"""The checks of chapter 39 accept every right answer and point at each usual mistake."""

import math
from itertools import accumulate
from statistics import NormalDist

import numpy as np
from scipy.stats import rankdata

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.practice.competition import checks
from nlpcourse.practice.competition.ladder import free_ladder, ladder


def days():
    p = parameters("39.3")
    root = NormalDist().inv_cdf(p["wanted"])
    return math.ceil(math.pi * p["rows"] * root * root / p["limit"])


def faults(test, handed):
    missing = [i for i in sorted(test) if i not in handed]
    twice = sorted(i for i in set(handed) if handed.count(i) > 1)
    return missing, twice, sorted(i for i in set(handed) if i not in test)


def own_board(errors):
    return ladder([sum(row) / len(row) for row in errors], 0.06)


def noisy(errors):
    best = accumulate((sum(row) / len(row) for row in errors), min)
    return [round(value, 1) for value in best]


test_right_answers_pass = each_passes([
    ("39.1", lambda s: rankdata([-x for x in s], "min").astype(int) if s else []),
    ("39.1", lambda s: tuple(sorted(s, reverse=True).index(x) + 1 for x in s)),
    ("39.2", faults),
    ("39.2", lambda t, h: [list(part) for part in faults(t, h)]),
    ("39.3", days()),
    ("39.3", np.float32(days())),
    ("39.4", ladder),
    ("39.4", lambda x, step: np.array(ladder(x, step))),
    ("39.5", own_board),
    ("39.5", free_ladder),
    ("39.5", noisy),
])  # fmt: skip

p = parameters("39.3")
guesses = math.pi * p["rows"] * NormalDist().inv_cdf(p["wanted"]) ** 2

test_mistakes_meet_their_question = each_meets_its_question([
    ("39.1", lambda s: [1 + sum(o < x for o in s) for x in s], "larger score"),
    ("39.1", lambda s: [len({o for o in s if o >= x}) for x in s], "share place 1"),
    ("39.1", lambda s: [], "one place for every team"),
    ("39.1", lambda s: list(range(1, len(s) + 1)), "How many teams"),
    ("39.1", lambda s: s.sort() or [1] * len(s), "changed the list"),
    ("39.2", lambda t, h: ([], [], []), "missing should be"),
    ("39.2", lambda t, h: sorted(set(t) - set(h)), "three lists"),
    ("39.2", lambda t, h: (*faults(t, h)[:2], [i for i in h if i not in t]), "unknown"),
    (
        "39.2",
        lambda t, h: (faults(t, h)[0], sorted(i for i in h if h.count(i) > 1), faults(t, h)[2]),
        "only once in repeated",
    ),
    ("39.2", lambda t, h: (faults(t, h)[0][::-1], *faults(t, h)[1:]), "alphabetical"),
    ("39.3", math.ceil(guesses), "Those are guesses"),
    ("39.3", guesses / p["limit"], "whole days"),
    ("39.3", math.ceil(guesses * p["limit"]), "longer, or shorter"),
    ("39.3", "soon", "Which whole number"),
    ("39.3", 7, "inside of Φ"),
    ("39.4", lambda x, step: x, "goes up"),
    ("39.4", lambda x, step: list(accumulate(x, min)), "every small gain"),
    (
        "39.4",
        lambda x, step: [round(b / step) * step for b in accumulate(x, min)],
        "round the best",
    ),
    ("39.4", lambda x, step: [0.0] * len(x), "When does"),
    ("39.4", lambda x, step: None if x else [], "returns the result"),
    ("39.5", lambda e: [sum(row) / len(row) for row in e], "best loss"),
    ("39.5", lambda e: list(accumulate((sum(r) / len(r) for r in e), min)), "climber"),
    ("39.5", lambda e: [0.5] * len(e), "how it does"),
    ("39.5", lambda e: [], "one report"),
])  # fmt: skip

test_groups_have_their_own = groups_have_their_own("39.3", days)


def test_the_answer_of_a_class_is_the_checks():
    assert days() == checks.days_to(**parameters("39.3"))
