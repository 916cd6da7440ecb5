"""The metrics of the three tasks, each a number of which more is better."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nlpcourse.evaluation import accuracy, precision_recall_f1


def ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of every value, from 1 for the smallest; equal values share their mean rank.

    Raises:
        ValueError: a value is NaN, which has no place in an order.

    >>> ranks([0.2, 0.9, 0.2])
    [1.5, 3.0, 1.5]
    """
    if any(math.isnan(value) for value in values):
        raise ValueError("NaN has no rank; give every value a number")
    order = sorted(range(len(values)), key=lambda i: values[i])
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for i in order[start:end]:
            found[i] = (start + 1 + end) / 2  # the mean of start + 1, …, end
        start = end
    return found


def spearman(gold: Sequence[float], guessed: Sequence[float]) -> float:
    """Return Spearman's rank correlation: Pearson's correlation of the ranks.

    Where one side is all equal, nothing is put in order and the correlation is 0.

    Source: Spearman (1904).

    Raises:
        ValueError: the lengths differ, or there are fewer than two values, or one is NaN.

    >>> spearman([1, 2, 3, 4], [10, 20, 40, 30])
    0.8
    """
    if len(gold) != len(guessed) or len(gold) < 2:
        raise ValueError(
            f"{len(gold)} and {len(guessed)} values; give as many, two or more"
        )
    first, second = ranks(gold), ranks(guessed)
    middle = (len(gold) + 1) / 2
    together = sum(
        (a - middle) * (b - middle) for a, b in zip(first, second, strict=True)
    )
    apart = sum((a - middle) ** 2 for a in first)
    apart *= sum((b - middle) ** 2 for b in second)
    return together / math.sqrt(apart) if apart else 0.0


def score(metric: str, gold: Sequence[str], guessed: Sequence[str]) -> float:
    """Return the value of a task's metric, of which more is better.

    Args:
        metric: ``"accuracy"``, ``"spearman"``, or ``"F1 of"`` and a label.
        gold: the hidden labels; numbers stand as text.
        guessed: a submission's, in the same order.

    Raises:
        ValueError: there is no such metric, the lengths differ or are zero, or a number is none.

    >>> score("F1 of spam", ["spam", "ham", "spam"], ["spam", "ham", "ham"]).__round__(3)
    0.667
    """
    if metric == "accuracy":
        return accuracy(gold, guessed)
    if metric == "spearman":
        return spearman([float(v) for v in gold], [float(v) for v in guessed])
    if not metric.startswith("F1 of "):
        raise ValueError(
            f"a metric is accuracy, spearman or F1 of a label, not {metric!r}"
        )
    return precision_recall_f1(gold, guessed, metric.removeprefix("F1 of ")).f1
