"""The reader's own expression as a graph, with the gradients that flow back through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.neural.networks.expression import is_finite, numbers_of, parsed
from nlpcourse.neural.networks.scalar import Value, backward, in_order

TITLE = "Your own expression, backwards"
DESCRIPTION = (
    "Write an expression and give its names numbers. Each step hands one number's gradient back "
    "to what it was made from. Use a name twice, and see its two gradients add up; make a tanh "
    "large, and see nothing get through."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "expression",
        "type": "text",
        "label": "Expression",
        "value": "(tanh(w * x + b) - y) ** 2",
        "maxlength": 120,
        "help": "+ - * / ** ( ) tanh relu sigmoid exp log",
    },
    {
        "name": "numbers",
        "type": "text",
        "label": "Numbers",
        "value": "w = 2, x = -1, b = 1.5, y = 1",
        "maxlength": 120,
    },
]

MOST = 24
"""Numbers of a graph that is drawn."""


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Draw the graph of the reader's expression, and step backwards through it.

    Args:
        inputs: ``expression`` and ``numbers``; see ``INPUTS``.
        resources: none are needed.

    >>> run({"expression": "a * a", "numbers": "a = 3"}, {})["summary"]
    'The expression is 9. Its gradients: a 6.'
    """
    text = str(inputs.get("expression", ""))
    try:
        last = parsed(text, numbers_of(str(inputs.get("numbers", ""))))
        backward(last)
    except (ValueError, OverflowError) as error:
        return _told(f"No graph yet: {error}.")
    order = in_order(last)
    if not all(is_finite(value) for value in order):
        return _told("No graph yet: a gradient on the way is too large.")
    names = {
        id(value): name for value, name in zip(order, _names(order), strict=True)
    }
    leaves = [v for v in order if not v.inputs and v.name.isidentifier()]
    slopes = ", ".join(f"{v.name} {v.gradient:.3g}" for v in leaves)
    told = (
        f"The expression is {last.number:.4g}. Its gradients: {slopes or 'none'}."
    )
    if len(order) > MOST:
        return _told(f"{told} It has {len(order)} numbers, too many to draw.")
    graph = {
        "kind": "graph",
        "title": "The graph; on each arrow the local derivative",
        **_graph(order, names, set()),
    }
    steps = {
        "kind": "steps",
        "title": "Backwards",
        "steps": [_step(value, order, names) for value in reversed(order)],
    }
    table = {
        "kind": "table",
        "title": "All numbers",
        "columns": ["name", "made of", "number", "gradient"],
        "rows": [
            [
                f"`{names[id(v)]}`",
                _made(v, names),
                f"{v.number:.3g}",
                f"{v.gradient:.3g}",
            ]
            for v in order
        ],
        "alt": "Every number of the expression with its gradient.",
    }
    return {
        "views": [{"kind": "text", "text": told}, graph, steps, table],
        "summary": told,
    }


def _told(message: str) -> dict[str, Any]:
    """Return a message alone."""
    return {"views": [{"kind": "text", "text": message}], "summary": message}


def _names(order: Sequence[Value]) -> list[str]:
    """Return a short name for every number: its own where it has one, else a letter's turn.

    >>> a = Value(2.0, name="a")
    >>> _names(in_order(a * a))
    ['a', 'n1']
    """
    found, made = [], 0
    for value in order:
        made += bool(value.inputs)
        found.append(f"n{made}" if value.inputs else value.name)
    return found


def _made(value: Value, names: Mapping[int, str]) -> str:
    if not value.inputs:
        return "given"
    parts = [names[id(part)] for part, _ in value.inputs]
    if len(parts) == 1:
        return f"{value.name} of {parts[0]}"
    return f"{parts[0]} {value.name} {parts[1]}"


def _graph(
    order: Sequence[Value], names: Mapping[int, str], active: set[int]
) -> dict[str, Any]:
    place = {id(value): k for k, value in enumerate(order)}
    nodes = [
        {
            "id": k,
            "label": (v.name if v.inputs else names[id(v)])[:6],
            "start": not v.inputs,
            "active": id(v) in active,
        }
        for k, v in enumerate(order)
    ]
    slopes: dict[tuple[int, int], float] = {}
    for v in order:
        for part, slope in v.inputs:
            pair = place[id(part)], place[id(v)]
            slopes[pair] = slopes.get(pair, 0.0) + slope
    edges = [
        {
            "from": a,
            "to": b,
            "label": f"{slope:.3g}",
            "active": id(order[b]) in active,
        }
        for (a, b), slope in slopes.items()
    ]
    told = "; ".join(
        f"{names[id(v)]} is {_made(v, names)}" for v in order if v.inputs
    )
    return {
        "nodes": nodes,
        "edges": edges,
        "alt": f"The graph: {told or 'one number'}.",
    }


def _step(
    value: Value, order: Sequence[Value], names: Mapping[int, str]
) -> dict[str, Any]:
    name = names[id(value)]
    if not value.inputs:
        return {
            "caption": f"`{name}` was given; its gradient is {value.gradient:.4g}.",
            "views": [],
        }
    items = [
        {
            "label": f"to {names[id(part)]}",
            "value": float(f"{slope * value.gradient:.4g}"),
            "note": f"{value.gradient:.3g} × {slope:.3g}",
        }
        for part, slope in value.inputs
    ]
    bars = {
        "kind": "bars",
        "title": f"What {name} hands back",
        "unit": "gradient of the whole times local derivative",
        "items": items,
        "alt": "; ".join(f"{item['label']}: {item['value']}" for item in items),
    }
    made = _made(value, names)
    return {
        "caption": f"`{name}` = {made} has gradient {value.gradient:.4g}.",
        "views": [bars],
    }
