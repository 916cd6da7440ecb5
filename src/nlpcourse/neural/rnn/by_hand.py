"""The plain recurrent cell, forwards and backwards, without automatic gradients.

Weights travel in a dictionary under the names of the chapter's equations::

    W (hidden, input)   reads the input        V (outputs, hidden)   makes the scores
    U (hidden, hidden)  reads the old state    a (outputs,)          their bias
    b (hidden,)         the bias

Everything is batch first.  Not handled here: two directions, dropout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

Weights = Mapping[str, Tensor]


def draw_weights(
    inputs: int, hidden: int, outputs: int, seed: int, radius: float = 1.0
) -> dict[str, Tensor]:
    """Draw weights to begin with.

    Args:
        inputs: numbers in one input vector.
        hidden: numbers in the state.
        outputs: scores per step.
        seed: of the random numbers.
        radius: spectral radius of ``U``, the factor by which it lengthens a vector in
            the long run.

    Raises:
        ValueError: a size below one, or a radius below zero or not finite.

    >>> weights = draw_weights(inputs=3, hidden=4, outputs=2, seed=0)
    >>> {name: tuple(weight.shape) for name, weight in weights.items()}
    {'W': (4, 3), 'U': (4, 4), 'b': (4,), 'V': (2, 4), 'a': (2,)}
    """
    if min(inputs, hidden, outputs) < 1 or not 0 <= radius < math.inf:
        raise ValueError(
            "need sizes of at least 1 and a radius of 0 or more, "
            f"not {inputs}, {hidden}, {outputs} and {radius}"
        )
    generator = torch.Generator().manual_seed(seed)

    def noise(rows: int, columns: int) -> Tensor:
        return torch.randn(rows, columns, generator=generator) / math.sqrt(columns)

    U = noise(hidden, hidden)
    return {
        "W": noise(hidden, inputs),
        "U": U * (radius / spectral_radius(U)),
        "b": torch.zeros(hidden),
        "V": noise(outputs, hidden),
        "a": torch.zeros(outputs),
    }


def spectral_radius(matrix: Tensor) -> float:
    """Return the largest absolute value among the eigenvalues of a square matrix.

    Raises:
        ValueError: the matrix is empty or not square, or holds a number that is not finite.

    >>> turns_and_doubles = torch.tensor([[0.0, -2.0], [2.0, 0.0]])
    >>> round(spectral_radius(turns_and_doubles), 4)
    2.0
    """
    matrix = _square(matrix)
    return float(torch.linalg.eigvals(matrix).abs().max())


def largest_singular_value(matrix: Tensor) -> float:
    """Return the most by which a square matrix lengthens a vector in one multiplication.

    Raises:
        ValueError: the matrix is empty or not square, or holds a number that is not finite.

    >>> round(largest_singular_value(torch.tensor([[0.0, 3.0], [0.0, 0.0]])), 4)
    3.0
    """
    return float(torch.linalg.matrix_norm(_square(matrix), ord=2))


def _square(matrix: Tensor) -> Tensor:
    matrix = torch.as_tensor(matrix)
    shape = tuple(matrix.shape)
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 0:
        raise ValueError(f"need a square matrix, not a tensor of the shape {shape}")
    if not matrix.isfinite().all():
        raise ValueError(
            "the matrix holds NaN or infinity; look where it comes from"
        )
    return matrix if matrix.is_floating_point() else matrix.double()


def mask_of(lengths: Tensor | Sequence[int], time: int) -> Tensor:
    """Return 1 where a text still goes on and 0 behind its end, (batch, time).

    Raises:
        ValueError: a length below zero or above *time*.

    >>> mask_of(torch.tensor([1, 3]), time=3).int().tolist()
    [[1, 0, 0], [1, 1, 1]]
    """
    lengths = torch.as_tensor(lengths).reshape(-1)
    if time < 0 or ((lengths < 0) | (lengths > time)).any():
        raise ValueError(
            f"a text has between 0 and {time} steps, not {lengths.tolist()}"
        )
    return (torch.arange(time) < lengths.unsqueeze(1)).to(torch.get_default_dtype())


def step(weights: Weights, x: Tensor, h: Tensor) -> Tensor:
    """Take one step: read *x* (batch, input) in the state *h* (batch, hidden).

    Source: Elman (1990); equals ``torch.nn.RNNCell`` with ``b`` the sum of its biases.

    Raises:
        KeyError: a weight of that name is missing.
    """
    W, U, b = weights["W"], weights["U"], weights["b"]
    return torch.tanh(x @ W.T + h @ U.T + b)  # (batch, hidden)


def forward(
    weights: Weights, inputs: Tensor, start: Tensor, mask: Tensor | None = None
) -> Tensor:
    """Read *inputs* from the first step to the last.

    Args:
        weights: ``W``, ``U`` and ``b``.
        inputs: (batch, time, input).
        start: the state before the first step, (batch, hidden).
        mask: (batch, time); at a 0 the state stays as it is.

    Returns:
        All states, *start* first: (batch, time + 1, hidden).

    Raises:
        ValueError: the inputs have not three axes.
        KeyError: a weight of that name is missing.
    """
    states = [start]
    _, time, _ = inputs.shape
    for t in range(time):
        h = step(weights, inputs[:, t], states[-1])
        if mask is not None:
            goes_on = mask[:, t : t + 1].to(h)  # (batch, 1)
            h = goes_on * h + (1 - goes_on) * states[-1]
        states.append(h)
    return torch.stack(states, dim=1)


def stack(
    layers: Sequence[Weights], inputs: Tensor, starts: Sequence[Tensor]
) -> list[Tensor]:
    """Read *inputs* with several layers, each of which reads the states of the one below.

    Args:
        layers: the weights of each, the lowest first.
        inputs: (batch, time, input).
        starts: each layer's state before the first step, (batch, hidden).

    Returns:
        each layer's states, its start first: (batch, time + 1, hidden).

    Raises:
        ValueError: there is not one start for each layer, or the inputs have not three axes.
        KeyError: a weight of that name is missing.
    """
    found, read = [], inputs
    for weights, start in zip(layers, starts, strict=True):
        found.append(forward(weights, read, start))
        read = found[-1][:, 1:]  # the states, without the start
    return found


def backward(
    weights: Weights,
    inputs: Tensor,
    states: Tensor,
    asked: Tensor,
    mask: Tensor | None = None,
) -> dict[str, Tensor]:
    """Go back through all steps: backpropagation through time.

    Args:
        weights: ``W``, ``U`` and ``b``.
        inputs: (batch, time, input), as `forward` read them.
        states: (batch, time + 1, hidden), as `forward` returned them.
        asked: the gradient of the loss with respect to each step's state, as far as the
            loss looks at that state itself: (batch, time, hidden).
        mask: as `forward` had it.

    Returns:
        the gradients of the loss with respect to ``W``, ``U``, ``b``, ``inputs`` and
        ``start``, under these names.

    Source: Werbos (1990).

    Raises:
        ValueError: the inputs have not three axes.
        KeyError: a weight of that name is missing.
    """
    W, U, b = weights["W"], weights["U"], weights["b"]
    dW, dU, db = torch.zeros_like(W), torch.zeros_like(U), torch.zeros_like(b)
    d_inputs = torch.zeros_like(inputs)
    from_later = torch.zeros_like(states[:, 0])  # (batch, hidden)
    _, time, _ = inputs.shape
    for t in reversed(range(time)):
        x, old, new = inputs[:, t], states[:, t], states[:, t + 1]
        dh = asked[:, t] + from_later
        dz = dh * (1 - new**2)  # through the tanh
        if mask is not None:
            goes_on = mask[:, t : t + 1].to(dh)
            dz = goes_on * dz
        dW += dz.T @ x
        dU += dz.T @ old
        db += dz.sum(dim=0)
        d_inputs[:, t] = dz @ W
        from_later = dz @ U
        if mask is not None:
            from_later = from_later + (1 - goes_on) * dh
    return {"W": dW, "U": dU, "b": db, "inputs": d_inputs, "start": from_later}


def prediction_loss(
    weights: Weights, states: Tensor, following: Tensor
) -> tuple[float, Tensor, dict[str, Tensor]]:
    """Predict what follows from each state, and say how each number should have moved.

    Args:
        weights: ``V`` and ``a``.
        states: one per step, without the start: (batch, time, hidden).
        following: the right class at each step, (batch, time).

    Returns:
        the mean negative log likelihood in nats, its gradient with respect to the
        states, and those with respect to ``V`` and ``a``.

    Raises:
        ValueError: there is nothing to predict.
        KeyError: a weight of that name is missing.
    """
    if not following.numel():
        raise ValueError("there is no step to predict: the text is empty")
    scores = states @ weights["V"].T + weights["a"]  # (batch, time, outputs)
    log_p = scores.log_softmax(dim=-1)
    right = log_p.gather(-1, following.unsqueeze(-1))
    n = following.numel()
    one_hot = nn.functional.one_hot(following, scores.shape[-1])
    d_scores = (log_p.exp() - one_hot) / n
    dV = d_scores.flatten(0, 1).T @ states.flatten(0, 1)
    da = d_scores.sum(dim=(0, 1))
    return float(-right.mean()), d_scores @ weights["V"], {"V": dV, "a": da}


def loss_and_gradients(
    weights: Weights, inputs: Tensor, following: Tensor, start: Tensor
) -> tuple[float, dict[str, Tensor], Tensor]:
    """Read a window, predict each step's following class, and go all the way back.

    Returns:
        the loss, the gradients of the five weights, and the last state.

    Raises:
        ValueError: there is nothing to predict, or the inputs have not three axes.
        KeyError: a weight of that name is missing.
    """
    states = forward(weights, inputs, start)
    loss, asked, gradients = prediction_loss(weights, states[:, 1:], following)
    back = backward(weights, inputs, states, asked)
    gradients |= {name: back[name] for name in ("W", "U", "b")}
    return loss, gradients, states[:, -1]


def norm(gradients: Weights) -> float:
    """Return the length of all gradients together, as one long vector.

    Squares are added in 64 bits: in 32 bits a gradient of 1e20 would already be infinite.

    >>> norm({"W": torch.tensor([[3.0]]), "b": torch.tensor([4.0])})
    5.0
    """
    return math.sqrt(
        sum(float((g.double() ** 2).sum()) for g in gradients.values())
    )


def clip(gradients: Weights, longest: float) -> dict[str, Tensor]:
    """Scale all gradients by one number, so that together they are at most *longest* long.

    Source: Pascanu, Mikolov and Bengio (2013), algorithm 1.

    Raises:
        ValueError: *longest* is not above zero, or a gradient is NaN or infinite, which no
            scale can mend.

    >>> clip({"U": torch.tensor([3.0, 4.0])}, longest=1.0)["U"].tolist()
    [0.6..., 0.8...]
    """
    length = norm(gradients)
    if not longest > 0 or (longest < math.inf and not length < math.inf):
        raise ValueError(f"can't clip a length of {length} to {longest}")
    scale = min(1.0, longest / length) if length else 1.0
    return {name: scale * gradient for name, gradient in gradients.items()}


def from_torch(layer: nn.RNN, index: int = 0) -> dict[str, Tensor]:
    """Return copies of the weights of one layer of PyTorch's, under our names.

    Raises:
        ValueError: the layer's activation function is not tanh, it is bidirectional, or it
            has no layer of that *index*.
    """
    if layer.nonlinearity != "tanh" or layer.bidirectional:
        raise ValueError(
            f"only tanh in one direction is built by hand, not {layer}"
        )
    if not 0 <= index < layer.num_layers:
        raise ValueError(
            f"there are {layer.num_layers} layers, and no layer {index}"
        )
    weight, other = (
        getattr(layer, f"weight_{part}_l{index}") for part in ("ih", "hh")
    )
    bias = torch.zeros(len(weight), dtype=weight.dtype)
    if layer.bias:  # PyTorch keeps two; only their sum counts
        bias = getattr(layer, f"bias_ih_l{index}") + getattr(
            layer, f"bias_hh_l{index}"
        )
    found = {"W": weight, "U": other, "b": bias}
    return {name: tensor.detach().clone() for name, tensor in found.items()}
