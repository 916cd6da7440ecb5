"""Checks of the exercises of chapter 27, One model, five frameworks."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nlpcourse.exercises import (
    Hint,
    all_close,
    close,
    exercise,
    numbers,
    parameters,
)
from nlpcourse.neural.frameworks import by_hand
from nlpcourse.neural.frameworks.task import Sizes, draw


@exercise("27.1")
def count_weights(answer: Callable[[int, int, int, int], int]) -> str:
    """Count the numbers that the classifier learns."""
    for words, size, hidden, classes in ((10, 3, 4, 2), (7, 5, 1, 6), (1, 1, 1, 1)):
        biases = hidden + classes
        products = size * hidden + hidden * classes
        got = answer(words, size, hidden, classes)
        where = (
            f"{words} words, vectors of {size}, {hidden} units, {classes} classes: "
            f"you say {got}"
        )
        if close(got, words * size + products + biases):
            continue
        if close(got, words * size + products):
            raise Hint(f"{where}. Which layers add something to their products?")
        if close(got, products + biases):
            raise Hint(f"{where}. Where do the words' vectors come from?")
        raise Hint(
            f"{where}. Write down the shapes of the five arrays: how many numbers has each?"
        )
    return (
        "Nearly all of them are the table's. A model of words is large because its "
        "vocabulary is, in every framework."
    )


def _draw_step(rng: random.Random) -> dict[str, Any]:
    """Draw a learning rate and a small gradient."""
    return {
        "rate": rng.choice([0.01, 0.02, 0.05, 0.1]),
        "gradient": rng.choice([1, 2, 3, 5, 8]) * 1e-7,
        "pytorch_epsilon": 1e-8,
        "keras_epsilon": 1e-7,
    }


def first_steps(p: Mapping[str, float]) -> list[float]:
    """Return how far the first step of PyTorch's Adam goes, and of Keras'."""
    g, rate = p["gradient"], p["rate"]
    hat = p["keras_epsilon"] / 0.001**0.5
    return [rate * g / (g + p["pytorch_epsilon"]), rate * g / (g + hat)]


@exercise("27.2", parameters=_draw_step, cases=4)
def first_step(answer: Sequence[float]) -> str:
    """Work out the first step of two definitions of Adam."""
    p = parameters("27.2")
    got = numbers(answer)
    if got is None or len(got) != 2:
        raise Hint(
            f"Two distances are asked for, PyTorch's and Keras'; you have {answer!r}. "
            "Which came?"
        )
    ours, theirs = first_steps(p)
    if all_close([abs(x) for x in got], [ours, theirs], rel=1e-3):
        return (
            "The gradient is larger than either epsilon, and yet Keras' step is far shorter: "
            "at the first step its epsilon counts more than thirtyfold."
        )
    if not close(abs(got[0]), ours, rel=1e-3):
        raise Hint(
            f"PyTorch's first step: you say {got[0]:.3g}. After the correction, what are the "
            "average gradient and the root of the average square at the first step?"
        )
    g, rate = p["gradient"], p["rate"]
    if close(abs(got[1]), rate * g / (g + p["keras_epsilon"]), rel=1e-3):
        raise Hint(
            f"Keras' first step: you say {got[1]:.3g}. Is its epsilon added before the root is "
            "corrected, or after?"
        )
    raise Hint(
        f"Keras' first step: you say {got[1]:.3g}. By what is the root of the raw average "
        "divided when it is corrected, and what happens to an epsilon that was added to it?"
    )


CASES: tuple[tuple[list[int], list[list[float]]], ...] = (
    ([3, 5, 3], [[1.0, 2.0], [0.5, 0.5], [1.0, -2.0]]),
    ([7], [[2.0]]),
    ([0, 0, 0, 1], [[1.0], [1.0], [1.0], [1.0]]),
    ([], []),
)


def squares_of(words: Sequence[int], rows: Sequence[Sequence[float]]) -> Any:
    """Return for every word the squares of its added-up gradient."""
    summed: dict[int, list[float]] = {}
    for word, row in zip(words, rows, strict=True):
        before = summed.get(word, [0.0] * len(row))
        summed[word] = [a + b for a, b in zip(before, row, strict=True)]
    return {word: [x * x for x in row] for word, row in summed.items()}


@exercise("27.3")
def square_gradients(answer: Callable[[list[int], list[list[float]]], Any]) -> str:
    """Square the gradient of a table that came as a list of rows."""
    for words, rows in CASES:
        want = squares_of(words, rows)
        got = answer(list(words), [list(row) for row in rows])
        where = f"words {words}, rows {rows}"
        if not isinstance(got, Mapping):
            raise Hint(
                f"{where}: you give {got!r}. Which word does each row of squares belong to?"
            )
        if {*got} != {*want}:
            raise Hint(
                f"{where}: you have the words {sorted(got)}. Which were read?"
            )
        for word, squares in want.items():
            found = numbers(got[word])
            if found is not None and all_close(found, squares):
                continue
            apart: list[float] = [0.0] * len(squares)
            for other, row in zip(words, rows, strict=True):
                if other == word:
                    apart = [a + x * x for a, x in zip(apart, row, strict=True)]
            if found is not None and all_close(found, apart):
                raise Hint(
                    f"{where}: for word {word} you square each row and then add. What is the "
                    "gradient of a word that was read twice?"
                )
            raise Hint(
                f"{where}: word {word} has {got[word]!r}. What are its rows together, and "
                "what is the square of that?"
            )
    return (
        "Two readings that pull the same way count four times when they are added first, and "
        "twice when they are squared first: Adam then divides by too little."
    )


def _ported(found: Any) -> Any:
    """Return what a ported model said as an array; None where it is none."""
    if hasattr(found, "detach"):
        found = found.detach()
    try:
        return np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError):
        return None


@exercise("27.4")
def port(answer: Callable[[list[Any]], Callable[[Any], Any]]) -> str:
    """Port a classifier from the list of arrays that Keras gives."""
    numbers_of = np.array([[4, 2, 3], [5, 0, 0], [1, 1, 0]], dtype=np.int64)
    for seed, sizes in ((0, Sizes(6, 3, 5, 4)), (1, Sizes(9, 4, 4, 2))):
        weights = draw(sizes, seed)
        rng = np.random.default_rng(seed)
        arrays = [
            (a + rng.normal(0, 1, a.shape)).astype(np.float32)
            for a in weights.arrays()
        ]
        want = by_hand.forward(type(weights)(*arrays), numbers_of)
        model = answer([array.copy() for array in arrays])
        if not callable(model):
            raise Hint(
                f"You return {type(model).__name__}. What can be asked with rows of numbers?"
            )
        got = _ported(model(numbers_of))
        if got is None or got.shape != want.shape:
            shape = None if got is None else got.shape
            raise Hint(
                f"Three questions and {sizes.classes} classes: your answer has the shape "
                f"{shape}. What should a row of it hold?"
            )
        if np.allclose(got, want, atol=1e-4):
            continue
        if not np.allclose(got.sum(axis=1), 1, atol=1e-3):
            raise Hint(
                f"A row of yours adds up to {got[0].sum():.3g}. Are these probabilities?"
            )
        if np.allclose(got[0], want[0], atol=1e-4):
            raise Hint(
                "The question without padding is right, one with zeros behind it is not. What "
                "does the mean divide by?"
            )
        raise Hint(
            f"For the first question you say {got[0].round(3).tolist()}, and Keras says "
            f"{want[0].round(3).tolist()}. Which axis of its arrays is the input's, which "
            "function follows the hidden layer, and where are the biases?"
        )
    return (
        "Five arrays and four lines: whoever has these can leave any framework. Keep the "
        "vocabulary with them."
    )
