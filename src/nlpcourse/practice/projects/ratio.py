"""Scores that are a sum over a sum, and how sure they are: nDCG, accuracy and F1 alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Parts = Sequence[tuple[float, float]]
"""What each row adds to the upper and to the lower sum."""


def score(parts: Parts) -> float:
    """Return the upper sum divided by the lower one, 0 where the lower one is 0.

    >>> score([(1, 1), (0, 1), (1, 2)])
    0.5

    Raises:
        ValueError: there are no rows, or a part is negative, infinite or no number, or an
            upper part is above its lower one.
    """
    upper, lower = _table(parts).sum(axis=0)
    return float(upper / lower) if lower else 0.0


def _table(parts: Parts) -> np.ndarray:
    """Return the parts as a table, (rows, 2), or refuse what is none."""
    table = np.asarray(parts, dtype=float)
    if table.ndim != 2 or table.shape[1:] != (2,) or not len(table):
        raise ValueError("give one row (upper, lower) or more")
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise ValueError("parts are 0 or more and finite")
    if (table[:, 0] > table[:, 1] + 1e-9).any():
        upper, lower = table[np.argmax(table[:, 0] - table[:, 1])]
        raise ValueError(
            f"a row adds {upper:g} of {lower:g} possible: swap or mend them"
        )
    return table


def _drawn(n: int, samples: int, seed: int) -> np.ndarray:
    """Return how often each of n rows is drawn in each sample, (samples, n)."""
    if samples < 1 or seed < 0:
        raise ValueError(
            f"give 1 sample or more and a seed from 0, not {samples} and {seed}"
        )
    rng = np.random.default_rng(seed)
    return rng.multinomial(n, np.full(n, 1 / n), size=samples)


def _ratios(sums: np.ndarray) -> np.ndarray:
    """Return the score of each pair of sums, (samples,)."""
    upper, lower = sums[:, 0], sums[:, 1]
    found = np.divide(upper, lower, out=np.zeros_like(upper), where=lower > 0)
    return np.asarray(found)


def interval(
    parts: Parts, samples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return between which numbers the score lies in 95 of 100 redrawn sets of rows.

    Args:
        parts: of every row.
        samples: redrawn sets, 1 or more.
        seed: of the draws.

    Raises:
        ValueError: as :func:`score`, or there is no sample.

    Source: Efron and Tibshirani (1993), section 13.3, the percentile interval.
    """
    table = _table(parts)
    drawn = _drawn(len(table), samples, seed)  # (samples, rows)
    low, high = np.quantile(_ratios(drawn @ table), [0.025, 0.975])
    return float(low), float(high)


def gain_interval(
    before: Parts, after: Parts, samples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return between which numbers the gain of *after* over *before* lies, rows drawn in pairs.

    Args:
        before: of every row, under the one system.
        after: of the same rows in the same order, under the other.
        samples: redrawn sets, 1 or more.
        seed: of the draws.

    Raises:
        ValueError: as :func:`interval`, or the rows are not as many.

    Source: Efron and Tibshirani (1993), section 13.3; Koehn (2004) for the pairs.
    """
    one, other = _table(before), _table(after)
    if len(one) != len(other):
        raise ValueError(f"{len(one)} and {len(other)} rows can't be paired")
    drawn = _drawn(len(one), samples, seed)
    gains = _ratios(drawn @ other) - _ratios(drawn @ one)
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)
