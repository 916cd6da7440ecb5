"""Instant checks of chapter 19, neural networks from zero."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, number, numbers, parameters

# ── 19.1 · the chain rule by hand ─────────────────────────────────────────────────────────────────


def draw_neuron(rng: random.Random) -> dict[str, Any]:
    """Draw a neuron, what comes in, and what should come out."""
    return {
        "w": rng.choice([-1.5, -0.5, 0.5, 1.5]),
        "x": rng.choice([-2.0, -1.0, 1.0, 2.0]),
        "b": rng.choice([-0.5, 0.25, 0.75]),
        "y": rng.choice([-1.0, 1.0]),
    }


@exercise("19.1", parameters=draw_neuron, cases=3)
def neuron_gradient(answer: object) -> str:
    """The derivative of one neuron's squared error with respect to its weight."""
    p = parameters("19.1")
    a = math.tanh(p["w"] * p["x"] + p["b"])
    outer, bend = 2 * (a - p["y"]), 1 - a * a
    right = outer * bend * p["x"]
    if close(answer, right):
        return (
            "The factor 1 − a² is smallest where the neuron is surest. That is why a unit "
            "that is far out on the tanh learns slowly, right or wrong."
        )
    if close(answer, -right):
        raise Hint(
            "The size is right. Does the loss grow or fall when w grows a little?"
        )
    if close(answer, outer * bend):
        raise Hint(
            "That is the gradient at the sum w·x + b. How much does the sum grow with w?"
        )
    if close(answer, outer * p["x"]):
        raise Hint("What is the slope of tanh at the sum?")
    if close(answer, right / 2):
        raise Hint("What is the derivative of a square?")
    if close(answer, outer * bend * p["w"]):
        raise Hint(
            "That is the gradient of x. Which of the two factors belongs to w?"
        )
    got = number(answer)
    raise Hint(
        f"You gave {got!r}. With a = {a:.4f}, what are the three local derivatives: of the "
        "square, of tanh, and of the product with respect to w?"
    )


# ── 19.2 · log-sum-exp ────────────────────────────────────────────────────────────────────────────


@exercise("19.2")
def log_sum_exp(answer: Callable[[Sequence[float]], float]) -> str:
    """The logarithm of a sum of exponentials, without an overflow."""
    rng = random.Random(19)
    cases: list[list[float]] = [
        [0.0],
        [0.0, 0.0],
        [1.0, 2.0, 3.0],
        [rng.uniform(-5, 5) for _ in range(6)],
    ]
    for logits in cases:
        got = answer(list(logits))
        right = math.log(math.fsum(math.exp(v) for v in logits))
        if not close(got, right):
            raise Hint(
                f"For {[round(v, 2) for v in logits]} the result is {right:.4f}, and you "
                f"gave {got!r}. Which sum is it the logarithm of?"
            )
    for shift in (1000.0, -1000.0):
        try:
            got = answer([shift, shift + math.log(3)])
        except (OverflowError, ValueError):
            raise Hint(
                f"Logits near {shift:g} break it. What may you subtract from all of them, and "
                "add again at the end?"
            ) from None
        if not close(got, shift + math.log(4)):
            raise Hint(
                f"For logits near {shift:g} you gave {got!r}. Did you add again at the end what "
                "you had subtracted, and is what you subtract the largest?"
            )
    return (
        "With the largest logit taken off, the largest term of the sum is e⁰ = 1: it can "
        "neither overflow, nor can all the terms vanish."
    )


# ── 19.3 · a gradient by trying ───────────────────────────────────────────────────────────────────


@exercise("19.3")
def gradient_by_trying(
    answer: Callable[
        [Callable[[Sequence[float]], float], Sequence[float], float],
        Sequence[float],
    ],
) -> str:
    """The gradient of a function by central differences."""

    def bowl(v: Sequence[float]) -> float:
        return v[0] ** 2 + 3 * v[0] * v[1] + math.sin(v[1])

    def cube(v: Sequence[float]) -> float:
        return v[0] ** 3

    point = [1.5, -0.5]
    right = [2 * 1.5 + 3 * -0.5, 3 * 1.5 + math.cos(-0.5)]
    given = list(point)
    got = numbers(answer(bowl, given, 1e-4))
    if given != point:
        raise Hint(
            "Your function moved the point that it was given. Who puts each number back?"
        )
    if got is None or len(got) != 2:
        raise Hint(
            "A gradient has one slope for each number of the point. How many did you give?"
        )
    if all(close(g, -r, 1e-4) for g, r in zip(got, right, strict=True)):
        raise Hint("Which goes first: a little up, or a little down?")
    if all(close(g, 2 * r, 1e-4) for g, r in zip(got, right, strict=True)):
        raise Hint("From a little down to a little up: how far is that?")
    if not all(close(g, r, 1e-3) for g, r in zip(got, right, strict=True)):
        raise Hint(
            f"At {point} the slopes are {right[0]:.3f} and {right[1]:.3f}, and you gave "
            f"{[round(float(g), 3) for g in got]}. Do you move one number at a time?"
        )
    # With a large step, central differences of x³ are off by step², one-sided ones by 3·x·step.
    slope = (numbers(answer(cube, [2.0], 0.1)) or [math.nan])[0]
    if close(slope, (2.1**3 - 8) / 0.1, 1e-6):
        raise Hint(
            "You look to one side only. How much better does it get when you look to both?"
        )
    if not close(slope, 12.01, 1e-6):
        raise Hint(
            f"For x³ at 2 with a step of 0.1 you gave {slope!r}. What are 2.1³ and 1.9³, and "
            "how far are they apart?"
        )
    return (
        "Looking to both sides makes the error fall with the square of the step. A step that "
        "is too small is no better, though: the two values then agree in nearly all digits."
    )


# ── 19.4 · one step of Adam ───────────────────────────────────────────────────────────────────────


def _adam(
    weight: float,
    gradients: Sequence[float],
    rate: float,
    begun: bool = True,
    root: bool = True,
) -> float:
    m = s = 0.0
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g * g
        mean = m / (1 - 0.9**t) if begun else m
        square = s / (1 - 0.999**t) if begun else s
        weight -= rate * mean / ((math.sqrt(square) if root else square) + 1e-8)
    return weight


@exercise("19.4")
def adam(answer: Callable[[float, Sequence[float], float], float]) -> str:
    """A weight after some steps of Adam."""
    cases: list[tuple[float, list[float], float]] = [
        (1.0, [], 0.1),
        (1.0, [2.0], 0.1),
        (0.5, [1.0, -1.0, 3.0], 0.01),
        (-2.0, [0.3, 0.2, 0.1, 0.4], 0.5),
    ]
    for weight, gradients, rate in cases:
        got = answer(weight, list(gradients), rate)
        right = _adam(weight, gradients, rate)
        if close(got, right, 1e-6):
            continue
        if not gradients:
            raise Hint("Without a gradient there is no step. What comes back then?")
        if close(got, _adam(weight, gradients, rate, begun=False), 1e-6):
            raise Hint(
                "Both averages start at zero, and are too small at first. What are they "
                "divided by to make up for it?"
            )
        if close(got, _adam(weight, gradients, rate, root=False), 1e-6):
            raise Hint("The second average is of squares. What undoes a square?")
        if close(got, 2 * weight - right, 1e-6):
            raise Hint("The size is right. Does the step go with the gradient?")
        raise Hint(
            f"From {weight} with the gradients {gradients} and the rate {rate} the weight "
            f"should come to {right:.6f}, and you gave {got!r}. Is t counted from 1?"
        )
    if not close(answer(0.0, [1e-3], 0.1), _adam(0.0, [1e-3], 0.1), 1e-6):
        raise Hint(
            "For a small gradient your step is off. Is the small number added to the root, and "
            "is it 1e-8?"
        )
    return (
        "The first step has the length of the rate, whatever the gradient: m and the root of s "
        "are then the same number but for the sign."
    )


# ── 19.5 · weights by hand ────────────────────────────────────────────────────────────────────────


def verdict(network: Mapping[str, Any], bits: Sequence[float]) -> float:
    """Return the score of a network of at most three ReLU units for three inputs.

    Raises:
        ValueError: the weights don't have the shape that is asked for.
    """
    try:
        inner = [[float(w) for w in row] for row in network["inner"]]
        shift = [float(b) for b in network["shift"]]
        outer = [float(w) for w in network["outer"]]
        bias = float(network["bias"])
    except (KeyError, TypeError, ValueError):
        raise ValueError("inner, shift, outer and bias are needed") from None
    units = len(outer)
    fits = len(inner) == len(shift) == units and all(len(r) == 3 for r in inner)
    if not fits or not all(
        math.isfinite(v)
        for v in [*shift, *outer, bias, *(w for r in inner for w in r)]
    ):
        raise ValueError(
            "each unit has three inner weights, a shift, an outer weight"
        )
    hidden = [
        max(0.0, b + sum(w * x for w, x in zip(row, bits, strict=True)))
        for row, b in zip(inner, shift, strict=True)
    ]
    return bias + sum(w * h for w, h in zip(outer, hidden, strict=True))


@exercise("19.5")
def odd_one(answer: Mapping[str, Any]) -> str:
    """Weights of a network that tells whether an odd number of three inputs is on."""
    if not isinstance(answer, Mapping):
        raise Hint("Is your answer a dictionary with inner, shift, outer and bias?")
    try:
        verdict(answer, [0, 0, 0])
    except ValueError as error:
        raise Hint(
            f"Something is missing: {error}. What does the starter's dictionary hold?"
        ) from None
    if not 1 <= len(answer["outer"]) <= 3:
        raise Hint(
            f"You use {len(answer['outer'])} hidden units. Can you do it with three?"
        )
    for bits in product((0, 1), repeat=3):
        score = verdict(answer, bits)
        odd = sum(bits) % 2
        if (score > 0) != bool(odd) or score == 0:
            side = "above" if odd else "below"
            raise Hint(
                f"For {bits} the score is {score:g}, and it should be {side} 0. Which units "
                "are on for that input?"
            )
    return (
        "It is the same fold as for two inputs, once more: each unit that switches on turns "
        "the slope around. A perceptron needs none of it for 'at least two', and cannot do this."
    )
