"""A chapter's checks as an autograder zip, for Gradescope and for Otter.

Gradescope wants ``setup.sh``, which it runs once, and ``run_autograder``, which it runs for each
submission and which writes ``results/results.json``: here the judge does that, from outside
(:mod:`nlpcourse.grading.gradescope`).  Otter wants ``otter_config.json`` and ``tests/`` with a file
an exercise; it runs the checks in the process of the student's code, so that what a hostile
notebook cannot do to the judge it can do to Otter.

Sources: Gradescope's autograder specifications; Otter-Grader's documentation, "Python Format"
(test files with exceptions) and "Grading Locally".
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from nlpcourse import __version__
from nlpcourse.course.paths import require_repository
from nlpcourse.exercises import Given
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import ExerciseCells, Notebook

SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, as root: the course and its data come into the container.
set -e
apt-get update
apt-get install --yes git python3 python3-venv
git clone --depth 1 --branch v{version} {address} /autograder/course
cd /autograder/course
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install uv
/autograder/venv/bin/uv pip install --python /autograder/venv --torch-backend=cpu \\
    --constraint requirements.lock --editable .
/autograder/venv/bin/nlpcourse data fetch --quiet --chapter {number}
"""

RUN = """#!/usr/bin/env bash
# Gradescope runs this for each submission.
exec /autograder/venv/bin/python -m nlpcourse.grading.gradescope {number} /autograder
"""

TEST = """OK_FORMAT = False

from otter.test_files import test_case

name = "{identifier}"
points = {points}

CHECK = {check!r}


@test_case(name="{identifier}", points={points})
def judged(env):
    exec(CHECK, dict(env))
"""

OWN = "own.json"
"""The file of the zip that holds a class's own parameters."""


def write_zip(
    notebook: Notebook, number: str, own: Mapping[str, Given], path: Path
) -> Path:
    """Write the autograder of a chapter; the same arguments give the same bytes.

    Args:
        notebook: the chapter's, with the class's own parameters.
        number: the chapter's.
        own: the class's own parameters; empty where it has the public ones.
        path: of the zip.
    """
    told = {"version": __version__, "address": address(), "number": number}
    files = {
        "setup.sh": SETUP.format(**told),
        "run_autograder": RUN.format(**told),
        "otter_config.json": json.dumps({"lang": "python"}, indent=1) + "\n",
        OWN: json.dumps(own, indent=1, ensure_ascii=False) + "\n",
    }
    for exercise in cells.exercises(notebook):
        name = f"tests/q{exercise.identifier.replace('.', '_')}.py"
        files[name] = test_of(exercise)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            info = zipfile.ZipInfo(name)  # 1980: without the time of day
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100755 if "." not in name else 0o100644) << 16
            archive.writestr(info, text)
    return path


def test_of(exercise: ExerciseCells) -> str:
    """Return Otter's test file of an exercise: its check cell, hidden tests and all."""
    return TEST.format(
        identifier=exercise.identifier, points=exercise.points, check=exercise.check
    )


def address() -> str:
    """Return whence a container gets the course: the repository of ``_config.yml``."""
    text = (require_repository("An autograder") / "_config.yml").read_text("utf-8")
    found = re.search(r"^repository:\s+url: *(\S+)", text, re.MULTILINE)
    if found is None:
        raise ValueError("_config.yml names no repository")
    return found[1]
