"""How much two groupings of the same things agree, whatever their groups are called.

It uses the standard library alone.  All measures are 1 when the groupings are the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


def _require_pairs(
    classes: Sequence[Hashable], clusters: Sequence[Hashable]
) -> None:
    """Refuse groupings of different things, or of none.

    Raises:
        ValueError: the lengths differ or are zero.
    """
    if len(classes) != len(clusters):
        raise ValueError(
            f"{len(classes)} classes and {len(clusters)} clusters: each thing has one of both"
        )
    if not len(classes):
        raise ValueError("there is nothing to compare; give one thing or more")


def entropy(counts: Iterable[int]) -> float:
    """Return how uncertain a draw from groups of these sizes is, in nats: H = -Σ p log p.

    Raises:
        ValueError: a count is negative.

    >>> entropy([8]), round(entropy([4, 4]) / math.log(2), 12)
    (0.0, 1.0)
    """
    sizes = list(counts)
    if any(not size >= 0 for size in sizes):
        raise ValueError(f"sizes of groups are 0 or more, not {sizes}")
    total = sum(sizes)
    return -math.fsum(n / total * math.log(n / total) for n in sizes if n) + 0.0


@dataclass(frozen=True)
class Agreement:
    """Homogeneity, completeness and their harmonic mean, each from 0 to 1."""

    homogeneity: float
    completeness: float
    v: float


def v_measure(
    classes: Sequence[Hashable], clusters: Sequence[Hashable]
) -> Agreement:
    """Return how pure the clusters are, how whole the classes are, and the harmonic mean.

    Args:
        classes: what each thing is, according to people.
        clusters: where each thing was put.

    Raises:
        ValueError: the lengths differ or are zero.

    Source: Rosenberg and Hirschberg (2007), section 2, equations 1 to 3 with beta = 1.

    >>> v_measure("aabb", [0, 0, 1, 2])
    Agreement(homogeneity=1.0, completeness=0.6666666666666667, v=0.8)
    """
    _require_pairs(classes, clusters)
    h_class = entropy(Counter(classes).values())
    h_cluster = entropy(Counter(clusters).values())
    both = entropy(Counter(zip(classes, clusters, strict=True)).values())
    class_if_cluster = both - h_cluster  # H(C | K)
    cluster_if_class = both - h_class  # H(K | C)
    homogeneity = 1 - class_if_cluster / h_class if h_class else 1.0
    completeness = 1 - cluster_if_class / h_cluster if h_cluster else 1.0
    homogeneity, completeness = max(0.0, homogeneity), max(0.0, completeness)
    total = homogeneity + completeness
    v = 2 * homogeneity * completeness / total if total else 0.0
    return Agreement(homogeneity, completeness, v)


def pairs(sizes: Iterable[int]) -> int:
    """Return how many pairs of things share a group, in groups of these sizes.

    Raises:
        ValueError: a size is negative.

    >>> pairs([3, 2])
    4
    """
    sizes = list(sizes)
    if any(size < 0 for size in sizes):
        raise ValueError(f"sizes of groups are 0 or more, not {sizes}")
    return sum(n * (n - 1) // 2 for n in sizes)


def adjusted_rand(
    classes: Sequence[Hashable], clusters: Sequence[Hashable]
) -> float:
    """Return the adjusted Rand index: agreement over pairs, 0 on average for groups by chance.

    Args:
        classes: what each thing is, according to people.
        clusters: where each thing was put.

    Raises:
        ValueError: the lengths differ or are zero.

    Source: Hubert and Arabie (1985), equation 5.

    >>> round(adjusted_rand("aabb", [0, 0, 1, 2]), 4), adjusted_rand("aabb", "xxyy")
    (0.5714, 1.0)
    """
    _require_pairs(classes, clusters)
    together = pairs(Counter(zip(classes, clusters, strict=True)).values())
    in_classes = pairs(Counter(classes).values())
    in_clusters = pairs(Counter(clusters).values())
    everything = pairs([len(classes)])
    expected = in_classes * in_clusters / everything if everything else 0.0
    most = (in_classes + in_clusters) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)
