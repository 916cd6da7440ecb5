"""The CRF in the page: the marginals of the reader's sentence, and what a pinned tag changes.

The page gets the stored models' larger weights; the sums are the chapter's own, from `chain`.  The
standard library alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlpcourse.learning.crf import chain
from nlpcourse.learning.crf.clues import clues
from nlpcourse.learning.crf.stored import SmallCRF, read
from nlpcourse.text.tokenization.words import words as cut

TITLE = "How sure is it, word by word?"
DESCRIPTION = (
    "Type a sentence and see the probability of every tag at every word, given the whole "
    "sentence. Then pin a word to a tag and watch the doubt move at its neighbours. Try a "
    "sentence that leads up the garden path."
)
CLASSES, NAMES = "classes", "names"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "model",
        "type": "select",
        "label": "Trained on",
        "options": [
            (CLASSES, "printed English: word classes"),
            (NAMES, "tweets: names and their types"),
        ],
        "value": CLASSES,
    },
    {
        "name": "text",
        "type": "textarea",
        "label": "Your sentence",
        "value": "The complex houses married soldiers.",
        "maxlength": 300,
    },
    {
        "name": "pins",
        "type": "text",
        "label": "Pin words to tags (such as: houses=verb)",
        "value": "",
        "maxlength": 120,
    },
]
RESOURCE = {CLASSES: "crf-classes.bin", NAMES: "crf-names.bin"}
FILE = {CLASSES: "coarse-crf.bin", NAMES: "tweets-crf.bin"}
LONGEST, SHOWN, PUSHES = 40, 8, 10
"""Words, rows of the heat map and clues at most."""
LEAST = 0.02
"""A tag that nowhere gets this much has no row."""

View = dict[str, Any]


def _bytes(model: str) -> bytes:
    from nlpcourse.course.paths import data_dir

    folder: Path = data_dir() / "chapters" / "17_crf"
    return (folder / FILE[model]).read_bytes()


RESOURCES = {
    RESOURCE[CLASSES]: lambda: _bytes(CLASSES),
    RESOURCE[NAMES]: lambda: _bytes(NAMES),
}


@lru_cache(maxsize=4)
def _read(packed: bytes) -> SmallCRF:
    return read(packed)


def quoted(text: str) -> str:
    """Return *text* between the marks of code.

    >>> quoted("man")
    '`man`'
    """
    return "`" + text.replace("`", "ˋ") + "`"


def read_pins(
    text: str, words: Sequence[str], tags: Sequence[str]
) -> tuple[dict[int, int], list[str]]:
    """Return the pinned places with their tags' numbers, and a sentence for each pin without sense.

    >>> read_pins("Man=verb, x", ["old", "man"], ["noun", "verb"])
    ({1: 1}, ['`x` is no pin: write a word, = and a tag.'])
    """
    pins: dict[int, int] = {}
    told = []
    small = {tag.lower(): i for i, tag in enumerate(tags)}
    for part in filter(None, map(str.strip, text.split(","))):
        word, equals, tag = (piece.strip() for piece in part.rpartition("="))
        places = [i for i, w in enumerate(words) if w.lower() == word.lower()]
        if not equals or not word:
            told.append(f"{quoted(part)} is no pin: write a word, = and a tag.")
        elif not places:
            told.append(f"Your sentence has no word {quoted(word)} to pin.")
        elif tag.lower() not in small:
            told.append(
                f"There is no tag {quoted(tag)}; the tags are {', '.join(tags)}."
            )
        else:
            pins.update(dict.fromkeys(places, small[tag.lower()]))
    return pins, told


def pinned(
    emissions: Sequence[Sequence[float]], pins: Mapping[int, int]
) -> list[list[float]]:
    """Return the scores with every other tag of a pinned word forbidden.

    >>> pinned([[1.0, 2.0]], {0: 0})
    [[1.0, -inf]]
    """
    return [
        [s if pins.get(i, y) == y else -math.inf for y, s in enumerate(row)]
        for i, row in enumerate(emissions)
    ]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Return the marginals of the reader's sentence, with and without pins."""
    text = str(inputs.get("text", ""))[:2000]
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    words = cut(text)[:LONGEST]
    if not words:
        told = "There is no word to tag yet. Type a sentence, such as: Time flies like an arrow."
        return {"views": [{"kind": "text", "text": told}], "summary": told}
    name = inputs.get("model", CLASSES)
    model = _read(resources[RESOURCE.get(str(name), RESOURCE[CLASSES])])
    pins, told_pins = read_pins(str(inputs.get("pins") or ""), words, model.tags)
    found = clues(words)
    free = model.emissions(found)
    scores = pinned(free, pins)
    shares = chain.marginals(scores, model.steps)
    path = chain.viterbi(scores, model.steps)
    log_p = chain.path_score(scores, model.steps, path)
    p = math.exp(log_p - chain.log_partition(scores, model.steps))
    views: list[View] = [_tokens(words, path, shares, model)]
    if told_pins:
        views.append({"kind": "text", "text": " ".join(told_pins)})
    said = _said(words, path, p, shares, model, pins)
    if pins:
        said += " " + _moved(words, free, scores, model, pins)
    views += [{"kind": "text", "text": said}, _heat(words, shares, model)]
    loose = [i for i in range(len(words)) if i not in pins]
    if loose:
        doubtful = min(loose, key=lambda i: max(shares[i]))
        views += _opened(doubtful, words, found, shares, model)
    return {"views": views, "summary": said}


def _tokens(
    words: Sequence[str],
    path: Sequence[int],
    shares: Sequence[Sequence[float]],
    model: SmallCRF,
) -> View:
    tokens = [
        {"text": word, "label": f"{model.tags[y]} {100 * row[y]:.0f}", "group": y}
        for word, y, row in zip(words, path, shares, strict=True)
    ]
    for token, y in zip(tokens, path, strict=True):
        if model.tags[y] in ("O", "mark"):
            del token["group"]
    told = (f"{w} {model.tags[y]}" for w, y in zip(words, path, strict=True))
    return {
        "kind": "tokens",
        "title": "The best path, and each tag's probability in per cent",
        "tokens": tokens,
        "alt": "; ".join(told),
    }


def _said(
    words: Sequence[str],
    path: Sequence[int],
    p: float,
    shares: Sequence[Sequence[float]],
    model: SmallCRF,
    pins: Mapping[int, int],
) -> str:
    loose = [i for i in range(len(words)) if i not in pins]
    under = "Under your pins the" if pins else "The"
    whole = f"{under} best path has a probability of {100 * p:.1f} per cent."
    if not loose:
        return whole + " Every word is pinned."
    i = min(loose, key=lambda i: max(shares[i]))
    ranked = sorted(range(len(model.tags)), key=lambda y: -shares[i][y])
    parts = [f"{model.tags[y]} {100 * shares[i][y]:.0f}" for y in ranked[:3]]
    return f"{whole} The most doubtful word is {quoted(words[i])}: {', '.join(parts)} per cent."


def _moved(
    words: Sequence[str],
    free: Sequence[Sequence[float]],
    scores: Sequence[Sequence[float]],
    model: SmallCRF,
    pins: Mapping[int, int],
) -> str:
    """Say which other words' tags the pins changed."""
    before = chain.viterbi(free, model.steps)
    after = chain.viterbi(scores, model.steps)
    changed = [
        f"{quoted(words[i])} from {model.tags[a]} to {model.tags[b]}"
        for i, (a, b) in enumerate(zip(before, after, strict=True))
        if a != b and i not in pins
    ]
    if not changed:
        return "No other word changed its tag."
    return f"The pins changed {', '.join(changed)}."


def _heat(
    words: Sequence[str], shares: Sequence[Sequence[float]], model: SmallCRF
) -> View:
    most = [max(row[y] for row in shares) for y in range(len(model.tags))]
    ranked = sorted(range(len(model.tags)), key=lambda y: -most[y])
    rows = sorted(y for y in ranked[:SHOWN] if most[y] >= LEAST)
    return {
        "kind": "heatmap",
        "title": "P(tag | the whole sentence), in per cent",
        "rows": [model.tags[y] for y in rows],
        "columns": [quoted(word) for word in words],
        "values": [[round(100 * row[y]) for row in shares] for y in rows],
        "alt": "For every word, the probability of each tag that gets two per cent somewhere.",
    }


def _opened(
    i: int,
    words: Sequence[str],
    found: Sequence[Sequence[str]],
    shares: Sequence[Sequence[float]],
    model: SmallCRF,
) -> list[View]:
    """Return the clues that push the most doubtful word one way or the other."""
    ranked = sorted(range(len(model.tags)), key=lambda y: -shares[i][y])
    first, second = ranked[0], ranked[1]
    items = []
    for clue in dict.fromkeys(found[i]):
        row = model.weights.get(clue, {})
        push = row.get(first, 0.0) - row.get(second, 0.0)
        if push:
            items.append({"label": quoted(clue), "value": round(push, 2)})
    items.sort(key=lambda item: -abs(float(str(item["value"]))))
    one, other = model.tags[first], model.tags[second]
    if not items:
        return []
    return [
        {
            "kind": "bars",
            "title": f"What pushes {quoted(words[i])} to {one} (right) or {other} (left)",
            "unit": "difference of weights",
            "items": items[:PUSHES],
            "alt": "; ".join(f"{x['label']} {x['value']}" for x in items[:PUSHES]),
        }
    ]
