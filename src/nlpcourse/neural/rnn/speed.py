"""What our loops cost beside compiled ones, as ratios measured side by side."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from nlpcourse.neural.rnn import by_hand


def ratio(
    one: Callable[[], None], other: Callable[[], None], repeats: int
) -> float:
    """Return how many times as long *one* takes as *other*: the best of *repeats* turns.

    Turns alternate and count processor time, so that a busy machine slows both alike.

    Raises:
        ValueError: no repeat.
    """
    if repeats < 1:
        raise ValueError(f"need at least one turn of each, not {repeats}")
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 1):
        for action, kept in zip((one, other), times, strict=True):
            began = time.process_time()
            action()
            if turn:  # the first turn warms up
                kept.append(time.process_time() - began)
    return min(times[0]) / min(times[1])


def by_hand_slowdown(layer: nn.RNN, inputs: Tensor, repeats: int = 5) -> float:
    """Return how many times as long our two loops take as the fused layer's two passes.

    Args:
        layer: batch first, one layer, one direction; our loops get its weights.
        inputs: (batch, time, input).
        repeats: turns of each.
    """
    weights = by_hand.from_torch(layer)
    start = torch.zeros(len(inputs), layer.hidden_size)
    asked = torch.ones(*inputs.shape[:2], layer.hidden_size)
    leaf = inputs.clone().requires_grad_()

    def ours() -> None:
        states = by_hand.forward(weights, inputs, start)
        by_hand.backward(weights, inputs, states, asked)

    def theirs() -> None:
        outputs, _ = layer(leaf)
        outputs.backward(asked)

    return ratio(ours, theirs, repeats)
