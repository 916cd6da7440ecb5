"""Forward and backward for sequences of any length: scaled columns, or logarithms."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from nlpcourse.statistics.hmm.model import Column, HiddenMarkovModel
from nlpcourse.statistics.hmm.viterbi import log


def scaled_forward(
    model: HiddenMarkovModel, words: Sequence[str]
) -> tuple[list[Column], list[float]]:
    """Return columns that sum to 1, and what each had to be divided by.

    The column of a place holds P(state here | words up to here); its divisor is the probability of
    the word, given the words before.  From a word that cannot occur there on, columns are empty.

    Source: Rabiner (1989), section V.A.
    """
    columns: list[Column] = []
    scales: list[float] = []
    for word in words:
        column = {}
        for state, emitted in model.emits(word).items():
            if not columns:
                arrived = model.start[state]
            else:
                arrived = sum(
                    alpha * model.transition[before][state]
                    for before, alpha in columns[-1].items()
                )
            column[state] = arrived * emitted
        scale = sum(column.values())
        columns.append({s: a / scale for s, a in column.items()} if scale else {})
        scales.append(scale)
    return columns, scales


def log_likelihood(model: HiddenMarkovModel, words: Sequence[str]) -> float:
    """Return log P(words): the sum of the logarithms of the scales.

    Source: Rabiner (1989), equation 103, where the scales are the other way up.
    """
    _, scales = scaled_forward(model, words)
    return math.fsum(map(log, scales)) if all(scales) else -math.inf


def scaled_backward(
    model: HiddenMarkovModel, words: Sequence[str], scales: Sequence[float]
) -> list[Column]:
    """Return beta divided by the scales of the places after it.

    Times the scaled alpha of the same place it is P(state here | all words).

    Source: Rabiner (1989), section V.A.
    """
    columns: list[Column] = []
    for place in range(len(words) - 1, -1, -1):
        column = {}
        for state in model.emits(words[place]):
            if not columns:
                column[state] = 1.0
            else:
                emitted, scale = model.emits(words[place + 1]), scales[place + 1]
                column[state] = sum(
                    model.transition[state][after] * emitted[after] * beta / scale
                    for after, beta in columns[-1].items()
                )
        columns.append(column)
    return columns[::-1]


def log_forward(model: HiddenMarkovModel, words: Sequence[str]) -> list[Column]:
    """Return the logarithms of alpha, without ever leaving logarithms."""
    columns: list[Column] = []
    for word in words:
        column = {}
        for state, emitted in model.emits(word).items():
            if not columns:
                arrived = log(model.start[state])
            else:
                arrived = log_sum_exp(
                    log_alpha + log(model.transition[before][state])
                    for before, log_alpha in columns[-1].items()
                )
            column[state] = arrived + log(emitted)
        columns.append(column)
    return columns


def log_sum_exp(logs: Iterable[float]) -> float:
    """Return the logarithm of the sum of the numbers whose logarithms are given.

    >>> round(log_sum_exp([math.log(0.2), math.log(0.3)]), 6) == round(math.log(0.5), 6)
    True
    """
    logs = list(logs)
    largest = max(logs, default=-math.inf)
    if math.isinf(largest):
        return largest
    return largest + math.log(math.fsum(math.exp(x - largest) for x in logs))
