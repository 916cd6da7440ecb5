"""What a chapter's notebook calls to show things: source, glued numbers, the quiz."""

from __future__ import annotations

import ast
import inspect
import os
import re
import sys
import textwrap
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.course.files import read_json

GLUE_MIME = "application/vnd.nlpcourse.glue+json"


def start(chapter: str) -> None:
    """Set up a chapter's kernel: one thread, the figures' style, quiet logs, no outside calls.

    Raises:
        KeyError: there is no such chapter.
    """
    if missing := chapters.get(chapter).missing:
        print(missing)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

    from nlpcourse import plots

    plots.use_style()
    _shown.clear()


_shown: set[Any] = set()
"""What the page has shown since `start`, so that no helper is explained twice."""


class Source:
    """The source of functions and classes, shown as highlighted Python.

    Below it stand the course's own functions that the source calls and the page has not shown,
    with what each of them does: no helper comes out of nowhere.
    """

    def __init__(self, text: str, helpers: dict[str, str] | None = None) -> None:
        """Keep the text, and the helpers' names with what they do."""
        self.text = text
        self.helpers = helpers or {}

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        code = f"```python\n{self.text}\n```"
        if not self.helpers:
            return code
        lines = [f"- `{name}`: {what}" for name, what in self.helpers.items()]
        return "\n".join(
            [code, "", "Called here, and not shown above:", "", *lines]
        )


def show_source(*objects: Any, docstring: bool = False) -> Source:
    """Return the source of functions or classes for display, rendered from their module.

    Args:
        objects: functions or classes of the course.
        docstring: show the docstrings too; without them the algorithm's lines stand alone.

    >>> print(show_source(start).text.splitlines()[0])
    def start(chapter: str) -> None:
    """
    pieces, helpers = [], {}
    _shown.update(inspect.unwrap(item) for item in objects)
    for item in objects:
        text = textwrap.dedent(inspect.getsource(inspect.unwrap(item)))
        pieces.append(
            (text if docstring else _without_docstrings(text)).strip("\n")
        )
        helpers.update(_helpers(inspect.unwrap(item), text))
    return Source("\n\n\n".join(pieces), helpers)


def _helpers(item: Any, source: str) -> dict[str, str]:
    """Return the course's functions that *source* calls unexplained, with what they do."""
    found = {}
    for name, helper in _called(item, ast.parse(source)):
        helper = inspect.unwrap(helper)
        is_code = inspect.isfunction(helper) or inspect.isclass(helper)
        ours = is_code and helper.__module__.startswith("nlpcourse.")
        if not ours or helper in _shown or helper.__name__ in source.split("(")[0]:
            continue
        if inspect.isclass(helper) and issubclass(helper, Exception):
            continue
        first = (inspect.getdoc(helper) or "").split("\n\n")[0].replace("\n", " ")
        first = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", first).replace(
            "``", "`"
        )
        found[name] = first[:1].lower() + first[1:]
    return found


def _called(item: Any, tree: ast.AST) -> Iterator[tuple[str, Any]]:
    """Yield what the code of *item* names outside annotations, with the object behind it."""
    module = sys.modules.get(item.__module__)
    scope = vars(module) if module else {}
    owner: Any = item if inspect.isclass(item) else None
    if owner is None and "." in item.__qualname__:
        owner = scope.get(item.__qualname__.split(".")[0])
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Name) and node.id in scope and node.id not in own:
            yield node.id, scope[node.id]
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            base = owner if node.value.id == "self" else scope.get(node.value.id)
            inside = base is owner or isinstance(base, ModuleType)
            own_method = base is owner and inspect.isclass(
                item
            )  # it is on show already
            if base and inside and not own_method and hasattr(base, node.attr):
                yield node.attr, getattr(base, node.attr)
        for name, child in ast.iter_fields(node):
            if name not in {"annotation", "returns", "decorator_list", "bases"}:
                parts = child if isinstance(child, list) else [child]
                waiting += [part for part in parts if isinstance(part, ast.AST)]


def _without_docstrings(source: str) -> str:
    """Cut every docstring out of *source*, leaving all other lines as they are."""
    lines = source.splitlines()
    drop: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if (
            not isinstance(node, ast.FunctionDef | ast.ClassDef)
            or ast.get_docstring(node) is None
        ):
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

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, Any]:
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
    """Show a chapter's quiz (``quiz.json`` of its data), which answers at once.

    Raises:
        FileNotFoundError: the chapter has no quiz.
        DamagedFile: its file is damaged.
    """
    from jupyterquiz import display_quiz

    path = chapters.get(chapter).folder / "quiz.json"
    questions = read_json(path, list)
    display_quiz(questions, shuffle_answers=False, border_radius=4)
