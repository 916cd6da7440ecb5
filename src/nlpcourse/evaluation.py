"""Metrics and protocols that several chapters share (standard library only)."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass


def _same_length(gold: Sequence[object], predicted: Sequence[object]) -> None:
    if len(gold) != len(predicted):
        raise ValueError(
            f"{len(gold)} gold labels but {len(predicted)} predictions"
        )
    if len(gold) == 0:
        raise ValueError("no labels to compare; give one or more")


def accuracy(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> float:
    """Return the share of predictions that equal the gold label.

    >>> accuracy("abab", "abbb")
    0.75

    Raises:
        ValueError: the lengths differ or are zero.
    """
    _same_length(gold, predicted)
    return sum(g == p for g, p in zip(gold, predicted, strict=True)) / len(gold)


def confusion_matrix(
    gold: Sequence[Hashable], predicted: Sequence[Hashable]
) -> Counter[tuple[Hashable, Hashable]]:
    """Count the pairs (gold label, predicted label).

    >>> confusion_matrix(["ham", "spam"], ["ham", "ham"])[("spam", "ham")]
    1
    """
    _same_length(gold, predicted)
    return Counter(zip(gold, predicted, strict=True))


@dataclass(frozen=True)
class Scores:
    """Precision, recall and their harmonic mean F1, each between 0 and 1."""

    precision: float
    recall: float
    f1: float


def precision_recall_f1(
    gold: Sequence[Hashable], predicted: Sequence[Hashable], positive: Hashable
) -> Scores:
    """Return precision, recall and F1 of the class *positive* (0 where undefined).

    >>> precision_recall_f1(["s", "h", "s", "h"], ["s", "s", "h", "h"], positive="s")
    Scores(precision=0.5, recall=0.5, f1=0.5)
    """
    counts = confusion_matrix(gold, predicted)
    hit = counts[positive, positive]
    claimed = sum(n for (_, p), n in counts.items() if p == positive)
    real = sum(n for (g, _), n in counts.items() if g == positive)
    precision = hit / claimed if claimed else 0.0
    recall = hit / real if real else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hit else 0.0
    return Scores(precision, recall, f1)


def cross_validation_folds(
    n: int, k: int, seed: int = 0
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield *k* pairs (training indices, test indices) over a shuffle of ``range(n)``.

    Every index is tested exactly once.

    >>> [len(test) for _, test in cross_validation_folds(10, 3)]
    [4, 3, 3]
    """
    if not 2 <= k <= n:
        raise ValueError(f"k must lie between 2 and n={n}, not {k}")
    order = list(range(n))
    random.Random(seed).shuffle(order)
    for fold in range(k):
        test = order[fold::k]
        held_out = set(test)
        yield [i for i in order if i not in held_out], test


def bootstrap_interval(
    outcomes: Sequence[float],
    statistic: Callable[[Sequence[float]], float] | None = None,
    level: float = 0.95,
    samples: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic (the mean by default).

    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 13.3.

    >>> low, high = bootstrap_interval([0, 1] * 50)
    >>> low < 0.5 < high
    True

    Raises:
        ValueError: there are no outcomes or no samples, or the level is no share.
    """
    if len(outcomes) == 0:
        raise ValueError("there are no outcomes to resample; give one or more")
    if not 0 < level < 1:
        raise ValueError(
            f"the level must lie between 0 and 1, such as 0.95, not {level}"
        )
    if samples < 1:
        raise ValueError(f"samples must be 1 or more, not {samples}")
    measure = statistic or (lambda values: sum(values) / len(values))
    rng = random.Random(seed)
    drawn = sorted(
        measure(rng.choices(outcomes, k=len(outcomes))) for _ in range(samples)
    )
    tail = (1 - level) / 2
    return drawn[int(tail * samples)], drawn[
        min(samples - 1, int((1 - tail) * samples))
    ]


def mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the sample standard deviation (n - 1; 0 for one value).

    >>> mean_and_spread([1.0, 2.0, 3.0])
    (2.0, 1.0)
    """
    if len(values) == 0:
        raise ValueError("there is no mean of no values; give one or more")
    mean = sum(values) / len(values)
    if len(values) == 1:
        return mean, 0.0
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))


def perplexity(total_negative_log_likelihood: float, tokens: int) -> float:
    """Return ``exp`` of the mean negative log likelihood per token (natural logarithm).

    It is infinite where it is beyond the largest number of 64 bits.

    Raises:
        ValueError: there is no token.

    >>> round(perplexity(4 * math.log(10), 4), 6), perplexity(1e5, 1)
    (10.0, inf)
    """
    if not tokens > 0:
        raise ValueError(f"tokens must be positive, not {tokens}")
    try:
        return math.exp(total_negative_log_likelihood / tokens)
    except OverflowError:
        return math.inf
