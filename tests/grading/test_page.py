"""The instructor's page, followed to the letter: every command line, in the page's order."""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.course import chapters
from nlpcourse.course.paths import repository_root
from nlpcourse.grading import sandbox, slides
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import settings_of, solution

pytest.importorskip("nbgrader", reason="the extra instructor is not installed")
pytestmark = pytest.mark.skipif(
    not sandbox.what_holds().whole,
    reason=f"this system confines nothing: {sandbox.what_holds().why}",
)

ROOT = repository_root()
assert ROOT is not None
PAGE = (ROOT / "book" / "start" / "instructor.md").read_text("utf-8")
STEM = "11_naive_bayes"
NOT_RUN = {"make instructor"}
"""What the environment of the tests has behind it."""
SLIDES = "nlpcourse slides 02 --out slides"


def not_run() -> set[str]:
    """Return the lines that are left out: without npm there is no reveal.js, and no slides."""
    try:
        slides.vendored("reveal.js")
        slides.vendored("mathjax")
    except FileNotFoundError:
        return {*NOT_RUN, SLIDES}
    return NOT_RUN


def commands(page: str) -> list[str]:
    """Return the command lines of a page, in order."""
    blocks = re.findall(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [
        line.removeprefix("$ ")
        for block in blocks
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


@dataclass
class Shell:
    """One shell that goes on from line to line, with the environment on its path."""

    home: Path
    folder: Path

    def run(self, line: str) -> tuple[int, str]:
        """Run a line; return its status and what it printed."""
        told = self.home / "folder"
        script = f"{line}\nstatus=$?\npwd > {told}\nexit $status\n"
        scripts = str(Path(sys.executable).parent)
        env = {
            **os.environ,
            "PATH": f"{scripts}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src") if ROOT else "",
            "OMP_NUM_THREADS": "1",
        }
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        self.folder = Path(told.read_text("utf-8").strip())
        return done.returncode, done.stdout + done.stderr


def right(student: Path) -> dict[str, Any]:
    """Return a student's notebook with every exercise solved: the exercises alone."""
    notebook = cells.read(student)
    public = {
        e.identifier: e
        for e in cells.exercises(cells.read(chapters.get("11").notebook))
    }
    kept = []
    for cell in notebook["cells"]:
        exercise = settings_of(cell).get("exercise")
        if exercise:
            code = solution(public[exercise].answer)
            if "given(" in cell["source"]:
                code = in_the_loop(cell["source"], code)
            kept.append({**cell, "source": code})
        elif "check" in settings_of(cell):
            kept.append(cell)
    return {**notebook, "cells": kept}


def in_the_loop(starter: str, code: str) -> str:
    """Return a starter with cases, and in its loop the public solution."""
    head, loop, _ = starter.partition("for p in cases:")
    name = starter.rpartition("\n")[2].partition(" = ")[0]
    body = code.partition('p = parameters("11.1")')[2].partition("\n")[2]
    return (
        f"{head}{loop}\n{textwrap.indent(body, '    ')}\n"
        f"    every_answer.append({name})\n{name} = every_answer"
    )


def hand_in(folder: Path) -> None:
    """Lay out what the class hands in before it is graded: right, untouched, and no notebook."""
    release = folder / "release" / "student" / f"{STEM}.ipynb"
    own = folder / "release-own" / "student"
    submitted = folder / "submitted"
    submitted.mkdir()
    cells.write(submitted / "ana.lopez" / f"{STEM}.ipynb", right(release))
    cells.write(submitted / "b-meier" / f"{STEM}.ipynb", cells.read(release))
    (submitted / "chen").mkdir()
    (submitted / "chen" / f"{STEM}.ipynb").write_text("{", "utf-8")
    cells.write(
        submitted / "b-meier" / f"{STEM} (1).ipynb",
        right(own / "b-meier" / f"{STEM}.ipynb"),
    )


@pytest.fixture(scope="module")
def followed(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[str, str]]:
    """Follow the page; return the class's folder and what each line printed."""
    home = tmp_path_factory.mktemp("home")
    course, folder = home / "course", home / "my-class"
    (course / ".venv" / "bin").mkdir(parents=True)
    (course / ".venv" / "bin" / "activate").write_text("")
    table = re.search(r"^```text\n(id,name,email\n.*?)^```", PAGE, re.M | re.S)
    assert table is not None
    shell = Shell(home, course)
    printed: dict[str, str] = {}
    for line in commands(PAGE):
        if line in not_run():
            continue
        if line.startswith("nlpcourse validate"):
            work = right(folder / "release" / "student" / f"{STEM}.ipynb")
            cells.write(folder / f"{STEM}.ipynb", work)
        if (
            line.startswith("nlpcourse grade")
            and not (folder / "submitted").exists()
        ):
            hand_in(folder)
        status, printed[line] = shell.run(line)
        assert status == 0, f"{line}\n{printed[line]}"
        if line == "cd ../my-class":
            (folder / "students.csv").write_text(table[1], encoding="utf-8")
    assert shell.folder == folder
    return folder, printed


Followed = tuple[Path, dict[str, str]]


def marks(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(r["student"], r["chapter"]): r for r in csv.DictReader(file)}


def test_every_command_line_of_the_page_runs(followed: Followed) -> None:
    _, printed = followed
    assert {*printed, *not_run()} == set(commands(PAGE))


def test_the_page_names_no_option_or_file_that_is_not_there(
    followed: Followed,
) -> None:
    folder, _ = followed
    for name in re.findall(r"`(marks/[\w.-]+\.\w+|slides/[\w.]+\.html)`", PAGE):
        made = (folder / name).is_file()
        assert made or (name.startswith("slides/") and SLIDES in not_run()), name
    table = PAGE.partition("| In `marks/` |")[2].partition("\n\n")[0]
    for name in re.findall(r"^\| `([^`]+)`", table, re.MULTILINE):
        assert (folder / "marks" / name).exists(), name
    table = PAGE.partition("| In `release/` |")[2].partition("\n\n")[0]
    for name in re.findall(r"^\| `([^`]+)`", table, re.MULTILINE):
        assert (folder / "release" / name).exists(), name


def test_nbgrader_makes_the_same_copy_of_the_course_folder(
    followed: Followed,
) -> None:
    release = followed[0] / "release"
    theirs = release / "nbgrader" / "release" / STEM / f"{STEM}.ipynb"
    ours = release / "student" / f"{STEM}.ipynb"
    assert json.loads(theirs.read_bytes()) == json.loads(ours.read_bytes())
    with sqlite3.connect(release / "nbgrader" / "gradebook.db") as book:
        rows = book.execute("SELECT id FROM student").fetchall()
    assert {row[0] for row in rows} == {"ana.lopez", "b-meier", "chen"}


def test_the_marks_are_as_constructed(followed: Followed) -> None:
    folder, _ = followed
    got = marks(folder / "marks" / "marks.csv")
    assert got["ana.lopez", "11"]["points"] == "9"
    assert not got["ana.lopez", "11"]["needs attention"]
    assert got["chen", "11"]["needs attention"]
    assert "nothing was handed in" in got["chen", "02"]["needs attention"]


def test_numbers_of_their_own_are_graded_with_the_key(followed: Followed) -> None:
    folder, _ = followed
    got = marks(folder / "marks-own" / "marks.csv")
    # Ana handed in the class's public numbers: her function exercises hold, her number does not.
    assert got["ana.lopez", "11"]["11.1"] == "0"
    assert got["ana.lopez", "11"]["points"] == "8"


def test_slides_and_syllabus_are_there(followed: Followed) -> None:
    folder, printed = followed
    assert "12 weeks" in (folder / "syllabus.md").read_text("utf-8")
    assert "11 Naive Bayes" in printed["nlpcourse syllabus --weeks 4 --goal 11"]
