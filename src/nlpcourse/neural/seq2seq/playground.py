"""Chapter 25 in the page: a translation, piece by piece, and its attention."""

from __future__ import annotations

import heapq
import json
import math
import unicodedata
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nlpcourse.page.models import Call, Outputs, Tensor
from nlpcourse.text.tokenization.fast import Tokenizer
from nlpcourse.text.tokenization.gpt import gpt4_split

TITLE = "Watch it translate"
DESCRIPTION = (
    "Type an English sentence. The chapter's translator writes Spanish piece by "
    "piece, and at every piece you see where in your sentence its attention rests. "
    "It has read short everyday sentences for a few minutes, so expect mistakes. "
    "Try a name, a misspelt word, a longer sentence, a wider beam."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "sentence",
        "type": "text",
        "label": "Your sentence",
        "value": "I don't know where your brother lives.",
        "maxlength": 200,
    },
    {
        "name": "width",
        "type": "range",
        "label": "Width of the beam",
        "min": 1,
        "max": 4,
        "step": 1,
        "value": 1,
    },
]
MODEL = "seq2seq-translator.onnx"
PIECES = "seq2seq-pieces.json"
SPECIALS = 3  # numbers before the first piece: filling, begin, end
BEGIN, END = 1, 2
LONGEST_INPUT = 40  # pieces
MANY = 4  # pieces of a word from which on the page says so

View = dict[str, Any]
Result = dict[str, Any]


def _pieces_file() -> bytes:
    """Return the pieces in the order of their numbers, as JSON."""
    from nlpcourse.neural.seq2seq.translation import pieces

    ranks = pieces().tokenizer.ranks
    tokens = [
        token.decode("latin-1") for token in sorted(ranks, key=lambda t: ranks[t])
    ]
    return json.dumps(tokens).encode()


def _translator() -> bytes:
    """Return the trained translator: what follows a sentence and a beginning."""
    import torch

    from nlpcourse.neural.seq2seq.translate import NextPiece, translator
    from nlpcourse.page.export import to_onnx

    return to_onnx(
        NextPiece(translator()),
        {
            "source": torch.tensor([[40, 50, 60], [40, 50, 60]]),
            "written": torch.tensor([[BEGIN, 70, 80, 90], [BEGIN, 70, 80, 91]]),
        },
        ["log_probabilities", "weights"],
        dynamic={
            "source": {0: "rows", 1: "inputs"},
            "written": {0: "rows", 1: "outputs"},
        },
    )


RESOURCES = {PIECES: _pieces_file}
MODELS = {MODEL: _translator}


@dataclass(frozen=True)
class _Output:
    """An output that is being written, with how every piece came about."""

    symbols: tuple[int, ...]
    log_probability: float
    trail: tuple[dict[str, Any], ...]

    @property
    def score(self) -> float:
        return self.log_probability / max(1, len(self.trail))


@lru_cache(maxsize=1)
def tokenizer_of(packed: bytes) -> Tokenizer:
    """Return the translators' byte-pair tokenizer, from its packed pieces."""
    tokens = [token.encode("latin-1") for token in json.loads(packed)]
    return Tokenizer({token: rank for rank, token in enumerate(tokens)}, gpt4_split)


def normalise(text: str) -> str:
    """Return *text* as the model was taught to read it.

    >>> normalise("Don’t  go. ")
    "Don't go."
    """
    table = str.maketrans("’‘“”\u00a0", "''\"\" ")
    plain = unicodedata.normalize("NFC", text).translate(table)
    return " ".join(plain.split())


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> Generator[Call, Outputs, Result]:
    """Translate the reader's sentence; return every step and its attention."""
    text = normalise(str(inputs.get("sentence", "")))
    tokenizer = tokenizer_of(resources[PIECES])
    source = [rank + SPECIALS for rank in tokenizer.encode(f" {text}")]
    if not text:
        return _message("Type an English sentence, and it will be translated.")
    if len(source) > LONGEST_INPUT:
        return _message(
            f"Your sentence has {len(source)} pieces; this page takes at most "
            f"{LONGEST_INPUT}. The model has hardly ever seen so long a sentence."
        )
    width = min(4, max(1, int(inputs.get("width", 1))))
    found = yield from _beam(source, width, tokenizer)
    best = max(found, key=lambda output: output.score)
    words = [_spell(tokenizer, number) for number in source]
    written = tokenizer.decode(
        [n - SPECIALS for n in best.symbols if n > END]
    ).strip()
    views: list[View] = [
        {"kind": "text", "text": f"{text}\n→ {written or '(nothing)'}"},
        *_strange(tokenizer, text),
        _steps(words, best),
        _map(words, best),
    ]
    if width > 1:
        views.insert(1, _beams(tokenizer, found))
    return {"views": views, "summary": f"{text} → {written}"}


def _message(text: str) -> Result:
    return {"views": [{"kind": "text", "text": text}], "summary": text}


def _beam(
    source: Sequence[int], width: int, tokenizer: Tokenizer
) -> Generator[Call, Outputs, list[_Output]]:
    """Write as the chapter's beam search does; a width of 1 is greedy search."""
    living = [_Output((BEGIN,), 0.0, ())]
    finished: list[_Output] = []
    for _ in range(2 * len(source) + 5):
        rows = len(living)
        written = [n for output in living for n in output.symbols]
        answer = yield Call(
            MODEL,
            {
                "source": Tensor("int64", [rows, len(source)], [*source] * rows),
                "written": Tensor("int64", [rows, len(living[0].symbols)], written),
            },
        )
        grown: list[_Output] = []
        for row, output in enumerate(living):
            scores = answer["log_probabilities"].row(row)
            weights = answer["weights"].row(row)
            best = heapq.nlargest(
                max(3, 2 * width), range(len(scores)), scores.__getitem__
            )
            rivals = [(_spell(tokenizer, n), math.exp(scores[n])) for n in best[:3]]
            for number in best[: 2 * width]:
                step = {
                    "piece": _spell(tokenizer, number),
                    "probability": math.exp(scores[number]),
                    "weights": weights,
                    "rivals": rivals,
                }
                total = output.log_probability + scores[number]
                grown.append(
                    _Output((*output.symbols, number), total, (*output.trail, step))
                )
        grown.sort(key=lambda output: -output.log_probability)
        finished += [o for o in grown[:width] if o.symbols[-1] == END]
        living = [o for o in grown[: 2 * width] if o.symbols[-1] != END][:width]
        if len(finished) >= width or not living:
            break
    return finished[:width] or living


def _spell(tokenizer: Tokenizer, number: int) -> str:
    """Return a piece as text: the end as a word, half a character in hexadecimal."""
    if number < SPECIALS:
        return "(end)" if number == END else "·"
    token = tokenizer.token_of[number - SPECIALS]
    try:
        return token.decode("utf-8")
    except UnicodeDecodeError:
        return f"‹{token.hex()}›"


def _visible(piece: str) -> str:
    return piece.replace("`", "ˋ").replace(" ", "␣")


def _strange(tokenizer: Tokenizer, text: str) -> list[View]:
    """Say which words fell into many small pieces, if any did."""
    chunks = gpt4_split(f" {text}")
    strange = [c.strip() for c in chunks if len(tokenizer.tokens(c)) >= MANY]
    if not strange:
        return []
    named = ", ".join(f"`{word.replace('`', 'ˋ')}`" for word in strange[:4])
    note = (
        f"The vocabulary has no large piece for {named}: it is spelt out in small "
        "ones. No word is unknown to a byte-pair vocabulary, but the model has "
        "seldom seen such pieces in a row, and mostly guesses what to write for "
        "them."
    )
    return [{"kind": "text", "text": note}]


def _steps(words: Sequence[str], output: _Output) -> View:
    """Return one step for every piece: its attention, and its rivals."""
    steps: list[View] = []
    for number, step in enumerate(output.trail, start=1):
        weights = step["weights"]
        most = max(range(len(words)), key=weights.__getitem__)
        tokens = [
            {
                "text": word,
                "label": f"{100 * weight:.0f}%" if weight >= 0.005 else "",
                **({"group": 0} if weight >= 0.15 else {}),
            }
            for word, weight in zip(words, weights, strict=True)
        ]
        bars = {
            "kind": "bars",
            "title": "The likeliest next pieces",
            "unit": "%",
            "items": [
                {"label": f"`{_visible(piece)}`", "value": round(100 * p, 1)}
                for piece, p in step["rivals"]
            ],
        }
        steps.append(
            {
                "caption": f"Step {number} writes `{_visible(step['piece'])}` "
                f"({100 * step['probability']:.0f} %), looking most at "
                f"`{_visible(words[most])}`.",
                "views": [
                    {"kind": "tokens", "title": "Attention", "tokens": tokens},
                    bars,
                ],
            }
        )
    return {
        "kind": "steps",
        "title": "Piece by piece",
        "steps": steps,
        "alt": "; ".join(step["caption"] for step in steps),
    }


def _map(words: Sequence[str], output: _Output) -> View:
    rows = [f"`{_visible(step['piece'])}`" for step in output.trail]
    return {
        "kind": "heatmap",
        "title": "Attention: rows are the pieces written, columns those read",
        "rows": [f"{n}. {row}" for n, row in enumerate(rows, start=1)],
        "columns": [f"`{_visible(word)}`" for word in words],
        "values": [
            [round(weight, 2) for weight in step["weights"]]
            for step in output.trail
        ],
        "alt": "Shares of attention, each row adding up to one.",
    }


def _beams(tokenizer: Tokenizer, found: Sequence[_Output]) -> View:
    rows = []
    for output in sorted(found, key=lambda output: -output.score):
        numbers = [n - SPECIALS for n in output.symbols if n > END]
        rows.append(
            [
                tokenizer.decode(numbers).strip(),
                len(output.trail),
                round(output.log_probability, 2),
                round(output.score, 3),
            ]
        )
    return {
        "kind": "table",
        "title": "What the beam finished, best first",
        "columns": ["translation", "pieces", "log-probability", "per piece"],
        "rows": rows,
        "alt": "; ".join(f"{row[0]}: {row[3]} per piece" for row in rows),
    }
