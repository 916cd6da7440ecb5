"""The three interventions compared in both made worlds, on people whom no model has seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.linear.rows import Array, Integers
from nlpcourse.responsible.fairness.made import (
    applicants,
    loans,
    vocabulary_of,
    word_table,
)
from nlpcourse.responsible.fairness.metrics import (
    demographic_parity_difference,
    equalized_odds_difference,
    rates,
)
from nlpcourse.responsible.fairness.mitigate import (
    decide,
    group_thresholds,
    reweighing,
    train,
)

PEOPLE = 4000
PRICES = (0.1, 0.3, 1.0, 3.0)


@dataclass(frozen=True)
class World:
    """People to learn from and people to judge.

    Attributes:
        table: what a model sees of the first, (n, d).
        right: 1 where the examples say yes, (n,).
        group: of the first, (n,).
        new_table: what it sees of the others, (m, d).
        new_group: of the others, (m,).
        answers: by name, what a decision about the others is compared with, (m,) each.
    """

    table: Array
    right: Integers
    group: Integers
    new_table: Array
    new_group: Integers
    answers: Mapping[str, Integers]


def hiring(seed: int, people: int = PEOPLE) -> World:
    """Return applicants; the answers are the past's decisions, and who is able.

    Raises:
        ValueError: there are no people.
    """
    past, new = applicants(people, seed), applicants(people, seed + 1000)
    vocabulary = vocabulary_of(past.texts)
    return World(
        word_table(past.texts, vocabulary),
        past.hired,
        past.group,
        word_table(new.texts, vocabulary),
        new.group,
        {"the past": new.hired, "ability": new.able},
    )


def lending(seed: int, people: int = PEOPLE, apart: float = 1.0) -> World:
    """Return requests for loans; the answer is who paid back.

    Raises:
        ValueError: there are no people.
    """
    past, new = loans(people, seed, apart), loans(people, seed + 1000, apart)
    return World(
        past.table,
        past.repaid,
        past.group,
        new.table,
        new.group,
        {"repaid": new.repaid},
    )


def interventions(world: World) -> dict[str, Integers]:
    """Return the decisions about the new people, by every way to intervene."""
    right = world.right.astype(float)
    plain = train(world.table, right)
    weights = reweighing(world.right.tolist(), world.group.tolist())
    weighed = train(world.table, right, weights=weights)
    found = {
        "none": (plain.probability(world.new_table) > 0.5).astype(np.int64),
        "weights": (weighed.probability(world.new_table) > 0.5).astype(np.int64),
    }
    for price in PRICES:
        model = train(world.table, right, group=world.group, price=price)
        found[f"price {price:g}"] = (
            model.probability(world.new_table) > 0.5
        ).astype(np.int64)
    lines = group_thresholds(plain.probability(world.table), right, world.group)
    found["thresholds"] = decide(
        plain.probability(world.new_table), world.new_group, lines
    )
    return found


@dataclass(frozen=True)
class Outcome:
    """What an intervention did: means over worlds, and the spread of the accuracy.

    Attributes:
        gap: between the groups' shares of yes.
        odds: the equalized odds difference.
        accuracy: share of decisions as in the answers.
        spread: standard deviation of the accuracy over the worlds.
    """

    gap: float
    odds: float
    accuracy: float
    spread: float


def outcomes(
    make: Callable[[int], World], seeds: Sequence[int]
) -> dict[str, dict[str, Outcome]]:
    """Return for every kind of answer what every intervention did, over several worlds.

    Args:
        make: makes a world from a seed.
        seeds: two or more.

    Raises:
        ValueError: there are fewer than two seeds.
    """
    if len(seeds) < 2:
        raise ValueError("a spread needs two seeds or more")
    rows: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for seed in seeds:
        world = make(seed)
        for name, said in interventions(world).items():
            for kind, right in world.answers.items():
                found = rates(
                    right.tolist(), said.tolist(), world.new_group.tolist()
                )
                rows.setdefault((kind, name), []).append(
                    (
                        demographic_parity_difference(found),
                        equalized_odds_difference(found),
                        float((said == right).mean()),
                    )
                )
    result: dict[str, dict[str, Outcome]] = {}
    for (kind, name), values in rows.items():
        gap, odds, accuracy = np.mean(values, axis=0)
        spread = float(np.std([v[2] for v in values], ddof=1))
        result.setdefault(kind, {})[name] = Outcome(
            float(gap), float(odds), float(accuracy), spread
        )
    return result
