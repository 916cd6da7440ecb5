"""Two small networks read the reader's sentence: one had labels, one had a teacher.

Both are chapter 24's network of the same sizes. The encoder that taught the second one is far too
large for a page; what it knew about films is in the small one's weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from nlpcourse.page.models import Call, Steps, Tensor
from nlpcourse.statistics.naive_bayes.features import words

TITLE = "Taught by labels, taught by a network"
DESCRIPTION = (
    "Two networks of the same size read your sentence about a film. The first learnt from "
    "512 labelled sentences. The second never saw a label of its own: it learnt from what the "
    "fine-tuned encoder says of 2,000 sentences. Raise the temperature to soften both "
    "answers, as a teacher's are softened for a student."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your sentence",
        "value": "A warm and funny film that never bores.",
        "maxlength": 300,
    },
    {
        "name": "temperature",
        "type": "range",
        "label": "Temperature",
        "min": 1,
        "max": 8,
        "step": 1,
        "value": 1,
    },
]
MODELS_BY_NAME = {
    "taught by labels": "transfer-labels.onnx",
    "taught by the encoder": "transfer-student.onnx",
}
RESOURCE = "transfer-words.json"
LONGEST = 48
"""Words of the sentence that are read, the first ones."""

UNKNOWN = 1


def _exported(name: str) -> bytes:
    """Return a trained small network as ONNX: words (1, T) → logits (1, 2)."""
    import torch

    from nlpcourse.page.export import to_onnx
    from nlpcourse.transformers.transfer.recipes import load_student
    from nlpcourse.transformers.transfer.student import Reader

    example = {"words": torch.tensor([[20, 300, 4000, 5, 77]])}
    reader = Reader(load_student(name)).eval()
    return to_onnx(reader, example, ["logits"], {"words": {1: "time"}})


def _labels() -> bytes:
    from nlpcourse.transformers.transfer.recipes import LABELLED_STUDENT

    return _exported(LABELLED_STUDENT)


def _student() -> bytes:
    from nlpcourse.transformers.transfer.recipes import STUDENT

    return _exported(STUDENT)


def _vocabulary() -> bytes:
    """Return the words that both networks know, in order, as JSON."""
    from nlpcourse.transformers.transfer.recipes import CNN
    from nlpcourse.transformers.transfer.student import vocabulary_of

    known = vocabulary_of("films", CNN["least"]).numbers
    return json.dumps(" ".join(known), ensure_ascii=False).encode()


MODELS = {"transfer-labels.onnx": _labels, "transfer-student.onnx": _student}
RESOURCES = {RESOURCE: _vocabulary}


def shares(logits: list[float], temperature: float) -> list[float]:
    """Return probabilities at a temperature.

    >>> shares([2.0, 2.0], 3.0)
    [0.5, 0.5]
    """
    highest = max(logits)
    parts = [math.exp((value - highest) / temperature) for value in logits]
    return [part / math.fsum(parts) for part in parts]


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Ask both networks about the reader's sentence.

    Args:
        inputs: ``text`` and ``temperature``; see ``INPUTS``.
        resources: the vocabulary.

    Yields:
        one call for each network.
    """
    text = str(inputs.get("text", "")).encode(errors="replace").decode()
    sentence = words(text)[:LONGEST]
    if not sentence:
        note = "Type a sentence about a film. Would one word do?"
        return {"views": [{"kind": "text", "text": note}], "summary": note}
    temperature = max(1.0, float(inputs.get("temperature", 1)))
    known = json.loads(resources[RESOURCE]).split(" ")
    numbers = {word: number for number, word in enumerate(known, UNKNOWN + 1)}
    encoded = [numbers.get(word, UNKNOWN) for word in sentence]
    good = {}
    for name, model in MODELS_BY_NAME.items():
        outputs = yield Call(
            model, {"words": Tensor("int64", [1, len(encoded)], encoded)}
        )
        good[name] = 100 * shares(outputs["logits"].row(0), temperature)[1]
    said = [f"{name}: good with {value:.0f} %" for name, value in good.items()]
    views: list[dict[str, Any]] = [
        {
            "kind": "bars",
            "title": "How probable is it that people rate this sentence above zero?",
            "alt": "; ".join(said) + ".",
            "items": [{"label": n, "value": v} for n, v in good.items()],
            "unit": "%",
        },
        {
            "kind": "tokens",
            "title": "What they read; words outside the vocabulary are marked",
            "alt": "The words of your sentence, unknown ones marked",
            "tokens": [
                {"text": word, "group": int(number == UNKNOWN)}
                for word, number in zip(sentence, encoded, strict=True)
            ],
        },
    ]
    return {"views": views, "summary": f"{'; '.join(said)}. Either may be wrong."}
