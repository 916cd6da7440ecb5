"""What ``nlpcourse train`` trains for chapter 37: a judge of sentences, and a leaky model.

- *fairness-films*: a linear layer on MiniLM's vectors, three draws of sentences;
- *fairness-canary*: a small GPT over private messages with canaries, three draws of secrets.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from torch import Tensor

from nlpcourse.course import chapters
from nlpcourse.course.files import read_json
from nlpcourse.responsible.fairness.canary import Messages, alphabet
from nlpcourse.responsible.fairness.sentiment import FilmTask
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.transformers.gpt.model import GPT
from nlpcourse.transformers.gpt.recipes import gpt_config

SEEDS = (0, 1, 2)
FILMS: dict[str, Any] = {
    "train": 900,
    "validation": 200,
    "test": 500,
    "batch_size": 64,
}
SMALL: dict[str, Any] = {
    "messages": 800,
    "context": 64,
    "rows": 16,
    "size": 64,
    "layers": 2,
    "heads": 4,
    "dropout": 0.0,
}


def _films(seed: int) -> Recipe:
    return Recipe(
        build=FilmTask,
        config={**FILMS, "draw": seed},
        plan=Plan(seed, 600, 1e-2, warmup=20, interval=100),
        about=f"good or bad, a linear layer on MiniLM's vectors of film sentences, seed {seed}",
    )


def _canary(seed: int) -> Recipe:
    return Recipe(
        build=Messages,
        config={**SMALL, "draw": seed},
        plan=Plan(seed, 600, 3e-3, warmup=50, interval=100),
        half=True,
        keep_weights=seed == 0,
        about=f"a small GPT over text messages with secrets among them, seed {seed}",
    )


RECIPES: dict[str, Recipe] = {
    **{f"fairness-films-seed{seed}": _films(seed) for seed in SEEDS},
    **{f"fairness-canary-seed{seed}": _canary(seed) for seed in SEEDS},
}


def load_head(seed: int = 0) -> dict[str, Tensor]:
    """Return weight and bias of the judge of sentences."""
    name = f"fairness-films-seed{seed}"
    return dict(registry.load(name, RECIPES[name])[0])


def load_leaky() -> GPT:
    """Return the model that has read the first seed's secrets."""
    name = "fairness-canary-seed0"
    tensors, _ = registry.load(name, RECIPES[name])
    model = GPT(gpt_config(SMALL, len(alphabet(SMALL["messages"]))))
    model.load_state_dict(tensors)
    return model.eval()


def folder() -> Path:
    """Return the chapter's data folder."""
    return chapters.get("37").folder


@cache
def stored_preferences() -> dict[str, list[float]]:
    """Return SmolLM2's preferences for *she* after every frame, as benchmarks/fairness.py wrote.

    Raises:
        DamagedFile: the file is cut or no JSON; the message names it.
    """
    path = folder() / "smol-pronouns.json"
    found: dict[str, list[float]] = read_json(path, dict)["preferences"]
    return found
