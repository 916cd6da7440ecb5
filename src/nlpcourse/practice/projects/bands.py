"""Which pairs of many are worth a look?  Those whose signatures agree in a whole band."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np


def found_chance(similarity: float, rows: int, bands: int) -> float:
    """Return how likely a pair agrees in one band or more of *bands* bands of *rows* rows.

    Args:
        similarity: Jaccard's coefficient of the two sets, from 0 to 1.
        rows: numbers in a band, 1 or more.
        bands: 1 or more.

    Raises:
        ValueError: an argument is out of its range.

    Source: Leskovec, Rajaraman and Ullman (2020), section 3.4.2.

    >>> round(found_chance(0.8, rows=4, bands=2), 3)
    0.651
    """
    if not 0 <= similarity <= 1:
        raise ValueError(f"a similarity lies between 0 and 1, not {similarity}")
    _require(rows, bands)
    return float(1 - (1 - similarity**rows) ** bands)


def _require(rows: int, bands: int) -> None:
    """Refuse bands that hold nothing, and no bands."""
    if rows < 1 or bands < 1:
        raise ValueError(f"give 1 row and 1 band or more, not {rows} and {bands}")


def candidates(signatures: np.ndarray, rows: int) -> Iterator[tuple[int, int]]:
    """Yield every pair i < j of texts whose signatures agree in a whole band, once.

    Args:
        signatures: one a row, (n, rows · bands).
        rows: numbers in a band.

    Raises:
        ValueError: the signatures are no table, or can't be cut into bands of *rows*.

    >>> sorted(candidates(np.array([[1, 2, 7, 8], [1, 2, 9, 9], [0, 0, 9, 9]]), rows=2))
    [(0, 1), (1, 2)]
    """
    table = np.asarray(signatures)
    if table.ndim != 2 or rows < 1 or table.shape[1] % rows:
        raise ValueError(
            f"signatures of shape {table.shape} can't be cut into bands of {rows}"
        )
    seen: set[tuple[int, int]] = set()
    for first in range(0, table.shape[1], rows):
        buckets: dict[bytes, list[int]] = {}
        for i, row in enumerate(table[:, first : first + rows]):
            buckets.setdefault(row.tobytes(), []).append(i)
        for bucket in buckets.values():
            for pair in combinations(bucket, 2):
                if pair not in seen:
                    seen.add(pair)
                    yield pair
