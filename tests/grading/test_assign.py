"""A release: what is handed out, what nbgrader, Otter and Gradescope make of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nlpcourse.cli import main
from nlpcourse.course import chapters
from nlpcourse.grading import gradescope, one, release, validate
from nlpcourse.grading.assign import Class, assign
from nlpcourse.grading.release import Person
from nlpcourse.notebooks import cells

pytest.importorskip("nbgrader", reason="the extra instructor is not installed")

STEM = "11_naive_bayes"
KEY = b"a key of the grader's, long enough"
PEOPLE = (Person("anna", "Anna Berg", "anna@x.org"), Person("b.o-b", "Bob Ó Brien"))
DUE = datetime(2026, 12, 14, 22, 59, tzinfo=UTC)


def quiet(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("class") / "release"
    return assign(["02", "11"], out, Class(DUE, PEOPLE), quiet)


@pytest.fixture(scope="module")
def salted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("class") / "release"
    return assign(["11"], out, Class(DUE, PEOPLE, KEY), quiet)


def contents(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def solved(source: Path) -> dict[str, Any]:
    """Return a source as a student who knows everything hands it in: the exercises alone."""
    notebook = cells.read(source)
    notebook["cells"] = [
        {**cell, "source": cells.solution(cell["source"])}
        for cell in notebook["cells"]
        if {"exercise", "check"} & set(cells.settings_of(cell))
    ]
    return notebook


# ------------------------------------------------------------------------ what is handed out


def test_students_get_neither_solutions_nor_hidden_tests(public: Path) -> None:
    for path in (public / "student").rglob("*.ipynb"):
        text = path.read_text("utf-8")
        assert "BEGIN SOLUTION" not in text
        assert "HIDDEN" not in text
        source = cells.read(chapters.get(path.stem[:2]).notebook)
        for exercise in cells.exercises(source):
            hidden = exercise.check.partition("### BEGIN HIDDEN TESTS")[2]
            lines = [x for x in hidden.splitlines() if x.startswith("assert ")]
            assert lines
            assert not any(json.dumps(line)[1:-1] in text for line in lines)


def test_check_cells_are_locked_and_every_cell_keeps_its_name(public: Path) -> None:
    student = cells.read(public / "student" / f"{STEM}.ipynb")
    source = cells.read(chapters.get("11").notebook)
    names = {cell["id"] for cell in source["cells"]}
    assert {c["id"] for c in student["cells"]} <= {*names, "way-to-the-page"}
    for cell in student["cells"]:
        marks = cell["metadata"].get("nbgrader")
        if marks is not None:
            assert cell["metadata"]["deletable"] is False
            assert cell["metadata"].get("editable", True) is not marks["grade"]
            assert marks["checksum"]


def test_the_judge_knows_every_cell_that_was_handed_out(public: Path) -> None:
    student = one.read(public / "student" / f"{STEM}.ipynb")
    known = one.release_of(chapters.get("11")).given
    assert {one.digest(c["source"]) for c in one.code_cells(student)} <= known


def test_release_json_says_what_was_handed_out(public: Path) -> None:
    told = release.read(public)
    assert [c.number for c in told.chapters] == ["02", "11"]
    assert told.chapter("11").possible == 9
    assert told.due == DUE
    assert told.roster == PEOPLE
    assert told.variant is None


def test_the_same_release_again_is_the_same_to_the_byte(
    public: Path, tmp_path: Path
) -> None:
    again = assign(["02", "11"], tmp_path / "again", Class(DUE, PEOPLE), quiet)
    assert contents(again) == contents(public)


def test_a_release_is_never_written_over(
    public: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(public)
    assert main(["assign", "11", "--out", str(public)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert "--out" in said.err
    assert contents(public) == before


def test_a_release_that_fails_leaves_nothing(tmp_path: Path) -> None:
    people = (Person("../../etc", "Mallory"),)
    with pytest.raises(ValueError, match="can be no folder"):
        assign(["11"], tmp_path / "out", Class(None, people, KEY), quiet)
    twice = (Person("Anna", "Anna"), Person("anna", "Anna"))
    with pytest.raises(ValueError, match="in capitals and in small"):
        assign(["11"], tmp_path / "out", Class(None, twice, KEY), quiet)
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------- variants


def test_with_a_key_and_a_roster_each_student_has_a_copy(salted: Path) -> None:
    copies = {
        p: (salted / "student" / p / f"{STEM}.ipynb").read_text("utf-8")
        for p in ("anna", "b.o-b", ".")
    }
    assert len(set(copies.values())) == 3
    assert not (salted / "nbgrader").exists()
    assert not (salted / "otter").exists()
    everything = b"".join(contents(salted).values())
    assert KEY not in everything
    told = release.read(salted).variant
    assert told == release.Variant(True, release.digest_of(KEY))


def test_a_key_without_a_roster_gives_the_class_one_draw(tmp_path: Path) -> None:
    out = assign(["11"], tmp_path / "out", Class(None, (), KEY), quiet)
    text = (out / "student" / f"{STEM}.ipynb").read_text("utf-8")
    assert 'given(\\"11.1\\"' in text
    assert (out / "nbgrader" / "source" / STEM / f"{STEM}.ipynb").is_file()
    own = zipfile.ZipFile(out / "otter" / f"{STEM}.zip").read("own.json")
    assert len(json.loads(own)["11.1"]) > 1


# ------------------------------------------------------- nbgrader, Otter, Gradescope, validate


def nbgrader(folder: Path, *words: str) -> str:
    scripts = str(Path(sys.executable).parent)
    env = {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_nbgrader_validates_solved_work(public: Path, tmp_path: Path) -> None:
    source = public / "nbgrader" / "source" / STEM / f"{STEM}.ipynb"
    cells.write(tmp_path / "work.ipynb", solved(source))
    assert "Success" in nbgrader(tmp_path, "validate", "work.ipynb")


def test_gradescope_gets_its_results(public: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(public / "otter" / f"{STEM}.zip") as archive:
        archive.extractall(tmp_path / "source")
        assert archive.getinfo("run_autograder").external_attr >> 16 == 0o100755
    (tmp_path / "submission").mkdir()
    source = public / "nbgrader" / "source" / STEM / f"{STEM}.ipynb"
    work = solved(source)
    work["cells"] = [c for c in work["cells"] if "11.2" not in str(c["metadata"])]
    cells.write(tmp_path / "submission" / "my work (1).ipynb", work)
    found = gradescope.results("11", tmp_path)
    assert found["score"] == 8
    status = {t["name"]: (t["score"], t["max_score"]) for t in found["tests"]}
    assert status["11.2"] == (0, 1)
    assert status["11.5"] == (3, 3)
    (tmp_path / "submission" / "more.ipynb").write_text("{}")
    assert "2 notebooks" in gradescope.results("11", tmp_path)["output"]


def test_otter_runs_the_tests_of_the_zip(
    public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("otter", reason="otter-grader is not installed")
    try:
        import pkg_resources  # noqa: F401
    except ImportError:  # Otter wants it of setuptools, which gave it up
        stand_in: Any = ModuleType("pkg_resources")
        stand_in.resource_filename = lambda package, file: file
        monkeypatch.setitem(sys.modules, "pkg_resources", stand_in)
    from otter.run import main as otter_run

    source = public / "nbgrader" / "source" / STEM / f"{STEM}.ipynb"
    work = solved(source)
    wrong = next(c for c in work["cells"] if c["id"] == "exercise-11-1")
    wrong["source"] = "folder = 0.5"
    cells.write(tmp_path / "work.ipynb", work)
    zipped = public / "otter" / f"{STEM}.zip"
    found = otter_run(
        str(tmp_path / "work.ipynb"),
        autograder=str(zipped),
        output_dir=None,
        no_logo=True,
    )
    assert (found.total, found.possible) == (8, 9)


def test_validating_says_what_each_check_says(
    public: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = public / "nbgrader" / "source" / STEM / f"{STEM}.ipynb"
    work = solved(source)
    by_name = {c["id"]: c for c in work["cells"]}
    by_name["exercise-11-1"]["source"] = "folder = 0.5"
    by_name["exercise-11-2"]["source"] = "1 / 0"
    work["cells"].remove(by_name["check-11-3"])
    path = tmp_path / "work.ipynb"
    cells.write(path, work)
    said = {s.exercise: s for s in validate.validate(path)}
    assert [s.passed for s in said.values()] == [False, False, False, True, True]
    assert "?" in said["11.1"].message
    assert "NameError" in said["11.2"].message
    assert "gone" in said["11.3"].message
    (tmp_path / "none.ipynb").write_text('{"cells": []}')
    with pytest.raises(one.Unreadable, match="no exercise"):
        validate.validate(tmp_path / "none.ipynb")
    assert main(["validate", str(tmp_path / "none.ipynb")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
