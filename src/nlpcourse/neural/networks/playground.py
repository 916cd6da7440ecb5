"""A small network in the page: its boundary moves as it learns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.neural.networks.plane import (
    ACTIVATIONS,
    KINDS,
    PlaneNetwork,
    Point,
    points,
    training,
)

TITLE = "A boundary that moves"
DESCRIPTION = (
    "Thirty-two points of two classes that no line divides, and a network of one hidden layer. "
    "Step through its training and watch the boundary bend. Take away all units but one, or the "
    "bend itself, and see what is left: a line."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "kind",
        "type": "select",
        "label": "Points",
        "options": [
            ("corners", "opposite corners (exclusive or)"),
            ("moons", "two half-moons"),
            ("ring", "a ring around a cloud"),
        ],
        "value": "corners",
    },
    {
        "name": "hidden",
        "type": "range",
        "label": "Hidden units",
        "min": 1,
        "max": 12,
        "step": 1,
        "value": 4,
    },
    {
        "name": "activation",
        "type": "select",
        "label": "The bend between the layers",
        "options": [("tanh", "tanh"), ("relu", "ReLU"), ("none", "none")],
        "value": "tanh",
    },
    {
        "name": "rate",
        "type": "select",
        "label": "Learning rate",
        "options": [("0.03", "0.03"), ("0.3", "0.3"), ("1", "1"), ("10", "10")],
        "value": "1",
    },
    {
        "name": "draw",
        "type": "range",
        "label": "Draw of the first weights",
        "min": 1,
        "max": 20,
        "step": 1,
        "value": 1,
    },
]

MOMENTS = (0, 10, 30, 100, 300)
"""Steps of training after which the boundary is drawn."""
REACH, CELLS = 2.0, 20
"""How far the plane goes to every side, and cells along a side."""
RATES = (0.03, 0.3, 1.0, 10.0)


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Train a network on the reader's choice of points, and show its boundary on the way.

    Args:
        inputs: ``kind``, ``hidden``, ``activation``, ``rate`` and ``draw``; see ``INPUTS``.
        resources: none are needed.
    """
    kind, activation = str(inputs.get("kind")), str(inputs.get("activation"))
    kind = kind if kind in KINDS else "corners"
    activation = activation if activation in ACTIVATIONS else "tanh"
    hidden = min(max(_number(inputs.get("hidden"), 4), 1), 12)
    rate = min(RATES, key=lambda r: abs(r - _number(inputs.get("rate"), 1.0)))
    data = points(kind, 32, seed=0)
    network = PlaneNetwork.drawn(
        int(hidden), int(_number(inputs.get("draw"), 1)), activation
    )
    losses: list[float] = []
    moments = [_moment(network, data, 0)]
    for number, loss in enumerate(training(network, data, rate, MOMENTS[-1]), 1):
        losses.append(loss)
        if number in MOMENTS:
            moments.append(_moment(network, data, number))
    wrong = network.wrong(data)
    told = _summary(losses, wrong, len(data), network)
    return {
        "views": [
            {"kind": "text", "text": told},
            {"kind": "steps", "title": "The boundary", "steps": moments},
            _curve(losses),
        ],
        "summary": told,
    }


def _number(value: object, otherwise: float) -> float:
    """Return a form's value as a finite number."""
    try:
        number = float(str(value))
    except ValueError:
        return otherwise
    return number if math.isfinite(number) else otherwise


def probability(network: PlaneNetwork, point: Point) -> float:
    """Return how probable class 1 is at a point."""
    score = max(min(network.score(point), 60.0), -60.0)
    return 1 / (1 + math.exp(-score))


def _moment(
    network: PlaneNetwork, data: Sequence[tuple[Point, int]], number: int
) -> dict[str, Any]:
    middle = [REACH * (2 * (k + 0.5) / CELLS - 1) for k in range(CELLS)]
    cells = [
        [round(probability(network, (x, y)), 2) for x in middle] for y in middle
    ]
    wrong = network.wrong(data)
    caption = (
        f"After {number} steps: {wrong} of {len(data)} points on the wrong side."
    )
    view = {
        "kind": "plane",
        "cells": cells,
        "points": [[round(x, 2), round(y, 2), label] for (x, y), label in data],
        "reach": REACH,
        "alt": f"Points of two classes and the network's verdicts. {caption}",
    }
    return {"caption": caption, "views": [view]}


def _curve(losses: Sequence[float]) -> dict[str, Any]:
    shown = [m for m in MOMENTS if m < len(losses)] + [len(losses) - 1]
    items = [{"label": f"step {m}", "value": round(losses[m], 3)} for m in shown]
    return {
        "kind": "bars",
        "title": "The loss on its way down",
        "unit": "nats a point",
        "items": items,
        "alt": "; ".join(f"{item['label']}: {item['value']}" for item in items),
    }


def _summary(
    losses: Sequence[float], wrong: int, total: int, network: PlaneNetwork
) -> str:
    start = (
        f"The loss went from {losses[0]:.2f} to {losses[-1]:.2f} nats a point; "
        f"{wrong} of {total} points are on the wrong side."
    )
    units = len(network.outer)
    if network.activation == "none":
        return f"{start} Without a bend the layers together are one line."
    if units == 1:
        return f"{start} One unit looks in one direction only, so its boundary is a line."
    if wrong == 0:
        return f"{start} Every point is right; would half of the units have done?"
    return f"{start} Try more units, another draw, or another rate."
