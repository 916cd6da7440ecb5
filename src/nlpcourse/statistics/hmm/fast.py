"""The fast twin of `viterbi`: the same path, from tables that were made once.

States become numbers, logarithms are taken once, and what was looked up once is remembered.  A test
holds it equal to :func:`nlpcourse.statistics.hmm.viterbi.viterbi`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence

from nlpcourse.statistics.hmm.model import HiddenMarkovModel
from nlpcourse.statistics.hmm.viterbi import log

States = tuple[int, ...]
"""The numbers of the states that can emit a word."""


class FastViterbi:
    """Tags sentence after sentence with one model.

    Most of its speed comes from the model: a word of the training text has about two possible
    tags, not all of them, so a column of the trellis holds about two cells.
    """

    KEPT = 100_000
    """New words, and pairs of neighbouring columns, that are remembered at most."""

    def __init__(self, model: HiddenMarkovModel) -> None:
        """Take all logarithms of a model at once."""
        self.model = model
        self.states = model.states
        self._number = {s: i for i, s in enumerate(self.states)}
        self._start = [log(model.start[s]) for s in self.states]
        self._step = [
            [log(model.transition[before][s]) for s in self.states]
            for before in self.states
        ]
        self._emits = {word: self._look_up(word) for word in model.emission}
        self._new: dict[str, tuple[States, list[float]]] = {}
        self._between: dict[tuple[States, States], list[list[float]]] = {}

    def _look_up(self, word: str) -> tuple[States, list[float]]:
        """Return the states that emit a word, and the log probabilities with which they do."""
        found = self.model.emits(word)
        return tuple(self._number[s] for s in found), [
            log(p) for p in found.values()
        ]

    def _of(self, word: str) -> tuple[States, list[float]]:
        """Return the same for a word that the training text does not hold, and remember it."""
        if word not in self._new:
            found = self._look_up(word)
            if len(self._new) >= self.KEPT:
                return found
            self._new[word] = found
        return self._new[word]

    def _steps(self, before: States, after: States) -> list[list[float]]:
        """Return for each state after, the log probabilities of the steps from those before."""
        rows = [[self._step[r][s] for r in before] for s in after]
        if len(self._between) < self.KEPT:
            self._between[before, after] = rows
        return rows

    def path(self, words: Sequence[str]) -> list[str]:
        """Return the most probable path.

        Raises:
            ValueError: no path has a probability above 0.
        """
        columns: list[
            tuple[States, list[int]]
        ] = []  # states, and the place of the best before
        before: States = ()
        scores: list[float] = []
        for word in words:
            states, emitted = self._emits.get(word) or self._of(word)
            pointers: list[int] = []
            if columns:
                rows = self._between.get((before, states)) or self._steps(
                    before, states
                )
                reached = []
                for row, e in zip(rows, emitted, strict=True):
                    ways = list(map(operator.add, scores, row))
                    best = max(ways)
                    pointers.append(ways.index(best))
                    reached.append(best + e)
                scores = reached
            else:
                scores = [
                    self._start[s] + e for s, e in zip(states, emitted, strict=True)
                ]
            if max(scores, default=-math.inf) == -math.inf:
                raise ValueError(
                    f"no path reaches word {len(columns) + 1}: no state emits it there; "
                    "give the model an estimate for unknown words"
                )
            columns.append((states, pointers))
            before = states
        if not columns:
            return []
        place, path = scores.index(max(scores)), []
        for states, pointers in reversed(columns):
            path.append(self.states[states[place]])
            place = pointers[place] if pointers else 0
        return path[::-1]
