"""The rubric in the page: paste a README or a model card, and see what a machine can tell.

Standard library alone: the chapter's own checks run in the page as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpcourse.practice.projects.documents import (
    CARD,
    CARD_SHORTEST,
    README,
    SHORTEST,
    card_faults,
    different_words,
    parts,
    readme_faults,
)
from nlpcourse.practice.projects.rubric import HUMAN

TITLE = "Paste a README"
DESCRIPTION = (
    "The rubric looks for parts, for open questions and for words. Mend the example until no fault "
    "is left, or paste a README or a model card of your own. Then fill it with nonsense, and see "
    "what the machine can't tell."
)
EXAMPLE = """# Finder

Type six words that you remember of an old verse, and it shows where a modern Bible says the same.

## Result

On a thousand held-out queries nDCG at ten is 0.54, between 0.52 and 0.57; counting common words
reaches 0.42.

## Run it

TODO

## Data

Two public-domain Bibles. Verses that are nearly alike were put on one side of the split.

## How it works

BM25, and for each old word the new one that keeps it company in the training data.
"""
KINDS = {"readme": "a README", "card": "a model card"}
INPUTS: list[dict[str, Any]] = [
    {
        "name": "kind",
        "type": "select",
        "label": "What you paste",
        "options": list(KINDS.items()),
        "value": "readme",
    },
    {
        "name": "text",
        "type": "textarea",
        "label": "Its text, in Markdown",
        "value": EXAMPLE,
        "maxlength": 8000,
    },
]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Mark a text by the rubric.

    Args:
        inputs: ``kind`` and ``text``; see ``INPUTS``.
        resources: none.
    """
    text = str(inputs.get("text", "")).encode("utf-8", "replace").decode("utf-8")
    card = inputs.get("kind") == "card"
    wanted = CARD if card else ("", *README)
    least = CARD_SHORTEST if card else SHORTEST
    faults = card_faults(text) if card else readme_faults(text)
    found = parts(text)
    rows: list[list[str | int]] = []
    for name in wanted:
        body = found.get(name, "")
        n = different_words(body)
        fine = name in found and n >= least and "TODO" not in body
        rows.append([name or "the beginning", n, "yes" if fine else "no"])
    return {
        "views": [
            {
                "kind": "table",
                "title": f"Parts; each needs {least} different words and no TODO",
                "columns": ["part", "different words", "in order"],
                "rows": rows,
            },
            {"kind": "text", "text": _faults(faults)},
            {"kind": "text", "text": _human()},
        ],
        "summary": _summary(len(rows), rows, faults),
    }


def _faults(faults: list[str]) -> str:
    return "Faults: " + "; ".join(faults) + "." if faults else "No fault is left."


def _human() -> str:
    questions = "; ".join(criterion.what for criterion in HUMAN)
    return f"What the machine can't tell: {questions}."


def _summary(n: int, rows: list[list[str | int]], faults: list[str]) -> str:
    fine = sum(row[2] == "yes" for row in rows)
    if not faults:
        return f"All {n} parts are in order, as far as a machine can see. Now find a reader."
    return f"{fine} of {n} parts are in order."
