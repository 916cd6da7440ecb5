"""Every chapter's solutions get all their points across the border; starters and junk none.

One program takes the chapters in turn, so that PyTorch is loaded once.  What nbgrader would give is
that a check's cell runs through in one process with the answer: tests/test_exercises.py shows that
for solutions and starters, and the benchmark compares the marks of both on whole notebooks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nlpcourse.course import chapters
from nlpcourse.grading import networks, one, sandbox
from nlpcourse.grading.judge import Student, mark
from nlpcourse.notebooks import cells

pytestmark = pytest.mark.skipif(
    not sandbox.what_holds().whole,
    reason=f"this system confines nothing: {sandbox.what_holds().why}",
)

PATIENT = sandbox.Limits(seconds=900, cpu_seconds=900)


@pytest.fixture(scope="module")
def student(package: Path) -> Iterator[Student]:
    networks.remember()
    drawn = {}
    for chapter in chapters.written():
        if not chapter.missing:
            drawn |= one.release_of(chapter).parameters
    with Student(package, PATIENT, parameters=drawn, torch=True) as found:
        yield found


@pytest.mark.parametrize("chapter", chapters.written(), ids=lambda c: c.stem)
def test_solutions_keep_their_points_and_starters_get_none(
    chapter: chapters.Chapter, student: Student
) -> None:
    if chapter.missing:
        pytest.skip(chapter.missing)
    release = one.release_of(chapter)
    found = cells.exercises(cells.read(chapter.notebook))
    for exercise, task in zip(found, release.tasks, strict=True):
        function = f"def {task.name}(" in exercise.solution
        junk = (
            f"def {task.name}(*_, **__): return" if function else f"{task.name} ="
        )
        for source in (exercise.starter, f"{junk} 87654321"):
            student.run(source)
            assert not mark(task, student).points, exercise.identifier
        student.run(exercise.solution)
        got = mark(task, student)
        assert got.points == task.points, (exercise.identifier, got.message)
