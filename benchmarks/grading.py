"""Grading a class: time, memory and marks of many submissions; and beside `nbgrader autograde`.

    python benchmarks/grading.py                         # 1,000 submissions to chapters 02 and 11
    python benchmarks/grading.py --count 20 --against 4  # a small one of both, some minutes
    python benchmarks/grading.py --against 100           # the same 100 submissions with both
    python benchmarks/grading.py --halves 19 --halves 20 # two of each chapter with both
    python benchmarks/grading.py --halves all            # of every chapter, an hour and more

The submissions are made (tests/synthetic_class.py), so every mark is known before: correct, partly
correct, wrong, untouched, hostile, malformed.  The comparison grades honest submissions to chapter
02 on two cores; nbgrader's way is to run one notebook after the other, and two of it side by side
share one grade book, so it gets half of the class in each of two courses at once.
Halves are two submissions that share a chapter's exercises out between them: every exercise is
solved in one and left in the other.  Of the chapter's own cells they keep the imports alone, where
the exercises need no more of it.  Chapters that the record has already are skipped where all are
asked for.
Seconds are of the wall clock; memory is resident, of all processes together, looked at twice a
second.  What is measured is written to data/grading.json, which the instructor's page quotes.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.grading import run, sandbox, work
from nlpcourse.grading.judge import names_needed
from nlpcourse.grading.one import release_of
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.forms import assignment_source

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
synthetic: Any = importlib.import_module("synthetic_class")

HONEST = ("correct", "partly correct", "wrong", "a cell that fails")

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "nlp"
c.ClearSolutions.code_stub = {"python": "...  # your code here"}
c.ExecutePreprocessor.timeout = 300
"""


QUICK = sandbox.Limits(seconds=120, call_seconds=20, cpu_seconds=60, memory_mb=1000)
PATIENT = sandbox.Limits(
    seconds=900, call_seconds=300, cpu_seconds=900, memory_mb=4000
)
"""For the two chapters that are timed, and for all of them."""


def measured(task: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return a task's result, its seconds, and the most megabytes of this process and its own."""
    done = threading.Event()
    most = [0.0]

    def look() -> None:
        while not done.wait(0.5):
            most[0] = max(most[0], sandbox._resident_mb(os.getpid()))

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    began = time.perf_counter()
    try:
        result = task()
    finally:
        seconds = time.perf_counter() - began
        done.set()
        watch.join()
    return result, seconds, most[0]


def grade(
    folder: Path,
    works: Sequence[Any],
    numbers: Sequence[str],
    jobs: int,
    limits: sandbox.Limits = QUICK,
) -> Any:
    """Write a class and its release, grade it, and return the marks, seconds and megabytes."""
    materials = [synthetic.Material(number) for number in numbers]
    synthetic.write_release(
        folder / "release", materials, [w.person for w in works]
    )
    synthetic.write_class(folder / "submitted", works)
    return measured(
        lambda: run.grade_class(
            folder / "submitted",
            folder / "release",
            folder / "marks",
            work.Settings(limits),
            workers=jobs,
        )
    )


def table(works: Sequence[Any], graded: run.Graded) -> list[dict[str, Any]]:
    """Return, for each kind of work, how many there are and how many marks are as constructed."""
    rows = {(row.person.id, row.chapter.number): row for row in graded.rows}
    counts: dict[str, Counter[str]] = {}
    for each in works:
        row = rows.get((each.person.id, each.chapter))
        got = {m.exercise: m.points for m in row.marks} if row else {}
        count = counts.setdefault(each.kind.split(":")[0], Counter())
        count["submissions"] += 1
        count["as constructed"] += got == each.points
        count["points"] += sum(each.points.values())
        count["points given"] += int(sum(got.values()))
        count["needs attention"] += bool(row and row.attention)
        if got != each.points:
            why = row.attention if row else "lost"
            print(f"  not as constructed: {each.kind}, {each.name}: {got}, {why}")
    return [{"kind": kind, **count} for kind, count in sorted(counts.items())]


def a_class(count: int, jobs: int, seed: int) -> dict[str, Any]:
    """Grade a class of so many."""
    numbers = ("02", "11")
    materials = [synthetic.Material(number) for number in numbers]
    works = synthetic.make_class(count, materials, seed)
    with tempfile.TemporaryDirectory() as folder:
        graded, seconds, memory = grade(Path(folder), works, numbers, jobs)
    rows = table(works, graded)
    return {
        "submissions": count,
        "jobs": jobs,
        "seconds": round(seconds, 1),
        "a_minute": round(60 * count / seconds, 1),
        "memory_mb": round(memory),
        "lost": count - sum(row.submission is not None for row in graded.rows),
        "as_constructed": sum(row["as constructed"] for row in rows),
        "needs_attention": sum(row["needs attention"] for row in rows),
        "kinds": rows,
    }


# --------------------------------------------------------------------------- nbgrader


def tool(course: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "nbgrader", *words, f"--course={course}"]


def prepare_course(
    course: Path, number: str, works: Sequence[Any], short: bool = False
) -> None:
    """Make a course of nbgrader's with these submissions, to a notebook that is cut or whole."""
    chapter = chapters.get(number)
    stem = chapter.stem
    course.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    source = course / "source" / stem / f"{stem}.ipynb"
    assignment = assignment_source(cells.read(chapter.notebook), chapter)
    if short:
        cut(assignment, number)
    cells.write(source, assignment)
    call(tool(course, "generate_assignment", stem, "--create"), course)
    for one in works:
        path = course / "submitted" / one.person.id / stem / f"{stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(one.data)


def call(command: Sequence[str], folder: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "NLPCOURSE_ROOT": str(ROOT)}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr[-3000:])
        raise SystemExit(f"{' '.join(command)} failed")


def with_nbgrader(courses: Sequence[Path], stem: str) -> None:
    """Run `nbgrader autograde` in each course, all at once."""
    threads = [
        threading.Thread(
            target=call, args=(tool(course, "autograde", stem, "--create"), course)
        )
        for course in courses
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def nbgrader_marks(course: Path, number: str) -> dict[str, dict[str, float]]:
    """Return what nbgrader's grade book has, by student and exercise."""
    from nbgrader.api import Gradebook

    book = Gradebook(f"sqlite:///{course}/gradebook.db")
    stem = chapters.get(number).stem
    found: dict[str, dict[str, float]] = {}
    for submission in book.assignment_submissions(stem):
        found[submission.student.id] = {
            grade.name.removeprefix("check-").replace("-", "."): grade.auto_score
            or 0
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
    book.close()
    return found


def against(count: int, jobs: int, seed: int, number: str) -> dict[str, Any]:
    """Grade the same honest submissions with both, and compare seconds and marks."""
    materials = [synthetic.Material(number)]
    made = synthetic.make_class(6 * count, materials, seed, attacks=0.0)
    works = [one for one in made if one.kind in HONEST][:count]
    stem = chapters.get(number).stem
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graded, ours, _ = grade(folder / "ours", works, (number,), jobs)
        courses = [folder / f"nbgrader-{k}" for k in range(jobs)]
        for k, course in enumerate(courses):
            prepare_course(course, number, works[k::jobs])
        _, theirs, _ = measured(lambda: with_nbgrader(courses, stem))
        marks: dict[str, dict[str, float]] = {}
        for course in courses:
            marks |= nbgrader_marks(course, number)
    same = 0
    for row in graded.rows:
        mine = {mark.exercise: float(mark.points) for mark in row.marks}
        same += mine == marks.get(row.person.id)
        if mine != marks.get(row.person.id):
            print(f"  differs: {row.person.id}: {mine}, {marks.get(row.person.id)}")
    return {
        "chapter": number,
        "submissions": len(works),
        "jobs": jobs,
        "seconds": round(ours, 1),
        "a_minute": round(60 * len(works) / ours, 1),
        "nbgrader_seconds": round(theirs, 1),
        "nbgrader_a_minute": round(60 * len(works) / theirs, 1),
        "times": round(theirs / ours, 1),
        "same_marks": same,
    }


def cut(notebook: dict[str, Any], number: str) -> bool:
    """Take all but imports and exercises out of a notebook, if these need no more; say whether.

    Args:
        notebook: a student's notebook or an assignment's source; it is changed.
        number: of the chapter.
    """
    release = release_of(chapters.get(number))
    kept = [c for c in notebook["cells"] if "nbgrader" in c["metadata"]]
    found = cells.exercises(cells.read(chapters.get(number).notebook))
    sources = [source for e in found for source in (e.solution, e.starter, e.check)]
    free = names_needed(sources)
    if free & release.names:
        return False
    lines = sorted(
        {release.imports[name] for name in free & release.imports.keys()}
    )
    first = {"cell_type": "code", "id": "imports", "metadata": {}, "outputs": []}
    first |= {"execution_count": None, "source": "\n".join(lines)}
    notebook["cells"] = [first, *kept]
    return True


def halves(number: str) -> dict[str, Any]:
    """Grade a chapter's two half right submissions with both, and compare the marks."""
    material = synthetic.Material(number)
    short = cut(material.handed, number)
    order = list(material.solutions)
    works = []
    for k, person in enumerate(synthetic.people(2)):
        right = order[k::2]
        data = synthetic._filled(
            material.handed, {e: material.solutions[e] for e in right}
        )
        wanted = synthetic._points(material, right)
        works.append(
            synthetic.Work(
                "half right",
                person,
                number,
                f"{person.id}/{chapters.get(number).stem}.ipynb",
                synthetic.signed(data, person),
                wanted,
                None,
            )
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graded, ours, _ = grade(folder / "ours", works, (number,), 1, PATIENT)
        course = folder / "nbgrader"
        prepare_course(course, number, works, short)
        _, theirs, _ = measured(
            lambda: with_nbgrader([course], chapters.get(number).stem)
        )
        marks = nbgrader_marks(course, number)
    mine = {
        r.person.id: {m.exercise: m.points for m in r.marks} for r in graded.rows
    }
    for work_ in works:
        got = mine[work_.person.id], marks[work_.person.id]
        if got != (work_.points, work_.points):
            print(f"  differs: {number}: {work_.points}, {got}")
    return {
        "points": material.points,
        "whole": not short,
        "submissions": len(works),
        "same_marks": sum(mine[w.person.id] == marks[w.person.id] for w in works),
        "as_constructed": sum(mine[w.person.id] == w.points for w in works),
        "seconds": round(ours, 1),
        "nbgrader_seconds": round(theirs, 1),
    }


def wanted_halves(asked: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the chapters that were asked for; of all, those that are not known yet."""
    if "all" not in asked:
        return list(asked)
    every = [c.number for c in chapters.written() if not c.missing]
    return [number for number in every if number not in known]


def main() -> None:
    """Measure, print and write."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--count", type=int, default=None, help="submissions of a class"
    )
    parser.add_argument("--against", type=int, default=None, help="beside nbgrader")
    parser.add_argument(
        "--halves", action="append", help="a chapter's number, or all"
    )
    parser.add_argument("--chapter", default="02", help="for the comparison (02)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--to", type=Path, default=ROOT / "data" / "grading.json")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    if options.to.is_file():
        found = json.loads(options.to.read_text("utf-8"))
    if options.count is None and options.against is None and not options.halves:
        options.count = 1000
    if options.count:
        found["class"] = a_class(options.count, options.jobs, options.seed)
        print(json.dumps(found["class"], indent=1))
    if options.against:
        found["nbgrader"] = against(
            options.against, options.jobs, options.seed, options.chapter
        )
        print(json.dumps(found["nbgrader"], indent=1))
    for number in wanted_halves(options.halves or (), found.get("halves", {})):
        known = {**found.get("halves", {}), number: halves(number)}
        print(number, json.dumps(known[number]), flush=True)
        found["halves"] = dict(sorted(known.items()))
        save(options.to, found)
    save(options.to, found)


def save(path: Path, found: dict[str, Any]) -> None:
    found["machine"] = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
