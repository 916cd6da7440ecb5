"""How many clusters? Two questions to ask of a clustering when nobody has labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from nlpcourse.learning.clustering.agreement import adjusted_rand
from nlpcourse.learning.clustering.kmeans import assign, k_means, require_k
from nlpcourse.learning.clustering.points import (
    Floats,
    Points,
    as_labels,
    as_points,
)


def silhouettes(distances: Any, labels: Any) -> Floats:
    """Return for every point how much nearer its own cluster is than the next one, from -1 to 1.

    Args:
        distances: between every two points, (n, n).
        labels: the points' clusters, (n,); two clusters or more, and fewer than points.

    Returns:
        (b - a) / max(a, b) of every point, where a is its mean distance to the others of its
        cluster and b that to the members of the nearest other cluster; 0 for one alone.

    Raises:
        ValueError: the table is not square or no table of finite numbers; or there is one cluster
            alone, or as many as points.

    Source: Rousseeuw (1987), section 2.

    >>> silhouettes([[0, 1, 9], [1, 0, 9], [9, 9, 0]], [0, 0, 1]).round(3).tolist()
    [0.889, 0.889, 0.0]
    """
    near = as_points(distances)
    if near.shape[0] != near.shape[1]:
        raise ValueError(f"distances are a square table, not {near.shape}")
    clusters, number = np.unique(as_labels(labels, len(near)), return_inverse=True)
    if not 2 <= len(clusters) < len(near):
        raise ValueError(
            f"silhouettes compare 2 clusters or more, and fewer than "
            f"the {len(near)} points; there are {len(clusters)}"
        )
    belongs = np.eye(len(clusters))[number]  # (n, k)
    size, mine = belongs.sum(axis=0), np.arange(len(near))
    to_cluster = near @ belongs  # (n, k): summed distances
    own = to_cluster[mine, number]
    a = own / np.maximum(size[number] - 1, 1)
    to_cluster /= size
    to_cluster[mine, number] = np.inf
    b = to_cluster.min(axis=1)
    most = np.maximum(a, b)
    found = np.divide(b - a, most, out=np.zeros(len(near)), where=most > 0)
    return np.where(size[number] > 1, found, 0.0)


def stability(
    points: Points,
    k: int,
    pairs: int = 10,
    share: float = 0.8,
    starts: int = 1,
    seed: int = 0,
) -> list[float]:
    """Cluster pairs of random samples, and return how much each pair agrees about all points.

    Every sample's centres judge all points, also those that were left out.

    Args:
        points: (n, d).
        k: how many clusters.
        pairs: how many pairs of samples.
        share: of the points that a sample holds.
        starts: of k-means on each sample.
        seed: of the draws.

    Returns:
        the adjusted Rand index of each pair.

    Raises:
        ValueError: k is larger than a sample, no pair is asked for, or share is no share.

    Source: Ben-Hur, Elisseeff and Guyon (2002), with the adjusted Rand index as the measure.

    >>> stability([[0], [1], [50], [51]], 2, pairs=3, share=1.0)
    [1.0, 1.0, 1.0]
    """
    points = as_points(points)
    n = points.shape[0]
    if pairs < 1 or not 0 < share <= 1:
        raise ValueError(
            f"pairs must be 1 or more and share between 0 and 1, "
            f"not {pairs} and {share}"
        )
    size = max(1, int(share * n))
    require_k(k, size)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(pairs):
        views = []
        for _ in range(2):
            sample = points[rng.choice(n, size, replace=False)]
            run = k_means(sample, k, int(rng.integers(2**31)), starts)
            views.append(assign(points, run.centres)[0].tolist())
        found.append(adjusted_rand(*views))
    return found
