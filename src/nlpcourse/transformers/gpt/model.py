"""A decoder-only Transformer, read from top to bottom: the architecture of GPT-2.

The letters in the comments are B (texts in a batch), T (new tokens), S (all tokens so far, the
cached ones included), C (channels, the size of a token's vector), H (heads), D (channels of one
head, C / H) and V (tokens in the vocabulary).

Not handled: padding (texts of a batch have one length), and texts longer than the context.

Source: Radford et al. (2019), section 2.3; Vaswani et al. (2017), section 3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a GPT.

    Attributes:
        vocabulary: V, the number of different tokens.
        context: the longest text that the model can read, in tokens.
        size: C, numbers in a token's vector.
        layers: number of blocks.
        heads: H; must divide *size*.
        dropout: share of the numbers dropped while training.
        spread: standard deviation of the blocks' weights before training.
        token_spread: the same for the table of tokens.
    """

    vocabulary: int
    context: int
    size: int
    layers: int
    heads: int
    dropout: float = 0.0
    spread: float = 0.02
    token_spread: float = 0.02

    def __post_init__(self) -> None:
        """Refuse sizes that can't be."""
        for name in ("vocabulary", "context", "size", "layers", "heads"):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"a GPT needs {name} of 1 or more, not {getattr(self, name)}"
                )
        if not 0 <= self.dropout < 1:
            raise ValueError(
                f"dropout is a share from 0 to below 1, not {self.dropout}"
            )
        if self.size % self.heads:
            raise ValueError(
                f"{self.heads} heads can't share {self.size} channels equally; choose a "
                "number of heads that divides the size"
            )


class Cache:
    """The keys and values of all tokens read so far, (B, H, S, D) each, per block.

    >>> cache = Cache()
    >>> cache.length
    0
    """

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.kept: dict[int, tuple[Tensor, Tensor]] = {}

    @property
    def length(self) -> int:
        """Number of tokens read so far."""
        return self.kept[0][0].shape[2] if self.kept else 0

    def extend(
        self, block: int, key: Tensor, value: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Put the new tokens' keys and values behind the old ones; return all of them.

        Args:
            block: whose keys and values they are.
            key: (B, H, T, D).
            value: (B, H, T, D).

        Returns:
            Keys and values of all tokens, (B, H, S, D) each.
        """
        if block in self.kept:
            old_key, old_value = self.kept[block]
            key = torch.cat([old_key, key], dim=2)
            value = torch.cat([old_value, value], dim=2)
        self.kept[block] = key, value
        return key, value


def causal_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Mix the values by chapter 28's attention; no token looks at a later one.

    Args:
        query: (B, H, T, D), of the last T tokens.
        key: (B, H, S, D), of all tokens.
        value: (B, H, S, D).

    Returns:
        (B, H, T, D).

    Raises:
        ValueError: they have other axes, or there are fewer keys than queries.
    """
    if query.dim() != 4 or key.dim() != 4 or query.shape[2] > key.shape[2]:
        raise ValueError(
            f"queries {tuple(query.shape)} can't look at keys {tuple(key.shape)}; "
            "give (B, H, T, D) and (B, H, S, D), the last T of S tokens"
        )
    new, whole = query.shape[2], key.shape[2]
    if new == whole:  # nothing was cached: a triangle
        return F.scaled_dot_product_attention(query, key, value, is_causal=True)
    if new == 1:  # the last token may look at everything
        return F.scaled_dot_product_attention(query, key, value)
    # row t of the new tokens stands at place S − T + t
    mask = torch.ones(new, whole, dtype=torch.bool, device=key.device)
    mask = mask.tril(diagonal=whole - new)
    return F.scaled_dot_product_attention(query, key, value, attn_mask=mask)


class Attention(nn.Module):
    """Multi-head self-attention that looks back only."""

    def __init__(self, size: int, heads: int) -> None:
        """Make one layer for queries, keys and values together, and one to join heads."""
        super().__init__()
        self.heads = heads
        self.expand = nn.Linear(size, 3 * size)
        self.join = nn.Linear(size, size)

    def split(self, x: Tensor) -> Tensor:
        """Give every head its share of the channels, (B, T, C) → (B, H, T, D)."""
        size = x.shape[2] // self.heads
        return x.view(*x.shape[:2], self.heads, size).transpose(1, 2)

    def forward(self, x: Tensor, block: int, cache: Cache | None) -> Tensor:
        """Let every token gather from the tokens before it, (B, T, C) → (B, T, C)."""
        query, key, value = self.expand(x).chunk(3, dim=2)  # (B, T, C) each
        query, key, value = map(self.split, (query, key, value))  # (B, H, T, D)
        if cache is not None:
            key, value = cache.extend(block, key, value)  # (B, H, S, D)
        mixed = causal_attention(query, key, value)  # (B, H, T, D)
        out: Tensor = self.join(mixed.transpose(1, 2).flatten(2))  # (B, T, C)
        return out


class FeedForward(nn.Module):
    """Two layers with a GELU between them, for each token alone."""

    def __init__(self, size: int) -> None:
        """Widen to four times the size, then narrow again."""
        super().__init__()
        self.widen = nn.Linear(size, 4 * size)
        self.narrow = nn.Linear(4 * size, size)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        out: Tensor = self.narrow(F.gelu(self.widen(x), approximate="tanh"))
        return out


class Block(nn.Module):
    """Attention, then a feed-forward network; each adds to what came in."""

    def __init__(self, size: int, heads: int, dropout: float) -> None:
        """Make the two parts, each with a layer norm before it."""
        super().__init__()
        self.norm_1 = nn.LayerNorm(size)
        self.attention = Attention(size, heads)
        self.norm_2 = nn.LayerNorm(size)
        self.feed_forward = FeedForward(size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, block: int, cache: Cache | None) -> Tensor:
        """Map (B, T, C) to (B, T, C); *block* is the place in the stack."""
        x = x + self.dropout(self.attention(self.norm_1(x), block, cache))
        x = x + self.dropout(self.feed_forward(self.norm_2(x)))
        return x


class Decoder(nn.Module):
    """Places, blocks and a last layer norm: all of GPT but the table of tokens."""

    def __init__(self, config: GPTConfig) -> None:
        """Make the blocks and draw their weights as GPT-2's were drawn."""
        super().__init__()
        self.config = config
        self.places = nn.Embedding(config.context, config.size)
        self.blocks = nn.ModuleList(
            Block(config.size, config.heads, config.dropout)
            for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.size)
        self.draw_weights()

    def draw_weights(self) -> None:
        """Draw small weights; those that write into the residual stream smaller still."""
        spread = self.config.spread
        for name, weight in self.named_parameters():
            if name.endswith(("join.weight", "narrow.weight")):
                narrower = spread / math.sqrt(2 * self.config.layers)
                nn.init.normal_(weight, std=narrower)
            elif weight.dim() == 2:
                nn.init.normal_(weight, std=spread)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)

    def forward(self, x: Tensor, cache: Cache | None = None) -> Tensor:
        """Read vectors of tokens, (B, T, C) → (B, T, C).

        Raises:
            ValueError: the text is longer than the context.
        """
        start = cache.length if cache is not None else 0
        stop = start + x.shape[1]
        if stop > self.config.context:
            raise ValueError(
                f"{stop} tokens are more than the context of "
                f"{self.config.context}; give the model the last ones only"
            )
        x = x + self.places(torch.arange(start, stop, device=x.device))
        for number, block in enumerate(self.blocks):
            x = block(x, number, cache)
        out: Tensor = self.norm(x)
        return out


class GPT(nn.Module):
    """A table of tokens, the decoder, and the same table again to score the next token.

    >>> gpt = GPT(GPTConfig(vocabulary=10, context=8, size=4, layers=1, heads=2))
    >>> gpt(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 10])
    """

    def __init__(self, config: GPTConfig) -> None:
        """Make the table and the decoder."""
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocabulary, config.size)
        self.decoder = Decoder(config)
        self.dropout = nn.Dropout(config.dropout)
        nn.init.normal_(self.tokens.weight, std=config.token_spread)

    def forward(self, ids: Tensor, cache: Cache | None = None) -> Tensor:
        """Return the logits of the token after each token, (B, T) → (B, T, V).

        Args:
            ids: (B, T), the tokens; with a cache, those that it does not hold yet.
            cache: the keys and values of the tokens before; the new ones are added to it.

        Raises:
            ValueError: the text is longer than the context.
        """
        x = self.decoder(self.dropout(self.tokens(ids)), cache)  # (B, T, C)
        return F.linear(x, self.tokens.weight)  # (B, T, C) @ (C, V)

    def loss(self, ids: Tensor) -> Tensor:
        """Return the mean cross-entropy of every token but the first, in nats."""
        if ids.shape[-1] < 2:
            raise ValueError(
                "a text of one token predicts nothing; give two or more"
            )
        logits = self(ids[:, :-1])
        return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


OUR_NAMES = {
    "transformer.wte": "tokens",
    "transformer.wpe": "decoder.places",
    "transformer.h": "decoder.blocks",
    "transformer.ln_f": "decoder.norm",
    "ln_1": "norm_1",
    "ln_2": "norm_2",
    "attn.c_attn": "attention.expand",
    "attn.c_proj": "attention.join",
    "mlp.c_fc": "feed_forward.widen",
    "mlp.c_proj": "feed_forward.narrow",
}


def from_gpt2(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights of ``transformers.GPT2LMHeadModel`` under our names.

    Its `Conv1D` layers keep their matrices the other way round, so these are transposed.

    >>> old = {"transformer.h.0.attn.c_proj.weight": torch.zeros(2, 2)}
    >>> list(from_gpt2(old))
    ['decoder.blocks.0.attention.join.weight']
    """
    ours = {}
    for name, weight in weights.items():
        if name == "lm_head.weight" or name.endswith((".attn.bias", "masked_bias")):
            continue  # the tied table, and old masks that were stored as weights
        if "c_" in name and name.endswith("weight"):
            weight = weight.T
        for theirs, our in OUR_NAMES.items():
            name = name.replace(theirs, our)
        ours[name] = weight
    return ours
