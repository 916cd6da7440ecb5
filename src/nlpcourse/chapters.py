"""The registry of chapters (``data/chapters.toml``) and where each one's rooms are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlpcourse.paths import data_dir, repository_root, require_repository


@dataclass(frozen=True)
class Part:
    """A part of the path: its number and title."""

    number: int
    title: str


@dataclass(frozen=True)
class Chapter:
    """One chapter: ``room`` is the name that its notebook, module, check and tests share."""

    number: str
    part: int
    title: str
    room: str
    package: str
    prerequisites: tuple[str, ...]
    written: bool

    @property
    def stem(self) -> str:
        """The notebook's name without its ending, such as ``02_tokenization``."""
        return f"{self.number}_{self.room}"

    @property
    def notebook(self) -> Path:
        """The notebook's path; raises RuntimeError outside a checkout."""
        return (
            require_repository(f"chapter {self.number}")
            / "notebooks"
            / f"{self.stem}.ipynb"
        )

    @property
    def module(self) -> str:
        """The dotted name of the chapter's module."""
        return f"nlpcourse.{self.package}.{self.room}"

    @property
    def live(self) -> bool:
        """Whether the chapter's own Python runs in the page (standard library only)."""
        return self.package in {"text", "statistics"}


@lru_cache(maxsize=1)
def _registry() -> tuple[dict[int, Part], dict[str, Chapter]]:
    raw = tomllib.loads((data_dir() / "chapters.toml").read_text(encoding="utf-8"))
    parts = {p["number"]: Part(p["number"], p["title"]) for p in raw["part"]}
    chapters = {
        c["number"]: Chapter(
            number=c["number"],
            part=c["part"],
            title=c["title"],
            room=c["room"],
            package=c["package"],
            prerequisites=tuple(c["prerequisites"]),
            written=c["status"] == "written",
        )
        for c in raw["chapter"]
    }
    return parts, chapters


def parts() -> list[Part]:
    """Return all parts in the order of the path."""
    return list(_registry()[0].values())


def all_chapters() -> list[Chapter]:
    """Return every chapter of the path, written or planned, in order."""
    return list(_registry()[1].values())


def written() -> list[Chapter]:
    """Return the chapters that are in the book.

    >>> [chapter.number for chapter in written()][0]
    '02'
    """
    return [chapter for chapter in all_chapters() if chapter.written]


def get(name: str) -> Chapter:
    """Return a chapter by number (``"2"``, ``"02"``), room or notebook stem.

    >>> get("2").room, get("naive_bayes").number
    ('tokenization', '11')

    Raises:
        KeyError: no chapter has that name; the message lists the written ones.
    """
    by_number = _registry()[1]
    if name.zfill(2) in by_number:
        return by_number[name.zfill(2)]
    for chapter in by_number.values():
        if name in (chapter.room, chapter.stem):
            return chapter
    have = ", ".join(f"{c.number} {c.room}" for c in written())
    raise KeyError(f"no chapter is called {name!r}; written are: {have}")


def in_checkout() -> bool:
    """Return whether notebooks are at hand."""
    return repository_root() is not None
