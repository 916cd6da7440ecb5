"""A small text game: fetch a book out of a dark cellar.

The game tells what there is in sentences and understands seven commands.  Its rules are written
down as probabilities, so that the best way to play can be computed, too.

This file uses the standard library alone; its methods are those of a gymnasium environment.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

COMMANDS = ("north", "south", "east", "west", "down", "up", "take")
"""What a player may type; an action is the number of one."""

WAYS = {
    ("garden", "north"): "hall",
    ("hall", "south"): "garden",
    ("hall", "east"): "study",
    ("study", "west"): "hall",
    ("hall", "down"): "cellar",
    ("cellar", "up"): "hall",
}
STEP, FALL, FETCHED = -1.0, -10.0, 20.0
"""What a command costs, what a fall on the dark stairs costs, what the book is worth."""

RISK = 0.25
"""Probability of a fall on the stairs down to the cellar without a lamp."""

LONGEST = 50
"""Commands after which a game is broken off."""


@dataclass(frozen=True)
class State:
    """All that matters of a game.

    >>> State("cellar", lamp=True).told()
    'You are in the cellar. A book lies on a chest. You hold a lamp.'
    """

    room: str = "hall"
    lamp: bool = False
    book: bool = False

    def told(self, inventory: bool = True) -> str:
        """Return the state in sentences; without *inventory*, only what the room shows."""
        seen = {
            "hall": "It is night. Dark stairs lead down",
            "study": "A lamp is burning" if not self.lamp else "The table is empty",
            "cellar": "A book lies on a chest"
            if not self.book
            else "The chest is empty",
            "garden": "The gate is open",
        }
        if not inventory:
            return f"You are in the {self.room}."
        held = [name for name in ("lamp", "book") if getattr(self, name)]
        hands = (
            f"You hold a {' and a '.join(held)}" if held else "Your hands are empty"
        )
        return f"You are in the {self.room}. {seen[self.room]}. {hands}."


START = State()
STATES = tuple(
    State(room, lamp, book)
    for room in ("hall", "study", "cellar", "garden")
    for lamp in (False, True)
    for book in (False, True)
    if not (room == "garden" and book)  # there the game has ended
)
"""Every state in which a command can be given."""


@dataclass(frozen=True)
class Outcome:
    """One thing that may happen: with which probability, where to, for which reward."""

    probability: float
    state: State
    reward: float
    ended: bool = False


def outcomes(state: State, command: str) -> list[Outcome]:
    """Return all that may happen after a command, p(s', r | s, a).

    Raises:
        ValueError: there is no such command.

    >>> [o.probability for o in outcomes(START, "down")]
    [0.75, 0.25]
    """
    if command not in COMMANDS:
        raise ValueError(
            f"{command!r} is no command; there are {', '.join(COMMANDS)}"
        )
    if command == "take":
        if state.room == "study":
            return [Outcome(1.0, replace(state, lamp=True), STEP)]
        if state.room == "cellar":
            return [Outcome(1.0, replace(state, book=True), STEP)]
        return [Outcome(1.0, state, STEP)]
    after = replace(state, room=WAYS.get((state.room, command), state.room))
    if command == "down" and after.room != state.room and not state.lamp:
        fallen = Outcome(RISK, after, FALL, ended=True)
        return [Outcome(1 - RISK, after, STEP), fallen]
    if after.room == "garden" and after.book:
        return [Outcome(1.0, after, STEP + FETCHED, ended=True)]
    return [Outcome(1.0, after, STEP)]


class Library:
    """The game as it is played, with gymnasium's two methods.

    >>> game = Library()
    >>> game.reset(seed=1)[0]
    'You are in the hall. It is night. Dark stairs lead down. Your hands are empty.'
    >>> game.step(COMMANDS.index("east"))[0]
    'You are in the study. A lamp is burning. Your hands are empty.'
    """

    def __init__(self, inventory: bool = True) -> None:
        """Begin in the hall; without *inventory* the game tells the room alone."""
        self.inventory = inventory
        self.state, self.commands = START, 0
        self._rng = random.Random(0)

    def reset(self, seed: int | None = None) -> tuple[str, dict[str, Any]]:
        """Begin anew; return what is told, and nothing more."""
        if seed is not None:
            self._rng = random.Random(seed)
        self.state, self.commands = START, 0
        return self.state.told(self.inventory), {}

    def step(self, action: int) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Carry out a command: what is told, the reward, ended, broken off, nothing more.

        Raises:
            ValueError: there is no command of that number.
        """
        if not 0 <= action < len(COMMANDS):
            raise ValueError(f"there is no command {action}; they go from 0 to 6")
        chance = self._rng.random()
        for outcome in outcomes(self.state, COMMANDS[action]):
            chance -= outcome.probability
            if chance < 0:
                break
        self.state, self.commands = outcome.state, self.commands + 1
        told = self.state.told(self.inventory)
        broken_off = not outcome.ended and self.commands >= LONGEST
        return told, outcome.reward, outcome.ended, broken_off, {}
