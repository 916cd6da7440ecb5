"""Chapter 29 in the page: a word's pronunciation, sound by sound, and where the model looks."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Generator, Mapping
from typing import Any

from nlpcourse.page.models import Call, Outputs, Tensor

TITLE = "How is it pronounced?"
DESCRIPTION = (
    "Type a word, an English one or one of your own making. The chapter's Transformer writes its "
    "sounds one after the other, and the map shows at which letters it looks for each of them."
)
MODEL = "transformer-g2p.onnx"
SYMBOLS = "transformer-g2p-symbols.json"
BEGIN, END = 1, 2
LONGEST_WORD, LONGEST_ANSWER = 24, 32
SHOWN = 4  # sounds in the running at each step

INPUTS: list[dict[str, Any]] = [
    {
        "name": "word",
        "type": "text",
        "label": "Your word",
        "value": "knightsbridge",
        "maxlength": 40,
    },
    {
        "name": "head",
        "type": "select",
        "label": "Where it looks",
        "options": [
            ("all", "mean of the four heads"),
            *((str(k), f"head {k}") for k in range(1, 5)),
        ],
        "value": "all",
    },
]

# An example word for each of ARPAbet's sounds, for readers who don't know the alphabet.
EXAMPLES = {
    "AA": "odd",
    "AE": "at",
    "AH": "hut",
    "AO": "ought",
    "AW": "cow",
    "AY": "hide",
    "CH": "cheese",
    "DH": "thee",
    "EH": "Ed",
    "ER": "hurt",
    "EY": "ate",
    "HH": "he",
    "IH": "it",
    "IY": "eat",
    "JH": "gee",
    "NG": "ping",
    "OW": "oat",
    "OY": "toy",
    "SH": "she",
    "TH": "theta",
    "UH": "hood",
    "UW": "two",
    "Y": "yield",
    "ZH": "seizure",
}

View = dict[str, Any]
Result = dict[str, Any]
Distribution = list[tuple[str, float]]


def _symbols() -> bytes:
    """Return letters and sounds in the order of their numbers, as JSON."""
    from nlpcourse.neural.seq2seq.pronunciation import LETTERS, SOUNDS

    both = {"letters": LETTERS.symbols, "sounds": SOUNDS.symbols}
    return json.dumps(both).encode()


def _pronouncer() -> bytes:
    """Return the trained model: what follows a word and the sounds written so far."""
    import torch

    from nlpcourse.page.export import to_onnx
    from nlpcourse.transformers.transformer.recipes import load_pronouncer
    from nlpcourse.transformers.transformer.tasks import NextToken

    model, _ = load_pronouncer()
    return to_onnx(
        NextToken(model),
        {
            "letters": torch.tensor([[5, 6, 7, 2], [8, 9, 10, 2]]),
            "written": torch.tensor([[BEGIN, 7, 8], [BEGIN, 9, 10]]),
        },
        ["log_probabilities", "weights"],
        dynamic={
            "letters": {0: "rows", 1: "letters"},
            "written": {0: "rows", 1: "sounds"},
        },
    )


RESOURCES = {SYMBOLS: _symbols}
MODELS = {MODEL: _pronouncer}


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> Generator[Call, Outputs, Result]:
    """Pronounce the reader's word; return every step and where the model looked."""
    symbols = json.loads(resources[SYMBOLS])
    letters, sounds = symbols["letters"], symbols["sounds"]
    word = str(inputs.get("word", "")).strip().lower()
    if complaint := _complaint(word):
        return {
            "views": [{"kind": "text", "text": complaint}],
            "summary": complaint,
        }
    source = [*(letters.index(letter) for letter in word), END]
    head = str(inputs.get("head", "all"))
    written, steps, rows = [BEGIN], [], []
    logarithm = 0.0
    while len(written) <= LONGEST_ANSWER:
        outputs = yield Call(
            MODEL,
            {
                "letters": Tensor("int64", [1, len(source)], source),
                "written": Tensor("int64", [1, len(written)], written),
            },
        )
        chances = [math.exp(x) for x in outputs["log_probabilities"].data]
        best = max(range(len(chances)), key=chances.__getitem__)
        ranked = sorted(range(len(chances)), key=lambda n: -chances[n])[:SHOWN]
        steps.append([(_said(sounds, n), chances[n]) for n in ranked])
        rows.append(_looks(outputs["weights"], head, len(source)))
        logarithm += math.log(max(chances[best], 1e-30))
        if best == END:
            break
        written.append(best)
    spoken = [sounds[n] for n in written[1:]]
    return _result(word, spoken, steps, rows, math.exp(logarithm))


def _complaint(word: str) -> str:
    """Return what is wrong with a word, or nothing."""
    if not word:
        return "Type a word, and it will be pronounced."
    if strange := sorted(set(re.findall(r"[^a-z'-]", word))):
        shown = ", ".join(f"`{c}`" if c.strip() else "the space" for c in strange)
        return (
            f"The model has learnt the letters a to z, the apostrophe and the hyphen; it can't "
            f"read {shown}. Type one word without it."
        )
    if len(word) > LONGEST_WORD:
        return f"That word has {len(word)} letters; this page takes at most {LONGEST_WORD}."
    return ""


def _said(sounds: list[str], number: int) -> str:
    return "end" if number == END else sounds[number]


def _looks(weights: Tensor, head: str, letters: int) -> list[float]:
    """Return the weights on each letter (and the end) of one head, or their mean."""
    heads = weights.shape[1]
    rows = [weights.row(0, h)[:letters] for h in range(heads)]
    if head.isdigit() and 1 <= int(head) <= heads:
        return [float(w) for w in rows[int(head) - 1]]
    return [math.fsum(column) / heads for column in zip(*rows, strict=True)]


def _result(
    word: str,
    spoken: list[str],
    steps: list[Distribution],
    rows: list[list[float]],
    probability: float,
) -> Result:
    names = [*word, "end"]
    said = " ".join(spoken) or "(nothing)"
    like = [
        f"{s} as in {EXAMPLES[s]}" for s in dict.fromkeys(spoken) if s in EXAMPLES
    ]
    text = f"{word} → `{said}`, with probability {probability:.2f}."
    if like:
        text += f" Read: {', '.join(like)}."
    views: list[View] = [{"kind": "text", "text": text}]
    if steps[-1][0][0] != "end":
        views.append({"kind": "text", "text": "It found no end and was cut off."})
    views.append(
        {
            "kind": "heatmap",
            "title": "Where it looks (columns: letters) while it writes (rows: sounds)",
            "rows": [*spoken, "end"][: len(rows)],
            "columns": names,
            "values": [[round(w, 2) for w in row] for row in rows],
            "alt": "For every sound the weights on the letters; they add up to one.",
        }
    )
    views.append(_doubts(steps))
    doubt = min(range(len(steps)), key=lambda k: steps[k][0][1])
    first = steps[doubt]
    return {
        "views": views,
        "summary": (
            f"{word} is pronounced {said}. The model was least sure at step {doubt + 1}: "
            f"{first[0][0]} with {first[0][1]:.0%}, before {first[1][0]} with {first[1][1]:.0%}."
        ),
    }


def _doubts(steps: list[Distribution]) -> View:
    return {
        "kind": "table",
        "title": "What else was in the running",
        "columns": ["step", "chosen", "probability", "next best", "and then"],
        "rows": [
            [
                k,
                f"`{step[0][0]}`",
                f"{step[0][1]:.2f}",
                f"{step[1][0]} {step[1][1]:.2f}",
                f"{step[2][0]} {step[2][1]:.2f}",
            ]
            for k, step in enumerate(steps, start=1)
        ],
        "alt": "For every step the chosen sound and the next two, with probabilities.",
    }
