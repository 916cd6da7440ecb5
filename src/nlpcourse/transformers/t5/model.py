"""T5: a stack that reads, a stack that writes, one table of distances for each.

Not handled: caches of keys and values, and attention weights that training drops (Hugging Face
drops some; the outputs are equal in evaluation mode, in which nothing is dropped).

Source: Raffel et al. (2020), section 2.1; for version 1.1 the notes beside their released models.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nlpcourse.transformers.attention.mechanism import causal_mask, hide
from nlpcourse.transformers.gpt.llama import RMSNorm
from nlpcourse.transformers.t5.layers import (
    EPSILON,
    FeedForward,
    Look,
    T5Attention,
    Think,
)
from nlpcourse.transformers.t5.relative import PositionBias

PAD, END = 0, 1
"""Filling, which also begins every answer, and the end of a text, as in the released T5."""


@dataclass(frozen=True)
class T5Config:
    """The sizes of a T5.

    Attributes:
        vocabulary: V, tokens.
        size: C, channels.
        head_size: D, channels of a head.
        inner: width of the feed-forward networks.
        layers: in each of the two stacks.
        heads: H.
        gated: the feed-forward networks of version 1.1.
        tied: one table reads and predicts, as in the first T5; 1.1 has two.
        dropout: share of dropped numbers.
        buckets: of distances.
        furthest: distance from which on all share one bucket.
    """

    vocabulary: int
    size: int = 128
    head_size: int = 32
    inner: int = 512
    layers: int = 2
    heads: int = 4
    gated: bool = False
    tied: bool = True
    dropout: float = 0.0
    buckets: int = 32
    furthest: int = 128

    def __post_init__(self) -> None:
        """Refuse sizes below 1."""
        sizes = (
            *(self.vocabulary, self.size, self.head_size, self.inner),
            *(self.layers, self.heads),
        )
        if min(sizes) < 1:
            raise ValueError(f"a T5 has sizes of 1 or more, not {sizes}")


class Stack(nn.Module):
    """Layers that share one table of distances, with a norm on top.

    Args:
        config: the sizes.
        writes: the decoder, which looks back at its own text and across at another.
    """

    def __init__(self, config: T5Config, writes: bool) -> None:
        super().__init__()
        c, drop = config, config.dropout
        self.writes = writes
        self.bias = PositionBias(c.heads, not writes, c.buckets, c.furthest)
        self.look = nn.ModuleList(
            Look(c.size, c.heads, c.head_size, drop) for _ in range(c.layers)
        )
        self.across = nn.ModuleList(
            Look(c.size, c.heads, c.head_size, drop)
            for _ in range(c.layers if writes else 0)
        )
        self.think = nn.ModuleList(
            Think(c.size, c.inner, c.gated, drop) for _ in range(c.layers)
        )
        self.norm = RMSNorm(c.size, EPSILON)
        self.dropout = nn.Dropout(drop)

    def forward(
        self,
        x: Tensor,
        may_look: Tensor,
        memory: Tensor | None = None,
        may_cross: Tensor | None = None,
    ) -> Tensor:
        """Return (B, T, C) of vectors *x* (B, T, C).

        Args:
            x: vectors of the tokens.
            may_look: booleans, broadcastable to (B, H, T, T).
            memory: what the encoder made of the source, (B, S, C); for the decoder alone.
            may_cross: booleans, broadcastable to (B, H, T, S).
        """
        bias = hide(
            self.bias(x.shape[1], x.shape[1]), may_look
        )  # once for all layers
        x = self.dropout(x)
        for i, think in enumerate(self.think):
            x = self.look[i](x, bias)
            if memory is not None and may_cross is not None:
                x = self.across[i](x, hide(x.new_zeros(()), may_cross), memory)
            x = think(x)
        normed: Tensor = self.dropout(self.norm(x))
        return normed


class T5(nn.Module):
    """Text in, scores of the answer's next token out.

    Args:
        config: the sizes.
    """

    def __init__(self, config: T5Config) -> None:
        """Draw the weights as the released code does."""
        super().__init__()
        self.config = config
        self.table = nn.Embedding(config.vocabulary, config.size)
        self.encoder = Stack(config, writes=False)
        self.decoder = Stack(config, writes=True)
        self.name = (
            None
            if config.tied
            else nn.Linear(config.size, config.vocabulary, bias=False)
        )
        draw(self)

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """Read source tokens (B, S); return the memory (B, S, C) and what is real (B, 1, 1, S)."""
        real = (source != PAD)[:, None, None, :]
        return self.encoder(self.table(source), real), real

    def decode(self, so_far: Tensor, memory: Tensor, real: Tensor) -> Tensor:
        """Return the scores (B, T, V) of what follows each token of the answer so far (B, T)."""
        back = causal_mask(so_far.shape[1]).to(so_far.device)  # (T, T)
        x = self.decoder(self.table(so_far), back, memory, real)
        scores: Tensor
        if self.name is None:  # the table that reads also predicts
            scores = x * self.config.size**-0.5 @ self.table.weight.T
        else:
            scores = self.name(x)
        return scores

    def forward(self, source: Tensor, so_far: Tensor) -> Tensor:
        """Return scores (B, T, V) of source (B, S) and answer so far (B, T), ``PAD`` first."""
        memory, real = self.encode(source)
        return self.decode(so_far, memory, real)

    @property
    def look_across(self) -> Tensor:
        """Weights of the last decoder layer's last look at the source, (B, H, T, S)."""
        look = self.decoder.across[-1]
        assert isinstance(look, Look)
        return look.weights


@torch.no_grad()
def draw(model: T5) -> None:
    """Draw a model's first weights; queries get the factor 1/√D that the scores do without.

    Source: the code of Raffel et al. (2020), as in Hugging Face's ``_init_weights``.
    """
    size, inner = model.config.size, model.config.inner
    for module in model.modules():
        if isinstance(module, T5Attention):
            reach = module.output.in_features  # H · D
            spread = (size * reach / module.heads) ** -0.5
            module.query.weight.normal_(std=spread)
            module.key.weight.normal_(std=size**-0.5)
            module.value.weight.normal_(std=size**-0.5)
            module.output.weight.normal_(std=reach**-0.5)
        elif isinstance(module, FeedForward):
            module.contract.weight.normal_(std=inner**-0.5)
            for linear in (module.expand, module.gate):
                if linear is not None:
                    linear.weight.normal_(std=size**-0.5)
        elif isinstance(module, PositionBias):
            module.table.normal_(std=size**-0.5)
    model.table.weight.normal_(std=1.0)
    if model.name is not None:
        model.name.weight.normal_(std=1.0)


def shift_right(answer: Tensor) -> Tensor:
    """Return what the decoder reads to predict each token of *answer*: the same, one later.

    Args:
        answer: (B, T), filled up with ``PAD`` or with −100, which a loss ignores.

    Returns:
        (B, T), ``PAD`` first, the last token dropped.

    Raises:
        ValueError: the answers have no tokens, or are no table.

    >>> shift_right(torch.tensor([[7, 8, 1], [9, 1, -100]])).tolist()
    [[0, 7, 8], [0, 9, 1]]
    """
    if answer.dim() != 2 or not answer.shape[1]:
        raise ValueError(
            f"answers are rows of at least one token, not {tuple(answer.shape)}"
        )
    begin = answer.new_full((len(answer), 1), PAD)
    shifted = torch.cat([begin, answer[:, :-1]], dim=1)
    return shifted.masked_fill(shifted == -100, PAD)
