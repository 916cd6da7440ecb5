"""Climbing a board in the page: the reader guesses, the board tells, the end disillusions.

Standard library alone: the climber and the Ladders of the chapter run in the page as they are.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from operator import ne
from typing import Any

from nlpcourse.practice.competition.climbing import (
    Answer,
    climbed,
    coin_answers,
    kept_by_progress,
    kept_by_score,
    loss,
    majority,
)
from nlpcourse.practice.competition.ladder import free_ladder, ladder

TITLE = "Climb a leaderboard by guessing"
DESCRIPTION = (
    "Nobody reads a single text here. Every submission is tossed with a coin; you choose how many "
    "you hand in, what the board tells, and your lucky word. At the end the vote of the kept "
    "guesses is scored on rows that the board never used."
)
PLAIN, STEPS, FREE = "plain", "steps", "free"
BOARDS = {
    PLAIN: "every score, as it is",
    STEPS: "the Ladder, by steps of five points",
    FREE: "the Ladder without a parameter",
}
STEP, FRESH = 0.05, 1000
ROWS, MOST = ("50", "200", "1000"), 200
INPUTS: list[dict[str, Any]] = [
    {
        "name": "board",
        "type": "select",
        "label": "What the board tells",
        "options": list(BOARDS.items()),
        "value": PLAIN,
    },
    {
        "name": "guesses",
        "type": "range",
        "label": "Submissions",
        "min": 1,
        "max": MOST,
        "step": 1,
        "value": 60,
    },
    {
        "name": "rows",
        "type": "select",
        "label": "Rows of the public part",
        "options": [(n, f"{int(n):,} rows") for n in ROWS],
        "value": "200",
    },
    {
        "name": "word",
        "type": "text",
        "label": "Your lucky word, which tosses the coins",
        "value": "four-leaf",
        "maxlength": 40,
    },
]


def _number(value: object, usual: int, most: int) -> int:
    """Return a whole number from 1 to *most*; the usual one where there is none."""
    try:
        found = float(str(value))
    except ValueError:
        return usual
    return int(min(most, max(1, found))) if math.isfinite(found) else usual


def _board(kind: str, seen: Answer) -> Callable[[Sequence[Answer]], list[float]]:
    """Return what a board says after each answer, of which it scores the first rows."""

    def report(answers: Sequence[Answer]) -> list[float]:
        wrong = [[*map(ne, seen, answer[: len(seen)])] for answer in answers]
        if kind == FREE:
            return free_ladder(wrong)
        losses = [sum(row) / len(row) for row in wrong]
        return ladder(losses, STEP) if kind == STEPS else losses

    return report


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Let the reader's coins climb the chosen board, and score the vote on fresh rows.

    Args:
        inputs: ``board``, ``guesses``, ``rows`` and ``word``; see ``INPUTS``.
        resources: none.
    """
    kind = str(inputs.get("board", PLAIN))
    kind = kind if kind in BOARDS else PLAIN
    guesses = _number(inputs.get("guesses"), 60, MOST)
    rows = _number(inputs.get("rows"), 200, 1000)
    rows = max(rows, 2)
    word = str(inputs.get("word", "")).encode("utf-8", "surrogatepass").hex()
    hidden = coin_answers(rows + FRESH, random.Random(f"hidden {rows}"))
    seen, unseen = hidden[:rows], hidden[rows:]
    rng = random.Random(f"coins {word}")
    tried = [coin_answers(rows + FRESH, rng) for _ in range(guesses)]
    told = _board(kind, seen)(tried)
    keep = kept_by_score if kind == PLAIN else kept_by_progress
    kept = keep(told)
    vote = majority([tried[i] for i in kept] or tried[:1])
    public, private = loss(seen, vote[:rows]), loss(unseen, vote[rows:])
    return {
        "views": [
            _ends(public, private),
            _first(tried, seen, told, kept),
            {"kind": "text", "text": _expected(kind, rows, guesses, public)},
        ],
        "summary": _summary(kind, guesses, len(kept), public, private),
    }


def _percent(wrong: float) -> float:
    return round(100 * (1 - wrong), 1)


def _ends(public: float, private: float) -> dict[str, Any]:
    return {
        "kind": "bars",
        "title": "Rows that the vote has right, in per cent; a coin has half of them right",
        "items": [
            {"label": "the board's rows", "value": _percent(public)},
            {"label": "fresh rows", "value": _percent(private)},
        ],
    }


def _first(
    tried: Sequence[Answer],
    seen: Answer,
    told: Sequence[float],
    kept: Sequence[int],
) -> dict[str, Any]:
    """Return the first submissions as a table: what was right, what was told, whether it stays."""
    rows = []
    for i, answer in enumerate(tried[:8]):
        right = _percent(loss(seen, answer[: len(seen)]))
        rows.append([i + 1, right, _percent(told[i]), "yes" if i in kept else "no"])
    return {
        "kind": "table",
        "title": "The first submissions, in per cent",
        "columns": ["submission", "right", "the board says", "kept"],
        "rows": rows,
    }


def _expected(kind: str, rows: int, guesses: int, public: float) -> str:
    expected = _percent(climbed(rows, guesses))
    if kind == PLAIN:
        return (
            f"The equation of the chapter expects {expected} % on {rows:,} public rows after "
            f"{guesses} submissions; your coins reach {_percent(public)} %."
        )
    return (
        f"On a board that tells every score, the equation of the chapter expects {expected} %; on "
        f"this one your coins reach {_percent(public)} %."
    )


def _summary(
    kind: str, guesses: int, kept: int, public: float, private: float
) -> str:
    gain = _percent(public) - _percent(private)
    told = (
        f"{guesses} submissions by coin, {kept} kept: {_percent(public)} % on the board's rows, "
        f"{_percent(private)} % on fresh ones."
    )
    if gain >= 5:
        return f"{told} The difference was never skill."
    if kind == PLAIN:
        return f"{told} Hand in more, or take fewer rows, and the board rises."
    return f"{told} This board told too little to climb by."
