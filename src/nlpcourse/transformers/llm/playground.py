"""Constrained decoding in the page: a small GPT of letters writes what fits the reader's pattern.

The page asks the chapter-31 model of three plays for the next letter; the pattern's automaton of
chapter 07 says which letters may come, with the standard library alone.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Generator, Hashable, Mapping, Sequence
from typing import Any

from nlpcourse.page.models import Call, Outputs, Steps, Tensor
from nlpcourse.transformers.gpt.playground import draw, softmax
from nlpcourse.transformers.llm.machines import Pattern, allowed

MODEL = "plays.onnx"
RESOURCE = "plays.json"
CONTEXT = 64
"""Letters that are read at most, the last ones."""
LENGTH = 48
"""Letters that are written at most."""
MOST_STATES = 300
"""States of a pattern's automaton."""
LEAST = 0.05
"""The lowest temperature."""

TITLE = "Only what fits the pattern"
DESCRIPTION = (
    "Write a regular expression. A small GPT that has read three plays of Shakespeare, letter by "
    "letter, goes on from your prompt, and may write nothing that the pattern does not allow. "
    "Beside it stands what the same model writes when it is free."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "prompt",
        "type": "text",
        "label": "Your prompt",
        "value": "  Ham. ",
        "maxlength": 60,
    },
    {
        "name": "pattern",
        "type": "text",
        "label": "What may be written",
        "value": r"(To|My) (be|Lord|Mother|day)(, (or|and) not to be)?\.",
        "maxlength": 120,
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
    """Return the network as an ONNX file: ids (1, T) → scores of the next letter (1, V)."""
    import torch
    from torch import nn

    from nlpcourse.page.export import to_onnx
    from nlpcourse.transformers.gpt.recipes import load_shakespeare

    gpt, _ = load_shakespeare()

    class Last(nn.Module):
        """The scores after the last letter alone."""

        def __init__(self) -> None:
            super().__init__()
            self.gpt = gpt

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.gpt(ids)
            return logits[:, -1]

    ids = torch.arange(20, 32).view(1, 12)
    return to_onnx(Last(), {"ids": ids}, ["logits"], {"ids": {1: "length"}})


def _letters() -> bytes:
    """Return the letters in the order of their numbers."""
    from nlpcourse.transformers.gpt.language_models import plays_alphabet

    return json.dumps(plays_alphabet().characters).encode()


MODELS = {MODEL: _model}
RESOURCES = {RESOURCE: _letters}

Asking = Generator[Call, Outputs, list[float]]


def _next(ids: Sequence[int], temperature: float) -> Asking:
    """Ask the model; return the probability of each next letter."""
    window = list(ids)[-CONTEXT:]
    outputs = yield Call(MODEL, {"ids": Tensor("int64", [1, len(window)], window)})
    scores = [float(score) / temperature for score in outputs["logits"].data]
    return softmax(scores)


def _say(text: str) -> dict[str, Any]:
    return {"views": [{"kind": "text", "text": text}], "summary": text}


def _name(char: str) -> str:
    return {"\n": "⏎", " ": "␣"}.get(char, char)


def _fitting(letters: str, chances: Sequence[float]) -> str:
    """Return the likeliest letters with their shares, in words."""
    order = sorted(range(len(chances)), key=lambda n: -chances[n])[:3]
    return " ".join(
        f"{_name(letters[n])} {chances[n]:.0%}"
        for n in order
        if chances[n] >= 0.005
    )


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Write under the pattern, write freely, and show what the pattern cost."""
    letters: str = json.loads(resources[RESOURCE])
    try:
        temperature = max(float(inputs["temperature"]), LEAST)
        seed = int(float(inputs["seed"]))
        if not math.isfinite(temperature):
            raise ValueError
    except (KeyError, TypeError, ValueError, OverflowError):
        return _say("The sliders need numbers.")
    pattern = str(inputs.get("pattern", ""))
    try:
        machine = Pattern(pattern, MOST_STATES)
    except ValueError as error:
        return _say(f"This pattern can't be used: {error}.")
    known = {char: number for number, char in enumerate(letters)}
    typed = [known[c] for c in str(inputs.get("prompt", "")) if c in known]
    prompt = [known["\n"], *typed] if "\n" in known else typed or [0]

    chance, ids, state = random.Random(seed), list(prompt), machine.start
    rows: list[list[str]] = []
    ended, price = False, 0.0
    here: Hashable = state
    while len(ids) < len(prompt) + LENGTH:
        fit = allowed(machine, here, letters)
        if not fit:
            ended = machine.may_end(here)
            break
        chances = yield from _next(ids, temperature)
        share = sum(chances[n] for n in fit)
        if machine.may_end(here) and chance.random() >= share:
            ended = True  # the model wants something else, and the text may end
            break
        chosen = fit[draw([chances[n] for n in fit], chance)]
        price -= math.log(max(share, 1e-12))
        row = [_name(letters[chosen]), f"{share:.1%}", _fitting(letters, chances)]
        rows.append(row)
        ids.append(chosen)
        here = machine.after(here, letters[chosen])

    free, dice = list(prompt), random.Random(seed)
    for _ in range(max(len(ids) - len(prompt), 12)):
        chances = yield from _next(free, temperature)
        free.append(draw(chances, dice))
    return _shown(letters, prompt, ids, free, rows, ended, price)


def _shown(
    letters: str,
    prompt: Sequence[int],
    ids: Sequence[int],
    free: Sequence[int],
    rows: list[list[str]],
    ended: bool,
    price: float,
) -> dict[str, Any]:
    """Return the views of a text under the pattern and of a free one."""
    fitting = "".join(letters[n] for n in ids[len(prompt) :])
    if not rows:
        said = "The model ended at once: the pattern allows an empty text."
        if not ended:
            said = "No letter that the model knows can begin such a text."
    else:
        least = min(rows, key=lambda row: float(row[1].rstrip("%")))
        said = (
            f"Written under the pattern: “{fitting}”. "
            + (
                "The text is whole. "
                if ended
                else "The length ran out before an end. "
            )
            + f"At its hardest step, `{least[0]}`, the model itself gave all allowed letters "
            f"together {least[1]}; all steps together cost it {price:.1f} nats."
        )
    views: list[dict[str, Any]] = [
        {"kind": "text", "text": said},
        {
            "kind": "tokens",
            "title": "The prompt, and what was written under the pattern",
            "tokens": [
                {"text": letters[n], "group": int(place >= len(prompt))}
                for place, n in enumerate(ids)
            ],
        },
        {
            "kind": "text",
            "title": "The same model when it is free",
            "text": "".join(letters[n] for n in free[len(prompt) :]),
        },
    ]
    if rows:
        views.insert(
            2,
            {
                "kind": "table",
                "title": "Step by step",
                "columns": [
                    "written",
                    "allowed together",
                    "the model's own favourites",
                ],
                "rows": rows,
                "alt": "Each letter, the probability of all allowed ones, the three likeliest.",
            },
        )
    return {"views": views, "summary": said}
