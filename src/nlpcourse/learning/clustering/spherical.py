"""Spherical k-means: a text's direction counts, and its length does not.

Source: Dhillon and Modha (2001), section 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nlpcourse.learning.clustering.kmeans import (
    Clustering,
    _start,
    fill_empty,
    means,
)
from nlpcourse.learning.clustering.points import Points, unit_rows


def spherical_lloyd(
    points: Points, centres: Any, max_steps: int = 300
) -> Clustering:
    """Repeat Lloyd's two steps with the cosine, until no point moves.

    The history holds the sum over all points of 1 - cos(point, its centre).

    Args:
        points: (n, d), dense or sparse; a row of zeros has the cosine 0 with every centre.
        centres: where to start, (k, d).
        max_steps: how often the centres may move.

    Raises:
        ValueError: as :func:`kmeans.lloyd`.

    >>> spherical_lloyd([[1, 0], [5, 1], [0, 2]], [[1, 0], [0, 1]]).labels.tolist()
    [0, 0, 1]
    """
    points, centres = _start(points, centres, max_steps)
    points, centres, k = unit_rows(points), unit_rows(centres), len(centres)
    labels, settled = np.full(points.shape[0], -1), False
    history: list[float] = []
    while not settled and len(history) <= max_steps:
        cosines = np.asarray(points @ centres.T)  # (n, k)
        nearest = cosines.argmax(axis=1)
        away = 1 - cosines[np.arange(len(nearest)), nearest]
        history.append(float(away.sum()))
        settled = bool((nearest == labels).all())
        labels = nearest
        if not settled and len(history) <= max_steps:
            fill_empty(labels, away, k)
            centres = unit_rows(means(points, labels, k))
    return Clustering(labels, centres, history, settled)
