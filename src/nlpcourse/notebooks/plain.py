"""MyST turned into the plain Markdown that JupyterLab reads."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nlpcourse.course.references import citation


def plain_markdown(
    text: str, titles: Mapping[str, str] | None = None, page: str = ""
) -> str:
    """Turn MyST that JupyterLab does not read into plain Markdown.

    Args:
        text: one Markdown cell.
        titles: the titles behind the labels that the text may point at.
        page: the address of the chapter's page in the book, linked where a playground stands.

    >>> plain_markdown("(chapter-02)=\\n# Title\\nA {term}`token <tokens>` and {term}`word`.")
    '# Title\\nA *token* and *word*.'
    >>> plain_markdown("As in {ref}`unknown-09`.", {"unknown-09": "The unknown word"})
    'As in “The unknown word”.'
    >>> plain_markdown("{cite:t}`chen-goodman-1999` compare them.")
    'Chen and Goodman (1999) compare them.'
    """
    where = f"[page of this chapter]({page})" if page else "page of this chapter"
    text = re.sub(r"^\([\w.-]+\)=[ \t]*\n", "", text, flags=re.MULTILINE)
    text = _PLAYGROUND.sub(
        f"*The {where} in the book has a playground here.*", text
    )
    text = _BLOCK.sub(_plain_block, text)
    text = re.sub(r"\{term\}`([^`<]+?)(?: *<[^`>]*>)?`", r"*\1*", text)
    text = re.sub(
        r"\{(?:ref|doc|numref)\}`(?:([^`<]+?) *<[^`>]*>|([^`]+))`",
        lambda m: m[1] or _title(m[2], titles or {}),
        text,
    )
    text = re.sub(
        r"\{cite(:\w+)?\}`([^`]+)`", lambda m: citation(m[2], m[1] == ":t"), text
    )
    return re.sub(r"\{(?:eq|math)\}`([^`]+)`", r"$\1$", text)


def _title(label: str, titles: Mapping[str, str]) -> str:
    """Return the title behind a label, in quotation marks."""
    if label not in titles:
        raise KeyError(
            f"nothing that a reader of the copy has is labelled {label!r}"
        )
    return f"“{titles[label]}”"


_PLAYGROUND = re.compile(
    r"^(`{3,}|:{3,})\{playground\} *\S+[ \t]*\n(?:.*\n)*?\1[ \t]*$", re.MULTILINE
)
_BLOCK = re.compile(
    r"^(`{3,}|:{3,})\{(\w+)\} *(.*)\n((?:.*\n)*?)\1[ \t]*$", re.MULTILINE
)


def _plain_block(match: re.Match[str]) -> str:
    _, kind, title, body = match.groups()
    body = re.sub(r"^:[\w-]+:.*\n", "", body, flags=re.MULTILINE).strip("\n")
    if kind == "math":
        return f"$$\n{body}\n$$"
    heading = title or kind.capitalize()
    quoted = "\n".join(f"> {line}" for line in body.splitlines())
    return f"> **{heading}**\n>\n{quoted}"
