"""What a run of the grader needs of a release, made once: chapters, draws, and their digests."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nlpcourse import __version__
from nlpcourse.course import chapters
from nlpcourse.grading import one, plain
from nlpcourse.grading.release import Handed, Person, ReleaseFolder, digest_of


@dataclass(frozen=True)
class Prepared:
    """A chapter of a release, ready to be graded.

    Attributes:
        handed: what was handed out.
        release: what its judge needs.
        titles: of its exercises, by number.
        open: exercises that a person may want to read, by number.
        solutions: what the public solution and the starter hold, as sources.
        digest: of everything beside the submission that decides its marks.
    """

    handed: Handed
    release: one.Release
    titles: Mapping[str, str]
    open: frozenset[str]
    solutions: tuple[str, ...]
    digest: str


def prepare(folder: Path, contents: ReleaseFolder) -> dict[str, Prepared]:
    """Return the chapters of a release by their numbers.

    Raises:
        ValueError: the course has other exercises than those that were handed out.
    """
    return {handed.number: _chapter(folder, handed) for handed in contents.chapters}


def _chapter(folder: Path, handed: Handed) -> Prepared:
    from nlpcourse.notebooks import cells

    chapter = chapters.require_written(handed.number)
    if chapter.missing:
        raise RuntimeError(chapter.missing)
    copies = [folder / handed.student]
    release = one.release_of(chapter, [one.read(path) for path in copies])
    asked = {task.exercise: task.points for task in release.tasks}
    given = {worth.exercise: worth.points for worth in handed.points}
    if asked != given:
        odd = sorted(set(asked.items()) ^ set(given.items()))[0][0]
        raise ValueError(
            f"exercise {odd} is not what was handed out; "
            "grade with the version of the course that made the release"
        )
    found = cells.exercises(cells.read(chapter.notebook))
    return Prepared(
        handed,
        release,
        {e.identifier: _title(e.prompt) for e in found},
        frozenset(e.identifier for e in found if e.difficulty == "open"),
        tuple(text for e in found for text in (e.solution, e.starter)),
        _digest(release, chapter),
    )


def _title(prompt: str) -> str:
    """Return an exercise's title.

    >>> _title("(exercise-11-2)=\\n### Exercise 11.2 · Keep a word's first mention\\n\\nText")
    "Keep a word's first mention"
    """
    line = next((x for x in prompt.splitlines() if x.startswith("### ")), "")
    return line.partition("·")[2].strip() or line.lstrip("# ").strip()


def _digest(release: one.Release, chapter: chapters.Chapter) -> str:
    checks = importlib.import_module(f"{chapter.module}.checks").__file__
    assert checks is not None
    parts = [
        __version__,
        release.number,
        [[t.exercise, t.points, t.check] for t in release.tasks],
        sorted(release.given),
        digest_of(Path(checks).read_bytes()),
        plain.encode(dict(release.parameters)).decode("ascii"),
    ]
    return digest_of(json.dumps(parts, ensure_ascii=True).encode("ascii"))


def drawn_for(
    prepared: Prepared, person: Person, contents: ReleaseFolder, key: bytes | None
) -> one.Release:
    """Return a chapter's release with the draws of one student.

    Args:
        prepared: the chapter.
        person: the student.
        contents: the release, which says whether each student has draws of their own.
        key: the grader's; None where everybody got the public draws.
    """
    if key is None or contents.variant is None:
        return prepared.release
    variants = importlib.import_module("nlpcourse.grading.variants")
    student = person.id if contents.variant.salted else ""
    own: one.Release = variants.release_for(prepared.handed.number, key, student)
    public = prepared.release
    return replace(
        own,
        given=own.given | public.given,
        imports=public.imports,
        names=public.names,
    )


def read_key(path: Path | None, contents: ReleaseFolder) -> bytes | None:
    """Return the key of a class's variants.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the release was made with another key, without one, or with one that is not
            given.
    """
    if path is None:
        if contents.variant is not None:
            raise ValueError(
                "this release has variants; give the key that drew them (--variant-key)"
            )
        return None
    key = path.read_bytes().strip()
    if contents.variant is None:
        raise ValueError("this release was made without a key of variants")
    if digest_of(key) != contents.variant.key_digest:
        raise ValueError(f"{path} is not the key that this release was made with")
    return key


def job_key(prepared: Prepared, submission: str, release: one.Release) -> str:
    """Return the name of a result, which depends on all that decides the marks.

    Args:
        prepared: the chapter.
        submission: the digest of the notebook.
        release: the chapter with the student's draws.
    """
    own = [getattr(task, "own", None) for task in release.tasks]
    draws = plain.encode([dict(release.parameters), own])
    whole = f"{prepared.digest} {submission} ".encode("ascii") + draws
    return hashlib.sha256(whole).hexdigest()
