"""REINFORCE on a problem so small that its gradient can be written down.

A policy chooses among K arms by a softmax over K numbers θ.  Arm k pays 1 with probability μ(k).
"""

from __future__ import annotations

import torch
from torch import Tensor


def require_problem(theta: Tensor, means: Tensor) -> Tensor:
    """Return the means in the policy's type after making sure that both belong together.

    Raises:
        ValueError: they don't, θ is not finite, or a mean is no probability.
    """
    if theta.dim() != 1 or theta.shape != means.shape or not len(theta):
        raise ValueError(
            f"a policy of shape {tuple(theta.shape)} can't choose among arms of shape "
            f"{tuple(means.shape)}; give (K,) and (K,)"
        )
    if not theta.is_floating_point() or not bool(theta.isfinite().all()):
        raise ValueError("theta must hold finite numbers with decimals")
    if not bool(((means >= 0) & (means <= 1)).all()):
        raise ValueError("a mean is a probability, from 0 to 1; one of them is not")
    return means.to(theta.dtype)


def exact_gradient(theta: Tensor, means: Tensor) -> Tensor:
    """Return the gradient of the expected reward, (K,).

    Args:
        theta: (K,), the policy is its softmax.
        means: (K,), μ.

    Raises:
        ValueError: they don't belong together, or a mean is no probability.

    Source: Sutton and Barto (2018), section 13.1 (exercise of section 2.8).

    >>> exact_gradient(torch.zeros(2), torch.tensor([1.0, 0.0])).tolist()
    [0.25, -0.25]
    """
    means = require_problem(theta, means)
    policy = theta.softmax(dim=0)  # π
    expected = policy @ means  # J
    return policy * (means - expected)


def sampled_gradients(
    theta: Tensor, means: Tensor, count: int, baseline: float = 0.0, seed: int = 0
) -> Tensor:
    """Return REINFORCE's gradient of single pulls, (count, K); each is right on average.

    Args:
        theta: (K,).
        means: (K,); the learner sees only 0 or 1.
        count: pulls.
        baseline: b, subtracted from every reward.
        seed: of the pulls.

    Raises:
        ValueError: they don't belong together, a mean is no probability, or *count* is below 1.

    Source: Williams (1992), section 4, equation 4.
    """
    means = require_problem(theta, means)
    if count < 1:
        raise ValueError(f"{count} pulls tell nothing; ask for 1 or more")
    generator = torch.Generator().manual_seed(seed)
    policy = theta.softmax(dim=0)
    arm = torch.multinomial(policy, count, replacement=True, generator=generator)
    chance = torch.rand(count, generator=generator, dtype=means.dtype)
    reward = (chance < means[arm]).to(means.dtype)  # (count,)
    chosen = torch.nn.functional.one_hot(arm, len(theta)).to(theta.dtype)
    score = chosen - policy  # ∇ log π(arm), (count, K)
    return (reward - baseline)[:, None] * score


def variance(gradients: Tensor) -> float:
    """Return the sum over θ of the variance of single gradients, (count, K) → number.

    Raises:
        ValueError: fewer than two gradients.

    >>> variance(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]))
    2.0
    """
    if gradients.dim() != 2 or len(gradients) < 2:
        raise ValueError(
            f"gradients of shape {tuple(gradients.shape)} have no spread; give (count, K) "
            "with two or more"
        )
    return float(gradients.var(dim=0).sum())
