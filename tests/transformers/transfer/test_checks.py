"""The checks of chapter 33 accept right answers and point at each usual mistake."""

from __future__ import annotations

import math
from typing import Any

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters


def count(**without: bool) -> int:
    p = parameters("33.1")
    hidden, wide, rank = p["hidden"], p["feed_forward"], p["rank"]
    one = rank * (2 * hidden + hidden + wide)
    head = 0 if without.get("head") else hidden * p["classes"] + p["classes"]
    return (1 if without.get("blocks") else p["blocks"]) * one + head


def merge(weight: Any, down: Any, up: Any, alpha: float) -> Any:
    return weight + alpha / len(down) * (up @ down)


def rounded(row: list[float], top: int = 127) -> tuple[list[int], float]:
    scale = max(map(abs, row)) / top or 1.0
    return [round(v / scale) for v in row], scale


def soft(logits: list[float], t: float) -> list[float]:
    parts = [math.exp(z / t) for z in logits]
    return [p / sum(parts) for p in parts]


def loss(student: list[float], teacher: list[float], t: float) -> float:
    pairs = zip(soft(teacher, t), soft(student, t), strict=True)
    return -t * t * sum(p * math.log(q) for p, q in pairs)


CARD = """# Film sentences

## Intended use
Sorting English sentences about films for exercises, and nothing that matters to anyone.

## Training data
512 sentences, good where the mean of about twenty people's ratings is above zero.

## Evaluation
Accuracy on 400 other sentences of the same source is 74.0 %, three draws of labels.

## Limits
Do not use it for other languages, other subjects, or to judge any person.
"""

test_right_answers_pass = each_passes(
    [
        ("33.1", count()),
        ("33.2", merge),
        ("33.3", rounded),
        ("33.4", loss),
        ("33.5", lambda: CARD),
    ]
)

test_mistakes_meet_their_question = each_meets_its_question(
    [
        ("33.1", count(head=True), "linear layer on top"),
        ("33.1", count(blocks=True), "how many blocks"),
        ("33.1", "many", "no number"),
        ("33.2", lambda w, d, u, a: w + u @ d, "alpha over rank"),
        ("33.2", lambda w, d, u, a: w + a * u @ d, "divides alpha"),
        ("33.2", lambda w, d, u, a: a / len(d) * u @ d, "frozen weight"),
        ("33.2", lambda w, d, u, a: w, "Where is the detour"),
        ("33.2", lambda w, d, u, a: w.add_(u @ d), "into a copy"),
        ("33.2", lambda w, d, u, a: u, "take the other's place"),
        ("33.3", lambda row: rounded(row, 128), "fit into eight bits"),
        ("33.3", lambda row: ([v for v in row], 1.0), "whole"),
        ("33.3", lambda row: ([int(v) for v in row], 1.0), "farthest from zero"),
        ("33.3", lambda row: rounded(row)[0], "one scale"),
        ("33.4", lambda s, t, T: loss(s, t, T) / T**2, "square of the temperature"),
        ("33.4", lambda s, t, T: loss(t, s, T), "who teaches whom"),
        ("33.4", lambda s, t, T: -loss(s, t, T), "minus the logarithm"),
        ("33.5", lambda: "", "as one text"),
        ("33.5", lambda: CARD.replace("## Limits", "## Other"), "Limits"),
        ("33.5", lambda: CARD.replace("512", "Some"), "How many labelled"),
        ("33.5", lambda: CARD.replace("400", "some"), "how many sentences"),
        ("33.5", lambda: CARD.replace("74.0 %", "high"), "as a percentage"),
    ]
)

test_groups = groups_have_their_own("33.1", count)
