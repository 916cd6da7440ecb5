"""The storeys of T5: attention without biases and without √D, two feed-forward networks, layers.

Letters as in chapter 28: B (texts in a batch), T and S (tokens), C (channels), H (heads), D
(channels of a head).  The norm is chapter 31's, which Llama took over from T5.

Source: Raffel et al. (2020), section 2.1; Shazeer (2020) for the gated network.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.transformers.attention.mechanism import attention
from nlpcourse.transformers.gpt.llama import RMSNorm

EPSILON = 1e-6


class T5Attention(nn.Module):
    """Several attentions side by side; scores are not scaled, and nothing has a bias.

    Args:
        size: C.
        heads: H.
        head_size: D, which need not be C / H.
    """

    def __init__(self, size: int, heads: int, head_size: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(size, heads * head_size, bias=False)
        self.key = nn.Linear(size, heads * head_size, bias=False)
        self.value = nn.Linear(size, heads * head_size, bias=False)
        self.output = nn.Linear(heads * head_size, size, bias=False)

    def split(self, x: Tensor) -> Tensor:
        """Give every head its share: (B, T, H · D) → (B, H, T, D)."""
        batch, length, _ = x.shape
        return x.view(batch, length, self.heads, -1).transpose(1, 2)

    def forward(
        self, x: Tensor, memory: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Let *x* (B, T, C) look at *memory* (B, S, C).

        Args:
            x: the tokens that look.
            memory: the tokens that are looked at.
            bias: added to the scores, broadcastable to (B, H, T, S); −∞ where a token may not
                look.

        Returns:
            The mixtures (B, T, C) and the weights (B, H, T, S).
        """
        q = self.split(self.query(x))  # (B, H, T, D)
        k = self.split(self.key(memory))  # (B, H, S, D)
        v = self.split(self.value(memory))
        mixed, weights = attention(q, k, v, mask=bias, scale=1.0)
        joined = mixed.transpose(1, 2).flatten(2)  # (B, T, H · D)
        return self.output(joined), weights


class FeedForward(nn.Module):
    """Wide, bent, narrow again; in the gated form one half decides what of the other passes.

    Args:
        size: C.
        inner: numbers between the layers.
        gated: T5 1.1's form, a GELU that gates; otherwise a ReLU.
        dropout: share of the inner numbers that training drops.
    """

    def __init__(
        self, size: int, inner: int, gated: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.expand = nn.Linear(size, inner, bias=False)
        self.gate = nn.Linear(size, inner, bias=False) if gated else None
        self.contract = nn.Linear(inner, size, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, T, C) of (B, T, C)."""
        if self.gate is None:
            wide = torch.relu(self.expand(x))
        else:
            wide = functional.gelu(self.gate(x), approximate="tanh") * self.expand(
                x
            )
        narrow: Tensor = self.contract(self.dropout(wide))
        return narrow


class Sublayer(nn.Module):
    """Normalise, transform, add: the text itself goes through untouched.

    Args:
        size: C.
        transform: what the normalised text goes through.
        dropout: share of its numbers that training drops.
    """

    def __init__(self, size: int, transform: nn.Module, dropout: float) -> None:
        super().__init__()
        self.norm = RMSNorm(size, EPSILON)
        self.transform = transform
        self.dropout = nn.Dropout(dropout)


class Look(Sublayer):
    """Attention as a sublayer, to the text itself or to another."""

    def __init__(
        self, size: int, heads: int, head_size: int, dropout: float
    ) -> None:
        super().__init__(size, T5Attention(size, heads, head_size), dropout)
        self.weights = torch.empty(0)  # of the last look, to be drawn

    def forward(
        self, x: Tensor, bias: Tensor, memory: Tensor | None = None
    ) -> Tensor:
        """Return (B, T, C); *x* looks at itself where there is no *memory* (B, S, C)."""
        normed = self.norm(x)
        seen = normed if memory is None else memory
        mixed, self.weights = self.transform(normed, seen, bias)
        summed: Tensor = x + self.dropout(mixed)
        return summed


class Think(Sublayer):
    """The feed-forward network as a sublayer."""

    def __init__(self, size: int, inner: int, gated: bool, dropout: float) -> None:
        super().__init__(size, FeedForward(size, inner, gated, dropout), dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, T, C) of (B, T, C)."""
        summed: Tensor = x + self.dropout(self.transform(self.norm(x)))
        return summed
