"""Where the slow answers of SmolLM2 are kept: one JSON file an experiment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlpcourse.course.files import read_json

NAMES = (
    "book",
    "questions",
    "rankings",
    "prompts-movies",
    "prompts-questions",
    "answers",
    "injection",
    "judge",
    "seen",
    "abilities",
)


def path(name: str) -> Path:
    """Return the file of an experiment.

    Raises:
        ValueError: there is no such experiment.
    """
    from nlpcourse.course.paths import data_dir

    if name not in NAMES:
        raise ValueError(
            f"no experiment is called {name!r}; choose from {list(NAMES)}"
        )

    return data_dir() / "chapters" / "34_llm" / f"{name}.json"


def stored(name: str) -> Any:
    """Return what an experiment stored.

    Raises:
        ValueError: nothing was stored under this name, or the file is damaged.
    """
    if not path(name).is_file():
        raise ValueError(
            f"nothing is stored as {name!r}; run the recipes of chapter 34 with this name"
        )
    return read_json(path(name), object)


def keep(name: str, value: Any) -> None:
    """Store what an experiment found, one entry a line where it is a list.

    Raises:
        ValueError: there is no such experiment.
    """
    if isinstance(value, list):
        lines = (
            json.dumps(v, ensure_ascii=False, separators=(",", ":")) for v in value
        )
        text = "[\n" + ",\n".join(lines) + "\n]\n"
    else:
        text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    path(name).write_text(text, encoding="utf-8")


def rounded(numbers: float | Sequence[Any], digits: int = 3) -> float | list[Any]:
    """Return numbers, and lists of them, with fewer digits.

    Raises:
        ValueError: something is neither a number nor a list.

    >>> rounded([0.12345, [1.0]])
    [0.123, [1.0]]
    """
    if isinstance(numbers, int | float):
        return round(float(numbers), digits)
    if isinstance(numbers, str | bytes):
        raise ValueError(
            f"{numbers!r:.40} is neither a number nor a list of numbers"
        )
    return [rounded(n, digits) for n in numbers]
