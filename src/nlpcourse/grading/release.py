"""A release as a folder: what was handed out, to whom, until when (``release.json``).

``nlpcourse assign`` writes it and ``nlpcourse grade`` reads it.  It holds nothing that a student
may not see: checks and solutions stay in the course, the key of a variant with the grader.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from nlpcourse.course.files import DamagedFile, read_json

FORMAT = 1
FILE = "release.json"
AGAIN = "make the release again with `nlpcourse assign`"


@dataclass(frozen=True)
class Worth:
    """An exercise and the most points that it gives."""

    exercise: str
    points: int


@dataclass(frozen=True)
class Handed:
    """A chapter as it was handed out.

    Attributes:
        number: such as ``"11"``.
        stem: the notebook's name without its ending, such as ``"11_naive_bayes"``.
        points: what its exercises give, in order.
        student: the student's notebook, relative to the release's folder.
        digest: SHA-256 of that notebook, in hexadecimal.
    """

    number: str
    stem: str
    points: tuple[Worth, ...]
    student: str
    digest: str

    @property
    def possible(self) -> int:
        """The most points."""
        return sum(worth.points for worth in self.points)


@dataclass(frozen=True)
class Person:
    """A student of the roster: the identifier that the platform knows, name, address."""

    id: str
    name: str
    email: str = ""


@dataclass(frozen=True)
class Variant:
    """That students have draws of their own, and the digest of the key that draws them."""

    salted: bool
    key_digest: str


@dataclass(frozen=True)
class ReleaseFolder:
    """What ``release.json`` holds.

    Attributes:
        made: when the release was made.
        chapters: those handed out.
        due: when work is due; None where there is no date.
        roster: the students; empty where nobody gave a list.
        variant: how exercises were drawn; None where all got the public ones.
    """

    made: datetime
    chapters: tuple[Handed, ...]
    due: datetime | None = None
    roster: tuple[Person, ...] = ()
    variant: Variant | None = None

    def chapter(self, number: str) -> Handed:
        """Return a chapter by its number.

        Raises:
            KeyError: the release does not have it; the message says which it has.
        """
        for handed in self.chapters:
            if handed.number == number:
                return handed
        have = ", ".join(handed.number for handed in self.chapters)
        raise KeyError(f"the release has no chapter {number}; it has {have}")


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of a notebook's or a key's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write(folder: Path, release: ReleaseFolder) -> Path:
    """Write ``release.json`` into a folder, at once or not at all; return its path."""
    found: dict[str, Any] = {"format": FORMAT, **asdict(release)}
    found["made"] = release.made.isoformat()
    found["due"] = release.due.isoformat() if release.due else None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    partial = path.with_suffix(".partial")
    partial.write_text(
        json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    partial.replace(path)
    return path


def read(folder: Path) -> ReleaseFolder:
    """Return what a release's folder holds, its students' notebooks compared with their digests.

    Raises:
        FileNotFoundError: the folder holds no ``release.json``.
        DamagedFile: that file, or a notebook that it names, is not as it was written.
    """
    path = folder / FILE
    if not path.is_file():
        raise FileNotFoundError(f"{folder} is no release: it holds no {FILE}")
    found = read_json(path, dict, AGAIN)
    if found.get("format") != FORMAT:
        raise DamagedFile(path, f"its format is not {FORMAT}", AGAIN)
    try:
        release = _release(found)
    except (KeyError, TypeError, AttributeError) as error:
        raise DamagedFile(path, f"an entry lacks {error}", AGAIN) from None
    except ValueError as error:
        raise DamagedFile(path, str(error), AGAIN) from None
    for handed in release.chapters:
        student = folder / handed.student
        if not student.is_file():
            raise DamagedFile(path, f"{handed.student} is not there", AGAIN)
        if digest_of(student.read_bytes()) != handed.digest:
            raise DamagedFile(student, "it is not what was handed out", AGAIN)
    return release


def _release(found: dict[str, Any]) -> ReleaseFolder:
    chapters = tuple(_handed(chapter) for chapter in found["chapters"])
    if not chapters:
        raise ValueError("it hands out no chapter")
    numbers = [handed.number for handed in chapters]
    if len(set(numbers)) < len(numbers):
        raise ValueError("it has a chapter twice")
    roster = tuple(
        Person(_text(p["id"]), _text(p["name"]), _text(p.get("email") or ""))
        for p in found.get("roster") or ()
    )
    _unique([person.id for person in roster])
    due, variant = found.get("due"), found.get("variant")
    return ReleaseFolder(
        made=_time(found["made"]),
        chapters=chapters,
        due=None if due is None else _time(due),
        roster=roster,
        variant=None
        if variant is None
        else Variant(bool(variant["salted"]), _text(variant["key_digest"])),
    )


def _handed(found: dict[str, Any]) -> Handed:
    student = PurePosixPath(_text(found["student"]))
    if student.is_absolute() or ".." in student.parts:
        raise ValueError(f"{student} lies outside the release")
    points = tuple(
        Worth(_text(w["exercise"]), int(w["points"])) for w in found["points"]
    )
    if any(worth.points < 0 for worth in points):
        raise ValueError("an exercise gives less than nothing")
    _unique([worth.exercise for worth in points])
    digest = _text(found["digest"])
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"{digest!r} is no digest")
    return Handed(
        _text(found["number"]), _text(found["stem"]), points, str(student), digest
    )


def _unique(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{twice[0]!r} stands in it twice")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _time(value: Any) -> datetime:
    """Return a time; one without a zone counts as the machine's own."""
    try:
        return datetime.fromisoformat(_text(value)).astimezone()
    except ValueError:
        raise ValueError(f"{value!r} is no time") from None


_COLUMNS = {
    "id": ("id", "student", "student id", "student_id", "sis user id", "username"),
    "name": ("name", "full name", "student name"),
    "email": ("email", "e-mail", "email address", "mail"),
}


def read_roster(path: Path) -> tuple[Person, ...]:
    """Return the students of a CSV file with the columns ``id``, ``name`` and ``email``.

    Order and capitals of the columns do not matter, others are left aside, and ``first name`` with
    ``last name`` stand for ``name``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such table; the message says which line and why.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(text.splitlines(), _dialect(text), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no table of students ({error})") from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise ValueError(f"{path} is empty; it needs the columns id, name, email")
    columns = [cell.strip().lower() for cell in rows[0]]
    found = []
    for line, row in enumerate(rows[1:], start=2):
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        parts = (cells.get("first name", ""), cells.get("last name", ""))
        name = _column(cells, "name") or " ".join(p for p in parts if p)
        identifier = _column(cells, "id")
        if not identifier:
            raise ValueError(f"{path}, line {line}: there is no id of a student")
        found.append(
            Person(identifier, name or identifier, _column(cells, "email"))
        )
    try:
        _unique([person.id for person in found])
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return tuple(found)


def _column(cells: dict[str, str], name: str) -> str:
    return next((cells[c] for c in _COLUMNS[name] if cells.get(c)), "")


def _dialect(text: str) -> type[csv.Dialect]:
    first = next(iter(text.splitlines()), "")

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Dialect
