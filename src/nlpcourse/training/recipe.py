"""A recipe: everything that determines a checkpoint."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from torch import Tensor, nn

    Batch = tuple[Tensor, ...]
    Carry = tuple[Tensor, ...]


class ConfigurationError(ValueError):
    """A state or checkpoint on disk was made by another configuration than the recipe's."""


def set_seed(seed: int) -> None:
    """Seed every generator that a chapter may draw from: ``random``, NumPy and PyTorch.

    >>> import torch
    >>> set_seed(7); first = torch.rand(2)
    >>> set_seed(7); bool((first == torch.rand(2)).all())
    True
    """
    from accelerate.utils import set_seed as seed_all

    seed_all(seed)


class Task(Protocol):
    """What there is to train: a model, its batches, its loss, its final evaluation."""

    model: nn.Module

    def batch(self, step: int) -> Batch:
        """Return the batch of a step, a function of *step* alone; every tensor's axis 0 is rows."""

    def loss(
        self, model: nn.Module, batch: Batch, carry: Carry
    ) -> tuple[Tensor, Carry]:
        """Return the mean loss and what the next step takes over (rows on axis 0, detached).

        *carry* is ``()`` at the first step.  Call *model* itself: on several devices it is a
        wrapper that synchronizes the gradients.
        """

    def evaluate(self) -> dict[str, float]:
        """Return the final metrics of ``self.model``."""


OPTIMIZERS = ("adamw", "sgd")


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train; all of it is part of the configuration.

    Attributes:
        seed: of the initial weights and of every step's dropout.
        steps: number of weight updates.
        learning_rate: the peak of the schedule.
        warmup: steps over which the rate rises in a straight line before it falls as a cosine.
        clip: largest norm of the gradient; longer ones are scaled down to it.
        weight_decay: decoupled weight decay (AdamW).
        interval: steps between two entries of the log, and between two saves of the state.
        optimizer: ``"adamw"``, or ``"sgd"`` for plain gradient descent without momentum.

    Raises:
        ValueError: no optimizer has that name, or plain descent is to decay weights.
    """

    seed: int
    steps: int
    learning_rate: float
    warmup: int = 0
    clip: float = 1.0
    weight_decay: float = 0.0
    interval: int = 100
    optimizer: str = "adamw"

    def __post_init__(self) -> None:
        """Refuse what the loop can't do."""
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(
                f"the optimizers are {', '.join(OPTIMIZERS)}, not {self.optimizer!r}"
            )
        if self.optimizer == "sgd" and self.weight_decay:
            raise ValueError("weight decay is for adamw; with sgd leave it at 0")

    def rate(self, step: int) -> float:
        """Return the learning rate of a step (counted from 0).

        >>> plan = Plan(seed=0, steps=100, learning_rate=0.5, warmup=10)
        >>> plan.rate(0), plan.rate(10), round(plan.rate(99), 4)
        (0.05, 0.5, 0.0002)
        """
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.learning_rate * (1 + math.cos(math.pi * done)) / 2


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a checkpoint.

    Attributes:
        build: makes the task from ``config``; called right after the seed is set.
        config: sizes and data of the model, JSON values only.
        plan: how it is trained.
        half: store the weights in 16-bit floats; the final metrics are measured on these.
        keep_weights: False for a further seed of which only the log is wanted.
        about: one line for ``nlpcourse train --list``.
    """

    build: Callable[[Mapping[str, Any]], Task]
    config: Mapping[str, Any]
    plan: Plan
    half: bool = False
    keep_weights: bool = True
    about: str = ""

    def settings(self) -> dict[str, Any]:
        """Return all settings as one flat dictionary, the thing that is hashed and compared."""
        flat = {"half": self.half, "keep_weights": self.keep_weights}
        flat.update({f"config.{key}": value for key, value in self.config.items()})
        flat.update(
            {f"plan.{key}": value for key, value in asdict(self.plan).items()}
        )
        if self.plan.optimizer == OPTIMIZERS[0]:  # not written in older logs
            del flat["plan.optimizer"]
        # tuples become lists, as on disk
        stored: dict[str, Any] = json.loads(json.dumps(flat))
        return stored

    def digest(self) -> str:
        """Return the SHA-256 of the settings."""
        return hashlib.sha256(
            json.dumps(self.settings(), sort_keys=True).encode()
        ).hexdigest()


def refuse_other(
    settings: Mapping[str, Any], name: str, recipe: Recipe, what: str
) -> None:
    """Raise ConfigurationError, with what differs, where *settings* are not the recipe's."""
    wanted = recipe.settings()
    differing = [
        f"{key} is {settings.get(key)!r} there and {wanted.get(key)!r} in the recipe"
        for key in sorted({*settings, *wanted})
        if settings.get(key) != wanted.get(key)
    ]
    if differing:
        raise ConfigurationError(
            f"{what} for {name!r} was made by another configuration: {'; '.join(differing)}. "
            f"Train anew with `nlpcourse train {name} --fresh`, or restore the recipe's settings."
        )
