"""A learner's copy from top to bottom: nothing in it stops whoever has written nothing yet.

Whole chapters are run by `make notebooks`; here are the cells in which a copy differs from them.
"""

from __future__ import annotations

import builtins
import symtable
from collections.abc import Iterator
from typing import Any

import pytest

from nlpcourse.course import chapters
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import Cell
from nlpcourse.notebooks.forms import learner_copy

WRITTEN = chapters.written()
IN_EVERY_NOTEBOOK = {*dir(builtins), "display", "get_ipython", "__name__"}


def code_of_copy(chapter: chapters.Chapter) -> list[Cell]:
    copy = learner_copy(cells.read(chapter.notebook), chapter)
    return [c for c in copy["cells"] if c["cell_type"] == "code"]


def run(source: str, name: str, namespace: dict[str, Any]) -> None:
    exec(compile(source, name, "exec"), namespace)


@pytest.mark.parametrize("chapter", WRITTEN, ids=lambda c: c.stem)
def test_exercises_one_after_the_other(
    chapter: chapters.Chapter, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one kernel: first all starters, each met with a question; then all solutions."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in code_of_copy(chapter):
        settings = cells.settings_of(cell)
        if "exercise" in settings or "check" in settings:
            capsys.readouterr()
            run(cell["source"], cell["id"], namespace)
            said = capsys.readouterr().out
            if "check" in settings:
                assert said.startswith("✗"), said
                assert "?" in said, said
    for exercise in cells.exercises(cells.read(chapter.notebook)):
        run(exercise.solution, exercise.identifier, namespace)
        capsys.readouterr()
        run(exercise.visible_check, exercise.identifier, namespace)
        said = capsys.readouterr().out
        assert said.startswith("✓"), said


def needed_from_outside(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names that a cell, or a function in it, takes from the cells before it."""
    for symbol in table.get_symbols():
        made_here = symbol.is_assigned() or symbol.is_imported()
        inside = table.get_type() != "module"
        if symbol.is_referenced() and not made_here:
            if inside and not symbol.is_global():
                continue
            yield symbol.get_name()
    for child in table.get_children():
        yield from needed_from_outside(child)


@pytest.mark.parametrize("chapter", WRITTEN, ids=lambda c: c.stem)
def test_every_name_is_made_before_it_is_used(chapter: chapters.Chapter) -> None:
    """What feeds the prose is taken out of a copy; nothing that is left may need it."""
    known = set(IN_EVERY_NOTEBOOK)
    for cell in code_of_copy(chapter):
        source = "\n".join(
            "" if line.lstrip().startswith(("%", "!")) else line
            for line in cell["source"].splitlines()
        )
        table = symtable.symtable(source, cell["id"], "exec")
        here = {
            s.get_name()
            for s in table.get_symbols()
            if s.is_assigned() or s.is_imported()
        }
        missing = set(needed_from_outside(table)) - known - here
        assert not missing, f"{sorted(missing)} in {cell['source'][:200]!r}"
        known |= here


def test_a_name_that_comes_from_nowhere_is_found() -> None:
    source = "import math\n\n\ndef f(x):\n    return x + y + math.pi\n\n\nz = [w for w in u]\n"
    assert set(needed_from_outside(symtable.symtable(source, "a", "exec"))) - {
        "math"
    } == {"y", "u"}
