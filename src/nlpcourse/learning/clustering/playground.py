"""k-means in the page: Lloyd's two steps on the reader's own sentences.

The page has no NumPy, so it runs :mod:`plain`, which a test holds equal to the chapter's k-means.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from nlpcourse.learning.clustering import plain
from nlpcourse.learning.clustering.plain import Step, Vector

TITLE = "Sort your own sentences"
DESCRIPTION = (
    "Write one sentence a line. Two to six of them are drawn as first centres, and then Lloyd's "
    "two steps repeat until no sentence moves. Change the draw and watch the same sentences fall "
    "into other clusters; add a word to one sentence and see whether it changes sides."
)
COUNTS, WEIGHTS = "counts", "weights"
SENTENCES = """Bank shares fall as lockdown fears return
Shares slide after bank profit warning
Banks face loan losses in lockdown
Central bank cuts rates to help shops
Scientists race to test a new virus vaccine
Virus vaccine trial shows early promise
Hospitals fear a second virus wave
Vaccine scientists warn hospitals to wait
Striker scores twice as club wins final
Club fans sing as striker returns
Final goal sends club fans home happy
Cup final moved after virus wave"""
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your sentences, one a line",
        "value": SENTENCES,
        "maxlength": 2000,
    },
    {
        "name": "k",
        "type": "range",
        "label": "Clusters k",
        "min": 2,
        "max": 6,
        "step": 1,
        "value": 3,
    },
    {
        "name": "draw",
        "type": "range",
        "label": "Draw of the first centres",
        "min": 1,
        "max": 20,
        "step": 1,
        "value": 4,
    },
    {
        "name": "vectors",
        "type": "select",
        "label": "A sentence is",
        "options": [
            (WEIGHTS, "its words, rare ones weighted up, length 1 (TF-IDF)"),
            (COUNTS, "its counts of words"),
        ],
        "value": WEIGHTS,
    },
]

MOST = 40
"""Sentences that are read."""
COLUMNS = 5
"""Assignments that the table shows: the first ones and the last."""
SHOWN = 60
"""Characters of a sentence that the table shows."""


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Sort the reader's sentences and show every assignment.

    Args:
        inputs: ``text``, ``k``, ``draw`` and ``vectors``; see ``INPUTS``.
        resources: none are needed.
    """
    lines = [
        " ".join(line.split()) for line in str(inputs.get("text", "")).split("\n")
    ]
    lines = [line for line in lines if line]
    read = [line for line in lines[:MOST] if plain.words(line)]
    silent = len(lines[:MOST]) - len(read)
    k, draw = int(float(inputs.get("k", 3))), int(float(inputs.get("draw", 1)))
    weigh = str(inputs.get("vectors", WEIGHTS)) != COUNTS
    points = plain.vectors([plain.words(line) for line in read], weigh)
    chosen = first_centres(points, k, draw)
    if len(chosen) < k:
        text = (
            f"{k} clusters need {k} sentences with different words, and there are "
            f"{len(chosen)}. Write more lines, or ask for fewer clusters."
        )
        return {"views": [{"kind": "text", "text": text}], "summary": text}
    steps = plain.lloyd(points, [points[i] for i in chosen])
    views = [
        {"kind": "text", "text": _started(read, chosen)},
        _moves(read, steps, chosen),
        _bars(steps),
        *_clusters(read, points, steps[-1]),
    ]
    if silent or len(lines) > MOST:
        views.append({"kind": "text", "text": _left_out(silent, len(lines))})
    return {"views": views, "summary": _summary(steps)}


def first_centres(points: Sequence[Vector], k: int, draw: int) -> list[int]:
    """Return k different sentences drawn at random, fewer where there are not as many.

    >>> first_centres([{"a": 1.0}, {"a": 1.0}], 2, draw=1)
    [0]
    """
    seen: dict[tuple[tuple[str, float], ...], int] = {}
    for i, vector in enumerate(points):
        seen.setdefault(tuple(sorted(vector.items())), i)
    different = list(seen.values())
    random.Random(draw).shuffle(different)
    return different[: max(k, 1)]


def _short(line: str) -> str:
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _name(c: int) -> str:
    return "ABCDEF"[c]


def _started(read: list[str], chosen: list[int]) -> str:
    first = "; ".join(
        f"{_name(c)}: “{_short(read[i])}”" for c, i in enumerate(chosen)
    )
    return f"Drawn as first centres: {first}."


def _moves(read: list[str], steps: list[Step], chosen: list[int]) -> dict[str, Any]:
    """Return a table: one line a sentence, one column an assignment."""
    kept = list(range(len(steps)))
    if len(kept) > COLUMNS:
        kept = [*kept[: COLUMNS - 1], kept[-1]]
    rows = []
    for i in sorted(range(len(read)), key=lambda i: (steps[-1].labels[i], i)):
        row = [_short(read[i]) + (" ★" if i in chosen else "")]
        for t in kept:
            moved = t > 0 and steps[t].labels[i] != steps[t - 1].labels[i]
            row.append(_name(steps[t].labels[i]) + (" ←" if moved else ""))
        rows.append(row)
    return {
        "kind": "table",
        "title": "The cluster of each sentence, assignment by assignment (← moved, ★ first centre)",
        "columns": ["sentence", *(f"{t + 1}." for t in kept)],
        "rows": rows,
        "alt": "One line a sentence, ordered by the final clusters; each column is one assignment.",
    }


def _bars(steps: list[Step]) -> dict[str, Any]:
    items = [
        {"label": f"assignment {t + 1}", "value": round(step.objective, 3)}
        for t, step in enumerate(steps)
    ]
    return {
        "kind": "bars",
        "title": "The objective: squared distances to the centres, summed up; it never rises",
        "items": items,
        "alt": "; ".join(f"{item['label']}: {item['value']}" for item in items),
    }


def _clusters(
    read: list[str], points: Sequence[Vector], last: Step
) -> list[dict[str, Any]]:
    """Return what each cluster's centre is made of."""
    sizes, tokens = Counter(last.labels), []
    for c, centre in enumerate(last.centres):
        largest = sorted(centre, key=lambda word: (-centre[word], word))[:5]
        tokens += [
            {"text": word, "label": f"{_name(c)} {centre[word]:.2f}", "group": c}
            for word in largest
        ]
    names = ", ".join(
        f"{_name(c)} has {sizes[c]}" for c in range(len(last.centres))
    )
    return [
        {
            "kind": "tokens",
            "title": f"The heaviest words of each centre ({names})",
            "tokens": tokens,
            "alt": "The five words with the largest coordinates of each centre.",
        }
    ]


def _left_out(silent: int, lines: int) -> str:
    parts = []
    if silent:
        parts.append(
            f"{silent} line{'s' * (silent > 1)} without a word that says something"
        )
    if lines > MOST:
        parts.append(f"{lines - MOST} lines beyond the first {MOST}")
    return f"Left out: {' and '.join(parts)}."


def _summary(steps: list[Step]) -> str:
    first, last = steps[0].objective, steps[-1].objective
    moved = [
        sum(a != b for a, b in zip(one.labels, other.labels, strict=True))
        for one, other in pairwise(steps)
    ]
    text = ", then ".join(str(n) for n in moved)
    return (
        f"After {len(steps)} assignments nothing moves. Sentences that moved: {text or 'none'}. "
        f"The objective fell from {first:.3f} to {last:.3f}."
    )
