"""The playground of chapter 01: the reader's own text as bytes, characters, counts and curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.text.python_for_text.characters import described, graphemes
from nlpcourse.text.python_for_text.counting import (
    count,
    growth,
    hapax_share,
    ranked,
    words,
)
from nlpcourse.text.python_for_text.encodings import utf8
from nlpcourse.text.python_for_text.lines import log_log_line
from nlpcourse.text.python_for_text.powerlaw import fit_exponent

TITLE = "Your text, from bytes to a law"
DESCRIPTION = (
    "Put your own text in. See the bytes behind its characters, what becomes of them when they are "
    "read in the wrong encoding, and how its words are spread: by rank, and as the text goes on."
)
LONGEST = 50_000  # characters that are read
SHOWN = 40  # characters whose bytes are shown
READ_AGAIN = 200  # characters of the misread text that are shown
TOP = 10  # ranks that are shown
TENTHS = 10
FEW = 30  # types below which no exponent is shown
READINGS = {
    "latin-1": "Latin-1",
    "cp1252": "Windows-1252",
    "ascii": "ASCII",
    "utf-8": "UTF-8",
}
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your text",
        "value": "Naïve café 👩🏽‍🚀 It was the best of times, it was the worst of times, it was "
        "the age of wisdom, it was the age of foolishness, it was the epoch of belief, it was the "
        "epoch of incredulity, it was the season of Light, it was the season of Darkness, it was "
        "the spring of hope, it was the winter of despair, we had everything before us, we had "
        "nothing before us, we were all going direct to Heaven, we were all going direct the "
        "other way.",
    },
    {
        "name": "reading",
        "type": "select",
        "label": "Read its UTF-8 bytes as",
        "options": list(READINGS.items()),
        "value": "latin-1",
    },
]

View = dict[str, Any]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Take the reader's text apart; return bytes, misreading, ranks, growth and exponents.

    >>> run({"text": "é é a"}, {})["summary"]
    '5 characters, 5 code points, 7 bytes in UTF-8; 3 words, 2 of them different.'
    """
    text = str(inputs.get("text", ""))[:LONGEST]
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not text:
        message = "Type something, and its bytes and its words will be counted."
        return {"views": [{"kind": "text", "text": message}], "summary": message}

    reading = str(inputs.get("reading", "latin-1"))
    reading = reading if reading in READINGS else "latin-1"
    clusters, tokens = graphemes(text), words(text)
    counts = count(tokens)
    summary = (
        f"{len(clusters):,} characters, {len(text):,} code points, {len(utf8(text)):,} bytes in "
        f"UTF-8; {len(tokens):,} words, {len(counts):,} of them different."
    )
    views: list[View] = [
        {"kind": "text", "text": summary},
        _bytes(clusters),
        _misread(text, reading),
    ]
    if tokens:
        views += [_ranks(counts), _growth(tokens), _exponents(counts)]
    else:
        views.append(
            {
                "kind": "text",
                "text": "There is no word in it yet: a word here is a run of letters.",
            }
        )
    return {"views": views, "summary": summary}


def _bytes(clusters: Sequence[str]) -> View:
    """Show the first characters, each over its bytes; several code points in one get a colour."""
    tokens: list[View] = []
    for cluster in clusters[:SHOWN]:
        token: View = {"text": cluster[:12], "label": utf8(cluster[:12]).hex(" ")}
        if len(cluster) > 1:
            token["group"] = len(cluster)
        tokens.append(token)
    if len(clusters) > SHOWN:
        tokens.append({"text": "…"})
    several = next((c for c in clusters if len(c) > 1), "")
    parts = "; ".join(described(part) for part in several[:6])
    named = (
        f" The first of several code points is made of {parts}." if parts else ""
    )
    return {
        "kind": "tokens",
        "title": "Characters, and their bytes in hexadecimal",
        "tokens": tokens,
        "alt": f"The first {min(len(clusters), SHOWN)} characters with their bytes.{named}",
    }


def _misread(text: str, reading: str) -> View:
    """Show what the bytes of the text say when they are read in another encoding."""
    shown = text[:READ_AGAIN]
    again = utf8(shown).decode(reading, errors="replace")
    name = READINGS[reading]
    visible = "".join(c if c.isprintable() or c == "\n" else "·" for c in again)
    if again == shown:
        same = (
            "UTF-8" if reading == "utf-8" else f"{name} too, for they are all ASCII"
        )
        note = f"Read as {same}: the text comes back unharmed."
    else:
        note = f"Read as {name}: {visible.replace('`', 'ˋ')}"
        note += "…" if len(text) > READ_AGAIN else ""
    return {"kind": "text", "title": "The same bytes, read again", "text": note}


def _ranks(counts: Mapping[str, int]) -> View:
    """Show the most frequent words beside what the first count and Zipf's law promise them."""
    rows = ranked(counts)[:TOP]
    first = rows[0][2]
    return {
        "kind": "bars",
        "title": "The most frequent words, and what Zipf's law with exponent 1 expects",
        "items": [
            {
                "label": f"{rank} `{word[:20]}`",
                "value": n,
                "note": f"{first} / {rank} = {first / rank:.1f}",
            }
            for rank, word, n in rows
        ],
        "unit": "occurrences",
        "alt": "Counts by rank: "
        + ", ".join(f"{rank} {word} {n}" for rank, word, n in rows),
    }


def _growth(tokens: Sequence[str]) -> View:
    """Show how many different words there are after each tenth of the text."""
    sizes = sorted(
        {math.ceil(len(tokens) * k / TENTHS) for k in range(1, TENTHS + 1)}
    )
    types = growth(tokens, sizes)
    return {
        "kind": "bars",
        "title": "Different words as the text goes on: Heaps' curve",
        "items": [
            {"label": f"{size:,} word{'s' * (size > 1)}", "value": n}
            for size, n in zip(sizes, types, strict=True)
        ],
        "unit": "different words",
        "alt": "Growth: "
        + ", ".join(f"{n} after {s}" for s, n in zip(sizes, types, strict=True)),
    }


def _exponents(counts: Mapping[str, int]) -> View:
    """Say which exponents the line and maximum likelihood find, if there is enough to fit."""
    once = f"{hapax_share(counts):.0%}".replace("%", " %")
    said = f"Of the different words, {once} occur once."
    ordered = sorted(counts.values(), reverse=True)
    if len(ordered) < FEW or ordered[0] < 3:
        said += f" For an exponent the text is too short: it needs {FEW} different words and one "
        said += "that comes three times."
    else:
        line = log_log_line(range(1, len(ordered) + 1), ordered)
        alpha = fit_exponent(ordered)
        said += (
            f" The line through all ranks falls with exponent {-line.exponent:.2f}; maximum "
            f"likelihood on the counts finds {alpha:.2f}, which is {1 / (alpha - 1):.2f} for the "
            "ranks. A short text settles neither: add more and watch both move."
        )
    return {"kind": "text", "title": "The exponent", "text": said}
