"""One choice out of k, again and again: three players, and what theory says of their regret.

An arm pays 1 with a probability that the player does not know, else 0.  What a player loses by
not having pulled the best arm from the start is its regret.

This file uses the standard library alone.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass
class Tally:
    """What a player remembers of each arm.

    Attributes:
        pulls: how often it was pulled, N(a).
        paid: how much it paid in all.
    """

    pulls: list[int] = field(default_factory=list)
    paid: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, arms: int) -> Tally:
        """Return the tally of a player who has not pulled yet."""
        return cls([0] * arms, [0.0] * arms)

    def mean(self, arm: int) -> float:
        """Return what the arm paid on average, Q(a); 0 before its first pull."""
        return self.paid[arm] / self.pulls[arm] if self.pulls[arm] else 0.0

    def note(self, arm: int, reward: float) -> None:
        """Remember one more pull."""
        self.pulls[arm] += 1
        self.paid[arm] += reward


Player = Callable[[Tally, random.Random], int]
"""What chooses an arm, given the tally and a source of chance."""


def _best(scores: Sequence[float], rng: random.Random) -> int:
    """Return the place of the largest score; of equals one at random."""
    largest = max(scores)
    return rng.choice([arm for arm, s in enumerate(scores) if s == largest])


def epsilon_greedy(epsilon: float) -> Player:
    """Return a player who tries any arm with probability ε, else the best so far.

    Args:
        epsilon: from 0, which never tries, to 1, which only tries.

    Raises:
        ValueError: *epsilon* is no probability.

    Source: Sutton and Barto (2018), section 2.4.
    """
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon is a probability, from 0 to 1, not {epsilon}")

    def choose(tally: Tally, rng: random.Random) -> int:
        arms = range(len(tally.pulls))
        if rng.random() < epsilon:
            return rng.choice(arms)
        return _best([tally.mean(arm) for arm in arms], rng)

    return choose


def ucb1(tally: Tally, rng: random.Random) -> int:
    """Pull every arm once, then the one whose mean might be highest.

    Source: Auer, Cesa-Bianchi and Fischer (2002), Figure 1.

    >>> ucb1(Tally([10, 10, 2], [6.0, 4.0, 1.0]), random.Random(0))
    2
    """
    if 0 in tally.pulls:
        return tally.pulls.index(0)
    t = sum(tally.pulls)
    scores = [
        tally.mean(arm) + math.sqrt(2 * math.log(t) / n)
        for arm, n in enumerate(tally.pulls)
    ]
    return _best(scores, rng)


def thompson(tally: Tally, rng: random.Random) -> int:
    """Imagine a mean for every arm, as likely as the tally makes it; pull the highest.

    What an arm may pay is uniform at first, and after s ones and f zeros it is Beta(s + 1, f + 1).

    Source: Thompson (1933); Chapelle and Li (2011), Algorithm 2.
    """
    imagined = [
        rng.betavariate(ones + 1, n - ones + 1)
        for ones, n in zip(tally.paid, tally.pulls, strict=True)
    ]
    return _best(imagined, rng)


def require_means(means: Sequence[float]) -> None:
    """Refuse no arms, and a mean that is no probability."""
    if not len(means):
        raise ValueError("there is no arm to pull; give the mean of one or more")
    for mean in means:
        if not 0 <= mean <= 1:
            raise ValueError(
                f"an arm pays 1 with a probability from 0 to 1, not {mean}"
            )


def play(
    player: Player, means: Sequence[float], steps: int, seed: int = 0
) -> list[int]:
    """Return the arms that a player pulls.

    Args:
        player: chooses an arm.
        means: μ(a), the probability that the arm pays 1.
        steps: how many pulls.
        seed: of the player's chance and of the arms'.

    Raises:
        ValueError: there is no arm, a mean is no probability, or *steps* is negative.

    >>> play(ucb1, [0.2, 0.8], steps=6)
    [0, 1, 1, 1, 1, 0]
    """
    require_means(means)
    if steps < 0:
        raise ValueError(f"{steps} pulls can't be made; give 0 or more")
    rng, tally = random.Random(seed), Tally.of(len(means))
    pulled = []
    for _ in range(steps):
        arm = player(tally, rng)
        tally.note(arm, float(rng.random() < means[arm]))
        pulled.append(arm)
    return pulled


def regret(pulled: Sequence[int], means: Sequence[float]) -> list[float]:
    """Return what was lost up to each pull, by the arms' true means.

    Raises:
        ValueError: there is no arm, a mean is no probability, or an arm that isn't there was
            pulled.

    >>> [round(lost, 1) for lost in regret([0, 1, 1], [0.2, 0.8])]
    [0.6, 0.6, 0.6]
    """
    require_means(means)
    for arm in pulled:
        if not 0 <= arm < len(means):
            raise ValueError(
                f"there is no arm {arm}; they go from 0 to {len(means) - 1}"
            )
    return list(accumulate(max(means) - means[arm] for arm in pulled))


def bernoulli_kl(p: float, q: float) -> float:
    """Return KL(p ‖ q) of two coins, in nats.

    Raises:
        ValueError: one of them is no probability.

    >>> bernoulli_kl(0.5, 0.5), bernoulli_kl(0.5, 1.0)
    (0.0, inf)
    """
    require_means([p, q])
    total = 0.0
    for share, other in ((p, q), (1 - p, 1 - q)):
        if share > 0:
            total += share * math.log(share / other) if other > 0 else math.inf
    return total


def _gaps(means: Sequence[float], steps: int) -> list[tuple[float, float]]:
    """Return mean and gap Δ of every arm that is not the best."""
    require_means(means)
    if steps < 1:
        raise ValueError(f"a bound needs 1 pull or more, not {steps}")
    best = max(means)
    return [(mean, best - mean) for mean in means if mean < best]


def ucb1_bound(means: Sequence[float], steps: int) -> float:
    """Return what UCB1's expected regret never exceeds after so many pulls.

    Raises:
        ValueError: there is no arm, a mean is no probability, or there is no pull.

    Source: Auer, Cesa-Bianchi and Fischer (2002), Theorem 1.

    >>> round(ucb1_bound([0.5, 0.6], 1000), 1)
    553.0
    """
    gaps = [gap for _, gap in _gaps(means, steps)]
    rare = sum(8 * math.log(steps) / gap for gap in gaps)
    return rare + (1 + math.pi**2 / 3) * sum(gaps)


def lai_robbins(means: Sequence[float]) -> float:
    """Return by how much the regret of a good player grows, at least, per unit of ln n.

    Raises:
        ValueError: there is no arm, or a mean is no probability.

    Source: Lai and Robbins (1985), Theorem 1.

    >>> round(lai_robbins([0.5, 0.6]), 2)
    4.9
    """
    best = max(means, default=0.0)
    return sum(gap / bernoulli_kl(mean, best) for mean, gap in _gaps(means, 1))
