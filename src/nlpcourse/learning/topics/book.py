"""The course's own book as a collection to search in: its sections, and questions about them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.course.chapters import Chapter

LEFT_OUT = ("After this chapter you can", "Exercise", "Quiz", "Further reading")
"""Sections whose headings begin so are no explanations."""
SHORTEST = 20
"""Words that a section must have."""

_BLOCK = re.compile(r"^(`{3,}|:{3,})\{.*?\n(?:.*\n)*?\1[ \t]*$", re.MULTILINE)
_MATHS = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_NAMED = re.compile(r"\{(?:term|ref|doc)\}`([^`<]+?)(?: *<[^>`]*>)?`")
_ROLE = re.compile(r"\{[\w:-]+\}`[^`]*`")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_HEADING = re.compile(r"^(#{1,4}) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A section of the book: its chapter's number, its heading, its text without mark-up."""

    chapter: str
    heading: str
    text: str


def plain(markdown: str) -> str:
    """Return the words of a Markdown text: no formulas, directives, labels or addresses.

    >>> plain("(a-label)=\\nThe {term}`topic <topics>` of `x`, $z = 1$, [here](there.md).")
    'The topic of x, , here.'
    """
    text = _BLOCK.sub("", markdown)
    text = re.sub(r"^\([\w.-]+\)=[ \t]*$", "", text, flags=re.MULTILINE)
    text = _ROLE.sub("", _NAMED.sub(r"\1", _MATHS.sub("", text)))
    text = re.sub(r"[`*|]|^-{3,}$", "", _LINK.sub(r"\1", text), flags=re.MULTILINE)
    return " ".join(text.split())


def sections_of(number: str, markdown: str) -> Iterator[Section]:
    """Yield the sections of a chapter's prose, each with its own text.

    Args:
        number: of the chapter.
        markdown: the prose of all its cells, one after the other.

    >>> text = "# Words\\n" + "A word is a word. " * 5 + "\\n## Short\\nToo short."
    >>> [(s.heading, len(s.text.split())) for s in sections_of("01", text)]
    [('Words', 25)]
    """
    parts = _HEADING.split(markdown)
    for heading, text in zip(parts[2::3], parts[3::3], strict=True):
        shown, body = plain(heading), plain(text)
        if len(body.split()) >= SHORTEST and not shown.startswith(LEFT_OUT):
            yield Section(number, shown, body)


def read_book(numbers: Collection[str] | None = None) -> list[Section]:
    """Return the sections of the written chapters, or of those with these numbers.

    Raises:
        ValueError: a number is none of a written chapter's.
        RuntimeError: the notebooks are not at hand, outside a checkout.
    """
    from nlpcourse.notebooks import cells

    found: list[Section] = []
    for chapter in _written(numbers):
        if chapter.notebook.is_file():
            prose = [
                cell["source"]
                for cell in cells.read(chapter.notebook)["cells"]
                if cell["cell_type"] == "markdown"
            ]
            found += sections_of(chapter.number, "\n\n".join(prose))
    return found


def _written(numbers: Collection[str] | None) -> list[Chapter]:
    written = chapters.written()
    known = {chapter.number for chapter in written}
    if numbers is not None and (strange := sorted(set(numbers) - known)):
        raise ValueError(f"no chapter {', '.join(strange)} is written yet")
    return [c for c in written if numbers is None or c.number in numbers]


@dataclass(frozen=True)
class Question:
    """A definition from the glossary without its term, and the chapter that teaches the term."""

    term: str
    definition: str
    chapter: str


def glossary_questions(numbers: Collection[str] | None = None) -> list[Question]:
    """Return the glossary's definitions of these chapters as things that somebody looks for.

    Raises:
        ValueError: a number is none of a written chapter's.
    """
    found = []
    for chapter in _written(numbers):
        text = (chapter.folder / "glossary.toml").read_text(encoding="utf-8")
        entries: dict[str, Any] = tomllib.loads(text)
        found += [
            Question(e["term"], e["definition"], chapter.number)
            for e in entries.values()
        ]
    return found


def rank_of_chapter(ranking: list[str], wanted: str) -> int:
    """Return the place of the first section of the *wanted* chapter, from 1; 0 where none is.

    Args:
        ranking: the chapters of the sections that were found, the best first.
        wanted: a chapter's number.

    >>> rank_of_chapter(["09", "02", "02"], "02"), rank_of_chapter([], "02")
    (2, 0)
    """
    return ranking.index(wanted) + 1 if wanted in ranking else 0


def mean_reciprocal_rank(ranks: Collection[int]) -> float:
    """Return the mean of 1 / rank, where 0 stands for not found and counts 0.

    Raises:
        ValueError: there are no ranks, or one is negative.

    Source: Voorhees (1999), the measure of TREC's question answering track.

    >>> mean_reciprocal_rank([1, 2, 0])
    0.5
    """
    if not ranks or min(ranks) < 0:
        raise ValueError(
            "ranks are 1 or more, 0 for not found, and at least one is needed"
        )
    return sum(1 / rank for rank in ranks if rank) / len(ranks)
