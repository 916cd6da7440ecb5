"""What students' code may try, and what it gets for it: nothing, while honest work keeps its marks.

Every attack stands beside one honest answer (exercise 11.2).  It passes if the attack gains no
point, the honest answer keeps its own, and nothing outside the sandbox has changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from attacks import ESCAPES, FORCE, FRAUD, STUBS
from nlpcourse.grading import one, sandbox

Grade = Callable[..., one.Result]

pytestmark = pytest.mark.skipif(
    not sandbox.what_holds().whole,
    reason=f"this system confines nothing: {sandbox.what_holds().why}",
)


@pytest.fixture
def honest(solutions: dict[str, str]) -> str:
    return solutions["11.2"]


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


def test_what_it_starts_ends_with_it(grade: Grade, honest: str) -> None:
    """A daemon does not outlive its submission."""
    daemon = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(987654)"])
    os._exit(0)
"""
    assert points(grade(STUBS, honest, daemon)) == {"11.2": 1}
    time.sleep(0.3)
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
    print(len(FRAUD) + len(FORCE) + len(ESCAPES), file=sys.stderr)
