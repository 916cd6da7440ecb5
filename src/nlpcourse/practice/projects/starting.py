"""Laying out a project: a repository that runs at once and whose tests say what to build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from nlpcourse.practice.projects.material import material
from nlpcourse.practice.projects.tasks import project

STARTERS = Path(__file__).with_name("starters")
MIT = """MIT License

Copyright (c) {year} {author}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def notebook(source: str) -> str:
    """Return a notebook whose text cells are the lines that begin with ``##``.

    >>> [cell["cell_type"] for cell in json.loads(notebook("## Look.\\nprint(1)"))["cells"]]
    ['markdown', 'code']
    """
    cells: list[dict[str, Any]] = []
    for line in source.splitlines():
        kind = "markdown" if line.startswith("##") else "code"
        if not cells or cells[-1]["cell_type"] != kind:
            cells.append({"cell_type": kind, "lines": []})
        cells[-1]["lines"].append(
            line.removeprefix("##").removeprefix(" ")
            if kind == "markdown"
            else line
        )
    made = []
    for i, cell in enumerate(cells):
        text = "\n".join(cell.pop("lines")).strip("\n")
        extra: dict[str, Any] = {"id": f"cell-{i}", "metadata": {}, "source": text}
        if cell["cell_type"] == "code":
            extra |= {"execution_count": None, "outputs": []}
        made.append({**cell, **extra})
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {
        "cells": made,
        "metadata": {"kernelspec": spec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def templates(name: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of every file of a starter but its data.

    Raises:
        ValueError: there is no such project.
    """
    made = project(name)
    own = STARTERS / name
    milestones = (own / "milestones.txt").read_text("utf-8").strip()
    fills = {
        "@PACKAGE@": made.package,
        "@TITLE@": made.title,
        "@NAME@": made.name,
        "@MILESTONES@": milestones,
    }
    for folder in (STARTERS / "common", own):
        for path in sorted(folder.rglob("*.txt")):
            place = path.relative_to(folder).as_posix().removesuffix(".txt")
            if place == "milestones":
                continue
            text = path.read_text("utf-8")
            for mark, fill in fills.items():
                text = text.replace(mark, fill)
            place = place.replace("PACKAGE", made.package).replace("dot-", ".")
            if place == "notebook.py":
                place, text = "notebook.ipynb", notebook(text)
            yield place, text


def lay_out(name: str, to: Path, author: str = "") -> list[Path]:
    """Write a project's starter into an empty or a new folder.

    Args:
        name: of the project.
        to: the folder.
        author: where given, the licence is MIT, in this name; else it is yours to choose.

    Returns:
        The files that were written.

    Raises:
        ValueError: there is no such project, or the folder holds something.
    """
    files = dict(templates(name))
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise ValueError(
            f"{to} is not empty; name a new folder, so nothing is lost"
        )
    if author.strip():
        files["LICENSE"] = MIT.format(year=date.today().year, author=author.strip())
    files |= {f"data/{n}": text for n, text in material(name).files().items()}
    for place, text in files.items():
        path = to / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return [to / place for place in files]
