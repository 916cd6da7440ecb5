"""Release chapters to a class: notebooks for students, an nbgrader course, an Otter autograder.

release/
├── release.json      what was handed out; ``nlpcourse grade`` reads it
├── student/          for the students; with a key and a roster, one folder for each of them
├── nbgrader/         a course folder of nbgrader's, with solutions and hidden tests
└── otter/            a zip for each chapter, for Otter and Gradescope, with hidden tests
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nlpcourse.course import chapters
from nlpcourse.course.chapters import Chapter
from nlpcourse.course.paths import require_repository
from nlpcourse.exercises import Given
from nlpcourse.grading import otter, variants
from nlpcourse.grading.cases import own_notebook
from nlpcourse.grading.handout import CONFIG, student_notebook
from nlpcourse.grading.release import (
    Handed,
    Person,
    ReleaseFolder,
    Variant,
    Worth,
    digest_of,
)
from nlpcourse.grading.release import write as write_release
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import write
from nlpcourse.notebooks.forms import assignment_source

READ_ME = """student/    hand these notebooks out
nbgrader/   a course folder of nbgrader's: SOLUTIONS and hidden tests, not for students
otter/      autograders for Otter and Gradescope: hidden tests, not for students

Grade with `nlpcourse grade submitted/ --release THIS_FOLDER --out marks/`.
"""


@dataclass(frozen=True)
class Class:
    """Whom a release is for.

    Attributes:
        due: when work is due; None where there is no date.
        roster: the students; empty where nobody gave a list.
        key: draws variants; None where all get the public numbers.
    """

    due: datetime | None = None
    roster: tuple[Person, ...] = ()
    key: bytes | None = None

    @property
    def salted(self) -> bool:
        """Whether each student gets a draw of their own."""
        return self.key is not None and bool(self.roster)


def assign(
    names: Sequence[str],
    out: Path,
    group: Class | None = None,
    say: Callable[[str], None] = print,
) -> Path:
    """Write a release into a folder that is not there yet; return the folder.

    The same chapters, students, date and key give the same bytes, whenever and wherever.

    Args:
        names: chapters, such as ``["02", "11"]``.
        out: the folder.
        group: whom it is for.
        say: tells what was written, a line at a time.

    Raises:
        FileExistsError: the folder holds something.
        ValueError: a student's identifier can be no folder.
        RuntimeError: nbgrader is not installed, or this is no checkout of the course.
    """
    group = group or Class()
    wanted = list(
        {c.number: c for c in map(chapters.require_written, names)}.values()
    )
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise FileExistsError(
            f"{out} is there, and students may have begun with what it holds; release into another "
            "folder with --out, or move this one away"
        )
    if group.salted:
        _can_be_folders(group.roster)
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    handed = tuple(_hand_out(chapter, partial, group) for chapter in wanted)
    variant = None
    if group.key is not None:
        variant = Variant(group.salted, digest_of(group.key))
    write_release(
        partial,
        ReleaseFolder(made_at(wanted), handed, group.due, group.roster, variant),
    )
    if not group.salted:
        _course_folder(partial / "nbgrader", group.roster)
    (partial / "README.txt").write_text(READ_ME, encoding="utf-8")
    if out.is_dir():
        out.rmdir()
    partial.replace(out)
    _tell(out, handed, group, say)
    return out


def _hand_out(chapter: Chapter, folder: Path, group: Class) -> Handed:
    """Write a chapter's part of a release; return its entry."""
    notebook = cells.read(chapter.notebook)
    drawn = _drawn(group, variants.CLASS, chapter)
    ours = own_notebook(notebook, drawn)
    source = assignment_source(ours, chapter)
    student = f"student/{chapter.stem}.ipynb"
    write(folder / student, student_notebook(source))
    if group.salted:
        for person in group.roster:
            own = own_notebook(notebook, _drawn(group, person.id, chapter))
            path = folder / "student" / person.id / f"{chapter.stem}.ipynb"
            write(path, student_notebook(assignment_source(own, chapter)))
    else:
        place = folder / "nbgrader" / "source" / chapter.stem
        write(place / f"{chapter.stem}.ipynb", source)
        zipped = folder / "otter" / f"{chapter.stem}.zip"
        otter.write_zip(ours, chapter.number, drawn, zipped)
    points = tuple(Worth(e.identifier, e.points) for e in cells.exercises(notebook))
    digest = digest_of((folder / student).read_bytes())
    return Handed(chapter.number, chapter.stem, points, student, digest)


def _drawn(group: Class, student: str, chapter: Chapter) -> dict[str, Given]:
    """Return a student's own parameters; none where the class has no key."""
    if group.key is None:
        return {}
    return variants.of_chapter(group.key, student, chapter.number)


def _course_folder(folder: Path, roster: Sequence[Person]) -> None:
    """Write what nbgrader wants beside the sources: its configuration and the students."""
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    if roster:
        import csv

        with (folder / "roster.csv").open(
            "w", newline="", encoding="utf-8"
        ) as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(("id", "first_name", "last_name", "email"))
            for person in roster:
                first, _, last = person.name.rpartition(" ")
                rows.writerow((person.id, first, last, person.email))


def _can_be_folders(roster: Sequence[Person]) -> None:
    for person in roster:
        if not re.fullmatch(r"\w[\w.@+-]{0,99}", person.id):
            raise ValueError(
                f"the identifier {person.id!r} of {person.name} can be no folder: letters, digits "
                "and . @ + - are possible"
            )
    lower = [person.id.casefold() for person in roster]
    for person in roster:
        if lower.count(person.id.casefold()) > 1:
            raise ValueError(
                f"the identifier {person.id!r} stands in the roster in capitals and in small"
            )


def made_at(wanted: Sequence[Chapter]) -> datetime:
    """Return when the course's state was made, so that the same state gives the same release.

    It is the time of the last commit; without git, of the newest notebook that is handed out.
    ``SOURCE_DATE_EPOCH`` goes before both.
    """
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not told:
        root = require_repository("Releasing a chapter")
        command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False
            )
            told = done.stdout.strip()
        except OSError:
            told = ""
    newest = max(int(c.notebook.stat().st_mtime) for c in wanted)
    return datetime.fromtimestamp(int(told or newest), tz=UTC)


def _tell(
    out: Path, handed: Sequence[Handed], group: Class, say: Callable[[str], None]
) -> None:
    for chapter in handed:
        say(f"wrote {out / chapter.student}: {chapter.possible} points")
    if group.salted:
        say(f"wrote {out / 'student'}/ID/ for each of {len(group.roster)} students")
        say(
            "left out nbgrader/ and otter/: they know one set of numbers, and here each student "
            "has their own"
        )
        return
    say(
        f"wrote {out / 'nbgrader'}, a course folder with solutions: not for students"
    )
    say(f"wrote {out / 'otter'}, autograders with hidden tests: not for students")
