"""What goes wrong, each with its control; and how the rules of training compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.neural.networks.classifier import (
    Documents,
    FeedForward,
    bags,
    train,
)
from nlpcourse.neural.networks.layers import cross_entropy
from nlpcourse.neural.networks.optimizers import SGD, Adam, Optimizer
from nlpcourse.neural.networks.plane import PlaneNetwork, points, training
from nlpcourse.neural.networks.tensor import Array, Tensor

# ── how weights begin ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Beginning:
    """What became of a network in the plane.

    Attributes:
        losses: before every step.
        different: hidden units that no other unit copies, and one of each group of copies.
        moved: how far the inner weights went, as a share of their first length.
        stuck: share of the hidden answers beyond 0.99 at the beginning.
    """

    losses: list[float]
    different: int
    moved: float
    stuck: float


def begun(
    network: PlaneNetwork, kind: str = "moons", rate: float = 1.0, steps: int = 300
) -> Beginning:
    """Train a network in place, and say how it went.

    Raises:
        ValueError: there are no such points, or the rate is not above zero.

    >>> begun(PlaneNetwork([[0.0, 0.0, 0.0]] * 2, [0.0, 0.0]), steps=5).different
    1
    """
    data = points(kind, 64)
    said = [abs(h) for point, _ in data for h in network.hidden(point)]
    first = np.array(network.inner)
    losses = list(training(network, data, rate, steps))
    inner = np.array(network.inner)
    units = np.column_stack([inner, network.outer]).round(9)
    length = float(np.linalg.norm(first))
    moved = float(np.linalg.norm(inner - first)) / length if length else math.inf
    return Beginning(
        losses,
        len(np.unique(units, axis=0)),
        moved,
        sum(h > 0.99 for h in said) / max(len(said), 1),
    )


def alike(hidden: int, weight: float) -> PlaneNetwork:
    """Return a network whose weights are all the same number.

    Raises:
        ValueError: there is no hidden unit.

    >>> alike(2, 0.5).outer
    [0.5, 0.5]
    """
    if not 1 <= hidden <= 1000:
        raise ValueError(f"a hidden layer has 1 to 1000 units, not {hidden}")
    return PlaneNetwork(
        [[weight, weight, 0.0] for _ in range(hidden)], [weight] * hidden
    )


def spread_wide(hidden: int, spread: float, seed: int) -> PlaneNetwork:
    """Return a network whose inner weights are drawn with another spread, the outer as ever.

    Raises:
        ValueError: there is no hidden unit.
    """
    network = PlaneNetwork.drawn(hidden, seed)
    network.inner = [[spread * w for w in unit] for unit in network.inner]
    return network


# ── ways down a valley ────────────────────────────────────────────────────────────────────────────

Rule = Callable[[Sequence[Tensor], float], Optimizer]
RULES: dict[str, Rule] = {
    "gradient descent": lambda p, rate: SGD(p, rate),
    "momentum": lambda p, rate: SGD(p, rate, momentum=0.9),
    "Adam": lambda p, rate: Adam(p, rate),
}


def valley(rule: str, rate: float, steps: int, steep: float = 50.0) -> Array:
    """Return the way (steps + 1, 2) of a rule down a valley that is steep in one direction.

    The loss is (x² + steep · y²) / 2, the start is (−4, 1), the lowest point (0, 0).

    Raises:
        ValueError: there is no such rule, or the rate is not above zero.

    >>> valley("gradient descent", 0.01, 1).round(2).tolist()
    [[-4.0, 1.0], [-3.96, 0.5]]
    """
    if rule not in RULES:
        raise ValueError(f"rules are {', '.join(RULES)}, not {rule!r}")
    place = Tensor([-4.0, 1.0])
    optimizer = RULES[rule]([place], rate)
    way = [place.data.copy()]
    for _ in range(steps):
        ((place**2) * np.array([0.5, steep / 2])).sum().backward()
        optimizer.step()
        way.append(place.data.copy())
    return np.array(way)


def best_rate(rule: str, rates: Sequence[float], steps: int) -> float:
    """Return the rate that gets a rule lowest in the valley after so many steps.

    Raises:
        ValueError: there are no rates, or there is no such rule.
    """
    if not len(rates):
        raise ValueError("there are no rates to choose from")

    def height(rate: float) -> float:
        x, y = valley(rule, rate, steps)[-1]
        return float(x * x + 50 * y * y)

    return min(rates, key=height)


# ── one sentence at a time, or all at once ────────────────────────────────────────────────────────


def loss_on(
    network: FeedForward, documents: Documents, labels: Sequence[int]
) -> float:
    """Return the mean cross-entropy with nothing dropped, in nats.

    Raises:
        ValueError: there are no documents, or not one label for each.
    """
    return float(cross_entropy(network(bags(documents, False)), labels).data)


def _require_known(documents: Documents, words: int) -> None:
    """Refuse documents with a word that the table has no row for."""
    odd = next((w for d in documents for w in d if not 0 <= w < words), None)
    if odd is not None:
        raise ValueError(f"word {odd} has no row in a table of {words} words")


def by_batch(
    documents: Documents,
    labels: Sequence[int],
    words: int,
    rows: int,
    rate: float,
    readings: int,
    seed: int = 0,
) -> list[float]:
    """Return the loss on the sentences before, and after every reading, with plain descent.

    Args:
        documents: the numbers of each sentence's words.
        labels: the number of each one's class.
        words: how many there are.
        rows: sentences of a batch.
        rate: learning rate.
        readings: of all sentences.
        seed: of the weights and the orders.

    Raises:
        ValueError: there are no documents, or a size is below 1.
    """
    _require_known(documents, words)
    network = FeedForward(words, 16, 2, np.random.default_rng(seed))
    rule = SGD(network.parameters, rate)
    losses = [loss_on(network, documents, labels)]
    for reading in range(readings):
        for _ in train(network, rule, documents, labels, 1, rows, seed + reading):
            pass
        losses.append(loss_on(network, documents, labels))
    return losses


# ── learning by heart ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Learning:
    """Losses of a training, reading by reading: on known sentences and on new ones."""

    known: list[float]
    new: list[float]

    @property
    def best(self) -> int:
        """The number of readings after which the loss on new sentences was lowest."""
        return int(np.argmin(self.new)) + 1


def by_heart(
    known: tuple[Documents, Sequence[int]],
    new: tuple[Documents, Sequence[int]],
    words: int,
    drop: float,
    decay: float,
    readings: int = 25,
    seed: int = 0,
) -> Learning:
    """Train the bag-of-words network on few sentences, and watch two losses.

    Args:
        known: sentences and labels to learn from.
        new: others.
        words: how many there are.
        drop: share of the hidden units, and of the words, that is dropped.
        decay: weight decay.
        readings: of the known sentences.
        seed: of the weights and the orders.

    Raises:
        ValueError: there are no sentences, or a size is below 1.
    """
    _require_known([*known[0], *new[0]], words)
    network = FeedForward(words, 32, 2, np.random.default_rng(seed), drop)
    rule = Adam(network.parameters, 3e-3, decay=decay)
    losses: tuple[list[float], list[float]] = ([], [])
    for reading in range(readings):
        number = 1000 * seed + reading
        for _ in train(network, rule, *known, 1, 50, number, word_drop=drop):
            pass
        losses[0].append(loss_on(network, *known))
        losses[1].append(loss_on(network, *new))
    return Learning(*losses)


def batch_study(
    documents: Documents,
    labels: Sequence[int],
    words: int,
    trials: dict[int, Sequence[float]],
    readings: int = 3,
    seeds: Sequence[int] = (0, 1, 2),
) -> dict[str, list[list[float]]]:
    """Return the losses of several sizes of batch, each at the best of its rates.

    The rate is the one with the lowest loss after all readings, with the first seed.

    Args:
        documents: the numbers of each sentence's words.
        labels: the number of each one's class.
        words: how many there are.
        trials: for every size of batch the rates to try.
        readings: of all sentences.
        seeds: of the weights and the orders.

    Raises:
        ValueError: there are no documents, no rates or no seeds, or a size is below 1.
    """
    if not len(seeds) or not all(len(rates) for rates in trials.values()):
        raise ValueError(
            "every size of batch needs a rate to try, and there is a seed"
        )
    found = {}
    for rows, rates in trials.items():
        tried = {
            rate: by_batch(documents, labels, words, rows, rate, readings, seeds[0])
            for rate in rates
        }
        best = min(tried, key=lambda rate: tried[rate][-1])
        found[f"{rows} at a time"] = [
            tried[best],
            *(
                by_batch(documents, labels, words, rows, best, readings, seed)
                for seed in seeds[1:]
            ),
        ]
    return found
