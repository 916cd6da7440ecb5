"""Who may import whom, and what runs on the standard library alone."""

from __future__ import annotations

import subprocess
import sys

import pytest
from importlinter.cli import lint_imports

from nlpcourse import chapters
from nlpcourse.paths import require_repository

ROOT = require_repository("The import test")

LIVE = [
    name
    for chapter in chapters.written()
    if chapter.live
    for name in (
        chapter.module,
        f"nlpcourse.checks.{chapter.room}",
        f"nlpcourse.playgrounds.{chapter.room}",
    )
]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT / "src",
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_between_the_rooms_hold() -> None:
    assert (
        lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
        == 0
    )


@pytest.mark.parametrize("module", LIVE)
def test_live_modules_need_the_standard_library_alone(module: str) -> None:
    """``-S`` leaves site-packages out, as in the page."""
    done = run("-S", "-c", f"import sys; sys.path.insert(0, '.'); import {module}")
    assert done.returncode == 0, done.stderr


def test_importing_the_course_is_light() -> None:
    heavy = "{'numpy', 'torch', 'matplotlib', 'pandas', 'nltk', 'spacy', 'transformers'}"
    rooms = "nlpcourse, nlpcourse.cli, nlpcourse.corpora, nlpcourse.ledger, nlpcourse.checks"
    done = run(
        "-c", f"import sys, {rooms}; print(sorted({heavy} & set(sys.modules)))"
    )
    assert done.stdout.strip() == "[]", done.stderr
