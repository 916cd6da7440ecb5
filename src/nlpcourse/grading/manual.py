"""Marks that a person gives: a table to be filled in, and read back."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nlpcourse.grading.judge import Mark
from nlpcourse.grading.run import Graded, Row
from nlpcourse.grading.tables import safe, write_table

COLUMNS = ("student", "name", "exercise", "points", "possible", "comment")


def write_form(path: Path, graded: Graded) -> int:
    """Write a table of the open exercises, with the points that the checks gave; return its rows.

    Args:
        path: of the table.
        graded: the marks.
    """
    rows = [
        (
            row.person.id,
            safe(row.person.name),
            mark.exercise,
            number(mark.points),
            str(mark.possible),
            "",
        )
        for row in graded.rows
        for mark in row.marks
        if mark.exercise in graded.prepared[row.chapter.number].open
    ]
    write_table(path, [COLUMNS, *rows])
    return len(rows)


def number(points: float) -> str:
    """Return points as they are written: no more digits than they need.

    >>> number(2), number(2.0), number(1.25)
    ('2', '2', '1.25')
    """
    return f"{round(points, 2):g}"


def read_form(
    path: Path, graded: Graded
) -> dict[tuple[str, str], tuple[float, str]]:
    """Return points and comment by student and exercise, from a table that a person has filled in.

    Rows without points are left aside.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line names nobody of the class, no exercise of theirs, or points that the
            exercise does not give; the message says which line.
    """
    possible = {
        (row.person.id, mark.exercise): mark.possible
        for row in graded.rows
        for mark in row.marks
    }
    found: dict[tuple[str, str], tuple[float, str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"student", "exercise", "points"} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path} has no column {sorted(missing)[0]}")
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            text = (row["points"] or "").strip()
            if not text:
                continue
            key = ((row["student"] or "").strip(), (row["exercise"] or "").strip())
            if key not in possible:
                raise ValueError(
                    f"{where}: student {key[0]!r} has handed in no exercise {key[1]!r}"
                )
            if key in found:
                raise ValueError(f"{where}: {key[0]}, {key[1]} stands in it twice")
            found[key] = (
                _points(text, possible[key], where),
                row.get("comment") or "",
            )
    return found


def _points(text: str, possible: int, where: str) -> float:
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{where}: {text!r} is no number of points") from None
    if not 0 <= points <= possible:
        raise ValueError(
            f"{where}: {text} points, where 0 to {possible} can be given"
        )
    return points


def with_manual(
    rows: Sequence[Row], given: dict[tuple[str, str], tuple[float, str]]
) -> tuple[Row, ...]:
    """Return the rows with the points that a person gave in place of the checks'."""
    return tuple(
        replace(row, marks=tuple(_marked(row, mark, given) for mark in row.marks))
        for row in rows
    )


def _marked(
    row: Row, mark: Mark, given: dict[tuple[str, str], tuple[float, str]]
) -> Mark:
    found = given.get((row.person.id, mark.exercise))
    if found is None:
        return mark
    points, comment = found
    if not comment and points == mark.points:
        return mark
    message = comment or "Your instructor has read this answer."
    return replace(mark, points=points, message=message, trouble="")
