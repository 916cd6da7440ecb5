"""Points: one text a row, one feature a column, in a NumPy array or a sparse matrix of SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nlpcourse.learning.linear.distances import mend_close

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Points = Any
"""A dense array or a sparse matrix, (n points, d features)."""
FAR = 1e6
"""So many times their squared spread away, squared, points are far from zero."""


def as_points(points: Points) -> Points:
    """Return *points* as a matrix of floats; a sparse one stays sparse.

    Args:
        points: (n, d), anything that NumPy takes for a table, or a sparse matrix of SciPy.

    Raises:
        ValueError: it is no table of numbers, it is empty, or a number is NaN or infinite.

    >>> as_points([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    if hasattr(points, "tocsr"):
        table = points.tocsr().astype(np.float64)
        numbers = table.data
    else:
        try:
            table = numbers = np.asarray(points, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(
                "points are a table of numbers, one row a point; some entry is no number, "
                "or the rows have different lengths"
            ) from None
    if table.ndim != 2 or 0 in table.shape:
        raise ValueError(
            f"points are a table of n rows and d columns, both 1 or more, not {table.shape}"
        )
    if not np.isfinite(numbers).all():
        raise ValueError(
            "a point has a coordinate that is NaN or infinite; leave it out or mend it first"
        )
    return table


def as_labels(labels: Any, n: int) -> Labels:
    """Return cluster numbers as an array of whole numbers.

    Raises:
        ValueError: there is not one for each of *n* points, or one is no whole number from 0.

    >>> as_labels([0, 1, 1], 3).tolist()
    [0, 1, 1]
    """
    found = np.asarray(labels)
    if found.shape != (n,):
        raise ValueError(f"{n} points need {n} cluster numbers, not {found.shape}")
    if found.dtype.kind not in "iu" or (found < 0).any():
        raise ValueError("cluster numbers are whole numbers from 0 on")
    return found.astype(np.int64)


def squared_lengths(points: Points) -> Floats:
    """Return the squared length of every row.

    >>> squared_lengths(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [25.0, 0.0]
    """
    if hasattr(points, "multiply"):
        return np.asarray(points.multiply(points).sum(axis=1)).ravel()
    return np.asarray(np.einsum("ij,ij->i", points, points))


def squared_distances(
    points: Points, centres: Floats, lengths: Floats | None = None
) -> Floats:
    """Return the squared distance of every point to every centre, (n, k).

    ``|x - c|^2 = |x|^2 - 2 x·c + |c|^2``: one product of matrices, where a loop over all pairs
    would take n·k steps.  Where rounding has eaten the difference, it is computed again as
    ``|x - c|^2``.

    Args:
        points: (n, d), dense or sparse.
        centres: (k, d).
        lengths: the points' squared lengths, where they are known already.

    >>> squared_distances(np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0]])).ravel()
    array([ 0., 25.])
    """
    if lengths is None:
        lengths = squared_lengths(points)
    distances = np.asarray(points @ centres.T)  # (n, k)
    distances *= -2
    theirs = squared_lengths(centres)
    distances += theirs
    distances += lengths[:, None]
    mend_close(distances, points, centres, lengths[:, None] + theirs)
    return distances


def distances_between(points: Points) -> Floats:
    """Return the Euclidean distance between every two points, (n, n), with zeros on the diagonal.

    Raises:
        ValueError: the points are no table of finite numbers.

    >>> distances_between([[0, 0], [3, 4]])
    array([[0., 5.],
           [5., 0.]])
    """
    table = as_points(points)
    dense = table.toarray() if hasattr(table, "toarray") else table
    squared = squared_distances(dense, dense)
    squared = (squared + squared.T) / 2  # the same both ways, to the last digit
    np.fill_diagonal(squared, 0)
    return np.asarray(np.sqrt(squared))


def evened(points: Points) -> Points:
    """Return each row times the power of two that brings its largest number below 1.

    That rounds nothing, and the squares of what is left neither overflow nor vanish.

    Raises:
        ValueError: the points are no table of finite numbers.

    >>> evened(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.375, 0.5  ],
           [0.   , 0.   ]])
    """
    table = as_points(points)
    if not hasattr(table, "tocsr"):
        _, exponent = np.frexp(np.abs(table).max(axis=1))
        return np.ldexp(table, -exponent[:, None])
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    largest, scaled = np.zeros(table.shape[0]), table.copy()
    np.maximum.at(largest, rows, np.abs(table.data))  # SciPy's own max would sort
    _, exponent = np.frexp(largest)
    scaled.data = np.ldexp(scaled.data, -exponent[rows])
    return scaled


def home_of(points: Points) -> Floats:
    """Return the middle of dense points that lie far from zero and close together, else zeros.

    Distances among such points drown in rounding; among the points less their middle they don't.

    Raises:
        ValueError: the points are no table of finite numbers.

    >>> home_of(np.array([[1e9], [1e9 + 2]])), home_of(np.array([[0.0], [2.0]]))
    (array([1.e+09]), array([0.]))
    """
    if hasattr(points, "tocsr"):
        return np.zeros(points.shape[1])
    points = as_points(points)
    with np.errstate(over="ignore", invalid="ignore"):
        middle = points.mean(axis=0)
        far = FAR * squared_lengths(points[:1] - middle)[0] < middle @ middle
        if far:  # so says the first point, mostly no: then the others aren't asked
            spread = squared_lengths(points - middle).max()
            far = 0 < FAR * spread < middle @ middle
    return np.asarray(middle if far else np.zeros_like(middle))


def shifted(points: Points, home: Floats) -> Points:
    """Return points less *home*; where that is all zeros, as they are.

    >>> shifted(np.array([[5.0, 1.0]]), np.array([4.0, 0.0]))
    array([[1., 1.]])
    """
    return points - home if home.any() else points


def unit_rows(points: Points) -> Points:
    """Return the points scaled to length 1; a point of zeros stays where it is.

    Raises:
        ValueError: the points are no table of finite numbers.

    >>> unit_rows([[3, 4], [0, 0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    table = evened(points)
    lengths = np.sqrt(squared_lengths(table))
    scale = 1 / np.where(lengths > 0, lengths, 1)
    if hasattr(table, "multiply"):
        return table.multiply(scale[:, None]).tocsr()
    return table * scale[:, None]
