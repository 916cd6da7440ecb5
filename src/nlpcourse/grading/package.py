"""The package as the student's side may see it: the course without its right answers."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterable
from pathlib import Path

from nlpcourse.course import chapters
from nlpcourse.course.paths import data_dir
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import starter

STUDENTS_SIDE = {
    "__init__.py",
    "gradients.py",
    "largest.py",
    "networks.py",
    "plain.py",
    "seeds.py",
    "student.py",
    "wire.py",
}
"""Files of this room that the student's side needs."""


def write_student_package(target: Path) -> Path:
    """Write the course without checks, notebooks and graders; return the folder for the path.

    Of a chapter's ``checks.py`` there remains what its exercises give to the learner, such as a
    list of test sentences, with what that is made from.

    Args:
        target: a folder, which must not hold a package yet.
    """
    source = Path(__file__).resolve().parent.parent
    package = target / "nlpcourse"
    shutil.copytree(source, package, ignore=_left_out)
    (package / "_data").symlink_to(data_dir())
    for chapter in chapters.written():
        file = Path(*chapter.module.split(".")[1:]) / "checks.py"
        given = given_names(chapter)
        text = what_remains((source / file).read_text("utf-8"), given)
        (package / file).write_text(text, encoding="utf-8")
    target.chmod(0o755)  # the student's side may be another user
    return target


def _left_out(folder: str, names: list[str]) -> set[str]:
    found = {"__pycache__", "_data", "checks.py"} & set(names)
    if Path(folder).name == "grading":
        found |= set(names) - STUDENTS_SIDE
    return found


def given_names(chapter: chapters.Chapter) -> set[str]:
    """Return what a chapter's cells, solutions left out, take from its ``checks.py``."""
    module = f"{chapter.module}.checks"
    parent, _, _ = module.rpartition(".")
    found: set[str] = set()
    for cell in cells.read(chapter.notebook)["cells"]:
        if cell["cell_type"] != "code" or "check" in cells.settings_of(cell):
            continue
        source = "\n".join(
            line
            for line in starter(cell["source"]).splitlines()
            if not line.startswith(("%", "!"))
        )
        tree = ast.parse(source)
        short = {module}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == module:
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module == parent:
                short |= {
                    a.asname or a.name for a in node.names if a.name == "checks"
                }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in short:
                found.add(node.attr)
    return found


def what_remains(source: str, wanted: Iterable[str]) -> str:
    """Return of a module what *wanted* names are made from, with the imports for it.

    >>> print(what_remains("import math\\nA = 1\\nB = A + 1\\ndef f():\\n    return B", ["B"]))
    A = 1
    B = A + 1

    Raises:
        SyntaxError: *source* is no Python.
    """
    body = ast.parse(source).body
    imports = [n for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
    rest = [n for n in body if n not in imports]
    keep: set[int] = set()
    waiting = set(wanted)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for place, node in enumerate(rest):
            if name in _made_by(node):
                keep.add(place)
                waiting |= _read_by(node) - seen
    kept = [*imports, *(node for k, node in enumerate(rest) if k in keep)]
    needed = set().union(*(_read_by(node) for node in kept)) | set(wanted)
    kept = [
        node
        for node in kept
        if not isinstance(node, ast.Import | ast.ImportFrom)
        or getattr(node, "module", "") == "__future__"
        or needed & {(a.asname or a.name).split(".")[0] for a in node.names}
    ]
    return ast.unparse(ast.Module(kept, []))


def _made_by(node: ast.stmt) -> set[str]:
    """Return the names that a statement at the top of a module makes."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    stores = {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    return stores


def _read_by(node: ast.stmt) -> set[str]:
    """Return the names that a statement reads; of a function, those that are not its own."""
    parts = list(ast.walk(node))
    names = [part for part in parts if isinstance(part, ast.Name)]
    read = {part.id for part in names if isinstance(part.ctx, ast.Load)}
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return read
    own = {part.id for part in names if isinstance(part.ctx, ast.Store)}
    return read - own - {part.arg for part in parts if isinstance(part, ast.arg)}
