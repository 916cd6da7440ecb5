"""One job of the grader: a notebook and what it is judged by, and a result as plain data."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlpcourse.grading import one, sandbox
from nlpcourse.grading.judge import Mark
from nlpcourse.grading.package import write_student_package

FORMAT = 1

_ALONE = threading.Lock()
"""The judge prints, seeds and imports for its whole process: one job at a time in each."""


@dataclass(frozen=True)
class Job:
    """A notebook to be graded.

    Attributes:
        key: names the result (:func:`nlpcourse.grading.prepare.job_key`).
        release: the chapter, with the student's draws.
        file: the notebook.
        data: its bytes, where the file lies on another machine.
        trouble: why it cannot be read, where that is known already.
    """

    key: str
    release: one.Release
    file: Path | None
    data: bytes | None = None
    trouble: str = ""

    def carrying(self) -> Job:
        """Return the job with the bytes of its notebook in it."""
        if self.file is None or self.data is not None:
            return self
        return Job(
            self.key, self.release, None, self.file.read_bytes(), self.trouble
        )


@dataclass(frozen=True)
class Settings:
    """How to grade.

    Attributes:
        limits: of one submission's program.
        allow_network: grade where the system cannot take the network away.
        allow_unconfined: grade where it cannot hide files or processes.
        package: the student's side, where it is written already.
    """

    limits: sandbox.Limits = field(default_factory=sandbox.Limits)
    allow_network: bool = False
    allow_unconfined: bool = False
    package: Path | None = None


class NotConfined(RuntimeError):
    """The system cannot hold what a submission may do, and nobody has allowed that."""


def confinement_for(settings: Settings) -> sandbox.Confinement:
    """Return what the system confines.

    Raises:
        NotConfined: that is less than was asked for.
    """
    found = sandbox.what_holds()
    way = "grade in the container of the instructor's page"
    if not found.network and not settings.allow_network:
        raise NotConfined(
            f"this system cannot take the network away from a submission ({found.why}); "
            f"{way}, or say --allow-network"
        )
    rest = found.files and found.processes and found.user
    if not rest and not settings.allow_unconfined:
        raise NotConfined(f"{found.text()}; {way}, or say --allow-unconfined")
    return found


def grade(job: Job, settings: Settings) -> dict[str, Any]:
    """Return a job's result: marks, and why a person should look at it.

    Raises:
        NotConfined: see :func:`confinement_for`.
    """
    confinement = confinement_for(settings)
    package = settings.package or _package()
    began = time.monotonic()
    with _ALONE:
        try:
            if job.trouble:
                raise one.Unreadable(job.trouble)
            if job.data is not None:
                notebook = one.notebook_of(job.data)
            else:
                assert job.file is not None
                notebook = one.read(job.file)
        except one.Unreadable as error:
            return failed(job, str(error))
        if job.release.torch:
            from nlpcourse.grading import networks

            networks.remember()
        result = one.grade_one(
            notebook, job.release, package, settings.limits, confinement
        )
    return _written(job, result.marks, result.attention, time.monotonic() - began)


def failed(job: Job, why: str) -> dict[str, Any]:
    """Return the result of a job that was not graded: no points, and the reason."""
    message = "This exercise could not be graded."
    marks = tuple(
        Mark(task.exercise, 0, task.points, message, why)
        for task in job.release.tasks
    )
    return _written(job, marks, why, 0.0)


def _written(
    job: Job, marks: tuple[Mark, ...], attention: str, seconds: float
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "key": job.key,
        "chapter": job.release.number,
        "attention": attention,
        "seconds": round(seconds, 2),
        "marks": [vars(mark) for mark in marks],
    }


def write(folder: Path, result: dict[str, Any]) -> None:
    """Write a result at once or not at all."""
    path = folder / f"{result['key']}.json"
    partial = path.with_suffix(".partial")
    text = json.dumps(result, ensure_ascii=False, indent=1)
    partial.write_text(text, encoding="utf-8", errors="replace")
    partial.replace(path)


def read(folder: Path, job: Job) -> dict[str, Any] | None:
    """Return the stored result of a job; None where there is none that is whole."""
    try:
        found = json.loads((folder / f"{job.key}.json").read_text("utf-8"))
        marks = [Mark(**mark) for mark in found["marks"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    exercises = [task.exercise for task in job.release.tasks]
    fits = found.get("format") == FORMAT and found.get("key") == job.key
    if not fits or [mark.exercise for mark in marks] != exercises:
        return None
    return dict(found)


@lru_cache(maxsize=1)
def _package() -> Path:
    """Return the student's side, written once a process and removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="nlpcourse-student-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return write_student_package(folder)
