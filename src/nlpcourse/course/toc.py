"""The book's table of contents, written from the registry: ``nlpcourse chapter toc``."""

from __future__ import annotations

from pathlib import Path

from nlpcourse.course import chapters
from nlpcourse.course.paths import require_repository

START = (
    "reader",
    "learner",
    "instructor",
    "maintainer",
    "map",
    "paths",
    "progress",
    "review",
)
REFERENCE = ("glossary", "notation", "results", "data_cards", "bibliography")

HEAD = """\
# Written by `nlpcourse chapter toc` from data/chapters.toml.
format: jb-book
root: book/index
parts:
"""


def table_of_contents() -> str:
    """Return ``_toc.yml``: start pages, then each part with what is written of it, reference.

    >>> "notebooks/02_tokenization" in table_of_contents()
    True
    """
    lines = ["  - caption: Start here", "    chapters:"]
    lines += [f"      - file: book/start/{name}" for name in START]
    for part in chapters.parts():
        files = [
            (f"notebooks/{c.stem}", f"{c.number} {c.title}")
            for c in chapters.written()
            if c.part == part.number
        ]
        files += [
            (f"notebooks/pages/{page.name}", page.title)
            for page in chapters.pages()
            if page.part == part.number
        ]
        files += [
            (guide.document, guide.title)
            for guide in chapters.guides()
            if guide.part == part.number
        ]
        if not files:
            continue
        files.insert(0, (f"book/parts/{part.page}", "About this part"))
        lines += [f'  - caption: "{part.number} · {part.title}"', "    chapters:"]
        for file, title in files:
            lines += [f"      - file: {file}", f'        title: "{title}"']
    lines += ["  - caption: Reference", "    chapters:"]
    lines += [f"      - file: book/reference/{name}" for name in REFERENCE]
    return HEAD + "\n".join(lines) + "\n"


def write() -> Path:
    """Write ``_toc.yml``; return its path.

    Raises:
        RuntimeError: outside a checkout.
    """
    path = require_repository("Writing the table of contents") / "_toc.yml"
    path.write_text(table_of_contents(), encoding="utf-8")
    return path
