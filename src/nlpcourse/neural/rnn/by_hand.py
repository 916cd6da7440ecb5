"""The plain recurrent cell, forwards and backwards, without automatic gradients.

Weights travel in a dictionary under the names of the chapter's equations::

    W (hidden, input)   reads the input        V (outputs, hidden)   makes the scores
    U (hidden, hidden)  reads the old state    a (outputs,)          their bias
    b (hidden,)         the bias

Everything is batch first.  Not handled here: several layers in one call (`stack` in the
tests puts one on another), two directions, dropout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

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

    >>> weights = draw_weights(inputs=3, hidden=4, outputs=2, seed=0)
    >>> {name: tuple(weight.shape) for name, weight in weights.items()}
    {'W': (4, 3), 'U': (4, 4), 'b': (4,), 'V': (2, 4), 'a': (2,)}
    """
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

    >>> turns_and_doubles = torch.tensor([[0.0, -2.0], [2.0, 0.0]])
    >>> round(spectral_radius(turns_and_doubles), 4)
    2.0
    """
    return float(torch.linalg.eigvals(matrix).abs().max())


def mask_of(lengths: Tensor, time: int) -> Tensor:
    """Return 1 where a text still goes on and 0 behind its end, (batch, time).

    >>> mask_of(torch.tensor([1, 3]), time=3).int().tolist()
    [[1, 0, 0], [1, 1, 1]]
    """
    return (torch.arange(time) < lengths.unsqueeze(1)).to(torch.get_default_dtype())


def step(weights: Weights, x: Tensor, h: Tensor) -> Tensor:
    """Take one step: read *x* (batch, input) in the state *h* (batch, hidden).

    Source: Elman (1990); equals ``torch.nn.RNNCell`` with ``b`` the sum of its biases.
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
    """
    states = [start]
    for t in range(inputs.shape[1]):
        h = step(weights, inputs[:, t], states[-1])
        if mask is not None:
            goes_on = mask[:, t : t + 1].to(h)  # (batch, 1)
            h = goes_on * h + (1 - goes_on) * states[-1]
        states.append(h)
    return torch.stack(states, dim=1)


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
    """
    W, U, b = weights["W"], weights["U"], weights["b"]
    dW, dU, db = torch.zeros_like(W), torch.zeros_like(U), torch.zeros_like(b)
    d_inputs = torch.zeros_like(inputs)
    from_later = torch.zeros_like(states[:, 0])  # (batch, hidden)
    for t in reversed(range(inputs.shape[1])):
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
    """
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
    """
    states = forward(weights, inputs, start)
    loss, asked, gradients = prediction_loss(weights, states[:, 1:], following)
    back = backward(weights, inputs, states, asked)
    gradients |= {name: back[name] for name in ("W", "U", "b")}
    return loss, gradients, states[:, -1]


def norm(gradients: Weights) -> float:
    """Return the length of all gradients together, as one long vector.

    >>> norm({"W": torch.tensor([[3.0]]), "b": torch.tensor([4.0])})
    5.0
    """
    return math.sqrt(sum(float((g**2).sum()) for g in gradients.values()))


def clip(gradients: Weights, longest: float) -> dict[str, Tensor]:
    """Scale all gradients by one number, so that together they are at most *longest* long.

    Source: Pascanu, Mikolov and Bengio (2013), algorithm 1.

    >>> clip({"U": torch.tensor([3.0, 4.0])}, longest=1.0)["U"].tolist()
    [0.6..., 0.8...]
    """
    scale = min(1.0, longest / max(norm(gradients), 1e-12))
    return {name: scale * gradient for name, gradient in gradients.items()}


def from_torch(layer: nn.RNN, index: int = 0) -> dict[str, Tensor]:
    """Return copies of the weights of one layer of PyTorch's, under our names.

    Raises:
        ValueError: the layer's activation function is not tanh, or it is bidirectional.
    """
    if layer.nonlinearity != "tanh" or layer.bidirectional:
        raise ValueError(
            f"only tanh in one direction is built by hand, not {layer}"
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
