"""Take the weights of Hugging Face's T5, and give them back.

Source: the names of ``transformers.T5ForConditionalGeneration``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from nlpcourse.transformers.t5.model import END, PAD, T5, T5Config

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration

_PARTS = {
    "SelfAttention": "look",
    "EncDecAttention": "across",
    "DenseReluDense": "think",
}
_ENDS = {
    "q": "query",
    "k": "key",
    "v": "value",
    "o": "output",
    "wi": "expand",
    "wi_0": "gate",
    "wi_1": "expand",
    "wo": "contract",
}


def our_name(name: str) -> str | None:
    """Return our name of one of the library's weights; None where it only repeats the table.

    >>> our_name("decoder.block.1.layer.1.EncDecAttention.q.weight")
    'decoder.across.1.transform.query.weight'
    >>> our_name("encoder.block.0.layer.1.layer_norm.weight")
    'encoder.think.0.norm.weight'
    """
    if name == "shared.weight":
        return "table.weight"
    if name == "lm_head.weight":
        return "name.weight"
    if name.endswith("embed_tokens.weight"):
        return None
    stack, rest = name.split(".", 1)
    if rest == "final_layer_norm.weight":
        return f"{stack}.norm.weight"
    if rest.endswith("relative_attention_bias.weight"):
        return f"{stack}.bias.table"
    found = re.fullmatch(r"block\.(\d+)\.layer\.(\d)\.(.+)\.weight", rest)
    if found is None:
        raise ValueError(f"a T5 has no weight called {name!r}")
    layer, place, last = found.groups()
    order = ("look", "across", "think") if stack == "decoder" else ("look", "think")
    if last == "layer_norm":
        return f"{stack}.{order[int(place)]}.{layer}.norm.weight"
    part, end = last.split(".")
    return f"{stack}.{_PARTS[part]}.{layer}.transform.{_ENDS[end]}.weight"


def from_hugging_face(theirs: T5ForConditionalGeneration) -> T5:
    """Return our T5 with the weights of a ``T5ForConditionalGeneration``.

    Raises:
        ValueError: its decoder has another depth, its activation is another, or its padding and
            end are other tokens than those of the released models.
    """
    c = theirs.config
    if c.num_layers != c.num_decoder_layers or c.feed_forward_proj not in (
        "relu",
        "gated-gelu",
    ):
        raise ValueError(
            f"{c.num_layers} and {c.num_decoder_layers} layers with {c.feed_forward_proj}: "
            "ours has stacks of one depth, and relu or gated-gelu"
        )
    if (c.pad_token_id, c.eos_token_id) != (PAD, END):
        raise ValueError(f"padding and end must be tokens {PAD} and {END}")
    tied = theirs.lm_head.weight is theirs.shared.weight
    ours = T5(
        T5Config(
            c.vocab_size,
            c.d_model,
            c.d_kv,
            c.d_ff,
            c.num_layers,
            c.num_heads,
            gated=c.feed_forward_proj == "gated-gelu",
            tied=tied,
            buckets=c.relative_attention_num_buckets,
            furthest=c.relative_attention_max_distance,
        )
    )
    weights: dict[str, Tensor] = {}
    for name, tensor in theirs.state_dict().items():
        our = our_name(name)
        if our is not None and not (tied and our == "name.weight"):
            weights[our] = tensor
    ours.load_state_dict(weights)
    return ours.to(theirs.shared.weight.dtype).eval()


def to_hugging_face(ours: T5) -> T5ForConditionalGeneration:
    """Return the library's ``T5ForConditionalGeneration`` with the weights of ours."""
    from transformers import T5Config as TheirConfig
    from transformers import T5ForConditionalGeneration

    c = ours.config
    config = TheirConfig(
        vocab_size=c.vocabulary,
        d_model=c.size,
        d_kv=c.head_size,
        d_ff=c.inner,
        num_layers=c.layers,
        num_heads=c.heads,
        relative_attention_num_buckets=c.buckets,
        relative_attention_max_distance=c.furthest,
        dropout_rate=c.dropout,
        feed_forward_proj="gated-gelu" if c.gated else "relu",
        tie_word_embeddings=c.tied,
        pad_token_id=PAD,
        eos_token_id=END,
        decoder_start_token_id=PAD,
    )
    theirs = T5ForConditionalGeneration(config)
    if not c.tied:  # the library ties the two when it builds the model
        theirs.lm_head.weight = nn.Parameter(torch.empty(c.vocabulary, c.size))
    state = ours.state_dict()
    with torch.no_grad():
        for name, tensor in theirs.state_dict().items():
            our = our_name(name) or "table.weight"
            if our == "name.weight" and c.tied:
                our = "table.weight"
            tensor.copy_(state[our])
    return theirs.eval()
