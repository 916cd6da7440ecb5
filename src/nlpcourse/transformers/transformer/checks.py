"""Checks of the exercises of chapter 29, the Transformer."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from nlpcourse.exercises import Hint, all_close, exercise, numbers, parameters
from nlpcourse.neural.seq2seq.pronunciation import LETTERS
from nlpcourse.training.recipe import set_seed
from nlpcourse.transformers.attention.mechanism import causal_mask
from nlpcourse.transformers.transformer.backwards import Attempt, learn_backwards
from nlpcourse.transformers.transformer.learning import warm_up_rate
from nlpcourse.transformers.transformer.model import Transformer

LARGEST = 150_000
"""Parameters that exercise 29.4 allows."""


@exercise("29.1")
def normalise(answer: Callable[[list[float]], list[float]]) -> str:
    """Layer norm of one token's numbers, without gain and offset, in plain Python."""
    for token in (
        [1.0, 2.0, 3.0, 6.0],
        [-5.0, 5.0],
        [100.0, 101.0, 99.0],
        [0.5, 0.25],
    ):
        mean = sum(token) / len(token)
        variance = sum((x - mean) ** 2 for x in token) / len(token)
        answered = answer(list(token))
        got = numbers(answered)
        want = [(x - mean) / math.sqrt(variance + 1e-5) for x in token]
        if got is None or len(got) != len(token):
            raise Hint(
                f"For {token} a {type(answered).__name__} came back. How many numbers should a "
                f"token of {len(token)} numbers have afterwards?"
            )
        if not all_close(got, want, abs=1e-6):
            raise Hint(_what_is_left(got, token, mean, variance))
    flat = answer([7.0, 7.0, 7.0])
    if not all_close(flat, [0.0, 0.0, 0.0], abs=1e-6):
        raise Hint("What does [7.0, 7.0, 7.0] become, whose numbers are all alike?")
    return (
        "RMSNorm leaves the mean alone and divides by the root of the mean square only; many large "
        "models use it, since it costs less and does about as well."
    )


def _what_is_left(
    got: list[float], token: list[float], mean: float, variance: float
) -> str:
    """Return the question that fits a wrongly normalised token."""
    centred = [x - mean for x in token]
    spread = variance * len(token) / (len(token) - 1)
    if all_close(got, token):
        return f"{token} came back as it went in. Where should its mean lie?"
    if all_close(got, centred, abs=1e-6):
        return f"The mean of {token} is 0 now. What is still to be brought to 1?"
    if all_close(got, [x / variance for x in centred], rel=1e-4, abs=1e-6):
        return (
            "You divide by the variance. In which unit is it, beside the numbers?"
        )
    if all_close(got, [x / math.sqrt(spread) for x in centred], rel=1e-4, abs=1e-6):
        return (
            "You divide the sum of squares by one less than there are numbers. Does layer norm "
            "estimate a variance, or is this all there is?"
        )
    if all_close(
        got, [x / math.sqrt(variance) for x in centred], rel=1e-4, abs=1e-6
    ):
        return (
            f"For {token} you are close. Where does the epsilon of 0.00001 go, inside the root "
            "or beside it?"
        )
    return (
        f"For {token} the mean is {mean:g} and the variance {variance:g}. What becomes of "
        f"{token[0]:g}? You say {got[0]:g}."
    )


def _draw_schedule(rng: random.Random) -> dict[str, Any]:
    warmup = rng.choice([400, 1000, 4000, 8000])
    return {
        "size": rng.choice([128, 256, 512, 1024]),
        "warmup": warmup,
        "steps": [1, warmup // 2, warmup, 4 * warmup],
    }


@exercise("29.2", parameters=_draw_schedule, cases=4)
def rates(answer: Any) -> str:
    """The paper's learning rate at the drawn steps."""
    p = parameters("29.2")
    size, warmup, steps = p["size"], p["warmup"], p["steps"]
    want = [warm_up_rate(step, size, warmup) for step in steps]
    got = numbers(answer)
    if got is None or len(got) != len(steps):
        raise Hint(
            f"A list of {len(steps)} rates was asked for, one for each of the steps {steps}. "
            f"What is {str(answer)[:60]!r}?"
        )
    if all_close(got, want, abs=0.0):
        return (
            f"With {size} channels and {warmup} steps of warm-up the highest rate is "
            f"{warm_up_rate(warmup, size, warmup):.2g}, at the step where the two curves meet."
        )
    if all_close(got, [rate * math.sqrt(size) for rate in want], abs=0.0):
        raise Hint(
            f"One factor is missing: how does the rate depend on the {size} channels?"
        )
    larger = [size**-0.5 * max(step**-0.5, step * warmup**-1.5) for step in steps]
    if all_close(got, larger, abs=0.0):
        raise Hint(
            f"You take the larger of the two. Which one should hold at step {steps[0]}?"
        )
    step, mine, _ = next(
        row
        for row in zip(steps, got, want, strict=True)
        if not math.isclose(row[1], row[2], rel_tol=1e-5)
    )
    if step <= warmup:
        raise Hint(
            f"At step {step} of a climb of {warmup} steps you say {mine:.3g}. On a straight line "
            f"that reaches {want[2]:.3g} at its end, where should it be?"
        )
    raise Hint(
        f"At step {step}, four times the climb, you say {mine:.3g}. To which part of its highest "
        "value has the rate fallen by then?"
    )


@exercise("29.3")
def decoder_mask(answer: Callable[[Tensor, int], Tensor]) -> str:
    """Who may look at whom in the answer: not ahead, and not at padding."""
    target = torch.tensor([[1, 5, 6, 7], [1, 8, 0, 0], [1, 9, 4, 0]])
    want = causal_mask(4) & (target != 0)[:, None, None, :]
    full = _stretched(answer(target.clone(), 0), target)
    if not torch.equal(full, want):
        raise Hint(_which_rule(full, target, want))
    for target, padding in (
        (torch.tensor([[1, 3, 9]]), 9),
        (torch.tensor([[4, 4, 7, 7, 7], [2, 4, 5, 6, 7]]), 7),
        (torch.tensor([[3]]), 0),
    ):
        length = target.shape[1]
        full = _stretched(answer(target.clone(), padding), target)
        if not torch.equal(
            full, causal_mask(length) & (target != padding)[:, None, None, :]
        ):
            raise Hint(
                f"Where padding is {padding} and the tokens are {target.tolist()}, your mask is "
                "wrong. Which of your numbers holds for one example only?"
            )
    return (
        "Where texts are padded on the right, rows that belong to padding still look at real "
        "tokens, so no row is empty and no NaN arises; the loss leaves those rows out."
    )


def _stretched(answered: Any, target: Tensor) -> Tensor:
    """Return a mask for every text, head, token that looks and token that is looked at."""
    texts, length = target.shape
    got: Tensor | None = None
    with suppress(TypeError, ValueError, RuntimeError):
        got = torch.as_tensor(answered)
    if got is None or got.dim() == 0:
        raise Hint(
            f"A {type(answered).__name__} came back for {target.tolist()}. What does attention "
            "take as a mask?"
        )
    if got.dtype != torch.bool:
        raise Hint(
            f"Your mask of {target.tolist()} is of numbers, which would be added to the scores. "
            "Which kind of tensor says only yes or no?"
        )
    try:
        if got.dim() == 4:
            return got.expand(texts, 1, length, length)
    except RuntimeError:
        pass
    raise Hint(
        f"Your mask has the shape {tuple(got.shape)}. Does it stretch over {texts} texts, all "
        f"heads, {length} who look and {length} who are looked at?"
    )


def _which_rule(full: Tensor, target: Tensor, want: Tensor) -> str:
    """Return the question that fits a wrong mask."""
    causal, real = causal_mask(target.shape[1]), target != 0
    if torch.equal(full, ~want):
        return "Every entry is upside down. What does True mean in this course?"
    if torch.equal(full, causal.expand_as(full)):
        return "Nobody looks ahead. Who looks at the filling of the second text?"
    if torch.equal(full, real[:, None, None, :].expand_as(full)):
        return "Nobody looks at padding. May the first token see the last?"
    if torch.equal(full, causal & real[:, None, :, None]):
        return (
            "You emptied the rows of those who look. Whose columns should be empty, and what does "
            "softmax make of an empty row?"
        )
    return (
        f"The second text should see {want[1, 0].int().tolist()}; yours sees "
        f"{full[1, 0].int().tolist()}. Which of the two rules is broken?"
    )


@exercise("29.4")
def learner(answer: Callable[[int], Transformer]) -> str:
    """A Transformer that learns to spell backwards in few steps."""
    model = answer(len(LETTERS))
    if not isinstance(model, Transformer):
        raise Hint(
            f"For {len(LETTERS)} letters you gave back a {type(model).__name__}. Which class of "
            "this chapter reads a source and an answer so far?"
        )
    count = sum(p.numel() for p in model.parameters())
    if count > LARGEST:
        raise Hint(
            f"Yours has {count:,} parameters; {LARGEST:,} are allowed. Which size is squared?"
        )
    scores = model(torch.tensor([[5, 6, 2]]), torch.tensor([[1, 7]]))
    if scores.shape != (1, 2, len(LETTERS)):
        raise Hint(
            f"There are {len(LETTERS)} letters and special symbols to choose from; your model "
            f"scores {scores.shape[-1]}. Did you hand the number on?"
        )
    attempt = _trained(_Maker(answer))
    if not attempt.accuracy >= 0.8:
        raise Hint(
            f"After 200 steps {attempt.accuracy:.0%} of the letters are right, and four fifths "
            f"are asked for; the loss ended at {attempt.losses[-1]:.2f}. How deep is your model, "
            "where does it normalise, and does dropout help on so short a run?"
        )
    return (
        "Depth is what makes a Transformer hard to train and what makes it strong: where steps are "
        "few, shallow and normalised first is the safe choice."
    )


class _Maker:
    """Makes the learner's model; equal to another whose model has the same parts and weights."""

    def __init__(self, answer: Callable[[int], Transformer]) -> None:
        self.answer = answer
        set_seed(0)
        model = self()
        settings = [
            (
                type(part),
                repr(part),
                getattr(part, "heads", 0),
                getattr(part, "norm_first", 0),
            )
            for part in model.modules()
        ]
        weights = [p.detach().sum().item() for p in model.parameters()]
        self.key = (*settings, *weights)

    def __call__(self) -> Transformer:
        return self.answer(len(LETTERS))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Maker) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=4)
def _trained(maker: _Maker) -> Attempt:
    """Train a model once, however often its check and its marks ask."""
    return learn_backwards(maker, steps=200, learning_rate=5e-3, warmup=20)
