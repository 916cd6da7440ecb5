"""Instant checks of chapter 15, Clustering."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from nlpcourse.exercises import (
    Hint,
    all_close,
    close,
    exercise,
    numbers,
    parameters,
)
from nlpcourse.learning.clustering.agreement import adjusted_rand

# ── 15.1 · one step by hand ───────────────────────────────────────────────────────────────────────


def draw_line(rng: random.Random) -> dict[str, Any]:
    """Draw points on a line and two centres."""
    left = sorted(rng.sample(range(0, 9), 3))
    right = sorted(rng.sample(range(12, 22), 3))
    return {"points": left + right, "centres": [left[0], left[-1]]}


def _step(points: Sequence[float], centres: Sequence[float]) -> list[float]:
    first, second = centres
    near = [p for p in points if abs(p - first) <= abs(p - second)]
    far = [p for p in points if abs(p - first) > abs(p - second)]
    return [sum(near) / len(near), sum(far) / len(far)]


@exercise("15.1", parameters=draw_line, cases=2)
def one_step(answer: object) -> str:
    """The two centres after one assignment and one update."""
    p = parameters("15.1")
    points, centres = p["points"], p["centres"]
    right = _step(points, centres)
    got = numbers(answer)
    if got is None or len(got) != 2:
        raise Hint(
            f"{answer!r} is not a list of two numbers. Where do the two centres stand now?"
        )
    if all_close(got, centres):
        raise Hint(
            "Those are the centres before the step. What is the mean of the points of each?"
        )
    if all_close(got, right[::-1]):
        raise Hint("Both numbers are right. Which of the two centres comes first?")
    twice = _step(points, right)
    if all_close(got, twice) and not all_close(twice, right):
        raise Hint(
            "Those are the centres after two steps. Where were they after one?"
        )
    if not all_close(got, right):
        raise Hint(
            f"With points {points} and centres {centres}, which points are nearer to "
            f"{centres[0]} than to {centres[1]}, and what is their mean?"
        )
    return (
        "Stuart Lloyd wrote the two steps down at Bell Labs in 1957, to send a telephone signal in "
        "few levels. They were published a quarter of a century later."
    )


# ── 15.2 · assign ─────────────────────────────────────────────────────────────────────────────────


def _nearest(point: Sequence[float], centres: Sequence[Sequence[float]]) -> int:
    squares = [
        sum((x - c) ** 2 for x, c in zip(point, centre, strict=True))
        for centre in centres
    ]
    return squares.index(min(squares))


@exercise("15.2")
def nearest_centre(
    answer: Callable[[list[float], list[list[float]]], int],
) -> str:
    """The index of the centre that is nearest to a point."""
    cases: list[tuple[list[float], list[list[float]]]] = [
        ([0.0, 0.0], [[3.0, 4.0], [1.0, 1.0]]),
        ([5.0, 5.0], [[5.0, 5.0], [0.0, 0.0]]),
        ([0.0, 0.0], [[0.0, 3.0], [2.0, 2.0]]),
        ([1.0, 0.0, 2.0], [[-9.0, 0.0, 0.0], [9.0, 0.0, 2.0], [1.0, 1.0, 1.0]]),
        ([0.0], [[1.0], [-1.0]]),
    ]
    rng = random.Random(15)
    for _ in range(25):
        d, k = rng.randint(1, 4), rng.randint(1, 5)
        made = [[rng.uniform(-5, 5) for _ in range(d)] for _ in range(k + 1)]
        cases.append((made[0], made[1:]))
    for point, centres in cases:
        got = answer(list(point), [list(c) for c in centres])
        right = _nearest(point, centres)
        if close(got, right):
            continue
        squares = [
            sum((x - c) ** 2 for x, c in zip(point, centre, strict=True))
            for centre in centres
        ]
        if close(got, squares.index(max(squares))):
            raise Hint(
                f"For {point} and {centres} you chose the farthest centre. Which end of the "
                "distances do you want?"
            )
        if point == [0.0] and close(got, 1):
            raise Hint(
                "Two centres are as near. The chapter takes the first of them; which one is that?"
            )
        if close(got, min(squares)) or close(got, math.sqrt(min(squares))):
            raise Hint(
                "That is the distance. Which place has the centre in the list?"
            )
        raise Hint(
            f"For {point} and {centres} you gave {got!r}. What are the sums of squared "
            "differences to each centre?"
        )
    return (
        "The borders between the clusters of k-means are straight: each runs halfway between two "
        "centres. Together they are the Voronoi diagram of the centres."
    )


# ── 15.3 · careful start ──────────────────────────────────────────────────────────────────────────


def _chances(points: Sequence[float], chosen: Sequence[float]) -> list[float]:
    squares = [min((p - c) ** 2 for c in chosen) for p in points]
    return [s / sum(squares) for s in squares]


@exercise("15.3")
def chances(answer: Callable[[list[float], list[float]], list[float]]) -> str:
    """The chance of every point to become the next centre of k-means++."""
    cases: list[tuple[list[float], list[float]]] = [
        ([0, 1, 3], [0]),
        ([0, 1, 3, 10], [0, 10]),
        ([-2, 2, 5], [2]),
    ]
    rng = random.Random(3)
    for _ in range(15):
        made = [float(x) for x in rng.sample(range(-30, 30), rng.randint(3, 8))]
        cases.append((made, rng.sample(made, rng.randint(1, 2))))
    for points, chosen in cases:
        right = _chances(points, chosen)
        got = answer(list(points), list(chosen))
        if all_close(got, right):
            continue
        plain = [min(abs(p - c) for c in chosen) for p in points]
        if all_close(got, [x / sum(plain) for x in plain]):
            raise Hint(
                "Your chances grow with the distance. Does the equation have the distance, or its "
                "square?"
            )
        if all_close(got, [min((p - c) ** 2 for c in chosen) for p in points]):
            raise Hint("Those are the squares. What must chances add up to?")
        near = numbers(got) or []
        if len(near) == len(right) and all(
            abs(a - b) < 0.006 for a, b in zip(near, right, strict=True)
        ):
            raise Hint("Your chances are nearly right. Did you round them?")
        if all_close(got, [1 / len(points)] * len(points)):
            raise Hint(
                "Is a point that lies on a centre as likely as one far away?"
            )
        if len(chosen) > 1:
            raise Hint(
                f"With points {points} and centres {chosen}: to which of the centres is each "
                "point's distance measured?"
            )
        raise Hint(
            f"With points {points} and the centre {chosen} you gave {got!r}. What is each point's "
            "squared distance, and what do they add up to?"
        )
    return (
        "A point that is a centre already has the chance 0, so no point is drawn twice. "
        "scikit-learn draws several candidates each time and keeps the best."
    )


# ── 15.4 · pairs ──────────────────────────────────────────────────────────────────────────────────


def _rand(classes: Sequence[object], clusters: Sequence[object]) -> float:
    n = len(classes)
    agreed = [
        (classes[i] == classes[j]) == (clusters[i] == clusters[j])
        for i in range(n)
        for j in range(i)
    ]
    return sum(agreed) / len(agreed)


@exercise("15.4")
def rand_index(answer: Callable[[list[str], list[str]], float]) -> str:
    """The Rand index: the share of pairs on which two groupings agree."""
    cases = [
        ("aabb", "xxyy"),
        ("aabb", "yyxx"),
        ("aabb", "xyxy"),
        ("aabb", "xxxx"),
        ("aaab", "xyzz"),
        ("ab", "xy"),
    ]
    rng = random.Random(8)
    for _ in range(20):
        n = rng.randint(2, 9)
        cases.append(
            ("".join(rng.choices("abc", k=n)), "".join(rng.choices("xyz", k=n)))
        )
    for classes, clusters in cases:
        got, right = answer(list(classes), list(clusters)), _rand(classes, clusters)
        if close(got, right):
            continue
        n = len(classes)
        together = sum(
            classes[i] == classes[j] and clusters[i] == clusters[j]
            for i in range(n)
            for j in range(i)
        )
        total = n * (n - 1) / 2
        if close(got, together / total):
            raise Hint(
                f"For {classes} and {clusters} you counted the pairs that are together in both. "
                "Do the groupings also agree about a pair that both keep apart?"
            )
        if close(got, right * total):
            raise Hint("That is how many pairs agree. Of how many?")
        if close(
            got, sum(a == b for a, b in zip(classes, clusters, strict=True)) / n
        ):
            raise Hint("Does it matter what the groups are called?")
        if close(got, adjusted_rand(classes, clusters)):
            raise Hint(
                "That is the adjusted index. What is the share of pairs before chance is taken out?"
            )
        raise Hint(
            f"For {classes} and {clusters} you gave {got!r}. How many pairs are there, and on how "
            "many do both groupings say the same?"
        )
    return (
        "William Rand proposed it in 1971. Two groupings into many small groups agree about most "
        "pairs by chance, because both keep nearly all pairs apart: that is what the adjusted "
        "index takes out."
    )


# ── 15.5 · a cluster that k-means can't find ──────────────────────────────────────────────────────


def ring_and_core(
    n: int = 40, radius: float = 3.0, seed: int = 5, scale: float = 1.0
) -> tuple[list[list[float]], list[int]]:
    """Return n points, half in a core around the origin, half on a ring, and which is which.

    Args:
        n: points.
        radius: of the ring.
        seed: of the draws.
        scale: by which the whole picture is stretched.
    """
    rng = random.Random(seed)
    points, truth = [], []
    for i in range(n):
        angle, ring = 4 * math.pi * i / n, i % 2
        away = (
            rng.uniform(radius - 0.2, radius + 0.2)
            if ring
            else rng.uniform(0.1, 0.8)
        )
        away *= scale
        points.append([away * math.cos(angle), away * math.sin(angle)])
        truth.append(ring)
    return points, truth


def split(points: Sequence[Sequence[float]], steps: int = 50) -> list[int]:
    """Return the best of five runs of k-means with two clusters, in plain Python."""
    best: tuple[float, list[int]] = (math.inf, [])
    for start in range(5):
        centres = [list(p) for p in random.Random(start).sample(list(points), 2)]
        labels: list[int] = []
        for _ in range(steps):
            labels = [_nearest(p, centres) for p in points]
            for c in range(2):
                group = [
                    p for p, label in zip(points, labels, strict=True) if label == c
                ]
                if group:
                    centres[c] = [
                        sum(x) / len(group) for x in zip(*group, strict=True)
                    ]
        total = sum(
            sum((x - c) ** 2 for x, c in zip(p, centres[label], strict=True))
            for p, label in zip(points, labels, strict=True)
        )
        best = min(best, (total, labels))
    return best[1]


PICTURES = [
    (40, 3.0, 5, 1.0),
    (24, 2.0, 1, 5.0),
    (60, 6.0, 2, 0.1),
    (40, 1.6, 3, 2.0),
]
"""Points, radius of the ring, seed and scale of the pictures that exercise 15.5 is tried on.

One picture's ring lies inside another's core, so that no fixed border parts all of them.
"""


def _labels(raw: Any) -> list[float] | None:
    """Return labels as numbers, True as 1 and False as 0, or None where they are none."""
    try:
        found = [x.item() if hasattr(x, "item") else x for x in raw]
    except TypeError:
        return None
    return numbers([int(x) if isinstance(x, bool) else x for x in found])


@exercise("15.5")
def ring_from_core(answer: Callable[[list[list[float]]], list[int]]) -> str:
    """Any way at all to part a ring from its core."""
    for n, radius, seed, scale in PICTURES:
        points, truth = ring_and_core(n, radius, seed, scale)
        raw = answer([list(p) for p in points])
        got = _labels(raw)
        if got is None:
            raise Hint(
                f"For {n} points you gave back {str(raw)[:40]}. Is it a list of zeros and ones?"
            )
        if len(got) != n:
            raise Hint(
                f"For {n} points you gave back {len(got)} labels. Has every point one?"
            )
        if any(label not in (0, 1) for label in got):
            raise Hint(
                f"Your labels are {sorted(set(got))[:5]}. Which two numbers does the exercise ask "
                "for?"
            )
        score = adjusted_rand(truth, got)
        if score < 0.99:
            raise Hint(
                f"With {n} points and a ring of radius {radius * scale:g} your labels agree with "
                f"the truth to {score:.2f} (adjusted Rand index). What do all points of the ring "
                "have in common that no point of the core has, whatever the radius?"
            )
    return (
        "Whoever changes the features first has moved the work from the algorithm into the "
        "vectors. A sentence encoder does that on a large scale."
    )
