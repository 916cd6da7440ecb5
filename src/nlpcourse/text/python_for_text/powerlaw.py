"""The exponent of a discrete power law by maximum likelihood, and how well the law fits.

The law says that a share proportional to x ** -alpha of the types occurs x times, for x at or above
a minimum.  The method is that of Clauset, Shalizi and Newman (2009), sections 3.1 to 4.1 and
appendix D.

What this file does not handle: a law that ends above (a largest count), other laws to compare
with, and the uncertainty of the minimum.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate

TERMS = 20
"""Terms of a zeta function that are added one by one before a formula adds the rest."""

STEEPEST = 500.0
"""The largest exponent that is looked for."""


def log_zeta(s: float, m: int) -> float:
    """Return ln ζ(s, m), the logarithm of the sum of k ** -s over all k from m up.

    After `TERMS` terms the rest of the sum is an integral with four corrections (Euler and
    Maclaurin).  All is divided by m ** -s, so that a steep law does not become 0.

    Raises:
        ValueError: the sum has no end, because *s* is not above 1, or *m* is below 1.

    >>> round(math.exp(log_zeta(2, 1)), 9), round(math.pi**2 / 6, 9)
    (1.644934067, 1.644934067)
    """
    if not 1 < s < math.inf or m < 1:
        raise ValueError(f"s is {s} and m is {m}; take s above 1, and m from 1 up")
    total = math.fsum((1 + k / m) ** -s for k in range(TERMS))
    end = m + TERMS
    third = s * (s + 1) * (s + 2) / end**3
    rest = end / (s - 1) + 1 / 2 + s / (12 * end) - third / 720
    rest += third * (s + 3) * (s + 4) / end**2 / 30240
    return math.log(total + (end / m) ** -s * rest) - s * math.log(m)


def tail(counts: Iterable[int], minimum: int) -> Counter[int]:
    """Return how many types have each count, from *minimum* up.

    Raises:
        ValueError: the minimum is below 1, or a count is.

    >>> tail([9, 4, 4, 1], minimum=2)
    Counter({4: 2, 9: 1})
    """
    if minimum < 1:
        raise ValueError(f"the minimum is {minimum}; a count is 1 or more")
    found: Counter[int] = Counter(counts)
    if found and min(found) < 1:
        raise ValueError(f"a count of {min(found)}: leave out what does not occur")
    return Counter({x: n for x, n in found.items() if x >= minimum})


def log_likelihood(alpha: float, counts: Iterable[int], minimum: int = 1) -> float:
    """Return the log-likelihood of the counts from *minimum* up.

    Clauset, Shalizi and Newman (2009), equation 3.5.

    >>> round(log_likelihood(2.0, [1, 1, 3]), 4)
    -3.6903
    """
    kept = tail(counts, minimum)
    log_sum = math.fsum(n * math.log(x) for x, n in kept.items())
    return -kept.total() * log_zeta(alpha, minimum) - alpha * log_sum


def fit_exponent(counts: Iterable[int], minimum: int = 1) -> float:
    """Return the alpha under which the counts from *minimum* up are most probable.

    The likelihood has one hill, so a golden-section search walks to its top.

    Raises:
        ValueError: no count lies above the minimum: the steeper the law, the better it
            would fit, without end.

    >>> round(fit_exponent([1, 1, 1, 1, 2, 2, 3, 7]), 3)
    2.019
    """
    kept = tail(counts, minimum)
    log_sum = math.fsum(n * math.log(x) for x, n in kept.items())
    if not kept or max(kept) == minimum:
        raise ValueError(
            f"no count is above the minimum of {minimum}; "
            "take a longer text or a lower minimum"
        )

    def height(alpha: float) -> float:
        return -kept.total() * log_zeta(alpha, minimum) - alpha * log_sum

    low, high, ratio = 1 + 1e-9, STEEPEST, (math.sqrt(5) - 1) / 2
    while high - low > 1e-9:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if height(left) > height(right):
            high = right
        else:
            low = left
    return (low + high) / 2


def standard_error(alpha: float, n: int) -> float:
    """Return how far chance moves the exponent of *n* counts: its standard error.

    Clauset, Shalizi and Newman (2009), equation 3.2, which holds for large minima and is a guide
    for small ones.

    Raises:
        ValueError: there are no counts, or *alpha* is not above 1.

    >>> standard_error(2.0, 400)
    0.05
    """
    if n < 1 or not 1 < alpha < math.inf:
        raise ValueError(
            f"alpha is {alpha} and n is {n}; take alpha above 1, n from 1"
        )
    return (alpha - 1) / math.sqrt(n)


def distance(counts: Iterable[int], alpha: float, minimum: int = 1) -> float:
    """Return the largest gap between the counts' distribution and the law's.

    It is the Kolmogorov–Smirnov statistic (Clauset, Shalizi and Newman 2009, equation 3.9).

    Raises:
        ValueError: no count reaches the minimum.

    >>> round(distance([1, 1, 2], alpha=2.0), 4)
    0.2401
    """
    kept = sorted(tail(counts, minimum).items())
    if not kept:
        raise ValueError(f"no count reaches the minimum of {minimum}")
    n, whole = sum(k for _, k in kept), log_zeta(alpha, minimum)
    gap, seen = 0.0, 0
    for x, k in kept:
        before = 1 - math.exp(log_zeta(alpha, x) - whole)  # the law below x
        upto = 1 - math.exp(log_zeta(alpha, x + 1) - whole)  # x included
        gap = max(gap, abs(seen / n - before), abs((seen + k) / n - upto))
        seen += k
    return gap


@dataclass(frozen=True)
class Fit:
    """A fitted law: its exponent, where it begins, how far off it is, and of how many counts."""

    alpha: float
    minimum: int
    distance: float
    n: int


def fit(counts: Iterable[int], minimum: int = 1) -> Fit:
    """Fit the exponent from *minimum* up, and measure how far off the law is.

    Raises:
        ValueError: no count is above the minimum.

    >>> fit([1, 1, 1, 1, 2, 2, 3, 7]).n
    8
    """
    kept = tail(counts, minimum)
    values = list(kept.elements())
    alpha = fit_exponent(values, minimum)
    return Fit(alpha, minimum, distance(values, alpha, minimum), len(values))


def best_fit(counts: Iterable[int], least: int = 50) -> Fit:
    """Fit the law from every possible minimum, and return the fit that is least off.

    Clauset, Shalizi and Newman (2009), section 3.3.  Minima that leave fewer than *least* types
    are not tried: a short tail fits anything.

    Raises:
        ValueError: fewer than *least* counts, or no minimum leaves a count above it.

    >>> best_fit([1] * 60 + [2] * 20 + [3] * 9 + [4] * 5 + [8, 9, 20], least=10).minimum
    2
    """
    values = list(tail(counts, 1).elements())
    if len(values) < max(least, 2):
        raise ValueError(
            f"{len(values)} words are too few for a fit; "
            f"give at least {max(least, 2)}"
        )
    levels = sorted(set(values))[:-1]
    fits = (fit(values, m) for m in levels if sum(x >= m for x in values) >= least)
    found = min(fits, key=lambda one: one.distance, default=None)
    if found is None:
        raise ValueError("all words occur equally often; take a longer text")
    return found


def draw(alpha: float, minimum: int, size: int, seed: int) -> list[int]:
    """Draw *size* counts from the law.

    A random height is looked up in a table of the law's cumulative shares, and where the table
    ends, by doubling and halving (Clauset, Shalizi and Newman 2009, appendix D).

    Raises:
        ValueError: *alpha* is not above 1, the minimum is below 1, or *size* is negative.

    >>> draw(2.0, minimum=1, size=6, seed=1)
    [1, 4, 3, 1, 1, 1]
    """
    if size < 0:
        raise ValueError(f"{size} counts cannot be drawn; ask for 0 or more")
    rng, whole = random.Random(seed), log_zeta(alpha, minimum)

    def above(x: int) -> float:
        """Return the law's share at x and beyond."""
        return math.exp(log_zeta(alpha, x) - whole)

    shares = (((minimum + k) / minimum) ** -alpha for k in range(1000))
    first = math.exp(-alpha * math.log(minimum) - whole)
    table = [first * share for share in accumulate(shares)]
    drawn = []
    for _ in range(size):
        height = rng.random()
        k = bisect_left(table, height)
        if k == len(table):
            k = _beyond(above, minimum, len(table), 1 - height)
        drawn.append(minimum + k)
    return drawn


def _beyond(
    above: Callable[[int], float], minimum: int, start: int, share: float
) -> int:
    """Return the last k at which the law still has *share* or more at or beyond it."""
    low, high = start, 2 * start
    while above(minimum + high) > share and high < 2**60:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if above(minimum + middle) > share else (low, middle)
        )
    return low


def plausibility(found: Fit, simulations: int = 100, seed: int = 0) -> float:
    """Return the share of samples of the law itself that are further off than the data.

    Each sample is as large as the data and is fitted anew.  A share below 0.1 speaks against the
    law (Clauset, Shalizi and Newman 2009, section 4.1, here with the minimum held fixed).

    Raises:
        ValueError: no simulations are asked for.

    >>> plausibility(Fit(alpha=2.0, minimum=1, distance=0.9, n=50), simulations=5)
    0.0
    """
    if simulations < 1:
        raise ValueError(
            f"{simulations} simulations say nothing; ask for 1 or more"
        )
    further = 0
    for k in range(simulations):
        sample = draw(found.alpha, found.minimum, found.n, seed=1000 * seed + k)
        further += fit(sample, found.minimum).distance >= found.distance
    return further / simulations
