"""Read the course's own files; a damaged one is named, with what to do about it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

RESTORE = "restore it from the repository"


class DamagedFile(ValueError):
    """A file of the course can't be read as what it should be."""

    def __init__(self, path: Path, reason: str, next_step: str = RESTORE) -> None:
        """Say which file, why, and the next step."""
        super().__init__(f"{path} is damaged ({reason}); {next_step}")


def read_text(path: Path, next_step: str = RESTORE) -> str:
    """Return a text file's content.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedFile: it is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DamagedFile(
            path, f"byte {error.start} is no UTF-8", next_step
        ) from None


def read_json(path: Path, kind: type, next_step: str = RESTORE) -> Any:
    """Return what a JSON file holds.

    Args:
        path: the file.
        kind: what its outermost value must be, ``dict`` or ``list``.
        next_step: what the reader is told to do about a damaged file.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedFile: it is cut, no JSON, or holds another kind of value.
    """
    try:
        found = json.loads(read_text(path, next_step))
    except json.JSONDecodeError as error:
        raise DamagedFile(
            path, f"line {error.lineno}: {error.msg}", next_step
        ) from None
    except RecursionError:
        raise DamagedFile(path, "it is nested too deeply", next_step) from None
    if not isinstance(found, kind):
        reason = (
            f"it holds a {type(found).__name__} where a {kind.__name__} should be"
        )
        raise DamagedFile(path, reason, next_step)
    return found


def read_toml(path: Path, next_step: str = RESTORE) -> dict[str, Any]:
    """Return what a TOML file holds.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedFile: it is cut or no TOML.
    """
    try:
        return tomllib.loads(read_text(path, next_step))
    except tomllib.TOMLDecodeError as error:
        raise DamagedFile(path, str(error), next_step) from None
