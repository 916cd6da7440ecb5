"""Recurrent networks: the instant checks of the exercises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nlpcourse.exercises import Hint, close, exercise, number, parameters
from nlpcourse.neural.rnn import by_hand, distance


def _as_tensor(found: Any, what: str) -> Tensor:
    """Return a tensor or an array of numbers in 64 bits; anything else is met with a question."""
    if hasattr(found, "__array__") and getattr(found, "shape", ()) != ():
        tensor: Tensor = torch.as_tensor(found)
        if not tensor.is_complex() and tensor.dtype != torch.bool:
            return tensor.detach().double()
    raise Hint(f"You gave back a {type(found).__name__}. Which tensor is {what}?")


def _same(got: Tensor, want: Tensor) -> bool:
    """Return whether two tensors agree to the precision of 32 bits; NaN never does."""
    return got.shape == want.shape and torch.allclose(
        got, want.double(), rtol=1e-5, atol=1e-6
    )


@exercise("22.1")
def one_step(
    answer: Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor],
) -> str:
    """One step of the plain cell, for a batch."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    for hidden, inputs, batch in ((4, 3, 2), (5, 5, 5), (3, 6, 1)):
        _judge_step(
            answer,
            draw(hidden, inputs),
            draw(hidden, hidden),
            draw(hidden),
            draw(batch, inputs),
            draw(batch, hidden),
        )
    return (
        "That is a whole recurrent network: everything else in the chapter is this line, "
        "repeated, and its way back."
    )


def _judge_step(
    answer: Callable[..., Tensor],
    W: Tensor,
    U: Tensor,
    b: Tensor,
    x: Tensor,
    h: Tensor,
) -> None:
    inner = x @ W.T + h @ U.T + b
    want = torch.tanh(inner)
    got = _as_tensor(answer(W, U, b, x, h), "the new state")
    if got.shape != want.shape:
        raise Hint(
            f"Your state has the shape {tuple(got.shape)}; {len(x)} texts of {len(b)} "
            f"numbers make {tuple(want.shape)}. Which axis of the matrix meets which axis of "
            "the batch?"
        )
    if _same(got, inner):
        raise Hint("All sums are right. What keeps each number between −1 and 1?")
    if _same(got, torch.sigmoid(inner)):
        raise Hint(
            "Your numbers lie between 0 and 1. Which curve goes from −1 to 1?"
        )
    if _same(got, torch.tanh(inner - b)):
        raise Hint("One of the five things that you were given is unused. Which?")
    if _same(got, torch.tanh(x @ W.T + b)):
        raise Hint(
            "Your step forgets all that was read before. Where does h come in?"
        )
    if _same(got, torch.tanh(x @ W.T + h @ U + b)):
        raise Hint(
            "The matrix of the state stands the other way round. Row i of U makes number i "
            "of the new state: which product does that?"
        )
    if not _same(got, want):
        raise Hint(
            f"For the first text you say {[round(v, 3) for v in got[0].tolist()]} and the "
            f"equation says {[round(v, 3) for v in want[0].tolist()]}. What is inside the "
            "tanh?"
        )


def _draw_factor(rng: random.Random) -> dict[str, Any]:
    return {
        "factor": rng.choice([0.75, 0.8, 0.85, 0.9, 0.92, 0.95]),
        "share": rng.choice([0.1, 0.03, 0.01, 0.003, 0.001]),
    }


@exercise("22.2", parameters=_draw_factor, cases=4)
def steps_until(answer: Any) -> str:
    """After how many steps a gradient that is multiplied each time is below a share."""
    p = parameters("22.2")
    factor, share = p["factor"], p["share"]
    want = next(n for n in range(10_000) if factor**n < share)
    exact = math.log(share) / math.log(factor)
    got = number(answer)
    if got is None:
        raise Hint(
            f"You gave {str(answer)[:40]!r}. Which one number answers the question?"
        )
    if close(got, want, rel=1e-9):
        return (
            "The logarithm says it at once: ln(share) / ln(factor), rounded up. Halve the "
            "logarithm of the factor, and the gradient reaches twice as far."
        )
    if close(got, exact):
        raise Hint(
            f"{got:.3f} steps? A gradient takes whole steps: which whole number is the first "
            "that is far enough?"
        )
    if close(got, -exact, rel=1e-2) or got < 0:
        raise Hint(f"{got:g} steps: which logarithm lost its sign?")
    if close(got, (1 - share) / (1 - factor), rel=0.1):
        raise Hint(
            f"Each step takes {1 - factor:.2g} of what is left, not of what there was. So do "
            "you subtract or multiply?"
        )
    if 0 < got < want:
        raise Hint(
            f"After {got:g} steps {factor**got:.4g} of it is left. Is that below {share:g}?"
        )
    if want < got < 10_000:
        raise Hint(
            f"After {got:g} steps less than {share:g} is left. Was it so one step before, too?"
        )
    raise Hint(
        f"After one step {factor:g} is left, after two {factor**2:g}. When is it below "
        f"{share:g}? You say {got:g}."
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
    if _same(got, dh @ U):
        raise Hint("On the way back, what does the tanh do to the gradient?")
    if _same(got, (dh * (1 - new**2)) @ U.T):
        raise Hint(
            "Forwards, the state is multiplied by the transpose of U. By which of the two "
            "is the gradient multiplied on its way back?"
        )
    if _same(got, (dh * (1 - torch.tanh(new) ** 2)) @ U):
        raise Hint(
            "You took the tanh of a number that is a tanh already. Which one?"
        )
    if _same(got, (dh * new) @ U):
        raise Hint("You multiply by the tanh. What is the slope of the tanh there?")
    if _same(got, (dh @ U) * (1 - new**2)):
        raise Hint(
            "You go through U first and through the tanh after it. In which order are they "
            "undone?"
        )
    if not _same(got, want):
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
    got = _all_tensors(answer(gradients, 1.0), before)
    if any(not torch.equal(a, b) for a, b in zip(gradients, before, strict=True)):
        raise Hint(
            "The gradients that I gave you have changed. Did you write into them?"
        )

    def is_scaled(by: float, other: float | None = None) -> bool:
        return _same(got[0], before[0] / by) and _same(
            got[1], before[1] / (by if other is None else other)
        )

    if is_scaled(3, 4):
        raise Hint(
            "You shortened each gradient by its own length. Which direction has the whole "
            "step then, and which had it before?"
        )
    if all(_same(a, b.clamp(-1, 1)) for a, b in zip(got, before, strict=True)):
        raise Hint(
            "You cut every number to the range by itself. Does the step still point where "
            "the gradient pointed?"
        )
    if is_scaled(7):
        raise Hint(
            "Lengths of parts don't add up. How long is a vector of 3 and 4?"
        )
    if is_scaled(25):
        raise Hint("You divide by the square of the length. Where did the root go?")
    if not is_scaled(5):
        raise Hint(
            "Of the gradients [1.8, 2.4] and [[0], [4]] one is 3 long, the other 4. How long "
            "are they together, and by which one number must both be multiplied to be 1 long?"
        )
    short = [torch.tensor([0.3]), torch.tensor([0.4])]
    kept = _all_tensors(answer([g.clone() for g in short], 1.0), short)
    if not all(_same(a, b) for a, b in zip(kept, short, strict=True)):
        raise Hint(
            "The gradient [0.3], [0.4] is only 0.5 long. Should clipping make it longer?"
        )
    zero = _all_tensors(answer([torch.zeros(2)], 1.0), [torch.zeros(2)])
    if not _same(zero[0], torch.zeros(2)):
        raise Hint(
            "A gradient of zeros came back with other numbers. What was divided?"
        )
    return (
        "Pascanu, Mikolov and Bengio advise to look at the average length of the gradients "
        "over many updates, and to choose the largest length from that."
    )


def _all_tensors(found: Any, given: list[Tensor]) -> list[Tensor]:
    """Return what came back for each gradient, each in its shape."""
    if not isinstance(found, list | tuple) or len(found) != len(given):
        raise Hint(
            f"{len(given)} gradients went in. What should come back for each of them?"
        )
    got = [_as_tensor(g, "the clipped gradient") for g in found]
    for mine, g in zip(got, given, strict=True):
        if mine.shape != g.shape:
            raise Hint(
                f"A gradient of the shape {tuple(g.shape)} came back as "
                f"{tuple(mine.shape)}. What did you do beside scaling it?"
            )
    return got


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
        name: _as_tensor(found[name], name).float() for name in ("W", "U", "b")
    }
    shapes = {"W": (hidden, inputs), "U": (hidden, hidden), "b": (hidden,)}
    for name, shape in shapes.items():
        if tuple(weights[name].shape) != shape:
            raise Hint(
                f"Your {name} has the shape {tuple(weights[name].shape)}. Which one do "
                f"{inputs} inputs and {hidden} units need?"
            )
        if not weights[name].isfinite().all():
            raise Hint(
                f"Your {name} holds NaN or infinity. Where does it come from?"
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
