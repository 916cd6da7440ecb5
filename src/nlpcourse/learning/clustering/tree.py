"""Agglomerative clustering: merge the two nearest clusters, again and again, until one is left.

What "near" means is the criterion; after a merge the new distances follow from the old ones.

Sources: Lance and Williams (1967) for the update; Ward (1963) for the criterion of that name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nlpcourse.learning.clustering.kmeans import require_k
from nlpcourse.learning.clustering.points import Floats, Labels, as_points

Rule = Callable[[Floats, Floats, float, float, float, Floats], Floats]
"""From the distances of clusters i and j to all others, the distance between the two, and the
sizes of i, of j and of all others, to the distances of the merged cluster."""


def single(to_i: Floats, to_j: Floats, *_: Any) -> Floats:
    """Return the distance of the nearest two members."""
    return np.minimum(to_i, to_j)


def complete(to_i: Floats, to_j: Floats, *_: Any) -> Floats:
    """Return the distance of the farthest two members."""
    return np.maximum(to_i, to_j)


def average(
    to_i: Floats, to_j: Floats, _d: float, n_i: float, n_j: float, _n: Floats
) -> Floats:
    """Return the mean distance over all pairs of members."""
    return (n_i * to_i + n_j * to_j) / (n_i + n_j)


def ward(
    to_i: Floats, to_j: Floats, d_ij: float, n_i: float, n_j: float, n: Floats
) -> Floats:
    """Return the root of twice the rise of the sum of squares that a merge would cause."""
    squares = (n_i + n) * to_i**2 + (n_j + n) * to_j**2 - n * d_ij**2
    return np.asarray(np.sqrt(np.maximum(squares, 0) / (n_i + n_j + n)))


CRITERIA: dict[str, Rule] = {
    "single": single,
    "complete": complete,
    "average": average,
    "ward": ward,
}


def merge_tree(distances: Any, criterion: str = "average") -> Floats:
    """Return the merges in order, as ``scipy.cluster.hierarchy.linkage`` writes them.

    Args:
        distances: between every two points, (n, n); for Ward's criterion Euclidean ones.
        criterion: ``"single"``, ``"complete"``, ``"average"`` or ``"ward"``.

    Returns:
        (n - 1, 4): the two clusters, their distance, and the size of the merged cluster.
        Clusters 0 to n - 1 are the points, and merge number t makes the cluster n + t.

    Raises:
        ValueError: there is no such criterion, or the table is not square, not the same both ways,
            or holds a number that is negative, NaN or infinite.

    >>> merge_tree([[0, 1, 4], [1, 0, 5], [4, 5, 0]], "single")
    array([[0., 1., 1., 2.],
           [2., 3., 4., 3.]])
    """
    if criterion not in CRITERIA:
        known = ", ".join(CRITERIA)
        raise ValueError(f"criterion must be one of {known}, not {criterion!r}")
    near = _square(distances)
    n = len(near)
    np.fill_diagonal(near, np.inf)
    size, name, merges = np.ones(n), np.arange(n), np.empty((n - 1, 4))
    for t in range(n - 1):
        i, j = sorted(divmod(int(near.argmin()), n))
        height = near[i, j]
        merged = CRITERIA[criterion](
            near[i], near[j], height, size[i], size[j], size
        )
        near[i], near[:, i] = merged, merged
        near[i, i] = near[j, :] = near[:, j] = np.inf  # j is gone
        size[i] += size[j]
        merges[t] = *sorted((name[i], name[j])), height, size[i]
        name[i] = n + t
    return merges


def _square(distances: Any) -> Floats:
    """Return a copy of a table of distances.

    Raises:
        ValueError: it is none; see :func:`merge_tree`.
    """
    near = as_points(distances)
    near = near.toarray() if hasattr(near, "toarray") else near.copy()
    if near.shape[0] != near.shape[1] or not np.array_equal(near, near.T):
        raise ValueError(
            f"distances are a square table, the same both ways; this one is {near.shape}"
            + (" and differs" if near.shape[0] == near.shape[1] else "")
        )
    if (near < 0).any():
        raise ValueError("a distance is 0 or more; this table holds a negative one")
    return np.asarray(near)


def cut(merges: Any, k: int) -> Labels:
    """Return the clusters that are left when all but the last k - 1 merges are done.

    Args:
        merges: of :func:`merge_tree`, (n - 1, 4).
        k: how many clusters.

    Returns:
        cluster numbers, (n,), in the order in which the points bring them.

    Raises:
        ValueError: there are not as many points, or the table is not one of merges.

    >>> cut([[0, 1, 1, 2], [2, 3, 4, 3]], 2).tolist()
    [0, 0, 1]
    """
    table = np.asarray(merges, dtype=float)
    if table.ndim != 2 or table.shape[1] != 4:
        raise ValueError(f"merges are a table of 4 columns, not {table.shape}")
    n = len(table) + 1
    require_k(k, n)
    made_before = np.arange(n, 2 * n - 1)[:, None]
    if not ((table[:, :2] >= 0) & (table[:, :2] < made_before)).all():
        raise ValueError("a merge names a cluster that is not made yet")
    members = {i: [i] for i in range(n)}
    for t, (i, j) in enumerate(table[: n - k, :2].astype(int)):
        if i == j or i not in members or j not in members:
            raise ValueError(f"merge {t} joins a cluster that is gone")
        members[n + t] = members.pop(i) + members.pop(j)
    labels = np.empty(n, dtype=np.int64)
    for number, group in enumerate(sorted(members.values(), key=min)):
        labels[group] = number
    return labels
