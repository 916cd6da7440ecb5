"""A run of the grader: from a folder of downloads and a release to the marks of a class."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlpcourse.grading import many, one, work
from nlpcourse.grading import release as releases
from nlpcourse.grading.collect import Collection, Submission, collect
from nlpcourse.grading.judge import Mark
from nlpcourse.grading.package import write_student_package
from nlpcourse.grading.prepare import Prepared, drawn_for, job_key, prepare
from nlpcourse.grading.release import Handed, Person, ReleaseFolder
from nlpcourse.grading.work import Job, Settings

NOTHING = "nothing was handed in"


@dataclass(frozen=True)
class Row:
    """What a student has in a chapter.

    Attributes:
        person: the student.
        chapter: of the release.
        submission: None where nothing was handed in.
        marks: one an exercise; none where nothing was handed in.
        attention: why a person should look at it, reason by reason.
        seconds: that the grading took.
    """

    person: Person
    chapter: Handed
    submission: Submission | None
    marks: tuple[Mark, ...] = ()
    attention: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def points(self) -> float | None:
        """All points together; None where nothing was handed in."""
        return sum(m.points for m in self.marks) if self.marks else None

    @property
    def judged(self) -> bool:
        """Whether any exercise could be judged: else its points are not the student's marks."""
        return any(not mark.trouble for mark in self.marks)


@dataclass(frozen=True)
class Graded:
    """The marks of a class, and what they were made from."""

    contents: ReleaseFolder
    prepared: Mapping[str, Prepared]
    collection: Collection
    rows: tuple[Row, ...]
    confinement: str

    def of_chapter(self, number: str) -> list[Row]:
        """Return the rows of a chapter."""
        return [row for row in self.rows if row.chapter.number == number]


def grade_class(
    submitted: Path,
    folder: Path,
    out: Path,
    settings: Settings,
    workers: int | None = None,
    scheduler: str = "",
    key: bytes | None = None,
    again: bool = False,
    progress: bool = True,
) -> Graded:
    """Grade all submissions; a run that was stopped goes on where it was.

    Args:
        submitted: a folder or zip file of downloads.
        folder: of the release.
        out: where results are kept; what is there already is not graded again.
        settings: limits, and what is allowed.
        workers: processes that judge, by default one for each core.
        scheduler: the address of Dask's, where a cluster grades.
        key: of the variants.
        again: grade what has been graded, too.
        progress: show a bar with the time left.

    Raises:
        FileNotFoundError: there is no such folder.
        RuntimeError: the system cannot confine what students hand in, or no cluster answers.
        ValueError: the release is damaged, or of another version of the course.
    """
    contents = releases.read(folder)
    confinement = "confined by each worker of the cluster"
    if not scheduler:
        confinement = work.confinement_for(settings).text()
    prepared = prepare(folder, contents)
    collection = collect(submitted, contents, out / "submissions")
    jobs = {
        id(s): _job(s, prepared[s.chapter.number], contents, key)
        for s in collection.submissions
    }
    wanted = list({job.key: job for job in jobs.values()}.values())
    store = out / "results"
    store.mkdir(parents=True, exist_ok=True)
    found = {} if again else _stored(store, wanted)
    left = [job for job in wanted if job.key not in found]
    for job, result in _with_bar(
        _results(left, settings, workers, scheduler, out), wanted, left, progress
    ):
        work.write(store, result)
        found[job.key] = result
    rows = [_row(s, found[jobs[id(s)].key]) for s in collection.submissions]
    rows += [_nothing(p, c, collection) for p, c in collection.missing]
    order = {person.id: place for place, person in enumerate(contents.roster)}
    rows.sort(key=lambda r: (order.get(r.person.id, len(order)), r.person.id))
    rows.sort(key=lambda r: r.chapter.number)
    return Graded(contents, prepared, collection, tuple(rows), confinement)


def _job(
    submission: Submission,
    prepared: Prepared,
    contents: ReleaseFolder,
    key: bytes | None,
) -> Job:
    release = drawn_for(prepared, submission.person, contents, key)
    name = job_key(prepared, submission.digest, release)
    trouble = submission.notes[0] if submission.file is None else ""
    return Job(name, release, submission.file, None, trouble)


def _stored(store: Path, jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:
    read = {job.key: work.read(store, job) for job in jobs}
    return {key: result for key, result in read.items() if result is not None}


def _results(
    jobs: Sequence[Job],
    settings: Settings,
    workers: int | None,
    scheduler: str,
    out: Path,
) -> Iterator[many.Result]:
    if not jobs:
        return
    if scheduler:
        yield from many.on_a_cluster(jobs, settings, scheduler)
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="nlpcourse-student-") as folder:
        package = write_student_package(Path(folder))
        here = replace(settings, package=package)
        yield from many.on_this_machine(jobs, here, workers or _cores())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2


def _with_bar(
    results: Iterator[many.Result],
    wanted: Sequence[Job],
    left: Sequence[Job],
    progress: bool,
) -> Iterator[many.Result]:
    """Hand results on, and show how many there are and how long the rest takes."""
    from tqdm import tqdm

    before = len(wanted) - len(left)
    with tqdm(
        total=len(wanted),
        initial=before,
        unit="submission",
        desc="graded",
        file=sys.stderr,
        disable=not progress,
        smoothing=0.05,
    ) as bar:
        for pair in results:
            yield pair
            bar.update()


def _row(submission: Submission, result: Mapping[str, Any]) -> Row:
    reasons = [str(result["attention"]), *submission.notes]
    marks = tuple(Mark(**mark) for mark in result["marks"])
    return Row(
        submission.person,
        submission.chapter,
        submission,
        marks,
        tuple(dict.fromkeys(reason for reason in reasons if reason)),
        float(result["seconds"]),
    )


def _nothing(person: Person, chapter: Handed, collection: Collection) -> Row:
    others = [
        path
        for path, whose in collection.aside
        if whose is not None and whose.id == person.id
    ]
    reason = NOTHING + (f" but {', '.join(others)}" if others else "")
    return Row(person, chapter, None, (), (reason,))


def own_cells(row: Row, release: one.Release) -> list[str]:
    """Return the sources of the cells that a student has written; none where it is unreadable."""
    if row.submission is None or row.submission.file is None:
        return []
    try:
        notebook = one.read(row.submission.file)
    except one.Unreadable:
        return []
    sources = [cell["source"] for cell in one.code_cells(notebook)]
    return [source for source in sources if one.digest(source) not in release.given]
