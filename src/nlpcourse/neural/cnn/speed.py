"""What padding costs: an epoch with batches of like length, and padded to the longest."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from nlpcourse.neural.cnn.recipes import Classifying


def epoch_seconds(
    task: Classifying, model: nn.Module, longest: int = 0, steps: int = 20
) -> float:
    """Return the processor seconds of an epoch, extrapolated from some of its steps.

    Args:
        task: the sentences and their batches.
        model: takes words and lengths.
        longest: pad every batch to this length at least.
        steps: how many batches to measure, spread over the epoch.

    Raises:
        ValueError: no batch is to be measured.
    """
    if steps < 1:
        raise ValueError(f"measure one batch or more, not {steps}")
    rule = torch.optim.AdamW(model.parameters(), lr=1e-3)
    model.train()
    chosen = [k * task.per_epoch // steps for k in range(steps)]
    began = time.process_time()
    for step in chosen:
        words, lengths, classes = task.batch(step)
        short = max(0, longest - words.shape[1])
        scores = model(functional.pad(words, (0, short)), lengths)
        loss = functional.cross_entropy(scores, classes)
        rule.zero_grad()
        torch.autograd.backward(loss)
        rule.step()
    seconds: float = time.process_time() - began
    return float(seconds * task.per_epoch / steps)


def padding_ratio(
    config: Mapping[str, Any], steps: int = 20, rounds: int = 3
) -> float:
    """Return how many times as long an epoch takes when all is padded to the longest.

    Both ways are measured in turn, and each counts with its shortest round: what else the machine
    does can only make a round longer.

    Raises:
        ValueError: no batch or no round is to be measured.
    """
    if rounds < 1:
        raise ValueError(f"measure one round or more, not {rounds}")
    task = Classifying(config)
    longest = max(len(numbers) for numbers in task.numbers)
    epoch_seconds(task, task.model, steps=2)  # warms up
    short: list[float] = []
    padded: list[float] = []
    for _ in range(rounds):
        short.append(epoch_seconds(task, task.model, steps=steps))
        padded.append(epoch_seconds(task, task.model, longest, steps))
    return min(padded) / min(short)
