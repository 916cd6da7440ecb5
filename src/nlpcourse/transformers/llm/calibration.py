"""Taking a prompt's own leaning out of its answers.

Source: Zhao et al. (2021), section 5.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

CONTENT_FREE = ("N/A", "[MASK]", "")
"""Texts that say nothing, those of the paper."""


def shares(log_probs: Tensor) -> Tensor:
    """Return the probabilities of the labels among themselves, (…, K) → (…, K).

    Args:
        log_probs: ln p of each label's word among all words.

    Raises:
        ValueError: there is no label, or a number is none.

    >>> shares(torch.tensor([0.2, 0.1, 0.1]).log()).tolist()
    [0.5, 0.25, 0.25]
    """
    log_probs = torch.as_tensor(log_probs)
    if not log_probs.is_floating_point():
        log_probs = log_probs.float()
    if log_probs.dim() == 0 or log_probs.shape[-1] == 0:
        raise ValueError("there is no label to choose; give ln p of one or more")
    if bool(log_probs.isnan().any()) or not bool(
        log_probs.amax(-1).isfinite().all()
    ):
        raise ValueError(
            "ln p of a label is no number; give finite ones, −∞ for impossible"
        )
    return log_probs.softmax(dim=-1)


def leaning(content_free: Tensor) -> Tensor:
    """Return what the prompt answers to texts that say nothing, (N, K) → (K,).

    Args:
        content_free: ln p of each label behind each of the N texts.

    Raises:
        ValueError: no such text was read.
    """
    probabilities = shares(content_free)
    if probabilities.dim() != 2 or len(probabilities) == 0:
        raise ValueError(
            f"of shape {tuple(probabilities.shape)}; give one row for each "
            "content-free text"
        )
    return probabilities.mean(dim=0)


def calibrated(log_probs: Tensor, content_free: Tensor) -> Tensor:
    """Return the shares q of the labels after calibration, (N, K).

    Args:
        log_probs: ln p of each label behind each text, (N, K).
        content_free: the same behind texts that say nothing, (M, K).

    Raises:
        ValueError: the two have other labels, or one of them is no table.

    Source: Zhao et al. (2021), section 5: W = diag(p_cf)⁻¹, b = 0.

    >>> asked = torch.tensor([[0.8, 0.2]]).log()
    >>> calibrated(asked, torch.tensor([[0.9, 0.1]]).log())[0].round(decimals=2).tolist()
    [0.3100000023841858, 0.6899999976158142]
    """
    p, p_cf = shares(log_probs), leaning(content_free)
    if p.dim() != 2 or p.shape[-1] != len(p_cf):
        raise ValueError(
            f"{tuple(p.shape)} and {len(p_cf)} labels don't belong together; give "
            "(N, K) and (M, K)"
        )
    weighted = p / p_cf.clamp_min(1e-12)  # W p
    return weighted / weighted.sum(dim=-1, keepdim=True)


def accuracy(probabilities: Tensor, gold: Sequence[int]) -> float:
    """Return for how many texts the likeliest label is the right one.

    Args:
        probabilities: of each label, (N, K).
        gold: the right label's number, N of them.

    Raises:
        ValueError: there are no texts, not as many labels, or a probability is NaN.

    >>> accuracy(torch.tensor([[0.7, 0.3], [0.6, 0.4]]), [0, 1])
    0.5
    """
    probabilities = torch.as_tensor(probabilities)
    if (
        probabilities.dim() != 2
        or 0 in probabilities.shape
        or len(gold) != len(probabilities)
    ):
        raise ValueError(
            f"{len(gold)} labels for {tuple(probabilities.shape)}; give one for each row"
        )
    if bool(probabilities.isnan().any()):
        raise ValueError(
            "a probability is NaN, so no label is the likeliest; mend it"
        )
    right = probabilities.argmax(dim=-1) == torch.tensor(list(gold))
    return float(right.float().mean())
