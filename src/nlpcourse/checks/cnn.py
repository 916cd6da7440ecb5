"""Checks of the exercises of chapter 24, Convolutions for text."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from nlpcourse.checks import Hint, exercise, parameters
from nlpcourse.neural.cnn import convolve, data


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
        if got == want:
            continue
        if got == want - 1:
            raise Hint(
                f"{where}: you say {got}. Does the last window count, the one that ends "
                "with the last word?"
            )
        if margin and got == want - margin:
            raise Hint(
                f"{where}: you say {got}. At how many ends is there a margin?"
            )
        if margin and got == want - 2 * margin:
            raise Hint(f"{where}: you say {got}. What became of the margin?")
        raise Hint(
            f"{where}: you say {got}. Write the words down and slide the window: where "
            "does it begin first, where last?"
        )
    if answer(2, 5, 0) != 0:
        raise Hint(
            f"Two words, width 5, no margin: you say {answer(2, 5, 0)}. Does the filter "
            "fit anywhere?"
        )
    return (
        "With a margin of width − 1 there are width − 1 places more than words: each word "
        "then meets each row of the filter, and no text is too short."
    )


@exercise("24.2")
def pool(answer: Callable[[list[float], int], tuple[float, int]]) -> str:
    """Take the largest of the real answers and say where it was."""
    cases = [
        ([0.5, 2.0, -1.0], 3),
        ([-3.0, -0.5, -2.0], 3),
        ([0.5, 1.0, 9.0, 9.0], 2),
        ([-3.0, -1.0, 0.0, 0.0], 2),
        ([4.0, 4.0, 1.0], 3),
    ]
    for values, real in cases:
        place = max(range(real), key=lambda k: values[k])
        want = (values[place], place)
        got = answer(list(values), real)
        if not isinstance(got, tuple) or len(got) != 2:
            raise Hint(
                "Two things are asked for, the value and its place: which came?"
            )
        if tuple(got) == want:
            continue
        shown = f"{values} with {real} real places: you say {got[0]:g} at {got[1]}."
        if got[0] == max(values) and real < len(values):
            raise Hint(f"{shown} Is that place text or padding?")
        if got[0] == 0 and want[0] < 0:
            raise Hint(
                f"{shown} Where does the 0 come from, if all real answers are below it?"
            )
        if got[0] == want[0]:
            raise Hint(f"{shown} The value is right. Which place comes first?")
        raise Hint(f"{shown} Which of the first {real} numbers is the largest?")
    return (
        "A running maximum that begins at 0 in place of −∞ is a ReLU in disguise; that is "
        "why it goes unnoticed behind one."
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
        got = answer(vectors, weight)
        if not isinstance(got, Tensor) or got.shape != vectors.shape:
            raise Hint(
                f"A gradient has the shape of what it belongs to, {tuple(vectors.shape)} "
                f"here. Which shape has yours?"
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


@exercise("24.4")
def detector(answer: Callable[[], tuple[Table, Tensor, float]]) -> str:
    """A filter set by hand that finds bad films."""
    table, weight, bias = answer()
    sizes = {len(vector) for vector in table.values()}
    if len(sizes) != 1:
        raise Hint("Do all vectors of your table have the same length?")
    size = sizes.pop()
    if (
        not isinstance(weight, Tensor)
        or weight.dim() != 3
        or weight.shape[:2] != (1, size)
    ):
        raise Hint(
            f"Your vectors have {size} numbers, so one filter is (1, {size}, width). "
            "Which shape has yours?"
        )
    width = weight.shape[2]
    nothing = [0.0] * size
    films = data.movie_sentences()
    fired = bad = 0
    for words, label in zip(films.documents, films.labels, strict=True):
        if len(words) < width:
            continue
        vectors = torch.tensor([[list(table.get(w, nothing)) for w in words]])
        value = convolve(vectors, weight.float(), torch.tensor([float(bias)])).max()
        if float(value) > 0:
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
    kept = math.floor(share * 100)
    return (
        f"{fired} sentences, {kept}% of them bad, and nothing learnt. The network has "
        "300 such filters, and finds the words by itself."
    )
