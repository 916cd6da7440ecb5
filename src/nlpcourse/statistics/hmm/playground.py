"""The trellis in the page: every tag at every word, and the best path through them.

The page gets counts of words and tags, never the texts; the model is made from the counts by the
chapter's own functions.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.statistics.hmm.model import (
    Column,
    HiddenMarkovModel,
    TagCounts,
    count,
    estimate,
)
from nlpcourse.statistics.hmm.scaling import scaled_backward, scaled_forward
from nlpcourse.statistics.hmm.tagging import (
    COARSE,
    SuffixGuesser,
    coarse_tag,
    train,
)
from nlpcourse.statistics.hmm.viterbi import Cell, trellis

TITLE = "Walk through the trellis"
DESCRIPTION = (
    "Type a sentence. Every word gets a column with its possible tags, each with the best way to "
    "it; the path is then read from right to left. Try a word that means two things, or one that "
    "nobody has ever used."
)
BROWN, FISH = "brown", "fish"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "model",
        "type": "select",
        "label": "Learnt from",
        "options": [
            (BROWN, "the Brown corpus"),
            (FISH, "the five sentences of the chapter"),
        ],
        "value": BROWN,
    },
    {
        "name": "unknown",
        "type": "select",
        "label": "Words never seen",
        "options": [("ending", "guess by their ending"), ("no", "no guess")],
        "value": "ending",
    },
    {
        "name": "text",
        "type": "text",
        "label": "Your sentence",
        "value": "People who watch fish book a flight to the blorkness.",
        "maxlength": 200,
    },
]
LONGEST = 16
"""Words that are shown; a wider trellis cannot be read."""

LEAST = 3
"""Words that Brown holds fewer times stay out of the page, to keep it small."""

FISH_TEXT = [
    [("people", "N"), ("fish", "V")],
    [("fish", "N"), ("swim", "V")],
    [("people", "N"), ("watch", "V"), ("fish", "N"), ("tanks", "N")],
    [("watch", "V"), ("fish", "N"), ("swim", "V")],
    [("go", "V"), ("fish", "V")],
]
"""The five sentences with which the chapter begins."""

RESOURCE = "hmm-brown.json"


def _brown_counts() -> bytes:
    from nlpcourse import corpora

    sentences = corpora.brown()
    return _pack(
        count([(w.lower(), coarse_tag(tag)) for w, tag in s] for s in sentences)
    )


def _pack(counts: TagCounts, least: int = LEAST) -> bytes:
    """Return counts as JSON: tags by number, and for each word its pairs of tag and count."""
    tags = sorted(counts.tags)
    number = {tag: i for i, tag in enumerate(tags)}
    words = {
        word: [n for tag, m in sorted(by_tag.items()) for n in (number[tag], m)]
        for word, by_tag in sorted(counts.words.items())
        if by_tag.total() >= least
    }
    packed = {
        "tags": tags,
        "first": [counts.first[tag] for tag in tags],
        "pairs": [[counts.pairs.get(a, Counter())[b] for b in tags] for a in tags],
        "words": words,
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


RESOURCES = {RESOURCE: _brown_counts}


@lru_cache(maxsize=2)
def unpack(packed: bytes) -> TagCounts:
    """Return the counts that :func:`_pack` wrote.

    >>> unpack(_pack(count(FISH_TEXT), 1)).words["fish"]
    Counter({'N': 3, 'V': 2})
    """
    found = json.loads(packed)
    tags = found["tags"]
    return TagCounts(
        Counter(dict(zip(tags, found["first"], strict=True))),
        {
            a: Counter(dict(zip(tags, row, strict=True)))
            for a, row in zip(tags, found["pairs"], strict=True)
        },
        {
            word: Counter(
                {tags[t]: n for t, n in zip(pairs[::2], pairs[1::2], strict=True)}
            )
            for word, pairs in found["words"].items()
        },
    )


@lru_cache(maxsize=4)
def _model(packed: bytes, guess: bool) -> HiddenMarkovModel:
    counts = unpack(packed) if packed else count(FISH_TEXT)
    suffixes = SuffixGuesser.of(counts) if guess else None
    if packed:
        return train(counts, suffixes)
    plain = estimate(counts)
    return HiddenMarkovModel(
        plain.start, plain.transition, plain.emission, suffixes
    )


def cut(text: str) -> list[str]:
    """Cut a text into words and marks, in lower case.

    >>> cut("I can't fish, can I?")
    ['i', "can't", 'fish', ',', 'can', 'i', '?']
    """
    return re.findall(r"\w+(?:['’-]\w+)*|[^\w\s]", text.lower())


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Fill the trellis for the reader's sentence.

    Args:
        inputs: ``model``, ``unknown`` and ``text``; see ``INPUTS``.
        resources: the packed counts of the Brown corpus.
    """
    packed = resources[RESOURCE] if inputs.get("model") != FISH else b""
    guess = inputs.get("unknown") != "no"
    model = _model(packed, guess)
    words = cut(str(inputs.get("text", "")))
    left_out = len(words) - LONGEST
    words = words[:LONGEST]
    if not words:
        said = "Type a few words: a path needs a place to begin."
        return {"views": [{"kind": "text", "text": said}], "summary": said}
    columns = trellis(model, words)
    views: list[dict[str, Any]] = []
    stuck = next((k for k, c in enumerate(columns) if not _alive(c)), None)
    if stuck is not None:
        said = _stuck(words, stuck, model, guess)
        views += [{"kind": "text", "text": said}]
        if stuck:
            views.append(_steps(model, words[:stuck], columns[:stuck], []))
        return {"views": views, "summary": said}
    path = _path(columns)
    new = [w for w in dict.fromkeys(words) if w not in model.emission]
    said = "The best path: " + ", ".join(
        f"`{w}` {t}" for w, t in zip(words, path, strict=True)
    )
    notes = []
    if new:
        notes.append(
            f"Guessed by the ending alone: {', '.join(f'`{w}`' for w in new)}."
        )
    if left_out > 0:
        notes.append(
            f"A trellis of more than {LONGEST} words cannot be read, so the last "
            f"{left_out} are left out."
        )
    views += [
        _tokens(words, path, model),
        *({"kind": "text", "text": note} for note in notes),
        _heat(model, words),
        _steps(model, words, columns, path),
    ]
    return {"views": views, "summary": said + "."}


def _alive(column: Mapping[str, Cell]) -> bool:
    return any(cell.score > -math.inf for cell in column.values())


def _stuck(
    words: Sequence[str], place: int, model: HiddenMarkovModel, guess: bool
) -> str:
    """Say why no path goes on."""
    word = words[place]
    if not model.emits(word):
        return (
            f"`{word}` was never seen, so no tag emits it and every path ends here. Let "
            "the model guess by the ending."
        )
    before = f"after `{words[place - 1]}`" if place else "at the beginning"
    hint = " Learn from the Brown corpus instead." if guess else ""
    return (
        f"None of the tags of `{word}` was ever seen {before}: with five sentences and no "
        f"smoothing, that is a probability of 0, and every path ends here.{hint}"
    )


def _path(columns: Sequence[dict[str, Cell]]) -> list[str]:
    state: str | None = max(columns[-1], key=lambda s: columns[-1][s].score)
    path = []
    for column in reversed(columns):
        assert state is not None
        path.append(state)
        state = column[state].before
    return path[::-1]


def _group(model: HiddenMarkovModel, tag: str) -> int:
    order = [*COARSE, "other"] if "noun" in model.start else model.states
    return order.index(tag)


def _tokens(
    words: Sequence[str], path: Sequence[str], model: HiddenMarkovModel
) -> dict[str, Any]:
    return {
        "kind": "tokens",
        "title": "The best path",
        "tokens": [
            {"text": word, "label": tag, "group": _group(model, tag)}
            for word, tag in zip(words, path, strict=True)
        ],
        "alt": "Every word with the tag that the best path gives it.",
    }


def _posteriors(model: HiddenMarkovModel, words: Sequence[str]) -> list[Column]:
    alpha, scales = scaled_forward(model, words)
    beta = scaled_backward(model, words, scales)
    return [{s: a[s] * b[s] for s in a} for a, b in zip(alpha, beta, strict=True)]


def _heat(model: HiddenMarkovModel, words: Sequence[str]) -> dict[str, Any]:
    found = _posteriors(model, words)
    rows = [
        s
        for s in model.states
        if any(column.get(s, 0) >= 0.005 for column in found)
    ]
    rows.sort(key=lambda s: _group(model, s))
    return {
        "kind": "heatmap",
        "title": "How sure is it? All paths together, in per cent at each word",
        "rows": rows,
        "columns": list(words),
        "values": [
            [round(100 * column.get(s, 0.0)) for column in found] for s in rows
        ],
        "alt": "; ".join(
            f"{word}: "
            + ", ".join(
                f"{s} {100 * p:.0f} per cent"
                for s, p in sorted(column.items(), key=lambda kv: -kv[1])[:2]
                if p >= 0.005
            )
            for word, column in zip(words, found, strict=True)
        ),
    }


def _steps(
    model: HiddenMarkovModel,
    words: Sequence[str],
    columns: Sequence[dict[str, Cell]],
    path: Sequence[str],
) -> dict[str, Any]:
    """Return one step a column: the cells, the best first."""
    steps = []
    for place, (word, column) in enumerate(zip(words, columns, strict=True)):
        cells = sorted(column.items(), key=lambda item: -item[1].score)[:6]
        rows = []
        for tag, cell in cells:
            chosen = bool(path) and path[place] == tag
            rows.append(
                [
                    f"{tag} ◄" if chosen else tag,
                    cell.before or "the start",
                    _power(
                        math.log10(p)
                        if (p := model.emits(word)[tag])
                        else -math.inf
                    ),
                    _power(cell.score / math.log(10)),
                ]
            )
        columns_of = ["tag", "from", "says it", "best path"]
        steps.append(
            {
                "caption": f"Word {place + 1}: `{word}`",
                "views": [
                    {
                        "kind": "table",
                        "columns": columns_of,
                        "rows": rows,
                        "alt": f"The cells of the column of {word}, the best first.",
                    }
                ],
            }
        )
    return {
        "kind": "steps",
        "title": "The trellis, column by column; ◄ marks the best path",
        "steps": steps,
        "alt": "For each word its possible tags, and the best way to each.",
    }


def _power(log10: float) -> str:
    """Write a probability, or a number that stands for one, with two digits.

    >>> _power(-5.5), _power(-math.inf)
    ('3.2e-06', '0')
    """
    if log10 == -math.inf:
        return "0"
    exponent = math.floor(log10)
    return f"{10 ** (log10 - exponent):.1f}e{exponent:+03d}"
