"""k-means: every point to its nearest centre, every centre to the mean of its points.

Sources: Lloyd (1982) for the steps; Arthur and Vassilvitskii (2007), section 2.2, for the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpcourse.learning.clustering.points import (
    Floats,
    Labels,
    Points,
    as_points,
    home_of,
    shifted,
    squared_distances,
    squared_lengths,
)

ROUNDING = 1e-12
"""A squared distance below this share of the largest squared length is rounding."""


@dataclass(frozen=True)
class Clustering:
    """What k-means found.

    Attributes:
        labels: the cluster of every point, (n,), from 0 to k - 1.
        centres: (k, d).
        history: the objective after every assignment of points to centres.
        settled: whether the last assignment moved no point.
    """

    labels: Labels
    centres: Floats
    history: list[float]
    settled: bool

    @property
    def objective(self) -> float:
        """The sum of squared distances of the points to their centres, J."""
        return self.history[-1]

    @property
    def sizes(self) -> list[int]:
        """How many points each cluster has."""
        return [
            int(n) for n in np.bincount(self.labels, minlength=len(self.centres))
        ]


def assign(
    points: Points, centres: Floats, lengths: Floats | None = None
) -> tuple[Labels, Floats]:
    """Return every point's nearest centre (the first of several), and how far it is, squared.

    Args:
        points: (n, d).
        centres: (k, d).
        lengths: the points' squared lengths, where they are known already.

    >>> assign(np.array([[0.0], [9.0]]), np.array([[1.0], [8.0]]))
    (array([0, 1]), array([1., 1.]))
    """
    if lengths is None:
        lengths = squared_lengths(points)
    # |x - c|^2 - |x|^2 = |c|^2 - 2 x.c is smallest where the distance is
    scores = np.asarray(points @ (-2 * centres.T)) + squared_lengths(
        centres
    )  # (n, k)
    labels = scores.argmin(axis=1)
    distances = scores[np.arange(len(labels)), labels] + lengths
    return labels, np.maximum(distances, 0)


def means(points: Points, labels: Labels, k: int) -> Floats:
    """Return the mean of the points of each cluster, (k, d).

    A sum over the points of a cluster is a product with a matrix of zeros and ones.

    Args:
        points: (n, d).
        labels: (n,); each number from 0 to k - 1 occurs.
        k: how many clusters.

    >>> means(np.array([[0.0], [2.0], [9.0]]), np.array([0, 0, 1]), 2)
    array([[1.],
           [9.]])
    """
    belongs = np.zeros((len(labels), k))
    belongs[np.arange(len(labels)), labels] = 1.0  # (n, k)
    sums: Floats = np.asarray(points.T @ belongs).T  # (k, d)
    return np.asarray(sums / belongs.sum(axis=0)[:, None])


def fill_empty(
    labels: Labels, distances: Floats, k: int, least: float = 0.0
) -> None:
    """Give every empty cluster the point that lies farthest from its own centre, in place.

    A point that is alone in its cluster stays there.

    Args:
        labels: (n,), changed in place.
        distances: of every point to its centre, squared, (n,).
        k: how many clusters.
        least: a squared distance that is rounding and no distance.

    Raises:
        ValueError: there are fewer different points than clusters.
    """
    sizes = np.bincount(labels, minlength=k)
    if sizes.all():
        return
    farthest = iter(np.argsort(-distances, kind="stable"))
    for empty in np.flatnonzero(sizes == 0):
        spare = (i for i in farthest if sizes[labels[i]] > 1)
        point = next(spare, None)
        if point is None or distances[point] <= least:
            raise ValueError(
                f"cluster {empty} of {k} stays empty: there are fewer than {k} different "
                "points; ask for fewer clusters"
            )
        sizes[labels[point]] -= 1
        labels[point] = empty


def lloyd(points: Points, centres: Any, max_steps: int = 300) -> Clustering:
    """Repeat Lloyd's two steps from given centres until no point moves.

    Args:
        points: (n, d), dense or sparse.
        centres: where to start, (k, d).
        max_steps: how often the centres may move.

    Raises:
        ValueError: points or centres are no tables of finite numbers, have different widths, or
            there are more centres than (different) points; or max_steps is below 1.

    >>> lloyd([[0], [1], [8], [9]], centres=[[0], [1]]).centres.ravel().tolist()
    [0.5, 8.5]
    """
    points, centres = _start(points, centres, max_steps)
    home = home_of(points)
    points, centres = shifted(points, home), shifted(centres, home)
    lengths, k = squared_lengths(points), len(centres)
    least = ROUNDING * lengths.max()
    labels, distances = assign(points, centres, lengths)
    history, settled = [float(distances.sum())], False
    while not settled and len(history) <= max_steps:
        fill_empty(labels, distances, k, least)
        centres = means(points, labels, k)
        moved, distances = assign(points, centres, lengths)
        history.append(float(distances.sum()))
        settled = bool((moved == labels).all())
        labels = moved
    return Clustering(labels, shifted(centres, -home), history, settled)


def _start(points: Points, centres: Any, max_steps: int) -> tuple[Points, Floats]:
    """Return points and centres as tables of floats.

    Raises:
        ValueError: they don't fit; see :func:`lloyd`.
    """
    points, centres = as_points(points), as_points(centres)
    if hasattr(centres, "toarray"):
        centres = centres.toarray()
    require_k(len(centres), points.shape[0])
    if centres.shape[1] != points.shape[1]:
        raise ValueError(
            f"points have {points.shape[1]} coordinates and centres {centres.shape[1]}"
        )
    if max_steps < 1:
        raise ValueError(f"max_steps must be 1 or more, not {max_steps}")
    return points, centres


def require_k(k: int, n: int) -> None:
    """Refuse a number of clusters that is below 1 or larger than the number of points.

    Raises:
        ValueError: it is.
    """
    if not 1 <= k <= n:
        raise ValueError(f"{n} points can't make {k} clusters; ask for 1 to {n}")


def careful_start(points: Points, k: int, rng: Any, candidates: int = 1) -> Floats:
    """Draw k points as first centres, each with a chance that grows with its squared distance.

    This is k-means++.  With more than one candidate, each round draws several and keeps the one
    that lowers the sum of squared distances most, as scikit-learn does.

    Args:
        points: (n, d).
        k: how many centres.
        rng: ``numpy.random.default_rng(seed)``, or anything with its ``random(size)``.
        candidates: drawn in each round.

    Returns:
        k rows of the points, (k, d).

    Raises:
        ValueError: there are fewer than k different points, or no candidate is asked for.

    Source: Arthur and Vassilvitskii (2007), section 2.2 and, for candidates, section 5.

    >>> careful_start([[0], [0], [7]], 2, np.random.default_rng(0)).ravel().tolist()
    [0.0, 7.0]
    """
    given = as_points(points)
    points, n = shifted(given, home_of(given)), given.shape[0]
    require_k(k, n)
    if candidates < 1:
        raise ValueError(f"candidates must be 1 or more, not {candidates}")
    lengths = squared_lengths(points)
    least = ROUNDING * lengths.max()
    chosen = [int(rng.random() * n)]  # the first: any point
    nearest = squared_distances(points, _rows(points, chosen), lengths)[:, 0]
    while len(chosen) < k:
        summed = np.cumsum(nearest)
        if nearest.max() <= least:
            raise ValueError(
                f"only {len(chosen)} different points; "
                f"ask for {len(chosen)} clusters at most"
            )
        drawn = np.searchsorted(summed, rng.random(candidates) * summed[-1])
        drawn = np.minimum(drawn, n - 1)  # rounding at the very end
        distances = squared_distances(points, _rows(points, drawn), lengths)
        distances = np.minimum(distances, nearest[:, None])  # (n, candidates)
        best = int(distances.sum(axis=0).argmin())
        chosen.append(int(drawn[best]))
        nearest = distances[:, best]
    return _rows(given, chosen)


def random_start(points: Points, k: int, rng: np.random.Generator) -> Floats:
    """Draw k different rows of the points, each set as likely as any other.

    Raises:
        ValueError: there are fewer than k points.

    >>> random_start([[0], [1], [2]], 3, np.random.default_rng(0)).shape
    (3, 1)
    """
    points = as_points(points)
    require_k(k, points.shape[0])
    return _rows(points, rng.choice(points.shape[0], size=k, replace=False))


def _rows(points: Points, rows: Any) -> Floats:
    """Return some rows as a dense table."""
    found = points[rows]
    return np.asarray(found.toarray() if hasattr(found, "toarray") else found)


def k_means(
    points: Points, k: int, seed: int = 0, starts: int = 1, max_steps: int = 300
) -> Clustering:
    """Run Lloyd's steps from several careful starts; return the clustering of least objective.

    Args:
        points: (n, d), dense or sparse.
        k: how many clusters.
        seed: of the draws.
        starts: how many runs.
        max_steps: of each run.

    Raises:
        ValueError: as :func:`careful_start` and :func:`lloyd`; or starts is below 1.

    >>> k_means([[0], [1], [8], [9]], 2).objective
    1.0
    """
    if starts < 1:
        raise ValueError(f"starts must be 1 or more, not {starts}")
    points = as_points(points)
    rng = np.random.default_rng(seed)
    runs = [
        lloyd(points, careful_start(points, k, rng), max_steps)
        for _ in range(starts)
    ]
    return min(runs, key=lambda run: run.objective)
