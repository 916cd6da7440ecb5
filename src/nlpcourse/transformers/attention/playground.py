"""Self-attention in the page: the reader's text through one head, step by step.

The page gets the weights of the chapter's small model as numbers, and computes with the standard
library alone: queries, keys, scores, weights, and what the model expects next.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

CAUSAL, NONE = "causal", "none"
HEADS = 4
SHOWN = 24
"""Characters of the text that are looked at, the last ones."""

TITLE = "Where does a head look?"
DESCRIPTION = (
    "Type a text. Four trained heads read it, and one of them shows its work: every row of the map "
    "is a character that looks back, and the row's numbers say at whom. Change the head, take the "
    "mask or the order away, or turn the sharpness up."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "text",
        "label": "Your text",
        "value": "a very happy marri",
        "maxlength": 80,
    },
    {
        "name": "head",
        "type": "select",
        "label": "Head",
        "options": [(str(k + 1), f"head {k + 1}") for k in range(HEADS)],
        "value": "4",
    },
    {
        "name": "mask",
        "type": "select",
        "label": "May it look ahead?",
        "options": [(CAUSAL, "no: causal mask"), (NONE, "yes: no mask")],
        "value": CAUSAL,
    },
    {
        "name": "order",
        "type": "select",
        "label": "Does it know places?",
        "options": [("yes", "yes"), ("no", "no: every place is the first")],
        "value": "yes",
    },
    {
        "name": "sharpness",
        "type": "range",
        "label": "Sharpness (scores times)",
        "min": 0,
        "max": 8,
        "step": 0.25,
        "value": 1,
    },
]
RESOURCE = "attention-heads.json"

Matrix = list[list[float]]


def _weights() -> bytes:
    """Return the trained model's numbers as JSON, three decimals each."""
    from nlpcourse.transformers.attention.reader import austen_alphabet
    from nlpcourse.transformers.attention.recipes import load_reader

    model, _ = load_reader()
    packed: dict[str, Any] = {"characters": austen_alphabet().characters}
    for name, tensor in model.state_dict().items():
        values = tensor.tolist()
        packed[name] = (
            [[round(v, 3) for v in row] for row in values]
            if tensor.dim() == 2
            else [round(v, 3) for v in values]
        )
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


RESOURCES = {RESOURCE: _weights}


@lru_cache(maxsize=2)
def unpack(packed: bytes) -> dict[str, Any]:
    """Return the model's numbers by their names."""
    found: dict[str, Any] = json.loads(packed)
    return found


def _apply(
    model: Mapping[str, Any], name: str, x: Sequence[float], rows: slice
) -> list[float]:
    """Return some rows of the layer *name* of a vector."""
    weight, bias = model[f"{name}.weight"][rows], model[f"{name}.bias"][rows]
    return [
        math.fsum(map(float.__mul__, row, x)) + b
        for row, b in zip(weight, bias, strict=True)
    ]


def softmax(scores: Sequence[float]) -> list[float]:
    """Return shares that add up to one.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    highest = max(scores)
    raised = [math.exp(score - highest) for score in scores]
    return [r / sum(raised) for r in raised]


def _vectors(model: Mapping[str, Any], text: str, order: bool) -> Matrix:
    number = {c: i for i, c in enumerate(model["characters"])}
    table, places = model["embedding.weight"], model["position.weight"]
    return [
        [
            float(a + b)
            for a, b in zip(
                table[number.get(character, 0)],
                places[place if order else 0],
                strict=True,
            )
        ]
        for place, character in enumerate(text)
    ]


@dataclass(frozen=True)
class Look:
    """What one head makes of a text: its scores, its weights and its mixtures."""

    scores: Matrix
    weights: Matrix
    mixed: Matrix


def look(
    model: Mapping[str, Any],
    text: str,
    head: int,
    mask: str,
    sharpness: float,
    order: bool,
) -> Look:
    """Return what a head sees.

    Args:
        model: from :func:`unpack`.
        text: at most as long as the model's context.
        head: counted from 0.
        mask: ``"causal"`` or ``"none"``.
        sharpness: what the scaled scores are multiplied by.
        order: False gives every character the first place's vector.
    """
    x = _vectors(model, text, order)
    width = len(x[0]) // HEADS
    rows = slice(head * width, (head + 1) * width)
    q, k, v = (
        [_apply(model, f"attention.{part}", row, rows) for row in x]
        for part in ("query", "key", "value")
    )
    scale = sharpness / math.sqrt(width)
    scores = [[math.fsum(map(float.__mul__, a, b)) * scale for b in k] for a in q]
    weights = []
    for i, row in enumerate(scores):
        seen = row[: i + 1] if mask == CAUSAL else row
        weights.append(softmax(seen) + [0.0] * (len(row) - len(seen)))
    mixed = [
        [
            math.fsum(w * b[c] for w, b in zip(row, v, strict=True))
            for c in range(width)
        ]
        for row in weights
    ]
    return Look(scores, weights, mixed)


def next_characters(
    model: Mapping[str, Any],
    text: str,
    mask: str = CAUSAL,
    sharpness: float = 1.0,
    order: bool = True,
) -> list[tuple[str, float]]:
    """Return every character with the probability that it comes next, likeliest first."""
    everything = slice(None)
    x = _vectors(model, text, order)[-1]
    joined: list[float] = []
    for head in range(HEADS):
        joined += look(model, text, head, mask, sharpness, order).mixed[-1]
    found = _apply(model, "attention.output", joined, everything)
    hidden = [
        max(0.0, h) for h in _apply(model, "hidden", [*x, *found], everything)
    ]
    chances = softmax(_apply(model, "scores", hidden, everything))
    pairs = zip(model["characters"], chances, strict=True)
    return sorted(pairs, key=lambda pair: -pair[1])


def _name(character: str) -> str:
    return "␣" if character == " " else character


def _number(value: Any, low: float, high: float, default: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return default
    return min(high, max(low, number)) if math.isfinite(number) else default


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Send the reader's text through one head.

    Args:
        inputs: see ``INPUTS``.
        resources: the packed model.
    """
    model = unpack(resources[RESOURCE])
    text = " ".join(str(inputs.get("text", "")).split())[-SHOWN:]
    if len(text) < 2:
        help_ = "Type at least two characters: attention needs somebody to look at."
        return {"views": [{"kind": "text", "text": help_}], "summary": help_}
    head = int(_number(inputs.get("head"), 1, HEADS, 4)) - 1
    mask = NONE if inputs.get("mask") == NONE else CAUSAL
    order = inputs.get("order") != "no"
    sharpness = _number(inputs.get("sharpness"), 0, 8, 1)
    found = look(model, text, head, mask, sharpness, order)
    names = [_name(c) for c in text]
    likely = next_characters(model, text, mask, sharpness, order)[:6]
    verdict = _verdict(found, names, head)
    unknown = sorted({c for c in text if c not in model["characters"]})
    views: list[dict[str, Any]] = [
        {"kind": "text", "text": verdict},
        _map(found, names, head),
        _steps(found, names),
        _likely(likely, text),
    ]
    if unknown:
        told = f"Never seen in training, read as one unknown character: {' '.join(unknown)}."
        views.append({"kind": "text", "text": told})
    return {"views": views, "summary": _summary(found, names, likely)}


def _verdict(found: Look, names: list[str], head: int) -> str:
    last = found.weights[-1]
    best = max(range(len(last)), key=last.__getitem__)
    back = len(last) - 1 - best
    place = (
        "itself"
        if back == 0
        else f"the `{names[best]}` {back} place{'s'[: back > 1]} back"
    )
    return (
        f"Head {head + 1}: the last character, `{names[-1]}`, looks most at {place}, "
        f"with a weight of {last[best]:.2f}."
    )


def _map(found: Look, names: list[str], head: int) -> dict[str, Any]:
    return {
        "kind": "heatmap",
        "title": f"Weights of head {head + 1}: who looks (rows) at whom (columns)",
        "rows": names,
        "columns": names,
        "values": [[round(w, 2) for w in row] for row in found.weights],
        "alt": "Every row adds up to one; a dark cell is a character that is looked at.",
    }


def _steps(found: Look, names: list[str]) -> dict[str, Any]:
    """Show the last character's row, step by step, for those it looks at most."""
    weights, scores = found.weights[-1], found.scores[-1]
    places = sorted(range(len(weights)), key=lambda j: -weights[j])[:6]
    rows = [
        [
            f"`{names[j]}`",
            len(weights) - 1 - j,
            round(scores[j], 2),
            round(math.exp(scores[j] - max(scores)), 3),
            round(weights[j], 3),
        ]
        for j in places
    ]
    return {
        "kind": "table",
        "title": f"How the last character, `{names[-1]}`, divides its attention",
        "columns": ["looks at", "places back", "score", "e^score*", "weight"],
        "rows": rows,
        "alt": "Score, e to the power of the score beside the largest one, and weight.",
    }


def _likely(likely: list[tuple[str, float]], text: str) -> dict[str, Any]:
    items = [
        {"label": f"`{_name(c)}`", "value": round(100 * p, 1)} for c, p in likely
    ]
    return {
        "kind": "bars",
        "title": f"What the model expects after “{text}”",
        "unit": "%",
        "items": items,
        "alt": "; ".join(f"{_name(c)} {100 * p:.1f} %" for c, p in likely),
    }


def _summary(found: Look, names: list[str], likely: list[tuple[str, float]]) -> str:
    last = found.weights[-1]
    best = max(range(len(last)), key=last.__getitem__)
    return (
        f"Of {len(names)} characters the last one gives its largest weight, {last[best]:.2f}, to "
        f"the one {len(last) - 1 - best} places back. All four heads together make the model "
        f"expect {_name(likely[0][0])} next, with probability {likely[0][1]:.0%}."
    )
