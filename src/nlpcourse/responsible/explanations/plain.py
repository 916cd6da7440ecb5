"""The two regressions in plain Python, for the page, where there is no NumPy.

Tests hold :func:`lime_line` and :func:`shap_line` equal to :mod:`surrogate` and :mod:`shapley`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

Row = Sequence[float]


def solved(matrix: Sequence[Row], right: Row) -> list[float]:
    """Return x with ``matrix`` x = ``right``, by elimination; a free unknown becomes 0.

    >>> solved([[2.0, 0.0], [0.0, 4.0]], [2.0, 2.0])
    [1.0, 0.5]

    Raises:
        ValueError: the matrix is not square, or not as long as *right*, or a number is not
            finite.
    """
    n = len(right)
    if len(matrix) != n or any(len(row) != n for row in matrix):
        raise ValueError(f"{n} unknowns need {n} rows of {n}")
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    if not all(math.isfinite(value) for row in rows for value in row):
        raise ValueError("a number is NaN or infinite, so there is no solution")
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[best] = rows[best], rows[k]
        if abs(rows[k][k]) < 1e-12:
            continue
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            if factor:
                rows[i] = [
                    a - factor * b for a, b in zip(rows[i], rows[k], strict=True)
                ]
    found = [0.0] * n
    for k in reversed(range(n)):
        if abs(rows[k][k]) >= 1e-12:
            rest = sum(rows[k][j] * found[j] for j in range(k + 1, n))
            found[k] = (rows[k][n] - rest) / rows[k][k]
    return found


def fitted(
    rows: Sequence[Row], aims: Row, weights: Row, penalty: float = 0.0
) -> list[float]:
    """Return the coefficients of weighted least squares with a ridge and no intercept.

    Raises:
        ValueError: rows, aims and weights differ in number, there are none, or a number is not
            finite.
    """
    if not len(rows) == len(aims) == len(weights) or not len(rows):
        raise ValueError(
            f"{len(rows)} rows, {len(aims)} aims, {len(weights)} weights"
        )
    n = len(rows[0])
    normal = [[penalty * (i == j) for j in range(n)] for i in range(n)]
    pull = [0.0] * n
    for row, aim, weight in zip(rows, aims, weights, strict=True):
        places = [i for i in range(n) if row[i]]
        for i in places:
            share = weight * row[i]
            pull[i] += share * aim
            line = normal[i]
            for j in places:
                line[j] += share * row[j]
    return solved(normal, pull)


def nearness(mask: Row, width: float = 25.0) -> float:
    """Return how near a row of dials, all 0 or 1, is to the whole text: LIME's weight.

    Raises:
        ValueError: the width is not above 0, or there are no words.
    """
    if not width > 0 or not len(mask):
        raise ValueError(f"a width of {width} around {len(mask)} words is none")
    distance = 100 * (1 - math.sqrt(max(0.0, sum(mask)) / len(mask)))
    return math.exp(-(distance**2) / (2 * width**2))


def lime_line(masks: Sequence[Row], scores: Row) -> list[float]:
    """Return LIME's slopes, with the package's width and ridge.

    Raises:
        ValueError: masks and scores differ in number, or there are none.
    """
    weights = [nearness(mask) for mask in masks]
    total = math.fsum(weights)
    if not total > 0 or len(masks) != len(scores):
        raise ValueError(f"{len(masks)} masks and {len(scores)} scores")
    means = [
        math.fsum(w * row[i] for w, row in zip(weights, masks, strict=True)) / total
        for i in range(len(masks[0]))
    ]
    middle = math.fsum(w * s for w, s in zip(weights, scores, strict=True)) / total
    rows = [[a - m for a, m in zip(row, means, strict=True)] for row in masks]
    return fitted(rows, [s - middle for s in scores], weights, penalty=1.0)


def shap_line(
    masks: Sequence[Row], weights: Row, scores: Row, empty: float, full: float
) -> list[float]:
    """Return kernel SHAP's values; they add up to ``full - empty``.

    Raises:
        ValueError: masks, weights and scores differ in number, or there are none.
    """
    if not len(masks) == len(weights) == len(scores) or not all(map(len, masks)):
        raise ValueError(
            f"{len(masks)} masks, {len(weights)} weights, {len(scores)} scores"
        )
    if not all(map(math.isfinite, [empty, full, *weights, *scores])):
        raise ValueError("the values of words need finite scores and weights")
    rows = [[a - mask[-1] for a in mask[:-1]] for mask in masks]
    aims = [
        score - empty - mask[-1] * (full - empty)
        for mask, score in zip(masks, scores, strict=True)
    ]
    first = fitted(rows, aims, weights)
    return [*first, full - empty - math.fsum(first)]


def lime_masks(count: int, samples: int, seed: int) -> list[list[float]]:
    """Return rows of 0 and 1, the first all ones; in the others 1 to *count* words are blanked.

    Raises:
        ValueError: there is no word, or no sample.
    """
    if count < 1 or samples < 1:
        raise ValueError(f"{samples} samples of {count} words are none; give 1")
    chance = random.Random(seed)
    masks = [[1.0] * count]
    for _ in range(samples - 1):
        gone = set(chance.sample(range(count), chance.randint(1, count)))
        masks.append([float(i not in gone) for i in range(count)])
    return masks


def shap_masks(
    count: int, samples: int, seed: int
) -> tuple[list[list[float]], list[float]]:
    """Return sets of words and their weights: all sets if there are few, else some of them.

    Raises:
        ValueError: there are fewer than two words, or two samples.
    """
    if count < 2 or samples < 2:
        raise ValueError(f"{samples} sets of {count} words; give 2 or more of both")
    if count <= 14 and 2**count - 2 <= samples:
        masks = [
            [float(number >> i & 1) for i in range(count)]
            for number in range(1, 2**count - 1)
        ]
        sizes = [int(sum(mask)) for mask in masks]
        return masks, [
            (count - 1) / (math.comb(count, k) * k * (count - k)) for k in sizes
        ]
    chance = random.Random(seed)
    odds = [1 / (k * (count - k)) for k in range(1, count)]
    masks = []
    for size in chance.choices(range(1, count), odds, k=samples // 2):
        kept = set(chance.sample(range(count), size))
        masks.append([float(i in kept) for i in range(count)])
        masks.append([float(i not in kept) for i in range(count)])
    return masks, [1.0] * len(masks)
