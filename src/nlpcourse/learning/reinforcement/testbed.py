"""Many bandits side by side, with NumPy: averages over hundreds of runs in a second.

The letters in the comments are R (runs) and K (arms).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Tallies:
    """The tallies of R players: pulls and payments, (R, K) each."""

    pulls: Array
    paid: Array

    @property
    def means(self) -> Array:
        """What each arm paid on average, (R, K); 0 before its first pull."""
        return self.paid / np.maximum(self.pulls, 1)


Players = Callable[[Tallies, np.random.Generator], NDArray[np.int64]]
"""What chooses an arm in every run, (R,)."""


def largest(scores: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the place of each row's largest score; of equals one at random.

    Raises:
        ValueError: there is no table of scores.

    >>> largest(np.array([[0.0, 2.0], [3.0, 1.0]]), np.random.default_rng(0)).tolist()
    [1, 0]
    """
    if np.ndim(scores) != 2 or np.shape(scores)[1] == 0:
        raise ValueError(
            f"scores of shape {np.shape(scores)} are no table (runs, arms)"
        )
    top = scores == scores.max(axis=1, keepdims=True)
    place: NDArray[np.int64] = np.argmax(top * rng.random(scores.shape), axis=1)
    return place


def epsilon_greedy(epsilon: float) -> Players:
    """Return players who try any arm with probability ε; see :mod:`.bandits`.

    Raises:
        ValueError: *epsilon* is no probability.
    """
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon is a probability, from 0 to 1, not {epsilon}")

    def choose(tallies: Tallies, rng: np.random.Generator) -> NDArray[np.int64]:
        runs, arms = tallies.pulls.shape
        best = largest(tallies.means, rng)
        tries = rng.random(runs) < epsilon
        return np.where(tries, rng.integers(arms, size=runs), best)

    return choose


def ucb1(tallies: Tallies, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose as UCB1 does, in every run; see :mod:`.bandits`."""
    fresh = tallies.pulls == 0
    if fresh.any():  # every run is as far as every other
        first: NDArray[np.int64] = np.argmax(fresh, axis=1)
        return first
    t = tallies.pulls.sum(axis=1, keepdims=True)
    scores = tallies.means + np.sqrt(2 * np.log(t) / tallies.pulls)
    return largest(scores, rng)


def thompson(tallies: Tallies, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose by Thompson sampling, in every run; arms pay 0 or 1; see :mod:`.bandits`."""
    imagined = rng.beta(tallies.paid + 1, tallies.pulls - tallies.paid + 1)
    return largest(imagined, rng)


def run(
    players: Players,
    means: Array,
    steps: int,
    seed: int = 0,
    gaussian: bool = False,
) -> NDArray[np.int64]:
    """Let R players play; return the arms that they pull, (R, steps).

    Args:
        players: choose an arm in every run.
        means: (R, K), what each arm pays on average, in every run.
        steps: pulls of each player.
        seed: of all chance.
        gaussian: an arm pays its mean plus noise of variance 1; else 1 with its mean's
            probability, or 0.

    Raises:
        ValueError: there are no runs or no arms, a mean can't be, or *steps* is negative.
    """
    means = np.asarray(means, dtype=float)
    if means.ndim != 2 or 0 in means.shape:
        raise ValueError(f"means of shape {means.shape} are no table (runs, arms)")
    if steps < 0:
        raise ValueError(f"{steps} pulls can't be made; give 0 or more")
    if not np.isfinite(means).all() or not (
        gaussian or ((means >= 0) & (means <= 1)).all()
    ):
        raise ValueError("a mean is no number, or a coin's is no probability")
    rng = np.random.default_rng(seed)
    tallies = Tallies(np.zeros_like(means), np.zeros_like(means))
    rows = np.arange(len(means))
    pulled = np.zeros((len(means), steps), dtype=np.int64)
    for step in range(steps):
        arm = players(tallies, rng)  # (R,)
        mean = means[rows, arm]
        noise = (
            rng.standard_normal(len(means)) if gaussian else rng.random(len(means))
        )
        reward = mean + noise if gaussian else (noise < mean).astype(float)
        tallies.pulls[rows, arm] += 1
        tallies.paid[rows, arm] += reward
        pulled[:, step] = arm
    return pulled


def regrets(pulled: NDArray[np.int64], means: Array) -> Array:
    """Return what each run lost up to each pull, by the true means, (R, steps).

    Raises:
        ValueError: there are no such tables, not as many runs in both, or an arm is none of K.
    """
    means = np.asarray(means, dtype=float)
    if means.ndim != 2 or np.ndim(pulled) != 2 or 0 in means.shape:
        raise ValueError("give pulled arms (runs, steps) and means (runs, arms)")
    arms = np.asarray(pulled, dtype=np.int64)
    if len(arms) != len(means):
        raise ValueError(f"{len(arms)} runs with pulls and {len(means)} with means")
    if not ((arms >= 0) & (arms < means.shape[1])).all():
        raise ValueError(f"an arm is none of the {means.shape[1]}, from 0 on")
    chosen = np.take_along_axis(means, arms, axis=1)
    return np.cumsum(means.max(axis=1, keepdims=True) - chosen, axis=1)


def ten_armed(runs: int = 2000, seed: int = 0) -> Array:
    """Return the means of a testbed of ten arms, drawn from a normal distribution, (R, 10).

    Raises:
        ValueError: there are no runs.

    Source: Sutton and Barto (2018), section 2.3.
    """
    if runs < 1:
        raise ValueError(f"{runs} runs can't be averaged; give 1 or more")
    return np.random.default_rng(seed).standard_normal((runs, 10))
