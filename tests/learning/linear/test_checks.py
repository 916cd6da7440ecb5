"""The checks of chapter 13 accept every right answer and point at each usual mistake."""

import math

from scipy.special import expit
from scipy.stats import binomtest

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.learning.linear.judging import whole_groups


def drawn(formula):
    p = parameters("13.1")
    return formula(p["documents"], p["holding"], p["times"])


def by_library(gold, first, second):
    a = sum(x == g != y for g, x, y in zip(gold, first, second, strict=True))
    b = sum(y == g != x for g, x, y in zip(gold, first, second, strict=True))
    return binomtest(a, a + b).pvalue if a + b else 1.0


def step(weights, counts, y, rate, sign=1, slope=lambda m: expit(-m), times=True):
    margin = y * sum(n * weights.get(w, 0) for w, n in counts.items())
    moved = dict(weights)
    for w, n in counts.items():
        push = rate * y * float(slope(margin)) * (n if times else 1)
        moved[w] = moved.get(w, 0) + sign * push
    return moved


def careless(weights, counts, y, rate):
    return step(weights, counts, y, rate, slope=lambda m: 1 / (1 + math.exp(m)))


def without_new_words(weights, counts, y, rate):
    moved = step(weights, counts, y, rate)
    return {w: v for w, v in moved.items() if w in weights}


def as_many_as_asked(threads, share):
    return list(range(round(share * len(threads))))


test_right_answers_pass = each_passes(
    [
        ("13.1", drawn(lambda n, df, t: t * (1 - math.log((1 + df) / (1 + n))))),
        ("13.2", lambda c, w, b: math.fsum([b, *(c[k] * w.get(k, 0) for k in c)])),
        ("13.3", step),
        ("13.4", by_library),
        ("13.5", lambda threads, share: whole_groups(threads, share, seed=4)),
        ("13.5", lambda threads, share: set(whole_groups(threads, share, seed=4))),
        ("13.5", lambda threads, share: whole_groups(threads, share, seed=9)[::-1]),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("13.1", drawn(lambda n, df, t: math.log((1 + n) / (1 + df)) + 1), "How often"),
        ("13.1", drawn(lambda n, df, t: t * math.log((1 + n) / (1 + df))), "added"),
        ("13.1", drawn(lambda n, df, t: t * (math.log(n / df) + 1)), "imagined"),
        ("13.1", drawn(lambda n, df, t: t * (math.log10((1 + n) / (1 + df)) + 1)), "base 10"),
        ("13.1", 1.0, "its logarithm"),
        ("13.2", lambda c, w, b: sum(c[k] * w.get(k, 0) for k in c), "bias"),
        ("13.2", lambda c, w, b: b + sum(w.get(k, 0) for k in c), "each time"),
        ("13.2", lambda c, w, b: b + sum(c[k] * w[k] for k in c), "zebra"),
        ("13.2", lambda c, w, b: b + sum(c[k] * w.get(k, 1) for k in c), "zebra"),
        ("13.3", lambda *a: step(*a, sign=-1), "wrong way"),
        ("13.3", lambda *a: step(*a, slope=lambda m: 1), "sigmoid"),
        ("13.3", lambda *a: step(*a, slope=lambda m: expit(m)), "margin"),
        ("13.3", lambda *a: step(*a, times=False), "count"),
        ("13.3", careless, "overflows"),
        ("13.3", without_new_words, "get one now"),
        ("13.3", lambda w, c, y, r: list(w), "dictionary"),
        ("13.4", lambda g, a, b: by_library(g, a, b) / 2, "other side"),
        ("13.4", lambda g, a, b: 0.0, "only the first"),
        ("13.5", as_many_as_asked, "both sides"),
        ("13.5", lambda threads, share: [0], "were asked for"),
        ("13.5", lambda threads, share: [0] * len(threads), "there twice"),
        ("13.5", lambda threads, share: threads, "list of positions"),
        ("13.5", lambda threads, share: [0.5], "list of positions"),
    ]
)  # fmt: skip


test_groups_have_numbers_of_their_own = groups_have_their_own(
    "13.1", lambda: drawn(lambda n, df, t: t * (1 - math.log((1 + df) / (1 + n))))
)
