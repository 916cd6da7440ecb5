"""A release as a folder: what was handed out, to whom, until when (``release.json``).

``nlpcourse assign`` writes it and ``nlpcourse grade`` reads it.  It holds nothing that a student
may not see: checks and solutions stay in the course, the key of a variant with the grader.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
    """A student of the roster.

    Attributes:
        id: what tells one from another; it names files and rows.
        name: as it is written.
        email: empty where nobody gave it.
        other: further identifiers, by the column of the roster they come from (``"username"``,
            ``"sis user id"`` …); a submission that carries one of them is this student's.
    """

    id: str
    name: str
    email: str = ""
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """That exercises were drawn with a key.

    Attributes:
        salted: whether each student has draws of their own; else the class has the same ones.
        key_digest: of the key, blanks at its ends aside (:func:`digest_of`).
    """

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
        Person(
            _text(p["id"]),
            _text(p["name"]),
            _text(p.get("email") or ""),
            {_text(k): _text(v) for k, v in (p.get("other") or {}).items()},
        )
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


_NAMES = ("name", "full name", "student name", "display name", "student")
_FIRST = ("first name", "firstname", "given name")
_LAST = ("last name", "lastname", "surname", "family name")
_EMAILS = ("email", "e-mail", "email address", "mail")
_IDS = (
    "id",
    "username",
    "sis login id",
    "orgdefinedid",
    "id number",
    "student id",
    "sis user id",
    "student_id",
)
"""Columns that tell one student from another; the first that is there is the one that counts."""


def read_roster(path: Path) -> tuple[Person, ...]:
    """Return the students of a CSV file with the columns ``id``, ``name`` and ``email``.

    What Canvas, Moodle, Blackboard and Brightspace export as a list of participants or a gradebook
    is read, too: ``Student``, ``First name`` with ``Surname``, ``Username``, ``OrgDefinedId``,
    ``SIS User ID`` … stand for the three.  Order and capitals do not matter, other columns are left
    aside.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such table; the message says which line and why.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), _dialect(text), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no table of students ({error})") from None
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise ValueError(f"{path} is empty; it needs the columns id, name, email")
    columns = [cell.strip().lower() for cell in rows[0]]
    found = []
    for line, row in enumerate(rows[1:], start=2):
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        if not any(cells.values()) or "points possible" in row[0].lower():
            continue
        found.append(_person(cells, f"{path}, line {line}"))
    try:
        _unique([person.id for person in found])
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return tuple(found)


def _person(cells: dict[str, str], where: str) -> Person:
    parts = (_first_of(cells, _FIRST), _first_of(cells, _LAST))
    for name in (
        "orgdefinedid",
        "username",
    ):  # Brightspace writes a "#" before them
        cells[name] = cells.get(name, "").removeprefix("#")
    known = {name: cells[name] for name in _IDS if cells.get(name)}
    identifier = _first_of(cells, _IDS)
    if not known and cells.get("student") and _first_of(cells, _NAMES[:-1]):
        identifier = cells["student"]  # a column of identifiers beside one of names
    if not identifier:
        raise ValueError(f"{where}: there is no id of a student")
    name = " ".join(part for part in parts if part) or _first_of(cells, _NAMES)
    if "sis user id" in cells or "sis login id" in cells:  # a gradebook of Canvas
        known["canvas id"] = known.pop("id", "")
    other = {k: v for k, v in known.items() if v and (v != identifier or k != "id")}
    return Person(identifier, name or identifier, _first_of(cells, _EMAILS), other)


def _first_of(cells: dict[str, str], names: tuple[str, ...]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")


def _dialect(text: str) -> type[csv.Dialect]:
    first = next(iter(text.splitlines()), "")

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Dialect
