"""One notebook, four forms: the book's page, the learner's copy, the assignment, the source."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from nlpcourse.course import chapters, prose
from nlpcourse.course.paths import repository_root
from nlpcourse.course.references import labels, page_address
from nlpcourse.in_notebook import GLUE_MIME
from nlpcourse.notebooks.cells import (
    HIDDEN,
    Cell,
    ExerciseCells,
    Notebook,
    exercises,
    glued,
    read,
    settings_of,
    starter,
    tags,
    without_glue,
    write,
)
from nlpcourse.notebooks.plain import plain_markdown


def _page_link(chapter: chapters.Chapter) -> str:
    return f"[{chapter.title}]({chapter.stem}.ipynb)"


def learner_copy(
    notebook: Notebook, chapter: chapters.Chapter | None = None
) -> Notebook:
    """Return the copy that a learner works in.

    Solutions, hidden tests and outputs are gone; the prose shows its numbers; cells of which
    nothing is left are gone, too.  What nbgrader needs stays, so that the copy can be handed in.

    Args:
        notebook: a chapter with stored outputs.
        chapter: which one it is; its copy begins with the way to its page.
    """
    out = assignment_source(notebook, chapter)
    for cell in out["cells"]:
        if cell["cell_type"] == "code":
            source = HIDDEN.sub("\n", starter(cell["source"]))
            cell["source"] = source.rstrip("\n")
    out["cells"] = [cell for cell in out["cells"] if cell["source"].strip()]
    return out


def _way_to_the_page(chapter: chapters.Chapter) -> Cell:
    return {
        "cell_type": "markdown",
        "id": "way-to-the-page",
        "metadata": {},
        "source": (
            f"*This is your copy of chapter {chapter.number}, yours to change. "
            f"Its [page in the book]({page_address(chapter, book_address())}) has the figures, the "
            "playgrounds and the solutions; `make serve` shows the same page on your machine.*"
        ),
    }


def book_address() -> str:
    """Return where the book is published, from ``_config.yml``; in a wheel, its known address."""
    root = repository_root()
    config = root / "_config.yml" if root else None
    if config is not None and config.is_file():
        found = re.search(
            r"^\s+baseurl: *(\S+)", config.read_text("utf-8"), re.MULTILINE
        )
        if found:
            return found[1]
    return "https://nlpcourse.github.io/nlpcourse"


def assignment_source(
    notebook: Notebook, chapter: chapters.Chapter | None = None
) -> Notebook:
    """Return the source of an nbgrader assignment: solutions, hidden tests and marks stay in.

    ``nbgrader generate_assignment`` takes them out for the release.

    Args:
        notebook: a chapter with stored outputs.
        chapter: which one it is; its copies begin with the way to its page.
    """
    out = _readable(notebook, chapter)
    kept = []
    for cell in out["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = without_glue(cell["source"])
            cell["metadata"].pop("tags", None)
        if cell["source"].strip():
            kept.append(cell)
    out["cells"] = kept
    if chapter is not None:
        out["cells"].insert(0, _way_to_the_page(chapter))
    return out


def _readable(
    notebook: Notebook, chapter: chapters.Chapter | None = None
) -> Notebook:
    """Return the notebook for JupyterLab: prose with its numbers, plain Markdown, no outputs."""
    out = copy.deepcopy(notebook)
    numbers = glued(notebook)
    prose_cells = [
        c["source"] for c in out["cells"] if c["cell_type"] == "markdown"
    ]
    titles = {
        **_titles_of(tuple(chapters.written())),
        **labels("\n\n".join(prose_cells)),
    }
    page = page_address(chapter, book_address()) if chapter else ""
    for cell in out["cells"]:
        if cell["cell_type"] == "markdown":
            expanded = prose.expand(cell["source"], numbers, _page_link)
            cell["source"] = plain_markdown(expanded, titles, page)
        else:
            cell["outputs"], cell["execution_count"] = [], None
    return out


@lru_cache(maxsize=1)
def _titles_of(written: tuple[chapters.Chapter, ...]) -> dict[str, str]:
    """Return the titles behind the labels of all written chapters, where they are at hand."""
    found: dict[str, str] = {}
    for other in written:
        if chapters.in_checkout() and other.notebook.is_file():
            for cell in read(other.notebook)["cells"]:
                if cell["cell_type"] == "markdown":
                    found.update(labels(cell["source"]))
    return found


def book_page(
    notebook: Notebook, chapter: chapters.Chapter | None = None
) -> Notebook:
    """Return the notebook as the book renders it.

    A chapter shows the starter of an exercise, folds its solution, and has its quiz as
    native controls; a page that is no chapter (``notebooks/pages/``) has neither.
    """
    out = copy.deepcopy(notebook)
    numbers = glued(notebook)
    by_id = {e.identifier: e for e in exercises(notebook)}
    cells: list[Cell] = []
    for cell in out["cells"]:
        settings = settings_of(cell)
        if cell["cell_type"] == "markdown":
            text = prose.expand(cell["source"], numbers, _page_link, _framed_card)
            cells.append({**cell, "source": text})
        elif "exercise" in settings:
            cells.append(
                _markdown(cell, exercise_block(by_id[settings["exercise"]]))
            )
        elif "check" in settings or "widget" in tags(cell):
            continue
        elif "quiz" in tags(cell) and chapter is not None:
            cells.append(_markdown(cell, f"```{{quiz}} {chapter.number}\n```"))
        else:
            cell["outputs"] = [
                o for o in cell["outputs"] if GLUE_MIME not in o.get("data", {})
            ]
            cell["source"] = without_glue(cell["source"])
            if cell["source"]:
                cells.append(cell)
    out["cells"] = cells
    return out


def _framed_card(text: str) -> str:
    return f":::{{div}} chapter-card\n{text}\n:::"


def _markdown(cell: Cell, text: str) -> Cell:
    return {
        "cell_type": "markdown",
        "id": cell["id"],
        "metadata": {},
        "source": text,
    }


def exercise_block(cells: ExerciseCells) -> str:
    """Return the MyST block of an exercise: an editor or the starter, and the folded solution."""
    if cells.live:
        lines = [line for line in cells.visible_check.splitlines() if line.strip()]
        check = "; ".join(lines)
        opening = f"````{{live-exercise}} {cells.identifier}\n:check: {check}"
        editor = f"{opening}\n\n{cells.starter}\n````"
    else:
        editor = (
            f"````python\n{cells.starter}\n````\n\n"
            f"```{{own-exercise}} {cells.identifier}\n```"
        )
    return (
        f"{editor}\n\n````{{dropdown}} Solution of {cells.identifier}\n"
        f":class-container: solution\n```python\n{cells.solution}\n```\n````"
    )


def write_learner_copies(
    names: Iterable[str], target: Path, overwrite: bool = False
) -> list[Path]:
    """Write the learner's copies of chapters to *target*; return those written.

    A copy that is already there is the learner's work: it is left alone unless *overwrite*.
    """
    done = []
    for name in names:
        chapter = chapters.require_written(name)
        path = target / f"{chapter.stem}.ipynb"
        if overwrite or not path.exists():
            write(path, learner_copy(read(chapter.notebook), chapter))
            done.append(path)
    return done
