"""One sentence by hand: paths, sums over paths, marginals, and the best path, in log space.

A sentence of ``n`` words and ``k`` tags is given by two tables of scores, which may be any numbers:

- ``emissions[i][y]``: how well tag ``y`` suits word ``i``, by all clues there (n rows of k);
- ``transitions[x][y]``: how well tag ``y`` follows tag ``x`` (k rows of k).

Minus infinity forbids a tag or a step.  Tags are numbers here.  The standard library alone.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from nlpcourse.statistics.naive_bayes.models import log_sum_exp

Table = Sequence[Sequence[float]]
"""Rows of scores."""


def require_scores(emissions: Table, transitions: Table) -> int:
    """Return the number of tags, or refuse tables that don't fit together.

    Raises:
        ValueError: rows of several lengths, or a score is NaN or plus infinity.
    """
    k = len(transitions)
    if any(len(row) != k for row in [*transitions, *emissions]):
        raise ValueError(
            f"with {k} tags, each row of transitions and each word needs {k} scores"
        )
    for row in [*transitions, *emissions]:
        if any(math.isnan(score) or score == math.inf for score in row):
            raise ValueError(
                "a score is NaN or plus infinity; give finite scores, or minus infinity "
                "for what is forbidden"
            )
    if len(emissions) and not k:
        raise ValueError("there are words and no tags; give one tag or more")
    return k


def path_score(emissions: Table, transitions: Table, path: Sequence[int]) -> float:
    """Return the score of one path: every word's score of its tag, and every step's.

    Source: Lafferty, McCallum and Pereira (2001), equation 1, the exponent.

    Raises:
        ValueError: the path has not one tag for each word, or a tag that there is not.

    >>> path_score([[1, 0], [0, 2]], [[0, 3], [0, 0]], [0, 1])
    6
    """
    k = require_scores(emissions, transitions)
    if len(path) != len(emissions) or any(not 0 <= y < k for y in path):
        raise ValueError(
            f"a path here is {len(emissions)} tags from 0 to {k - 1}, not {path!r}"
        )
    words = sum(row[y] for row, y in zip(emissions, path, strict=True))
    steps = sum(transitions[x][y] for x, y in itertools.pairwise(path))
    return words + steps


def forward(emissions: Table, transitions: Table) -> list[list[float]]:
    """Return the log of the sum over all beginnings: ``alpha[i][y]`` ends at word i with tag y.

    Source: Sutton and McCallum (2012), section 4.1, in logarithms.

    >>> [[round(a, 3) for a in row] for row in forward([[0, 0], [0, 1]], [[0, 0], [0, 0]])]
    [[0, 0], [0.693, 1.693]]
    """
    require_scores(emissions, transitions)
    alpha: list[list[float]] = []
    for here in emissions:
        if not alpha:
            alpha.append(list(here))
            continue
        before = alpha[-1]
        alpha.append(
            [
                here[y]
                + log_sum_exp(
                    [a + t[y] for a, t in zip(before, transitions, strict=True)]
                )
                for y in range(len(here))
            ]
        )
    return alpha


def backward(emissions: Table, transitions: Table) -> list[list[float]]:
    """Return the log of the sum over all ends: ``beta[i][x]`` leaves word i with tag x.

    >>> backward([[0, 0], [0, 1]], [[0, 0], [0, 0]])[1]
    [0.0, 0.0]
    """
    k = require_scores(emissions, transitions)
    beta = [[0.0] * k for _ in emissions]
    for i in range(len(emissions) - 2, -1, -1):
        after = [e + b for e, b in zip(emissions[i + 1], beta[i + 1], strict=True)]
        beta[i] = [
            log_sum_exp([t + a for t, a in zip(transitions[x], after, strict=True)])
            for x in range(k)
        ]
    return beta


def log_partition(emissions: Table, transitions: Table) -> float:
    """Return log Z, the log of the sum over all paths of e to the score; 0 for no words.

    Raises:
        ValueError: the scores forbid every path.

    >>> round(log_partition([[0, 0], [0, 0]], [[0, 0], [0, 0]]), 6) == round(math.log(4), 6)
    True
    """
    alpha = forward(emissions, transitions)
    if not alpha:
        return 0.0
    total = log_sum_exp(alpha[-1])
    if total == -math.inf:
        raise ValueError("the scores forbid every path; allow one tag at each word")
    return total


def marginals(emissions: Table, transitions: Table) -> list[list[float]]:
    """Return P(tag y at word i | all words): every row sums to one.

    Source: Lafferty, McCallum and Pereira (2001), section 4.

    Raises:
        ValueError: the scores forbid every path.

    >>> marginals([[0, 0], [0, 0]], [[0, 0], [0, 0]])
    [[0.5, 0.5], [0.5, 0.5]]
    """
    log_z = log_partition(emissions, transitions)
    alpha, beta = forward(emissions, transitions), backward(emissions, transitions)
    return [
        [math.exp(a + b - log_z) for a, b in zip(*columns, strict=True)]
        for columns in zip(alpha, beta, strict=True)
    ]


def pair_marginals(emissions: Table, transitions: Table) -> list[list[list[float]]]:
    """Return P(tag x at word i, tag y at word i + 1 | all words), one table for each step.

    Raises:
        ValueError: the scores forbid every path.

    >>> pair_marginals([[0, 0], [0, 0]], [[0, 0], [0, 0]])
    [[[0.25, 0.25], [0.25, 0.25]]]
    """
    log_z = log_partition(emissions, transitions)
    alpha, beta = forward(emissions, transitions), backward(emissions, transitions)
    tables = []
    for i in range(1, len(emissions)):
        after = [e + b for e, b in zip(emissions[i], beta[i], strict=True)]
        tables.append(
            [
                [
                    math.exp(a + t + b - log_z)
                    for t, b in zip(row, after, strict=True)
                ]
                for a, row in zip(alpha[i - 1], transitions, strict=True)
            ]
        )
    return tables


def viterbi(emissions: Table, transitions: Table) -> list[int]:
    """Return the path with the highest score; of equal ways the first tag stays.

    Source: Viterbi (1967): sums over beginnings become the best beginning, with a pointer to it.

    Raises:
        ValueError: the scores forbid every path.

    >>> viterbi([[1, 0], [0, 0]], [[0, 3], [0, 0]])
    [0, 1]
    """
    log_partition(emissions, transitions)
    score: list[float] = []
    pointers: list[list[int]] = []
    for here in emissions:
        if score:
            ways = [
                [s + t[y] for s, t in zip(score, transitions, strict=True)]
                for y in range(len(here))
            ]
            pointers.append([way.index(max(way)) for way in ways])
            score = [e + max(way) for e, way in zip(here, ways, strict=True)]
        else:
            score = list(here)
    if not score:
        return []
    path = [score.index(max(score))]
    for pointer in reversed(pointers):
        path.append(pointer[path[-1]])
    return path[::-1]
