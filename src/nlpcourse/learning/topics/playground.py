"""Search and topics in the page: the chapter's own BM25 and fold-in on the reader's words.

The page gets the prose of the course's own notebooks, and the counts of the stored topics; never
a post of the newsgroups.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nlpcourse.learning.topics.bags import words
from nlpcourse.learning.topics.bm25 import InvertedIndex, best, bm25, lucene_idf
from nlpcourse.learning.topics.book import Section, read_book
from nlpcourse.learning.topics.heldout import fold_in
from nlpcourse.learning.topics.lda import top_words
from nlpcourse.learning.topics.table import TopicTable, pack, unpack

TITLE = "Search this book, or ask what a text is about"
DESCRIPTION = (
    "Search: type what you look for, and see which word brings a section forward; turn the two "
    "dials and watch the order change. Topics: type a few sentences, and the model deals their "
    "words out over twenty topics that it found in newsgroups of 1993."
)
SEARCH, TOPICS = "search", "topics"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "what",
        "type": "select",
        "label": "What to do",
        "options": [
            (SEARCH, "search the sections of this book"),
            (TOPICS, "find the topics of my text"),
        ],
        "value": SEARCH,
    },
    {
        "name": "text",
        "type": "textarea",
        "label": "Your question or your text",
        "value": "Which words of a message give away spam, and how sure is the filter?",
        "maxlength": 1000,
    },
    {
        "name": "k1",
        "type": "range",
        "label": "Search: repeats count, k₁",
        "min": 0,
        "max": 5,
        "step": 0.25,
        "value": 1.5,
    },
    {
        "name": "b",
        "type": "range",
        "label": "Search: length counts, b",
        "min": 0,
        "max": 1,
        "step": 0.05,
        "value": 0.75,
    },
]

BOOK, TABLE = "topics-book.json", "topics-newsgroups.bin"
LEAST = 20
"""Words that the posts hold fewer times stay out of the page's model, to keep it small."""
FOUND, WORDS, COLUMNS = 5, 8, 5
"""Sections that are shown, words of the question that get a bar, and those that get a column."""
LONGEST = 30
"""Letters of a word that are quoted."""
STRONG, TOP = 5, 8
"""Topics that are shown, and words that name each."""


def _book() -> bytes:
    """Return the book's sections as JSON, as they stand when the page is built."""
    found = [[s.chapter, s.heading, s.text] for s in read_book()]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _table() -> bytes:
    """Return the stored topics without their rare words."""
    from nlpcourse.learning.topics.recipes import stored_topics

    return pack(stored_topics().pruned(LEAST))


RESOURCES = {BOOK: _book, TABLE: _table}


@lru_cache(maxsize=2)
def _library(
    packed: bytes,
) -> tuple[list[Section], InvertedIndex, dict[str, float]]:
    """Return the sections with their index and the weights of its words."""
    sections = [Section(*row) for row in json.loads(packed)]
    index = InvertedIndex([words(f"{s.heading} {s.text}") for s in sections])
    return sections, index, lucene_idf(index)


@lru_cache(maxsize=2)
def _model(
    packed: bytes,
) -> tuple[TopicTable, dict[str, int], list[list[float]], list[list[str]]]:
    """Return the topics, the numbers of their words, φ by word, and each topic's first words."""
    table = unpack(packed)
    shares = table.shares()
    number = {word: i for i, word in enumerate(table.words)}
    return table, number, shares, top_words(shares, table.words, TOP)


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Search the book for the reader's words, or find the topics of the reader's text.

    Args:
        inputs: ``what``, ``text``, ``k1`` and ``b``; see ``INPUTS``.
        resources: the book's sections, and the topics.
    """
    text = str(inputs.get("text", ""))
    if inputs.get("what", SEARCH) == TOPICS:
        return _topics(text, resources[TABLE])
    k1 = min(5.0, max(0.0, float(inputs.get("k1", 1.5))))
    b = min(1.0, max(0.0, float(inputs.get("b", 0.75))))
    return _search(text, k1, b, resources[BOOK])


def _said(text: str) -> dict[str, Any]:
    """Return one sentence as the whole answer."""
    return {"views": [{"kind": "text", "text": text}], "summary": text}


def _named(found: list[str], most: int = 12) -> str:
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    short = [
        w if len(w) <= LONGEST else w[: LONGEST - 1] + "…" for w in found[:most]
    ]
    return ", ".join(f"`{word}`" for word in short) + rest


# ── search ────────────────────────────────────────────────────────────────────────────────────────


def _search(text: str, k1: float, b: float, packed: bytes) -> dict[str, Any]:
    sections, index, idf = _library(packed)
    query = list(dict.fromkeys(words(text)))
    known = [word for word in query if word in idf]
    if not query:
        return _said("Type a few words, and the sections that hold them come up.")
    if not known:
        return _said(
            f"No section holds {_named(query)}. BM25 sees letters and no meaning: try the word "
            "that the book would use."
        )
    top = best(bm25(index, known, idf, k1, b), FOUND)
    parts = {word: bm25(index, [word], idf, k1, b) for word in known}
    strongest = sorted(known, key=lambda word: -idf[word])[:WORDS]
    first = sections[top[0][0]]
    helped = max(known, key=lambda word: parts[word].get(top[0][0], 0.0))
    verdict = (
        f"First comes “{first.heading}” of chapter {first.chapter}, mostly for "
        f"`{helped}`. {len(bm25(index, known, idf, k1, b))} of {len(sections)} sections hold a "
        "word of the question."
    )
    views: list[dict[str, Any]] = [
        {"kind": "text", "text": verdict},
        {
            "kind": "table",
            "title": "The best sections",
            "columns": ["place", "chapter", "section", "score", "words"],
            "rows": [
                [
                    place,
                    sections[i].chapter,
                    sections[i].heading,
                    round(score, 2),
                    index.lengths[i],
                ]
                for place, (i, score) in enumerate(top, start=1)
            ],
            "alt": "The best sections with their chapters, scores and lengths.",
        },
        _heat(top, parts, strongest[:COLUMNS]),
        {
            "kind": "text",
            "title": "From the first section",
            "text": _snippet(first, idf, known),
        },
        {
            "kind": "bars",
            "title": "What each word is worth: the rarer, the more",
            "unit": "idf",
            "items": [
                {
                    "label": f"`{word}`",
                    "value": round(idf[word], 3),
                    "note": f"in {len(index.postings[word])} sections",
                }
                for word in strongest
            ],
            "alt": "; ".join(f"{word} {idf[word]:.2f}" for word in strongest),
        },
    ]
    if missing := [word for word in query if word not in idf]:
        views.append(
            {
                "kind": "text",
                "text": f"In no section, so ignored: {_named(missing)}.",
            }
        )
    return {"views": views, "summary": verdict}


def _heat(
    top: list[tuple[int, float]],
    parts: Mapping[str, Mapping[int, float]],
    strongest: list[str],
) -> dict[str, Any]:
    rows = [str(place) for place in range(1, len(top) + 1)]
    values = [
        [round(parts[word].get(i, 0.0), 2) for word in strongest] for i, _ in top
    ]
    told = []
    for row, line in zip(rows, values, strict=True):
        shares = zip(strongest, line, strict=True)
        told.append(
            f"place {row}: " + ", ".join(f"{w} {v}" for w, v in shares if v)
        )
    return {
        "kind": "heatmap",
        "title": "Which word brought which place forward",
        "rows": rows,
        "columns": strongest,
        "values": values,
        "alt": "; ".join(told) + ".",
    }


def _snippet(section: Section, idf: Mapping[str, float], known: list[str]) -> str:
    """Return the sentence of a section whose words of the question weigh most."""
    sentences = [s.strip() for s in section.text.replace("? ", "?. ").split(". ")]

    def weight(sentence: str) -> float:
        return sum(idf[word] for word in set(words(sentence)) & set(known))

    found = max(sentences, key=weight)
    shown = found if len(found) <= 300 else found[:299] + "…"
    return f"“{shown.rstrip('.').replace('`', '')}{'' if shown.endswith('?') else '.'}”"


# ── topics ────────────────────────────────────────────────────────────────────────────────────────


def _topics(text: str, packed: bytes) -> dict[str, Any]:
    table, number, shares, named = _model(packed)
    document = words(text)
    known = [word for word in document if word in number]
    if not known:
        return _said(
            "The model knows none of these words. It has read posts about computers, sport, "
            "cars, science, politics and religion: write a sentence or two about one of those."
        )
    theta = fold_in([number[w] for w in known], shares, table.alpha)
    strong = sorted(range(len(theta)), key=lambda k: -theta[k])[:STRONG]
    colour = {k: place for place, k in enumerate(strong)}
    verdict = (
        f"Mostly about {', '.join(named[strong[0]][:4])}: that topic gets "
        f"{100 * theta[strong[0]]:.0f} % of the text, with {len(known)} of "
        f"{len(document)} words known to the model. The names are the topic's own first words; "
        "the model has no others."
    )
    tokens: list[dict[str, Any]] = []
    for word in document[:120]:
        token: dict[str, Any] = {"text": word, "label": ""}
        if word in number:
            joint = [
                t * p for t, p in zip(theta, shares[number[word]], strict=True)
            ]
            k = max(range(len(joint)), key=joint.__getitem__)
            token["label"] = f"{named[k][0]} {100 * joint[k] / sum(joint):.0f} %"
            if k in colour:
                token["group"] = colour[k]
        tokens.append(token)
    views: list[dict[str, Any]] = [
        {"kind": "text", "text": verdict},
        {
            "kind": "bars",
            "title": "Shares of the strongest topics",
            "unit": "%",
            "items": [
                {
                    "label": " ".join(named[k][:3]),
                    "value": round(100 * theta[k], 1),
                }
                for k in strong
            ],
            "alt": "; ".join(
                f"{' '.join(named[k][:3])} {100 * theta[k]:.0f} %" for k in strong
            ),
        },
        {
            "kind": "tokens",
            "title": "Each known word with its likeliest topic, given the whole text",
            "tokens": tokens,
            "alt": "The words of the text, each with the first word of its topic and how "
            "likely the topic is.",
        },
        {
            "kind": "table",
            "title": "The first words of these topics",
            "columns": ["share", "first words"],
            "rows": [
                [f"{100 * theta[k]:.0f} %", " ".join(named[k])] for k in strong
            ],
            "alt": "For each of the strongest topics its share and its first words.",
        },
    ]
    if unknown := [w for w in dict.fromkeys(document) if w not in number]:
        views.append(
            {
                "kind": "text",
                "text": "Left out, because they are stop words, too rare or too common in the "
                f"newsgroups: {_named(unknown)}.",
            }
        )
    return {"views": views, "summary": verdict}
