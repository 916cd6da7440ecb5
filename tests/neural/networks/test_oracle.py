"""Neural networks by hand against torch: every operation, every optimizer, a whole training."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays, mutually_broadcastable_shapes
from torch import nn
from torch.nn import functional

from nlpcourse.neural.networks import classifier, layers, optimizers, plane
from nlpcourse.neural.networks.expression import parsed
from nlpcourse.neural.networks.scalar import backward
from nlpcourse.neural.networks.tensor import Tensor

SEEDS = st.integers(0, 2**32 - 1)
CLOSE = {"rtol": 1e-9, "atol": 1e-10}


def drawn(shape, seed, positive=False):
    """Return numbers away from zero, no two alike."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape)
    values += np.sign(values) * 0.1
    return abs(values) + 0.5 if positive else values


def compare(function, theirs, *values):
    """Hold result and gradients against torch, the gradient coming in being no constant."""
    ours = [Tensor(v) for v in values]
    result = function(*ours)
    weights = drawn(result.shape, 7)
    (result * weights).sum().backward()
    watched = [torch.tensor(v, requires_grad=True) for v in values]
    expected = theirs(*watched)
    (expected * torch.tensor(weights)).sum().backward()
    np.testing.assert_allclose(result.data, expected.detach().numpy(), **CLOSE)
    for our, their in zip(ours, watched, strict=True):
        np.testing.assert_allclose(our.grad, their.grad.numpy(), **CLOSE)


PAIRS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "twice": lambda a, b: a * b + a / b - b * b,
}


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=15, deadline=None)
@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4), SEEDS)
def test_pairs_of_any_shapes_that_broadcast(name, shapes, seed):
    one, other = shapes.input_shapes
    values = drawn(one, seed), drawn(other, seed + 1)
    compare(PAIRS[name], PAIRS[name], *values)


SINGLE = {
    "exp": (lambda a: a.exp(), torch.exp),
    "log": (lambda a: a.log(), torch.log),
    "tanh": (lambda a: a.tanh(), torch.tanh),
    "relu": (lambda a: a.relu(), torch.relu),
    "sigmoid": (lambda a: a.sigmoid(), torch.sigmoid),
    "negative": (lambda a: -a, torch.neg),
    "cube": (lambda a: a**3, lambda a: a**3),
    "root": (lambda a: a**0.5, lambda a: a**0.5),
    "from one": (lambda a: 1 - a, lambda a: 1 - a),
    "below one": (lambda a: 1 / a, lambda a: 1 / a),
    "sum": (lambda a: a.sum(), torch.sum),
    "mean": (lambda a: a.mean(), torch.mean),
    "max": (lambda a: a.max(), torch.amax),
}


@pytest.mark.parametrize("name", SINGLE)
@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 4), max_size=3), SEEDS)
def test_single_operations(name, shape, seed):
    positive = name in {"log", "root"}
    compare(*SINGLE[name], drawn(tuple(shape), seed, positive))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_along_any_axes(data):
    shape = tuple(data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    axes = data.draw(
        st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True)
    )
    axis = axes[0] if len(axes) == 1 else tuple(axes)
    keep = data.draw(st.booleans())
    values = drawn(shape, data.draw(SEEDS))
    compare(lambda a: a.sum(axis, keep), lambda a: a.sum(axis, keep), values)
    compare(lambda a: a.mean(axis, keep), lambda a: a.mean(axis, keep), values)
    compare(lambda a: a.max(axis, keep), lambda a: a.amax(axis, keep), values)


@settings(max_examples=40, deadline=None)
@given(
    mutually_broadcastable_shapes(
        signature="(n,k),(k,m)->(n,m)", max_dims=2, max_side=4
    ),
    SEEDS,
)
def test_matrix_products_of_stacks_that_broadcast(shapes, seed):
    one, other = shapes.input_shapes
    values = drawn(one, seed), drawn(other, seed + 1)
    compare(lambda a, b: a @ b, lambda a, b: a @ b, *values)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_indexing_with_rows_that_repeat(data):
    rows, size = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 4))
    chosen = data.draw(
        arrays(np.int64, st.integers(1, 8), elements=st.integers(0, rows - 1))
    )
    values = drawn((rows, size), data.draw(SEEDS))
    compare(lambda a: a[chosen], lambda a: a[torch.tensor(chosen)], values)
    compare(lambda a: a[:, 0], lambda a: a[:, 0], values)
    column = chosen % size
    compare(
        lambda a: a[chosen, column],
        lambda a: a[torch.tensor(chosen), torch.tensor(column)],
        values,
    )


def test_shapes():
    values = drawn((2, 3, 4), 0)
    compare(lambda a: a.reshape(6, 4), lambda a: a.reshape(6, 4), values)
    compare(lambda a: a.swapaxes(0, 2), lambda a: a.swapaxes(0, 2), values)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(2, 5), SEEDS, st.sampled_from([1.0, 1e3]))
def test_cross_entropy(rows, classes, seed, size):
    labels = np.random.default_rng(seed).integers(0, classes, rows)
    compare(
        lambda a: layers.cross_entropy(a, labels),
        lambda a: functional.cross_entropy(a, torch.tensor(labels)),
        size * drawn((rows, classes), seed),
    )
    logits = size * drawn((rows, classes), seed)
    expected = torch.tensor(logits).softmax(-1).numpy()
    np.testing.assert_allclose(layers.probabilities(logits), expected, atol=1e-12)


OPTIMIZERS = {
    "plain": (
        lambda p: optimizers.SGD(p, 0.1),
        lambda p: torch.optim.SGD(p, 0.1),
    ),
    "momentum": (
        lambda p: optimizers.SGD(p, 0.05, momentum=0.9),
        lambda p: torch.optim.SGD(p, 0.05, momentum=0.9),
    ),
    "decay": (
        lambda p: optimizers.SGD(p, 0.05, momentum=0.5, decay=0.1),
        lambda p: torch.optim.SGD(p, 0.05, momentum=0.5, weight_decay=0.1),
    ),
    "Adam": (
        lambda p: optimizers.Adam(p, 0.01),
        lambda p: torch.optim.Adam(p, 0.01),
    ),
    "Adam, other averages": (
        lambda p: optimizers.Adam(p, 0.03, (0.5, 0.8), 1e-4),
        lambda p: torch.optim.Adam(p, 0.03, (0.5, 0.8), 1e-4),
    ),
    "AdamW": (
        lambda p: optimizers.Adam(p, 0.01, decay=0.2),
        lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.2),
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_step_for_step(name):
    values = [drawn((4, 3), 1), drawn((3,), 2)]
    ours = [Tensor(v.copy()) for v in values]
    theirs = [torch.tensor(v, requires_grad=True) for v in values]
    make, make_theirs = OPTIMIZERS[name]
    our_rule, their_rule = make(ours), make_theirs(theirs)
    for k in range(60):
        x = drawn((5, 4), 100 + k)
        (((Tensor(x) @ ours[0]).tanh() + ours[1]) ** 2).mean().backward()
        our_rule.step()
        their_rule.zero_grad()
        (((torch.tensor(x) @ theirs[0]).tanh() + theirs[1]) ** 2).mean().backward()
        their_rule.step()
        for our, their in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(our.data, their.detach().numpy(), **CLOSE)


def torch_twin(network):
    """Return torch's layers with the weights of a deep averaging network."""
    parts: list[nn.Module] = []
    for layer in [*network.hidden, network.output]:
        linear = nn.Linear(*layer.weight.shape, dtype=torch.float64)
        linear.weight.data = torch.tensor(layer.weight.data.T.copy())
        linear.bias.data = torch.tensor(layer.bias.data.copy())
        parts += [linear, nn.ReLU()]
    table = nn.EmbeddingBag.from_pretrained(
        torch.tensor(network.embedding.data.copy()), mode="mean", freeze=False
    )
    return table, nn.Sequential(*parts[:-1])


@pytest.mark.assets
def test_a_training_on_film_sentences_step_for_step():
    from nlpcourse import corpora
    from nlpcourse.statistics.naive_bayes.features import words

    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0][:300]
    documents = [words(r.text) for r in rated]
    numbers = classifier.numbered(documents)
    read = [document or [0] for document in classifier.encoded(documents, numbers)]
    labels = [int(r.rating > 0) for r in rated]
    network = classifier.DeepAveraging(
        len(numbers), 16, 2, 2, np.random.default_rng(0)
    )
    table, stack = torch_twin(network)
    rule = torch.optim.AdamW(
        [*table.parameters(), *stack.parameters()], 0.01, weight_decay=0.1
    )
    ours = optimizers.Adam(network.parameters, 0.01, decay=0.1)
    losses = classifier.train(network, ours, read, labels, 2, 25, seed=3)
    rng = np.random.default_rng(3)
    for _ in range(2):
        order = rng.permutation(len(read))
        for start in range(0, len(order), 25):
            chosen = order[start : start + 25]
            bag = [torch.tensor(read[i]) for i in chosen]
            starts = np.cumsum([0, *(len(b) for b in bag[:-1])])
            logits = stack(table(torch.cat(bag), torch.tensor(starts)))
            gold = torch.tensor([labels[i] for i in chosen])
            loss = functional.cross_entropy(logits, gold)
            rule.zero_grad()
            loss.backward()
            rule.step()
            assert next(losses) == pytest.approx(float(loss), rel=1e-8)
    assert next(losses, None) is None
    np.testing.assert_allclose(
        network.embedding.data, table.weight.detach().numpy(), rtol=1e-7, atol=1e-8
    )


EXPRESSIONS = [
    "tanh(w * x + b)",
    "(w*x + b - y)**2",
    "relu(w) * sigmoid(x) - b / y",
    "log(x*x + 1) * exp(-b) + w",
    "x * x * x - 3 * x",
    "1 / (1 + exp(-(w * x + b)))",
    "(relu(x) + relu(-x) + 1) ** 0.5 / x ** -2",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
@pytest.mark.parametrize("seed", range(3))
def test_expressions_have_torchs_gradients(text, seed):
    names = ["w", "x", "b", "y"]
    numbers = dict(zip(names, drawn((4,), seed) + 1.5, strict=True))
    last = parsed(text, numbers)
    backward(last)
    watched = {n: torch.tensor(v, requires_grad=True) for n, v in numbers.items()}
    functions = {
        f: getattr(torch, f) for f in ("tanh", "relu", "sigmoid", "exp", "log")
    }
    expected = eval(text, {**functions, **watched})
    expected.backward()
    assert last.number == pytest.approx(float(expected), rel=1e-12)
    from nlpcourse.neural.networks.scalar import in_order

    found = {value.name: value.gradient for value in in_order(last)}
    for name, tensor in watched.items():
        if tensor.grad is not None:
            assert found[name] == pytest.approx(float(tensor.grad), rel=1e-10)


@pytest.mark.parametrize("activation", plane.ACTIVATIONS)
@pytest.mark.parametrize("kind", plane.KINDS)
def test_the_pages_network_is_the_tensors_step_for_step(kind, activation):
    data = plane.points(kind, 24, seed=1)
    network = plane.PlaneNetwork.drawn(5, 2, activation)
    x = Tensor([point for point, _ in data])
    labels = np.array([label for _, label in data])
    inner = Tensor(np.array(network.inner)[:, :2].T)
    shift, outer = Tensor(np.zeros(5)), Tensor(np.array([network.outer]).T)
    bias = Tensor(0.0)
    parameters = [inner, shift, outer, bias]
    rule = optimizers.SGD(parameters, 0.5)
    bend = {"tanh": Tensor.tanh, "relu": Tensor.relu, "none": lambda t: t}[
        activation
    ]
    for theirs in plane.training(network, data, 0.5, 40):
        score = (bend(x @ inner + shift) @ outer + bias).reshape(-1, 1)
        both = score * np.array([[0.0, 1.0]])  # logits of class 0 and class 1
        loss = layers.cross_entropy(both, labels)
        loss.backward()
        rule.step()
        assert theirs == pytest.approx(float(loss.data), rel=1e-9)
    np.testing.assert_allclose(network.outer, outer.data[:, 0], rtol=1e-8)
    np.testing.assert_allclose(
        np.array(network.inner)[:, 2], shift.data, rtol=1e-7, atol=1e-10
    )
