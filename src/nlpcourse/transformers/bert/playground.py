"""Fill in the blank in the page: the chapter's own masked language model guesses."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any

from nlpcourse.page.letters import shown, whole
from nlpcourse.page.models import Call, Steps, Tensor
from nlpcourse.text.tokenization.bpe import byte_ranks, to_ranks
from nlpcourse.text.tokenization.fast import Tokenizer
from nlpcourse.text.tokenization.gpt import gpt4_split

TITLE = "Fill in the blank"
DESCRIPTION = (
    "Write a sentence with `___` where a word is hidden. The encoder that you saw being "
    "trained reads what stands before and after the blank, and guesses. Change a word behind "
    "the blank, and see the guesses move."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "text",
        "label": "Your sentence",
        "value": "It is one of ___ most popular songs .",
        "maxlength": 160,
        "help": "A word of the model brings its space along, so the blank stands for both.",
    },
    {
        "name": "count",
        "type": "range",
        "label": "Guesses",
        "min": 1,
        "max": 15,
        "step": 1,
        "value": 8,
    },
]
MODEL = "bert-wikitext2.onnx"
MERGES = "bert-wikitext2-merges.json"
BLANK = "___"
LONGEST = 32
"""Places that the model has learnt."""


def _merges() -> bytes:
    from nlpcourse.transformers.bert.recipes import load_filler

    pairs = load_filler().tokenizer.merge_ids().tolist()
    return json.dumps(pairs, separators=(",", ":")).encode()


def _model() -> bytes:
    """Export the model: ids (1, T) → logits of every token at every place (1, T, V)."""
    import torch

    from nlpcourse.page.export import to_onnx
    from nlpcourse.transformers.bert.recipes import load_filler

    model = load_filler().model
    example = {"ids": torch.tensor([[1, 2, 3, 4, 5, 6]])}
    return to_onnx(model, example, ["logits"], {"ids": {1: "tokens"}})


RESOURCES = {MERGES: _merges}
MODELS = {MODEL: _model}


@lru_cache(maxsize=2)
def tokenizer(packed: bytes) -> Tokenizer:
    """Return chapter 02's tokenizer with the merges that travel with the model."""
    tokens = list(byte_ranks())
    merges = []
    for left, right in json.loads(packed):
        merges.append((tokens[left], tokens[right]))
        tokens.append(tokens[left] + tokens[right])
    return Tokenizer(to_ranks(merges), gpt4_split)


def run(inputs: dict[str, Any], resources: dict[str, bytes]) -> Steps:
    """Show the best guesses for every blank of the reader's sentence.

    Args:
        inputs: ``text`` and ``count``; see ``INPUTS``.
        resources: the merges of the model's tokenizer.

    Yields:
        one call, with the tokens of the sentence.
    """
    text = (
        str(inputs["text"]).encode(errors="replace").decode()
    )  # half a character: ?
    if BLANK not in text:
        note = f"Where is the blank? Write `{BLANK}` in place of one word."
        return {"views": [{"kind": "text", "text": note}], "summary": ""}
    pieces = tokenizer(resources[MERGES])
    by_id = list(pieces.ranks)
    start, end, _, blank = range(len(pieces.ranks), len(pieces.ranks) + 4)
    ids = [start]
    # the token behind the blank brings its space along
    for number, part in enumerate(f" {text.strip()}".split(BLANK)):
        before = part.removesuffix(" ") if part.endswith(" ") else part
        ids += [blank] * (number > 0) + pieces.encode(before)
    ids.append(end)
    if len(ids) > LONGEST:
        note = (
            f"Your sentence has {len(ids)} tokens, and the model was trained on "
            f"{LONGEST} places. Would a shorter one do?"
        )
        return {"views": [{"kind": "text", "text": note}], "summary": ""}
    outputs = yield Call(MODEL, {"ids": Tensor("int64", [1, len(ids)], ids)})
    views: list[dict[str, Any]] = [
        {
            "kind": "tokens",
            "title": "What the model reads",
            "alt": "The tokens of your sentence, the blank among them",
            "tokens": [
                {"text": text, "group": int(text == BLANK)}
                for text in whole(
                    BLANK.encode() if i == blank else by_id[i] for i in ids[1:-1]
                )
            ],
        }
    ]
    best = []
    count = max(1, int(inputs["count"]))
    blanks = [n for n, i in enumerate(ids) if i == blank]
    for number, place in enumerate(blanks, start=1):
        logits = outputs["logits"].row(0, place)
        highest = max(logits)
        total = math.fsum(math.exp(value - highest) for value in logits)
        # the marks for start, end and blank behind the pieces are no guesses
        order = sorted(range(len(pieces.ranks)), key=lambda n: -logits[n])
        guesses = [
            {
                "label": shown(by_id[n]).strip() or "␣",
                "value": 100 * math.exp(logits[n] - highest) / total,
            }
            for n in order[:count]
        ]
        best.append(f"`{guesses[0]['label']}` ({guesses[0]['value']:.0f} %)")
        which = "the blank" if len(blanks) == 1 else f"blank {number}"
        views.append(
            {
                "kind": "bars",
                "title": f"Guesses for {which}",
                "alt": "; ".join(
                    f"{g['label']} {g['value']:.1f} %" for g in guesses
                )
                + ".",
                "items": guesses,
                "unit": "%",
            }
        )
    summary = f"What the model holds likeliest: {', then '.join(best)}."
    return {"views": views, "summary": summary}
