"""GPT in the page: what may come next, what the filters leave of it, and a text drawn from it.

The page reads the prompt with the chapter's own model of word pieces.  Temperature, top-k and top-p
work on its scores here, with the standard library alone, as does the drawing.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from nlpcourse.page.letters import shown, whole
from nlpcourse.page.models import Call, Steps, Tensor
from nlpcourse.text.tokenization.bpe import byte_ranks, encode_chunk, to_ranks

MODEL = "gpt-pieces.onnx"
RESOURCE = "gpt-pieces.json"
CONTEXT = 64
"""Pieces that are read at most, the last ones."""
LENGTH = 32
"""Pieces that the continuation gets."""
SHOWN = 12
"""Bars at most."""
ALL = 100
"""The top of the slider for k: no limit."""
UNKNOWN, END = "<unk>", "<eos>"

TITLE = "What may come next?"
DESCRIPTION = (
    "Type the beginning of a sentence. A small GPT, trained for some minutes on "
    "Wikipedia articles, scores every piece that could follow. Move the sliders and see "
    "what they leave, and what a text drawn from it reads like."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "prompt",
        "type": "text",
        "label": "Your prompt",
        "value": "The song was released in the United",
        "maxlength": 200,
    },
    {
        "name": "temperature",
        "type": "range",
        "label": "Temperature",
        "min": 0.1,
        "max": 2,
        "step": 0.1,
        "value": 0.8,
    },
    {
        "name": "k",
        "type": "range",
        "label": f"Top-k ({ALL} keeps all)",
        "min": 1,
        "max": ALL,
        "step": 1,
        "value": ALL,
    },
    {
        "name": "p",
        "type": "range",
        "label": "Top-p (1 keeps all)",
        "min": 0.05,
        "max": 1,
        "step": 0.05,
        "value": 0.9,
    },
    {
        "name": "seed",
        "type": "range",
        "label": "Seed of the draw",
        "min": 0,
        "max": 20,
        "step": 1,
        "value": 1,
    },
]


def _model() -> bytes:
    """Return the network as an ONNX file: ids (1, T) → scores of the next piece (1, V)."""
    import torch
    from torch import nn

    from nlpcourse.page.export import to_onnx
    from nlpcourse.transformers.gpt.recipes import load_pieces

    gpt, _, _ = load_pieces()

    class Last(nn.Module):
        """The scores after the last piece alone."""

        def __init__(self) -> None:
            super().__init__()
            self.gpt = gpt

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.gpt(ids)
            return logits[:, -1]

    ids = torch.arange(300, 312).view(1, 12)
    return to_onnx(Last(), {"ids": ids}, ["logits"], {"ids": {1: "length"}})


def _merges() -> bytes:
    """Return the merges of the pieces as pairs of ids."""
    from nlpcourse.transformers.gpt.recipes import load_pieces

    gpt, _, _ = load_pieces()
    return json.dumps(gpt.merges.tolist(), separators=(",", ":")).encode()


MODELS = {MODEL: _model}
RESOURCES = {RESOURCE: _merges}


def cut(text: str) -> list[str]:
    """Cut a text into words and marks, as WikiText-2 is cut.

    >>> cut("It wasn't bad.")
    ['It', 'wasn', "'t", 'bad', '.']
    """
    return re.findall(r"'\w+|\w+|[^\w\s]", text)


class Pieces:
    """The chapter's vocabulary: bytes, merged pieces, ``<unk>`` and ``<eos>``."""

    def __init__(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Rebuild the pieces from pairs of ids."""
        tokens = list(byte_ranks())
        known = set(tokens)
        merges = []
        for a, b in pairs:
            merges.append((tokens[a], tokens[b]))
            if (joined := tokens[a] + tokens[b]) not in known:
                known.add(joined)
                tokens.append(joined)
        self.ranks = to_ranks(merges)
        self.tokens = [*self.ranks, UNKNOWN.encode(), END.encode()]
        self.unknown, self.end = len(self.ranks), len(self.ranks) + 1

    def encode(self, text: str) -> list[int]:
        """Cut a text as the training text was cut, words and marks apart, into ids."""
        return [
            self.ranks[part]
            for word in cut(text)
            for part in encode_chunk(
                f" {word}".encode(errors="replace"), self.ranks
            )
        ]

    def text(self, number: int) -> str:
        """Return one piece as text; where it is no whole character, its bytes.

        >>> Pieces([]).text(126)  # the byte C2 has this number
        '‹C2›'
        """
        return "\n" if number == self.end else shown(self.tokens[number])

    def whole(self, numbers: Sequence[int]) -> list[str]:
        """Return pieces as texts; those that share a character are joined to one."""
        return whole(self.raw(numbers))

    def raw(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the bytes of each piece; the end of a line is one."""
        return [b"\n" if n == self.end else self.tokens[n] for n in numbers]

    def join(self, numbers: Sequence[int]) -> str:
        """Return a text, whole characters even where they lie in several pieces."""
        return shown(b"".join(self.raw(numbers)))


@lru_cache(maxsize=1)
def unpack(packed: bytes) -> Pieces:
    """Return the vocabulary of the page."""
    return Pieces(json.loads(packed))


def softmax(scores: Sequence[float]) -> list[float]:
    """Return shares that add up to one.

    >>> softmax([0.0, 0.0, -math.inf])
    [0.5, 0.5, 0.0]
    """
    highest = max(scores)
    raised = [math.exp(score - highest) for score in scores]
    total = sum(raised)
    return [r / total for r in raised]


def filtered(
    scores: Sequence[float], temperature: float, k: int, p: float
) -> list[float]:
    """Return probabilities after temperature, top-k and top-p; 0 where a token was dropped.

    At *p* = 1 nothing is dropped for its share, however soon rounded sums reach 1.

    >>> [round(share, 2) for share in filtered([2.0, 1.0, 0.0], 1.0, k=2, p=1.0)]
    [0.73, 0.27, 0.0]
    >>> filtered([2.0, 1.0, 0.0], 1.0, k=3, p=0.5)
    [1.0, 0.0, 0.0]
    """
    warm = [score / temperature for score in scores]
    order = sorted(range(len(warm)), key=lambda n: -warm[n])
    least = warm[order[min(k, len(order)) - 1]]
    shares = softmax([score if score >= least else -math.inf for score in warm])
    if p >= 1:
        return shares
    above = 0.0
    kept: list[int] = []
    for number in order:
        if shares[number] == 0 or (kept and above >= p):
            break
        kept.append(number)
        above += shares[number]
    result = [0.0] * len(shares)
    for number in kept:
        result[number] = shares[number] / above
    return result


def draw(shares: Sequence[float], chance: random.Random) -> int:
    """Return a number drawn by its share."""
    sums = list(accumulate(shares))
    target = chance.random() * sums[-1]
    return next(n for n, total in enumerate(sums) if total > target)


def _say(text: str) -> dict[str, Any]:
    return {"views": [{"kind": "text", "text": text}], "summary": text}


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.0005 else "under 0.1 %"


def _rounded(percent: float) -> float:
    """Round to a tenth of a per cent, but what is left never to nothing."""
    return round(percent, 1) or (0.05 if percent else 0.0)


def _bars(
    pieces: Pieces, before: Sequence[float], after: Sequence[float]
) -> list[dict[str, Any]]:
    """Return the likeliest pieces with what is left of each."""
    order = sorted(range(len(before)), key=lambda n: -before[n])[:SHOWN]
    return [
        {
            "label": pieces.text(number).replace("\n", "end of line").strip()
            or "␣",
            "value": _rounded(100 * after[number]),
            "note": f"{'was' if after[number] else 'dropped, was'} "
            f"{_percent(before[number])}",
        }
        for number in order
    ]


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Read the prompt, show what may follow, and draw a continuation."""
    prompt = str(inputs.get("prompt", "")).strip()
    try:
        temperature, p = float(inputs["temperature"]), float(inputs["p"])
        k, seed = int(float(inputs["k"])), int(float(inputs["seed"]))
    except (KeyError, TypeError, ValueError):
        return _say("The sliders need numbers.")
    if not (temperature > 0 and 0 < p <= 1 and k >= 1):
        return _say(
            "Temperature and top-p must be above 0, top-p at most 1, top-k at least 1."
        )
    pieces = unpack(resources[RESOURCE])
    ids = [pieces.end, *pieces.encode(prompt)][-CONTEXT:]
    asked = len(ids)
    limit = len(pieces.tokens) if k >= ALL else k
    chance = random.Random(seed)
    bars: list[dict[str, Any]] = []
    left = 0
    for _ in range(LENGTH):
        window = ids[-CONTEXT:]
        outputs = yield Call(
            MODEL, {"ids": Tensor("int64", [1, len(window)], window)}
        )
        scores = [float(score) for score in outputs["logits"].data]
        scores[pieces.unknown] = -math.inf  # a word that nobody wrote
        after = filtered(scores, temperature, limit, p)
        if not bars:
            bars = _bars(pieces, softmax(scores), after)
            left = sum(share > 0 for share in after)
        ids.append(draw(after, chance))
    begin = int(ids[0] == pieces.end)
    tokens = [
        {"text": text, "group": group}
        for group, part in enumerate((ids[begin:asked], ids[asked:]))
        for text in pieces.whole(part)
    ]
    count = f"{left:,} of {len(pieces.tokens) - 1:,} pieces"
    summary = (
        f"{count} can still be drawn; the likeliest is “{bars[0]['label']}” with "
        f"{bars[0]['value']} %."
    )
    return {
        "views": [
            {
                "kind": "bars",
                "title": "The likeliest next pieces, after your settings",
                "alt": "; ".join(
                    f"{bar['label']}: {bar['value']} percent, {bar['note']}"
                    for bar in bars
                ),
                "unit": "%",
                "items": bars,
            },
            {"kind": "text", "text": summary},
            {
                "kind": "tokens",
                "title": "Your prompt and what was drawn after it, piece by piece",
                "tokens": tokens,
            },
            {
                "kind": "text",
                "title": "As a text",
                "text": pieces.join([n for n in ids if n != pieces.end]),
            },
        ],
        "summary": summary,
    }
