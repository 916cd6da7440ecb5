"""The checks of chapter 15 accept every right answer and point at each usual mistake."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.learning.clustering.checks import split


def line():
    p = parameters("15.1")
    return p["points"], p["centres"]


def stepped(times=1):
    points, centres = line()
    for _ in range(times):
        near = [p for p in points if abs(p - centres[0]) <= abs(p - centres[1])]
        far = [p for p in points if p not in near]
        centres = [sum(near) / len(near), sum(far) / len(far)]
    return centres


def by_distance(point, centres):
    return min(range(len(centres)), key=lambda c: math.dist(point, centres[c]))


def with_loop(points, chosen):
    found = []
    for p in points:
        found.append(min(abs(p - c) for c in chosen) ** 2)
    return tuple(x / sum(found) for x in found)


def by_counts(classes, clusters):
    def two(values):
        return sum(n * (n - 1) / 2 for n in Counter(values).values())

    both = two(zip(classes, clusters, strict=True))
    n = len(classes)
    return 1 - (two(classes) + two(clusters) - 2 * both) / (n * (n - 1) / 2)


def by_gap(points):
    """Cut where the distances to the origin leave the widest gap."""
    away = sorted(math.hypot(*p) for p in points)
    gap, border = max((b - a, (a + b) / 2) for a, b in pairwise(away))
    assert gap > 0
    return [int(math.hypot(*p) > border) for p in points]


test_right_answers_pass = each_passes(
    [
        ("15.1", stepped()),
        ("15.1", tuple(stepped())),
        ("15.2", by_distance),
        ("15.3", with_loop),
        ("15.4", by_counts),
        ("15.5", lambda points: split([[x * x + y * y] for x, y in points])),
        ("15.5", by_gap),
        ("15.5", lambda points: [label == 1 for label in by_gap(points)]),
        ("15.5", lambda points: np.array(by_gap(points)) == 1),
        ("15.5", lambda points: [1 - label for label in by_gap(points)]),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("15.1", line()[1], "before the step"),
        ("15.1", stepped()[::-1], "comes first"),
        ("15.1", stepped(2), "after two steps"),
        ("15.1", [1.0], "two numbers"),
        ("15.1", [100.0, 1.0], "nearer"),
        (
            "15.2",
            lambda p, c: max(range(len(c)), key=lambda i: math.dist(p, c[i])),
            "farthest",
        ),
        ("15.2", lambda p, c: min(math.dist(p, x) for x in c), "distance"),
        (
            "15.2",
            lambda p, c: len(c) - 1 - by_distance(p, c[::-1]),
            "first of them",
        ),
        ("15.2", lambda p, c: 99, "squared"),
        ("15.3", lambda p, c: [1 / len(p)] * len(p), "far away"),
        (
            "15.3",
            lambda p, c: [min((x - y) ** 2 for y in c) for x in p],
            "add up",
        ),
        (
            "15.3",
            lambda p, c: [abs(x - c[0]) / sum(abs(y - c[0]) for y in p) for x in p],
            "square",
        ),
        (
            "15.3",
            lambda p, c: [
                (x - c[0]) ** 2 / sum((y - c[0]) ** 2 for y in p) for x in p
            ],
            "which of the centres",
        ),
        (
            "15.4",
            lambda a, b: (
                sum(
                    a[i] == a[j] and b[i] == b[j]
                    for i in range(len(a))
                    for j in range(i)
                )
                / (len(a) * (len(a) - 1) / 2)
            ),
            "keep apart",
        ),
        (
            "15.4",
            lambda a, b: by_counts(a, b) * len(a) * (len(a) - 1) / 2,
            "Of how many",
        ),
        (
            "15.4",
            lambda a, b: sum(x == y for x, y in zip(a, b, strict=True)) / len(a),
            "called",
        ),
        ("15.5", split, "in common"),
        (
            "15.5",
            lambda points: [int(math.hypot(*p) > 2.2) for p in points],
            "whatever",
        ),
        ("15.5", lambda points: [1] * len(points), "in common"),
        ("15.5", lambda points: [1, 0], "every point"),
        (
            "15.5",
            lambda points: [label + 1 for label in by_gap(points)],
            "two numbers",
        ),
        ("15.5", lambda points: "01", "zeros and ones"),
        (
            "15.5",
            lambda points: [int(math.hypot(*p) > 1.2) for p in points],
            "whatever",
        ),
        (
            "15.3",
            lambda p, c: [round(x, 2) for x in with_loop(p, c)],
            "round them",
        ),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own("15.1", stepped)
