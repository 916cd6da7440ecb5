"""The marks as nbgrader keeps them, for formgrader and what else reads its database."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nlpcourse.grading.export import people
from nlpcourse.grading.judge import Mark
from nlpcourse.grading.release import Handed
from nlpcourse.grading.run import Graded, Row


def there_is_one() -> bool:
    """Tell whether nbgrader is installed (extra ``instructor``)."""
    return find_spec("nbgrader") is not None


def write(path: Path, graded: Graded) -> Path:
    """Write the class's marks into a gradebook of nbgrader's, through its own interface.

    Students, assignments and cells that are there already stay; scores are replaced.

    Args:
        path: of the database, such as ``gradebook.db`` of a course's folder.
        graded: the marks.
    """
    api: Any = importlib.import_module("nbgrader.api")
    with _tools_on_path():  # a new database is stamped by Alembic's command
        book = api.Gradebook(f"sqlite:///{path.absolute()}")
    try:
        for handed in graded.contents.chapters:
            _assignment(book, handed, graded)
        for person in people(graded):
            book.update_or_create_student(
                person.id, first_name=person.name, email=person.email or None
            )
        known = {person.id for person in people(graded)}
        for row in graded.rows:
            if row.person.id in known and row.marks:
                _submission(book, row)
        book.db.commit()
    finally:
        book.close()
    return path


@contextmanager
def _tools_on_path() -> Iterator[None]:
    """Let the commands of this environment be found, whether it is activated or not."""
    before = os.environ.get("PATH", "")
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([here, before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def cell_name(exercise: str) -> str:
    """Return the name of the cell that gives an exercise's points.

    >>> cell_name("11.2")
    'check-11-2'
    """
    return f"check-{exercise.replace('.', '-')}"


def _assignment(book: Any, handed: Handed, graded: Graded) -> None:
    due = graded.contents.due
    settings = {} if due is None else {"duedate": due.isoformat()}
    book.update_or_create_assignment(handed.stem, **settings)
    book.update_or_create_notebook(handed.stem, handed.stem)
    for worth in handed.points:
        book.update_or_create_grade_cell(
            cell_name(worth.exercise),
            handed.stem,
            handed.stem,
            max_score=float(worth.points),
            cell_type="code",
        )


def _submission(book: Any, row: Row) -> None:
    stem = row.chapter.stem
    assert row.submission is not None
    time = row.submission.time
    settings = {} if time is None else {"timestamp": time.isoformat()}
    with (
        warnings.catch_warnings()
    ):  # nbgrader's own, about the order in which it adds
        warnings.simplefilter("ignore")
        submission = book.update_or_create_submission(
            stem, row.person.id, **settings
        )
    (notebook,) = [n for n in submission.notebooks if n.name == stem]
    marks = {cell_name(mark.exercise): mark for mark in row.marks}
    for grade in notebook.grades:
        if grade.name in marks:
            _score(grade, marks[grade.name])
    book.db.commit()


def _score(grade: Any, mark: Mark) -> None:
    grade.auto_score = float(mark.points)
    grade.needs_manual_grade = bool(mark.trouble)
