"""What the tests against PyTorch share: sizes, drawn tensors, comparison to ten places."""

from __future__ import annotations

import torch
from hypothesis import strategies as st
from torch import Tensor

sizes = st.integers(min_value=1, max_value=7)
seeds = st.integers(min_value=0, max_value=2**32 - 1)


def draw(seed: int, *shape: int, scale: float = 1.0) -> Tensor:
    """Return numbers of 64 bits from a normal distribution, the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64) * scale


def gradients(outputs: Tensor, inputs: list[Tensor]) -> list[Tensor]:
    """Return the gradients of one fixed, uneven function of the outputs."""
    uneven = torch.linspace(-1, 2, outputs.numel(), dtype=outputs.dtype)
    loss = (outputs * uneven.view_as(outputs)).sum() + (outputs**2).sum()
    return list(torch.autograd.grad(loss, inputs))


def assert_close(ours: Tensor, theirs: Tensor, tolerance: float = 1e-10) -> None:
    """Compare two tensors, with the same relative and absolute tolerance."""
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)
