"""Before handing in: run a notebook from the top and ask each exercise's check."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nlpcourse.grading import one
from nlpcourse.notebooks.cells import Cell, Notebook

SECONDS = 300
"""How long one cell may take."""


@dataclass(frozen=True)
class Said:
    """What an exercise's check says of a notebook.

    Attributes:
        exercise: its number.
        passed: whether the check is content.
        message: its question or fact, or what kept it from being asked.
    """

    exercise: str
    passed: bool
    message: str

    def __str__(self) -> str:
        return f"{self.exercise}  {'✓' if self.passed else '✗'} {self.message}"


def validate(path: Path) -> list[Said]:
    """Run a notebook from the top in a new kernel; return what each check says.

    A cell that raises does not end the run, as it does not when the notebook is graded.

    Raises:
        Unreadable: the file is no notebook, or it holds no exercise of the course.
    """
    try:
        notebook = one.read(path)
    except one.Unreadable as error:
        raise one.Unreadable(
            f"{path}: {error}; give the notebook that you would hand in"
        ) from None
    if not any(
        _of(cell, "exercise") or _of(cell, "check") for cell in notebook["cells"]
    ):
        raise one.Unreadable(f"{path} holds no exercise of the course")
    return what_is_said(_executed(notebook, path.resolve().parent))


def _executed(notebook: Notebook, folder: Path) -> Notebook:
    import nbformat
    from nbclient import NotebookClient

    node = nbformat.v4.new_notebook()
    for cell in notebook["cells"]:
        make = getattr(nbformat.v4, f"new_{cell['cell_type']}_cell")
        node.cells.append(make(cell["source"], metadata=cell["metadata"]))
    NotebookClient(
        node,
        timeout=SECONDS,
        kernel_name="python3",
        allow_errors=True,
        interrupt_on_timeout=True,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return {"cells": [dict(cell) for cell in node.cells]}


def what_is_said(notebook: Notebook) -> list[Said]:
    """Return what the outputs of an executed notebook say of each exercise, in order."""
    found: dict[str, Said] = {}
    for cell in notebook["cells"]:
        exercise = _of(cell, "exercise")
        if exercise:
            text = "Its check is gone from the notebook; it is graded all the same."
            found.setdefault(exercise, Said(exercise, False, text))
        exercise = _of(cell, "check")
        if exercise:
            found[exercise] = _read(exercise, cell)
    return list(found.values())


def _of(cell: Cell, what: str) -> str:
    own = cell["metadata"].get("nlpcourse")
    return str(own.get(what, "")) if isinstance(own, dict) else ""


def _read(exercise: str, cell: Cell) -> Said:
    outputs = cell.get("outputs", [])
    raised = [o for o in outputs if o["output_type"] == "error"]
    if raised:
        text = (
            f"The check's cell raised {raised[0]['ename']}: {raised[0]['evalue']}"
        )
        return Said(exercise, False, text)
    printed = "".join(o["text"] for o in outputs if o["output_type"] == "stream")
    verdicts = [part for part in printed.partition("✓")[1:] if part]
    if verdicts:
        return Said(exercise, True, " ".join(verdicts[-1].split()))
    _, mark, text = printed.rpartition("✗")
    words = " ".join(text.split()) if mark else "The check has said nothing."
    return Said(exercise, False, words)
