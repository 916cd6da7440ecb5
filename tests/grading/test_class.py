"""A class from download to marks: every mark as constructed, nothing lost on the way."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import synthetic_class as synthetic
from nlpcourse.cli import main
from nlpcourse.grading import many, run, sandbox, work

pytestmark = pytest.mark.skipif(
    not sandbox.what_holds().whole,
    reason=f"this system confines nothing: {sandbox.what_holds().why}",
)

QUICK = sandbox.Limits(
    seconds=60,
    call_seconds=10,
    cpu_seconds=20,
    memory_mb=600,
    disk_mb=32,
    file_mb=8,
)
SETTINGS = work.Settings(QUICK)


@pytest.fixture(scope="module")
def materials() -> list[synthetic.Material]:
    return [synthetic.Material("11")]


@pytest.fixture(scope="module")
def works(materials: list[synthetic.Material]) -> list[synthetic.Work]:
    return synthetic.make_class(14, materials, seed=3, slow=False, attacks=0.25)


@pytest.fixture(scope="module")
def course(
    works: list[synthetic.Work],
    materials: list[synthetic.Material],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("course")
    people = [w.person for w in works] + synthetic.people(20)[-1:]
    synthetic.write_release(folder / "release", materials, people)
    synthetic.write_class(folder / "submitted", works)
    return folder


def grade(course: Path, out: Path, **more: object) -> run.Graded:
    return run.grade_class(
        course / "submitted",
        course / "release",
        out,
        SETTINGS,
        workers=2,
        progress=False,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def graded(course: Path) -> run.Graded:
    return grade(course, course / "marks")


def check_marks(graded: run.Graded, works: list[synthetic.Work]) -> None:
    by = {row.person.id: row for row in graded.rows}
    for one in works:
        row = by[one.person.id]
        got = {mark.exercise: mark.points for mark in row.marks}
        assert got == one.points, (one.kind, row.attention, row.marks)
        if one.attention is not None:
            assert bool(row.attention) == one.attention, (one.kind, row.attention)


def test_every_mark_is_as_constructed_and_nothing_is_lost(
    graded: run.Graded, works: list[synthetic.Work]
) -> None:
    check_marks(graded, works)
    assert len(graded.rows) == len(works) + 1
    (absent,) = [row for row in graded.rows if row.submission is None]
    assert absent.attention == ("nothing was handed in",)
    assert absent.points is None
    assert not graded.collection.trouble


def test_a_run_that_was_killed_goes_on_where_it_was(
    course: Path,
    graded: run.Graded,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = [
        "grade",
        str(course / "submitted"),
        "--release",
        str(course / "release"),
    ]
    words += ["--out", str(tmp_path), "--jobs=1", "--quiet", "--call-seconds=10"]
    process = subprocess.Popen([sys.executable, "-m", "nlpcourse.cli", *words])
    results = tmp_path / "results"
    wait_until(lambda: len(list(results.glob("*.json"))) >= 3)
    workers = sandbox._children(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    stored = sorted(results.glob("*.json"))
    stored[0].write_text("{", encoding="utf-8")  # cut by the kill
    begun: list[str] = []
    whole = many.on_this_machine

    def counting(
        jobs: list[work.Job], settings: work.Settings, workers: int
    ) -> Iterator[many.Result]:
        begun.extend(job.key for job in jobs)
        yield from whole(jobs, settings, workers)

    monkeypatch.setattr(many, "on_this_machine", counting)
    again = grade(course, tmp_path)
    assert stored[0].stem in begun
    assert not {path.stem for path in stored[1:]} & set(begun)
    assert [r.marks for r in again.rows] == [r.marks for r in graded.rows]


def wait_until(done: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_the_command_writes_what_it_says(
    course: Path, graded: run.Graded, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(
        [
            "grade",
            str(course / "submitted"),
            "--release",
            str(course / "release"),
            "--out",
            str(course / "marks"),
            "--seconds=60",
            "--call-seconds=10",
            "--memory=600",
            "--quiet",
        ]
    )
    said = capsys.readouterr()
    assert status == 0, said.err
    assert "confined" in said.err
    assert "needs attention" in said.out
    with (course / "marks" / "marks.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert len(table) == len(graded.rows)
    for name in ("report.html", "canvas.csv", "files.csv", "manual-form.csv"):
        assert (course / "marks" / name).is_file()


def test_an_error_is_one_line(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, why in [
        (
            [str(tmp_path / "none"), "--release", str(course / "release")],
            "no folder",
        ),
        ([str(course), "--release", str(tmp_path)], "is no release"),
    ]:
        assert main(["grade", *words, "--out", str(tmp_path / "m")]) == 2
        assert why in capsys.readouterr().err
