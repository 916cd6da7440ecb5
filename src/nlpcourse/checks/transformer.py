"""Checks of the exercises of chapter 29, the Transformer."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nlpcourse.checks import Hint, exercise, parameters
from nlpcourse.neural.seq2seq.pronunciation import LETTERS
from nlpcourse.transformers.attention import causal_mask
from nlpcourse.transformers.transformer.backwards import learn_backwards
from nlpcourse.transformers.transformer.learning import warm_up_rate
from nlpcourse.transformers.transformer.model import Transformer

LARGEST = 150_000
"""Parameters that exercise 29.4 allows."""


def _near(got: list[float], want: list[float]) -> bool:
    return len(got) == len(want) and all(
        math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-6)
        for a, b in zip(got, want, strict=True)
    )


@exercise("29.1")
def normalise(answer: Callable[[list[float]], list[float]]) -> str:
    """Layer norm of one token's numbers, without gain and offset, in plain Python."""
    for numbers in ([1.0, 2.0, 3.0, 6.0], [-5.0, 5.0], [100.0, 101.0, 99.0]):
        mean = sum(numbers) / len(numbers)
        variance = sum((x - mean) ** 2 for x in numbers) / len(numbers)
        got = [float(x) for x in answer(list(numbers))]
        want = [(x - mean) / math.sqrt(variance + 1e-5) for x in numbers]
        if _near(got, want):
            continue
        if _near(got, [x - mean for x in numbers]):
            raise Hint("The mean is 0 now. What is still to be brought to 1?")
        if _near(got, [(x - mean) / variance for x in numbers]):
            raise Hint(
                "You divide by the variance. In which unit is it, beside the numbers?"
            )
        spread = variance * len(numbers) / (len(numbers) - 1)
        if _near(got, [(x - mean) / math.sqrt(spread) for x in numbers]) or _near(
            got, [(x - mean) / math.sqrt(spread + 1e-5) for x in numbers]
        ):
            raise Hint(
                "You divide the sum of squares by one less than there are numbers. Does layer "
                "norm estimate a variance, or is this all there is?"
            )
        raise Hint(
            f"For {numbers} the mean is {mean:g} and the variance {variance:g}. What becomes of "
            f"{numbers[0]:g}? You say {got[0] if got else 'nothing'}."
        )
    flat = [float(x) for x in answer([7.0, 7.0, 7.0])]
    if not _near(flat, [0.0, 0.0, 0.0]):
        raise Hint("What does a token become whose numbers are all alike?")
    return (
        "RMSNorm leaves the mean alone and divides by the root of the mean square only; many large "
        "models use it, since it does as well and costs less."
    )


def _draw_schedule(rng: random.Random) -> dict[str, Any]:
    return {
        "size": rng.choice([128, 256, 512, 1024]),
        "warmup": rng.choice([400, 1000, 4000, 8000]),
    }


@exercise("29.2", parameters=_draw_schedule)
def rate(answer: Callable[[int, int, int], float]) -> str:
    """The paper's learning rate at a step."""
    p = parameters("29.2")
    size, warmup = p["size"], p["warmup"]
    for step in (1, warmup // 2, warmup, 4 * warmup):
        got, want = (
            float(answer(step, size, warmup)),
            warm_up_rate(step, size, warmup),
        )
        if math.isclose(got, want, rel_tol=1e-6):
            continue
        if math.isclose(got, want * math.sqrt(size), rel_tol=1e-6):
            raise Hint(
                "One factor is missing: how does the rate depend on the model's size?"
            )
        larger = size**-0.5 * max(step**-0.5, step * warmup**-1.5)
        if math.isclose(got, larger, rel_tol=1e-6):
            raise Hint(
                "You take the larger of the two. Which one should hold at the start?"
            )
        if step <= warmup:
            raise Hint(
                f"At step {step} of a climb of {warmup} steps you say {got:.3g}. On a straight "
                f"line that reaches {warm_up_rate(warmup, size, warmup):.3g} at its end, where "
                "should it be?"
            )
        raise Hint(
            f"At step {step}, four times the climb, you say {got:.3g}. To which part of its "
            "highest value has the rate fallen by then?"
        )
    return (
        f"With {size} channels and {warmup} steps of warm-up the highest rate is "
        f"{warm_up_rate(warmup, size, warmup):.2g}, at the step where the two curves meet."
    )


@exercise("29.3")
def decoder_mask(answer: Callable[[Tensor, int], Tensor]) -> str:
    """Who may look at whom in the answer: not ahead, and not at padding."""
    target = torch.tensor([[1, 5, 6, 7], [1, 8, 0, 0], [1, 9, 4, 0]])
    want = causal_mask(4) & (target != 0)[:, None, None, :]
    got = answer(target, 0)
    if not isinstance(got, Tensor):
        raise Hint(
            f"A {type(got).__name__} came back. What does attention take as a mask?"
        )
    if got.dtype != torch.bool:
        raise Hint(
            "Your mask is of numbers, which would be added to the scores. Booleans?"
        )
    try:
        full = got.expand(3, 1, 4, 4) if got.dim() == 4 else None
    except RuntimeError:
        full = None
    if full is None:
        raise Hint(
            f"Your mask has the shape {tuple(got.shape)}. Does it stretch over three texts, all "
            "heads, four who look and four who are looked at?"
        )
    if torch.equal(full, want):
        other = answer(torch.tensor([[1, 3, 9]]), 9)
        if bool(other[..., 2].any()):
            raise Hint(
                "Where padding has another number than 0, does your mask know?"
            )
        return (
            "Rows that belong to padding still look at real tokens, so no row is empty and no NaN "
            "arises; the loss leaves those rows out."
        )
    if torch.equal(full, ~want):
        raise Hint(
            "Every entry is upside down. What does True mean in this course?"
        )
    if torch.equal(full, causal_mask(4).expand(3, 1, 4, 4)):
        raise Hint(
            "Nobody looks ahead. Who looks at the filling of the second text?"
        )
    if torch.equal(full, (target != 0)[:, None, None, :].expand(3, 1, 4, 4)):
        raise Hint("Nobody looks at padding. May the first token see the last?")
    if torch.equal(full, (causal_mask(4) & (target != 0)[:, None, :, None])):
        raise Hint(
            "You emptied the rows of those who look. Whose columns should be empty, and what does "
            "softmax make of an empty row?"
        )
    raise Hint(
        f"The second text should see {want[1, 0].int().tolist()}; yours sees "
        f"{full[1, 0].int().tolist()}. Which of the two rules is broken?"
    )


@exercise("29.4")
def learner(answer: Callable[[int], Transformer]) -> str:
    """A Transformer that learns to spell backwards in few steps."""
    model = answer(len(LETTERS))
    if not isinstance(model, Transformer):
        raise Hint(
            f"You gave back a {type(model).__name__}. Does it take source and target?"
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
    attempt = learn_backwards(
        lambda: answer(len(LETTERS)), steps=200, learning_rate=5e-3, warmup=20
    )
    if attempt.accuracy < 0.8:
        raise Hint(
            f"After 200 steps {attempt.accuracy:.0%} of the letters are right, and four fifths "
            f"are asked for; the loss ended at {attempt.losses[-1]:.2f}. How deep is your model, "
            "where does it normalise, and does dropout help on so short a run?"
        )
    return (
        "Depth is what makes a Transformer hard to train and what makes it strong: where steps are "
        "few, shallow and normalised first is the safe choice."
    )
