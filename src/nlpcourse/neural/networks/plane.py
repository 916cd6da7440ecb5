"""Points in a plane, and a network of one hidden layer that divides them, in plain Python.

The page has no NumPy, so its boundary comes from here; a test holds this network equal to
:mod:`~nlpcourse.neural.networks.tensor`, step for step.  The standard library alone.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
KINDS = ("corners", "moons", "ring")
ACTIVATIONS = ("tanh", "relu", "none")


def points(kind: str, count: int = 32, seed: int = 0) -> list[tuple[Point, int]]:
    """Return points of two classes that no line divides.

    Args:
        kind: ``corners`` (opposite corners of a square are alike, as in exclusive or), ``moons``
            (two half-moons that reach into each other) or ``ring`` (a ring around a cloud).
        count: how many.
        seed: of the draw.

    Raises:
        ValueError: there is no such kind, or there are fewer than four points.

    >>> sorted({label for _, label in points("moons", 8)})
    [0, 1]
    """
    if kind not in KINDS:
        raise ValueError(f"points come as {', '.join(KINDS)}, not {kind!r}")
    if not 4 <= count <= 100_000:
        raise ValueError(f"between 4 and 100000 points are drawn, not {count}")
    rng = random.Random(f"{seed}")
    found = []
    for i in range(count):
        label = i % 2
        if kind == "corners":
            side = 1.0 if i // 2 % 2 else -1.0
            x, y = side, side if label == 0 else -side
        elif kind == "moons":
            angle = math.pi * rng.random()
            x, y = math.cos(angle) - 0.5, math.sin(angle) - 0.25
            x, y = (x, y) if label else (-x, -y)
        else:
            angle, far = 2 * math.pi * rng.random(), 1.4 if label else 0.25
            x, y = far * math.cos(angle), far * math.sin(angle)
        found.append(((x + rng.gauss(0, 0.15), y + rng.gauss(0, 0.15)), label))
    return found


@dataclass
class PlaneNetwork:
    """Two inputs, some hidden units, one score: above 0 is class 1.

    Attributes:
        inner: of every hidden unit its weights for x and y, and its bias.
        outer: of every hidden unit its weight in the score.
        bias: of the score.
        activation: ``tanh``, ``relu`` or ``none``.
    """

    inner: list[list[float]]
    outer: list[float]
    bias: float = 0.0
    activation: str = "tanh"

    @classmethod
    def drawn(
        cls,
        hidden: int,
        seed: int = 0,
        activation: str = "tanh",
        spread: float = 1.0,
    ) -> PlaneNetwork:
        """Return a network with weights drawn around zero.

        Raises:
            ValueError: there is no hidden unit, or no such activation.

        >>> len(PlaneNetwork.drawn(3).inner)
        3
        """
        if not 1 <= hidden <= 1000:
            raise ValueError(f"a hidden layer has 1 to 1000 units, not {hidden}")
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"activations are {', '.join(ACTIVATIONS)}, not {activation!r}"
            )
        rng = random.Random(f"{seed}/network")
        inner = [
            [spread * rng.gauss(0, 1) for _ in range(2)] + [0.0]
            for _ in range(hidden)
        ]
        outer = [
            spread * rng.gauss(0, 1) / math.sqrt(hidden) for _ in range(hidden)
        ]
        return cls(inner, outer, 0.0, activation)

    def hidden(self, point: Point) -> list[float]:
        """Return what the hidden units say of a point."""
        x, y = point
        sums = [u * x + v * y + b for u, v, b in self.inner]
        if self.activation == "none":
            return sums
        if self.activation == "relu":
            return [max(s, 0.0) for s in sums]
        return [math.tanh(s) for s in sums]

    def score(self, point: Point) -> float:
        """Return the score of a point."""
        said = self.hidden(point)
        return self.bias + sum(w * h for w, h in zip(self.outer, said, strict=True))

    def step(self, data: Sequence[tuple[Point, int]], rate: float) -> float:
        """Take one step of gradient descent on all points; return the loss before it.

        The loss is the mean cross-entropy; its gradient with respect to a score is the
        probability minus the class, and everything else is the chain rule.

        Raises:
            ValueError: there are no points.
        """
        if not data:
            raise ValueError("a step needs points, and there are none")
        units = range(len(self.outer))
        inner = [[0.0, 0.0, 0.0] for _ in units]
        outer, bias, loss = [0.0 for _ in units], 0.0, 0.0
        for point, label in data:
            said = self.hidden(point)
            s = self.bias + sum(
                w * h for w, h in zip(self.outer, said, strict=True)
            )
            wrong = _sigmoid(s) - label
            loss += _softplus(-s if label else s)
            bias += wrong
            for k in units:
                outer[k] += wrong * said[k]
                back = wrong * self.outer[k] * self._slope(said[k])
                inner[k][0] += back * point[0]
                inner[k][1] += back * point[1]
                inner[k][2] += back
        scale = rate / len(data)
        self.bias -= scale * bias
        for k in units:
            self.outer[k] -= scale * outer[k]
            for j in range(3):
                self.inner[k][j] -= scale * inner[k][j]
        return loss / len(data)

    def _slope(self, said: float) -> float:
        """Return the slope of the activation where it says *said*."""
        if self.activation == "none":
            return 1.0
        if self.activation == "relu":
            return float(said > 0)
        return 1 - said * said

    def wrong(self, data: Sequence[tuple[Point, int]]) -> int:
        """Return how many points lie on the wrong side."""
        return sum((self.score(point) > 0) != bool(label) for point, label in data)


def _sigmoid(score: float) -> float:
    small = math.exp(-abs(score))
    return (1.0 if score >= 0 else small) / (1 + small)


def _softplus(score: float) -> float:
    """Return log(1 + e^score) without an overflow."""
    return max(score, 0.0) + math.log1p(math.exp(-abs(score)))


def training(
    network: PlaneNetwork,
    data: Sequence[tuple[Point, int]],
    rate: float,
    steps: int,
) -> Iterator[float]:
    """Train a network in place; yield the loss before every step.

    Raises:
        ValueError: the rate is not above zero.

    >>> network = PlaneNetwork.drawn(4)
    >>> losses = list(training(network, points("corners"), rate=1.0, steps=200))
    >>> losses[-1] < losses[0], network.wrong(points("corners"))
    (True, 0)
    """
    if not 0 < rate < math.inf:
        raise ValueError(f"a learning rate is above zero, not {rate}")
    for _ in range(steps):
        yield network.step(data, rate)
