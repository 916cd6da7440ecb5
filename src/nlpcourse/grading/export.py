"""Marks as tables: for you, for Canvas, for Moodle; and what became of every file.

Canvas imports the columns Student, ID, SIS User ID, SIS Login ID and Section, then one for each
assignment; a second row says the points possible, and students are found by the first of ID, SIS
User ID, SIS Login ID and name that fits (``lib/gradebook_importer.rb`` of canvas-lms).
Moodle imports any table in which a column identifies the student, by address or ID number, and asks
which column is whose (its documentation, *Grade import*); feedback and grade of an item have to be
imported together, or the grades of that item are lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nlpcourse.course import chapters
from nlpcourse.grading.collect import UNKNOWN
from nlpcourse.grading.manual import number
from nlpcourse.grading.release import Handed, Person
from nlpcourse.grading.run import Graded, Row
from nlpcourse.grading.tables import safe, write_table

ATTENTION = "needs attention"


def write_all(out: Path, graded: Graded) -> list[Path]:
    """Write every table into a folder; return their paths."""
    tables = {
        "marks.csv": marks(graded),
        "files.csv": files(graded),
        "canvas.csv": canvas(graded),
    }
    for handed in graded.contents.chapters:
        tables[f"moodle-{handed.stem}.csv"] = moodle(graded, handed)
    for name, rows in tables.items():
        write_table(out / name, rows)
    return [out / name for name in tables]


def marks(graded: Graded) -> list[Sequence[str]]:
    """Return one row a student and chapter, then one a file that is nobody's work."""
    exercises = [w.exercise for c in graded.contents.chapters for w in c.points]
    first = ("student", "name", "email", "chapter", "submitted", "late")
    header = (*first, "points", "possible", *exercises, ATTENTION, "file", "others")
    rows: list[Sequence[str]] = [header]
    for row in graded.rows:
        got = {mark.exercise: number(mark.points) for mark in row.marks}
        s = row.submission
        rows.append(
            (
                row.person.id,
                safe(row.person.name),
                safe(row.person.email),
                row.chapter.number,
                s.time.isoformat(" ", "minutes") if s and s.time else "",
                "late" if s and s.late else "",
                "" if row.points is None else number(row.points),
                str(row.chapter.possible),
                *(got.get(exercise, "") for exercise in exercises),
                safe("; ".join(row.attention)),
                safe(s.path) if s else "",
                safe(" | ".join(s.others)) if s else "",
            )
        )
    blank = [""] * len(exercises)
    for path, reason in graded.collection.trouble:
        rows.append(
            ("", "", "", "", "", "", "", "", *blank, reason, safe(path), "")
        )
    return rows


def files(graded: Graded) -> list[Sequence[str]]:
    """Return what became of every file that was found."""
    rows: list[Sequence[str]] = [
        ("file", "student", "chapter", "what became of it")
    ]
    for s in graded.collection.submissions:
        row = (safe(s.path), s.person.id, s.chapter.number)
        rows.append((*row, "graded" if s.file else "not read"))
        for other in s.others:
            rows.append((safe(other), *row[1:], "an attempt that does not count"))
    for path, person in graded.collection.aside:
        rows.append((safe(path), person.id if person else "", "", "no notebook"))
    for path, reason in graded.collection.trouble:
        rows.append((safe(path), "", "", f"{ATTENTION}: {reason}"))
    return rows


def title(handed: Handed) -> str:
    """Return what an assignment is called in a gradebook."""
    return f"{handed.number} {chapters.get(handed.number).title}"


def people(graded: Graded) -> list[Person]:
    """Return the students of the class, or those who are known where there is no roster."""
    if graded.contents.roster:
        return list(graded.contents.roster)
    known = {row.person.id: row.person for row in graded.rows}
    return [p for p in known.values() if not p.id.startswith(f"{UNKNOWN}-")]


def _points(graded: Graded) -> dict[tuple[str, str], Row]:
    return {(row.person.id, row.chapter.number): row for row in graded.rows}


def _cell(row: Row | None) -> str:
    judged = row is not None and row.judged and row.points is not None
    return number(row.points or 0) if row is not None and judged else ""


def canvas(graded: Graded) -> list[Sequence[str]]:
    """Return a gradebook for Canvas; who has nothing that could be judged has an empty cell."""
    handed = graded.contents.chapters
    info = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    rows: list[Sequence[str]] = [
        (*info, *(title(chapter) for chapter in handed)),
        ("    Points Possible", "", "", "", "", *(str(c.possible) for c in handed)),
    ]
    table = _points(graded)
    for person in people(graded):
        ours = person.other.get("canvas id", "")
        user = person.other.get("sis user id", "" if ours else person.id)
        got = [table.get((person.id, chapter.number)) for chapter in handed]
        rows.append(
            (
                person.name,
                ours,
                user,
                person.other.get("sis login id", ""),
                "",
                *(_cell(row) for row in got),
            )
        )
    return rows


def moodle(graded: Graded, handed: Handed) -> list[Sequence[str]]:
    """Return a table of one chapter for Moodle, of those whose work could be judged."""
    name = title(handed)
    rows: list[Sequence[str]] = [
        ("Full name", "ID number", "Email address", name, f"{name} (feedback)")
    ]
    table = _points(graded)
    for person in people(graded):
        row = table.get((person.id, handed.number))
        if row is None or not (points := _cell(row)):
            continue
        said = [
            f"{m.exercise}: {number(m.points)} of {m.possible}. {m.message}"
            for m in row.marks
        ]
        rows.append(
            (
                person.name,
                person.other.get("id number", person.id),
                person.email,
                points,
                safe(" ".join(said)),
            )
        )
    return rows
