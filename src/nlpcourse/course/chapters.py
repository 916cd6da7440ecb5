"""The registry of chapters (``data/chapters.toml``) and where each one's rooms are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nlpcourse.course.files import DamagedFile, read_toml
from nlpcourse.course.paths import data_dir, repository_root, require_repository


@dataclass(frozen=True)
class Part:
    """A part of the path: its number, its title, and its page in ``book/parts/``."""

    number: int
    title: str
    page: str


@dataclass(frozen=True)
class Page:
    """A page across chapters: ``notebooks/pages/NAME.ipynb``, ``nlpcourse.pages.NAME``."""

    name: str
    part: int
    title: str


@dataclass(frozen=True)
class Guide:
    """A page without code, such as ``book/practice/courses.md``: ``folder`` is its part's page."""

    name: str
    part: int
    title: str
    folder: str

    @property
    def document(self) -> str:
        """The page's address in the book, without its ending."""
        return f"book/{self.folder}/{self.name}"


@dataclass(frozen=True)
class Route:
    """A way through the course for who has little time.

    It names the chapters that it is after and no others: what they build on follows from the
    registry.  ``sittings`` is over how many days or weeks it is spread, ``sitting`` which of both.
    """

    name: str
    title: str
    what: str
    goals: tuple[str, ...]
    sittings: int
    sitting: str


@dataclass(frozen=True)
class Chapter:
    """One chapter: ``room`` is the name of its folder in each of four places.

    They are the notebook, ``src/nlpcourse/PACKAGE/ROOM/``, ``tests/PACKAGE/ROOM/`` and
    ``data/chapters/NN_ROOM/``.  ``extra`` is what pip installs for it beside the course's own
    dependencies, and ``needs`` are the modules that are then there.
    """

    number: str
    part: int
    title: str
    room: str
    package: str
    prerequisites: tuple[str, ...]
    written: bool
    library: str = "none"
    extra: str = ""
    needs: tuple[str, ...] = ()

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
    def folder(self) -> Path:
        """The folder of the chapter's data: results, glossary, quiz, sources, checkpoints."""
        return data_dir() / "chapters" / self.stem

    @property
    def module(self) -> str:
        """The dotted name of the chapter's package, which holds its algorithm.

        Beside the algorithm's files lie ``checks`` (the exercises), ``playground`` (what plays in
        the page), ``figures`` and ``recipes`` (what ``nlpcourse train`` trains).
        """
        return f"nlpcourse.{self.package}.{self.room}"

    @property
    def missing(self) -> str:
        """What a reader is told where the chapter's extra is not installed; else nothing."""
        absent = [name for name in self.needs if find_spec(name) is None]
        if not absent:
            return ""
        return (
            f"chapter {self.number} needs {', '.join(absent)}, which the course leaves out unless "
            f"they are asked for: `make {self.extra}`, or `pip install 'nlpcourse[{self.extra}]'`"
        )

    @property
    def live(self) -> bool:
        """Whether the chapter's own Python runs in the page (standard library only)."""
        return self.library == "none"


Registry = tuple[
    list[Part], dict[str, Chapter], list[Page], list[Guide], list[Route]
]


@lru_cache(maxsize=1)
def _registry() -> Registry:
    path = data_dir() / "chapters.toml"
    raw = read_toml(path)
    try:
        return _read_registry(raw)
    except (KeyError, TypeError, AttributeError) as error:
        raise DamagedFile(path, f"an entry lacks {error}") from None


def _read_registry(
    raw: dict[str, Any],
) -> Registry:
    chapters = {
        c["number"]: Chapter(
            number=c["number"],
            part=c["part"],
            title=c["title"],
            room=c["room"],
            package=c["package"],
            prerequisites=tuple(c["prerequisites"]),
            written=c["status"] == "written",
            library=c.get("library", raw["libraries"][c["package"]]),
            extra=c.get("extra", ""),
            needs=tuple(raw["extras"][c["extra"]]) if "extra" in c else (),
        )
        for c in raw["chapter"]
    }
    parts = [Part(p["number"], p["title"], p["page"]) for p in raw["part"]]
    folders = {part.number: part.page for part in parts}
    return (
        parts,
        chapters,
        [Page(p["name"], p["part"], p["title"]) for p in raw["page"]],
        [
            Guide(g["name"], g["part"], g["title"], folders[g["part"]])
            for g in raw["guide"]
        ],
        [Route(**{**r, "goals": tuple(r["goals"])}) for r in raw["route"]],
    )


def parts() -> list[Part]:
    """Return all parts in the order of the path."""
    return list(_registry()[0])


def require_written(name: str) -> Chapter:
    """Return a chapter that is in the book, by any of its names.

    Raises:
        KeyError: no chapter has that name, or it is planned and not written.
    """
    chapter = get(name)
    if not chapter.written:
        raise KeyError(
            f"chapter {chapter.number}, {chapter.title}, is planned and not written yet"
        )
    return chapter


def all_chapters() -> list[Chapter]:
    """Return every chapter of the path, written or planned, in order."""
    return list(_registry()[1].values())


def pages() -> list[Page]:
    """Return the pages across chapters, in the order of the book."""
    return list(_registry()[2])


def guides() -> list[Guide]:
    """Return the pages without code that belong to a part, in the order of the book.

    >>> [guide.document for guide in guides()][0]
    'book/practice/courses'
    """
    return list(_registry()[3])


def routes() -> list[Route]:
    """Return the ways through the course, the shortest first."""
    return list(_registry()[4])


def needed(goals: Iterable[str]) -> list[Chapter]:
    """Return some chapters with all that they build on, directly or not.

    Args:
        goals: the chapters' numbers, such as ``"09"``.

    Returns:
        The chapters, written or planned, by their numbers, but each after its prerequisites:
        18 builds on 31 and comes after it.

    Raises:
        KeyError: no chapter has one of the numbers.

    >>> [chapter.number for chapter in needed(["09", "11"])]
    ['01', '02', '09', '11']
    """
    found: set[str] = set()
    waiting = list(goals)
    while waiting:
        chapter = get(waiting.pop())
        if chapter.number not in found:
            found.add(chapter.number)
            waiting += chapter.prerequisites
    order = []
    while found:  # the first that waits for none of the others
        number = min(n for n in found if found.isdisjoint(get(n).prerequisites))
        found.remove(number)
        order.append(get(number))
    return order


def written() -> list[Chapter]:
    """Return the chapters that are in the book.

    >>> [chapter.number for chapter in written()][0]
    '01'
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


def playground(name: str) -> str:
    """Return the dotted name of the module behind ``{playground} NAME``.

    *name* is a chapter's room, or the name of a page that is no chapter.  A chapter's second
    playground has a name of its own behind a hyphen, and is ``playground_NAME``.

    >>> playground("naive_bayes"), playground("same_text")
    ('nlpcourse.statistics.naive_bayes.playground', 'nlpcourse.pages.same_text.playground')
    >>> playground("networks-graph")
    'nlpcourse.neural.networks.playground_graph'
    """
    room, hyphen, second = name.partition("-")
    for chapter in all_chapters():
        if chapter.room == room:
            return f"{chapter.module}.playground{'_' * bool(hyphen)}{second}"
    return f"nlpcourse.pages.{name}.playground"


def in_checkout() -> bool:
    """Return whether notebooks are at hand."""
    return repository_root() is not None
