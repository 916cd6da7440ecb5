"""The checks of chapter 32: right answers in every form, usual mistakes and their questions."""

from __future__ import annotations

import math

import numpy as np
import torch

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.transformers.t5.corruption import corrupt
from nlpcourse.transformers.t5.mixing import mixing_rates
from nlpcourse.transformers.t5.relative import relative_bucket

Spans = list[tuple[int, int]]


def parts(text: str, spans: Spans) -> tuple[str, str]:
    source, target = corrupt(text.split(), spans, "<extra_id_{}>".format)
    return " ".join(source), " ".join(target)


def words_alone(text: str, spans: Spans) -> str:
    return " ".join(w for a, b in spans for w in text.split()[a:b])


def mixture() -> list[float]:
    p = parameters("32.2")
    return mixing_rates(p["sizes"], p["limit"])


def bucket(back: int, buckets: int, furthest: int) -> int:
    exact = buckets // 2
    if back < exact:
        return back
    way = math.log(back / exact) / math.log(furthest / exact)
    return min(exact + int(way * (buckets - exact)), buckets - 1)


def unclamped(back: int, buckets: int, furthest: int) -> int:
    exact = buckets // 2
    if back < exact:
        return back
    way = math.log(back / exact) / math.log(furthest / exact)
    return exact + int(way * (buckets - exact))


def rounded(back: int, buckets: int, furthest: int) -> int:
    exact = buckets // 2
    if back < exact:
        return back
    way = math.log(back / exact) / math.log(furthest / exact)
    return min(round(exact + way * (buckets - exact)), buckets - 1)


test_right = each_passes(
    [
        ("32.1", lambda text, spans: parts(text, spans)[1]),
        ("32.1", lambda text, spans: f" {parts(text, spans)[1]}\n"),
        ("32.2", mixture()),
        ("32.2", np.array(mixture())),
        ("32.2", torch.tensor(mixture())),
        ("32.3", bucket),
        ("32.3", lambda *a: np.int64(bucket(*a))),
        ("32.3", lambda b, n, f: relative_bucket(torch.tensor(-b), False, n, f)),
        ("32.4", lambda rating: f"{round(2 * rating) / 2}"),
        ("32.4", lambda rating: f" {round(rating * 1.9) / 1.9:.3f}\n"),
    ]
)

test_wrong = each_meets_its_question(
    [
        ("32.1", lambda text, spans: parts(text, spans)[0], "the encoder reads"),
        ("32.1", words_alone, "where each belongs"),
        (
            "32.1",
            lambda text, spans: parts(text, spans)[1].rsplit(" ", 1)[0],
            "the last span is over",
        ),
        ("32.1", lambda text, spans: text, "still hold"),
        (
            "32.1",
            lambda text, spans: parts(text, spans)[1].split(),
            "anything but text",
        ),
        ("32.1", lambda text, spans: "<extra_id_0>", "belong to <extra_id_0>"),
        ("32.2", mixing_rates(parameters("32.2")["sizes"]), "in proportion"),
        ("32.2", [0.25] * 4, "All tasks get the same"),
        (
            "32.2",
            [
                min(s, parameters("32.2")["limit"])
                for s in parameters("32.2")["sizes"]
            ],
            "limited sizes",
        ),
        ("32.2", [100 * share for share in mixture()], "hundredths"),
        (
            "32.2",
            [
                min(s, parameters("32.2")["limit"])
                / sum(parameters("32.2")["sizes"])
                for s in parameters("32.2")["sizes"]
            ],
            "before the limit",
        ),
        ("32.2", mixture()[:3], "How many shares"),
        ("32.2", [math.nan] * 4, "limited size"),
        ("32.3", lambda b, n, f: n - 1, "have one each"),
        ("32.3", lambda b, n, f: b, "on a scale of logarithms"),
        ("32.3", unclamped, "number of the last"),
        ("32.3", lambda b, n, f: bucket(b, n, f) + 0.5, "whole number"),
        ("32.3", lambda b, n, f: "near", "whole number"),
        ("32.3", rounded, "Do you round"),
        (
            "32.3",
            lambda b, n, f: bucket(b, n, f) if b < f else 0,
            "share the last bucket",
        ),
        ("32.3", lambda b, n, f: min(b, n // 2), "on a scale of logarithms"),
        ("32.4", lambda rating: rating, "to write as an answer"),
        ("32.4", lambda rating: "", "does `float` read"),
        ("32.4", str, "are allowed"),
        (
            "32.4",
            lambda rating: "good" if rating > 0 else "bad",
            "does `float` read",
        ),
        ("32.4", lambda rating: "1" if rating > 0 else "-1", "is allowed"),
    ]
)

test_groups = groups_have_their_own("32.2", mixture)
