"""The Ladder: a leaderboard that answers only where a submission is better by a step.

Source: Blum and Hardt (2015), The Ladder: a reliable leaderboard for machine learning competitions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import ne


def to_step(value: float, step: float) -> float:
    """Return the multiple of *step* that is nearest to *value*; the value itself where step is 0.

    Raises:
        ValueError: the step is negative or no number, or the value is no number.

    >>> to_step(0.237, 0.05)
    0.25
    """
    if not (0 <= step < math.inf) or not math.isfinite(value):
        raise ValueError(
            f"give a finite value and a step of 0 or more, not {value} and {step}"
        )
    return round(round(value / step) * step, 12) if step else value


def next_report(score: float, before: float, step: float) -> float:
    """Return what a board of scores says next: the Ladder, upside down, for one submission.

    Args:
        score: of the submission; more is better.
        before: what the board said last; minus infinity at the beginning.
        step: η; with 0 the board says the best score.

    Raises:
        ValueError: the step is negative or no number, or the score is no number.

    >>> next_report(0.537, 0.5, 0.05), next_report(0.562, 0.5, 0.05)
    (0.5, 0.55)
    """
    reached = to_step(score, step)
    return reached if score > before + step and reached > before else before


def ladder(losses: Sequence[float], step: float) -> list[float]:
    """Return what the Ladder reports after each submission of one team.

    Args:
        losses: the share of errors of each submission on the public rows, in order.
        step: η, by which a submission must be better than what was reported last.

    Source: Blum and Hardt (2015), algorithm 1.

    Raises:
        ValueError: the step is negative or no number, or a loss is no number.

    >>> ladder([0.48, 0.47, 0.30, 0.52], step=0.1)
    [0.5, 0.5, 0.3, 0.3]
    """
    reported: list[float] = []
    best = math.inf
    for loss in losses:
        if to_step(loss, step) < best and loss < best - step:
            best = to_step(loss, step)
        reported.append(best)
    return reported


def free_ladder(errors: Sequence[Sequence[int]]) -> list[float]:
    """Return what the Ladder without a parameter reports: the data choose the step.

    A submission must be better than the leader by more than the standard error of the mean of their
    row-by-row differences.  With *won* rows that only the new one has right and *lost* rows that
    only the leader has right, that is (won − lost)² > won + lost, exactly.

    Args:
        errors: for each submission, 1 where a public row is wrong and 0 where it is right.

    Source: Blum and Hardt (2015), the parameter-free variant, as in the authors' program.

    Raises:
        ValueError: a submission has fewer than two rows, or not as many as the others.

    >>> free_ladder([[1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]])
    [0.5, 0.5, 0.16666666666666666]
    """
    if any(len(row) < 2 or len(row) != len(errors[0]) for row in errors):
        raise ValueError("every submission has the same rows, two or more")
    reported: list[float] = []
    leader: Sequence[int] = []
    for row in errors:
        if not leader or takes_the_lead(row, leader):
            leader = row
        reported.append(sum(leader) / len(leader))
    return reported


def takes_the_lead(row: Sequence[int], leader: Sequence[int]) -> bool:
    """Return whether a submission is better than the leader by more than a standard error.

    Args:
        row: 1 where the submission has a public row wrong, 0 where right.
        leader: the same of the best so far.

    Raises:
        ValueError: the two have not the same number of rows.

    >>> takes_the_lead([0, 0, 0, 1], [0, 0, 1, 1]), takes_the_lead([0, 0, 0, 0], [0, 0, 1, 1])
    (False, True)
    """
    if len(row) != len(leader):
        raise ValueError(f"{len(row)} and {len(leader)} rows; give the same")
    gain = sum(leader) - sum(row)  # won - lost
    return gain > 0 and gain**2 > sum(map(ne, row, leader))  # won + lost


def guarantee(
    rows: int, submissions: int, step: float, failure: float = 0.05
) -> float:
    """Return how far the Ladder may be from the truth, but for one case in 1 / *failure*.

    A run of the Ladder is told by B = (1/η + 2) log₂(4k/η) bits, so whatever a team does, it can
    hand in at most 2^B different answers; Hoeffding's inequality holds for all of them at once.

    Args:
        rows: n, of the public part.
        submissions: k.
        step: η, above 0 and at most 1.
        failure: δ, the probability that the bound does not hold.

    Source: Blum and Hardt (2015), theorem 3.1 and claim 3.2.

    Raises:
        ValueError: an argument lies outside its range.

    >>> round(guarantee(4000, 400, 0.1), 2)
    0.22
    """
    if rows < 1 or submissions < 1:
        raise ValueError(
            f"give 1 row and 1 submission or more, not {rows} and {submissions}"
        )
    if not (0 < step <= 1 and 0 < failure < 1):
        raise ValueError(
            f"step and failure lie between 0 and 1, not {step} and {failure}"
        )
    bits = (1 / step + 2) * math.log2(4 * submissions / step)
    deviation = (bits * math.log(2) + math.log(2 / failure)) / (2 * rows)
    return step + math.sqrt(deviation)
