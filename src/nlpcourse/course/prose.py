"""What stands between a notebook's text and its reader: numbers, cards, tables.

Chapters quote numbers by name (``{ledger}`11.movie-accuracy```, ``{published}`09.penn```,
``{glue}`02-ratio```) and ask for generated blocks (``{chapter-card}``).  The same expansion serves
the book's page and the learner's copy, so both show the same figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from nlpcourse.course import chapters, ledger, published

_ROLE = re.compile(
    r"\{(ledger(?:-anchor|-spread|-seeds|-seconds|-what)?|published|glue)\}`([^`]+)`"
)
_CARD = re.compile(
    r"^(`{3,}|:{3,})\{chapter-card\} *(\w+)[ \t]*\n(?:.*\n)*?\1[ \t]*$",
    re.MULTILINE,
)


def glossary_files() -> list[Path]:
    """Return the files of terms, one of each written chapter."""
    return [chapter.folder / "glossary.toml" for chapter in chapters.written()]


class ProseError(ValueError):
    """The prose asks for something that is not there."""


def quotes_ledger(text: str) -> bool:
    """Return whether a text asks for a number of the ledger, or for a published one.

    >>> quotes_ledger("It is {ledger}`11.movie-accuracy`."), quotes_ledger("It is small.")
    (True, False)
    """
    return any(match.group(1) != "glue" for match in _ROLE.finditer(text))


def ledger_text(role: str, identifier: str) -> str:
    """Return what a role shows that quotes the ledger or a published figure.

    Raises:
        LedgerError: no such record.
        PublishedError: no such figure.
        ProseError: the record has no anchor although one is asked for.
    """
    if role == "published":
        return published.get(identifier).value
    entry = ledger.get(identifier)
    if role == "ledger":
        return entry.text()
    if role == "ledger-spread":
        return entry.spread_text()
    if role == "ledger-seeds":
        return str(len(entry.seeds))
    if role == "ledger-seconds":
        return f"{entry.seconds:.0f} s"
    if entry.anchor is None:
        raise ProseError(
            f"record {identifier!r} has no anchor, and {role} asks for it"
        )
    return entry.anchor_what if role == "ledger-what" else entry.text(entry.anchor)


def chapter_card(number: str, link: Callable[[chapters.Chapter], str]) -> str:
    """Return the block below a chapter's title: prerequisites, measured time and memory.

    Args:
        number: the chapter's number.
        link: turns a written chapter into a Markdown link.
    """
    chapter = chapters.get(number)
    needed = [chapters.get(p) for p in chapter.prerequisites]
    texts = [link(c) if c.written else f"{c.title} (planned)" for c in needed]
    cost = ledger.cost(chapter.number)
    before = ", ".join(["Python", *texts])
    return (
        f"**Before you start:** {before}.\n"
        f"**Measured:** {cost.seconds:.0f} s and {cost.memory_mb / 1000:.1f} GB "
        "on one core, data at hand."
    )


def expand(
    text: str,
    glued: Mapping[str, str],
    link: Callable[[chapters.Chapter], str],
    frame: Callable[[str], str] = lambda block: block,
) -> str:
    """Replace roles and cards in a Markdown text.

    Args:
        text: one Markdown cell or page.
        glued: texts by glue name, from the notebook's stored outputs.
        link: how to link to a chapter.
        frame: wraps the chapter card, for instance in a directive that gives it a look.

    Raises:
        ProseError: a glued number is missing.
        LedgerError: a record is missing.
        PublishedError: a published figure is missing.
    """

    def role(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind != "glue":
            return ledger_text(kind, name)
        if name not in glued:
            raise ProseError(
                f"nothing is glued as {name!r}; the notebook has {', '.join(glued) or 'none'}"
            )
        return glued[name]

    text = _CARD.sub(lambda m: frame(chapter_card(m.group(2), link)), text)
    return _ROLE.sub(role, text)
