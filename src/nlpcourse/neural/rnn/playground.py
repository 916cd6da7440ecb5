"""A recurrent network of characters in the page: what it expects next, and its state.

The page gets the chapter's small model, trained on one novel, and reads the reader's text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.page.models import Call, Steps, Tensor

MODEL = "rnn-characters.onnx"
ALPHABET = "rnn-alphabet.json"
SHOWN = 20
"""Characters of the text whose states are drawn, the last ones."""

UNITS = 12
"""Units of the state that are drawn: those that move most over the text."""

CANDIDATES = 10
WRITTEN = 30
"""Characters that the model adds at most likely first."""

TITLE = "What does it expect next?"
DESCRIPTION = (
    "Type the beginning of a sentence. A recurrent network that has read one novel, "
    "character by character, reads it and says what it expects next. Change an early "
    "letter and see how much of the state, and of what it expects, changes."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "text",
        "label": "Your text",
        "value": "the captain looked at the wh",
        "maxlength": 120,
    },
    {
        "name": "temperature",
        "type": "range",
        "label": "Temperature",
        "min": 0.2,
        "max": 2,
        "step": 0.1,
        "value": 1,
    },
]


def _alphabet() -> bytes:
    from nlpcourse.neural.rnn.characters import book
    from nlpcourse.neural.rnn.recipes import CHARACTERS

    about = {"characters": book()[2].characters, "units": CHARACTERS["hidden"]}
    return json.dumps(about).encode()


def _model() -> bytes:
    """Export one step of the trained model: number (1,), state (1, units) → scores, state."""
    import torch
    from torch import nn

    from nlpcourse.neural.rnn.recipes import load_character_model
    from nlpcourse.page.export import to_onnx

    model, _ = load_character_model()
    trained = model.weights()

    class Step(nn.Module):
        """The chapter's equation; the column of W is looked up."""

        W: torch.Tensor
        U: torch.Tensor
        b: torch.Tensor
        V: torch.Tensor
        a: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            for name, weight in trained.items():
                self.register_buffer(name, weight.clone())

        def forward(
            self, number: torch.Tensor, state: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            read = self.W.T[number]  # (1, units)
            new = torch.tanh(read + state @ self.U.T + self.b)
            return new @ self.V.T + self.a, new

    zeros = torch.zeros(1, trained["U"].shape[0])
    return to_onnx(
        Step(),
        {"number": torch.tensor([1]), "state": zeros},
        ["scores", "new_state"],
    )


RESOURCES = {ALPHABET: _alphabet}
MODELS = {MODEL: _model}


def softmax(scores: Sequence[float], temperature: float = 1.0) -> list[float]:
    """Return the probabilities of scores.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    top = max(scores)
    raised = [math.exp((score - top) / temperature) for score in scores]
    total = sum(raised)
    return [number / total for number in raised]


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Read the text, show the next character's distribution and the state on the way.

    Args:
        inputs: ``text`` and ``temperature``; see ``INPUTS``.
        resources: the alphabet.
    """
    about = json.loads(resources[ALPHABET])
    alphabet: str = about["characters"]
    hidden: int = about["units"]
    written = str(inputs.get("text", ""))[-120:].replace("\t", " ")
    temperature = max(0.05, float(inputs.get("temperature", 1)))
    text = "".join(c for c in written if c in alphabet)
    left_out = sorted({c for c in written if c not in alphabet})
    if not text:
        says = "Type at least one letter: the network has nothing to read yet."
        return {"views": [{"kind": "text", "text": says}], "summary": says}
    scores: list[list[float]] = []
    states: list[list[float]] = []
    longer, state = text, [0.0] * hidden
    while len(scores) < len(text) + WRITTEN:
        number = alphabet.index(longer[len(scores)])
        outputs = yield Call(
            MODEL,
            {
                "number": Tensor("int64", [1], [number]),
                "state": Tensor("float32", [1, hidden], state),
            },
        )
        state = list(outputs["new_state"].data)
        states.append(state)
        scores.append(list(outputs["scores"].data))
        if len(scores) == len(longer):
            longer += alphabet[scores[-1].index(max(scores[-1]))]
    read = len(text)
    views: list[dict[str, Any]] = []
    if left_out:
        views.append(
            {
                "kind": "text",
                "text": "Left out, because the novel does not hold them: "
                + " ".join(f"`{c}`" for c in left_out),
            }
        )
    p = softmax(scores[read - 1], temperature)
    views += [
        _expected(p, alphabet, temperature),
        _surprises(scores, text, alphabet),
        _states(states[:read], text),
        {
            "kind": "text",
            "title": "If it always writes the likeliest character",
            "text": f"`{text}` … `{longer[len(text) :]}`".replace("\n", "↵"),
        },
    ]
    return {"views": views, "summary": _summary(p, alphabet, text)}


def _visible(character: str) -> str:
    return {" ": "space", "\n": "line end"}.get(character, character)


def _expected(
    p: Sequence[float], alphabet: str, temperature: float
) -> dict[str, Any]:
    best = sorted(range(len(p)), key=lambda k: -p[k])[:CANDIDATES]
    items = [
        {"label": _visible(alphabet[k]), "value": round(100 * p[k], 2)}
        for k in best
    ]
    return {
        "kind": "bars",
        "title": f"What comes next, at a temperature of {temperature:g}",
        "unit": "%",
        "items": items,
        "alt": "; ".join(f"{item['label']} {item['value']} %" for item in items),
    }


def _surprises(
    scores: Sequence[Sequence[float]], text: str, alphabet: str
) -> dict[str, Any]:
    """Mark each character with the probability that the network had given it."""
    tokens: list[dict[str, Any]] = [{"text": text[0], "label": "first"}]
    for place in range(1, len(text)):
        p = softmax(scores[place - 1])
        share = p[alphabet.index(text[place])]
        tokens.append(
            {
                "text": text[place],
                "label": f"{100 * share:.0f} %",
                "group": 0 if share >= 0.5 else 1 if share >= 0.1 else 3,
            }
        )
    return {
        "kind": "tokens",
        "title": "Your text, each character with the probability that it was given",
        "tokens": tokens,
        "alt": "Every character of the text with the probability that the network gave "
        "it after the characters before it.",
    }


def _states(rows: Sequence[Sequence[float]], text: str) -> dict[str, Any]:
    """Draw the units that move most, over the last characters."""
    shown = rows[-SHOWN:]
    hidden = len(rows[0])

    def spread(unit: int) -> float:
        values = [row[unit] for row in shown]
        mean = sum(values) / len(values)
        return math.fsum((value - mean) ** 2 for value in values)

    units = sorted(sorted(range(hidden), key=lambda unit: -spread(unit))[:UNITS])
    return {
        "kind": "heatmap",
        "title": f"The hidden state after each character: the {UNITS} of {hidden} units "
        "that move most",
        "rows": [f"unit {unit}" for unit in units],
        "columns": [_visible(c).replace("space", "␣") for c in text[-SHOWN:]],
        "values": [[round(row[unit], 2) for row in shown] for unit in units],
        "alt": "One row for each unit, one column for each character; numbers between "
        "minus one and one.",
    }


def _summary(p: Sequence[float], alphabet: str, text: str) -> str:
    best = max(range(len(p)), key=lambda k: p[k])
    bits = -sum(share * math.log2(share) for share in p if share > 0)
    choices = 2**bits
    return (
        f"After {len(text)} characters it expects “{_visible(alphabet[best])}” most, with "
        f"{100 * p[best]:.0f} %, and is as unsure as among {choices:.1f} equally likely "
        "characters."
    )
