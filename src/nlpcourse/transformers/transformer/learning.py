"""Two tricks of the paper's training: the warm-up schedule and label smoothing.

Source: Vaswani et al. (2017), sections 5.3 and 5.4.
"""

from __future__ import annotations

import torch
from torch import Tensor


def warm_up_rate(step: int, size: int, warmup: int) -> float:
    """Return the learning rate of a step: up in a straight line, then down as 1/√step.

    Args:
        step: counted from 1.
        size: C, channels of the model; larger models get smaller steps.
        warmup: steps of the climb.

    Raises:
        ValueError: a step, a size or a warm-up of less than 1.

    Source: Vaswani et al. (2017), equation 3.

    >>> f"{warm_up_rate(4000, size=512, warmup=4000):.5f}"
    '0.00070'
    """
    if step < 1:
        raise ValueError(f"steps are counted from 1, not from {step}")
    if size < 1 or warmup < 1:
        raise ValueError(
            f"{size} channels and {warmup} steps of warm-up: both must be 1 or more"
        )
    return float(size**-0.5 * min(step**-0.5, step * warmup**-1.5))


def smoothed_cross_entropy(
    scores: Tensor, gold: Tensor, smoothing: float = 0.1, ignore: int = -100
) -> Tensor:
    """Return the cross-entropy against a target that leaves a little for every token.

    Args:
        scores: (N, K), before the softmax.
        gold: (N,), the right tokens.
        smoothing: ε, the share that is spread evenly over all K tokens, the right one too.
        ignore: tokens of this number (padding) do not count.

    Returns:
        The mean over the tokens that count.

    Raises:
        ValueError: no token counts, or the share is not between 0 and 1.

    Source: Szegedy et al. (2016), section 7; equals ``nn.CrossEntropyLoss(label_smoothing=ε)``.

    >>> scores = torch.tensor([[0.0, 0.0]])
    >>> round(float(smoothed_cross_entropy(scores, torch.tensor([1]), 0.2)), 4)
    0.6931
    """
    counts = gold != ignore
    if not scores.is_floating_point():
        raise ValueError(f"scores are real numbers, not of the kind {scores.dtype}")
    if not 0 <= smoothing <= 1 or not bool(counts.any()):
        raise ValueError(
            f"a share of {smoothing} for {int(counts.sum())} tokens: the share "
            "lies between 0 and 1, and at least one token must count"
        )
    log_p = scores[counts].log_softmax(dim=-1)  # (n, K)
    right = log_p.gather(1, gold[counts].unsqueeze(1)).squeeze(1)  # (n,)
    spread = log_p.mean(dim=-1)  # (n,): an equal share for every token
    return -((1 - smoothing) * right + smoothing * spread).mean()


def smoothed_target(tokens: int, gold: int, smoothing: float) -> Tensor:
    """Return the distribution that label smoothing asks for, (K,).

    Raises:
        ValueError: there is no such token, or the share is not between 0 and 1.

    >>> smoothed_target(tokens=4, gold=2, smoothing=0.2).tolist()
    [0.05000000074505806, 0.05000000074505806, 0.8500000238418579, 0.05000000074505806]
    """
    if not (0 <= gold < tokens and 0 <= smoothing <= 1):
        raise ValueError(
            f"token {gold} of {tokens} with a share of {smoothing}: tokens are numbered from 0, "
            "and the share lies between 0 and 1"
        )
    target = torch.full((tokens,), smoothing / tokens)
    target[gold] += 1 - smoothing
    return target
