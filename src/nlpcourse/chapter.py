"""What a chapter's notebook calls to show things: source, glued numbers, the quiz."""

from __future__ import annotations

import ast
import inspect
import json
import os
import textwrap
from typing import Any

from nlpcourse.paths import data_dir

GLUE_MIME = "application/vnd.nlpcourse.glue+json"


def start(chapter: str) -> None:
    """Set up a chapter's kernel: one thread, the figures' style, quiet logs, no outside calls.

    Raises:
        KeyError: there is no such chapter.
    """
    from nlpcourse import chapters

    chapters.get(chapter)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

    from nlpcourse import plots

    plots.use_style()


class Source:
    """The source of functions and classes, shown as highlighted Python."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.text}\n```"


def show_source(*objects: Any, docstring: bool = False) -> Source:
    """Return the source of functions or classes for display, rendered from their module.

    Args:
        objects: functions or classes of the course.
        docstring: show the docstrings too; without them the lines of the algorithm stand alone.

    >>> print(show_source(start).text.splitlines()[0])
    def start(chapter: str) -> None:
    """
    pieces = []
    for item in objects:
        text = textwrap.dedent(inspect.getsource(inspect.unwrap(item)))
        pieces.append((text if docstring else _without_docstrings(text)).strip("\n"))
    return Source("\n\n\n".join(pieces))


def _without_docstrings(source: str) -> str:
    """Cut every docstring out of *source*, leaving all other lines as they are."""
    lines = source.splitlines()
    drop: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or ast.get_docstring(node) is None:
            continue
        text = node.body[0]
        drop.update(range(text.lineno - 1, text.end_lineno or text.lineno))
        after = text.end_lineno or text.lineno
        if after < len(lines) and not lines[after].strip():
            drop.add(after)
    return "\n".join(line for i, line in enumerate(lines) if i not in drop)


class Glue:
    """A number that the prose quotes: it shows nothing where it is computed."""

    def __init__(self, name: str, text: str) -> None:
        """Keep the name by which prose asks for the text."""
        self.name = name
        self.text = text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {GLUE_MIME: {"name": self.name, "text": self.text}, "text/plain": ""}


def glue(name: str, text: object) -> None:
    """Hand a computed number to the prose, which quotes it with ``{glue}`name```.

    Args:
        name: starts with the chapter's number, such as ``"02-ratio"``.
        text: what the prose shows; format floats yourself.
    """
    from IPython.display import display

    display(Glue(name, str(text)))


def quiz(chapter: str) -> None:
    """Show a chapter's quiz (``data/quizzes/NN.json``), which answers at once.

    Raises:
        FileNotFoundError: the chapter has no quiz.
    """
    from jupyterquiz import display_quiz

    path = data_dir() / "quizzes" / f"{chapter}.json"
    questions = json.loads(path.read_text(encoding="utf-8"))
    display_quiz(questions, shuffle_answers=False, border_radius=4)
