"""Tables for spreadsheets, in which no cell of a stranger's is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path


def safe(text: str) -> str:
    """Return a text on one line that no spreadsheet takes for a formula.

    >>> safe("=HYPERLINK(1)"), safe("ana\\n")
    ("'=HYPERLINK(1)", 'ana')
    """
    line = " ".join(text.split())
    line = line.encode("utf-8", "replace").decode("utf-8")
    return f"'{line}" if line.startswith(("=", "+", "-", "@", "|", "%")) else line


def write_table(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file at once or not at all."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".partial")
    partial.write_text(out.getvalue(), encoding="utf-8", newline="")
    partial.replace(path)
