"""Transfer learning with Hugging Face, in the page: the standard library alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TITLE = "Transfer learning with Hugging Face"
DESCRIPTION = "What to try, in one sentence."
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your text",
        "value": "A first text.",
    }
]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Return the views for the reader's inputs, and in words what they show."""
    words = str(inputs["text"]).split()
    return {"views": [], "summary": f"{len(words)} words."}
