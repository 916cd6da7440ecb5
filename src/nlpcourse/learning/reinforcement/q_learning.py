"""The value of a command in a situation: computed from the rules, and learnt by playing.

This file uses the standard library alone.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nlpcourse.learning.reinforcement.game import (
    COMMANDS,
    STATES,
    Library,
    Outcome,
    State,
    outcomes,
)

Table = dict[str, list[float]]
"""Q: what the player reads → the value of each command."""


class Environment(Protocol):
    """What can be played: our game, or gymnasium's form of it."""

    def reset(self, *, seed: int | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin anew."""

    def step(self, action: int) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Carry out a command."""


def require_discount(discount: float) -> None:
    """Refuse a discount that is no share."""
    if not 0 <= discount <= 1:
        raise ValueError(f"a discount lies between 0 and 1, not at {discount}")


def value_iteration(discount: float = 0.95, tolerance: float = 1e-10) -> Table:
    """Return the value of every command in every state, computed from the rules.

    Args:
        discount: γ, what a reward is worth one command later.
        tolerance: the sweeps end when no value changes by more.

    Raises:
        ValueError: *discount* is no share, or *tolerance* is not above 0.

    Source: Sutton and Barto (2018), section 4.4, for action values.

    >>> best = value_iteration(discount=1.0)["You are in the garden. The gate is open. "
    ...                                      "Your hands are empty."]
    >>> COMMANDS[best.index(max(best))], max(best)
    ('north', 12.0)
    """
    require_discount(discount)
    if not tolerance > 0:
        raise ValueError(f"the tolerance must be above 0, not {tolerance}")
    value = dict.fromkeys(STATES, 0.0)

    def worth(outcome: Outcome) -> float:
        later = 0.0 if outcome.ended else value[outcome.state]
        return outcome.probability * (outcome.reward + discount * later)

    while True:
        q = {s: [sum(map(worth, outcomes(s, c))) for c in COMMANDS] for s in STATES}
        change = max(abs(max(q[s]) - value[s]) for s in STATES)
        value = {s: max(q[s]) for s in STATES}
        if change <= tolerance:
            return {state.told(): q[state] for state in STATES}


def choose(values: list[float], epsilon: float, rng: random.Random) -> int:
    """Return any command with probability ε, else one of the best.

    Raises:
        ValueError: ε is no probability, there is no command, or a value is NaN.
    """
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon is a probability, from 0 to 1, not {epsilon}")
    if not len(values) or any(map(math.isnan, values)):
        raise ValueError(f"each command needs a value, one or more, not {values}")
    if rng.random() < epsilon:
        return rng.randrange(len(values))
    best = max(values)
    return rng.choice([a for a, value in enumerate(values) if value == best])


@dataclass
class Learner:
    """A table of values, and how often each was mended.

    Attributes:
        discount: γ.
        power: the step size of the n-th visit is n to the power of minus this.
        q: the values.
        visits: how often each command was given in each situation.
    """

    discount: float
    power: float = 0.7
    q: Table = field(default_factory=lambda: defaultdict(_zeros))
    visits: Table = field(default_factory=lambda: defaultdict(_zeros))

    def learn(
        self, told: str, action: int, reward: float, after: str, ended: bool
    ) -> None:
        """Move the value of a command towards what came of it."""
        self.visits[told][action] += 1
        step_size = self.visits[told][action] ** -self.power  # α
        later = 0.0 if ended else max(self.q[after])
        error = reward + self.discount * later - self.q[told][action]
        self.q[told][action] += step_size * error


def _require_settings(
    episodes: int, discount: float, epsilon: float, power: float
) -> None:
    """Refuse a negative number of games, and shares outside 0 to 1."""
    require_discount(discount)
    if episodes < 0 or not 0 <= epsilon <= 1 or not 0 <= power <= 1:
        raise ValueError(
            f"{episodes} games, epsilon {epsilon}, power {power}: give 0 games or more, "
            "and shares from 0 to 1"
        )


def _zeros() -> list[float]:
    return [0.0] * len(COMMANDS)


def q_learning(
    game: Environment,
    episodes: int,
    discount: float = 0.95,
    epsilon: float = 0.3,
    power: float = 0.7,
    seed: int = 0,
    returns: list[float] | None = None,
) -> Table:
    """Learn the value of every command by playing; the rules are never looked at.

    Args:
        game: what is played.
        episodes: how many games.
        discount: γ.
        epsilon: probability of a command at random.
        power: the step size of the n-th visit is n to the power of minus this.
        seed: of the player and of the game.
        returns: a list that gets the sum of rewards of every game.

    Raises:
        ValueError: an argument lies outside its range.

    Source: Watkins and Dayan (1992); Sutton and Barto (2018), section 6.5.
    """
    _require_settings(episodes, discount, epsilon, power)
    rng, learner = random.Random(seed), Learner(discount, power)
    for episode in range(episodes):
        told, _ = game.reset(seed=seed if episode == 0 else None)
        over, total = False, 0.0
        while not over:
            action = choose(learner.q[told], epsilon, rng)
            after, reward, ended, broken_off, _ = game.step(action)
            learner.learn(told, action, reward, after, ended)
            told, over, total = after, ended or broken_off, total + reward
        if returns is not None:
            returns.append(total)
    return dict(learner.q)


def greedy_game(
    table: Mapping[str, list[float]], seed: int = 0, inventory: bool = True
) -> tuple[list[str], float]:
    """Play one game by a table, always its best command (of equals the first).

    Args:
        table: Q; a situation that it doesn't hold has the value 0 for every command.
        seed: of the game's chance.
        inventory: whether the game tells what the player holds.

    Returns:
        the commands, and the sum of rewards.
    """
    game = Library(inventory)
    told, _ = game.reset(seed=seed)
    commands, total, over = [], 0.0, False
    while not over:
        values = list(table.get(told, [0.0]))
        action = values.index(max(values))
        told, reward, ended, broken_off, _ = game.step(action)
        commands.append(COMMANDS[action])
        total, over = total + reward, ended or broken_off
    return commands, total


def greedy_value(
    table: Mapping[str, list[float]], state: State, discount: float
) -> float:
    """Return the exact value of playing by a table's best commands from a state on.

    Raises:
        ValueError: *discount* is no share.
    """
    require_discount(discount)
    best = {}
    for s in STATES:
        values = list(table.get(s.told(), [0.0]))
        best[s] = outcomes(s, COMMANDS[values.index(max(values))])
    value = dict.fromkeys(STATES, 0.0)
    for _ in range(2000):
        value = {
            s: sum(
                o.probability
                * (o.reward + (0.0 if o.ended else discount * value[o.state]))
                for o in best[s]
            )
            for s in STATES
        }
    return value[state]
