"""The classifier as five frameworks and fastText trained it, in the page, side by side.

The page gets all six as one ONNX file: what each learnt from its framework's own initial weights,
with its framework's own Adam. What a network does with a question is the same in all; only what
it was given to begin with, and how it stepped, is not.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.page.models import Call, Result, Steps, Tensor
from nlpcourse.statistics.naive_bayes.features import words

TITLE = "One question, six programs"
DESCRIPTION = (
    "Ask a question, and see what kind of answer each program thinks you want. They read the same "
    "training questions in the same order, and each began with its own framework's weights."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "text",
        "label": "Your question",
        "value": "What was the name of the first Russian astronaut to do a spacewalk?",
        "maxlength": 200,
    },
]
MODEL, RESOURCE = "frameworks.onnx", "frameworks.json"
PROGRAMS = (
    "PyTorch",
    "Keras on TensorFlow",
    "Keras on PyTorch",
    "AllenNLP",
    "spaCy",
    "fastText",
)
KINDS = {
    "ABBR": "an abbreviation",
    "DESC": "a description",
    "ENTY": "a thing",
    "HUM": "a person",
    "LOC": "a place",
    "NUM": "a number",
}
LONGEST, UNKNOWN = 40, 1


def _model() -> bytes:
    """Return the six trained classifiers as one ONNX network."""
    import torch
    from safetensors.torch import load_file
    from torch import nn

    from nlpcourse.course import chapters
    from nlpcourse.page.export import to_onnx

    stored = load_file(chapters.get("27").folder / "own-weights.safetensors")
    kept = {name: array.float() for name, array in stored.items()}
    neural = [name for name in PROGRAMS if name != "fastText"]

    def stacked(number: int) -> torch.Tensor:
        return torch.stack([kept[f"{name}.{number}"] for name in neural])

    class Together(nn.Module):
        """All six on one question without padding, (1, time) → scores (1, 6, classes)."""

        def __init__(self) -> None:
            super().__init__()
            tables = [kept[f"{name}.0"] for name in PROGRAMS]
            self.table = nn.Parameter(torch.cat(tables, dim=1))  # (words, 6 · size)
            self.known = nn.Parameter(kept["fastText.3"])
            self.end = nn.Parameter(kept["fastText.2"])
            self.labels = nn.Parameter(kept["fastText.1"])
            self.hidden = nn.Parameter(stacked(1))  # (programs, size, hidden)
            self.hidden_bias = nn.Parameter(stacked(2))
            self.out = nn.Parameter(stacked(3))
            self.out_bias = nn.Parameter(stacked(4))

        def forward(self, numbers: torch.Tensor) -> torch.Tensor:
            size = self.end.shape[1]
            vectors = self.table[numbers[0]]  # (time, 6 · size)
            mean = vectors[:, :-size].mean(dim=0).reshape(len(neural), 1, size)
            hidden = torch.relu(mean @ self.hidden + self.hidden_bias[:, None])
            scores = (hidden @ self.out + self.out_bias[:, None])[:, 0]
            count = self.known[numbers[0]].sum() + 1
            own = (vectors[:, -size:].sum(dim=0, keepdim=True) + self.end) / count
            return torch.cat([scores, own @ self.labels.T])[None]

    example = {"words": torch.tensor([[5, 6, 7, 8]])}
    return to_onnx(Together().eval(), example, ["scores"], {"words": {1: "time"}})


def _tables() -> bytes:
    """Return the vocabulary as JSON."""
    from nlpcourse.neural.frameworks.task import trec

    packed = {"vocabulary": " ".join(trec().vocabulary.numbers)}
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


MODELS = {MODEL: _model}
RESOURCES = {RESOURCE: _tables}


def probabilities(scores: Sequence[float]) -> list[float]:
    """Return the softmax of scores.

    >>> probabilities([0.0, 0.0])
    [0.5, 0.5]
    """
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Yield one call to the network; return what each program says."""
    question = words(str(inputs.get("text", "")))[:LONGEST]
    if not question:
        text = "Ask a question, at least one word."
        return {"views": [{"kind": "text", "text": text}], "summary": text}
    vocabulary = json.loads(resources[RESOURCE])["vocabulary"].split(" ")
    numbers = {word: number for number, word in enumerate(vocabulary, UNKNOWN + 1)}
    encoded = [numbers.get(word, UNKNOWN) for word in question]
    outputs = yield Call(
        MODEL, {"words": Tensor("int64", [1, len(encoded)], encoded)}
    )
    found = list(outputs["scores"].data)
    rows = [
        probabilities(found[k : k + len(KINDS)])
        for k in range(0, len(found), len(KINDS))
    ]
    unseen = [w for w, n in zip(question, encoded, strict=True) if n == UNKNOWN]
    return _views(rows, unseen)


def _views(rows: Sequence[Sequence[float]], unseen: Sequence[str]) -> Result:
    """Return the views of one question: a verdict in words, and all probabilities."""
    kinds = list(KINDS)
    said = [kinds[row.index(max(row))] for row in rows]
    most = max(kinds, key=said.count)
    others = [
        f"{name} asks for {KINDS[kind]}"
        for name, kind in zip(PROGRAMS, said, strict=True)
        if kind != most
    ]
    told = f"{said.count(most)} of {len(said)} programs think that you want {KINDS[most]}"
    told += f"; {', '.join(others)}." if others else "."
    if unseen:
        listed = ", ".join(f"`{word}`" for word in dict.fromkeys(unseen))
        told += f" Not in their vocabulary: {listed}."
    heat = {
        "kind": "heatmap",
        "title": "How probable each program thinks each kind of answer, in per cent",
        "rows": list(PROGRAMS),
        "columns": kinds,
        "values": [[round(100 * p) for p in row] for row in rows],
        "alt": "One row for each program, one column for each of six kinds of answer.",
    }
    return {"views": [{"kind": "text", "text": told}, heat], "summary": told}
