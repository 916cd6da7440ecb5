"""N-gram models in the page: the reader's sentence word by word, and a book that writes.

The page gets each book as numbers of words, and counts them itself with the chapter's own
functions, for any order that the reader asks for.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.statistics.ngrams.counts import (
    UNKNOWN,
    Followers,
    count_followers,
    mask,
    split_words,
)
from nlpcourse.statistics.ngrams.sampling import longest_copy, sample
from nlpcourse.statistics.ngrams.smoothing import KneserNey

TITLE = "What comes next, says the book"
DESCRIPTION = (
    "A model that has read one book judges your sentence word by word, and then goes on "
    "writing by itself. Swap two words, take a word that the book can't know, change the "
    "length of its memory, and watch the perplexity."
)
ALICE, EMMA = "alice", "emma"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "book",
        "type": "select",
        "label": "The book it has read",
        "options": [
            (ALICE, "Alice's Adventures in Wonderland (Carroll)"),
            (EMMA, "Emma (Austen; takes some seconds)"),
        ],
        "value": ALICE,
    },
    {
        "name": "order",
        "type": "select",
        "label": "It looks at",
        "options": [
            ("2", "one word before (bigrams)"),
            ("3", "two words before (trigrams)"),
            ("4", "three words before (4-grams)"),
        ],
        "value": "3",
    },
    {
        "name": "sentence",
        "type": "textarea",
        "label": "Your sentence",
        "value": "The Queen said the cat was late for the computer.",
        "maxlength": 300,
    },
    {
        "name": "start",
        "type": "text",
        "label": "Let it write, beginning with",
        "value": "the mock turtle",
        "maxlength": 80,
    },
    {
        "name": "seed",
        "type": "range",
        "label": "Roll of the dice",
        "min": 0,
        "max": 20,
        "step": 1,
        "value": 1,
    },
]

NAMES = {ALICE: "carroll-alice", EMMA: "austen-emma"}
RESOURCE = {book: f"ngrams-{book}.json" for book in NAMES}
DISCOUNT = 0.75
"""What the models take off every count."""

WRITTEN = 40
"""Words that the model adds to the reader's."""

MOST_WORDS = 60
"""Words of the reader's sentence that are judged."""


def _pack(words: Sequence[str]) -> bytes:
    """Return a text as JSON: its words from frequent to rare, and their numbers in order.

    >>> _pack(["a", "b", "a"])
    b'{"words":"a b","text":"0 1 0"}'
    """
    by_rank = [word for word, _ in Counter(words).most_common()]
    numbers = {word: str(i) for i, word in enumerate(by_rank)}
    packed = {
        "words": " ".join(by_rank),
        "text": " ".join(numbers[word] for word in words),
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


def _alice() -> bytes:
    return _book(ALICE)


def _emma() -> bytes:
    return _book(EMMA)


def _book(book: str) -> bytes:
    from nlpcourse import corpora

    return _pack(split_words(corpora.gutenberg()[NAMES[book]]))


RESOURCES = {RESOURCE[ALICE]: _alice, RESOURCE[EMMA]: _emma}


@lru_cache(maxsize=2)
def unpack(packed: bytes) -> list[str]:
    """Return the words that :func:`_pack` wrote, in order.

    >>> unpack(_pack(["a", "b", "a"]))
    ['a', 'b', 'a']
    """
    found = json.loads(packed)
    words = found["words"].split(" ")
    return [words[int(number)] for number in found["text"].split(" ")]


@lru_cache(maxsize=2)
def _model(packed: bytes, order: int) -> tuple[KneserNey, Followers]:
    """Return the model of a book, and what plainly followed its contexts."""
    words = unpack(packed)
    followers = count_followers([words], order)
    return KneserNey(followers, {*words, UNKNOWN}, DISCOUNT), followers


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Judge the reader's sentence and write on from the reader's words.

    Args:
        inputs: ``book``, ``order``, ``sentence``, ``start`` and ``seed``; see ``INPUTS``.
        resources: the packed books.
    """
    book = str(inputs.get("book", ALICE))
    packed = resources[RESOURCE.get(book, RESOURCE[ALICE])]
    order = min(4, max(2, int(inputs.get("order", 3))))
    model, plain = _model(packed, order)
    words = split_words(str(inputs.get("sentence", "")))[:MOST_WORDS]
    if words:
        views, summary = _judged(model, plain, words)
    else:
        views = [
            {"kind": "text", "text": "Type a sentence, and it is judged here."}
        ]
        summary = "There is no sentence to judge."
    start = split_words(str(inputs.get("start", "")))
    seed = int(float(inputs.get("seed", 1)))
    views += _written(model, unpack(packed), start, seed)
    return {"views": views, "summary": summary}


def _judged(
    model: KneserNey, plain: Followers, words: list[str]
) -> tuple[list[dict[str, Any]], str]:
    """Return the views of a sentence: every word's probability and what it rests on."""
    known = mask(words, model.vocabulary)
    rows: list[list[Any]] = []
    items: list[dict[str, Any]] = []
    bits: list[float] = []
    for i, word in enumerate(known):
        context = known[max(0, i - model.order + 1) : i]
        p = model.probability(word, context)
        bits.append(-math.log2(p))
        based = _evidence(plain, word, context)
        rows.append([f"`{words[i]}`", _share(p), round(bits[-1], 2), based])
        items.append({"label": f"`{words[i]}`", "value": round(bits[-1], 2)})
    mean = math.fsum(bits) / len(bits)
    hardest = words[max(range(len(bits)), key=bits.__getitem__)]
    summary = (
        f"Perplexity {2**mean:,.0f}: on average {mean:.1f} bits a word, as unsure as when "
        f"it had to pick among {2**mean:,.0f} equally likely words. The hardest word "
        f"was `{hardest}`."
    )
    strange = sorted({w for w in words if w not in model.vocabulary})
    views: list[dict[str, Any]] = [
        {
            "kind": "bars",
            "title": "How much each word surprises the model",
            "unit": "bits",
            "items": items,
            "alt": "; ".join(
                f"{i['label'].strip('`')} {i['value']}" for i in items
            ),
        }
    ]
    views.append(
        {
            "kind": "table",
            "title": "What each probability rests on",
            "columns": [
                "word",
                "probability",
                "bits",
                "longest evidence in the book",
            ],
            "rows": rows,
            "alt": "For every word its probability, its surprise in bits, and the longest "
            "context after which the book has it.",
        }
    )
    if strange:
        named = ", ".join(f"`{word}`" for word in strange)
        views.append(
            {
                "kind": "text",
                "text": f"The book does not have {named}. The model reads `{UNKNOWN}` "
                "there, a sign to which it keeps a small probability.",
            }
        )
    return views, summary.replace("`", "")


def _evidence(plain: Followers, word: str, context: Sequence[str]) -> str:
    """Say in words after which longest part of the context the book has the word.

    >>> plain = count_followers([["a", "b"]], 2)
    >>> _evidence(plain, "b", ["a"]), _evidence(plain, "a", ["b"])
    ('1 of 1 times after `a`', '1 of 2 words of the book')
    """
    for start in range(len(context) + 1):
        before = tuple(context[start:])
        seen = plain.get(before)
        if seen and seen[word]:
            if not before:
                return f"{seen[word]:,} of {seen.total():,} words of the book"
            times = f"{seen[word]:,} of {seen.total():,} times"
            return f"{times} after `{' '.join(before)}`"
    return "not in the book"


def _share(p: float) -> str:
    """Return a probability as a share that a reader can picture.

    >>> _share(0.25), _share(0.0004)
    ('25.0 %', '1 in 2,500')
    """
    return f"{100 * p:.1f} %" if p >= 0.01 else f"1 in {1 / p:,.0f}"


def _written(
    model: KneserNey, book: Sequence[str], start: list[str], seed: int
) -> list[dict[str, Any]]:
    """Return the views of a text that the model writes."""
    text = sample(model, start, WRITTEN, seed, never={UNKNOWN})
    copied = longest_copy(text[len(start) :], book)
    tokens = [
        {"text": word, **({"group": 0} if i < len(start) else {})}
        for i, word in enumerate(text)
    ]
    return [
        {
            "kind": "tokens",
            "title": f"It writes on: your words, then {WRITTEN} of its own",
            "tokens": tokens,
            "alt": " ".join(text),
        },
        {
            "kind": "text",
            "text": f"The longest stretch that stands word for word in the book has "
            f"{len(copied)} words: `{' '.join(copied)}`. A longer memory copies more.",
        },
    ]
