"""Chapter 28 against PyTorch: values and gradients, in 64-bit floats to 1e-10."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from against_torch import assert_close, draw, gradients, seeds, sizes
from nlpcourse.transformers.attention import mechanism
from nlpcourse.transformers.attention.mechanism import (
    MultiHeadAttention,
    causal_mask,
    from_torch,
    padding_mask,
)
from nlpcourse.transformers.attention.reader import austen_alphabet, book_text

scales = st.sampled_from([0.1, 1.0, 8.0])  # flat weights, ordinary, one wins


def some_mask(kind: str, seed: int, looking: int, seen: int) -> Tensor | None:
    generator = torch.Generator().manual_seed(seed)
    if kind == "none":
        return None
    if kind == "causal":
        return causal_mask(max(looking, seen))[:looking, :seen]
    if kind == "numbers":
        return draw(seed, looking, seen, scale=3.0)
    mask = torch.rand(looking, seen, generator=generator) < 0.5
    mask[:, 0] = True  # every row sees something
    return mask


@pytest.mark.parametrize("kind", ["none", "causal", "booleans", "numbers"])
@given(
    batch=st.integers(1, 3),
    heads=st.integers(1, 3),
    looking=sizes,
    seen=sizes,
    depth=sizes,
    width=sizes,
    seed=seeds,
    scale=scales,
)
@settings(max_examples=25, deadline=None)
def test_attention_equals_torch_gradients_included(
    kind: str,
    batch: int,
    heads: int,
    looking: int,
    seen: int,
    depth: int,
    width: int,
    seed: int,
    scale: float,
) -> None:
    q = draw(seed, batch, heads, looking, depth, scale=scale).requires_grad_()
    k = draw(seed + 1, batch, heads, seen, depth, scale=scale).requires_grad_()
    v = draw(seed + 2, batch, heads, seen, width).requires_grad_()
    mask = some_mask(kind, seed, looking, seen)
    ours, weights = mechanism.attention(q, k, v, mask)
    theirs = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    assert_close(ours, theirs)
    assert_close(weights.sum(dim=-1), torch.ones_like(weights[..., 0]))
    for a, b in zip(
        gradients(ours, [q, k, v]), gradients(theirs, [q, k, v]), strict=True
    ):
        assert_close(a, b)


@given(length=st.integers(1, 9), depth=sizes, seed=seeds)
@settings(max_examples=25, deadline=None)
def test_causal_equals_torchs_own_flag(length: int, depth: int, seed: int) -> None:
    x = draw(seed, 2, 1, length, depth)
    ours, _ = mechanism.attention(x, x, x, causal_mask(length))
    assert_close(
        ours, functional.scaled_dot_product_attention(x, x, x, is_causal=True)
    )


@given(length=st.integers(1, 6), depth=sizes, seed=seeds, factor=scales)
@settings(max_examples=25, deadline=None)
def test_another_scale_equals_torchs(
    length: int, depth: int, seed: int, factor: float
) -> None:
    x = draw(seed, 1, length, depth)
    ours, _ = mechanism.attention(x, x, x, scale=factor)
    theirs = functional.scaled_dot_product_attention(x, x, x, scale=factor)
    assert_close(ours, theirs)


def layers(
    heads: int, depth: int, bias: bool, seed: int
) -> tuple[MultiHeadAttention, nn.MultiheadAttention]:
    theirs = nn.MultiheadAttention(
        heads * depth, heads, bias=bias, batch_first=True, dtype=torch.float64
    )
    with torch.no_grad():
        for index, weight in enumerate(theirs.parameters()):
            weight.copy_(draw(seed + index, *weight.shape, scale=0.7))
    return from_torch(theirs), theirs


def in_blocks(ours: MultiHeadAttention, kind: str) -> list[Tensor]:
    return [getattr(part, kind) for part in (ours.query, ours.key, ours.value)]


@pytest.mark.parametrize("averaged", [True, False])
@given(
    batch=st.integers(1, 3),
    heads=st.integers(1, 4),
    depth=st.integers(1, 4),
    looking=sizes,
    seen=sizes,
    bias=st.booleans(),
    masked=st.sampled_from(["none", "booleans", "numbers"]),
    padded=st.booleans(),
    seed=seeds,
)
@settings(max_examples=25, deadline=None)
def test_the_layer_equals_torch_gradients_included(
    averaged: bool,
    batch: int,
    heads: int,
    depth: int,
    looking: int,
    seen: int,
    bias: bool,
    masked: str,
    padded: bool,
    seed: int,
) -> None:
    ours, theirs = layers(heads, depth, bias, seed)
    size = heads * depth
    x = draw(seed + 10, batch, looking, size).requires_grad_()
    y = draw(seed + 11, batch, seen, size).requires_grad_()
    z = draw(seed + 12, batch, seen, size).requires_grad_()
    mask = some_mask(masked, seed, looking, seen)
    real = torch.ones(batch, 1, 1, seen, dtype=torch.bool)
    if padded:
        generator = torch.Generator().manual_seed(seed)
        lengths = torch.randint(1, seen + 1, (batch,), generator=generator)
        real = padding_mask(lengths, seen)
    both: Tensor = real
    their_mask, their_padding = mask, ~real.flatten(1)
    if mask is not None and mask.dtype == torch.bool:
        both, their_mask = mask & real, ~mask  # True means the opposite there
    elif mask is not None:
        both = mechanism.hide(mask.expand(batch, 1, looking, seen), real)
        # PyTorch asks for two masks of one kind
        their_padding = torch.zeros(batch, seen, dtype=torch.float64)
        their_padding.masked_fill_(~real.flatten(1), -math.inf)
    mixed, weights = ours(x, y, z, both)
    expected, their_weights = theirs(
        x,
        y,
        z,
        key_padding_mask=their_padding,
        attn_mask=their_mask,
        average_attn_weights=averaged,
    )
    assert_close(mixed, expected)
    assert_close(weights.mean(dim=1) if averaged else weights, their_weights)

    kinds = ["weight", "bias"] if bias else ["weight"]
    mine = [x, y, z, *(p for kind in kinds for p in in_blocks(ours, kind))]
    mine += [getattr(ours.output, kind) for kind in kinds]
    yours = [x, y, z, *(getattr(theirs, f"in_proj_{kind}") for kind in kinds)]
    yours += [getattr(theirs.out_proj, kind) for kind in kinds]
    a, b = gradients(mixed, mine), gradients(expected, yours)
    got = a[:3]
    for start in range(3, 3 + 3 * len(kinds), 3):
        got.append(torch.cat(a[start : start + 3]))
    got += a[3 + 3 * len(kinds) :]
    for one, other in zip(got, b, strict=True):
        assert_close(one, other)


def test_real_text_through_both_layers() -> None:
    """Padded sentences of a novel, as character vectors, forwards and backwards."""
    text = book_text(("austen-emma",))[1_000:3_000]
    alphabet = austen_alphabet()
    sentences = [part.strip()[:150] for part in text.split(".") if part.strip()][:8]
    lengths = torch.tensor([len(s) for s in sentences])
    numbers = nn.utils.rnn.pad_sequence(
        [alphabet.encode(s) for s in sentences], batch_first=True
    )
    ours, theirs = layers(4, 6, bias=True, seed=5)
    table = nn.Embedding.from_pretrained(draw(9, len(alphabet), 24), freeze=False)
    longest = int(lengths.max())
    real = padding_mask(lengths, longest)
    mask = causal_mask(longest)
    x = table(numbers)
    mixed, weights = ours(x, x, x, mask & real)
    x = table(numbers)  # a graph of its own for the second way back
    expected, their_weights = theirs(
        x,
        x,
        x,
        key_padding_mask=~real.flatten(1),
        attn_mask=~mask,
        average_attn_weights=False,
    )
    assert len(set(lengths.tolist())) > 3
    assert_close(mixed, expected)
    assert_close(weights, their_weights)
    one, other = (gradients(out, [table.weight])[0] for out in (mixed, expected))
    largest = other.abs().max()  # a letter's gradient is a sum over all its places
    assert_close(one / largest, other / largest)
