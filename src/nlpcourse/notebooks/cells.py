"""Notebooks as cells: read, write, normal form, exercises."""

from __future__ import annotations

import ast
import copy
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlpcourse.course.files import DamagedFile, read_json
from nlpcourse.course.paths import require_repository
from nlpcourse.exercises import STARTER_LINE
from nlpcourse.in_notebook import GLUE_MIME

Notebook = dict[str, Any]
Cell = dict[str, Any]
_SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


HIDDEN = re.compile(
    r"\n*^[ \t]*### BEGIN HIDDEN TESTS[ \t]*\n.*?^[ \t]*### END HIDDEN TESTS[ \t]*\n?",
    re.MULTILINE | re.DOTALL,
)


_MARKER = re.compile(
    r"^[ \t]*### (BEGIN|END) (SOLUTION|HIDDEN TESTS)[ \t]*\n?", re.MULTILINE
)


def read(path: Path) -> Notebook:
    """Return a notebook as JSON with every cell's source joined to one string.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedFile: it is no notebook.
    """
    notebook: Notebook = read_json(path, dict)
    try:
        for cell in notebook["cells"]:
            if isinstance(cell["source"], list):
                cell["source"] = "".join(cell["source"])
            if cell["cell_type"] == "code":
                cell.setdefault("outputs", [])
    except (KeyError, TypeError) as error:
        raise DamagedFile(path, f"a cell lacks {error}") from None
    return notebook


def pages() -> list[Path]:
    """Return the notebooks that are no chapters, in ``notebooks/pages/`` of the checkout."""
    folder = require_repository("Finding the pages") / "notebooks" / "pages"
    return sorted(folder.glob("*.ipynb"))


def write(path: Path, notebook: Notebook) -> None:
    """Write a notebook atomically, in the layout that gives small differences."""
    out = copy.deepcopy(notebook)
    for cell in out["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(
        json.dumps(out, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    partial.replace(path)


def starter(source: str) -> str:
    """Return what a learner gets of a solution cell.

    >>> print(starter("def f():\\n    ### BEGIN SOLUTION\\n    return 1\\n    ### END SOLUTION"))
    def f():
        ...  # your code here
    """
    return _SOLUTION.sub(lambda m: m["indent"] + STARTER_LINE, source)


def solution(source: str) -> str:
    """Return a solution or check cell without its markers and hidden tests."""
    return _MARKER.sub("", HIDDEN.sub("\n", source)).strip("\n")


@dataclass(frozen=True)
class ExerciseCells:
    """The cells of one exercise."""

    identifier: str
    difficulty: str
    points: int
    live: bool
    prompt: str
    answer: str
    check: str

    @property
    def starter(self) -> str:
        """What the learner starts from."""
        return starter(self.answer)

    @property
    def solution(self) -> str:
        """The solution, without markers."""
        return solution(self.answer)

    @property
    def visible_check(self) -> str:
        """The check cell without its hidden tests."""
        return solution(self.check)


def settings_of(cell: Cell) -> dict[str, Any]:
    """Return what the course notes in a cell's metadata."""
    found: dict[str, Any] = cell.get("metadata", {}).get("nlpcourse", {})
    return found


def exercises(notebook: Notebook) -> list[ExerciseCells]:
    """Return the exercises of a notebook, in order.

    Raises:
        ValueError: an answer cell lacks its prompt above or its check below.
    """
    found = []
    cells = notebook["cells"]
    for i, cell in enumerate(cells):
        identifier = settings_of(cell).get("exercise")
        if identifier is None:
            continue
        settings = settings_of(cell)
        prompt = next(
            (c for c in reversed(cells[:i]) if c["cell_type"] == "markdown"), None
        )
        label = f"(exercise-{identifier.replace('.', '-')})="
        if prompt is None or label not in prompt["source"]:
            raise ValueError(
                f"exercise {identifier}: no prompt above it starts with {label}"
            )
        check = next(
            (c for c in cells[i:] if settings_of(c).get("check") == identifier),
            None,
        )
        if check is None:
            raise ValueError(f"exercise {identifier}: no cell below has its check")
        found.append(
            ExerciseCells(
                identifier,
                settings["difficulty"],
                settings["points"],
                bool(settings.get("live")),
                prompt["source"],
                cell["source"],
                check["source"],
            )
        )
    return found


def tags(cell: Cell) -> list[str]:
    """Return a cell's tags."""
    found: list[str] = cell.get("metadata", {}).get("tags", [])
    return found


def glued(notebook: Notebook) -> dict[str, str]:
    """Return the texts that the notebook's stored outputs hand to its prose."""
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            bundle = output.get("data", {}).get(GLUE_MIME)
            if bundle:
                found[bundle["name"]] = bundle["text"]
    return found


def without_glue(source: str) -> str:
    """Return a cell without the calls that only hand its numbers to the prose.

    >>> print(without_glue("n = 2\\nglue('02-n', n)\\nprint(n)"))
    n = 2
    print(n)
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a cell with a magic command
        return source
    drop: set[int] = set()
    for node in statements:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "glue":
            drop.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    kept = [
        line for i, line in enumerate(source.splitlines(), start=1) if i not in drop
    ]
    return "\n".join(kept).strip("\n") if drop else source


def formatted(notebook: Notebook) -> Notebook:
    """Return the notebook in the course's normal form: metadata, cell names, nbgrader's marks."""
    out = copy.deepcopy(notebook)
    out["nbformat"], out["nbformat_minor"] = 4, 5
    out["metadata"] = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    for i, cell in enumerate(out["cells"]):
        kept = {
            k: v for k, v in cell.get("metadata", {}).items() if k in _KEPT_METADATA
        }
        cell["metadata"] = kept
        settings = settings_of(cell)
        cell["id"] = f"cell-{i:03}"
        if identifier := settings.get("exercise"):
            cell["id"] = f"exercise-{identifier.replace('.', '-')}"
            kept["nbgrader"] = _nbgrader(cell["id"], solution=True, points=None)
        if identifier := settings.get("check"):
            cell["id"] = f"check-{identifier.replace('.', '-')}"
            points = next(
                settings_of(c)["points"]
                for c in out["cells"]
                if settings_of(c).get("exercise") == identifier
            )
            kept["nbgrader"] = _nbgrader(cell["id"], solution=False, points=points)
        if cell["cell_type"] == "code":
            found = set(tags(cell))
            if "show_source(" in cell["source"]:
                found.add("remove-input")
            if found & {"quiz", "widget"}:
                found.add("nbval-ignore-output")
                cell["outputs"] = []
            if found:
                kept["tags"] = sorted(found)
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)
    return out


_KEPT_METADATA = {"tags", "nlpcourse", "editable", "slideshow", "mystnb"}


def _nbgrader(grade_id: str, solution: bool, points: int | None) -> dict[str, Any]:
    marks: dict[str, Any] = {
        "grade": not solution,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        marks["points"] = points
    return marks
