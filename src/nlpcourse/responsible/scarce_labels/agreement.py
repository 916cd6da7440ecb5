"""How much people agree beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import permutations, product

Value = Hashable
Distance = Callable[[Value, Value], float]


def cohen_kappa(first: Sequence[Value], second: Sequence[Value]) -> float:
    """Return Cohen's kappa of two people who labelled the same items.

    κ = (P_o − P_e) / (1 − P_e), where P_o is the share of items on which they agree and P_e the
    share on which they would agree if each drew labels at random, as often as they use each.

    Source: Cohen (1960), equation 1.

    Raises:
        ValueError: there are no items, not as many labels, or both people always give one label
            and the same, so that chance explains all.

    >>> round(cohen_kappa("yynn", "yyny"), 6)
    0.5
    """
    n = len(first)
    if n != len(second) or n == 0:
        raise ValueError(
            f"{n} and {len(second)} labels: two people label the same items, "
            "one or more"
        )
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    one, two = Counter(first), Counter(second)
    by_chance = sum(one[label] * two[label] for label in one) / n**2
    return _beyond_chance(observed, by_chance)


def _beyond_chance(observed: float, by_chance: float) -> float:
    """Return the share of the possible agreement beyond chance that was reached."""
    if by_chance >= 1 - 1e-12:
        raise ValueError(
            "everybody always gives the same label: chance explains all of the agreement"
        )
    return (observed - by_chance) / (1 - by_chance)


def fleiss_kappa(ratings: Sequence[Sequence[Value]]) -> float:
    """Return Fleiss' kappa of items that each got the same number of labels, from anybody.

    P_i is the share of pairs of labels of item i that agree, P_o its mean, and P_e the sum of the
    squared shares of all labels.

    Args:
        ratings: the labels of every item.

    Source: Fleiss (1971), equations 1 to 7.

    Raises:
        ValueError: there are no items, fewer than two labels an item, items with different numbers
            of labels, or only one label at all.

    >>> round(fleiss_kappa(["aaa", "bbb", "aab"]), 6)
    0.55
    """
    sizes = {len(labels) for labels in ratings}
    if len(sizes) != 1 or min(sizes) < 2:
        raise ValueError(
            "every item needs the same number of labels, two or more; Krippendorff's alpha does "
            "without"
        )
    n, counts = sizes.pop(), [Counter(labels) for labels in ratings]
    agreeing = [
        sum(k * (k - 1) for k in found.values()) / (n * (n - 1)) for found in counts
    ]
    total = sum(counts, Counter[Value]())
    by_chance = sum((k / total.total()) ** 2 for k in total.values())
    return _beyond_chance(math.fsum(agreeing) / len(counts), by_chance)


def different(a: Value, b: Value) -> float:
    """Return 1 for two labels that differ, else 0: the *nominal* distance."""
    return float(a != b)


def squared_gap(a: Value, b: Value) -> float:
    """Return the squared difference of two numbers: the *interval* distance.

    Raises:
        ValueError: one of them is no number.

    >>> squared_gap(4, 1)
    9.0
    """
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        raise ValueError(f"the gap between {a!r} and {b!r}: both must be numbers")
    return float((a - b) ** 2)


def krippendorff_alpha(
    units: Sequence[Sequence[Value]], distance: Distance = different
) -> float:
    """Return Krippendorff's alpha; items may have any number of labels.

    α = 1 − D_o / D_e: D_o is the mean distance of two labels of one item, D_e that of two labels of
    whatever items. An item with a single label says nothing and is left out.

    Args:
        units: the labels of every item.
        distance: of two labels; see :func:`different` and :func:`squared_gap`.

    Source: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability".

    Raises:
        ValueError: no item has two labels, or all labels are the same.

    >>> round(krippendorff_alpha([[1, 1], [2, 2], [1, 2], [3]]), 6)
    0.444444
    """
    paired = [Counter(labels) for labels in units if len(labels) > 1]
    total = sum(paired, Counter[Value]())
    n = total.total()
    if n == 0:
        raise ValueError("no item has two labels: nothing can be compared")
    observed = math.fsum(
        _distances(found, distance) / (found.total() - 1) for found in paired
    )
    expected = _distances(total, distance) / (n - 1)
    if not expected > 0:
        raise ValueError(
            "all labels are the same: chance explains all of the agreement"
        )
    return 1 - observed / expected


def _distances(counts: Counter[Value], distance: Distance) -> float:
    """Return the sum of the distances of all ordered pairs of two labels."""
    pairs = permutations(counts, 2) if len(counts) > 1 else product((), ())
    return math.fsum(counts[a] * counts[b] * distance(a, b) for a, b in pairs)
