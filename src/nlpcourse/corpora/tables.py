"""Readers of the table formats that the assets come in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path


def read_table(path: Path) -> list[dict[str, str]]:
    """Read an Orange table: names, types, and roles of the columns, then the rows."""
    with path.open(encoding="utf-8", newline="") as file:
        names, _, _, *rows = csv.reader(file, delimiter="\t")
    return [dict(zip(names, row, strict=True)) for row in rows if any(row)]


def read_csv(text: str) -> Iterator[dict[str, str]]:
    """Read a table with a header line, whose cells may hold line ends."""
    return csv.DictReader(io.StringIO(text, newline=""))


def read_tsv(path: Path, *columns: str) -> Iterator[tuple[str, ...]]:
    """Read the *columns* (two or more) of a tab-separated table with a header line.

    A quotation mark is a character like any other, and a row that was cut short ends in "".
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        names = next(rows)
        chosen = itemgetter(*map(names.index, columns))
        for row in rows:
            row += [""] * (len(names) - len(row))
            yield chosen(row)
