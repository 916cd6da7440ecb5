"""What a student gets back: points, and the question or the fact of each check.

Hidden tests are not in it, nor anything about another student.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from nlpcourse.grading import pages
from nlpcourse.grading.export import title
from nlpcourse.grading.judge import Mark
from nlpcourse.grading.manual import number
from nlpcourse.grading.pages import text
from nlpcourse.grading.run import Graded, Row


def write_all(folder: Path, graded: Graded) -> list[Path]:
    """Write one page a student who has handed in anything; return their paths."""
    by_student: dict[str, list[Row]] = {}
    for row in graded.rows:
        if row.marks:
            by_student.setdefault(row.person.id, []).append(row)
    written = []
    for student, rows in by_student.items():
        path = folder / f"{file_name(student)}.html"
        pages.write(path, page(rows, graded))
        written.append(path)
    return written


def file_name(student: str) -> str:
    """Return a name for a student's file: no two have the same, on any system.

    >>> file_name("ana.lopez"), file_name("../x")
    ('ana.lopez', 'x-d6b96a')
    """
    plain = re.sub(r"[^\w.-]+", "-", student).strip(".-")[:60]
    if plain == student and plain == plain.lower():
        return plain
    label = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{plain or 'student'}-{label[:6]}"


def page(rows: Sequence[Row], graded: Graded) -> str:
    """Return the page of one student."""
    parts = [_chapter(row, graded) for row in rows]
    return pages.page(f"Feedback for {rows[0].person.name}", "\n".join(parts))


def _chapter(row: Row, graded: Graded) -> str:
    titles = graded.prepared[row.chapter.number].titles
    assert row.submission is not None
    points = number(row.points or 0)
    lines = [
        f"<h2>{text(title(row.chapter))}</h2>",
        f"<p>{points} of {row.chapter.possible} points"
        f"{', handed in late' if row.submission.late else ''}.</p>",
        f"<p>Graded: <code>{text(row.submission.path)}</code></p>",
        *(_mark(mark, titles.get(mark.exercise, "")) for mark in row.marks),
    ]
    return f"<section>\n{chr(10).join(lines)}\n</section>"


def _mark(mark: Mark, name: str) -> str:
    kind = "part"
    if mark.points in (0, mark.possible):
        kind = "full" if mark.points else "none"
    return (
        f'<article class="{kind}">\n<h3>Exercise {text(mark.exercise)} · {text(name)}</h3>\n'
        f"<p>{number(mark.points)} of {mark.possible}</p>\n<p>{text(mark.message)}</p>\n</article>"
    )
