"""The best path: Viterbi's algorithm, with logarithms and back-pointers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nlpcourse.statistics.hmm.model import Column, HiddenMarkovModel


@dataclass(frozen=True)
class Cell:
    """The best way to one state at one place: its log probability, and the state before."""

    score: float
    before: str | None


def trellis(
    model: HiddenMarkovModel, words: Sequence[str]
) -> list[dict[str, Cell]]:
    """Return one column of cells for each word: the best way to each state.

    Of ways that are equally good the first one stays.

    Source: Viterbi (1967); Rabiner (1989), section III.B, with logarithms.
    """
    columns: list[dict[str, Cell]] = []
    for word in words:
        column = {}
        for state, emitted in model.emits(word).items():
            if not columns:
                best = Cell(log(model.start[state]), None)
            else:
                ways = (
                    Cell(cell.score + log(model.transition[before][state]), before)
                    for before, cell in columns[-1].items()
                )
                best = max(
                    ways, key=lambda way: way.score, default=Cell(-math.inf, None)
                )
            column[state] = Cell(best.score + log(emitted), best.before)
        columns.append(column)
    return columns


def log(p: float) -> float:
    """Return the natural logarithm of a probability, minus infinity for 0.

    Raises:
        ValueError: a probability is negative or no number.

    >>> log(1.0), log(0.0)
    (0.0, -inf)
    """
    if not p >= 0:
        raise ValueError(f"a probability is 0 or more, not {p}")
    return math.log(p) if p else -math.inf


def follow(columns: Sequence[dict[str, Cell]]) -> list[str]:
    """Walk back from the best cell of the last column along the pointers.

    Raises:
        ValueError: no path has a probability above 0; the message names the place.
    """
    for place, column in enumerate(columns):
        if all(cell.score == -math.inf for cell in column.values()):
            raise ValueError(
                f"no path reaches word {place + 1}: no state emits it there; give "
                "the model an estimate for unknown words, or smooth its transitions"
            )
    if not columns:
        return []
    state: str | None = max(columns[-1], key=lambda s: columns[-1][s].score)
    path: list[str] = []
    for column in reversed(columns):
        assert state is not None
        path.append(state)
        state = column[state].before
    return path[::-1]


def viterbi(model: HiddenMarkovModel, words: Sequence[str]) -> list[str]:
    """Return the most probable path: one state for each word.

    Raises:
        ValueError: no path has a probability above 0.
    """
    return follow(trellis(model, words))


def most_probable_each(columns: Sequence[Column]) -> list[str]:
    """Return the most probable state of each place, whatever its neighbours are.

    Raises:
        ValueError: a column has no states.
    """
    if not all(columns):
        raise ValueError("a column has no states to choose from")
    return [max(column, key=column.__getitem__) for column in columns]
