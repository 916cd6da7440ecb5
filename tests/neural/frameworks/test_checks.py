"""The checks of chapter 27 accept every right answer and point at each usual mistake."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.neural.frameworks import by_hand, checks, in_pytorch
from nlpcourse.neural.frameworks.task import Weights


def steps():
    p = parameters("27.2")
    g = p["gradient"]
    return [
        p["rate"] * g / (g + p["pytorch_epsilon"]),
        p["rate"] * g / (g + p["keras_epsilon"] / 0.001**0.5),
    ]


def squares(words, rows):
    table = {}
    for word, row in zip(words, rows, strict=True):
        table[word] = np.array(row) + table.get(word, 0)
    return {word: row**2 for word, row in table.items()}


def apart(words, rows):
    table = {}
    for word, row in zip(words, rows, strict=True):
        table[word] = np.array(row) ** 2 + table.get(word, 0)
    return table


def by_arrays(arrays):
    return lambda numbers: by_hand.forward(Weights(*arrays), np.asarray(numbers))


def by_torch(arrays):
    model = in_pytorch.build(Weights(*arrays))
    return lambda numbers: model(torch.tensor(numbers)).softmax(dim=-1)


def by_lists(arrays):
    def model(numbers):
        table, w, b, v, c = arrays
        found = []
        for row in np.asarray(numbers).tolist():
            real = [n for n in row if n]
            mean = sum(table[n] for n in real) / len(real)
            found.append(
                by_hand.softmax(np.maximum(mean @ w + b, 0) @ v + c).tolist()
            )
        return found

    return model


def wrong(change):
    def make(arrays):
        def model(numbers):
            table, w, b, v, c = arrays
            numbers = np.asarray(numbers)
            real = (numbers > 0)[..., None]
            if change == "padding":
                mean = (table[numbers] * real).mean(axis=1)
            else:
                mean = by_hand.means(table, numbers)
            hidden = mean @ w + b
            if change != "relu":
                hidden = np.maximum(hidden, 0)
            scores = hidden @ v + c
            return scores if change == "softmax" else by_hand.softmax(scores)

        return model

    return make


test_right_answers_pass = each_passes(
    [
        ("27.1", lambda v, d, h, c: v * d + d * h + h + h * c + c),
        ("27.1", lambda v, d, h, c: np.int64(v * d + (d + 1) * h + (h + 1) * c)),
        ("27.2", steps()),
        ("27.2", tuple(-x for x in steps())),
        ("27.2", np.array(steps())),
        ("27.3", squares),
        (
            "27.3",
            lambda words, rows: {
                w: list(map(float, r)) for w, r in squares(words, rows).items()
            },
        ),
        ("27.4", by_arrays),
        ("27.4", by_torch),
        ("27.4", by_lists),
    ]
)

test_mistakes_meet_a_question = each_meets_its_question(
    [
        ("27.1", lambda v, d, h, c: v * d + d * h + h * c, "add something"),
        ("27.1", lambda v, d, h, c: d * h + h + h * c + c, "vectors come from"),
        ("27.1", lambda v, d, h, c: 7, "five arrays"),
        ("27.2", 3, "Which came"),
        ("27.2", [steps()[1], steps()[0]], "after the correction".capitalize()),
        (
            "27.2",
            [
                steps()[0],
                parameters("27.2")["rate"]
                * parameters("27.2")["gradient"]
                / (parameters("27.2")["gradient"] + 1e-7),
            ],
            "before the root",
        ),
        ("27.2", [steps()[0], 0.5], "raw average"),
        ("27.3", lambda words, rows: rows, "each row of squares"),
        ("27.3", lambda words, rows: {}, "Which were read"),
        ("27.3", apart, "square each row"),
        ("27.3", lambda words, rows: {w: [0.0, 0.0] for w in words}, "together"),
        ("27.4", lambda arrays: arrays, "asked with rows"),
        ("27.4", lambda arrays: lambda numbers: [[1.0]], "a row of it hold"),
        ("27.4", lambda arrays: lambda numbers: "x", "a row of it hold"),
        ("27.4", wrong("softmax"), "probabilities"),
        ("27.4", wrong("padding"), "mean divide"),
        ("27.4", wrong("relu"), "Which axis"),
    ]
)


def test_the_first_steps_by_hand_are_those_of_the_definitions() -> None:
    from dataclasses import replace

    from nlpcourse.neural.frameworks import adam

    p = parameters("27.2")
    for name, expected in zip(
        ("PyTorch", "Keras"), checks.first_steps(p), strict=True
    ):
        rule = replace(adam.RULES[name], rate=p["rate"])
        assert abs(adam.path(rule, [p["gradient"]])[0]) == pytest.approx(expected)


test_groups = groups_have_their_own("27.2", steps)
