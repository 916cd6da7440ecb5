"""A table of numbers with one row a document, of which only what is not zero is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def summed(values: Array, places: Integers, length: int) -> Array:
    """Return for each of so many places the sum of the values that belong there.

    >>> summed(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 0]), length=3).tolist()
    [5.0, 0.0, 2.0]
    """
    found = np.bincount(places, weights=values, minlength=length)
    return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True)
class Rows:
    """A sparse table X of n rows and d columns.

    The numbers of row i, without the zeros, are ``values[starts[i]:starts[i + 1]]``, and their
    columns stand at the same places of ``columns``.  SciPy calls this the CSR format.

    Attributes:
        starts: where each row begins, and at the end the number of all values, (n + 1,).
        columns: the column of every value, rising within a row, (values,).
        values: what is not zero, (values,).
        width: the number of columns d.
    """

    starts: Integers
    columns: Integers
    values: Array
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def row_of(self) -> Integers:
        """The row of every value, (values,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def row(self, i: int) -> tuple[Integers, Array]:
        """Return columns and values of row i."""
        part = slice(self.starts[i], self.starts[i + 1])
        return self.columns[part], self.values[part]

    def times(self, w: Array) -> Array:
        """Return X w: for w of (d,) one number a row, for w of (d, k) k numbers a row."""
        if w.ndim == 2:
            return np.stack(
                [self.times(column) for column in w.T], axis=1
            )  # (n, k)
        products = self.values * w[self.columns]
        return summed(products, self.row_of, len(self))  # (n,)

    def transposed_times(self, r: Array) -> Array:
        """Return Xᵀ r: for r of (n,) one number a column, for r of (n, k) k numbers a column."""
        if r.ndim == 2:
            parts = [self.transposed_times(column) for column in r.T]
            return np.stack(parts, axis=1)  # (d, k)
        products = self.values * r[self.row_of]
        return summed(products, self.columns, self.width)  # (d,)

    def squared_lengths(self) -> Array:
        """Return ‖x‖² of every row, (n,)."""
        return summed(self.values**2, self.row_of, len(self))

    def take(self, rows: Sequence[int] | Integers) -> Rows:
        """Return the table of these rows, in this order."""
        chosen = np.asarray(rows, dtype=np.int64)
        lengths = np.diff(self.starts)[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        shift = np.repeat(self.starts[chosen] - starts[:-1], lengths)
        places = np.arange(starts[-1]) + shift
        return Rows(starts, self.columns[places], self.values[places], self.width)

    def keep(self, columns: Sequence[int] | Integers) -> Rows:
        """Return the table of these columns, numbered anew in this order."""
        number = np.full(self.width, -1)
        number[columns] = np.arange(len(columns))
        kept = number[self.columns] >= 0
        ends = np.concatenate([[0], np.cumsum(kept)])
        renamed = number[self.columns[kept]]
        starts = ends[self.starts]
        return Rows(starts, renamed, self.values[kept], len(columns))

    def dense(self) -> Array:
        """Return the table with its zeros, (n, d)."""
        table = np.zeros((len(self), self.width))
        table[self.row_of, self.columns] = self.values
        return table


def rows_of(documents: Iterable[Mapping[int, float]], width: int) -> Rows:
    """Return the table of documents that map columns to values.

    Args:
        documents: each maps a column to what is not zero there.
        width: the number of columns.

    Raises:
        ValueError: a column lies outside the table.

    >>> rows_of([{2: 1.0}, {}, {0: 3.0, 1: 4.0}], width=3).dense().tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [3.0, 4.0, 0.0]]
    """
    starts, columns, values = [0], [], []
    for document in documents:
        for column in sorted(document):
            columns.append(column)
            values.append(document[column])
        starts.append(len(columns))
    if columns and not 0 <= min(columns) <= max(columns) < width:
        raise ValueError(
            f"columns run from 0 to {width - 1}; a document has one from {min(columns)} to "
            f"{max(columns)}"
        )
    return Rows(
        np.array(starts, dtype=np.int64),
        np.array(columns, dtype=np.int64),
        np.array(values, dtype=np.float64),
        width,
    )


def with_constant(table: Rows) -> Rows:
    """Return the table with one more column that is 1 in every row: its weight is the bias.

    >>> with_constant(rows_of([{0: 2.0}, {}], width=1)).dense().tolist()
    [[2.0, 1.0], [0.0, 1.0]]
    """
    ends = table.starts[1:]
    return Rows(
        table.starts + np.arange(len(table) + 1),
        np.insert(table.columns, ends, table.width),
        np.insert(table.values, ends, 1.0),
        table.width + 1,
    )
