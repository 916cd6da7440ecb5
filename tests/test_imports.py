"""Who may import whom, and what runs on the standard library alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from nlpcourse.course import changed, chapters, toc
from nlpcourse.course.paths import require_repository

ROOT = require_repository("The import test")

LIVE = [
    name
    for chapter in chapters.written()
    if chapter.live
    for name in (
        chapter.module,
        f"{chapter.module}.checks",
        f"{chapter.module}.playground",
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


def imported(path: Path) -> set[str]:
    """Return the course's modules that a file imports, inside functions, too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("nlpcourse.")}


@pytest.mark.parametrize("chapter", chapters.written(), ids=lambda c: c.stem)
def test_a_chapter_imports_shared_rooms_and_what_it_builds_on(
    chapter: chapters.Chapter,
) -> None:
    """Checks and playgrounds likewise; and the algorithm knows neither of them."""
    others = {c.module for c in chapters.all_chapters()} - {chapter.module}
    allowed = {c.module for c in changed.built_on(chapter)}
    folder = ROOT / "src" / chapter.module.replace(".", "/")
    for path in sorted(folder.glob("*.py")):
        for name in sorted(imported(path)):
            for other in others - allowed:
                assert not f"{name}.".startswith(f"{other}."), (
                    f"{path.name} imports {name}, which is no prerequisite of "
                    f"{chapter.number} in data/chapters.toml"
                )
            assert not name.startswith("nlpcourse.pages"), (
                f"{path.name} imports a page"
            )
            if path.stem not in {"checks", "playground"}:
                for own in ("checks", "playground"):
                    assert not name.startswith(f"{chapter.module}.{own}"), (
                        f"{path.name} imports its own {own}"
                    )


def test_the_table_of_contents_is_the_registrys() -> None:
    stored = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert stored == toc.table_of_contents(), "run `nlpcourse chapter toc`"


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
    rooms = ", ".join(
        f"nlpcourse{name}"
        for name in (
            "",
            ".cli",
            ".corpora",
            ".course.ledger",
            ".exercises",
            ".training",
        )
    )
    done = run(
        "-c", f"import sys, {rooms}; print(sorted({heavy} & set(sys.modules)))"
    )
    assert done.stdout.strip() == "[]", done.stderr
