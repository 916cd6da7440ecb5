"""A line of Hutto and Gilbert's Table 4 in the page: the reader reads the protocol, the line moves.

Standard library alone; what the sentences came to is counted beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nlpcourse.practice.reproduce.printed import steps_off
from nlpcourse.practice.reproduce.protocol import CHOICES, overall
from nlpcourse.practice.reproduce.table_4 import FIGURES, TABLE_4
from nlpcourse.practice.reproduce.twins import distance

TITLE = "Read the protocol, and move a line of the table"
DESCRIPTION = (
    "The paper gives four figures for each word list in each domain, and leaves some choices to "
    "its reader. Answer them, and see which of the figures come out, and whose printed line yours "
    "is nearest to."
)
RESOURCE = "counts.json"
DOMAIN_NAMES = {
    "tweets": "tweets",
    "movie": "films",
    "amazon": "products",
    "nyt": "editorials",
}
LISTS = ("VADER", "Hu-Liu04", "SCN", "GI", "ANEW")
THRESHOLDS = {
    "0.05": "up to 0.05 from zero, as the paper says",
    "0": "zero alone: the sign decides",
}
WEIGHTS = {str(way): str(way) for way in CHOICES["classes weigh"]}
INPUTS: list[dict[str, Any]] = [
    {
        "name": "domain",
        "type": "select",
        "label": "Sentences from",
        "options": list(DOMAIN_NAMES.items()),
        "value": "movie",
    },
    {
        "name": "list",
        "type": "select",
        "label": "Word list",
        "options": [(name, name) for name in LISTS],
        "value": "VADER",
    },
    {
        "name": "threshold",
        "type": "select",
        "label": "A score is neutral",
        "options": list(THRESHOLDS.items()),
        "value": "0.05",
    },
    {
        "name": "weights",
        "type": "select",
        "label": "The three classes weigh",
        "options": list(WEIGHTS.items()),
        "value": "by their size",
    },
]


def _counts() -> bytes:
    """Return what the chapter counted; at build time only."""
    from nlpcourse.course import chapters

    return (chapters.get("40").folder / RESOURCE).read_bytes()


RESOURCES = {RESOURCE: _counts}


@lru_cache(maxsize=2)
def _unpack(packed: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(packed)
    return found


def _chosen(inputs: Mapping[str, Any], name: str, known: Mapping[str, Any]) -> str:
    usual = next(str(field["value"]) for field in INPUTS if field["name"] == name)
    value = str(inputs.get(name, usual))
    return value if value in known else usual


def row_of(
    packed: bytes, domain: str, name: str, threshold: str, weights: str
) -> tuple[float, float, float, float]:
    """Return a word list's four figures under a reading, from what was counted.

    Raises:
        ValueError: there is no such way to weigh classes.
    """
    found = _unpack(packed)[domain][name]
    counts = {(gold, said): n for gold, said, n in found[threshold]}
    return float(found["r"]), *overall(counts, weights)


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Show a computed line beside the printed ones.

    Args:
        inputs: ``domain``, ``list``, ``threshold`` and ``weights``; see ``INPUTS``.
        resources: the counts.
    """
    domain = _chosen(inputs, "domain", DOMAIN_NAMES)
    name = _chosen(inputs, "list", dict.fromkeys(LISTS))
    threshold = _chosen(inputs, "threshold", THRESHOLDS)
    weights = _chosen(inputs, "weights", WEIGHTS)
    row = row_of(resources[RESOURCE], domain, name, threshold, weights)
    printed = TABLE_4[domain]
    off = [steps_off(v, t) for v, t in zip(row, printed[name], strict=True)]
    rows = [
        [figure, round(value, 4), text, steps]
        for figure, value, text, steps in zip(
            FIGURES, row, printed[name], off, strict=True
        )
    ]
    apart = {other: distance(row, printed[other]) for other in LISTS}
    nearest = min(apart, key=lambda other: apart[other])
    agree = sum(steps == 0 for steps in off)
    summary = f"{agree} of 4 figures agree with the line printed for {name}."
    if nearest != name:
        summary += (
            f" The line is nearest to the one printed for {nearest}: "
            f"{apart[nearest]} steps off against {apart[name]}."
        )
    return {
        "views": [
            {
                "kind": "table",
                "title": f"{name} on {DOMAIN_NAMES[domain]}",
                "columns": ["figure", "here", "printed", "steps of the last digit"],
                "rows": rows,
            },
            {
                "kind": "bars",
                "title": "How many steps of the last digit the line is off each printed line",
                "items": [
                    {"label": other, "value": apart[other]} for other in LISTS
                ],
            },
        ],
        "summary": summary,
    }
