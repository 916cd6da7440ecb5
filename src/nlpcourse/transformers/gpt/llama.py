"""The decoder as most are built today: the architecture of Llama, and of SmolLM2.

Beside GPT-2's, four parts have changed.  Layer norm has become RMSNorm, learnt places have become
rotations of queries and keys, the GELU network has become SwiGLU, and several query heads share
one head of keys and values.  No layer has a bias.

The letters in the comments are those of `model`, with K for the heads of keys and values.

Source: Touvron et al. (2023), section 2.2; Ainslie et al. (2023) for the shared heads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse import corpora
from nlpcourse.transformers.gpt.gguf import GGUF
from nlpcourse.transformers.gpt.model import Cache, causal_attention


@dataclass(frozen=True)
class LlamaConfig:
    """The sizes of a Llama.

    Attributes:
        vocabulary: V, the number of different tokens.
        context: the longest text that it was trained to read, in tokens.
        size: C, numbers in a token's vector.
        wide: numbers between the layers of the feed-forward network.
        layers: number of blocks.
        heads: H, of queries.
        shared_heads: K, of keys and values; divides *heads*.
        base: of the rotations; the larger, the slower the slowest of them.
        epsilon: added under the root of RMSNorm.
    """

    vocabulary: int
    context: int
    size: int
    wide: int
    layers: int
    heads: int
    shared_heads: int
    base: float = 10_000.0
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        """Refuse sizes that can't be."""
        for name in ("vocabulary", "context", "size", "wide", "layers", "heads"):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"a Llama needs {name} of 1 or more, not {getattr(self, name)}"
                )
        if self.size % (2 * self.heads):
            raise ValueError(
                f"{self.heads} heads of pairs of channels can't share {self.size}; the size "
                "must be a multiple of twice the heads"
            )
        if self.shared_heads < 1 or self.heads % self.shared_heads:
            raise ValueError(
                f"{self.heads} heads of queries can't share {self.shared_heads} of keys "
                "equally; choose a number that divides them"
            )


class RMSNorm(nn.Module):
    """Divide a vector by its root mean square; subtract no mean, add no bias.

    Source: Zhang and Sennrich (2019), equation 4.
    """

    def __init__(self, size: int, epsilon: float) -> None:
        """Begin with a scale of one for every channel."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Map (…, C) to (…, C)."""
        mean_square = x.pow(2).mean(dim=-1, keepdim=True)
        return self.weight * (x * torch.rsqrt(mean_square + self.epsilon))


def rotate(x: Tensor, start: int, base: float) -> Tensor:
    """Turn each pair of neighbouring channels by an angle that grows with the place.

    Args:
        x: (B, H, T, D), queries or keys.
        start: place of the first of the T tokens.
        base: pair i of D / 2 turns by base^(−2i / D) radians from one place to the next.

    Returns:
        (B, H, T, D).

    Raises:
        ValueError: the channels are no pairs, *x* has other axes, or *base* is not above 0.

    Source: Su et al. (2021), section 3.2.2.

    >>> x = torch.tensor([1.0, 0.0]).view(1, 1, 1, 2)
    >>> [round(number, 2) for number in rotate(x, start=3, base=100).flatten().tolist()]
    [-0.99, 0.14]
    """
    if x.dim() != 4 or x.shape[-1] % 2:
        raise ValueError(
            f"{tuple(x.shape)} can't be turned in pairs of channels; "
            "give (B, H, T, D) with an even D"
        )
    if not base > 0:
        raise ValueError(f"the base of the rotations is above 0, not {base}")
    size = x.shape[-1]
    places = torch.arange(start, start + x.shape[2], device=x.device, dtype=x.dtype)
    pairs = torch.arange(0, size, 2, device=x.device, dtype=x.dtype)
    angle = places[:, None] * base ** (-pairs / size)  # (T, D / 2)
    left, right = x[..., 0::2], x[..., 1::2]  # (B, H, T, D / 2)
    turned = (
        left * angle.cos() - right * angle.sin(),
        left * angle.sin() + right * angle.cos(),
    )
    return torch.stack(turned, dim=-1).flatten(-2)


class Attention(nn.Module):
    """Attention in which groups of query heads share their keys and values."""

    def __init__(self, config: LlamaConfig) -> None:
        """Make the four projections."""
        super().__init__()
        self.config = config
        self.head_size = config.size // config.heads
        narrow = config.shared_heads * self.head_size
        self.query = nn.Linear(config.size, config.size, bias=False)
        self.key = nn.Linear(config.size, narrow, bias=False)
        self.value = nn.Linear(config.size, narrow, bias=False)
        self.join = nn.Linear(config.size, config.size, bias=False)

    def split(self, x: Tensor) -> Tensor:
        """Give every head its channels, (B, T, heads · D) → (B, heads, T, D)."""
        return x.view(*x.shape[:2], -1, self.head_size).transpose(1, 2)

    def forward(
        self, x: Tensor, block: int, cache: Cache | None, start: int
    ) -> Tensor:
        """Map (B, T, C) to (B, T, C); *start* is the place of the first new token."""
        query = rotate(self.split(self.query(x)), start, self.config.base)
        key = rotate(
            self.split(self.key(x)), start, self.config.base
        )  # (B, K, T, D)
        value = self.split(self.value(x))  # (B, K, T, D)
        if cache is not None:
            key, value = cache.extend(block, key, value)  # (B, K, S, D)
        group = self.config.heads // self.config.shared_heads
        key = key.repeat_interleave(group, dim=1)  # (B, H, S, D)
        value = value.repeat_interleave(group, dim=1)
        mixed = causal_attention(query, key, value)  # (B, H, T, D)
        out: Tensor = self.join(mixed.transpose(1, 2).flatten(2))
        return out


class SwiGLU(nn.Module):
    """A feed-forward network in which one half of the wide layer opens and shuts the other.

    Source: Shazeer (2020), equation 6.
    """

    def __init__(self, size: int, wide: int) -> None:
        """Make the three layers."""
        super().__init__()
        self.gate = nn.Linear(size, wide, bias=False)
        self.widen = nn.Linear(size, wide, bias=False)
        self.narrow = nn.Linear(wide, size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        out: Tensor = self.narrow(F.silu(self.gate(x)) * self.widen(x))
        return out


class Block(nn.Module):
    """RMSNorm before attention and before the feed-forward network; each adds."""

    def __init__(self, config: LlamaConfig) -> None:
        """Make the parts."""
        super().__init__()
        self.norm_1 = RMSNorm(config.size, config.epsilon)
        self.attention = Attention(config)
        self.norm_2 = RMSNorm(config.size, config.epsilon)
        self.feed_forward = SwiGLU(config.size, config.wide)

    def forward(
        self, x: Tensor, block: int, cache: Cache | None, start: int
    ) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        x = x + self.attention(self.norm_1(x), block, cache, start)
        x = x + self.feed_forward(self.norm_2(x))
        return x


class Llama(nn.Module):
    """The whole decoder, with tied tokens and no table of places."""

    def __init__(self, config: LlamaConfig) -> None:
        """Make the table and the blocks."""
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocabulary, config.size)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.size, config.epsilon)

    def forward(self, ids: Tensor, cache: Cache | None = None) -> Tensor:
        """Return the logits of the token after each token, (B, T) → (B, T, V)."""
        start = cache.length if cache is not None else 0
        x = self.tokens(ids)  # (B, T, C)
        for number, block in enumerate(self.blocks):
            x = block(x, number, cache, start)
        return F.linear(self.norm(x), self.tokens.weight)


OUR_NAMES = {
    "token_embd": "tokens",
    "output_norm": "norm",
    "blk.": "blocks.",
    "attn_norm": "norm_1",
    "ffn_norm": "norm_2",
    "attn_q.": "attention.query.",
    "attn_k.": "attention.key.",
    "attn_v.": "attention.value.",
    "attn_output": "attention.join",
    "ffn_gate": "feed_forward.gate",
    "ffn_up": "feed_forward.widen",
    "ffn_down": "feed_forward.narrow",
}


def our_name(name: str) -> str:
    """Return our name of a tensor of a GGUF file.

    >>> our_name("blk.3.attn_q.weight")
    'blocks.3.attention.query.weight'
    """
    for theirs, ours in OUR_NAMES.items():
        name = name.replace(theirs, ours)
    return name


STATED = (
    "vocab_size",
    "context_length",
    "embedding_length",
    "feed_forward_length",
    "block_count",
    "attention.head_count",
    "attention.head_count_kv",
    "rope.freq_base",
    "attention.layer_norm_rms_epsilon",
)
"""The sizes that a file must state, each behind ``llama.``."""


def read_config(file: GGUF) -> LlamaConfig:
    """Return the sizes that a GGUF file states.

    Raises:
        ValueError: its model is no Llama, or a size is missing.
    """
    kind = file.settings.get("general.architecture")
    if kind != "llama":
        raise ValueError(f"the file holds a {kind!r}; this module builds 'llama'")
    of = {key.removeprefix("llama."): value for key, value in file.settings.items()}
    if missing := [name for name in STATED if name not in of]:
        raise ValueError(f"{file.path.name} does not state llama.{missing[0]}")
    return LlamaConfig(
        vocabulary=of["vocab_size"],
        context=of["context_length"],
        size=of["embedding_length"],
        wide=of["feed_forward_length"],
        layers=of["block_count"],
        heads=of["attention.head_count"],
        shared_heads=of["attention.head_count_kv"],
        base=of["rope.freq_base"],
        epsilon=of["attention.layer_norm_rms_epsilon"],
    )


def load(file: GGUF) -> Llama:
    """Return the model of a GGUF file, its weights multiplied out to 32-bit floats."""
    with torch.device("meta"):  # no memory for weights that are replaced at once
        model = Llama(read_config(file))
    weights = {
        our_name(name): torch.from_numpy(file.read(name)) for name in file.tensors
    }
    model.load_state_dict(weights, assign=True)
    return model.eval()


THEIR_NAMES = {
    "norm_1": "input_layernorm",
    "norm_2": "post_attention_layernorm",
    "attention.query": "self_attn.q_proj",
    "attention.key": "self_attn.k_proj",
    "attention.value": "self_attn.v_proj",
    "attention.join": "self_attn.o_proj",
    "feed_forward.gate": "mlp.gate_proj",
    "feed_forward.widen": "mlp.up_proj",
    "feed_forward.narrow": "mlp.down_proj",
    "blocks.": "layers.",
    "tokens": "embed_tokens",
}


def to_transformers(ours: Llama) -> Any:
    """Return ``transformers.LlamaForCausalLM`` with our weights in it.

    The library turns channel i of a head with channel i + D / 2, ours turns neighbours, so the
    rows of queries and keys change places.
    """
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    from transformers import LlamaConfig as TheirConfig
    from transformers import LlamaForCausalLM

    c = ours.config
    config = TheirConfig(
        vocab_size=c.vocabulary,
        hidden_size=c.size,
        intermediate_size=c.wide,
        num_hidden_layers=c.layers,
        num_attention_heads=c.heads,
        num_key_value_heads=c.shared_heads,
        max_position_embeddings=c.context,
        rms_norm_eps=c.epsilon,
        rope_parameters={"rope_type": "default", "rope_theta": c.base},
        tie_word_embeddings=True,
        attn_implementation="eager",
        bos_token_id=None,
        eos_token_id=None,
    )
    with torch.device("meta"):
        theirs = LlamaForCausalLM(config)
    weights = {}
    pairs = c.size // c.heads // 2
    for name, weight in ours.state_dict().items():
        if "attention.query" in name or "attention.key" in name:
            # (heads, pairs, 2, C) → (heads, 2, pairs, C)
            weight = weight.view(-1, pairs, 2, c.size).transpose(1, 2)
            weight = weight.reshape(-1, c.size)
        for our, their in THEIR_NAMES.items():
            name = name.replace(our, their)
        weights[f"model.{name}"] = weight
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    theirs.load_state_dict(weights, assign=True)
    theirs.tie_weights()
    theirs.requires_grad_()
    theirs.model.rotary_emb = LlamaRotaryEmbedding(config)
    return theirs.eval()


class Smol:
    """SmolLM2: the model and its tokenizer, read from one file.

    Attributes:
        file: the opened GGUF file.
        model: our Llama with its weights.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read the file at *path*, or the one of the course's assets."""
        from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

        path = path or next(corpora.smollm2().glob("*.gguf"))
        self.file = GGUF(path)
        self.model = load(self.file)
        self.texts: list[str] = self.file.settings["tokenizer.ggml.tokens"]
        ids = {text: number for number, text in enumerate(self.texts)}
        merges = self.file.settings["tokenizer.ggml.merges"]
        bpe = models.BPE(ids, [tuple(merge.split(" ")) for merge in merges])
        self.tokenizer = Tokenizer(bpe)
        self.tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(r"\d"), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
        self.tokenizer.decoder = decoders.ByteLevel()

    def encode(self, text: str) -> Tensor:
        """Return the ids of a text, (1, T)."""
        return torch.tensor([self.tokenizer.encode(text).ids])

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        return str(self.tokenizer.decode(list(ids)))
