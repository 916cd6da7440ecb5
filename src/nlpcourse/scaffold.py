"""Lay out a new chapter: its rooms under one name, and its data files."""

from __future__ import annotations

from pathlib import Path

from nlpcourse import notebooks
from nlpcourse.chapters import Chapter
from nlpcourse.paths import require_repository


def lay_out(chapter: Chapter, root: Path | None = None) -> list[Path]:
    """Write the rooms of a planned chapter; return their paths.

    The notebook holds the contract's headings in order, the other rooms a docstring and the first
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
    notebooks.write(path, notebooks.formatted(_notebook(chapter)))
    return [path, *done]


def _files(chapter: Chapter) -> dict[str, str]:
    number, room, package = chapter.number, chapter.room, chapter.package
    title = chapter.title
    files = {
        f"src/nlpcourse/{package}/{room}.py": f'"""{title}, by hand."""\n',
        f"src/nlpcourse/checks/{room}.py": _CHECK.format(
            title=title, number=number
        ),
        f"tests/{package}/test_{room}.py": f'"""{title}: units."""\n',
        f"tests/test_oracles/test_{room}.py": f'"""{title}: by hand against the library."""\n',
        f"data/results/{number}.toml": f"# Results of chapter {number}, written by commands.\n",
        f"data/glossary/{number}.toml": f"# Terms that chapter {number} defines.\n",
        f"data/quizzes/{number}.json": "[]\n",
        f"book/references.d/{number}.bib": f"% Sources of chapter {number}.\n",
    }
    if chapter.live:
        files[f"src/nlpcourse/playgrounds/{room}.py"] = (
            f'"""{title}, in the page."""\n'
        )
    return files


_CHECK = '''"""{title}: the instant checks of the exercises."""

from __future__ import annotations

from collections.abc import Callable

from nlpcourse.checks import Hint, exercise


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


def _notebook(chapter: Chapter) -> notebooks.Notebook:
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


_START = """from nlpcourse.chapter import start

start("{number}")"""

_ANSWER = '''def length(text: str) -> int:
    """Return the number of characters."""
    ### BEGIN SOLUTION
    return len(text)
    ### END SOLUTION'''

_TEST = """from nlpcourse.checks import check

check("{identifier}", length)
### BEGIN HIDDEN TESTS
assert length("ab") == 2
### END HIDDEN TESTS"""

_QUIZ = """from nlpcourse.chapter import quiz

quiz("{number}")"""


def _markdown(source: str) -> notebooks.Cell:
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": source}


def _code(source: str, **metadata: object) -> notebooks.Cell:
    return {
        "cell_type": "code",
        "id": "",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
