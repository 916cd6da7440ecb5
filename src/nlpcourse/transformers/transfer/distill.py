"""Distillation: a small network learns from the probabilities of a large one.

Source: Hinton, Vinyals and Dean (2015), section 2.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def soften(logits: Tensor, temperature: float = 1.0) -> Tensor:
    """Return probabilities at a temperature; above 1 they are more even.

    Args:
        logits: (…, classes).
        temperature: above 0.

    Raises:
        ValueError: the temperature is not above 0, or there is no class.

    >>> soften(torch.tensor([2.0, 0.0]), 1e9).tolist()
    [0.5, 0.5]
    """
    if not 0 < temperature < math.inf:
        raise ValueError(f"a temperature is above 0 and finite, not {temperature}")
    if logits.dim() < 1 or logits.shape[-1] < 1 or not logits.is_floating_point():
        raise ValueError(
            "logits are fractions, one or more a text, not "
            f"{logits.dtype} of shape {tuple(logits.shape)}"
        )
    return (logits / temperature).softmax(dim=-1)


def distillation_loss(
    student: Tensor, teacher: Tensor, temperature: float = 1.0
) -> Tensor:
    """Return T² times the divergence of the student's softened answers from the teacher's.

    Args:
        student: logits (B, classes).
        teacher: logits of the same shape; no gradient reaches them.
        temperature: both are softened by it.

    Raises:
        ValueError: the shapes differ, or there is no row; or see :func:`soften`.

    >>> same = torch.tensor([[1.0, 2.0]])
    >>> round(abs(float(distillation_loss(same, same, 3.0))), 4)
    0.0
    """
    if student.shape != teacher.shape or student.dim() != 2 or not len(student):
        raise ValueError(
            f"student {tuple(student.shape)} and teacher {tuple(teacher.shape)} "
            "need one row of logits for each text, and the same classes"
        )
    targets = soften(teacher.detach(), temperature)
    logs = F.log_softmax(student / temperature, dim=-1)
    surprise = torch.where(targets > 0, targets.log() - logs, 0.0)
    return temperature**2 * (targets * surprise).sum(dim=-1).mean()
