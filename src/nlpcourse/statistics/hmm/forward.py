"""Sums over all paths: forward, backward, and the probability of each state at each place.

The numbers are plain probabilities, as on paper; :mod:`scaling` is for long sequences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from nlpcourse.statistics.hmm.model import Column, HiddenMarkovModel


def forward(model: HiddenMarkovModel, words: Sequence[str]) -> list[Column]:
    """Return alpha: for each place and state, P(words up to here, state here).

    One column for each word; a state that cannot emit the word is left out of its column.

    Source: Rabiner (1989), equations 19 and 20.
    """
    columns: list[Column] = []
    for word in words:
        column = {}
        for state, emitted in model.emits(word).items():
            if not columns:
                arrived = model.start[state]
            else:
                arrived = math.fsum(
                    alpha * model.transition[before][state]
                    for before, alpha in columns[-1].items()
                )
            column[state] = arrived * emitted
        columns.append(column)
    return columns


def backward(model: HiddenMarkovModel, words: Sequence[str]) -> list[Column]:
    """Return beta: for each place and state, P(words after this place | state here).

    Source: Rabiner (1989), section III.A.
    """
    columns: list[Column] = []
    for place in range(len(words) - 1, -1, -1):
        column = {}
        for state in model.emits(words[place]):
            if not columns:
                column[state] = 1.0
            else:
                emitted = model.emits(words[place + 1])
                column[state] = math.fsum(
                    model.transition[state][after] * emitted[after] * beta
                    for after, beta in columns[-1].items()
                )
        columns.append(column)
    return columns[::-1]


def likelihood(model: HiddenMarkovModel, words: Sequence[str]) -> float:
    """Return P(words): the sum over all paths; 1 for no words at all.

    Source: Rabiner (1989), equation 21.
    """
    columns = forward(model, words)
    return math.fsum(columns[-1].values()) if columns else 1.0


def posteriors(model: HiddenMarkovModel, words: Sequence[str]) -> list[Column]:
    """Return gamma: for each place, P(state here | all words).

    Source: Rabiner (1989), section III.B.

    Raises:
        ValueError: no path can emit the words (or so many words that the product vanishes).
    """
    total = likelihood(model, words)
    if not total:
        raise ValueError(
            "the words have probability 0: no state emits one of them, or the "
            "sequence is so long that the product vanishes (see `scaling`)"
        )
    both = zip(forward(model, words), backward(model, words), strict=True)
    return [
        {state: alpha[state] * beta[state] / total for state in alpha}
        for alpha, beta in both
    ]
