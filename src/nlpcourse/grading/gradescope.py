"""What an autograder of Gradescope's runs for each submission.

    python -m nlpcourse.grading.gradescope 11 /autograder

It reads the one notebook in ``submission/``, judges it from outside, and writes
``results/results.json``.  Points stand beside the exercise's question or fact; hidden tests do not.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from nlpcourse.grading import one, sandbox
from nlpcourse.grading.otter import OWN
from nlpcourse.grading.package import write_student_package
from nlpcourse.grading.variants import with_own


def results(number: str, folder: Path) -> dict[str, Any]:
    """Return what Gradescope shows of the submission in ``folder/submission``.

    Args:
        number: the chapter's.
        folder: ``/autograder`` on Gradescope; the zip lies open in its ``source``.
    """
    begun = time.monotonic()
    own = json.loads((folder / "source" / OWN).read_text(encoding="utf-8"))
    release = with_own(number, own)
    try:
        notebook = one.read(_the_notebook(folder / "submission"))
    except one.Unreadable as error:
        text = f"Nothing was graded: {error}. Please hand in again, or ask."
        return {"score": 0, "output": text, "tests": []}
    confinement = sandbox.what_holds()
    with tempfile.TemporaryDirectory() as name:
        package = write_student_package(Path(name))
        found = one.grade_one(notebook, release, package, None, confinement)
    print(confinement.text())
    tests = [
        {
            "name": mark.exercise,
            "score": mark.points,
            "max_score": mark.possible,
            "status": "passed" if mark.points == mark.possible else "failed",
            "output": mark.message,
        }
        for mark in found.marks
    ]
    look = f"Needs attention: {found.attention}." if found.attention else ""
    return {
        "score": found.points,
        "execution_time": round(time.monotonic() - begun),
        "stdout_visibility": "hidden",
        "output": look,
        "tests": tests,
    }


def _the_notebook(folder: Path) -> Path:
    found = sorted(p for p in folder.rglob("*.ipynb") if "checkpoint" not in str(p))
    if len(found) != 1:
        raise one.Unreadable(
            f"there are {len(found)} notebooks where one is wanted"
        )
    return found[0]


def main() -> int:
    """Write ``results/results.json``; return the exit status."""
    number, folder = sys.argv[1], Path(sys.argv[2])
    found = results(number, folder)
    (folder / "results").mkdir(exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (folder / "results" / "results.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
