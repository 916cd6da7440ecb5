"""The checks of chapter 05 accept every right answer and point at each usual mistake."""

from __future__ import annotations

from fractions import Fraction

import pytest
from seqeval.metrics.sequence_labeling import get_entities

from answers import draw, each_meets_its_question, each_passes
from nlpcourse.exercises import parameters, using


def by_seqeval(tags):
    return [(s, e + 1, k) for k, s, e in get_entities(list(tags))]


def counts():
    p = parameters("05.2")
    pairs = list(zip(p["gold"], p["predicted"], strict=True))
    right = sum(e in g for g, said in pairs for e in said)
    return right, sum(map(len, p["predicted"])), sum(map(len, p["gold"]))


def share(percent=1):
    right, claimed, real = counts()
    return Fraction(2 * right * percent, claimed + real)


def in_bilou(tags):
    after = [*tags[1:], "O"]
    table = {"BB": "U", "BI": "B", "II": "I", "IB": "L", "BO": "U", "IO": "L"}
    return [
        "O" if t == "O" else table[t[0] + n[0]] + t[1:]
        for t, n in zip(tags, after[: len(tags)], strict=True)
    ]


def after_to(words):
    found, i = [], 0
    while i < len(words):
        start = i + 1
        if words[i] in ("to", "in", "from", "near", "of"):
            i = start
            while i < len(words) and (words[i].istitle() or words[i] == "de"):
                i += 1
            month = words[start : start + 1] in (["May"], ["March"], ["June"])
            if i > start and not month:
                found.append((start, i, "place"))
        i = max(i, start)
    return found


test_right_answers_pass = each_passes(
    [
        ("05.1", by_seqeval),
        ("05.1", lambda tags: [list(e) for e in by_seqeval(tags)]),
        ("05.1", lambda tags: iter(by_seqeval(tags))),
        ("05.2", share()),
        ("05.2", float(share())),
        ("05.3", in_bilou),
        ("05.3", lambda tags: tuple(in_bilou(tags))),
        ("05.4", after_to),
    ]
)


def precision():
    right, claimed, _ = counts()
    return right / claimed


def mean():
    right, claimed, real = counts()
    return (right / claimed + right / real) / 2


test_each_mistake_is_met_with_its_question = each_meets_its_question(
    [
        (
            "05.1",
            lambda t: [(s, e - 1, k) for s, e, k in by_seqeval(t)],
            "last word",
        ),
        (
            "05.1",
            lambda t: [e for e in by_seqeval(t) if e[1] < len(t)],
            "still open",
        ),
        ("05.1", lambda t: "B", "list of a start"),
        ("05.1", lambda t: [(0, 1, "person")] * 2, "begin an entity"),
        ("05.2", 100 * share(), "per cent"),
        ("05.2", precision(), "harmonic mean"),
        ("05.2", mean(), "plain mean"),
        ("05.2", 7.5, "start, the end"),
        ("05.3", lambda t: list(t), "go on with it"),
        ("05.3", lambda t: [], "one tag for each word"),
        ("05.4", lambda w: [], "is asked for"),
        ("05.4", lambda w: 3, "list of a start"),
    ]
)


@pytest.mark.parametrize("variant", [f"group {x}" for x in "ABCDEFGH"])
def test_f1_is_no_edge_case_in_any_variant(variant):
    with using({"05.2": draw("05.2", variant)}):
        right, claimed, real = counts()
    assert 0 < right < claimed
    assert abs(2 * right / (claimed + real) - 1) > 0.05
