"""The fast twin of `baum_welch_step`: the same expected counts, with fewer look-ups.

What happens between two neighbouring words is the same wherever the two stand side by side, so its
products are made once a step, and its sums are multiplied once at the end.  A test holds it equal
to :func:`nlpcourse.statistics.hmm.baum_welch.baum_welch_step`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from operator import mul

from nlpcourse.statistics.hmm.baum_welch import Expected, maximise
from nlpcourse.statistics.hmm.model import HiddenMarkovModel

Rows = list[list[float]]


class _Between:
    """Two neighbouring words: a(i, j) b_j(word) for all their states, and sums over their places.

    ``into`` and ``sums`` have a row for each state j of the second word, ``out`` one for each
    state i of the first.
    """

    __slots__ = ("before", "into", "out", "states", "sums", "word")

    def __init__(self, model: HiddenMarkovModel, before: str, word: str) -> None:
        self.before, self.word = before, word
        emitted = model.emits(word)
        leave = {i: model.transition[i] for i in model.emits(before)}
        self.states = list(leave), list(emitted)
        self.into = [[a[j] * b for a in leave.values()] for j, b in emitted.items()]
        self.out = [list(row) for row in zip(*self.into, strict=True)]
        self.sums = [[0.0] * len(leave) for _ in emitted]

    def add_to(self, found: Expected) -> None:
        """Turn the sums into expected counts: of the steps, and of the second word's states."""
        for after, row, sums in zip(
            self.states[1], self.into, self.sums, strict=True
        ):
            counts = list(map(mul, row, sums))
            found.words[after, self.word] += sum(counts)
            for before, n in zip(self.states[0], counts, strict=True):
                found.pairs[before, after] += n


def _add(
    model: HiddenMarkovModel,
    words: Sequence[str],
    found: Expected,
    known: dict[tuple[str, str], _Between],
) -> None:
    """Add one sequence, forward and then backward; only its first word is counted at once."""
    if not words:
        return
    pairs = []
    for both in itertools.pairwise(words):
        if both not in known:
            known[both] = _Between(model, *both)
        pairs.append(known[both])
    column = [model.start[s] * b for s, b in model.emits(words[0]).items()]
    columns: Rows = []
    scales: list[float] = []
    for place in range(len(words)):
        if place:
            column = [sum(map(mul, column, row)) for row in pairs[place - 1].into]
        scale = sum(column)
        if not scale:
            raise ValueError(
                f"the model cannot emit word {place + 1} there; start from "
                "probabilities above 0"
            )
        column = [a / scale for a in column]
        columns.append(column)
        scales.append(scale)
    found.log_likelihood += math.fsum(map(math.log, scales))
    beta = [1.0] * len(column)
    for pair, alpha, scale in zip(
        reversed(pairs), columns[-2::-1], scales[:0:-1], strict=True
    ):
        scaled = [b / scale for b in beta]
        for sums, b in zip(pair.sums, scaled, strict=True):
            for i, a in enumerate(alpha):
                sums[i] += a * b
        beta = [sum(map(mul, row, scaled)) for row in pair.out]
    for state, a, b in zip(model.emits(words[0]), columns[0], beta, strict=True):
        found.first[state] += a * b
        found.words[state, words[0]] += a * b


def fast_step(
    model: HiddenMarkovModel, sequences: Iterable[Sequence[str]]
) -> tuple[HiddenMarkovModel, float]:
    """Return the next model, and the log likelihood of the sequences under the one before.

    Source: as :func:`nlpcourse.statistics.hmm.baum_welch.baum_welch_step`.

    Raises:
        ValueError: there is no sequence, or the model cannot emit one of them.
    """
    found, known = Expected(), dict[tuple[str, str], _Between]()
    for words in sequences:
        _add(model, words, found, known)
    if not found.words:
        raise ValueError("no words to learn from; give one sequence or more")
    for pair in known.values():
        pair.add_to(found)
    return maximise(model, found), found.log_likelihood
