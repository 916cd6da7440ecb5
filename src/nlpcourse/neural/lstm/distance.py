"""How far back a recurrent network learns: gradients by distance, and brackets to close.

Both measurements work on the fused layers, which the tests prove equal to ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.neural.lstm.layers import open_forget_gates, require_steps
from nlpcourse.training.recipe import set_seed


def plain(inputs: int, hidden: int) -> nn.RNN:
    """Return a plain recurrent layer."""
    return nn.RNN(inputs, hidden, batch_first=True)


def lstm(inputs: int, hidden: int, forget_bias: float = 1.0) -> nn.LSTM:
    """Return an LSTM layer whose forget gates begin at *forget_bias*."""
    layer = nn.LSTM(inputs, hidden, batch_first=True)
    open_forget_gates(layer, forget_bias)
    return layer


def gru(inputs: int, hidden: int) -> nn.GRU:
    """Return a GRU layer."""
    return nn.GRU(inputs, hidden, batch_first=True)


def gradient_by_distance(layer: nn.RNNBase, inputs: Tensor) -> Tensor:
    """Measure how much the last output depends on each earlier input.

    Args:
        layer: batch-first, in one direction.
        inputs: (batch, time, input).

    Returns:
        (time,): at k, the mean norm over the batch of the gradient of the sum of the last output
        with respect to the input k steps before it.

    Raises:
        ValueError: there are no steps, or the layer is not batch-first in one direction.
    """
    _require_one_direction(layer, inputs)
    inputs = inputs.detach().requires_grad_()
    outputs, _ = layer(inputs)
    (gradient,) = torch.autograd.grad(outputs[:, -1].sum(), inputs)
    norms: Tensor = gradient.norm(dim=-1).mean(dim=0)  # (time,), as read
    return norms.flip(0)


def _require_one_direction(layer: nn.RNNBase, inputs: Tensor) -> None:
    """Refuse a layer whose last output does not stand at the last step of axis 1."""
    require_steps(inputs)
    if not layer.batch_first or layer.bidirectional:
        raise ValueError("the layer must be batch-first and read in one direction")


OPENERS, CLOSERS = "([{<", ")]}>"


def bracket_batch(
    rows: int, distance: int, generator: torch.Generator, fillers: int = 12
) -> tuple[Tensor, Tensor]:
    """Draw texts of one opening bracket and *distance* filler words, and the bracket to close.

    Returns:
        word numbers (rows, distance + 1), where 0–3 are the openers and later numbers are
        fillers, and the number of the closing bracket (rows,).

    Raises:
        ValueError: the distance is negative, or there are no rows or no filler words.
    """
    if rows < 1 or distance < 0 or fillers < 1:
        raise ValueError(
            "texts need 1 row or more, a distance of 0 or more, 1 filler or more, "
            f"not {rows}, {distance} and {fillers}"
        )
    opener = torch.randint(len(OPENERS), (rows, 1), generator=generator)
    filler = torch.randint(fillers, (rows, distance), generator=generator)
    return torch.cat([opener, filler + len(OPENERS)], dim=1), opener.squeeze(1)


class Closer(nn.Module):
    """Read a text, then say which bracket closes it."""

    def __init__(self, layer: nn.RNNBase, fillers: int = 12) -> None:
        """Put one-hot words before *layer* and one score per bracket behind its last output."""
        super().__init__()
        self.words = len(OPENERS) + fillers
        self.layer = layer
        self.scores = nn.Linear(layer.hidden_size, len(OPENERS))

    def forward(self, words: Tensor) -> Tensor:
        """Return scores (rows, 4) of *words* (rows, time)."""
        outputs, _ = self.layer(functional.one_hot(words, self.words).float())
        scores: Tensor = self.scores(outputs[:, -1])
        return scores


class ClosingBrackets:
    """The task of :func:`bracket_batch`, for the training room's loop."""

    def __init__(
        self,
        layer: Callable[[int, int], nn.RNNBase],
        distance: int,
        seed: int,
        hidden: int = 32,
    ) -> None:
        """Make the model from *seed*."""
        set_seed(seed)
        self.model: nn.Module = Closer(layer(len(OPENERS) + 12, hidden))
        self.distance, self.seed = distance, seed

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return fresh texts for every step."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        return bracket_batch(32, self.distance, generator)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the cross entropy of the right bracket."""
        words, closer = batch
        return functional.cross_entropy(model(words), closer), ()

    def evaluate(self) -> dict[str, float]:
        """Return the share of right brackets in texts never trained on."""
        device = next(self.model.parameters()).device
        generator = torch.Generator().manual_seed(2**40 + self.seed)
        words, closer = bracket_batch(1000, self.distance, generator)
        with torch.no_grad():
            best = self.model(words.to(device)).argmax(dim=-1).cpu()
        return {"accuracy": float((best == closer).float().mean())}


@dataclass(frozen=True)
class Attempt:
    """One training on the bracket task: losses by interval and the final share of right ones."""

    losses: tuple[float, ...]
    accuracy: float


def learn_to_close(
    layer: Callable[[int, int], nn.RNNBase],
    distance: int,
    seed: int,
    steps: int = 300,
    settings: Mapping[str, Any] | None = None,
) -> Attempt:
    """Train one layer on the bracket task.

    Args:
        layer: makes the layer from input and hidden size.
        distance: filler words between a bracket and its closing.
        seed: of weights and texts.
        steps: weight updates.
        settings: further fields of the training plan.
    """
    from nlpcourse.training.loop import fit
    from nlpcourse.training.recipe import Plan

    task = ClosingBrackets(layer, distance, seed)
    chosen = {
        "learning_rate": 0.01,
        "clip": 1.0,
        "interval": 25,
        **(settings or {}),
    }
    progress = fit(task, Plan(seed=seed, steps=steps, **chosen))
    losses = tuple(entry["loss"] for entry in progress.losses)
    return Attempt(losses, task.evaluate()["accuracy"])
