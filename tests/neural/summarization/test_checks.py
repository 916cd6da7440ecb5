"""The checks of chapter 26 accept right answers and point at each usual mistake."""

import re
from collections import Counter
from itertools import pairwise

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.neural.summarization.rouge import rouge_n


def pair():
    p = parameters("26.1")
    return p["reference"].split(), p["candidate"].split()


def by_counters():
    ours, theirs = map(Counter, pair())
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


def unclipped():
    ours, theirs = pair()
    return 2 * sum(w in ours for w in theirs) / (len(ours) + len(theirs))


def pairs_of(words):
    return Counter(pairwise(words))


def recall(ours, theirs):
    a, b = pairs_of(ours), pairs_of(theirs)
    return (a & b).total() / (a.total() or 1)


def precision(ours, theirs):
    return recall(theirs, ours)


def by_sets(ours, theirs):
    return len(pairs_of(ours).keys() & pairs_of(theirs).keys()) / max(
        len(ours) - 1, 1
    )


def dividing(ours, theirs):
    return (pairs_of(ours) & pairs_of(theirs)).total() / (len(ours) - 1)


def walk(weights, shares, d):
    fresh = [(1 - d) / len(shares)] * len(shares)
    for row, share in zip(weights, shares, strict=True):
        for j, weight in enumerate(row):
            fresh[j] += d * share * weight / sum(row)
    return tuple(fresh)


def backwards(weights, shares, d):
    return walk([list(c) for c in zip(*weights, strict=True)], shares, d)


def without_jumps(weights, shares, d):
    return [x - (1 - d) / len(shares) for x in walk(weights, shares, d)]


def unshared(weights, shares, d):
    size = len(shares)
    return [
        (1 - d) / size + d * sum(shares[i] * weights[i][j] for i in range(size))
        for j in range(size)
    ]


def marginal(relevance, similarity, taken, b, join=max):
    def gain(i):
        return b * relevance[i] - (1 - b) * (
            join([similarity[i][j] for j in taken]) if taken else 0
        )

    return max((i for i in range(len(relevance)) if i not in taken), key=gain)


def average(values):
    return sum(values) / len(values)


WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
]


def numbers_of(text):
    text = text.replace(",", "")
    for value, word in enumerate(WORDS):
        text = re.sub(rf"\b{word}\b", str(value), text)
    return {float(n) for n in re.findall(r"\d+(?:\.\d+)?", text)}


def new_numbers(source, summary):
    return numbers_of(summary) - numbers_of(source)


def only_digits(source, summary):
    return [n for n in re.findall(r"[\d.]*\d", summary) if n not in source]


test_right_answers_pass = each_passes(
    [
        ("26.1", by_counters()),
        ("26.2", recall),
        ("26.3", walk),
        ("26.4", marginal),
        ("26.5", new_numbers),
    ]
)

test_mistakes_meet_their_question = each_meets_its_question(
    [
        ("26.1", 0.123, "How many words do both hold"),
        ("26.1", 100 * by_counters(), "per cent"),
        ("26.1", unclipped(), "overcount"),
        ("26.2", dividing, "divide by zero"),
        ("26.2", precision, "Whose pairs"),
        ("26.2", by_sets, "twice on both sides"),
        ("26.2", lambda a, b: rouge_n(a, b, 1).recall, "counted words"),
        ("26.3", backwards, "against the arrows"),
        ("26.3", lambda w, s, d: walk(w, s, 1 - d), "follow an edge, or that jump"),
        ("26.3", without_jumps, "follow no edge"),
        ("26.3", unshared, "whole share"),
        ("26.4", lambda r, s, t, b: max(range(len(r)), key=r.__getitem__), "?"),
        (
            "26.4",
            lambda r, s, t, b: marginal(r, s, t, b, average),
            "mean similarity",
        ),
        ("26.4", lambda r, s, t, b: marginal(r, s, t, b, sum), "add up"),
        ("26.5", only_digits, "?"),
        ("26.5", lambda a, b: [], "Did you find it"),
        ("26.5", lambda a, b: ["many"], "read as a number"),
    ]
)

test_groups = groups_have_their_own("26.1", by_counters)
