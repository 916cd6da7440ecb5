"""Checks of the exercises of chapter 23, LSTM and GRU."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from nlpcourse.exercises import Hint, close, exercise, number, parameters
from nlpcourse.neural.lstm import distance
from nlpcourse.neural.lstm.cells import LSTMCell
from nlpcourse.training.recipe import set_seed

Layer = Callable[[int, int], nn.RNNBase]
State = tuple[Tensor, Tensor]


def _draw_bias(rng: random.Random) -> dict[str, Any]:
    return {"bias": rng.choice([2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.5, 6.0])}


@exercise("23.1", parameters=_draw_bias, cases=5)
def steps_to_half(answer: object) -> str:
    """Say after how many steps a cell has lost half of a number, at the class's forget bias."""
    bias = parameters("23.1")["bias"]
    forget = 1 / (1 + math.exp(-bias))
    expected = math.log(0.5) / math.log(forget)
    got = number(answer)
    if got is None:
        raise Hint(f"Your answer is {answer!r}. Is that a number of steps?")
    if close(got, math.log(0.5) / math.log(bias), rel=1e-3):
        raise Hint(
            f"At a bias of {bias:g} you say {got:.4g}. The bias is not yet the gate: which "
            "function turns it into a number between 0 and 1?"
        )
    if close(got, -expected):
        raise Hint(
            f"{got:.4g} is a number of steps below zero: which of the two logarithms lost its "
            "sign?"
        )
    if close(got, 1 / (1 - forget), rel=1e-3):
        raise Hint(
            "That is how long the memory lasts on average. After how many steps is ½ left?"
        )
    if close(got, math.ceil(expected)) or close(got, round(expected)):
        raise Hint(f"You say {got:g}. Is exactly half left then, or did you round?")
    if not close(got, expected):
        raise Hint(
            f"At a bias of {bias:g} the gate is {forget:.3f}. What is left of 1 after one step, "
            f"after two, after n? You say half is left after {got:.4g} steps."
        )
    return (
        "At a bias of 1 half is gone after little more than two steps; each unit added to a large "
        "bias makes the memory about e times as long."
    )


@exercise("23.2")
def count_numbers(answer: Callable[[str, int, int, int, bool], int]) -> str:
    """Count the parameters of PyTorch's recurrent layers without making one."""
    makers: dict[str, Callable[..., nn.RNNBase]] = {
        "rnn": nn.RNN,
        "lstm": nn.LSTM,
        "gru": nn.GRU,
    }

    def real(kind: str, inputs: int, hidden: int, layers: int, both: bool) -> int:
        layer = makers[kind](inputs, hidden, layers, bidirectional=both)
        return sum(p.numel() for p in layer.parameters())

    for kind, blocks in (("rnn", 1), ("lstm", 4), ("gru", 3)):
        got, want = answer(kind, 5, 7, 1, False), real(kind, 5, 7, 1, False)
        if close(got, want - blocks * 7):
            raise Hint(
                f"{kind}: {got} is {blocks * 7} short. How many biases has PyTorch's layer?"
            )
        if not close(got, want):
            raise Hint(
                f"{kind}, 5 inputs, 7 hidden: you count {got}. How many blocks of 7 rows has the "
                f"cell, and how many columns has each of the two matrices?"
            )
    got, want = answer("lstm", 5, 7, 1, True), real("lstm", 5, 7, 1, True)
    if not close(got, want):
        raise Hint(
            f"Reading both ways you count {got}. How many cells work side by side?"
        )
    got, want = answer("lstm", 5, 7, 3, False), real("lstm", 5, 7, 3, False)
    if not close(got, want):
        raise Hint(
            f"Three layers: you count {got}. What does the second layer read, 5 or 7 numbers?"
        )
    got, want = answer("gru", 5, 7, 2, True), real("gru", 5, 7, 2, True)
    if not close(got, want):
        raise Hint(
            f"Two layers, both ways: you count {got}. How wide is what the first one hands on?"
        )
    return (
        "A GRU has three quarters of an LSTM's numbers. PyTorch's second bias is of no use to the "
        "LSTM (only the sum counts), but in the GRU the reset gate scales one of the two."
    )


@exercise("23.3")
def coupled_step(answer: Callable[[LSTMCell, Tensor, State], State]) -> str:
    """One step of an LSTM whose input gate is one minus its forget gate."""
    torch.manual_seed(0)
    cell = LSTMCell(3, 5).double()
    x = torch.randn(2, 3, dtype=torch.float64)
    h, c = (
        torch.randn(2, 5, dtype=torch.float64),
        torch.randn(2, 5, dtype=torch.float64),
    )
    gate = cell.gates(x, h)
    want_c = gate.forget * c + (1 - gate.forget) * gate.candidate
    want_h = gate.output * torch.tanh(want_c)
    result = answer(cell, x, (h, c))
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Hint(
            "What does a step hand to the next one? Did you return both h and c?"
        )
    for name, part in zip(("h", "c"), result, strict=True):
        if not isinstance(part, Tensor) or part.shape != c.shape:
            shape = tuple(getattr(part, "shape", ()))
            raise Hint(
                f"Your {name} is a {type(part).__name__} of the shape {shape}. The old one was a "
                f"Tensor of the shape {tuple(c.shape)}: which should the new one be?"
            )
    got_h, got_c = result
    if torch.allclose(got_h, want_c) and torch.allclose(got_c, want_h):
        raise Hint(
            "Both numbers are right. In which order does the cell return them?"
        )
    if torch.allclose(got_c, gate.forget * c + gate.input * gate.candidate):
        raise Hint(
            "That is the LSTM itself. What stands in the place of the input gate now?"
        )
    if torch.allclose(got_c, (1 - gate.input) * c + gate.input * gate.candidate):
        raise Hint(
            "You made the forget gate follow the input gate. Which of the two should lead?"
        )
    if not torch.allclose(got_c, want_c):
        raise Hint(
            "Where the forget gate says 0.9, how much of the candidate should come in?"
        )
    if torch.allclose(got_h, gate.output * want_c):
        raise Hint(
            "The output reads c through a function that keeps it between −1 and 1: which?"
        )
    if not torch.allclose(got_h, want_h):
        raise Hint("c is right. What does the output gate multiply to give h?")
    return (
        "Greff et al. compared eight variants in thousands of runs: coupling the two gates cost "
        "next to nothing. The GRU is built on the same thrift."
    )


def _draw_windows(rng: random.Random) -> dict[str, Any]:
    return {
        "seed": rng.randrange(1000),
        "window": rng.randrange(3, 7),
        "hidden": rng.randrange(3, 9),
    }


@exercise("23.4", parameters=_draw_windows)
def read_in_windows(
    answer: Callable[[nn.LSTM, Tensor, int], list[Tensor]],
) -> str:
    """Truncated backpropagation: the state goes on, the gradient does not."""
    p = parameters("23.4")
    torch.manual_seed(p["seed"])
    time = 3 * p["window"] + 1
    layer = nn.LSTM(2, p["hidden"], batch_first=True)
    inputs = torch.randn(2, time, 2, requires_grad=True)
    pieces = answer(layer, inputs, p["window"])
    if not isinstance(pieces, list | tuple) or not all(
        isinstance(piece, Tensor) and piece.dim() == 3 for piece in pieces
    ):
        raise Hint(
            "What should come back for every window? A list of output tensors was asked for."
        )
    widths = [piece.shape[1] for piece in pieces]
    if sum(widths) < time:
        raise Hint(
            f"{time} steps went in and {sum(widths)} came out. What becomes of the last, "
            "shorter window?"
        )
    if any(width > p["window"] for width in widths) or sum(widths) != time:
        raise Hint(
            f"Your windows are {widths} steps wide; the window is {p['window']}. Which overlap?"
        )
    whole, _ = layer(inputs)
    if not torch.allclose(torch.cat(pieces, dim=1), whole, atol=1e-5):
        fresh, _ = layer(inputs[:, widths[0] : widths[0] + widths[1]])
        if torch.allclose(pieces[1], fresh, atol=1e-5):
            raise Hint(
                "Your second window begins with an empty memory. Where did the state go?"
            )
        raise Hint(
            "Read in one piece, the layer says something else. Which state does each window get?"
        )
    if pieces[1].grad_fn is None:
        raise Hint(
            "No gradient at all comes out of your outputs. Did no_grad stop the training, too?"
        )
    (gradient,) = torch.autograd.grad(
        pieces[1].sum(), inputs, allow_unused=True, retain_graph=True
    )
    if (
        gradient is None
        or float(gradient[:, widths[0] : widths[0] + widths[1]].abs().sum()) == 0
    ):
        raise Hint(
            "The second window's own words get no gradient. Did you detach more than the state?"
        )
    if float(gradient[:, : widths[0]].abs().sum()) > 0:
        raise Hint(
            "The gradient of your second window still runs into the first. Which method of a "
            "tensor cuts it off from its history, and how many tensors has the state of an LSTM?"
        )
    return (
        "Without the cut, step n would go back through all n windows: the second backward call "
        "fails, or the memory fills up. The state itself still reaches back as far as it likes."
    )


_reached: dict[str, distance.Attempt] = {}
"""What layers have learnt, by their kind and first numbers: the marks need not train again."""


def _attempt(answer: Layer, seed: int) -> distance.Attempt:
    """Train the layer on the bracket task, or return what the same layer learnt before."""
    set_seed(seed)
    first = answer(16, 32)
    key = hashlib.sha256(f"{first} {seed}".encode())
    for weight in first.state_dict().values():
        key.update(weight.numpy().tobytes())
    if key.hexdigest() not in _reached:
        _reached[key.hexdigest()] = distance.learn_to_close(
            answer,
            distance=80,
            seed=seed,
            steps=200,
            settings={"learning_rate": 0.003},
        )
    return _reached[key.hexdigest()]


@exercise("23.5")
def reach_further(answer: Layer) -> str:
    """Any layer that closes brackets across eighty words after at most 200 steps."""
    layer = answer(16, 32)
    if not isinstance(layer, nn.RNNBase):
        raise Hint(
            f"You gave back a {type(layer).__name__}. Does it take a batch like nn.LSTM does?"
        )
    if not layer.batch_first or layer.bidirectional:
        reason = "batch_first=True" if not layer.batch_first else "one direction"
        raise Hint(
            f"The task wants {reason}: reading backwards would begin beside the answer, no?"
        )
    if (layer.input_size, layer.hidden_size) != (16, 32) or layer.num_layers > 2:
        raise Hint(
            "Did you use the two sizes that you were given, in at most two layers?"
        )
    for seed in (11, 12):
        attempt = _attempt(answer, seed)
        if not attempt.accuracy >= 0.9:
            raise Hint(
                f"Seed {seed}: {attempt.accuracy:.0%} right across 80 words (guessing gives 25%), "
                f"and the loss ended at {attempt.losses[-1]:.2f}. How much of the first word is "
                "left after 80 steps at the gates' first values?"
            )
    return (
        "Tallec and Ollivier derive the rule: begin with gates whose memory is as long as what you "
        "want to learn, a bias near the logarithm of that distance."
    )
