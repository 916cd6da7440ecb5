"""A chapter as slides: reveal.js through nbconvert, all files beside them, nothing from a network.

Each section of the chapter is a column.  A slide holds the first sentence of each paragraph, with
equations, lists and tables; the whole text stands in the speaker's notes (press *s*).  Code has a
slide of its own, with its output.  Exercises are shown without their solutions.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.course.chapters import Chapter
from nlpcourse.course.paths import require_repository
from nlpcourse.course.references import page_address
from nlpcourse.in_notebook import GLUE_MIME
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import Cell, Notebook, settings_of, tags
from nlpcourse.notebooks.forms import assignment_source, book_address

PACKAGES = {"reveal.js": "reveal.js", "mathjax": "mathjax"}
"""What the slides need of ``_build/vendor``, and the folder beside them."""
LINES = 16
"""Lines of code, or of what it prints, that fit on a slide."""
_THEME = re.compile(r"<link [^>]*/dist/theme/[^>]*>")
SECTIONS_LEFT_OUT = ("Quiz", "Further reading")


def write_slides(name: str, out: Path) -> Path:
    """Write ``STEM.slides.html`` and what it needs into a folder; return the page.

    Raises:
        KeyError: there is no such chapter.
        FileNotFoundError: reveal.js was not brought in yet; the message says how.
    """
    chapter = chapters.require_written(name)
    wanted = {folder: vendored(package) for package, folder in PACKAGES.items()}
    page = render(slides_of(cells.read(chapter.notebook), chapter), chapter.title)
    out.mkdir(parents=True, exist_ok=True)
    for folder, source in wanted.items():
        shutil.copytree(source, out / folder, dirs_exist_ok=True)
    path = out / f"{chapter.stem}.slides.html"
    path.write_text(page, encoding="utf-8")
    return path


def vendored(package: str) -> Path:
    """Return the folder of a package from npm, every file compared with its pinned hash.

    Raises:
        FileNotFoundError: it is not there, or holds something else.
    """
    root = require_repository("Slides")
    file = root / "book" / "playground" / "integrity.json"
    pinned_packages = json.loads(file.read_text("utf-8"))
    if package not in pinned_packages:
        raise FileNotFoundError(
            f"no package {package!r} is pinned; there are {', '.join(pinned_packages)}"
        )
    pins = pinned_packages[package]
    folder = root / "_build" / "vendor" / f"{package}-{pins['version']}"
    for name, pinned in pins["files"].items():
        path = folder / name
        if not path.is_file() or _sri(path) != pinned:
            raise FileNotFoundError(
                f"{package} {pins['version']} is not here yet; bring it in with "
                "`python scripts/vendor.py`, which needs npm and a network once"
            )
    return folder


def _sri(path: Path) -> str:
    digest = hashlib.sha384(path.read_bytes()).digest()
    return "sha384-" + base64.b64encode(digest).decode("ascii")


def render(notebook: Notebook, title: str) -> str:
    """Return the page of a notebook whose cells say which slide they are."""
    import nbformat
    from nbconvert import SlidesExporter

    make: Any = SlidesExporter
    exporter = make(
        template_name="slides_template",
        extra_template_basedirs=[str(Path(__file__).parent)],
        reveal_url_prefix="reveal.js",
    )
    whole = {**notebook, "nbformat": 4, "nbformat_minor": 5}
    node = nbformat.reads(json.dumps(whole), as_version=4)
    node.metadata["title"] = title
    body: str = exporter.from_notebook_node(node)[0]
    return _THEME.sub("", body)  # the style sheet of the template stands for it


def slides_of(notebook: Notebook, chapter: Chapter) -> Notebook:
    """Return a chapter with stored outputs as a notebook of slides."""
    outputs = {c["id"]: c for c in notebook["cells"]}
    source = assignment_source(notebook, chapter)
    made: list[Cell] = []
    left_out = False
    for cell in source["cells"][1:]:  # the first is the way to the page
        if cell["cell_type"] == "markdown":
            cell["source"] = _to_the_book(cell["source"])
            if head := re.search(r"^##? +(.+)$", cell["source"], re.MULTILINE):
                left_out = head[1].strip() in SECTIONS_LEFT_OUT
            if not left_out:
                made += _prose(cell)
        elif not left_out:
            for slide in _code(cell, outputs[cell["id"]]):
                made.append(_beside(slide, made))
    metadata = {**notebook["metadata"]}
    return {"metadata": metadata, "cells": made}


def _to_the_book(text: str) -> str:
    """Let links to other chapters' notebooks lead to their pages."""

    def page(found: re.Match[str]) -> str:
        return f"]({page_address(chapters.get(found[1]), book_address())})"

    return re.sub(r"\]\((\w+)\.ipynb\)", page, text)


def _prose(cell: Cell) -> Iterator[Cell]:
    """Yield a slide of a cell's first sentences, and its whole text as the speaker's notes."""
    short = "\n\n".join(_short(block) for block in _blocks(cell["source"]))
    kind = (
        "slide" if re.search(r"^##? ", cell["source"], re.MULTILINE) else "subslide"
    )
    yield _slide("markdown", short, kind, cell["id"])
    if short != cell["source"].strip():
        yield _slide("markdown", cell["source"], "notes", f"{cell['id']}-notes")


def _blocks(source: str) -> list[str]:
    return [block for block in re.split(r"\n{2,}", source.strip()) if block]


def _short(block: str) -> str:
    """Return the first sentence of a paragraph; what is no paragraph stays whole.

    >>> _short("One sentence.\\nAnd another one."), _short("- a\\n- b")
    ('One sentence.', '- a\\n- b')
    """
    plain = re.match(r"[\w\"'*`_(\[$“]", block) and "$$" not in block
    listed = re.match(r"(?:[-*+]|\d+[.)]) |\||\*\*[^*]+\*\*$", block)
    return block.split("\n")[0] if plain and not listed else block


def _code(cell: Cell, stored: Cell) -> Iterator[Cell]:
    """Yield a slide of a cell's code and its outputs; exercises, quizzes and widgets are none."""
    if {"exercise", "check"} & set(settings_of(stored)):
        return
    if {"quiz", "widget"} & set(tags(stored)):
        return
    code = cell["source"].splitlines()
    hidden = "remove-input" in tags(stored) or "hide-input" in tags(stored)
    outputs = [_fitted(o) for o in stored["outputs"] if _is_shown(o)]
    if (
        hidden or code[:1] == ["from nlpcourse.in_notebook import start"]
    ) and not outputs:
        return
    shown = "" if hidden else "\n".join(_cut(code))
    slide = _slide("code", shown, "subslide", cell["id"])
    if hidden:
        slide["metadata"]["transient"] = {"remove_source": True}
    yield {**slide, "outputs": outputs, "execution_count": None}


def _beside(code: Cell, before: list[Cell]) -> Cell:
    """Let little code stand on the slide of the prose that leads to it."""
    prose = next((c for c in reversed(before) if not _is_notes(c)), None)
    if prose is None or prose["cell_type"] != "markdown":
        return code
    printed = sum(
        o["text"].count("\n") if "text" in o else LINES for o in code["outputs"]
    )
    if (
        prose["source"].count("\n") + code["source"].count("\n") + printed
        < LINES - 2
    ):
        code["metadata"]["slideshow"] = {"slide_type": "-"}
    return code


def _is_notes(cell: Cell) -> bool:
    return bool(cell["metadata"]["slideshow"]["slide_type"] == "notes")


def _is_shown(output: dict[str, Any]) -> bool:
    data = output.get("data", {})
    shown = any(kind.startswith(("image/", "text/")) for kind in data)
    return "text" in output or (shown and GLUE_MIME not in data)


def _fitted(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output, what it printed cut to what fits."""
    if "text" not in output:
        return output
    text = output["text"]
    lines = ("".join(text) if isinstance(text, list) else text).splitlines()
    return {**output, "text": "\n".join(_cut(lines)) + "\n"}


def _cut(lines: list[str]) -> list[str]:
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], "…"]


def _slide(kind: str, source: str, slide: str, name: str) -> Cell:
    return {
        "cell_type": kind,
        "id": name,
        "metadata": {"slideshow": {"slide_type": slide}},
        "source": source,
    }
