"""The cells and layers of chapter 23 against PyTorch's, values and gradients.

In 64-bit floats both sides agree to 1e-10.  In 32-bit floats, the precision of training, they agree
to 1e-6 wherever the sums are as short as in a chapter's sentence (1e-5 for gradients, which add up
over the whole batch and all steps).
"""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlpcourse.neural.lstm.cells import (
    Cell,
    ChoGRUCell,
    GRUCell,
    LSTMCell,
    PlainCell,
)
from nlpcourse.neural.lstm.layers import Recurrent, from_torch, unroll

CELLS = [(PlainCell, nn.RNNCell), (LSTMCell, nn.LSTMCell), (GRUCell, nn.GRUCell)]
LAYERS = [nn.RNN, nn.LSTM, nn.GRU]

sizes = st.integers(min_value=1, max_value=9)
seeds = st.integers(min_value=0, max_value=2**32 - 1)
scales = st.sampled_from([0.1, 1.0, 5.0])  # near zero, ordinary, gates saturated


def draw(
    seed: int, *shape: int, scale: float = 1.0, dtype: torch.dtype = torch.float64
) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=dtype) * scale


def fill(module: nn.Module, seed: int, scale: float = 1.0) -> None:
    with torch.no_grad():
        for index, weight in enumerate(module.parameters()):
            noise = draw(seed + index, *weight.shape, scale=scale)
            weight.copy_(noise / weight.shape[-1] ** 0.5)


def as_tuple(state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (state,) if isinstance(state, Tensor) else tuple(state)


def as_torch(state: tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
    return state[0] if len(state) == 1 else state


def gradients(
    outputs: Tensor, inputs: Tensor, weights: list[Tensor]
) -> list[Tensor]:
    """Gradients of one fixed, uneven function of the outputs."""
    loss = (outputs * torch.linspace(-1, 2, outputs.numel()).view_as(outputs)).sum()
    loss = loss + (outputs**2).sum()
    return list(torch.autograd.grad(loss, [inputs, *weights]))


def assert_close(ours: Tensor, theirs: Tensor, tolerance: float) -> None:
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("kind", "oracle"), CELLS)
@given(batch=sizes, inputs=sizes, hidden=sizes, seed=seeds, scale=scales)
@settings(max_examples=60, deadline=None)
def test_one_step_equals_torch_gradients_included(
    kind: type[Cell],
    oracle: type[nn.RNNCellBase],
    batch: int,
    inputs: int,
    hidden: int,
    seed: int,
    scale: float,
) -> None:
    theirs = oracle(inputs, hidden, dtype=torch.float64)
    fill(theirs, seed, scale)
    ours = kind(inputs, hidden).double()
    ours.load_state_dict(theirs.state_dict())
    x = draw(seed + 10, batch, inputs, scale=scale).requires_grad_()
    state = tuple(
        draw(seed + 11 + k, batch, hidden, scale=scale) for k in range(kind.parts)
    )
    mine, yours = ours(x, state), as_tuple(theirs(x, as_torch(state)))
    for a, b in zip(mine, yours, strict=True):
        assert_close(a, b, 1e-12)
    names = [name for name, _ in ours.named_parameters()]
    for a, b in zip(
        gradients(torch.cat(mine), x, [getattr(ours, name) for name in names]),
        gradients(torch.cat(yours), x, [getattr(theirs, name) for name in names]),
        strict=True,
    ):
        assert_close(a, b, 1e-10)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize(
    ("dtype", "value", "gradient"),
    [(torch.float64, 1e-10, 1e-10), (torch.float32, 1e-6, 1e-5)],
)
@given(
    batch=st.integers(1, 5),
    time=st.integers(1, 12),
    inputs=sizes,
    hidden=sizes,
    layers=st.integers(1, 3),
    bidirectional=st.booleans(),
    begun=st.booleans(),
    seed=seeds,
)
@settings(max_examples=25, deadline=None)
def test_layers_equal_torch_gradients_included(
    kind: type[nn.RNNBase],
    dtype: torch.dtype,
    value: float,
    gradient: float,
    batch: int,
    time: int,
    inputs: int,
    hidden: int,
    layers: int,
    bidirectional: bool,
    begun: bool,
    seed: int,
) -> None:
    theirs = kind(
        inputs,
        hidden,
        layers,
        batch_first=True,
        bidirectional=bidirectional,
        dtype=dtype,
    )
    fill(theirs, seed)
    ours = from_torch(theirs)
    x = draw(seed + 100, batch, time, inputs, dtype=dtype).requires_grad_()
    state = None
    if begun:
        parts = 2 if kind is nn.LSTM else 1
        rows = layers * (2 if bidirectional else 1)
        state = tuple(
            draw(seed + k, rows, batch, hidden, dtype=dtype) for k in range(parts)
        )
    outputs, last = ours(x, state)
    expected, expected_last = theirs(x, None if state is None else as_torch(state))
    assert_close(outputs, expected, value)
    for a, b in zip(last, as_tuple(expected_last), strict=True):
        assert_close(a, b, value)
    compare_gradients(ours, theirs, outputs, expected, x, gradient)


def compare_gradients(
    ours: Recurrent,
    theirs: nn.RNNBase,
    outputs: Tensor,
    expected: Tensor,
    x: Tensor,
    tolerance: float,
) -> None:
    """Relative to the largest entry of each gradient, as the error of a long sum is."""
    mine = gradients(outputs, x, list(ours.parameters()))
    yours = gradients(expected, x, list(theirs.parameters()))
    for a, b in zip(mine, yours, strict=True):
        largest = max(1.0, float(b.abs().max()))
        assert float((a - b).abs().max()) <= tolerance * largest


@pytest.mark.parametrize("kind", LAYERS)
@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    inputs=sizes,
    hidden=sizes,
    layers=st.integers(1, 2),
    bidirectional=st.booleans(),
    seed=seeds,
)
@settings(max_examples=25, deadline=None)
def test_lengths_equal_packed_sequences(
    kind: type[nn.RNNBase],
    lengths: list[int],
    inputs: int,
    hidden: int,
    layers: int,
    bidirectional: bool,
    seed: int,
) -> None:
    theirs = kind(
        inputs,
        hidden,
        layers,
        batch_first=True,
        bidirectional=bidirectional,
        dtype=torch.float64,
    )
    fill(theirs, seed)
    ours = from_torch(theirs)
    x = draw(seed, len(lengths), max(lengths), inputs).requires_grad_()
    sizes_ = torch.tensor(lengths)
    packed = pack_padded_sequence(x, sizes_, batch_first=True, enforce_sorted=False)
    expected, expected_last = theirs(packed)
    expected, _ = pad_packed_sequence(expected, batch_first=True)
    outputs, last = ours(x, lengths=sizes_)
    assert_close(outputs, expected, 1e-10)
    for a, b in zip(last, as_tuple(expected_last), strict=True):
        assert_close(a, b, 1e-10)
    compare_gradients(ours, theirs, outputs, expected, x, 1e-10)


@given(batch=sizes, inputs=sizes, hidden=sizes, seed=seeds)
@settings(max_examples=30, deadline=None)
def test_cho_gru_agrees_at_a_zero_state_and_differs_elsewhere(
    batch: int, inputs: int, hidden: int, seed: int
) -> None:
    ours, cho = (
        GRUCell(inputs, hidden).double(),
        ChoGRUCell(inputs, hidden).double(),
    )
    fill(ours, seed)
    with torch.no_grad():
        ours.bias_hh.zero_()  # the one bias that the reset gate would scale
    cho.load_state_dict(ours.state_dict())
    x, h = draw(seed, batch, inputs), draw(seed + 1, batch, hidden)
    (at_zero,), (cho_at_zero,) = (
        ours(x, ours.start(batch)),
        cho(x, cho.start(batch)),
    )
    assert_close(at_zero, cho_at_zero, 1e-12)
    if hidden > 1:  # a reset gate of one number commutes with the product
        assert not torch.allclose(ours(x, (h,))[0], cho(x, (h,))[0], atol=1e-9)


def test_cho_gru_is_the_published_equation() -> None:
    """Equations 5 to 8 of the paper, written out per hidden unit with Python floats."""
    cell = ChoGRUCell(2, 3).double()
    fill(cell, seed=4)
    x, h = draw(1, 1, 2), draw(2, 1, 3)
    (new,) = cell(x, (h,))
    w, u = cell.weight_ih.tolist(), cell.weight_hh.tolist()
    b = (cell.bias_ih + cell.bias_hh).tolist()

    def score(row: int, state: list[float]) -> float:
        return (
            sum(a * c for a, c in zip(w[row], x[0].tolist(), strict=True))
            + sum(a * c for a, c in zip(u[row], state, strict=True))
            + b[row]
        )

    def sigmoid(z: float) -> float:
        return float(torch.sigmoid(torch.tensor(z, dtype=torch.float64)))

    old = h[0].tolist()
    reset = [sigmoid(score(j, old)) for j in range(3)]
    update = [sigmoid(score(3 + j, old)) for j in range(3)]
    damped = [r * value for r, value in zip(reset, old, strict=True)]
    for j in range(3):
        candidate = float(
            torch.tanh(torch.tensor(score(6 + j, damped), dtype=torch.float64))
        )
        expected = update[j] * old[j] + (1 - update[j]) * candidate
        assert float(new[0, j]) == pytest.approx(expected, abs=1e-12)


def test_gradients_pass_the_finite_difference_check() -> None:
    """Autograd through our loop against differences of function values, no library's backward."""
    for kind in (PlainCell, LSTMCell, GRUCell, ChoGRUCell):
        cell = kind(3, 4).double()
        fill(cell, seed=8)
        x = draw(3, 2, 5, 3).requires_grad_()
        assert torch.autograd.gradcheck(
            lambda x, cell=cell: unroll(cell, x)[0], (x,)
        )


@pytest.mark.assets
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_equal_on_real_text_in_single_precision(kind: type[nn.RNNBase]) -> None:
    """Twenty lines of WikiText-2, both ways, through our loop and the fused layer."""
    from nlpcourse.neural.lstm.language_model import END, wikitext_vocabulary

    from nlpcourse import corpora  # isort: skip

    lines: list[list[str]] = [[]]
    for token in corpora.wikitext_2_tokens("test")[:3000]:
        lines[-1].append(token)
        if token == END:
            lines.append([])
    lines = [line for line in lines if len(line) > 1][:20]
    vocabulary = wikitext_vocabulary()
    torch.manual_seed(0)
    table = nn.Embedding(len(vocabulary), 32)
    lengths = torch.tensor([len(line) for line in lines])
    words = nn.utils.rnn.pad_sequence(
        [vocabulary.encode(line) for line in lines], batch_first=True
    )
    theirs = kind(32, 32, batch_first=True, bidirectional=True)
    ours = from_torch(theirs)
    x = table(words).detach().requires_grad_()
    packed = pack_padded_sequence(
        x, lengths, batch_first=True, enforce_sorted=False
    )
    expected, _ = pad_packed_sequence(theirs(packed)[0], batch_first=True)
    outputs, _ = ours(x, lengths=lengths)
    assert_close(outputs, expected, 1e-6)
    compare_gradients(ours, theirs, outputs, expected, x, 1e-5)
