"""What students' code may try, and what it gets for it: nothing, while honest work keeps its marks.

Every attack stands beside one honest answer (exercise 11.2).  It passes if the attack gains no
point, the honest answer keeps its own, and nothing outside the sandbox has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

import nlpcourse
import synthetic_class as synthetic
from attacks import ESCAPES, FORCE, FRAUD, KINDS, OTHERS, SECRET, STUBS, TAMPERED
from nlpcourse.course import chapters
from nlpcourse.grading import one, run, sandbox, work
from nlpcourse.grading.handout import student_notebook
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.forms import assignment_source

Grade = Callable[..., one.Result]

pytestmark = pytest.mark.skipif(
    not sandbox.what_holds().whole,
    reason=f"this system confines nothing: {sandbox.what_holds().why}",
)


@pytest.fixture
def honest(solutions: dict[str, str]) -> str:
    return solutions["11.2"]


@pytest.fixture(scope="module", autouse=True)
def instructor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what an instructor has, and a variable that only the grader's side knows."""
    folder = tmp_path_factory.mktemp("instructor")
    (folder / ".ssh").mkdir()
    (folder / ".ssh" / "id_rsa").write_text("PRIVATE KEY", encoding="utf-8")
    (folder / ".bashrc").write_text("", encoding="utf-8")
    (folder / "nbgrader_config.py").write_text("", encoding="utf-8")
    source = json.dumps(cells.read(chapters.get("11").notebook))
    (folder / "source" / "work").mkdir(parents=True)
    (folder / "source" / "work" / "work.ipynb").write_text(source, encoding="utf-8")
    book = sqlite3.connect(folder / "gradebook.db")
    book.execute(
        "CREATE TABLE grade (id INTEGER, auto_score REAL, manual_score REAL)"
    )
    book.execute("CREATE TABLE grade_cells (id INTEGER, max_score REAL)")
    book.execute("INSERT INTO grade VALUES (1, 0, NULL)")
    book.execute("INSERT INTO grade_cells VALUES (1, 2)")
    book.commit()
    book.close()
    for path in [folder, *folder.rglob("*")]:  # nothing but the sandbox protects it
        path.chmod(0o777)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET, "of the grader")
        yield folder


def points(result: one.Result) -> dict[str, int]:
    return {m.exercise: m.points for m in result.marks if m.points}


@pytest.mark.parametrize("attack", FRAUD)
def test_fraud_gains_nothing(attack: str, grade: Grade, honest: str) -> None:
    result = grade(STUBS, honest, FRAUD[attack])
    assert set(points(result)) <= {"11.2"}, result.marks
    assert not Path("/tmp/bomb").exists()


@pytest.mark.parametrize("attack", FORCE)
def test_force_costs_its_own_exercise(
    attack: str, grade: Grade, honest: str
) -> None:
    limits = sandbox.Limits(
        seconds=40,
        call_seconds=5,
        cpu_seconds=20,
        memory_mb=500,
        disk_mb=16,
        file_mb=8,
        processes=96,
    )
    began = time.monotonic()
    result = grade(STUBS, honest, FORCE[attack], limits=limits)
    assert points(result) == {"11.2": 1}, (result.attention, result.marks)
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("attack", ESCAPES)
def test_nothing_outside_is_reached(attack: str, grade: Grade, honest: str) -> None:
    result = grade(STUBS, honest, ESCAPES[attack])
    assert "ESCAPED" not in result.printed
    assert not any("ESCAPED" in m.message for m in result.marks)
    assert points(result) == {"11.2": 1}


@pytest.mark.parametrize("attack", TAMPERED)
def test_a_tampered_notebook_gains_nothing(
    attack: str,
    release: one.Release,
    package: Path,
    honest: str,
    quick: sandbox.Limits,
) -> None:
    chapter = chapters.get("11")
    notebook = student_notebook(
        assignment_source(cells.read(chapter.notebook), chapter)
    )
    for cell in notebook["cells"]:
        if cells.settings_of(cell).get("exercise") == "11.2":
            cell["source"] = honest
    TAMPERED[attack](notebook)
    handed_in = one.notebook_of(json.dumps(notebook).encode())
    result = one.grade_one(handed_in, release, package, quick)
    assert points(result) == {"11.2": 1}


def digests(*folders: Path) -> dict[str, str]:
    """Return a digest of every file below some folders, by its path."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def a_class(
    folder: Path, material: synthetic.Material, attack: Sequence[str]
) -> None:
    """Write a release and two submissions: an attack, and the next student's honest work."""
    people = [synthetic.Person("ann", "Ann A"), synthetic.Person("zoe", "Zoe Z")]
    synthetic.write_release(folder / "release", [material], people)
    right = {e: material.solutions[e] for e in ("11.2", "11.4")}
    work_of = {
        "ann": synthetic._filled(material.handed, {}, attack),
        "zoe": synthetic._filled(material.handed, right),
    }
    stem = chapters.get("11").stem
    for person, data in work_of.items():
        path = folder / "submitted" / person / stem / f"{stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)


@pytest.fixture(scope="module")
def material() -> synthetic.Material:
    return synthetic.Material("11")


@pytest.mark.parametrize("attack", OTHERS)
def test_nothing_is_done_to_another_student(
    attack: str,
    material: synthetic.Material,
    instructor: Path,
    package: Path,
    honest: str,
    tmp_path: Path,
    quick: sandbox.Limits,
) -> None:
    """Neither marks nor files are other than without it, and nothing stays behind."""
    a_class(tmp_path, material, (STUBS, honest, OTHERS[attack]))
    tree = Path(nlpcourse.__file__).parent
    mine = (instructor, tmp_path, package, tree)
    before = digests(*mine)
    startup = Path.home() / ".ipython" / "profile_default" / "startup"
    graded = run.grade_class(
        tmp_path / "submitted",
        tmp_path / "release",
        tmp_path / "marks",
        work.Settings(quick, package=package),
        workers=1,
        progress=False,
    )
    marks = {
        row.person.id: {m.exercise: m.points for m in row.marks if m.points}
        for row in graded.rows
    }
    assert marks == {"ann": {"11.2": 1}, "zoe": {"11.2": 1, "11.4": 2}}
    after = digests(*mine)
    made = {name for name in after if name.startswith(str(tmp_path / "marks"))}
    assert {n: d for n, d in after.items() if n not in made} == before
    assert not (startup / "00.py").exists()
    assert not (tree.parent / "sitecustomize.py").exists()
    assert not Path("/tmp/from-ann").exists()
    seen = subprocess.run(["ps", "ax"], capture_output=True, text=True, check=True)
    assert "987654" not in seen.stdout


def test_a_submission_cannot_reach_the_next(grade: Grade, honest: str) -> None:
    grade(
        STUBS,
        honest,
        "open('/tmp/left', 'w').write('x')\nopen('left', 'w').write('x')",
    )
    look = "import os\nprint('ESCAPED', os.listdir('/tmp'), os.listdir('.'))"
    printed = grade(STUBS, honest, look).printed
    assert "left" not in printed


def test_no_descriptor_of_the_grader_is_open_inside(
    grade: Grade, honest: str
) -> None:
    secret = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(secret, True)
    look = """
import os
for number in range(256):
    try: print("FD", os.fstat(number).st_ino)
    except OSError: pass
"""
    try:
        printed = grade(STUBS, honest, look).printed
    finally:
        os.close(secret)
    assert "FD" in printed
    assert f"FD {os.stat(__file__).st_ino}\n" not in printed


def test_honest_work_gets_all_its_points(
    grade: Grade, solutions: dict[str, str], release: one.Release
) -> None:
    result = grade(*solutions.values())
    assert result.points == release.possible
    assert not result.attention


def test_work_that_uses_names_of_the_chapter_gets_its_points(
    grade: Grade, solutions: dict[str, str]
) -> None:
    """The cells that everybody got are run where a student's cell needs one of their names."""
    extra = "from math import log\n" + solutions["11.2"]
    assert points(grade(STUBS, extra)) == {"11.2": 1}


if __name__ == "__main__":  # how many there are
    print(sum(map(len, KINDS.values())), file=sys.stderr)
