"""The checks of chapter 17 accept every right answer and point at each usual mistake."""

import itertools
import math

import numpy as np

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.learning.crf import chain
from nlpcourse.learning.crf.checks import best_local, one_by_one


def path_share(take=lambda e, t, p: math.exp(chain.path_score(e, t, p))):
    p = parameters("17.1")
    e, t = p["emissions"], p["transitions"]
    every = [take(e, t, q) for q in itertools.product((0, 1), repeat=2)]
    return take(e, t, p["path"]) / sum(every)


def turned(e, t, p):
    return math.exp(chain.path_score(e, list(zip(*t, strict=True)), p))


def own_score():
    p = parameters("17.1")
    return math.exp(chain.path_score(p["emissions"], p["transitions"], p["path"]))


def by_numpy(before, transitions, here):
    ways = np.array(before)[:, None] + np.array(transitions)
    return np.logaddexp.reduce(ways, axis=0) + np.array(here)


def plain_sums(before, transitions, here):
    columns = zip(*transitions, strict=True)
    return [
        h
        + math.log(
            sum(math.exp(b + t) for b, t in zip(before, column, strict=True))
        )
        for h, column in zip(here, columns, strict=True)
    ]


def best_ways(before, transitions, here):
    return [
        h + max(b + t[y] for b, t in zip(before, transitions, strict=True))
        for y, h in enumerate(here)
    ]


def gradient(emissions, transitions, path, sign=1, observe=1, expect=1):
    k = len(transitions)
    found = np.zeros((k, k))
    for x, y in itertools.pairwise(path):
        found[x, y] += observe
    for table in chain.pair_marginals(emissions, transitions):
        found -= expect * np.array(table)
    return sign * found


def capitals(words):
    found = []
    for i, word in enumerate(words):
        left = words[i - 1] if i else "<"
        big, big_left = word[0].isupper(), left[0].isupper()
        found.append([word, f"big {big}", f"after {left}", f"after big {big_left}"])
    return found


def in_small_letters(words):
    return [[clued[0].lower(), *clued[1:]] for clued in capitals(words)]


def capitals_alone(words):
    return [clued[1:] for clued in capitals(words)]


test_right_answers_pass = each_passes(
    [
        ("17.1", path_share()),
        ("17.2", by_numpy),
        ("17.3", gradient),
        ("17.4", best_local),
        ("17.5", capitals),
        ("17.5", in_small_letters),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("17.1", own_score(), "divided"),
        ("17.1", path_share(turned), "first or the second"),
        ("17.1", 0.123, "score of each"),
        ("17.1", path_share(lambda e, t, p: math.exp(e[0][p[0]] + e[1][p[1]])), "step"),
        ("17.2", plain_sums, "taken out"),
        ("17.2", best_ways, "best way"),
        ("17.2", lambda b, t, h: by_numpy(b, list(zip(*t, strict=True)), h), "index"),
        ("17.2", lambda b, t, h: by_numpy(b, t, [0.0] * len(h)), "Where is its score"),
        ("17.2", lambda b, t, h: list(map(math.exp, plain_sums(b, t, h))), "exponentials"),
        ("17.2", lambda b, t, h: h, "For 2 tags"),
        ("17.3", lambda e, t, p: gradient(e, t, p, sign=-1), "signs"),
        ("17.3", lambda e, t, p: gradient(e, t, p, expect=0), "taken away"),
        ("17.3", lambda e, t, p: gradient(e, t, p, sign=-1, observe=0), "compare"),
        ("17.3", lambda e, t, p: [1.0], "one number for each pair"),
        ("17.3", lambda e, t, p: gradient(e, t, p, observe=2), "in expectation"),
        ("17.1", math.log(path_share()), "logarithm"),
        ("17.3", lambda e, t, p: list(zip(*gradient(e, t, p), strict=True)), "tag after"),
        ("17.4", chain.viterbi, "That is the CRF's path"),
        ("17.4", one_by_one, "never went back"),
        ("17.4", lambda e, t: [0] * len(e), "largest"),
        ("17.5", lambda words: [[w] for w in words], "new"),
        ("17.5", lambda words: words, "list of strings"),
        ("17.5", lambda words: [], "one list"),
        ("17.5", capitals_alone, "questioned"),
    ]
)  # fmt: skip


test_groups_have_numbers_of_their_own = groups_have_their_own("17.1", path_share)
