"""The text game as an environment of gymnasium, registered under a name of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import gymnasium
from gymnasium import spaces

from nlpcourse.learning.reinforcement.game import COMMANDS, Library

NAME = "nlpcourse/Library-v0"
"""``gymnasium.make(NAME)`` makes the game, once this file is imported."""

CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .")


class LibraryWorld(gymnasium.Env[str, int]):  # type: ignore[misc]
    """The game with the spaces that gymnasium asks for: it shows texts, and takes commands."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}

    def __init__(self, inventory: bool = True) -> None:
        """Say what can be seen and what can be done."""
        self.observation_space = spaces.Text(max_length=120, charset=CHARACTERS)
        self.action_space = spaces.Discrete(len(COMMANDS))
        self.game = Library(inventory)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Begin anew."""
        super().reset(seed=seed)
        return self.game.reset(seed)

    def step(self, action: int) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Carry out a command."""
        return self.game.step(int(action))


if NAME not in gymnasium.registry:
    gymnasium.register(id=NAME, entry_point=LibraryWorld)
