"""Neighbours of any word in the page, misspelt or made up, from its n-grams.

The standard library is enough: a vector is the mean of some rows of a table of bytes.
"""

from __future__ import annotations

import json
import math
import struct
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.neural.glove.subwords import buckets_of, ngrams

TITLE = "Who is near a word that nobody wrote?"
DESCRIPTION = (
    "Type any word, in small letters. The page cuts it into n-grams, takes the mean of their "
    "trained vectors and looks for the nearest of the most frequent words of Wikipedia articles. "
    "Beside them stands what spelling alone finds. "
    "Try `guitarrist`, `goverment`, `unbattleable` and `zzzz`; and a real word, `hurricanes`."
)
TABLE, WORDS = "subwords.bin", "subword-words.json"
KNOWN = 3_500
"""How many words the page can name as neighbours, the most frequent ones."""

INPUTS: list[dict[str, Any]] = [
    {
        "name": "word",
        "type": "text",
        "label": "A word",
        "value": "goverment",
        "maxlength": 40,
    },
    {
        "name": "top",
        "type": "range",
        "label": "How many to show",
        "min": 3,
        "max": 15,
        "step": 1,
        "value": 8,
    },
]


def _table() -> bytes:
    """Return the units of the known words and the buckets' vectors, each number in a byte."""
    import torch

    from nlpcourse.neural.glove.fasttext import pack
    from nlpcourse.neural.glove.recipes import load_subword_vectors

    vectors = load_subword_vectors()
    units, _ = pack(vectors.units[:KNOWN])
    codes, scale = pack(vectors.parts[len(vectors.words) :])
    return (
        units.numpy().tobytes()
        + codes.numpy().tobytes()
        + scale.to(torch.float16).numpy().astype("<f2").tobytes()
    )


def _words() -> bytes:
    from nlpcourse.neural.glove.recipes import CONFIG
    from nlpcourse.neural.word2vec.text import wikitext

    words = wikitext(CONFIG["least"]).vocabulary.words[:KNOWN]
    packed = {"words": words, "size": CONFIG["size"], "buckets": CONFIG["buckets"]}
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


RESOURCES = {TABLE: _table, WORDS: _words}


@lru_cache(maxsize=2)
def _unpack(table: bytes, packed: bytes) -> tuple[list[str], array[int], int, int]:
    about = json.loads(packed)
    size, buckets = about["size"], about["buckets"]
    ends = (len(about["words"]) + buckets) * size
    return about["words"], array("b", table[:ends]), size, buckets


def _vector(word: str, resources: Mapping[str, bytes]) -> list[float]:
    """Return the mean of the n-grams' vectors; of none, zeros."""
    words, codes, size, buckets = _unpack(resources[TABLE], resources[WORDS])
    total = [0.0] * size
    rows = buckets_of(word, buckets)
    for row in rows:
        start = (len(words) + row) * size
        scale = struct.unpack_from("<e", resources[TABLE], len(codes) + 2 * row)[0]
        for place in range(size):
            total[place] += scale * codes[start + place]
    return [value / max(1, len(rows)) for value in total]


def cosines(
    vector: Sequence[float], units: Sequence[int], words: int
) -> list[float]:
    """Return the cosine of a vector with each of *words* rows of whole numbers.

    >>> [round(value, 2) for value in cosines([1.0, 0.0], [3, 4, 0, 2], words=2)]
    [0.6, 0.0]
    """
    size, length = len(vector), math.hypot(*vector) or 1.0
    found = []
    for row in range(words):
        part = units[row * size : (row + 1) * size]
        product = sum(map(lambda x, y: x * y, vector, part))
        found.append(product / length / (math.hypot(*part) or 1.0))
    return found


@lru_cache(maxsize=2)
def _pieces(words: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(ngrams(word)) for word in words]


def spelt_alike(word: str, words: Sequence[str]) -> list[float]:
    """Return the cosine of a word's n-grams with those of each other word, untrained.

    >>> [round(value, 2) for value in spelt_alike("songz", ["songs", "the"])]
    [0.43, 0.0]
    """
    asked = frozenset(ngrams(word))
    return [
        len(asked & parts) / math.sqrt(len(asked) * len(parts) or 1)
        for parts in _pieces(tuple(words))
    ]


def _nearest(
    word: str, words: Sequence[str], values: Sequence[float], top: int
) -> list[tuple[str, float]]:
    order = sorted(range(len(words)), key=lambda k: -values[k])
    return [(words[k], values[k]) for k in order[: top + 1] if words[k] != word][
        :top
    ]


def _bars(title: str, near: Sequence[tuple[str, float]]) -> dict[str, Any]:
    named = ", ".join(f"{name} {value:.2f}" for name, value in near)
    return {
        "kind": "bars",
        "title": title,
        "unit": "cosine",
        "items": [
            {"label": name, "value": round(value, 3)} for name, value in near
        ],
        "alt": f"{title}: {named}.",
    }


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Show a word's n-grams and its neighbours.

    Args:
        inputs: ``word`` and ``top``; see ``INPUTS``.
        resources: the packed table and words.
    """
    asked = str(inputs.get("word", "")).lower().split()
    top = max(1, min(50, int(inputs.get("top", 8))))
    if len(asked) != 1:
        return _say("Type one word, without spaces: `goverment`, say.")
    word = asked[0][:40]
    words, codes, *_ = _unpack(resources[TABLE], resources[WORDS])
    parts = ngrams(word)
    if not parts:
        return _say(f"`{word}` is too short for an n-gram of three characters.")
    trained = cosines(_vector(word, resources), codes, len(words))
    best = _nearest(word, words, trained, top)
    spelt = _nearest(word, words, spelt_alike(word, words), top)
    spelt = [(name, value) for name, value in spelt if value]
    if word in words:
        note = f"`{word}` is one of the {len(words):,} most frequent words."
    else:
        note = f"`{word}` is none of the {len(words):,} most frequent words."
    note += (
        f" Its vector is the mean of {len(parts)} n-grams. These were trained on two million "
        "words, which is little, and every word gets neighbours with high cosines, even `zzzz`: "
        "believe those that spelling or sense confirm."
    )
    named = ", ".join(f"{name} {value:.2f}" for name, value in best)
    views = [
        {"kind": "text", "text": note},
        {
            "kind": "tokens",
            "title": "N-grams",
            "tokens": [{"text": part} for part in parts],
            "alt": "The n-grams: " + ", ".join(parts) + ".",
        },
        _bars(f"Nearest to {word}, trained", best),
    ]
    if spelt:
        views.append(_bars(f"Nearest to {word}, by spelling alone", spelt))
    first = (
        f"by spelling alone the first is {spelt[0][0]}"
        if spelt
        else "no known word is spelt alike"
    )
    return {
        "views": views,
        "summary": f"The nearest neighbours of {word} are {named}; {first}.",
    }


def _say(text: str) -> dict[str, Any]:
    return {
        "views": [{"kind": "text", "text": text}],
        "summary": text.replace("`", ""),
    }
