"""Lay out a new chapter: one folder of the same name in each of four places."""

from __future__ import annotations

from pathlib import Path

from nlpcourse.course.chapters import Chapter
from nlpcourse.course.paths import require_repository
from nlpcourse.notebooks import cells as notebooks_cells
from nlpcourse.notebooks.cells import Cell, Notebook


def lay_out(chapter: Chapter, root: Path | None = None) -> list[Path]:
    """Write the folders of a planned chapter; return the files' paths.

    The notebook holds the contract's headings in order, the other files a docstring and the first
    exercise's frame.  The contract test then names what is still to be written.

    Raises:
        FileExistsError: a room is already there; nothing is written.
        RuntimeError: outside a checkout.
    """
    root = root or require_repository("Laying out a chapter")
    files = _files(chapter)
    there = [name for name in files if (root / name).exists()]
    if there:
        raise FileExistsError(
            f"chapter {chapter.number} already has {', '.join(there)}"
        )
    done = []
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        done.append(path)
    path = root / "notebooks" / f"{chapter.stem}.ipynb"
    notebooks_cells.write(path, notebooks_cells.formatted(_notebook(chapter)))
    return [path, *done]


def _files(chapter: Chapter) -> dict[str, str]:
    number, room, package = chapter.number, chapter.room, chapter.package
    title = chapter.title
    code = f"src/nlpcourse/{package}/{room}"
    tests, data = f"tests/{package}/{room}", f"data/chapters/{chapter.stem}"
    files = {
        f"{code}/__init__.py": f'"""Chapter {number}: {title}, a ladder of small files."""\n',
        f"{code}/{room}.py": f'"""{title}, by hand."""\n',
        f"{code}/checks.py": _CHECK.format(title=title, number=number),
        f"{code}/playground.py": _PLAYGROUND.format(title=title),
        f"{tests}/test_units.py": f'"""{title}: units."""\n',
        f"{tests}/test_oracle.py": f'"""{title}: by hand against the library."""\n',
        f"{tests}/test_checks.py": f'"""{title}: what the exercises\' checks ask."""\n',
        f"{tests}/test_playground.py": f'"""{title}: what plays in the page."""\n',
        f"{data}/results.toml": f"# Results of chapter {number}, written by commands.\n",
        f"{data}/glossary.toml": f"# Terms that chapter {number} defines.\n",
        f"{data}/quiz.json": "[]\n",
        f"{data}/references.bib": f"% Sources of chapter {number}.\n",
    }
    if not chapter.live:
        files[f"{code}/recipes.py"] = _RECIPES.format(title=title, number=number)
    return files


_PLAYGROUND = '''"""{title}, in the page: the standard library alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TITLE = "{title}"
DESCRIPTION = "What to try, in one sentence."
INPUTS: list[dict[str, Any]] = [
    {{"name": "text", "type": "textarea", "label": "Your text", "value": "A first text."}}
]


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the views for the reader's inputs, and in words what they show."""
    words = str(inputs["text"]).split()
    return {{"views": [], "summary": f"{{len(words)}} words."}}
'''

_RECIPES = '''"""What ``nlpcourse train`` trains for chapter {number}."""

from __future__ import annotations

from nlpcourse.training.recipe import Recipe

RECIPES: dict[str, Recipe] = {{}}
'''

_CHECK = '''"""{title}: the instant checks of the exercises."""

from __future__ import annotations

from collections.abc import Callable

from nlpcourse.exercises import Hint, exercise


@exercise("{number}.1")
def first(answer: Callable[[str], int]) -> str:
    """Ask a question where the answer is wrong; return one more fact where it is right."""
    if answer("") != 0:
        raise Hint("What should come back for an empty text?")
    return "An empty text is the case that most programs forget."
'''

HEADINGS = (
    "After this chapter you can",
    "A concrete example",
    "The production library",
    "Beside the oracle and the published figure",
    "What goes wrong",
    "Exercises",
    "Quiz",
    "What we learnt",
    "Further reading",
)


def _notebook(chapter: Chapter) -> Notebook:
    opening = (
        f"(chapter-{chapter.number})=\n# {chapter.title}\n\n"
        f"```{{chapter-card}} {chapter.number}\n```"
    )
    identifier = f"{chapter.number}.1"
    cells = [_markdown(opening), _code(_START.format(number=chapter.number))]
    for heading in HEADINGS:
        cells.append(_markdown(f"## {heading}"))
        if heading == "Exercises":
            label = f"(exercise-{identifier.replace('.', '-')})="
            cells += [
                _markdown(
                    f"{label}\n### Exercise {identifier} · Title\n*easy · 1 point*"
                ),
                _code(
                    _ANSWER,
                    nlpcourse={
                        "exercise": identifier,
                        "difficulty": "easy",
                        "points": 1,
                        "live": chapter.live,
                    },
                ),
                _code(
                    _TEST.format(identifier=identifier),
                    nlpcourse={"check": identifier},
                ),
            ]
        if heading == "Quiz":
            cells.append(_code(_QUIZ.format(number=chapter.number), tags=["quiz"]))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


_START = """from nlpcourse.in_notebook import start

start("{number}")"""

_ANSWER = '''def length(text: str) -> int:
    """Return the number of characters."""
    ### BEGIN SOLUTION
    return len(text)
    ### END SOLUTION'''

_TEST = """from nlpcourse.exercises import check

check("{identifier}", length)
### BEGIN HIDDEN TESTS
from nlpcourse.exercises import judge

verdict = judge("{identifier}", length)
assert verdict.passed, verdict.message
assert length("ab") == 2
### END HIDDEN TESTS"""

_QUIZ = """from nlpcourse.in_notebook import quiz

quiz("{number}")"""


def _markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": source}


def _code(source: str, **metadata: object) -> Cell:
    return {
        "cell_type": "code",
        "id": "",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
