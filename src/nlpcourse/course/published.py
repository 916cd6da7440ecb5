"""Figures that others published, each with its source, quoted beside our own results.

One file per chapter, ``data/chapters/09_ngrams/published.toml``, one table per figure;
``09.penn`` is the table ``[penn]`` of that file.  A figure of the same task and split as one of
ours is the anchor of that result in the ledger; here stand those of other data, other sizes or
other judges, which the prose names with their difference.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.course.files import read_toml

SEEN = ("source", "second-hand")
"""Where the figure was read: in the work itself, or in one that quotes it."""


class PublishedError(ValueError):
    """A published figure is missing or incomplete."""


@dataclass(frozen=True)
class Figure:
    """A figure as its source prints it.

    Attributes:
        id: the chapter's number and the figure's name, such as ``"09.penn"``.
        value: as the prose shows it, unit included, such as ``"96.45%"``.
        what: what was measured, on what.
        cite: the source's key in a bibliography.
        where: table, section or page of the source.
        seen: one of :data:`SEEN`; a second-hand figure says in ``where`` who quotes it.
    """

    id: str
    value: str
    what: str
    cite: str
    where: str
    seen: str


def _path(number: str) -> Path:
    return chapters.get(number).folder / "published.toml"


@lru_cache(maxsize=64)
def _load(path: Path, _modified: int) -> dict[str, Any]:
    return read_toml(path)


def _tables(number: str) -> dict[str, Any]:
    path = _path(number)
    return _load(path, path.stat().st_mtime_ns) if path.is_file() else {}


def get(identifier: str) -> Figure:
    """Return the figure *identifier*.

    Raises:
        PublishedError: there is none of that name, or it lacks a field.

    >>> get("09.penn").value
    '141'
    """
    number, _, key = identifier.partition(".")
    try:
        tables = _tables(number)
    except KeyError as error:
        raise PublishedError(error.args[0]) from None
    if key not in tables:
        have = ", ".join(f"{number}.{name}" for name in tables) or "none"
        raise PublishedError(
            f"no published figure is called {identifier!r}; chapter {number} has: {have}"
        )
    table = tables[key]
    wanted = {field.name for field in fields(Figure)} - {"id"}
    if wrong := wanted ^ set(table):
        raise PublishedError(
            f"the published figure {identifier!r} has the fields {sorted(wanted)}; "
            f"missing or unknown: {sorted(wrong)}"
        )
    if table["seen"] not in SEEN:
        raise PublishedError(
            f"the published figure {identifier!r} was seen {table['seen']!r}; say one of {SEEN}"
        )
    return Figure(id=identifier, **table)


def figures(number: str) -> list[Figure]:
    """Return all published figures of a chapter, in the order of its file.

    Raises:
        KeyError: no chapter is called that; the message lists them.
    """
    return [get(f"{number}.{key}") for key in _tables(number)]


def number(identifier: str) -> float:
    """Return a published figure as a number, such as 0.9645 for ``"96.45%"``.

    Raises:
        PublishedError: it is not one number.

    >>> number("09.penn")
    141.0
    """
    text = get(identifier).value.replace(",", "")
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise PublishedError(
            f"the published figure {identifier!r} is {text!r}, which is not one number"
        ) from None
