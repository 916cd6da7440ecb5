"""Reading a submission: what can be wrong with a file, said so that one can mend it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Sequence

LARGEST = 1_000_000
"""Bytes of a submission at most."""
HEADER = ["id", "label"]


class SubmissionError(ValueError):
    """What is wrong with a submission, and what to do."""


def read_submission(
    raw: bytes, ids: Collection[str], labels: Sequence[str] = ()
) -> dict[str, str]:
    """Return id to label, one for every id of the test.

    Args:
        raw: the file, CSV in UTF-8 with the header ``id,label``.
        ids: those of the test.
        labels: the allowed ones; none where the label is a number.

    Raises:
        SubmissionError: the file is not such a file; the message says where and what to do.

    >>> read_submission(b"id,label\\na1,ham\\nb2,spam\\n", ["a1", "b2"], ["ham", "spam"])
    {'a1': 'ham', 'b2': 'spam'}
    """
    found: dict[str, str] = {}
    known = set(ids)
    for line, (identifier, label) in _rows(_text(raw)):
        if identifier not in known:
            raise SubmissionError(
                f"line {line}: {identifier[:40]!r} is no id of test.csv; take the ids from there"
            )
        if identifier in found:
            raise SubmissionError(
                f"line {line}: {identifier!r} stands twice; give each id one row"
            )
        _require_label(line, label, labels)
        found[identifier] = label
    missing = sorted(known - found.keys())
    if missing:
        raise SubmissionError(
            f"{len(missing)} of {len(known)} ids are missing, such as {missing[0]!r}; give every "
            "row of test.csv a label"
        )
    return found


def _text(raw: bytes) -> str:
    """Return the file's text; refuse what is empty, huge, or not UTF-8."""
    if not raw.strip():
        raise SubmissionError("the file is empty; begin with the line id,label")
    if len(raw) > LARGEST:
        raise SubmissionError(
            f"the file has {len(raw):,} bytes and may have {LARGEST:,}; hand in ids and labels "
            "alone"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubmissionError(
            f"byte {error.start} is not UTF-8; save the file as UTF-8, not as UTF-16 or Latin-1"
        ) from None
    if "\0" in text:
        raise SubmissionError("the file holds zero bytes; save it as UTF-8 text")
    return text


def _rows(text: str) -> list[tuple[int, tuple[str, str]]]:
    """Return the rows below the header, each with its line; refuse what is no such table."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[tuple[int, tuple[str, str]]] = []
    try:
        header = next(reader, [])
        if [name.strip() for name in header] != HEADER:
            raise SubmissionError(
                f"the first line is {','.join(header)[:60]!r} and must be 'id,label'"
            )
        for row in reader:
            if not row:
                continue
            if len(row) != len(HEADER):
                raise SubmissionError(
                    f"line {reader.line_num} has {len(row)} fields and must have two, id and label"
                )
            found.append((reader.line_num, (row[0].strip(), row[1].strip())))
    except csv.Error as error:
        raise SubmissionError(
            f"line {reader.line_num} is no CSV ({error}); is a quotation mark left open?"
        ) from None
    return found


def _require_label(line: int, label: str, labels: Sequence[str]) -> None:
    if labels:
        if label not in labels:
            raise SubmissionError(
                f"line {line}: the label {label[:40]!r} is none of {', '.join(labels)}"
            )
        return
    try:
        value = float(label)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SubmissionError(
            f"line {line}: the label {label[:40]!r} must be a finite number, such as 0.25"
        )
