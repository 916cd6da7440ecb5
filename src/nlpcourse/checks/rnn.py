"""Recurrent networks: the instant checks of the exercises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nlpcourse.checks import Hint, exercise, parameters
from nlpcourse.neural.rnn import by_hand, distance


def _as_tensor(found: Any, what: str) -> Tensor:
    if not isinstance(found, Tensor):
        raise Hint(
            f"You gave back a {type(found).__name__}. Which tensor is {what}?"
        )
    return found


@exercise("22.1")
def one_step(
    answer: Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor],
) -> str:
    """One step of the plain cell, for a batch."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    W, U, b, x, h = draw(4, 3), draw(4, 4), draw(4), draw(2, 3), draw(2, 4)
    inner = x @ W.T + h @ U.T + b
    want = torch.tanh(inner)
    got = _as_tensor(answer(W, U, b, x, h), "the new state")
    if got.shape != want.shape:
        raise Hint(
            f"Your state has the shape {tuple(got.shape)}; two texts of four numbers make "
            "(2, 4). Which axis of the matrix meets which axis of the batch?"
        )
    if torch.allclose(got, inner):
        raise Hint("All sums are right. What keeps each number between −1 and 1?")
    if torch.allclose(got, torch.sigmoid(inner)):
        raise Hint(
            "Your numbers lie between 0 and 1. Which curve goes from −1 to 1?"
        )
    if torch.allclose(got, torch.tanh(inner - b)):
        raise Hint("One of the five things that you were given is unused. Which?")
    if torch.allclose(got, torch.tanh(x @ W.T + b)):
        raise Hint(
            "Your step forgets all that was read before. Where does h come in?"
        )
    if torch.allclose(got, torch.tanh(x @ W.T + h @ U + b)):
        raise Hint(
            "The matrix of the state stands the other way round. Row i of U makes number i "
            "of the new state: which product does that?"
        )
    if not torch.allclose(got, want):
        raise Hint(
            f"For the first text you say {[round(v, 3) for v in got[0].tolist()]} and the "
            f"equation says {[round(v, 3) for v in want[0].tolist()]}. What is inside the "
            "tanh?"
        )
    return (
        "That is a whole recurrent network: everything else in the chapter is this line, "
        "repeated, and its way back."
    )


@exercise("22.2")
def steps_until(answer: Callable[[float, float], float]) -> str:
    """After how many steps a gradient that is multiplied each time is below a share."""
    for factor, share in (
        (0.5, 0.1),
        (0.9, 0.01),
        (0.5, 0.25),
        (0.99, 0.5),
        (0.2, 0.9),
    ):
        want = next(n for n in range(1, 10_000) if factor**n < share)
        got = answer(factor, share)
        if got == want:
            continue
        exact = math.log(share) / math.log(factor)
        if not isinstance(got, int) and math.isclose(got, exact):
            raise Hint(
                f"At {factor} and {share} you say {got:.3f}. A gradient takes whole steps: "
                "which whole number is the first that is far enough?"
            )
        if got == want - 1:
            left = factor ** int(got)
            raise Hint(
                f"At {factor} and {share} you say {got}, and {left:.4g} is left then. Is "
                f"that below {share}?"
            )
        if isinstance(got, float) and math.isclose(got, -exact):
            raise Hint(
                "A number of steps below zero: which logarithm lost its sign?"
            )
        raise Hint(
            f"Factor {factor}: after one step {factor:g} is left, after two {factor**2:g}. "
            f"When is it below {share:g}? You say {got}."
        )
    for factor in (1.0, 1.5):
        got = answer(factor, 0.1)
        if got != math.inf:
            raise Hint(
                f"With a factor of {factor:g} you say {got}. Does it ever get smaller? (The "
                "exercise asks for math.inf then.)"
            )
    return (
        "At 0.9 half of a gradient is gone after seven steps and ninety-nine hundredths "
        "after forty-four; most sentences are shorter, most paragraphs longer."
    )


def _draw_step(rng: random.Random) -> dict[str, Any]:
    return {
        "seed": rng.randrange(1000),
        "texts": rng.randrange(2, 6),
        "hidden": rng.randrange(3, 9),
    }


@exercise("22.3", parameters=_draw_step)
def step_back(answer: Callable[[Tensor, Tensor, Tensor], Tensor]) -> str:
    """Go one step back: from the new state's gradient to the old state's."""
    p = parameters("22.3")
    generator = torch.Generator().manual_seed(p["seed"])

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    size = (p["texts"], p["hidden"])
    U, old, dh = (
        draw(p["hidden"], p["hidden"]),
        draw(*size).requires_grad_(),
        draw(*size),
    )
    new = torch.tanh(old @ U.T + draw(*size))
    (want,) = torch.autograd.grad(new, old, dh)
    new = new.detach()
    got = _as_tensor(answer(U, new, dh), "the gradient of the old state")
    if got.shape != want.shape:
        raise Hint(
            f"Your gradient has the shape {tuple(got.shape)}. Which shape has the state "
            "that it belongs to?"
        )
    if torch.allclose(got, dh @ U):
        raise Hint("On the way back, what does the tanh do to the gradient?")
    if torch.allclose(got, (dh * (1 - new**2)) @ U.T):
        raise Hint(
            "Forwards, the state is multiplied by the transpose of U. By which of the two "
            "is the gradient multiplied on its way back?"
        )
    if torch.allclose(got, (dh * (1 - torch.tanh(new) ** 2)) @ U):
        raise Hint(
            "You took the tanh of a number that is a tanh already. Which one?"
        )
    if torch.allclose(got, (dh * new) @ U):
        raise Hint("You multiply by the tanh. What is the slope of the tanh there?")
    if torch.allclose(got, (dh @ U) * (1 - new**2)):
        raise Hint(
            "You go through U first and through the tanh after it. In which order are they "
            "undone?"
        )
    if not torch.allclose(got, want):
        raise Hint(
            "Which two things happened to the old state on its way to the new one, and "
            "which of them is undone first?"
        )
    return (
        "Repeat this line and you have the product of Jacobians; it needs the new state "
        "alone, not what was inside the tanh, which is why only states are kept."
    )


@exercise("22.4")
def clip_together(answer: Callable[[list[Tensor], float], list[Tensor]]) -> str:
    """Clip several gradients as one long vector."""
    gradients = [torch.tensor([1.8, 2.4]), torch.tensor([[0.0], [4.0]])]
    before = [g.clone() for g in gradients]
    got = answer(gradients, 1.0)
    if not isinstance(got, list | tuple) or len(got) != 2:
        raise Hint("Two gradients went in. What should come back for each of them?")
    got = [_as_tensor(g, "the clipped gradient") for g in got]
    if any(not torch.equal(a, b) for a, b in zip(gradients, before, strict=True)):
        raise Hint(
            "The gradients that I gave you have changed. Did you write into them?"
        )
    want = [g / 5 for g in before]
    if torch.allclose(got[0], before[0] / 3) and torch.allclose(
        got[1], before[1] / 4
    ):
        raise Hint(
            "You shortened each gradient by its own length. Which direction has the whole "
            "step then, and which had it before?"
        )
    if torch.allclose(got[0], before[0].clamp(-1, 1)) and torch.allclose(
        got[1], before[1].clamp(-1, 1)
    ):
        raise Hint(
            "You cut every number to the range by itself. Does the step still point where "
            "the gradient pointed?"
        )
    if torch.allclose(got[0], before[0] / 7):
        raise Hint(
            "Lengths of parts don't add up. How long is a vector of 3 and 4?"
        )
    if torch.allclose(got[0], before[0] / 25):
        raise Hint("You divide by the square of the length. Where did the root go?")
    if not all(
        torch.allclose(a, b, atol=1e-4) for a, b in zip(got, want, strict=True)
    ):
        raise Hint(
            "One gradient is 3 long, the other 4. How long are they together, and by which "
            "one number must both be multiplied to be 1 long?"
        )
    short = [torch.tensor([0.3]), torch.tensor([0.4])]
    kept = [_as_tensor(g, "the gradient") for g in answer(short, 1.0)]
    if not all(torch.allclose(a, b) for a, b in zip(kept, short, strict=True)):
        raise Hint(
            "This gradient is only 0.5 long. Should clipping make it longer?"
        )
    zero = answer([torch.zeros(2)], 1.0)
    if not torch.equal(_as_tensor(zero[0], "the gradient"), torch.zeros(2)):
        raise Hint(
            "A gradient of zeros came back with other numbers. What was divided?"
        )
    return (
        "Pascanu, Mikolov and Bengio advise to look at the average length of the gradients "
        "over many updates, and to choose the largest length from that."
    )


@exercise("22.5")
def reach_further(answer: Callable[[int, int], dict[str, Tensor]]) -> str:
    """Weights of a plain cell whose gradient survives eighty steps."""
    inputs, hidden, time = 20, 32, 81
    found = answer(inputs, hidden)
    if not isinstance(found, dict) or not {"W", "U", "b"} <= set(found):
        raise Hint(
            "The cell reads weights by their names. Are W, U and b all there?"
        )
    weights = {
        name: _as_tensor(found[name], name).detach().float()
        for name in ("W", "U", "b")
    }
    shapes = {"W": (hidden, inputs), "U": (hidden, hidden), "b": (hidden,)}
    for name, shape in shapes.items():
        if tuple(weights[name].shape) != shape:
            raise Hint(
                f"Your {name} has the shape {tuple(weights[name].shape)}. Which one do "
                f"{inputs} inputs and {hidden} units need?"
            )
    for seed in (1, 2):
        generator = torch.Generator().manual_seed(seed)
        words = torch.randint(inputs, (8, time), generator=generator)
        read = torch.nn.functional.one_hot(words, inputs).float()
        states = by_hand.forward(weights, read, torch.zeros(8, hidden))
        if float(states[:, -1].std(dim=0).max()) < 1e-4:
            raise Hint(
                "Eight different texts leave the same state behind. What does a gradient "
                "help if nothing is read?"
            )
        norms = distance.gradient_by_distance(weights, read)
        ratio = float(norms[80] / norms[0])
        if not 0.01 <= ratio <= 100:
            radius = by_hand.spectral_radius(weights["U"])
            which = "smaller" if ratio < 0.01 else "larger"
            raise Hint(
                f"After eighty steps the gradient is {ratio:.1e} of what it was, and the "
                f"spectral radius of your U is {radius:.2f}. What makes each step's factor "
                f"{which} than one: the matrix, or the slope of the tanh?"
            )
    return (
        "Le, Jaitly and Hinton began at the identity in 2015, with rectified units in place "
        "of the tanh. It helps learning to begin; nothing keeps the matrix there."
    )
