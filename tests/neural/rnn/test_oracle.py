"""Chapter 22's loops against PyTorch: the fused layer forwards, autograd backwards.

In 64-bit floats both sides agree to 1e-10, in 32-bit floats to 1e-6 (relative to the
largest number of a gradient, which adds up over the batch and all steps).
"""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlpcourse.neural.rnn import by_hand, characters, distance

sizes = st.integers(min_value=1, max_value=8)
seeds = st.integers(min_value=0, max_value=2**32 - 1)
scales = st.sampled_from([0.1, 1.0, 4.0])  # near zero, ordinary, saturated


def draw(seed: int, *shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=dtype)


def fused(
    inputs: int,
    hidden: int,
    layers: int,
    seed: int,
    scale: float,
    dtype: torch.dtype,
) -> nn.RNN:
    layer = nn.RNN(inputs, hidden, layers, batch_first=True, dtype=dtype)
    with torch.no_grad():
        for index, weight in enumerate(layer.parameters()):
            noise = draw(seed + index, *weight.shape, dtype=dtype)
            weight.copy_(scale * noise / weight.shape[-1] ** 0.5)
    return layer


def assert_close(ours: Tensor, theirs: Tensor, tolerance: float) -> None:
    size = max(1.0, float(theirs.detach().abs().max()))
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance * size)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-6)]
)
@given(
    batch=st.integers(1, 5),
    time=st.integers(1, 12),
    inputs=sizes,
    hidden=sizes,
    seed=seeds,
    scale=scales,
)
@settings(max_examples=25, deadline=None)
def test_one_layer_equals_torch_forwards_and_backwards(
    dtype: torch.dtype,
    tolerance: float,
    batch: int,
    time: int,
    inputs: int,
    hidden: int,
    seed: int,
    scale: float,
) -> None:
    if dtype is torch.float32:  # large weights make rounding errors grow
        scale = min(scale, 1.0)
    layer = fused(inputs, hidden, 1, seed, scale, dtype)
    x = draw(seed + 10, batch, time, inputs, dtype=dtype).requires_grad_()
    start = draw(seed + 11, batch, hidden, dtype=dtype).requires_grad_()
    asked = draw(seed + 12, batch, time, hidden, dtype=dtype)

    outputs, last = layer(x, start.unsqueeze(0))
    outputs.backward(asked)

    weights = by_hand.from_torch(layer)
    states = by_hand.forward(weights, x.detach(), start.detach())
    assert_close(states[:, 1:], outputs, tolerance)
    assert_close(states[:, -1], last[0], tolerance)
    found = by_hand.backward(weights, x.detach(), states, asked)
    for name, theirs in (
        ("W", layer.weight_ih_l0.grad),
        ("U", layer.weight_hh_l0.grad),
        ("b", layer.bias_ih_l0.grad),
        ("b", layer.bias_hh_l0.grad),
        ("inputs", x.grad),
        ("start", start.grad),
    ):
        assert theirs is not None
        assert_close(found[name], theirs, tolerance)


@given(
    layers=st.integers(2, 3),
    time=st.integers(1, 8),
    inputs=sizes,
    hidden=sizes,
    seed=seeds,
)
@settings(max_examples=25, deadline=None)
def test_layers_on_layers_equal_torch(
    layers: int, time: int, inputs: int, hidden: int, seed: int
) -> None:
    """What a layer asks of its inputs is what the layer below is asked for."""
    layer = fused(inputs, hidden, layers, seed, 1.0, torch.float64)
    x = draw(seed + 20, 3, time, inputs).requires_grad_()
    outputs, _ = layer(x)
    asked = draw(seed + 21, 3, time, hidden)
    outputs.backward(asked)

    stacked = [by_hand.from_torch(layer, index) for index in range(layers)]
    starts = torch.zeros(layers, 3, hidden).double()
    states = by_hand.stack(stacked, x.detach(), list(starts))
    assert_close(states[-1][:, 1:], outputs, 1e-10)
    for index in reversed(range(layers)):
        read = states[index - 1][:, 1:] if index else x.detach()
        found = by_hand.backward(stacked[index], read, states[index], asked)
        asked = found["inputs"]
        grad = getattr(layer, f"weight_hh_l{index}").grad
        assert_close(found["U"], grad, 1e-10)
    assert x.grad is not None
    assert_close(asked, x.grad, 1e-10)


@given(
    lengths=st.lists(st.integers(1, 7), min_size=1, max_size=5),
    inputs=sizes,
    hidden=sizes,
    seed=seeds,
)
@settings(max_examples=25, deadline=None)
def test_texts_of_different_lengths_equal_packed_ones(
    lengths: list[int], inputs: int, hidden: int, seed: int
) -> None:
    layer = fused(inputs, hidden, 1, seed, 1.0, torch.float64)
    time = max(lengths)
    x = draw(seed + 30, len(lengths), time, inputs).requires_grad_()
    packed = pack_padded_sequence(
        x, torch.tensor(lengths), batch_first=True, enforce_sorted=False
    )
    packed_outputs, last = layer(packed)
    outputs, _ = pad_packed_sequence(packed_outputs, batch_first=True)
    mask = by_hand.mask_of(torch.tensor(lengths), time)
    asked = draw(seed + 31, len(lengths), time, hidden) * mask.unsqueeze(-1)
    asked_last = draw(seed + 32, len(lengths), hidden)
    ((outputs * asked).sum() + (last[0] * asked_last).sum()).backward()

    weights = by_hand.from_torch(layer)
    start = torch.zeros(len(lengths), hidden).double()
    states = by_hand.forward(weights, x.detach(), start, mask)
    assert_close(states[:, -1], last[0], 1e-10)
    assert_close(states[:, 1:] * mask.unsqueeze(-1), outputs, 1e-10)
    asked = asked.clone()
    asked[:, -1] += (
        asked_last  # the padded state is the last one, so it may be asked
    )
    found = by_hand.backward(weights, x.detach(), states, asked, mask)
    assert layer.weight_hh_l0.grad is not None
    assert x.grad is not None
    assert_close(found["U"], layer.weight_hh_l0.grad, 1e-10)
    assert_close(found["inputs"], x.grad, 1e-10)


@pytest.mark.assets
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-6)]
)
def test_loss_and_all_gradients_on_real_text(
    dtype: torch.dtype, tolerance: float
) -> None:
    train, _, alphabet = characters.book()
    text = alphabet.encode(train[5000 : 5000 + 4 * 61]).view(4, 61)
    drawn = by_hand.draw_weights(
        len(alphabet), 32, len(alphabet), seed=3, radius=1.5
    )
    weights = {name: w.to(dtype) for name, w in drawn.items()}
    read = alphabet.one_hot(text[:, :-1]).to(dtype)
    start = draw(1, 4, 32, dtype=dtype)
    loss, gradients, _ = by_hand.loss_and_gradients(
        weights, read, text[:, 1:], start
    )

    leaves = {name: w.clone().requires_grad_() for name, w in weights.items()}
    layer = nn.RNN(len(alphabet), 32, batch_first=True, dtype=dtype)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    values = (leaves["W"], leaves["U"], leaves["b"], torch.zeros(32, dtype=dtype))
    outputs, _ = torch.func.functional_call(
        layer, dict(zip(names, values, strict=True)), (read, start.unsqueeze(0))
    )
    scores = outputs @ leaves["V"].T + leaves["a"]
    theirs = nn.functional.cross_entropy(
        scores.flatten(0, 1), text[:, 1:].flatten()
    )
    theirs.backward()
    assert loss == pytest.approx(float(theirs.detach()), rel=10 * tolerance)
    for name, leaf in leaves.items():
        assert leaf.grad is not None
        assert_close(gradients[name], leaf.grad, tolerance)


@given(scale=st.floats(0.01, 100.0), longest=st.floats(0.1, 10.0), seed=seeds)
@settings(max_examples=25, deadline=None)
def test_clipping_equals_torch(scale: float, longest: float, seed: int) -> None:
    ours = {"U": scale * draw(seed, 3, 3), "b": scale * draw(seed + 1, 3)}
    theirs = [nn.Parameter(torch.zeros_like(g)) for g in ours.values()]
    for parameter, gradient in zip(theirs, ours.values(), strict=True):
        parameter.grad = gradient.clone()
    length = nn.utils.clip_grad_norm_(theirs, longest)
    assert by_hand.norm(ours) == pytest.approx(float(length), rel=1e-10)
    for mine, parameter in zip(
        by_hand.clip(ours, longest).values(), theirs, strict=True
    ):
        assert parameter.grad is not None
        assert_close(mine, parameter.grad, 1e-5)  # torch adds 1e-6 to the length


@given(time=st.integers(1, 6), hidden=sizes, seed=seeds)
@settings(max_examples=25, deadline=None)
def test_jacobians_equal_autograd(time: int, hidden: int, seed: int) -> None:
    layer = fused(2, hidden, 1, seed, 1.0, torch.float64)
    weights = by_hand.from_torch(layer)
    x = draw(seed + 40, 1, time, 2)
    start = draw(seed + 41, 1, hidden)
    states = by_hand.forward(weights, x, start)[0]

    def last(first: Tensor) -> Tensor:
        outputs, _ = layer(x, first.view(1, 1, hidden))
        answer: Tensor = outputs[0, -1]
        return answer

    theirs = torch.autograd.functional.jacobian(last, start[0])
    product = torch.eye(hidden).double()
    for step in distance.jacobians(weights, states):
        product = step @ product
    assert_close(product, theirs, 1e-10)
    vector = draw(seed + 42, hidden)
    lengths = distance.product_lengths(distance.jacobians(weights, states), vector)
    assert lengths[-1] == pytest.approx(float((vector @ theirs).norm()), rel=1e-9)
    assert len(lengths) == time + 1


@pytest.mark.assets
def test_distance_equals_one_backward_pass_per_text() -> None:
    train, _, alphabet = characters.book()
    read = alphabet.one_hot(
        alphabet.encode(train[9000 : 9000 + 3 * 20]).view(3, 20)
    )
    weights = by_hand.draw_weights(len(alphabet), 16, 2, seed=0, radius=1.2)
    measured = distance.gradient_by_distance(weights, read)
    norms = torch.zeros(3, 20)
    for row in range(3):
        x = read[row : row + 1].clone().requires_grad_()
        h = torch.zeros(1, 16)
        for t in range(20):
            h = torch.tanh(
                x[:, t] @ weights["W"].T + h @ weights["U"].T + weights["b"]
            )
        h.sum().backward()
        assert x.grad is not None
        norms[row] = x.grad[0].norm(dim=-1)
    assert torch.allclose(measured, norms.mean(0).flip(0), rtol=1e-4)


@pytest.mark.assets
def test_bits_per_character_equal_torchs_loss() -> None:
    _, valid, alphabet = characters.book()
    torch.manual_seed(0)
    model = characters.CharacterModel(len(alphabet), 24)
    text = alphabet.encode(valid[:400]).view(4, 100)
    with torch.no_grad():
        scores, _, _ = model(text[:, :-1])
        loss = nn.functional.cross_entropy(
            scores.flatten(0, 1), text[:, 1:].flatten()
        )
    ours = characters.bits_per_character(
        model.weights(), alphabet, valid[:400], rows=4
    )
    assert ours == pytest.approx(float(loss) / math.log(2), rel=1e-5)
