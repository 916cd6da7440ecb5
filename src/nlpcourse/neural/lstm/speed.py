"""What the loop in Python costs and the adaptive softmax saves, as ratios measured side by side."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.neural.lstm.language_model import LanguageModel
from nlpcourse.neural.rnn.speed import ratio


def loop_slowdown(
    by_hand: nn.Module, fused: nn.Module, inputs: Tensor, repeats: int = 3
) -> float:
    """Return how many times as long our layers take as the fused ones, forwards and backwards."""

    def train(layers: nn.Module) -> None:
        outputs, _ = layers(inputs)
        outputs.sum().backward()

    return ratio(lambda: train(by_hand), lambda: train(fused), repeats)


def softmax_share(
    model: LanguageModel, words: Tensor, following: Tensor, repeats: int = 3
) -> float:
    """Return the share of a training step's time with a full softmax that ours takes.

    The full softmax has one row of full width per word; all else is the same.
    """
    full = nn.Linear(model.softmax.in_features, model.softmax.n_classes, bias=False)

    def adaptive_step() -> None:
        loss, _ = model(words, following)
        loss.backward()

    def full_step() -> None:
        outputs, _ = model.hidden(words)
        scores = full(outputs.flatten(0, 1))  # (words, vocabulary)
        loss = functional.cross_entropy(scores, following.flatten())
        torch.autograd.backward(loss)

    torch.manual_seed(0)  # the same dropout for both
    return ratio(adaptive_step, full_step, repeats)
