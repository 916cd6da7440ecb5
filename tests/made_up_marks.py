"""Marks of a class that was never graded, for the tests of what is made from marks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from nlpcourse.grading import one
from nlpcourse.grading.collect import Collection, Submission
from nlpcourse.grading.judge import Mark
from nlpcourse.grading.prepare import Prepared
from nlpcourse.grading.release import Handed, Person, ReleaseFolder, Worth
from nlpcourse.grading.run import Graded, Row

EVIL = '<script>alert("x")</script>'

PEOPLE = (
    Person(
        "a1", "Ana Ünal", "a@uni.example", {"canvas id": "900", "sis user id": "u1"}
    ),
    Person("b2", EVIL, "b@uni.example"),
    Person("c3", "=HYPERLINK(1)", "c@uni.example"),
    Person("d4", "Dora Late"),
    Person("e5", "Eve Absent"),
)
WORTH = (Worth("11.1", 2), Worth("11.2", 1), Worth("11.3", 2))
HANDED = Handed("11", "11_naive_bayes", WORTH, "student/11.ipynb", "0" * 64)
GOT = {
    "a1": (2, 1, 2),
    "b2": (2, 0, 0),
    "c3": (0, 1, 0),
    "d4": (0, 0, 0),
}
FILE = b'{"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}]}'


def a_class(folder: Path) -> Graded:
    """Return marks of five students; one has handed in nothing, one late, one is not readable."""
    notebook = folder / "some.ipynb"
    notebook.write_bytes(FILE)
    time = datetime(2026, 10, 6, tzinfo=UTC)
    rows = []
    for person in PEOPLE:
        if person.id not in GOT:
            rows.append(Row(person, HANDED, None, (), ("nothing was handed in",)))
            continue
        marks = tuple(
            Mark(
                worth.exercise,
                points,
                worth.points,
                "A fact." if points else f"Is {EVIL} right?",
                "the file is empty" if person.id == "d4" else "",
            )
            for worth, points in zip(WORTH, GOT[person.id], strict=True)
        )
        late = person.id == "d4"
        notes = ("the file is empty",) if late else ()
        submission = Submission(
            person,
            HANDED,
            f"{person.id}/=1+1.ipynb",
            "0" * 64,
            notebook,
            time if late else None,
            late,
            notes,
            ("old.ipynb",) if late else (),
        )
        rows.append(Row(person, HANDED, submission, marks, notes, 1.5))
    release = one.Release("11", (), frozenset(), {}, False)
    titles = {"11.1": "One", "11.2": "Two & more", "11.3": "Three"}
    prepared = Prepared(HANDED, release, titles, frozenset({"11.3"}), (), "0" * 64)
    contents = ReleaseFolder(time, (HANDED,), time, PEOPLE)
    collection = Collection(
        submissions=[row.submission for row in rows if row.submission is not None],
        trouble=[("lost/x.ipynb", "its path leads out of the archive")],
        aside=[("e5/report.pdf", PEOPLE[4])],
    )
    return Graded(
        contents, {"11": prepared}, collection, tuple(rows), "confined: all"
    )
