"""Adam by four definitions, stepping along the reader's gradients, in the page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nlpcourse.neural.frameworks.adam import RULES, effective_epsilon, path

TITLE = "Four Adams on the same gradients"
DESCRIPTION = (
    "All gradients have the same size, and the learning rate is the same, so a rule that only "
    "looks at signs would go equally far each time. Make the gradients small, and see whose "
    "epsilon is felt first."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "size",
        "type": "range",
        "label": "Size of the gradients: ten to the power of minus",
        "min": 0,
        "max": 10,
        "step": 1,
        "value": 6,
    },
    {
        "name": "steps",
        "type": "range",
        "label": "Steps",
        "min": 1,
        "max": 200,
        "step": 1,
        "value": 10,
    },
    {
        "name": "signs",
        "type": "select",
        "label": "Signs",
        "options": [
            ("same", "always the same"),
            ("turns", "plus and minus in turns"),
        ],
        "value": "same",
    },
]
RATE = 0.001


def _whole(value: object, least: int, most: int, otherwise: int) -> int:
    """Return a form's value as a whole number within bounds."""
    try:
        found = float(str(value))
    except ValueError:
        return otherwise
    return int(min(max(found, least), most)) if math.isfinite(found) else otherwise


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Let every rule take the reader's steps, and show how far each came.

    Args:
        inputs: ``size``, ``steps`` and ``signs``; see ``INPUTS``.
        resources: none are needed.

    >>> run({"size": 0, "steps": 1, "signs": "same"}, {})["summary"]
    'After 1 step, all four are 0.001 from the start, a full learning rate a step.'
    """
    size = 10.0 ** -_whole(inputs.get("size"), 0, 10, 6)
    steps = _whole(inputs.get("steps"), 1, 200, 10)
    turn = -1.0 if str(inputs.get("signs")) == "turns" else 1.0
    gradients = [size * turn**k for k in range(steps)]
    rules = {name: replace(rule, rate=RATE) for name, rule in RULES.items()}
    ends = {name: abs(path(rule, gradients)[-1]) for name, rule in rules.items()}
    told = _told(ends, steps, turn < 0)
    bars = {
        "kind": "bars",
        "title": "Distance from the start, in learning rates",
        "items": [
            {
                "label": name,
                "value": round(end / RATE, 3),
                "note": f"epsilon as it counts now: {effective_epsilon(rules[name], steps):.2g}",
            }
            for name, end in ends.items()
        ],
        "alt": "One bar for each framework's Adam.",
    }
    rows = [
        [
            name,
            f"{rule.epsilon:g}",
            "raw" if rule.hat else "corrected",
            f"{effective_epsilon(rule, 1):.1e}",
            f"{effective_epsilon(rule, steps):.1e}",
        ]
        for name, rule in rules.items()
    ]
    table = {
        "kind": "table",
        "title": "Epsilon, the average whose root it is added to, and what it comes to",
        "columns": [
            "Adam of",
            "epsilon",
            "which average",
            "at step 1",
            f"at step {steps}",
        ],
        "rows": rows,
        "alt": "For each framework: its epsilon, where it is added, and what that comes to.",
    }
    return {"views": [{"kind": "text", "text": told}, bars, table], "summary": told}


def _told(ends: Mapping[str, float], steps: int, turning: bool) -> str:
    """Return in words who came how far."""
    far, near = max(ends, key=ends.__getitem__), min(ends, key=ends.__getitem__)
    after = f"After {steps} step{'s' * (steps > 1)}"
    if turning:
        return (
            f"{after} to and fro, {far} is {ends[far] / RATE:.3g} learning rates from the start, "
            f"and {near} {ends[near] / RATE:.3g}."
        )
    if ends[far] - ends[near] < 0.001 * ends[far]:
        size = (
            "a full learning rate"
            if ends[far] > 0.99 * RATE * steps
            else "less than one"
        )
        return (
            f"{after}, all four are {ends[far]:.3g} from the start, {size} a step."
        )
    return (
        f"{after}, {far} came {ends[far] / ends[near]:.3g} times as far as {near}: the gradients "
        "are no longer large beside epsilon."
    )
