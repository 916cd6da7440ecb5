"""The rules that turn gradients into new parameters, each equal to torch's, step for step."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nlpcourse.neural.networks.tensor import Tensor


def _require(rate: float, decay: float) -> None:
    if not 0 < rate < math.inf:
        raise ValueError(f"a learning rate is above zero, not {rate}")
    if not 0 <= decay < math.inf:
        raise ValueError(f"weight decay is zero or more, not {decay}")


class SGD:
    """Gradient descent on a batch at a time, with momentum and weight decay if they are asked for.

    Momentum keeps a velocity, as a heavy ball does (Polyak 1964); the form is torch's.
    """

    def __init__(
        self,
        parameters: Sequence[Tensor],
        rate: float,
        momentum: float = 0.0,
        decay: float = 0.0,
    ) -> None:
        """Begin at rest.

        Raises:
            ValueError: the rate is not above zero, or momentum or decay is out of range.
        """
        _require(rate, decay)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum lies between 0 and 1, not at {momentum}")
        self.parameters, self.rate = list(parameters), rate
        self.momentum, self.decay = momentum, decay
        self.velocity = [np.zeros_like(p.data) for p in self.parameters]

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        for p, v in zip(self.parameters, self.velocity, strict=True):
            if p.grad is not None:
                v *= self.momentum
                v += p.grad + self.decay * p.data
                p.data -= self.rate * v


class Adam:
    """Steps of like size for every parameter (Kingma and Ba 2015, Algorithm 1).

    With weight decay it is AdamW: the decay stands beside the step and is not divided with it
    (Loshchilov and Hutter 2019, Algorithm 2).
    """

    def __init__(
        self,
        parameters: Sequence[Tensor],
        rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        decay: float = 0.0,
    ) -> None:
        """Begin with averages of zero.

        Raises:
            ValueError: the rate is not above zero, or a beta or the decay is out of range.
        """
        _require(rate, decay)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas lie between 0 and 1, not at {betas}")
        self.parameters, self.rate = list(parameters), rate
        self.betas, self.epsilon, self.decay = betas, epsilon, decay
        self.mean = [np.zeros_like(p.data) for p in self.parameters]
        self.square = [np.zeros_like(p.data) for p in self.parameters]
        self.steps = 0

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        self.steps += 1
        b1, b2 = self.betas
        begun, begun_square = 1 - b1**self.steps, 1 - b2**self.steps
        for p, m, s in zip(self.parameters, self.mean, self.square, strict=True):
            if p.grad is None:
                continue
            m += (1 - b1) * (p.grad - m)
            s += (1 - b2) * (p.grad**2 - s)
            p.data *= 1 - self.rate * self.decay
            size = np.sqrt(s / begun_square) + self.epsilon
            p.data -= self.rate * (m / begun) / size


Optimizer = SGD | Adam
