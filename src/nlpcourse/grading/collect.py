"""From a folder of downloads to one submission a student and chapter; nothing is lost on the way.

Every file ends in one of four lists: it counts, it is an earlier attempt of one that counts, it is
no notebook, or it needs attention, with the reason.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nlpcourse.grading import names
from nlpcourse.grading.archives import Found, walk
from nlpcourse.grading.names import Named, Roster
from nlpcourse.grading.one import LARGEST
from nlpcourse.grading.release import Handed, Person, ReleaseFolder

UNKNOWN = "unknown"
"""What the identifier of a student begins with of whom only a file is known."""


@dataclass(frozen=True)
class Submission:
    """One notebook that was handed in.

    Attributes:
        person: whose it is; with an identifier that begins with :data:`UNKNOWN` where no student
            of the roster could be told.
        chapter: of the release.
        path: where it lay in the downloads.
        digest: SHA-256 of its bytes.
        file: a copy of it; None where it was not read.
        time: of the attempt, where something says it.
        late: whether it is marked as late, or its time is after the due date.
        notes: what a person should know about it.
        others: paths of the student's other attempts.
    """

    person: Person
    chapter: Handed
    path: str
    digest: str
    file: Path | None
    time: datetime | None = None
    late: bool = False
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass
class Collection:
    """All that lay in a folder of downloads.

    Attributes:
        submissions: those that count, one a student and chapter.
        missing: students and chapters of which nothing was handed in.
        trouble: files that could not be taken for anybody's work, with the reason.
        aside: files that are no notebooks, with whose they are as far as it is known.
    """

    submissions: list[Submission] = field(default_factory=list)
    missing: list[tuple[Person, Handed]] = field(default_factory=list)
    trouble: list[tuple[str, str]] = field(default_factory=list)
    aside: list[tuple[str, Person | None]] = field(default_factory=list)


def collect(folder: Path, release: ReleaseFolder, store: Path) -> Collection:
    """Return the submissions in a folder (or zip file) of downloads.

    Args:
        folder: as a learning platform let you download it, or ``STUDENT/STEM.ipynb`` by hand.
        release: what was handed out, and to whom.
        store: a folder for copies of the notebooks, named by their digests.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    out = Collection()
    roster = Roster(release.roster)
    store.mkdir(parents=True, exist_ok=True)
    attempts: dict[tuple[str, str], list[tuple[Any, Submission]]] = {}
    times, kept = _pass_over(folder, out, store)
    classes = _of_a_class(kept, len(release.chapters))
    for one in kept:
        named = _name_of(one.levels, classes)
        person = roster.find(named)
        if not one.notebook:
            out.aside.append((one.path, person))
            continue
        notes = list(one.notes)
        if person is None:
            person, why = _unknown(one.path, named, roster)
            notes.append(why)
        chapter, why = _chapter_of(one, named, release)
        if chapter is None:
            out.trouble.append((one.path, why))
            continue
        notes += [why] if why else []
        time = named.time or times.get(one.folder)
        due = release.due
        late = named.late or (time is not None and due is not None and time > due)
        submission = Submission(
            person,
            chapter,
            one.path,
            one.digest,
            one.file,
            time,
            late,
            tuple(notes),
        )
        copy = names.copy_number(named.file.rpartition(".")[0])[1]
        age = (time or datetime.min.replace(tzinfo=UTC), named.number, copy)
        key = (person.id, chapter.number)
        attempts.setdefault(key, []).append(((*age, one.path), submission))
    _choose(out, attempts)
    _look_for_missing(out, release)
    return out


@dataclass(frozen=True)
class _Kept:
    """A file without its bytes."""

    levels: tuple[str, ...]
    notebook: bool
    digest: str = ""
    file: Path | None = None
    number: str = ""
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return "/".join(self.levels)

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


def _pass_over(
    folder: Path, out: Collection, store: Path
) -> tuple[dict[str, datetime], list[_Kept]]:
    """Read every file once: keep notebooks in the store, and nbgrader's times by folder."""
    times: dict[str, datetime] = {}
    kept = []
    for found in walk(folder):
        name = found.levels[-1].rpartition("/")[2]
        if found.trouble:
            out.trouble.append((found.path, found.trouble))
        elif name == "timestamp.txt" and (time := _time(found.data)) is not None:
            times[found.path.rpartition("/")[0]] = time
        elif _is_notebook(name, found.data):
            kept.append(_keep(found, store))
        else:
            kept.append(_Kept(found.levels, False))
    return times, kept


def _is_notebook(name: str, data: bytes) -> bool:
    """Tell whether a file is a notebook: by its name, or what a mail program made of it."""
    if re.search(r"\.ipynb(\.(txt|json))?$", name, re.IGNORECASE):
        return True
    return name.lower().endswith((".json", ".txt")) and b'"cells"' in data[:100_000]


def _keep(found: Found, store: Path) -> _Kept:
    digest = hashlib.sha256(found.data).hexdigest()
    if len(found.data) > LARGEST:
        notes = (f"the file has more than {LARGEST / 2**20:.0f} MB",)
        return _Kept(found.levels, True, digest, None, "", notes)
    file = store / f"{digest}.ipynb"
    if not file.exists():
        partial = file.with_suffix(".partial")
        partial.write_bytes(found.data)
        partial.replace(file)
    return _Kept(found.levels, True, digest, file, number_of(found.data))


def number_of(data: bytes) -> str:
    """Return the number of the chapter whose exercises a notebook has; empty where it has none.

    >>> number_of(b'{"cells": [{"metadata": {"nbgrader": {"grade_id": "exercise-11-2"}}}]}')
    '11'
    """
    try:
        cells = json.loads(data.decode("utf-8-sig"))["cells"]
        text = json.dumps([[c.get("metadata"), c.get("source")] for c in cells])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    found = re.findall(
        r'"grade_id": "(?:exercise|check)-(\d\d)-\d+"'
        r'|"(?:exercise|check)": "(\d\d)\.\d+"',
        text,
    ) or re.findall(r'()check\(\s*\\?["\'](\d\d)\.\d+', text)
    counted = Counter(one or other for one, other in found)
    return counted.most_common(1)[0][0] if counted else ""


def _of_a_class(kept: Iterable[_Kept], chapters: int) -> set[str]:
    """Return the archives that hold more notebooks than one student has chapters to hand in."""
    counted = Counter(one.levels[0] for one in kept if one.notebook)
    return {name for name, count in counted.items() if count > chapters}


def _name_of(levels: tuple[str, ...], classes: set[str]) -> Named:
    """Return what a path says, from the innermost archive that says anything to the outermost."""
    for level in reversed(levels):
        named = names.parse(level)
        if named.platform:
            file = levels[-1].rpartition("/")[2] if level != levels[-1] else ""
            return replace(named, file=file or named.file)
    whole = levels[1:] if len(levels) > 1 and levels[0] in classes else levels
    bare = [re.sub(r"\.zip$", "", level, flags=re.I) for level in whole[:-1]]
    return names.parse("/".join([*bare, whole[-1]]))


def _unknown(path: str, named: Named, roster: Roster) -> tuple[Person, str]:
    several = roster.several(named)
    label = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    person = Person(f"{UNKNOWN}-{label}", named.who[0])
    if len(several) > 1:
        people = ", ".join(other.id for other in several)
        return person, f"whose work it is cannot be told: {people}"
    return person, "no student of the roster goes by this name"


def _chapter_of(
    one: _Kept, named: Named, release: ReleaseFolder
) -> tuple[Handed | None, str]:
    """Return the chapter of a notebook, by its exercises or its name, and what is odd about it."""
    handed = {chapter.number: chapter for chapter in release.chapters}
    stem = re.sub(r"\.ipynb.*$", "", named.file, flags=re.IGNORECASE)
    by_name = next(
        (c for c in release.chapters if names.simple(c.stem) in names.simple(stem)),
        None,
    )
    if one.number in handed:
        chapter = handed[one.number]
        renamed = by_name is not chapter and chapter.number not in stem
        return chapter, f"it was renamed: {named.file}" if renamed else ""
    if one.number:
        return None, f"it is chapter {one.number}, which was not released"
    alone = release.chapters[0] if len(handed) == 1 else None
    if by_name is not None or alone is not None:
        return (
            by_name or alone,
            "no cell in it is marked as one of the chapter's exercises",
        )
    return None, "it holds no exercise of a chapter that was released"


def _time(data: bytes) -> datetime | None:
    """Return what nbgrader's ``timestamp.txt`` says."""
    text = data[:100].decode("utf-8", "replace").strip()
    text = re.sub(r" ?UTC$", "+00:00", re.sub(r" ([+-]\d{4})$", r"\1", text))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _choose(
    out: Collection, attempts: dict[tuple[str, str], list[tuple[Any, Submission]]]
) -> None:
    """Let the latest attempt count; the others are named with it."""
    for key in sorted(attempts):
        ordered = sorted(attempts[key], key=lambda pair: pair[0])
        *earlier, last = [submission for _, submission in ordered]
        others = tuple(submission.path for submission in reversed(earlier))
        notes = last.notes
        tie = len(ordered) > 1 and ordered[-1][0][:3] == ordered[-2][0][:3]
        if tie and earlier[-1].digest != last.digest:
            notes += ("which of several attempts is the latest cannot be told",)
        out.submissions.append(replace(last, others=others, notes=notes))


def _look_for_missing(out: Collection, release: ReleaseFolder) -> None:
    there = {(s.person.id, s.chapter.number) for s in out.submissions}
    for person in release.roster:
        for chapter in release.chapters:
            if (person.id, chapter.number) not in there:
                out.missing.append((person, chapter))
