"""Weights in eight bits: one scale for each row, and whole numbers from −127 to 127.

The layer below keeps the whole numbers and turns a row back into fractions when it is used, so
that it saves room and not time; the libraries multiply the whole numbers themselves.

Source: Wu et al. (2020), symmetric quantization by the largest absolute value.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LARGEST = 127
"""The largest whole number of a signed byte whose opposite fits, too."""


def quantize_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return whole numbers, (rows, columns) in 8 bits, and one scale a row, (rows, 1).

    Args:
        weight: (rows, columns) of finite fractions.

    Raises:
        ValueError: it is no table of finite fractions.

    >>> numbers, scale = quantize_rows(torch.tensor([[0.5, -2.54], [0.0, 0.0]]))
    >>> numbers.tolist(), [round(float(s), 2) for s in scale]
    ([[25, -127], [0, 0]], [0.02, 1.0])
    """
    if weight.dim() != 2 or not weight.is_floating_point() or 0 in weight.shape:
        raise ValueError(
            "a weight is a table of fractions, not "
            f"{weight.dtype} of shape {tuple(weight.shape)}"
        )
    if not bool(weight.isfinite().all()):
        raise ValueError("a weight that is infinite or no number has no scale")
    scale = weight.abs().amax(dim=1, keepdim=True) / LARGEST  # (rows, 1)
    scale = torch.where(scale > 0, scale, 1.0)  # a row of zeros
    numbers = (weight / scale).round().clamp(-LARGEST, LARGEST)
    return numbers.to(torch.int8), scale


def restore_rows(numbers: Tensor, scale: Tensor) -> Tensor:
    """Return the fractions that whole numbers and scales stand for.

    Raises:
        ValueError: there is not one scale for each row.
    """
    if numbers.dim() != 2 or scale.shape != (numbers.shape[0], 1):
        raise ValueError(
            f"numbers {tuple(numbers.shape)} need one scale a row, not {tuple(scale.shape)}"
        )
    return numbers.to(scale.dtype) * scale


class EightBitLinear(nn.Module):
    """A linear layer whose weight is kept in eight bits."""

    def __init__(self, layer: nn.Linear) -> None:
        """Round a layer's weight."""
        super().__init__()
        numbers, scale = quantize_rows(layer.weight.detach())
        self.register_buffer("numbers", numbers)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", layer.bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b for every row of *x*, with the rounded W."""
        weight = restore_rows(self.get_buffer("numbers"), self.get_buffer("scale"))
        return F.linear(x, weight, self.get_buffer("bias"))


class EightBitEmbedding(nn.Module):
    """A table of vectors that is kept in eight bits."""

    def __init__(self, table: nn.Embedding) -> None:
        """Round a table."""
        super().__init__()
        numbers, scale = quantize_rows(table.weight.detach())
        self.register_buffer("numbers", numbers)
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the vectors of the ids."""
        rows = self.get_buffer("numbers")[ids]
        return rows.to(torch.float32) * self.get_buffer("scale")[ids]


def quantize_model(model: nn.Module) -> int:
    """Round every linear layer and every table of *model*, in place; return how many.

    Normalisations and offsets stay as they are: they are few.
    """
    rounded = 0
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear):
                setattr(parent, name, EightBitLinear(child))
                rounded += 1
            elif isinstance(child, nn.Embedding):
                setattr(parent, name, EightBitEmbedding(child))
                rounded += 1
    return rounded


def bytes_of(model: nn.Module) -> int:
    """Return the bytes that a model's weights take.

    >>> bytes_of(nn.Linear(3, 2))
    32
    """
    return sum(w.nbytes for w in (*model.parameters(), *model.buffers()))
