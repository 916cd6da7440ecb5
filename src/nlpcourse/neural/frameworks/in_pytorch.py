"""The classifier in PyTorch: modules, and a loop that you write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from nlpcourse.neural.cnn.data import PADDING
from nlpcourse.neural.frameworks.task import (
    Floats,
    Integers,
    Questions,
    Sizes,
    Weights,
)


def fresh(sizes: Sizes, seed: int) -> nn.Sequential:
    """Return the classifier with PyTorch's own initial weights."""
    words, size, hidden, classes = sizes
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.EmbeddingBag(words, size, mode="mean", padding_idx=PADDING),
        nn.Linear(size, hidden),
        nn.ReLU(),
        nn.Linear(hidden, classes),
    )


def build(weights: Weights) -> nn.Sequential:
    """Return the classifier with given weights; a linear layer keeps them transposed."""
    model = fresh(weights.sizes, seed=0)
    with torch.no_grad():
        for theirs, ours in zip(model.parameters(), weights.arrays(), strict=True):
            flat = ours if ours is weights.table else ours.T
            theirs.copy_(torch.tensor(flat))
    return model


def weights_of(model: nn.Module) -> Weights:
    """Return the weights as arrays."""
    table, *rest = (p.detach().numpy().copy() for p in model.parameters())
    return Weights(table, *(array.T for array in rest))


@torch.no_grad()
def probabilities(model: nn.Module, numbers: Integers) -> Floats:
    """Return the probabilities of every kind of question."""
    model.eval()
    found: Floats = model(torch.tensor(numbers)).softmax(dim=-1).numpy()
    return found


def training(
    model: nn.Module,
    questions: Questions,
    order: Iterable[Integers],
    rate: float,
    epsilon: float | None = None,
) -> Iterator[float]:
    """Train in place, batch by batch; yield each one's loss."""
    optimizer = torch.optim.Adam(model.parameters(), rate, eps=epsilon or 1e-8)
    numbers = torch.tensor(questions.numbers)
    labels = torch.tensor(questions.labels)
    model.train()
    for chosen in order:
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(numbers[chosen]), labels[chosen])
        torch.autograd.backward(loss)
        optimizer.step()
        yield loss.item()


def train(
    model: nn.Module,
    questions: Questions,
    order: Iterable[Integers],
    rate: float,
    epsilon: float | None = None,
) -> list[float]:
    """Train in place; return each batch's loss."""
    return list(training(model, questions, order, rate, epsilon))


def save(model: nn.Module, folder: Path) -> None:
    """Write the weights; the code that makes the model is needed to read them."""
    torch.save(model.state_dict(), folder / "model.pt")


def load(folder: Path, sizes: Sizes) -> Any:
    """Return the model again."""
    model = fresh(sizes, seed=0)
    model.load_state_dict(torch.load(folder / "model.pt", weights_only=True))
    return model


def steps(
    gradients: list[float],
    start: float,
    rate: float,
    decay: float = 0.0,
    decoupled: bool = True,
) -> list[float]:
    """Return where PyTorch's Adam, or AdamW, goes along given gradients."""
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    weight = torch.tensor([start], dtype=torch.float64, requires_grad=True)
    optimizer = kind([weight], rate, weight_decay=decay)
    found = []
    for gradient in gradients:
        weight.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        found.append(float(np.asarray(weight.detach())[0]))
    return found
