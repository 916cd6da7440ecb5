"""The BERT encoder, top to bottom: embeddings, self-attention, blocks, pooler.

Read it in this order: :class:`SelfAttention` gives chapter 28's attention several heads,
:class:`Block` wraps it with a feed-forward network, residuals and layer norms, and :class:`Bert`
stacks the blocks on the embeddings.  The letters in the comments are B (sentences in
a batch), T (tokens in a sentence), C (channels, the hidden size), nh (heads), hs (head size, C/nh).

What it leaves out: caching, decoding, relative positions, and the half-precision and fused
kernels that make production encoders faster.

Source: Devlin et al. (2019), section 3 and appendix A; Vaswani et al. (2017), section 3.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from nlpcourse.transformers.attention.mechanism import attention


@dataclass(frozen=True)
class BertConfig:
    """The sizes of an encoder; the defaults are those of BERT-base.

    >>> BertConfig(hidden_size=384, heads=12).head_size
    32
    """

    vocabulary_size: int = 30522
    hidden_size: int = 768
    layers: int = 12
    heads: int = 12
    feed_forward_size: int = 3072
    positions: int = 512
    segments: int = 2
    dropout: float = 0.1
    layer_norm_epsilon: float = 1e-12
    initial_spread: float = 0.02

    def __post_init__(self) -> None:
        for name in (
            "vocabulary_size",
            "hidden_size",
            "layers",
            "heads",
            "feed_forward_size",
            "positions",
            "segments",
        ):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"an encoder needs {name} of 1 or more, not {getattr(self, name)}"
                )
        if not 0 <= self.dropout < 1:
            raise ValueError(
                f"dropout is a share from 0 to below 1, not {self.dropout}"
            )
        if self.hidden_size % self.heads:
            raise ValueError(
                f"hidden_size {self.hidden_size} is not a multiple of heads {self.heads}: "
                "every head gets an equal share of the channels"
            )

    @property
    def head_size(self) -> int:
        """Channels of one head."""
        return self.hidden_size // self.heads


@dataclass
class Encoding:
    """What the encoder gives back for a batch.

    ``hidden_states`` holds one (B, T, C) tensor per layer, the embeddings first; ``attentions``
    one (B, nh, T, T) tensor per block: row i says how token i divides its attention.
    ``pooled`` is (B, C), one vector per sentence, read off the first token.
    """

    hidden_states: list[Tensor]
    attentions: list[Tensor]
    pooled: Tensor

    @property
    def last(self) -> Tensor:
        """The top layer's vectors, (B, T, C)."""
        return self.hidden_states[-1]


class SelfAttention(nn.Module):
    """Several attentions side by side, each on its own slice of the channels."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)
        self.output = nn.Linear(config.hidden_size, config.hidden_size)

    def split(self, x: Tensor) -> Tensor:
        """Cut the channels into heads: (B, T, C) to (B, nh, T, hs)."""
        tokens = x.shape[:-1]  # (B, T)
        return x.view(*tokens, self.heads, -1).transpose(1, 2)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the new vectors, (B, T, C), and the weights, (B, nh, T, T)."""
        query, key, value = (
            self.split(f(x)) for f in (self.query, self.key, self.value)
        )
        # (B, nh, T, hs)
        mixed, weights = attention(query, key, value, mask[:, None, None, :])
        return self.output(
            mixed.transpose(1, 2).flatten(-2)
        ), weights  # heads back to (B, T, C)


class Block(nn.Module):
    """Attention, then a feed-forward network; each added to its input and normalised after."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = SelfAttention(config)
        self.attention_norm = nn.LayerNorm(
            config.hidden_size, eps=config.layer_norm_epsilon
        )
        self.expand = nn.Linear(config.hidden_size, config.feed_forward_size)
        self.contract = nn.Linear(config.feed_forward_size, config.hidden_size)
        self.output_norm = nn.LayerNorm(
            config.hidden_size, eps=config.layer_norm_epsilon
        )
        self.dropout = nn.Dropout(config.dropout)
        self.gelu = nn.GELU()

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the new vectors, (B, T, C), and the attention weights, (B, nh, T, T)."""
        mixed, weights = self.attention(x, mask)
        x = self.attention_norm(x + self.dropout(mixed))
        # C -> 4C -> C, each token alone
        thought = self.contract(self.gelu(self.expand(x)))
        return self.output_norm(x + self.dropout(thought)), weights


class Embeddings(nn.Module):
    """What a token is, where it stands and which sentence it is in, added up and normalised."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.words = nn.Embedding(config.vocabulary_size, config.hidden_size)
        self.positions = nn.Embedding(config.positions, config.hidden_size)
        self.segments = nn.Embedding(config.segments, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_epsilon)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, ids: Tensor, segments: Tensor) -> Tensor:
        """Turn ids (B, T) and segments (B, T) of 0 and 1 into vectors (B, T, C)."""
        places = torch.arange(ids.size(1), device=ids.device)  # (T,) 0, 1, 2, …
        total = self.words(ids) + self.segments(segments) + self.positions(places)
        normed: Tensor = self.dropout(self.norm(total))
        return normed


class Bert(nn.Module):
    """The encoder: embeddings, a stack of blocks, and a pooler on the first token.

    >>> model = Bert(BertConfig(10, hidden_size=8, layers=2, heads=2, feed_forward_size=16)).eval()
    >>> encoding = model(torch.tensor([[1, 2, 3, 0]]), torch.tensor([[1, 1, 1, 0]]))
    >>> len(encoding.hidden_states), tuple(encoding.last.shape)
    (3, (1, 4, 8))
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.pooler = nn.Linear(config.hidden_size, config.hidden_size)
        self.apply(partial(initialize, spread=config.initial_spread))

    def forward(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        segments: Tensor | None = None,
    ) -> Encoding:
        """Encode a batch.

        Args:
            ids: (B, T) integers, padded on the right to one length.
            mask: (B, T), 1 or True for a real token and 0 for padding; all real if None.
            segments: (B, T), 0 for the first sentence and 1 for the second; all 0 if None.

        Raises:
            ValueError: a sentence is longer than the position table, or nothing but padding.
        """
        self.check(ids, mask)
        mask = (
            torch.ones_like(ids, dtype=torch.bool) if mask is None else mask.bool()
        )
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.embeddings(ids, segments)  # (B, T, C)
        hidden_states, attentions = [x], []
        for block in self.blocks:
            x, weights = block(x, mask)
            hidden_states.append(x)
            attentions.append(weights)
        return Encoding(
            hidden_states, attentions, pooled=torch.tanh(self.pooler(x[:, 0]))
        )

    def check(self, ids: Tensor, mask: Tensor | None) -> None:
        """Refuse a batch that the model cannot encode, before any work is done."""
        if ids.dim() != 2:
            raise ValueError(
                f"ids are a table (sentences, tokens), not of shape {tuple(ids.shape)}; put one "
                "sentence in brackets"
            )
        if mask is not None and mask.shape != ids.shape:
            raise ValueError(
                f"the mask has shape {tuple(mask.shape)}, the ids {tuple(ids.shape)}; every "
                "token needs one mark"
            )
        if ids.size(1) == 0:
            raise ValueError(
                "a sentence without a token has no vector: leave it out"
            )
        if ids.size(1) > self.config.positions:
            raise ValueError(
                f"{ids.size(1)} tokens, but the model has {self.config.positions} positions: "
                "cut the text into shorter pieces"
            )
        if mask is not None and not bool(mask.bool().any(dim=1).all()):
            raise ValueError(
                "a sentence of padding only has nothing to attend to: leave it out"
            )


def initialize(module: nn.Module, spread: float = 0.02) -> None:
    """Draw weights from N(0, spread²) and set offsets to zero; 0.02 is what Devlin et al. took."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=spread)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)


# The names that Hugging Face's files give to our modules, the longest first.
HUGGING_FACE_NAMES = {
    "attention.output.LayerNorm": "attention_norm",
    "attention.output.dense": "attention.output",
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "intermediate.dense": "expand",
    "output.LayerNorm": "output_norm",
    "output.dense": "contract",
    "encoder.layer": "blocks",
    "embeddings.word_embeddings": "embeddings.words",
    "embeddings.position_embeddings": "embeddings.positions",
    "embeddings.token_type_embeddings": "embeddings.segments",
    "embeddings.LayerNorm": "embeddings.norm",
    "pooler.dense": "pooler",
}


def our_name(name: str) -> str:
    """Translate the name of a weight from Hugging Face's files into ours.

    >>> our_name("encoder.layer.3.attention.self.query.weight")
    'blocks.3.attention.query.weight'
    """
    name = name.removeprefix("bert.")
    for theirs, ours in HUGGING_FACE_NAMES.items():
        name = name.replace(theirs, ours)
    return name


def read_config(folder: Path) -> BertConfig:
    """Read the sizes of a published encoder from its ``config.json``."""
    raw = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return BertConfig(
        vocabulary_size=raw["vocab_size"],
        hidden_size=raw["hidden_size"],
        layers=raw["num_hidden_layers"],
        heads=raw["num_attention_heads"],
        feed_forward_size=raw["intermediate_size"],
        positions=raw["max_position_embeddings"],
        segments=raw["type_vocab_size"],
        dropout=raw["hidden_dropout_prob"],
        layer_norm_epsilon=raw["layer_norm_eps"],
    )


def load_pretrained(folder: Path) -> Bert:
    """Build our encoder with the weights of a published one.

    Args:
        folder: holds ``config.json`` and ``model.safetensors``, as :func:`corpora.minilm` does.

    Raises:
        RuntimeError: a weight is missing, left over, or of another shape.
    """
    from safetensors.torch import load_file

    model = Bert(read_config(folder))
    tensors = load_file(folder / "model.safetensors")
    # 0, 1, 2, …: a constant, not a weight
    tensors.pop("embeddings.position_ids", None)
    model.load_state_dict(
        {our_name(name): tensor for name, tensor in tensors.items()}
    )
    return model.eval()
