"""Squared distances by one product of matrices, and where rounding has eaten them, one by one."""

from __future__ import annotations

from typing import Any

import numpy as np

from nlpcourse.learning.linear.rows import Array

CLOSE = 1e-8
"""A squared distance below this share of the two squared lengths has few right digits left."""
BLOCK = 1_000_000
"""Numbers that are subtracted at once."""


def mend_close(squared: Array, a: Any, b: Any, lengths: Array) -> None:
    """Compute again, in place, the squared distances that the difference of large numbers spoilt.

    Of ``|a|^2 - 2 a·b + |b|^2`` little is right where the result is much smaller than its parts:
    the numbers 10^9 and 10^9 + 3 seem to be 0 apart.  There ``|a - b|^2`` is taken.

    Args:
        squared: of every row of *a* and of *b*, (n, k), changed in place.
        a: (n, d), dense or a sparse matrix of SciPy.
        b: (k, d), dense.
        lengths: the sum of the two rows' squared lengths, (n, k).

    >>> one, other = np.array([[1e9]]), np.array([[1e9 + 3]])
    >>> found = np.zeros((1, 1))
    >>> mend_close(found, one, other, np.array([[2e18]]))
    >>> found
    array([[9.]])
    """
    close = ~(squared >= CLOSE * lengths) & (lengths > 0)  # NaN is close, too
    rows, columns = np.nonzero(close)
    step = max(1, BLOCK // b.shape[1])
    for start in range(0, len(rows), step):
        i, j = rows[start : start + step], columns[start : start + step]
        ours = a[i].toarray() if hasattr(a, "toarray") else a[i]
        squared[i, j] = ((ours - b[j]) ** 2).sum(axis=1)
