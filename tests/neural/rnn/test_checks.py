"""The hints of chapter 22's exercises, and the ways that they accept."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from answers import each_meets_its_question
from nlpcourse.exercises import judge, parameters
from nlpcourse.neural.rnn import by_hand

P = parameters("22.2")
EXACT = math.log(P["share"]) / math.log(P["factor"])


def separately(gradients: list[Tensor], longest: float) -> list[Tensor]:
    return [g * min(1.0, longest / float(g.norm())) for g in gradients]


def stretched(gradients: list[Tensor], longest: float) -> list[Tensor]:
    whole = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    return [g * longest / whole for g in gradients]


def in_place(gradients: list[Tensor], longest: float) -> list[Tensor]:
    for g in gradients:
        g /= 5
    return gradients


def gaussian(inputs: int, hidden: int, radius: float) -> dict[str, Tensor]:
    return by_hand.draw_weights(inputs, hidden, 1, seed=0, radius=radius)


test_a_wrong_answer_is_met_with_a_question_that_points_at_it = (
    each_meets_its_question(
        [
            (
                "22.1",
                lambda W, U, b, x, h: x @ W.T + h @ U.T + b,
                "between −1 and 1",
            ),
            ("22.1", lambda W, U, b, x, h: torch.tanh(x @ W.T + b), "forgets"),
            (
                "22.1",
                lambda W, U, b, x, h: torch.tanh(x @ W.T + h @ U + b),
                "other way",
            ),
            ("22.1", lambda W, U, b, x, h: torch.tanh(x @ W.T + h @ U.T), "unused"),
            ("22.2", EXACT, "whole number"),
            ("22.2", math.floor(EXACT), "below"),
            ("22.2", math.ceil(EXACT) + 1, "one step before"),
            ("22.2", -EXACT, "sign"),
            ("22.2", (1 - P["share"]) / (1 - P["factor"]), "multiply"),
            ("22.2", math.nan, "When is it below"),
            ("22.2", "seven", "one number"),
            ("22.3", lambda U, new, dh: dh @ U, "tanh"),
            (
                "22.3",
                lambda U, new, dh: (dh * (1 - new**2)) @ U.T,
                "which of the two",
            ),
            ("22.3", lambda U, new, dh: (dh @ U) * (1 - new**2), "order"),
            ("22.4", separately, "direction"),
            ("22.4", stretched, "longer"),
            ("22.4", in_place, "write into"),
            ("22.4", lambda gs, n: [g.clamp(-n, n) for g in gs], "by itself"),
            ("22.4", lambda gs, n: [g.flatten() / 5 for g in gs], "beside scaling"),
            ("22.4", lambda gs, n: gs[0] / 5, "each of them"),
            ("22.5", lambda i, h: gaussian(i, h, 0.5), "smaller"),
            ("22.5", lambda i, h: gaussian(i, h, 2.5), "larger"),
            (
                "22.5",
                lambda i, h: {
                    "W": torch.zeros(h, i),
                    "U": torch.eye(h),
                    "b": torch.zeros(h),
                },
                "nothing is read",
            ),
            ("22.5", lambda i, h: {"W": torch.zeros(h, i)}, "names"),
            (
                "22.5",
                lambda i, h: {
                    name: weight * math.nan
                    for name, weight in gaussian(i, h, 1).items()
                },
                "NaN or infinity",
            ),
        ]
    )
)


@pytest.mark.parametrize("turn", ["identity", "rotation", "orthogonal"])
def test_there_is_more_than_one_way_to_reach_further(turn: str) -> None:
    def weights(inputs: int, hidden: int) -> dict[str, Tensor]:
        torch.manual_seed(0)
        U = torch.eye(hidden)
        if turn == "rotation":
            U = U.roll(1, dims=0)
        if turn == "orthogonal":
            U = torch.nn.init.orthogonal_(torch.empty(hidden, hidden))
        return {
            "W": 0.01 * torch.randn(hidden, inputs),
            "U": U,
            "b": torch.zeros(hidden),
        }

    assert judge("22.5", weights).passed
