"""One submission: its cells run in the sandbox, its exercises judged from outside."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.grading import sandbox
from nlpcourse.grading.judge import (
    Gone,
    Mark,
    Student,
    Task,
    imports_of,
    mark,
    names_bound,
    names_needed,
)
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import Cell, Notebook
from nlpcourse.notebooks.forms import learner_copy

LARGEST = 20 * 2**20
"""Bytes of a notebook that is read."""


class Unreadable(ValueError):
    """A file that is no notebook which can be graded; the message says why."""


@dataclass(frozen=True)
class Release:
    """A chapter as it was handed out, and what its judge needs.

    Attributes:
        number: the chapter's.
        tasks: its exercises.
        given: digests of the code cells that every student got.
        imports: names that those cells import and bind in no other way, with the import.
        names: all other names that those cells bind.
        parameters: of the exercises that have some.
        torch: whether its cells use PyTorch.
    """

    number: str
    tasks: tuple[Task, ...]
    given: frozenset[str]
    parameters: Mapping[str, Any]
    torch: bool
    imports: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @property
    def possible(self) -> int:
        """The most points."""
        return sum(task.points for task in self.tasks)


@dataclass(frozen=True)
class Result:
    """What a submission got.

    Attributes:
        marks: one an exercise.
        attention: why a person should look at it; empty where nobody needs to.
        printed: what its cells printed before the judging began.
    """

    marks: tuple[Mark, ...]
    attention: str = ""
    printed: str = field(default="", repr=False)

    @property
    def points(self) -> float:
        """All points together."""
        return sum(m.points for m in self.marks)


def release_of(
    chapter: chapters.Chapter, handed: Sequence[Notebook] = ()
) -> Release:
    """Return a chapter's release with the public parameters.

    Args:
        chapter: which one.
        handed: notebooks that students got, where they differ from the learner's copy.
    """
    from nlpcourse.exercises import parameters

    notebook = cells.read(chapter.notebook)
    found = cells.exercises(notebook)
    drawn = {}
    for exercise in found:
        try:
            drawn[exercise.identifier] = parameters(exercise.identifier)
        except KeyError:
            continue
    copies = [learner_copy(notebook, chapter), *handed]
    given = [c["source"] for copy in copies for c in code_cells(copy)]
    imports = imports_of(given)
    return Release(
        number=chapter.number,
        tasks=tuple(Task(e.identifier, e.points, e.check) for e in found),
        given=frozenset(map(digest, given)),
        parameters=drawn,
        torch=chapter.library == "torch",
        imports=imports,
        names=frozenset(names_bound(given) - imports.keys()),
    )


def digest(source: str) -> str:
    """Return what tells one cell from another, blanks at the ends of lines aside."""
    lines = [line.rstrip() for line in source.strip().splitlines()]
    return hashlib.sha256(
        "\n".join(lines).encode("utf-8", "surrogatepass")
    ).hexdigest()


def read(path: Path) -> Notebook:
    """Return a submitted notebook.

    Raises:
        Unreadable: it is none, or too large; the message says which.
    """
    try:
        if path.is_symlink() or not path.is_file():
            raise Unreadable("it is no plain file")
        with path.open("rb") as file:
            return notebook_of(file.read(LARGEST + 1))
    except OSError as error:
        raise Unreadable(f"it cannot be opened ({error.strerror})") from None


def notebook_of(data: bytes) -> Notebook:
    """Return the notebook that some bytes stand for.

    Raises:
        Unreadable: they stand for none, or are too many; the message says which.
    """
    if not data.strip():
        raise Unreadable("the file is empty")
    if len(data) > LARGEST:
        raise Unreadable(f"the file has more than {LARGEST / 2**20:.0f} MB")
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable("the file is damaged: it is no JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise Unreadable("the file holds no notebook of format 4")
    kept = [_whole(cell) for cell in found["cells"]]
    return {**found, "cells": [cell for cell in kept if cell is not None]}


def _whole(cell: Any) -> Cell | None:
    """Return a cell with its source joined, or None where it is none."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in (
        "code",
        "markdown",
    ):
        return None
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(str(line) for line in source)
    metadata = cell.get("metadata")
    return {
        "cell_type": cell["cell_type"],
        "id": str(cell.get("id", "")),
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": str(source),
    }


def code_cells(notebook: Notebook) -> list[Cell]:
    """Return the code cells that hold something and are no checks."""
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and cell["source"].strip()
        and not _is_check(cell)
    ]


def _is_check(cell: Cell) -> bool:
    marks = cell["metadata"].get("nbgrader")
    grade = isinstance(marks, dict) and bool(marks.get("grade"))
    own = cell["metadata"].get("nlpcourse")
    named = isinstance(own, dict) and "check" in own
    return grade or named


def grade_one(
    notebook: Notebook,
    release: Release,
    package: Path,
    limits: sandbox.Limits | None = None,
    confinement: sandbox.Confinement | None = None,
) -> Result:
    """Return what a submission gets.

    The student's own cells run, without those that everybody got, of which they need imports at the
    most; where they use another name that only those make, or look for a file that only those
    write, the whole notebook runs from the top.  A cell or a function that never ends, or that ends
    the program, costs its own exercise: the rest is judged by a new program without it.

    Args:
        notebook: as :func:`read` gives it.
        release: what was handed out.
        package: the folder of :func:`nlpcourse.grading.package.write_student_package`.
        limits: of one program.
        confinement: of it; all that the system can by default.
    """
    everything = code_cells(notebook)
    own = [
        cell for cell in everything if digest(cell["source"]) not in release.given
    ]
    if not own:
        untouched = tuple(
            Mark(t.exercise, 0, t.points, "This exercise is as it was handed out.")
            for t in release.tasks
        )
        return Result(untouched, "nothing in it differs from what was handed out")
    grading = _Grading(release, package, limits, confinement)
    sources = [cell["source"] for cell in own]
    free = names_needed(sources)
    if not free & release.names:
        lines = sorted({release.imports[n] for n in free & release.imports.keys()})
        first = ["\n".join(lines)] if lines else []
        if grading.go([*first, *sources], strict=True):
            return grading.result()
    whole = _Grading(release, package, limits, confinement)
    whole.go([cell["source"] for cell in everything], strict=False)
    return whole.result()


class _Grading:
    """Marks in the making: programs are started anew until every exercise is judged."""

    def __init__(
        self,
        release: Release,
        package: Path,
        limits: sandbox.Limits | None,
        confinement: sandbox.Confinement | None,
    ) -> None:
        self.release, self.package = release, package
        self.limits = limits or sandbox.Limits()
        self.confinement = confinement or sandbox.what_holds()
        self.end = time.monotonic() + self.limits.seconds
        self.marks: dict[str, Mark] = {}
        self.trouble: list[str] = []
        self.printed = ""

    def go(self, sources: list[str], strict: bool) -> bool:
        """Judge all exercises; return False where *strict* and a cell lacks what others make."""
        skipped: set[int] = set()
        for _ in range(len(self.release.tasks) + len(sources)):
            if time.monotonic() > self.end:
                break
            done = self._once(sources, skipped, strict)
            if done is not None:
                return done
        for task in self.release.tasks:
            self.marks.setdefault(
                task.exercise,
                Mark(
                    task.exercise,
                    0,
                    task.points,
                    "It was not reached.",
                    "not reached",
                ),
            )
        return True

    def _once(
        self, sources: list[str], skipped: set[int], strict: bool
    ) -> bool | None:
        """Start a program, run the cells, judge what is left; None where it has ended too soon."""
        try:
            student = Student(
                self.package,
                replace(self.limits, seconds=self.end - time.monotonic()),
                self.confinement,
                self.release.parameters,
                self.release.torch,
            )
        except Gone as error:
            self.trouble.append(str(error))
            return None
        with student:
            for place, source in enumerate(sources):
                if place in skipped:
                    continue
                try:
                    answer = student.run(source)
                except Gone as error:
                    skipped.add(place)
                    self.trouble.append(f"cell {place + 1}: {error}")
                    return None
                if strict and self._lacks(answer):
                    return False
            self.printed = self.printed or sandbox.output_of(student.run_of)
            for task in self.release.tasks:
                if task.exercise in self.marks:
                    continue
                try:
                    self.marks[task.exercise] = mark(task, student)
                except Gone as error:
                    why = str(error)
                    message = f"Your answer was stopped: {why}. Where does it end?"
                    self.marks[task.exercise] = Mark(
                        task.exercise, 0, task.points, message, why
                    )
                    self.trouble.append(f"exercise {task.exercise}: {why}")
                    return None
        return True

    def _lacks(self, answer: Mapping[str, Any]) -> bool:
        """Tell whether a cell failed for want of what the cells that everybody got make."""
        if answer.get("kind") == "NameError":
            words = set(re.findall(r"\w+", str(answer.get("text"))))
            return bool(words & (self.release.names | self.release.imports.keys()))
        return answer.get("kind") == "FileNotFoundError"

    def result(self) -> Result:
        marks = tuple(self.marks[task.exercise] for task in self.release.tasks)
        return Result(marks, "; ".join(dict.fromkeys(self.trouble)), self.printed)
