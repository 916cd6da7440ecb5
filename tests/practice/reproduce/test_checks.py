"""The checks of chapter 40 accept every right answer and point at each usual mistake."""

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from scipy import stats

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.practice.reproduce import checks


def rounds(value, text):
    unit = Decimal(1).scaleb(Decimal(text).as_tuple().exponent)
    return Decimal(repr(value)).quantize(unit, ROUND_HALF_UP) == Decimal(text)


def formatted(value, text):
    digits = len(text.partition(".")[2])
    return abs(round(value, digits) - float(text)) < 1e-9


def ends():
    p = parameters("40.2")
    runs = np.array(p["runs"])
    far = stats.t.ppf(0.975, 4) * runs.std(ddof=1) * math.sqrt(1 + 1 / 5)
    return runs.mean() - far, runs.mean() + far


def exact(first, second):
    found = stats.permutation_test(
        (first, second),
        lambda a, b: np.sum(a) - np.sum(b),
        permutation_type="samples",
        vectorized=False,
        n_resamples=np.inf,
    )
    return min(1.0, found.pvalue)


def by_hand(runs, text):
    if len(runs) == 1:
        return "same" if formatted(runs[0], text) else "can't tell"
    if len(runs) < 3:
        return "can't tell"
    far = 3 * np.std(runs, ddof=1)
    return "same" if abs(np.mean(runs) - float(text)) <= far else "differs"


test_right_answers_pass = each_passes([
    ("40.1", rounds),
    ("40.1", formatted),
    ("40.1", lambda v, t: np.bool_(formatted(v, t))),
    ("40.2", ends()),
    ("40.2", np.array(ends())),
    ("40.3", checks.swap_share),
    ("40.3", exact),
    ("40.4", checks.usual_rule),
    ("40.4", by_hand),
])  # fmt: skip

p = parameters("40.2")
mean, spread = float(np.mean(p["runs"])), float(np.std(p["runs"], ddof=1))

test_mistakes_meet_their_question = each_meets_its_question([
    ("40.1", lambda v, t: abs(v - float(t)) < 0.005, "last zero"),
    ("40.1", lambda v, t: round(v, len(str(float(t)).partition(".")[2])) == float(t), "last zero"),
    ("40.1", lambda v, t: formatted(abs(v), t.strip("-")), "which sign"),
    ("40.1", lambda v, t: "yes", "True or False"),
    ("40.1", lambda v, t: True, "To how many digits"),
    ("40.2", (mean - p["t"] * spread / 5**0.5, mean + p["t"] * spread / 5**0.5), "one more run"),
    ("40.2", (mean - p["t"] * spread, mean + p["t"] * spread), "not sure either"),
    ("40.2", (mean - spread * 1.2**0.5, mean + spread * 1.2**0.5), "became of t"),
    ("40.2", (0.0, 1.0), "What is the mean"),
    ("40.2", mean, "Two ends"),
    ("40.2", [mean - p["t"] * spread * 0.96**0.5, mean + p["t"] * spread * 0.96**0.5], "one less"),
    ("40.3", lambda a, b: checks.swap_share(a, b, sides=1), "other way round"),
    ("40.3", lambda a, b: 2 ** len(a) * checks.swap_share(a, b), "their share"),
    ("40.3", lambda a, b: 0.5, "ways to swap"),
    ("40.4", lambda runs, text: "same", "On what ground"),
    ("40.4", lambda runs, text: "can't tell", "without chance"),
    ("40.4", lambda runs, text: "maybe", "one of"),
    ("40.4", lambda runs, text: "same" if formatted(np.mean(runs), text) else "differs", "stray"),
    ("40.4", lambda r, t: checks.usual_rule(r[:1], t), "what would it need"),
])  # fmt: skip

test_groups_have_their_own = groups_have_their_own("40.2", ends)
