"""Chapter 32 in the page: cut spans out of the reader's text, and let the model fill them again."""

from __future__ import annotations

import json
import random
from collections.abc import Generator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.page.models import Call, Outputs, Tensor
from nlpcourse.transformers.t5.corruption import corrupt, fill, random_spans
from nlpcourse.transformers.t5.vocabulary import END, PAD, Vocabulary

TITLE = "Cut it out, fill it in"
DESCRIPTION = (
    "Type a sentence. Spans of it are cut out and sentinels put in their place: that is what the "
    "encoder reads. The chapter's small pre-trained T5 then writes what it takes for the missing "
    "pieces. You can also write <extra_id_0> yourself where you want it to write."
)
MODEL = "t5-filling.onnx"
RESOURCE = "t5-filling.json"
LONGEST_TEXT, LONGEST_ANSWER = 60, 40  # tokens
SPANS = 10  # that fit into a readable table

INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your text",
        "value": "And he said unto them, Go ye into the house, and there shall a man meet you.",
        "maxlength": 400,
    },
    {
        "name": "rate",
        "type": "range",
        "label": "Cut out, in per cent",
        "min": 5,
        "max": 60,
        "step": 5,
        "value": 15,
    },
    {
        "name": "span",
        "type": "range",
        "label": "Mean length of a span",
        "min": 1,
        "max": 8,
        "step": 1,
        "value": 3,
    },
    {
        "name": "draw",
        "type": "range",
        "label": "Draw other spans",
        "min": 1,
        "max": 20,
        "step": 1,
        "value": 1,
    },
]

View = dict[str, Any]
Result = dict[str, Any]


def _merges() -> bytes:
    """Return the merges of the vocabulary as pairs of piece ids."""
    from nlpcourse.transformers.t5 import recipes

    _, vocabulary, _ = recipes.load(recipes.PRETRAINED)
    return json.dumps(vocabulary.merges, separators=(",", ":")).encode()


def _model() -> bytes:
    """Return the pre-trained model: what follows a source and the answer so far."""
    import torch

    from nlpcourse.page.export import to_onnx
    from nlpcourse.transformers.t5 import recipes
    from nlpcourse.transformers.t5.teaching import NextToken

    model, _, _ = recipes.load(recipes.PRETRAINED)
    return to_onnx(
        NextToken(model),
        {
            "source": torch.tensor([[5, 6, 7, END], [8, 9, 10, END]]),
            "written": torch.tensor([[PAD, 7, 8], [PAD, 9, 10]]),
        },
        ["scores"],
        dynamic={
            "source": {0: "rows", 1: "tokens"},
            "written": {0: "rows", 1: "answer"},
        },
    )


RESOURCES = {RESOURCE: _merges}
MODELS = {MODEL: _model}


@lru_cache(maxsize=2)
def unpack(packed: bytes) -> Vocabulary:
    """Return the vocabulary of the page."""
    return Vocabulary(json.loads(packed))


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> Generator[Call, Outputs, Result]:
    """Corrupt the reader's text, fill it again, and show both beside each other."""
    vocabulary = unpack(resources[RESOURCE])
    text = str(inputs.get("text", "")).encode(errors="replace").decode()
    try:
        numbers = vocabulary.encode(text)
    except ValueError as error:
        return _said(f"In your text: {error}.")
    if complaint := _complaint(numbers):
        return _said(complaint)
    own = any(map(vocabulary.is_sentinel, numbers))
    source: list[int] = numbers
    target: list[int] = []
    if not own:
        source, target = _cut(numbers, inputs, vocabulary)
    written = yield from _write([*source, END], vocabulary)
    marks = [vocabulary.sentinel(k) for k in range(vocabulary.sentinels)]
    asked = [n for n in source if vocabulary.is_sentinel(n)]
    table = [
        [
            vocabulary.pieces([mark])[0],
            _text(vocabulary, fill([mark], target, marks)) if target else "(yours)",
            _text(
                vocabulary, [n for n in fill([mark], written, marks) if n != mark]
            )
            or "(nothing)",
        ]
        for mark in asked
    ]
    filled = _text(vocabulary, fill(source, written, marks))
    return _result(source, target, written, table, filled, vocabulary)


def _complaint(numbers: Sequence[int]) -> str:
    """Return what is wrong with a text, or nothing."""
    if len(numbers) < 2:
        return (
            "Type a sentence of a few words; then something can be cut out of it."
        )
    if len(numbers) > LONGEST_TEXT:
        return (
            f"Your text has {len(numbers)} pieces; this page takes at most {LONGEST_TEXT}, "
            "which is about three lines. Shorten it a little."
        )
    return ""


def _said(text: str) -> Result:
    return {"views": [{"kind": "text", "text": text}], "summary": text}


def _cut(
    numbers: list[int], inputs: Mapping[str, Any], vocabulary: Vocabulary
) -> tuple[list[int], list[int]]:
    """Return input and target for the reader's rate, span length and draw."""
    rate = min(max(float(inputs.get("rate", 15)), 1), 90) / 100
    span = max(float(inputs.get("span", 3)), 1, len(numbers) * rate / SPANS)
    chance = random.Random(f"{inputs.get('draw', 1)}")
    spans = random_spans(len(numbers), chance, rate, span)
    return corrupt(numbers, spans, vocabulary.sentinel)


def _write(
    source: list[int], vocabulary: Vocabulary
) -> Generator[Call, Outputs, list[int]]:
    """Ask the model for one token after the other, the likeliest each time."""
    written = [PAD]
    while len(written) <= LONGEST_ANSWER:
        outputs = yield Call(
            MODEL,
            {
                "source": Tensor("int64", [1, len(source)], source),
                "written": Tensor("int64", [1, len(written)], written),
            },
        )
        scores = outputs["scores"].data
        best = max(range(len(scores)), key=scores.__getitem__)
        if best == END:
            break
        written.append(best)
    return written[1:]


def _result(
    source: list[int],
    target: list[int],
    written: list[int],
    table: list[list[str]],
    filled: str,
    vocabulary: Vocabulary,
) -> Result:
    views: list[View] = [_chips("The encoder reads", source, vocabulary)]
    if target:
        views.append(_chips("The decoder should write", target, vocabulary))
    views.append(_chips("The model writes", written, vocabulary))
    views.append(
        {
            "kind": "table",
            "title": "Span by span",
            "columns": ["in the place of", "was cut out", "the model writes"],
            "rows": table,
            "alt": "For every sentinel what was cut out and what the model puts there.",
        }
    )
    views.append({"kind": "text", "text": f"Filled again: {filled}"})
    right = sum(row[1] == row[2] for row in table)
    if target:
        summary = (
            f"Spans restored to the letter: {right} of {len(table)}. "
            "What differs may still be good English, and often is not."
        )
    else:
        summary = f"Filled again: {filled}"
    return {"views": views, "summary": summary}


def _text(vocabulary: Vocabulary, numbers: Sequence[int]) -> str:
    """Return the text of tokens; a dot stands for a part of a character."""
    return vocabulary.decode(numbers).replace("\ufffd", "·")


def _chips(title: str, numbers: Sequence[int], vocabulary: Vocabulary) -> View:
    """Return tokens as chips, a colour for each sentinel and what follows it in an answer."""
    chips: list[dict[str, Any]] = []
    for number, piece in zip(numbers, vocabulary.pieces(numbers), strict=True):
        chip: dict[str, Any] = {"text": piece.replace("\ufffd", "·")}
        if vocabulary.is_sentinel(number):
            chip["group"] = len(vocabulary) - 1 - number
        chips.append(chip)
    return {
        "kind": "tokens",
        "title": title,
        "tokens": chips,
        "alt": f"{title}: {_text(vocabulary, numbers)}",
    }
