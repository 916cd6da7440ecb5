"""What was measured of every program, one process each, and what it takes to have it.

``benchmarks/frameworks.py --record`` wrote ``runs.json`` in the chapter's folder.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import statistics
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.course.files import read_json
from nlpcourse.neural.frameworks.jobs import PROGRAMS, program

SEEDS = (0, 1, 2)
PARTS = (
    "Classifier",
    "network",
    "register",
    "fresh",
    "build",
    "scores",
    "training",
    "train",
)
"""Functions and classes of a program that define the classifier and train it."""


@dataclass(frozen=True)
class Row:
    """What several trainings of one program came to.

    Attributes:
        accuracy: of each seed, on the test questions.
        seconds: of the processor for the quickest training, the import left out.
        memory_mb: the most that its process held.
    """

    accuracy: list[float]
    seconds: float
    memory_mb: float

    @property
    def mean(self) -> float:
        """The mean accuracy."""
        return statistics.mean(self.accuracy)

    @property
    def spread(self) -> float:
        """The standard deviation over seeds."""
        return statistics.stdev(self.accuracy)


def runs() -> dict[str, Any]:
    """Return all that was measured.

    Raises:
        DamagedFile: the file is damaged.
    """
    found: dict[str, Any] = read_json(chapters.get("27").folder / "runs.json", dict)
    return found


def row(kind: str, name: str) -> Row:
    """Return what the trainings of a program came to.

    Args:
        kind: "ours" (all begin with the same weights), "own" (with their own) or "repaired".
        name: of the program, or "fastText".

    Raises:
        ValueError: nothing of that kind or name was measured.
    """
    found = runs().get(kind)
    if not isinstance(found, dict) or name not in found:
        raise ValueError(f"no runs {kind!r} of {name!r} were measured")
    each = found[name]
    return Row(
        [run["accuracy"] for run in each],
        min(run["seconds"] for run in each if "seconds" in run),
        max(run["memory_mb"] for run in each),
    )


def lines_of(name: str) -> int:
    """Return how many lines define the classifier and train it, docstrings and blanks left out.

    Raises:
        ValueError: there is no program of that name.

    >>> lines_of("PyTorch") < lines_of("spaCy")
    True
    """
    module = importlib.import_module(
        f"nlpcourse.neural.frameworks.{program(name).module}"
    )
    parts = [getattr(module, part) for part in PARTS if hasattr(module, part)]
    return sum(len(code_lines(inspect.getsource(part))) for part in parts)


def code_lines(source: str) -> list[str]:
    """Return the lines of a piece of Python that compute something.

    Raises:
        ValueError: it is not Python.

    >>> code_lines("def f(x):\\n    '''Say.'''\\n\\n    # why\\n    return x")
    ['def f(x):', '    return x']
    """
    text = textwrap.dedent(source)
    try:
        tree = ast.parse(text)
    except (SyntaxError, UnicodeEncodeError) as error:
        raise ValueError(f"this is no piece of Python: {error}") from None
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            first = node.body[0]
            told.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return [
        line
        for number, line in enumerate(text.splitlines(), start=1)
        if number not in told and line.strip() and not line.strip().startswith("#")
    ]


def installed_mb(packages: Iterable[str]) -> float:
    """Return the megabytes of installed packages with all that they require, each once.

    Raises:
        ValueError: one of them is not installed.

    >>> installed_mb([])
    0.0
    """
    waiting, seen, total = list(packages), set(), 0.0
    for name in waiting:
        try:
            metadata.distribution(name)
        except (metadata.PackageNotFoundError, ValueError):
            raise ValueError(f"{name!r} is not installed") from None
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of another system, or optional
        total += sum(file.size or 0 for file in found.files or []) / 1e6
        for line in found.requires or []:
            if "extra ==" not in line:
                wanted = re.match(r"[\w.-]+", line)
                waiting += [wanted.group()] if wanted else []
    return total


def versions() -> dict[str, str]:
    """Return the versions of all packages that the runs were measured with."""
    found: dict[str, str] = runs()["versions"]
    return found


def names() -> list[str]:
    """Return the names of the programs.

    >>> names()[0]
    'PyTorch'
    """
    return list(PROGRAMS)
