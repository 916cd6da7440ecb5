"""Playground of chapter 05: names found by a list and by rules, on the reader's own text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.text.entities.gazetteer import build_tree, find_names
from nlpcourse.text.entities.rules import fire, merge
from nlpcourse.text.entities.spans import SCHEMES, Entity, write_tags
from nlpcourse.text.tokenization.words import words as split_words

TITLE = "Highlight the names"
DESCRIPTION = (
    "Names of your list are found by the longest match, and rules add what capitals and "
    "neighbouring words betray. Below stands the tag of each word, in the scheme that you choose."
)
INPUTS = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your text",
        "value": "Dr Jane Doe reads the New York Times in New York, near the Empire State "
        "Building. new york is big. Will may call you in May.",
    },
    {
        "name": "names",
        "type": "textarea",
        "label": "Your list: a name, =, its type",
        "value": "New York = geo-loc\nNew York Times = company\nMay = person",
    },
    {
        "name": "scheme",
        "type": "select",
        "label": "Tags",
        "options": list(SCHEMES),
        "value": "IOB2",
    },
]

MOST_WORDS = 120
MOST_NAMES = 200
KNOWN = ["person", "geo-loc", "facility", "company"]

View = dict[str, Any]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Show the entities of the text, where each comes from, and the tags.

    >>> result = run({"text": "I like Oslo", "names": "Oslo = city"}, {})
    >>> result["views"][1]["rows"]
    [['Oslo', 'city', 'your list']]
    """
    found_words = split_words(_clean(inputs.get("text", "")))
    if not found_words:
        message = "Type a sentence with a name in it, such as `Ann lives in Oslo`."
        return {"views": [{"kind": "text", "text": message}], "summary": message}
    words = found_words[:MOST_WORDS]
    names, unread = read_list(_clean(inputs.get("names", "")))
    listed = find_names(build_tree(names), words)
    rule_of = {entity: rule.name for entity, rule in fire(words)}
    entities = merge(listed, list(rule_of))
    scheme = str(inputs.get("scheme", ""))
    tags = write_tags(entities, len(words), scheme if scheme in SCHEMES else "IOB2")
    source = {e: rule_of.get(e, "") for e in entities} | {
        e: "your list" for e in listed
    }
    summary = _summary(words, entities, listed)
    views = [
        _highlighted(words, entities, tags),
        _table(words, source),
        {"kind": "text", "text": summary},
    ]
    if unread:
        views.append({"kind": "text", "text": unread})
    if len(found_words) > MOST_WORDS:
        views.append(
            {"kind": "text", "text": f"The first {MOST_WORDS} words were read."}
        )
    return {"views": views, "summary": summary}


def _clean(value: object) -> str:
    """Return a text that can be shown: lone surrogates become a mark."""
    return str(value or "").encode("utf-8", "replace").decode("utf-8")


def read_list(text: str) -> tuple[dict[str, str], str]:
    """Return the reader's names with their types, and a sentence about a line that is none.

    >>> read_list("Oslo = city")
    ({'Oslo': 'city'}, '')
    """
    names: dict[str, str] = {}
    unread = ""
    for line in text.splitlines()[:MOST_NAMES]:
        name, _, kind = (part.strip() for part in line.rpartition("="))
        words = " ".join(split_words(name))
        kind = re.sub(r"\s+", "-", kind).strip("-")
        if words and kind:
            names[words] = kind
        elif line.strip() and not unread:
            unread = (
                f"I could not read `{line.strip()[:40].replace('`', '')}`. "
                "Write a name, an equals sign and a type, such as `Oslo = city`."
            )
    return names, unread


def _group(kind: str) -> int:
    return KNOWN.index(kind) if kind in KNOWN else 4 + sum(map(ord, kind)) % 4


def _highlighted(
    words: Sequence[str], entities: Sequence[Entity], tags: Sequence[str]
) -> View:
    """Show every word; the words of an entity have a colour and carry their tags."""
    kinds = {i: e.kind for e in entities for i in range(e.start, e.end)}
    tokens = [
        {"text": word, "label": tag, "group": _group(kinds[i])}
        if i in kinds
        else {"text": word}
        for i, (word, tag) in enumerate(zip(words, tags, strict=True))
    ]
    told = "; ".join(f"{_text(words, e)}, {e.kind}" for e in entities)
    return {
        "kind": "tokens",
        "title": "Every word that shows no tag has the tag `O`",
        "tokens": tokens,
        "alt": f"Entities: {told or 'none'}",
    }


def _text(words: Sequence[str], entity: Entity) -> str:
    return " ".join(words[entity.start : entity.end])


def _table(words: Sequence[str], source: Mapping[Entity, str]) -> View:
    rows = [
        [
            _text(words, e),
            e.kind,
            where if where == "your list" else f"rule: {where}",
        ]
        for e, where in sorted(source.items())
    ]
    return {
        "kind": "table",
        "title": "Who found it",
        "columns": ["entity", "type", "found by"],
        "rows": rows or [["none", "", ""]],
        "alt": "; ".join(", ".join(row) for row in rows) or "No entity was found.",
    }


def _summary(
    words: Sequence[str], entities: Sequence[Entity], listed: Sequence[Entity]
) -> str:
    """Say how many there are, and which of the list stand there in small letters."""
    n, of_list = len(entities), len(listed)
    if not n:
        return (
            "No name was found. Add one to your list, or write one with a capital "
            "after `in`."
        )
    told = f"{n} entit{'y' if n == 1 else 'ies'}: {of_list} by your list, {n - of_list} by rules."
    small = list(dict.fromkeys(_text(words, e).replace("`", "") for e in listed))
    small = [f"`{name}`" for name in small if name.islower()]
    if small:
        told += f" The list also took {', '.join(small[:4])}, written small;"
        told += " look whether each is a name here."
    return told
