"""The storeys of a Transformer: layer norm, feed-forward network, residuals, two kinds of layer.

Letters as in chapter 28: B (texts in a batch), T and S (tokens), C (channels), H (heads).

Source: Vaswani et al. (2017), sections 3.1 and 3.3; Ba, Kiros and Hinton (2016).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from nlpcourse.transformers.attention.mechanism import MultiHeadAttention


def layer_norm(
    x: Tensor, gain: Tensor, offset: Tensor, epsilon: float = 1e-5
) -> Tensor:
    """Bring every token's numbers to mean 0 and variance 1, then stretch and shift them.

    Args:
        x: (…, C).
        gain: γ, (C,).
        offset: β, (C,).
        epsilon: above 0; keeps the root of a variance of 0 from being divided by.

    Returns:
        (…, C).

    Raises:
        ValueError: a token has no numbers, gain and offset are not as many as it has, or
            *epsilon* is not above 0.

    Source: Ba, Kiros and Hinton (2016), equations 3 and 4; equals ``F.layer_norm``.

    >>> ones, zeros = torch.ones(2), torch.zeros(2)
    >>> layer_norm(torch.tensor([[1.0, 3.0]]), ones, zeros).round(decimals=3).tolist()
    [[-1.0, 1.0]]
    """
    if not x.shape[-1] == len(gain) == len(offset) > 0:
        raise ValueError(
            f"tokens of {x.shape[-1]} numbers, {len(gain)} gains and "
            f"{len(offset)} offsets: they must be equally many, and at least one"
        )
    if not epsilon > 0:
        raise ValueError(f"epsilon is a small number above 0, not {epsilon}")
    mean = x.mean(dim=-1, keepdim=True)  # (…, 1): over channels, token by token
    variance = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
    return gain * (x - mean) / torch.sqrt(variance + epsilon) + offset


class LayerNorm(nn.Module):
    """A :func:`layer_norm` that learns its gain and offset.

    Args:
        size: C.
        epsilon: added to the variance.
    """

    def __init__(self, size: int, epsilon: float = 1e-5) -> None:
        """Begin with a gain of one and an offset of zero."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))  # γ, under PyTorch's name
        self.bias = nn.Parameter(torch.zeros(size))  # β
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Return *x* (…, C), normalised."""
        return layer_norm(x, self.weight, self.bias, self.epsilon)


class FeedForward(nn.Module):
    """Two layers that every token goes through alone: wide, ReLU, narrow again.

    Args:
        size: C.
        inner: numbers between the two layers, four times C in the paper.

    Source: Vaswani et al. (2017), equation 2.
    """

    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.expand = nn.Linear(size, inner)  # W₁, b₁
        self.contract = nn.Linear(inner, size)  # W₂, b₂

    def forward(self, x: Tensor) -> Tensor:
        """Return (…, C) of (…, C)."""
        contracted: Tensor = self.contract(torch.relu(self.expand(x)))
        return contracted


class Residual(nn.Module):
    """Add to a token what a sublayer makes of it, and normalise.

    Args:
        size: C.
        dropout: share of the sublayer's numbers that training drops.
        norm_first: normalise what the sublayer reads instead of the sum.

    Source: Vaswani et al. (2017), section 3.1; for ``norm_first`` Xiong et al. (2020).
    """

    def __init__(
        self, size: int, dropout: float = 0.0, norm_first: bool = False
    ) -> None:
        super().__init__()
        self.norm = LayerNorm(size)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        """Return (B, T, C) of (B, T, C)."""
        if self.norm_first:
            result: Tensor = x + self.dropout(sublayer(self.norm(x)))
        else:
            result = self.norm(x + self.dropout(sublayer(x)))
        return result


class EncoderLayer(nn.Module):
    """Every token looks at all tokens of its text, then thinks alone.

    Args:
        size: C.
        heads: H.
        inner: width of the feed-forward network.
        dropout: share of dropped numbers.
        norm_first: as in :class:`Residual`.
    """

    def __init__(
        self,
        size: int,
        heads: int,
        inner: int,
        dropout: float = 0.0,
        norm_first: bool = False,
    ) -> None:
        super().__init__()
        self.look = MultiHeadAttention(size, heads)
        self.think = FeedForward(size, inner)
        self.after_look = Residual(size, dropout, norm_first)
        self.after_think = Residual(size, dropout, norm_first)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return (B, S, C) of (B, S, C); *mask* as in chapter 28."""
        x = self.after_look(x, lambda y: self.look(y, y, y, mask)[0])
        x = self.after_think(x, self.think)
        return x


class DecoderLayer(nn.Module):
    """Look back at the answer so far, look at the source text, think.

    Its arguments are those of :class:`EncoderLayer`.
    """

    def __init__(
        self,
        size: int,
        heads: int,
        inner: int,
        dropout: float = 0.0,
        norm_first: bool = False,
    ) -> None:
        super().__init__()
        self.look_back = MultiHeadAttention(size, heads)
        self.look_across = MultiHeadAttention(size, heads)
        self.think = FeedForward(size, inner)
        self.after_back = Residual(size, dropout, norm_first)
        self.after_across = Residual(size, dropout, norm_first)
        self.after_think = Residual(size, dropout, norm_first)
        self.weights = torch.empty(0)  # of the last look across, to be drawn

    def across(self, x: Tensor, memory: Tensor, mask: Tensor | None) -> Tensor:
        """Let every token of the answer look at the source text, and keep the weights."""
        mixed: Tensor
        mixed, self.weights = self.look_across(x, memory, memory, mask)
        return mixed  # (B, T, C); the weights are (B, H, T, S)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        """Return (B, T, C) of the answer *x* (B, T, C) and the source *memory* (B, S, C)."""
        x = self.after_back(x, lambda y: self.look_back(y, y, y, mask)[0])
        x = self.after_across(x, lambda y: self.across(y, memory, memory_mask))
        x = self.after_think(x, self.think)
        return x
