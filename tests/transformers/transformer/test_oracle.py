"""Chapter 29 against PyTorch: values and gradients, in 64-bit floats to 1e-10."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from against_torch import assert_close, draw, gradients, seeds, sizes
from nlpcourse import corpora
from nlpcourse.transformers.attention.mechanism import causal_mask, padding_mask
from nlpcourse.transformers.transformer.layers import layer_norm
from nlpcourse.transformers.transformer.learning import (
    smoothed_cross_entropy,
    smoothed_target,
    warm_up_rate,
)
from nlpcourse.transformers.transformer.model import Stacks, stacks_from_torch
from nlpcourse.transformers.transformer.positions import positional_encoding

scales = st.sampled_from([0.01, 1.0, 30.0])


@given(
    rows=sizes,
    size=st.integers(2, 9),
    seed=seeds,
    scale=scales,
    epsilon=st.sampled_from([1e-5, 1e-12, 0.1]),
)
@settings(max_examples=25, deadline=None)
def test_layer_norm_equals_torch_gradients_included(
    rows: int, size: int, seed: int, scale: float, epsilon: float
) -> None:
    x = draw(seed, rows, size, scale=scale).requires_grad_()
    gain, offset = (draw(seed + k, size).requires_grad_() for k in (1, 2))
    ours = layer_norm(x, gain, offset, epsilon)
    theirs = functional.layer_norm(x, (size,), gain, offset, epsilon)
    assert_close(ours, theirs)
    mine = gradients(ours, [x, gain, offset])
    for a, b in zip(mine, gradients(theirs, [x, gain, offset]), strict=True):
        # the gradient towards x grows with 1/scale; compare what it is beside that
        assert_close(a / (1 + b.abs().max()), b / (1 + b.abs().max()), 1e-9)


def twins(
    heads: int, depth: int, layers: int, inner: int, norm_first: bool, seed: int
) -> tuple[Stacks, nn.Transformer]:
    theirs = nn.Transformer(
        heads * depth,
        heads,
        layers,
        layers,
        inner,
        dropout=0.0,
        batch_first=True,
        norm_first=norm_first,
        dtype=torch.float64,
    )
    with torch.no_grad():
        for index, weight in enumerate(theirs.parameters()):
            weight.copy_(draw(seed + index, *weight.shape, scale=0.5))
    return stacks_from_torch(theirs), theirs


def compare(
    ours: Stacks,
    theirs: nn.Transformer,
    source: Tensor,
    target: Tensor,
    lengths: Tensor,
) -> None:
    """Compare outputs and gradients at a padded batch under a causal mask."""
    real = padding_mask(lengths, source.shape[1])
    causal = causal_mask(target.shape[1])
    padded = ~real.flatten(1)
    mixed = ours(source, target, real, causal, real)
    expected = theirs(
        source,
        target,
        tgt_mask=~causal,  # True means the opposite there
        src_key_padding_mask=padded,
        memory_key_padding_mask=padded,
    )
    assert_close(mixed, expected)
    first, last = ours.encoder[0], ours.decoder[-1]
    mine = [
        source,
        target,
        first.think.expand.weight,
        last.look_across.output.weight,
    ]
    mine += [last.after_back.norm.weight, first.after_look.norm.bias]
    their_first, their_last = theirs.encoder.layers[0], theirs.decoder.layers[-1]
    yours = [source, target, their_first.linear1.weight]
    yours += [their_last.multihead_attn.out_proj.weight]
    yours += [their_last.norm1.weight, their_first.norm1.bias]
    for a, b in zip(
        gradients(mixed, mine), gradients(expected, yours), strict=True
    ):
        assert_close(a, b, 1e-8 if float(b.abs().max()) > 100 else 1e-10)


@pytest.mark.parametrize("norm_first", [False, True])
@given(
    batch=st.integers(1, 3),
    heads=st.integers(1, 3),
    depth=st.integers(2, 4),
    layers=st.integers(1, 2),
    inner=st.integers(1, 9),
    source=sizes,
    target=sizes,
    seed=seeds,
)
@settings(max_examples=25, deadline=None)
def test_the_stacks_equal_torch_gradients_included(
    norm_first: bool,
    batch: int,
    heads: int,
    depth: int,
    layers: int,
    inner: int,
    source: int,
    target: int,
    seed: int,
) -> None:
    ours, theirs = twins(heads, depth, layers, inner, norm_first, seed)
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, source + 1, (batch,), generator=generator)
    x = draw(seed + 100, batch, source, heads * depth).requires_grad_()
    y = draw(seed + 101, batch, target, heads * depth).requires_grad_()
    compare(ours, theirs, x, y, lengths)


@pytest.mark.parametrize("norm_first", [False, True])
def test_real_sentences_through_both(norm_first: bool) -> None:
    pairs = corpora.tatoeba_es()[40_000:90_000:7_000]
    words = sorted({w for pair in pairs for text in pair for w in text.split()})
    number = {word: k for k, word in enumerate(words, 1)}
    table = draw(3, len(words) + 1, 24)

    def side(index: int) -> tuple[Tensor, Tensor]:
        rows = [[number[w] for w in pair[index].split()] for pair in pairs]
        numbers = nn.utils.rnn.pad_sequence(
            [torch.tensor(row) for row in rows], batch_first=True
        )
        vectors = table[numbers] + positional_encoding(numbers.shape[1], 24)
        lengths = torch.tensor([len(row) for row in rows])
        return vectors.detach().requires_grad_(), lengths

    source, lengths = side(0)
    target, _ = side(1)
    assert len(set(lengths.tolist())) > 1
    ours, theirs = twins(4, 6, 2, 48, norm_first, seed=11)
    compare(ours, theirs, source, target, lengths)


@given(
    rows=sizes,
    tokens=st.integers(2, 9),
    smoothing=st.sampled_from([0.0, 0.1, 0.5]),
    seed=seeds,
    scale=scales,
)
@settings(max_examples=25, deadline=None)
def test_smoothed_loss_equals_torch_gradients_included(
    rows: int, tokens: int, smoothing: float, seed: int, scale: float
) -> None:
    scores = draw(seed, rows + 1, tokens, scale=scale).requires_grad_()
    generator = torch.Generator().manual_seed(seed)
    gold = torch.randint(tokens, (rows + 1,), generator=generator)
    gold[0] = 0  # the padding
    gold[-1] = 1  # one token counts at least
    ours = smoothed_cross_entropy(scores, gold, smoothing, ignore=0)
    loss = nn.CrossEntropyLoss(ignore_index=0, label_smoothing=smoothing)
    theirs = loss(scores, gold)
    assert_close(ours, theirs)
    (a,) = torch.autograd.grad(ours, scores)
    (b,) = torch.autograd.grad(theirs, scores)
    assert_close(a, b)


@given(tokens=st.integers(2, 9), seed=seeds)
@settings(max_examples=25, deadline=None)
def test_smoothed_loss_is_the_cross_entropy_of_its_target(
    tokens: int, seed: int
) -> None:
    scores = draw(seed, 1, tokens)
    gold = int(seed % tokens)
    target = smoothed_target(tokens, gold, 0.1).double()
    expected = functional.cross_entropy(scores, target.unsqueeze(0))
    ours = smoothed_cross_entropy(scores, torch.tensor([gold]), 0.1)
    torch.testing.assert_close(ours, expected, rtol=1e-6, atol=1e-6)


def test_the_schedule_equals_torchs_scheduler_with_the_same_factor() -> None:
    """``LambdaLR`` carries the rate to an optimizer and gives back the same numbers."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: warm_up_rate(k + 1, 512, 40)
    )
    rates = []
    for _ in range(200):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert max(rates) == rates[39]
    # above the climb the rate falls as the root of the step grows
    assert rates[159] == pytest.approx(rates[39] / 2)
    assert rates[19] == pytest.approx(rates[39] / 2)
