"""Sources and labels in words, for copies that are read outside the book."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from nlpcourse.course import chapters
from nlpcourse.course.paths import data_dir

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),[ \t]*\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*[{\"](.*?)[}\"],?[ \t]*$", re.MULTILINE)
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304",
    "u": "\u0306", ".": "\u0307", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328",
    "r": "\u030a",
}  # fmt: skip
_LETTERS = {
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ss": "ß",
    "ae": "æ",
    "aa": "å",
    "i": "i",
}


def plain_tex(text: str) -> str:
    r"""Return a field of a bibliography without TeX's braces and accents.

    >>> plain_tex(r"M{\"u}ller and Ho\v{c}evar"), plain_tex(r"{OpenAI}"), plain_tex(r"S{\o}gaard")
    ('Müller and Hočevar', 'OpenAI', 'Søgaard')
    """

    def accent(match: re.Match[str]) -> str:
        letter = match[2].replace("\\i", "i")
        return unicodedata.normalize("NFC", letter + _ACCENTS[match[1]])

    text = re.sub(r"\\([`'^~\"=.uHvckr])\s*\{?(\\i|\w)\}?", accent, text)
    text = re.sub(r"\\(ss|ae|aa|[oOlLi])\b\s*", lambda m: _LETTERS[m[1]], text)
    return re.sub(r"\\([&%$#_])", r"\1", text).replace("{", "").replace("}", "")


def _families(authors: str) -> list[str]:
    """Return the family names of ``Family, Given and Given Family and {A Group}``."""
    found = []
    for author in re.split(r"\s+and\s+", authors):
        group = author.startswith("{") and author.endswith("}")
        name = plain_tex(author)
        found.append(
            name
            if group
            else name.split(",")[0]
            if "," in name
            else name.split()[-1]
        )
    return found


@lru_cache(maxsize=1)
def sources() -> Mapping[str, tuple[str, str]]:
    """Return every source of the course by key: who, and the year.

    >>> sources()["chen-goodman-1999"]
    ('Chen and Goodman', '1999')
    """
    found = {}
    for path in sorted((data_dir() / "chapters").glob("*/references.bib")):
        for key, body in _ENTRY.findall(path.read_text(encoding="utf-8")):
            fields = dict(_FIELD.findall(body))
            names = _families(fields.get("author") or fields.get("editor") or key)
            who = (
                " and ".join(names) if len(names) < 3 else f"{names[0]} and others"
            )
            found[key] = (who, plain_tex(fields.get("year", "")))
    return found


def citation(keys: str, in_text: bool) -> str:
    """Return citations in words.

    Args:
        keys: one key or several, with commas between them.
        in_text: True for ``Chen and Goodman (1999)``, False for ``(Chen and Goodman, 1999)``.

    >>> citation("chen-goodman-1999", True), citation("kneser-ney-1995, chen-goodman-1999", False)
    ('Chen and Goodman (1999)', '(Kneser and Ney, 1995; Chen and Goodman, 1999)')

    Raises:
        KeyError: no chapter's bibliography has such a key.
    """
    known = sources()
    spelt = []
    for key in re.split(r",\s*", keys):
        if key not in known:
            raise KeyError(f"no bibliography in data/chapters has the key {key!r}")
        who, year = known[key]
        spelt.append(
            f"{who} ({year})"
            if in_text and year
            else ", ".join(filter(None, (who, year)))
        )
    return ", ".join(spelt) if in_text else f"({'; '.join(spelt)})"


def labels(text: str) -> dict[str, str]:
    """Return the labels of a page in MyST with the titles that follow them.

    >>> labels("(unknown-09)=\\n## The unknown word\\ntext")
    {'unknown-09': 'The unknown word'}
    """
    return dict(
        re.findall(
            r"^\(([\w.-]+)\)=[ \t]*\n+#+ (.+?)[ \t]*$", text, flags=re.MULTILINE
        )
    )


def page_address(chapter: chapters.Chapter, base: str) -> str:
    """Return the address of a chapter's page below the book's *base*.

    >>> page_address(chapters.get("02"), "https://example.org/book/")
    'https://example.org/book/notebooks/02_tokenization.html'
    """
    return f"{base.rstrip('/')}/notebooks/{chapter.stem}.html"
