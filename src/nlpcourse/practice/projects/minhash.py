"""MinHash: a text's shingles in a few numbers, from which one reads how alike two texts are."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from nlpcourse.practice.projects.shingles import PRIME, number


def hash_functions(count: int, seed: int = 0) -> np.ndarray:
    """Return *count* random functions x → (a·x + b) mod p as rows (a, b), (count, 2).

    Raises:
        ValueError: *count* is below 1, or *seed* below 0.
    """
    if count < 1 or seed < 0:
        raise ValueError(
            f"give 1 function or more and a seed from 0, not {count} and {seed}"
        )
    rng = np.random.default_rng(seed)
    a = rng.integers(1, PRIME, size=count, dtype=np.uint64)
    b = rng.integers(0, PRIME, size=count, dtype=np.uint64)
    return np.stack([a, b], axis=1)


def signature(shingles: Collection[str], functions: np.ndarray) -> np.ndarray:
    """Return the least value that each function takes on a set, (count,).

    Args:
        shingles: of a text, one or more.
        functions: rows (a, b) of :func:`hash_functions`, (count, 2).

    Raises:
        ValueError: there is no shingle, or *functions* is no such table.

    Source: Broder (1997), section 3.
    """
    if not shingles:
        raise ValueError("an empty text has no signature; leave it out")
    table = np.asarray(functions)
    if table.ndim != 2 or table.shape[1] != 2 or table.dtype != np.uint64:
        raise ValueError("functions are what hash_functions returns, rows (a, b)")
    x = np.fromiter(map(number, shingles), dtype=np.uint64)  # (m,)
    a, b = table[:, :1], table[:, 1:]  # (count, 1) each
    values = (a * x + b) % np.uint64(PRIME)  # (count, m); a·x + b stays below 2**62
    return np.asarray(values.min(axis=1))


def estimate(first: np.ndarray, second: np.ndarray) -> float:
    """Return the share of places in which two signatures agree.

    Raises:
        ValueError: their lengths differ, or are zero.

    >>> estimate(np.array([3, 1, 4, 1]), np.array([3, 1, 5, 9]))
    0.5
    """
    one, other = np.asarray(first), np.asarray(second)
    if one.shape != other.shape or one.ndim != 1 or not one.size:
        raise ValueError(
            f"signatures of one length are compared, not {one.shape} and {other.shape}"
        )
    return float(np.mean(one == other))
