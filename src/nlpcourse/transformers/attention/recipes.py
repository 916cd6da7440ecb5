"""Trainings of chapter 28: the reader with one to sixteen heads, and for a while in the chapter."""

from __future__ import annotations

from typing import Any

from nlpcourse.training import loop, registry
from nlpcourse.training.recipe import Plan, Recipe, set_seed
from nlpcourse.transformers.attention.reader import (
    READING,
    NextCharacter,
    Reading,
    build,
)

HEADS = (1, 2, 4, 8, 16)
SEEDS = (0, 1, 2)
NAME = "transformer-heads{heads}-seed{seed}"


def _recipe(heads: int, seed: int) -> Recipe:
    return Recipe(
        build=Reading,
        config={**READING, "heads": heads, "draw": seed},
        plan=Plan(
            seed=seed, steps=1500, learning_rate=0.005, warmup=20, interval=100
        ),
        half=True,
        keep_weights=(heads, seed) == (4, 0),
        about=f"one layer of {heads} heads predicts the next character, seed {seed}",
    )


RECIPES = {
    NAME.format(heads=heads, seed=seed): _recipe(heads, seed)
    for heads in HEADS
    for seed in SEEDS
}


def load_reader() -> tuple[NextCharacter, dict[str, Any]]:
    """Return the model of four heads whose weights are kept, and its log."""
    name = NAME.format(heads=4, seed=0)
    return registry.load_model(name, build(READING), RECIPES[name])


def read_for(steps: int, **changes: Any) -> tuple[NextCharacter, list[float]]:
    """Train a small model for a while; return it and its loss by interval of 25 steps.

    Args:
        steps: weight updates; about a hundred a second.
        changes: settings that differ from :data:`READING`, such as ``heads=1``.
    """
    set_seed(0)
    task = Reading({**READING, **changes})
    plan = Plan(0, steps, learning_rate=0.005, warmup=20, interval=25)
    progress = loop.fit(task, plan)
    assert isinstance(task.model, NextCharacter)
    return task.model, [entry["loss"] for entry in progress.losses]
