"""The text game in the page: the reader's commands beside what a learner has found out by playing.

The standard library alone: the very game and the very Q-learning of the chapter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpcourse.learning.reinforcement.game import COMMANDS, Library
from nlpcourse.learning.reinforcement.q_learning import (
    Table,
    greedy_game,
    q_learning,
)

TITLE = "Fetch the book"
DESCRIPTION = (
    "Bring the book out of the cellar to the garden. Each command costs 1, the book in the garden "
    "brings 20, a fall on the dark stairs costs 10 and ends the game. Type your commands, and see "
    "at every step what a learner expects of each command after some games of its own. Then let it "
    "play more games, make it impatient with a small discount, or take its memory away."
)
LONGEST, MOST = 12, 600
"""Commands that are played at most, and games that the learner may play."""

INPUTS: list[dict[str, Any]] = [
    {
        "name": "commands",
        "type": "text",
        "label": "Your commands (north, south, east, west, down, up, take)",
        "value": "down take up south",
        "maxlength": 120,
    },
    {
        "name": "games",
        "type": "range",
        "label": "Games that the learner has played",
        "min": 0,
        "max": MOST,
        "step": 20,
        "value": 300,
    },
    {
        "name": "discount",
        "type": "range",
        "label": "Discount γ: what a reward is worth one command later",
        "min": 0,
        "max": 1,
        "step": 0.05,
        "value": 0.95,
    },
    {
        "name": "epsilon",
        "type": "range",
        "label": "Exploration ε: share of commands at random",
        "min": 0,
        "max": 1,
        "step": 0.1,
        "value": 0.5,
    },
    {
        "name": "told",
        "type": "select",
        "label": "The game tells",
        "options": [
            ("all", "the room and what you hold"),
            ("room", "the room alone"),
        ],
        "value": "all",
    },
    {
        "name": "seed",
        "type": "range",
        "label": "Seed of all chance",
        "min": 0,
        "max": 20,
        "step": 1,
        "value": 1,
    },
]


def _say(text: str) -> dict[str, Any]:
    return {"views": [{"kind": "text", "text": text}], "summary": text}


def _number(inputs: Mapping[str, Any], name: str, low: float, high: float) -> float:
    """Return an input as a number within its range."""
    found = float(inputs[name])
    if not low <= found <= high:
        raise ValueError(f"{name} lies between {low:g} and {high:g}")
    return found


def understood(text: str) -> tuple[list[str], list[str]]:
    """Return the commands of a text, and its other words.

    >>> understood("Go DOWN, take it")
    (['down', 'take'], ['go', 'it'])
    """
    words = text.lower().replace(",", " ").replace(".", " ").split()
    known = [word for word in words if word in COMMANDS]
    return known, [word for word in words if word not in COMMANDS]


def _best(values: list[float]) -> str:
    """Return the commands that a learner would choose among."""
    largest = max(values)
    best = [c for c, v in zip(COMMANDS, values, strict=True) if v == largest]
    return (
        "any command"
        if len(best) == len(COMMANDS)
        else " or ".join(f"`{c}`" for c in best)
    )


def _bars(values: list[float]) -> dict[str, Any]:
    return {
        "kind": "bars",
        "title": "What the learner expects to gain from here, by command",
        "unit": "reward",
        "items": [
            {"label": c, "value": round(v, 2)}
            for c, v in zip(COMMANDS, values, strict=True)
        ],
        "alt": "; ".join(
            f"{c} {v:.2f}" for c, v in zip(COMMANDS, values, strict=True)
        ),
    }


def play(
    commands: list[str], table: Table, seed: int, inventory: bool
) -> tuple[list[dict[str, Any]], str, float]:
    """Return a step's caption and views for every command, how it ended, and the reward."""
    game = Library(inventory)
    told, _ = game.reset(seed=seed)
    steps, total, end = [], 0.0, "The game goes on."
    for turn, command in enumerate([*commands[:LONGEST], ""]):
        values = table.get(told, [0.0] * len(COMMANDS))
        caption = f"{told} The learner would choose {_best(values)}"
        caption += f"; you type `{command}`." if command else "."
        steps.append({"caption": caption, "views": [_bars(values)]})
        if not command:
            break
        told, reward, ended, _, _ = game.step(COMMANDS.index(command))
        total += reward
        if ended:
            won = reward > 0
            end = (
                "You leave with the book."
                if won
                else "You fall on the dark stairs."
            )
            last = f"{end} {turn + 1} commands brought {total:g} in all."
            steps.append({"caption": last, "views": []})
            break
    return steps, end, total


def _short(told: str) -> str:
    """Return a situation in a few words.

    >>> _short("You are in the cellar. A book lies on a chest. You hold a lamp.")
    'cellar: lamp'
    >>> _short("You are in the hall.")
    'hall'
    """
    room, _, rest = told.removeprefix("You are in the ").partition(".")
    if not rest:
        return room
    held = [
        name for name in ("lamp", "book") if f"a {name}" in rest.split(". ")[-1]
    ]
    return f"{room}: {', '.join(held) or 'nothing'}"


def _table(table: Table) -> dict[str, Any]:
    rows = sorted(table, key=lambda told: told.replace("You are in the ", ""))
    names = [_short(told) for told in rows]
    return {
        "kind": "heatmap",
        "title": "All that the learner knows: a row for each room and what it holds there",
        "rows": names,
        "columns": list(COMMANDS),
        "values": [[round(v, 1) for v in table[told]] for told in rows],
        "alt": f"A table of {len(rows)} texts by {len(COMMANDS)} commands; the best commands: "
        + "; ".join(
            f"{n}: {_best(table[t])}" for n, t in zip(names, rows, strict=True)
        ),
    }


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Let the learner play, carry out the reader's commands, and show both."""
    commands, unknown = understood(str(inputs.get("commands", "")))
    try:
        games = int(_number(inputs, "games", 0, MOST))
        discount = _number(inputs, "discount", 0, 1)
        epsilon = _number(inputs, "epsilon", 0, 1)
        seed = int(_number(inputs, "seed", 0, 1000))
    except (KeyError, TypeError, ValueError) as error:
        return _say(f"The sliders need numbers within their ranges ({error}).")
    inventory = inputs.get("told", "all") != "room"
    table = q_learning(Library(inventory), games, discount, epsilon, seed=seed)
    steps, end, total = play(commands, table, seed, inventory)
    own, gained = greedy_game(table, seed, inventory)
    route = " ".join(own[:LONGEST]) + (" …" if len(own) > LONGEST else "")
    said = f"Your game brought {total:g}. {end}"
    learner = f"After {games} games the learner, left alone, plays `{route}` and gets {gained:g}."
    views: list[dict[str, Any]] = []
    if unknown:
        words = ", ".join(f"`{word}`" for word in unknown[:5])
        views.append(
            {"kind": "text", "text": f"The game does not understand {words}."}
        )
    views += [
        {"kind": "text", "text": f"{said} {learner}"},
        {"kind": "steps", "title": "Your game, command by command", "steps": steps},
    ]
    if table:
        views.append(_table(table))
    return {"views": views, "summary": f"{said} {learner}"}
