"""Checks of the exercises of chapter 24, Convolutions for text."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from nlpcourse.exercises import Hint, close, exercise, number, numbers, parameters
from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.convolution import convolve


def as_tensor(got: Any) -> Tensor | None:
    """Return a tensor, an array or nested lists of numbers as a tensor; None where it is none."""
    if isinstance(got, str | bytes | Mapping) or numbers(got) is None:
        return None
    try:
        return torch.as_tensor(got, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        return None


@exercise("24.1")
def count_places(answer: Callable[[int, int, int], int]) -> str:
    """Say at how many places a filter stands, with a margin at both ends."""
    for time, width, margin in (
        (7, 3, 0),
        (7, 1, 0),
        (7, 3, 2),
        (1, 5, 4),
        (9, 4, 1),
    ):
        want = time + 2 * margin - width + 1
        got = answer(time, width, margin)
        where = f"{time} words, width {width}, margin {margin}"
        if close(got, want):
            continue
        if close(got, want - 1):
            raise Hint(
                f"{where}: you say {got}. Does the last window count, the one that ends "
                "with the last word?"
            )
        if margin and close(got, want - margin):
            raise Hint(
                f"{where}: you say {got}. At how many ends is there a margin?"
            )
        if margin and close(got, want - 2 * margin):
            raise Hint(f"{where}: you say {got}. What became of the margin?")
        raise Hint(
            f"{where}: you say {got}. Write the words down and slide the window: where "
            "does it begin first, where last?"
        )
    for time, width, margin in ((2, 5, 0), (0, 1, 0), (1, 6, 2)):
        got = answer(time, width, margin)
        if not close(got, 0):
            raise Hint(
                f"{time} words, width {width}, margin {margin}: you say {got}. Does the filter "
                "fit anywhere?"
            )
    return (
        "With a margin of width − 1 there are width − 1 places more than words: each word "
        "then meets each row of the filter, and no text is too short."
    )


def feature_map(p: Mapping[str, Any], time: int) -> list[float]:
    """Return the filter's answers on the first *time* vectors of the parameters."""
    width = len(p["filter"])
    return [
        p["bias"]
        + sum(
            weight * number
            for row, vector in zip(
                p["filter"], p["vectors"][start : start + width], strict=True
            )
            for weight, number in zip(row, vector, strict=True)
        )
        for start in range(time - width + 1)
    ]


def _draw_map(rng: random.Random) -> dict[str, Any]:
    """Draw a padded text and a filter whose real answers are all below those in the padding."""
    while True:
        real, padding = rng.randrange(6, 9), rng.randrange(3, 5)
        vectors = [[rng.randrange(-3, 5) for _ in range(2)] for _ in range(real)]
        bias = rng.choice([-0.25, -0.5, -0.75, -1.25, -1.5, -1.75])
        p = {
            "vectors": vectors + [[0, 0]] * padding,
            "real": real,
            "filter": [[rng.randrange(-3, 4) for _ in range(2)] for _ in range(3)],
            "bias": bias,
        }
        answers = sorted(feature_map(p, real))
        best = feature_map(p, real).index(answers[-1])
        if answers[-2] < answers[-1] < bias - 0.5 and best not in (
            0,
            real - 3,
        ):
            return p


@exercise("24.2", parameters=_draw_map, cases=3)
def pool(answer: Sequence[float]) -> str:
    """The largest real answer of a filter on a padded text, and where it was."""
    p = parameters("24.2")
    got = numbers(answer)
    if got is None or len(got) != 2:
        raise Hint(
            f"Two numbers are asked for, the value and its place; you have {answer!r}. "
            "Which came?"
        )
    value, place = got
    real, every = (
        feature_map(p, p["real"]),
        feature_map(p, len(p["vectors"])),
    )
    want = max(real)
    if close(value, want) and close(place, real.index(want)):
        return (
            "All real answers were below zero, and those in the padding were not. A running "
            "maximum that begins at 0 hides such a mistake, and so does a ReLU behind it."
        )
    shown = f"You say {value:g} at place {place:g}."
    if close(value, max(every)):
        raise Hint(f"{shown} Is that place text or padding?")
    if close(value, 0):
        raise Hint(
            f"{shown} Where does the 0 come from, if all real answers are below it?"
        )
    if close(value, want - p["bias"]):
        raise Hint(f"{shown} What became of the bias?")
    if close(value, want):
        raise Hint(
            f"{shown} The value is right. With which word does its window begin, counted from 0?"
        )
    if close(value, min(real)):
        raise Hint(f"{shown} Is that the largest answer or the smallest?")
    raise Hint(
        f"{shown} What does the filter answer to the first window, {p['vectors'][:3]}?"
    )


def _draw_sizes(rng: random.Random) -> dict[str, Any]:
    return {
        "seed": rng.randrange(1000),
        "width": rng.randrange(2, 5),
        "size": rng.randrange(3, 7),
    }


@exercise("24.3", parameters=_draw_sizes)
def pooled_gradient(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """The gradient of a max-pooled answer with respect to the word vectors."""
    p = parameters("24.3")
    generator = torch.Generator().manual_seed(p["seed"])
    for time in (p["width"], p["width"] + 4, p["width"] + 9):
        vectors = torch.randn(
            time, p["size"], generator=generator, dtype=torch.float64
        )
        weight = torch.randn(
            p["size"], p["width"], generator=generator, dtype=torch.float64
        )
        watched = vectors.clone().requires_grad_()
        answers = convolve(watched[None], weight[None], torch.zeros(1).double())[0]
        (want,) = torch.autograd.grad(answers.max(), watched, retain_graph=True)
        got = as_tensor(answer(vectors.clone(), weight.clone()))
        if got is None or got.shape != vectors.shape:
            raise Hint(
                f"A gradient has the shape of what it belongs to, {tuple(vectors.shape)} "
                "here. Which shape has yours?"
            )
        if torch.allclose(got, want):
            continue
        (everywhere,) = torch.autograd.grad(answers.sum(), watched)
        if torch.allclose(got, everywhere):
            raise Hint(
                "Every window sends a gradient back in your answer. How many windows does "
                "the maximum let through?"
            )
        touched = got.abs().sum(dim=1) > 0
        if torch.equal(touched, want.abs().sum(dim=1) > 0):
            raise Hint(
                "The right words get a gradient, but not the right one. Which column of "
                "the weight did each of them meet?"
            )
        if int(touched.sum()) > p["width"]:
            raise Hint("How many words did the winning window hold?")
        if torch.allclose(got, want.roll(1, dims=0)):
            raise Hint(
                "The right rows in the wrong place: where does the window begin?"
            )
        raise Hint("Which window won, and which words did it hold?")
    return (
        "All other words get exactly zero: in each step a filter teaches the vectors of "
        "one window a sentence, and that is why its filters specialize."
    )


Table = Mapping[str, Sequence[float]]


def _parts(result: Any) -> tuple[dict[str, list[float]], Tensor, float]:
    """Return table, filter and bias of a detector, or ask for what is missing."""
    if not isinstance(result, tuple | list) or len(result) != 3:
        raise Hint(
            f"Three things make a detector, and {result!r} came back. Where are the table, the "
            "filter and its bias?"
        )
    raw, weight, bias = result[0], as_tensor(result[1]), number(result[2])
    if not isinstance(raw, Mapping) or not raw:
        raise Hint(
            f"The table should say which vector a word has; yours is {raw!r}. "
            "Which words does it hold?"
        )
    table = {word: numbers(vector) for word, vector in raw.items()}
    vectors = [vector for vector in table.values() if vector]
    if len(vectors) < len(table) or len({len(vector) for vector in vectors}) != 1:
        raise Hint(
            f"One vector of your table is {next(iter(raw.values()))!r}. Are all of them lists of "
            "numbers, and of the same length?"
        )
    size = len(vectors[0])
    if weight is None or weight.dim() != 3 or weight.shape[:2] != (1, size):
        shape = None if weight is None else tuple(weight.shape)
        raise Hint(
            f"Your vectors have {size} numbers, so one filter is (1, {size}, width). "
            f"Which shape has yours: {shape}?"
        )
    if bias is None or not math.isfinite(bias) or not bool(weight.isfinite().all()):
        raise Hint(
            f"Weights and bias are numbers; your bias is {result[2]!r}. Which threshold does a "
            "window have to pass?"
        )
    return dict(zip(table, vectors, strict=True)), weight, bias


@exercise("24.4")
def detector(answer: Callable[[], tuple[Table, Tensor, float]]) -> str:
    """A filter set by hand that finds bad films."""
    table, weight, bias = _parts(answer())
    width, films = weight.shape[2], data.movie_sentences()
    nothing = [0.0] * weight.shape[1]
    offset = torch.tensor([bias], dtype=torch.float64)
    fired = bad = 0
    for words, label in zip(films.documents, films.labels, strict=True):
        if len(words) < width:
            continue
        value = bias  # what a window without a word of the table gets
        if any(word in table for word in words):
            rows = [[table.get(word, nothing) for word in words]]
            vectors = torch.tensor(rows, dtype=torch.float64)
            value = float(convolve(vectors, weight, offset).max())
        if value > 0:
            fired += 1
            bad += label == 0
    if fired < 200:
        raise Hint(
            f"Your filter answers above zero in {fired} sentences; 200 are asked for. Which "
            "other words would a disappointed critic use?"
        )
    share = bad / fired
    if share < 0.8:
        raise Hint(
            f"Of the {fired} sentences that it finds, {share:.0%} are bad; 80% are asked for. "
            "Which of your words do people also use of films that they like?"
        )
    return (
        f"{fired} sentences, {math.floor(share * 100)}% of them bad, and nothing learnt. The "
        "network has 300 such filters, and finds the words by itself."
    )
