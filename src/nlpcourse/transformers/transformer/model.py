"""The Transformer: a stack that reads, a stack that writes, and one table of vectors.

:class:`Stacks` is what ``nn.Transformer`` is, vectors in and vectors out; :class:`Transformer`
puts tokens before and scores behind it.

Not handled: caches of keys and values, and separate tables for source and target.

Source: Vaswani et al. (2017), sections 3.1, 3.4 and 3.5.
"""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor, nn

from nlpcourse.transformers.attention.mechanism import causal_mask
from nlpcourse.transformers.transformer.layers import (
    DecoderLayer,
    EncoderLayer,
    LayerNorm,
)
from nlpcourse.transformers.transformer.positions import positional_encoding


class Stacks(nn.Module):
    """Encoder and decoder, vectors in and vectors out.

    Args:
        size: C.
        heads: H.
        layers: in each of the two stacks.
        inner: width of the feed-forward networks.
        dropout: share of dropped numbers.
        norm_first: normalise before each sublayer instead of after it.
        last_norm: one more layer norm on top of each stack, as PyTorch has it; the paper has none.

    Raises:
        ValueError: a stack without layers, or heads that can't share the channels.

    Source: Vaswani et al. (2017), section 3.1; equals ``nn.Transformer``.
    """

    def __init__(
        self,
        size: int,
        heads: int,
        layers: int,
        inner: int,
        dropout: float = 0.0,
        norm_first: bool = False,
        last_norm: bool = True,
    ) -> None:
        super().__init__()
        if layers < 1:
            raise ValueError(f"a stack has 1 layer or more, not {layers}")
        shape = (size, heads, inner, dropout, norm_first)
        self.encoder = nn.ModuleList(EncoderLayer(*shape) for _ in range(layers))
        self.decoder = nn.ModuleList(DecoderLayer(*shape) for _ in range(layers))
        self.encoder_norm = LayerNorm(size) if last_norm else nn.Identity()
        self.decoder_norm = LayerNorm(size) if last_norm else nn.Identity()

    def read(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the memory (B, S, C) of a source text's vectors (B, S, C)."""
        for layer in self.encoder:
            x = layer(x, mask)
        normed: Tensor = self.encoder_norm(x)
        return normed

    def write(
        self,
        x: Tensor,
        memory: Tensor,
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        """Return (B, T, C) of the answer so far (B, T, C) and the memory (B, S, C)."""
        for layer in self.decoder:
            x = layer(x, memory, mask, memory_mask)
        normed: Tensor = self.decoder_norm(x)
        return normed

    def forward(
        self,
        source: Tensor,
        target: Tensor,
        source_mask: Tensor | None = None,
        target_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        """Return (B, T, C) of source vectors (B, S, C) and target vectors (B, T, C)."""
        memory = self.read(source, source_mask)
        return self.write(target, memory, target_mask, memory_mask)


# PyTorch's names for the parts of a layer, and ours, in each of the two stacks.
NAMES = {
    "encoder": {
        "self_attn": "look",
        "linear1": "think.expand",
        "linear2": "think.contract",
        "norm1": "after_look.norm",
        "norm2": "after_think.norm",
    },
    "decoder": {
        "self_attn": "look_back",
        "multihead_attn": "look_across",
        "linear1": "think.expand",
        "linear2": "think.contract",
        "norm1": "after_back.norm",
        "norm2": "after_across.norm",
        "norm3": "after_think.norm",
    },
}


def our_names(name: str, tensor: Tensor) -> dict[str, Tensor]:
    """Return a weight of ``nn.Transformer`` under our name, or under three.

    PyTorch keeps the matrices of queries, keys and values in one, three blocks tall.

    >>> our_names("decoder.layers.0.norm2.bias", Tensor()).keys()
    dict_keys(['decoder.0.after_across.norm.bias'])
    """
    stack, rest = name.split(".", 1)
    if rest.startswith("norm."):
        return {f"{stack}_{rest}": tensor}
    _, layer, part, *end = rest.split(".")
    ours = f"{stack}.{layer}.{NAMES[stack][part]}."
    last = ".".join(end).replace("out_proj", "output")
    if not last.startswith("in_proj_"):
        return {ours + last: tensor}
    kind = last.removeprefix("in_proj_")
    parts = zip(("query", "key", "value"), tensor.chunk(3), strict=True)
    return {f"{ours}{part}.{kind}": block for part, block in parts}


def stacks_from_torch(theirs: nn.Transformer) -> Stacks:
    """Return our two stacks with the weights of PyTorch's.

    Raises:
        RuntimeError: the two stacks are of different depth, or have no biases.
    """
    weights: dict[str, Tensor] = {}
    for name, tensor in theirs.state_dict().items():
        weights.update(our_names(name, tensor))
    first: Any = theirs.encoder.layers[0]
    ours = Stacks(
        theirs.d_model,
        theirs.nhead,
        len(theirs.encoder.layers),
        first.linear1.out_features,
        norm_first=first.norm_first,
    ).to(first.linear1.weight.dtype)
    ours.load_state_dict(weights)
    return ours


class Transformer(nn.Module):
    """Tokens in, scores of the next token out.

    The table of vectors that reads the answer so far also predicts its next token; where the two
    languages share one vocabulary, it reads the source as well.

    Args:
        source_tokens: size of the source vocabulary.
        target_tokens: size of the target vocabulary.
        size: C.
        heads: H.
        layers: in each stack.
        inner: width of the feed-forward networks.
        dropout: share of dropped numbers.
        longest: positions that there are vectors for.
        norm_first: as in :class:`Stacks`.
        shared: source and target have one vocabulary and one table.
        padding: number of the padding token in both vocabularies.

    Source: Vaswani et al. (2017), section 3.
    """

    waves: Tensor

    def __init__(
        self,
        source_tokens: int,
        target_tokens: int,
        size: int = 128,
        heads: int = 4,
        layers: int = 2,
        inner: int = 256,
        dropout: float = 0.1,
        longest: int = 64,
        norm_first: bool = False,
        shared: bool = False,
        padding: int = 0,
    ) -> None:
        super().__init__()
        self.size, self.padding = size, padding
        self.target = nn.Embedding(target_tokens, size)
        self.source = None if shared else nn.Embedding(source_tokens, size)
        self.stacks = Stacks(
            size, heads, layers, inner, dropout, norm_first, last_norm=norm_first
        )
        self.dropout = nn.Dropout(dropout)
        self.register_buffer(
            "waves", positional_encoding(longest, size), persistent=False
        )
        for table in (self.source, self.target):
            if table is not None:
                nn.init.normal_(table.weight, std=1 / math.sqrt(size))

    def embed(self, tokens: Tensor, table: nn.Embedding) -> Tensor:
        """Return what a token is plus where it stands: (B, T) → (B, T, C).

        Raises:
            ValueError: there are more tokens than positions.
        """
        if tokens.shape[1] > len(self.waves):
            raise ValueError(
                f"{tokens.shape[1]} tokens, and the model has {len(self.waves)} "
                "positions: cut the text, or build the model with a larger longest"
            )
        x = table(tokens) * math.sqrt(self.size)
        x = x + self.waves[: tokens.shape[1]]
        dropped: Tensor = self.dropout(x)
        return dropped

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """Read source tokens (B, S); return the memory (B, S, C) and its mask (B, 1, 1, S)."""
        table = self.source or self.target
        real = (source != self.padding)[:, None, None, :]
        return self.stacks.read(self.embed(source, table), real), real

    def decode(self, target: Tensor, memory: Tensor, real: Tensor) -> Tensor:
        """Return the scores (B, T, target tokens) of what follows each token of *target* (B, T)."""
        mask = causal_mask(target.shape[1]).to(target.device)  # (T, T)
        x = self.embed(target, self.target)
        x = self.stacks.write(x, memory, mask, real)
        return x @ self.target.weight.T  # the vectors that read also predict

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return scores (B, T, target tokens) of source (B, S) and answer so far (B, T)."""
        memory, real = self.encode(source)
        return self.decode(target, memory, real)

    @property
    def look_across(self) -> Tensor:
        """Weights of the last decoder layer's last look at the source, (B, H, T, S)."""
        layer = self.stacks.decoder[-1]
        assert isinstance(layer, DecoderLayer)
        return layer.weights
