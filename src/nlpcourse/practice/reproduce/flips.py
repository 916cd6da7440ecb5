"""Is one system better than another on the same items? Let chance swap their answers."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

Counts = Mapping[Any, int]
"""How often a gold label met an answer, by the pair of both."""

EXACT = 20_000
"""Up to so many ways to swap, all are tried."""


def counted_f1(counts: Counts) -> float:
    """Return the F1 of all classes, each weighing as much as it occurs, from counted pairs.

    Raises:
        ValueError: nothing was counted.

    >>> round(counted_f1({("a", "a"): 2, ("a", "b"): 1, ("b", "b"): 1}), 3)
    0.767
    """
    gold: Counter[Hashable] = Counter()
    said: Counter[Hashable] = Counter()
    for (label, answer), n in counts.items():
        gold[label] += n
        said[answer] += n
    if not (total := gold.total()):
        raise ValueError("no pair was counted; give one or more")
    return (
        math.fsum(
            n * 2 * counts.get((label, label), 0) / (n + said[label])
            for label, n in gold.items()
            if n
        )
        / total
    )


def pairs_of(
    gold: Sequence[Hashable], answers: Sequence[Hashable]
) -> Counter[tuple[Hashable, Hashable]]:
    """Count the pairs of a gold label and an answer.

    Raises:
        ValueError: the lists have different lengths, or are empty.
    """
    if len(gold) != len(answers) or not len(gold):
        raise ValueError(
            f"{len(gold)} labels and {len(answers)} answers; give as many, one or more"
        )
    return Counter(zip(gold, answers, strict=True))


def swap_p(
    gold: Sequence[Hashable],
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    metric: Callable[[Counts], float] = counted_f1,
    samples: int = 9_999,
    seed: int = 0,
) -> float:
    """Return how often chance alone sets two systems as far apart as they are.

    If neither were better, an item's two answers could as well be the other way round.  Items with
    the same label and the same two answers are alike, so chance need only draw how many swap.

    Args:
        gold: the right label of each item.
        first: what the first system says.
        second: what the second says of the same items.
        metric: from counted pairs to a number.
        samples: how often chance swaps, where there are too many ways to try all.
        seed: of chance.

    Raises:
        ValueError: the lists don't fit each other, or there is no sample.

    Source: Noreen (1989), approximate randomization; Yeh (2000) for F1.

    >>> swap_p("aaaaaa", "aaaaaa", "bbbbbb") == 2 / 2**6
    True
    """
    one, two = pairs_of(gold, first), pairs_of(gold, second)
    if samples < 1:
        raise ValueError(f"chance swaps once or more often, not {samples} times")
    seen = abs(metric(one) - metric(two)) - 1e-12
    groups = Counter(
        (g, a, b) for g, a, b in zip(gold, first, second, strict=True) if a != b
    )
    if math.prod(n + 1 for n in groups.values()) <= EXACT:
        return math.fsum(
            weight
            for moved, weight in _all_ways(groups)
            if _apart(one, two, groups, moved, metric) >= seen
        )
    rng = random.Random(seed)
    hits = sum(
        _apart(one, two, groups, _tossed(groups, rng), metric) >= seen
        for _ in range(samples)
    )
    return (hits + 1) / (samples + 1)


def _tossed(groups: Mapping[Any, int], rng: random.Random) -> list[int]:
    """Draw how many items of each group swap: the heads of so many coins."""
    return [rng.getrandbits(n).bit_count() for n in groups.values()]


def _all_ways(groups: Mapping[Any, int]) -> list[tuple[list[int], float]]:
    """Return every way to swap, as numbers of items a group, with its probability."""
    sizes = list(groups.values())
    ways = itertools.product(*(range(n + 1) for n in sizes))
    return [
        (
            list(moved),
            math.prod(
                math.comb(n, k) / 2**n for n, k in zip(sizes, moved, strict=True)
            ),
        )
        for moved in ways
    ]


def _apart(
    one: Counts,
    two: Counts,
    groups: Mapping[tuple[Hashable, Hashable, Hashable], int],
    moved: Sequence[int],
    metric: Callable[[Counts], float],
) -> float:
    """Return how far the systems are apart after so many items of each group have swapped."""
    left, right = Counter(one), Counter(two)
    for (g, a, b), k in zip(groups, moved, strict=True):
        left[g, a] -= k
        left[g, b] += k
        right[g, b] -= k
        right[g, a] += k
    return abs(metric(left) - metric(right))
