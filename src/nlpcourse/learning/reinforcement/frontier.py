"""The best reward that a distance from the untuned model can buy.

Of all policies that are so far away, the one with the highest reward is known: it takes the
untuned model's texts and weighs each by e to the power of its reward over β.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Point:
    """A reward and the distance KL(π ‖ untuned) at which it is reached, in nats."""

    kl: float
    reward: float


def _texts(rewards: Tensor) -> Tensor:
    """Return rewards as 64-bit numbers after making sure that there are some."""
    if rewards.dim() != 1 or not len(rewards) or not bool(rewards.isfinite().all()):
        raise ValueError("give the finite rewards of one text or more, (B,)")
    return rewards.double()


def best_possible(rewards: Tensor, beta: float) -> Point:
    """Return reward and distance of the best policy for a price β, from the untuned texts alone.

    Args:
        rewards: (B,), of many texts of the untuned model.
        beta: β, the price of a nat.

    Raises:
        ValueError: there is no text, a reward is infinite, or *beta* is not above 0.

    Source: Korbak et al. (2022), equation 5; Rafailov et al. (2023), equation 4.

    >>> point = best_possible(torch.tensor([0.0, 1.0]), beta=1000.0)
    >>> round(point.reward, 2), round(point.kl, 2)
    (0.5, 0.0)
    """
    rewards = _texts(rewards)
    if not 0 < beta < math.inf:
        raise ValueError(f"beta must be above 0 and finite, not {beta}")
    log_z = (rewards / beta).logsumexp(dim=0) - math.log(len(rewards))
    weights = (rewards / beta).softmax(dim=0)
    reward = float(weights @ rewards)
    return Point(kl=reward / beta - float(log_z), reward=reward)


def best_of(rewards: Tensor, count: int) -> Point:
    """Return what writing *count* texts and keeping the best one reaches.

    Args:
        rewards: (B,), of many texts of the untuned model.
        count: n, texts among which the best is kept.

    Returns:
        the expected reward, and log n − (n − 1) / n, which the distance does not exceed.

    Raises:
        ValueError: there is no text, a reward is infinite, or *count* is below 1.

    Source: Stiennon et al. (2020), appendix G.3, for the distance.

    >>> point = best_of(torch.tensor([0.0, 1.0]), count=2)
    >>> point.reward, round(point.kl, 3)
    (0.75, 0.193)
    """
    if count < 1:
        raise ValueError(f"the best of {count} texts is none; give 1 or more")
    ordered = _texts(rewards).sort().values
    below = torch.arange(len(ordered) + 1, dtype=torch.float64) / len(ordered)
    share = (below**count).diff()  # P(the k-th is the best of n)
    return Point(math.log(count) - (count - 1) / count, float(share @ ordered))
