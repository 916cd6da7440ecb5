"""Recipes and checkpoints by name, each in its chapter's folder."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any, TypeVar

from nlpcourse.assets.cache import default_root
from nlpcourse.course.paths import require_repository
from nlpcourse.training.checkpoints import (
    CheckpointError,
    read_log_file,
    read_weights,
    train_recipe,
)
from nlpcourse.training.recipe import Recipe, refuse_other

if TYPE_CHECKING:
    from torch import Tensor, nn

    from nlpcourse.course.chapters import Chapter

Model = TypeVar("Model", bound="nn.Module")


@lru_cache(maxsize=64)
def _recipes_of(number: str) -> dict[str, Recipe]:
    """Return the recipes that a chapter registers in its ``recipes.py``."""
    from nlpcourse.course import chapters

    module = f"{chapters.get(number).module}.recipes"
    found: dict[str, Recipe] = getattr(
        importlib.import_module(module), "RECIPES", {}
    )
    return found


def _chapters_with_recipes() -> list[Chapter]:
    from nlpcourse.course import chapters

    return [
        chapter
        for chapter in chapters.written()
        if importlib.util.find_spec(f"{chapter.module}.recipes")
    ]


def recipes() -> dict[str, Recipe]:
    """Return every chapter's registered recipes by name.

    >>> "lstm-wikitext2-seed0" in recipes()
    True
    """
    return {
        name: recipe
        for chapter in _chapters_with_recipes()
        for name, recipe in _recipes_of(chapter.number).items()
    }


def _owner(name: str) -> Chapter:
    """Return the chapter of a recipe: its folder holds the log, or its file the recipe."""
    having = _chapters_with_recipes()
    for chapter in having:
        if (chapter.folder / f"{name}.json").is_file():
            return chapter
    for chapter in having:
        if name in _recipes_of(chapter.number):
            return chapter
    raise KeyError(
        f"no recipe is called {name!r}; there are: {', '.join(sorted(recipes()))}"
    )


def find_recipe(name: str) -> Recipe:
    """Return the recipe *name*.

    Raises:
        KeyError: no chapter has one of that name; the message lists all.
    """
    found = _recipes_of(_owner(name).number)
    if name not in found:
        raise KeyError(
            f"no recipe is called {name!r}; there are: {', '.join(sorted(recipes()))}"
        )
    return found[name]


def train(name: str, fresh: bool = False, bar: bool = True) -> dict[str, Any]:
    """Train the registered recipe *name* into its chapter's folder; return its log.

    Returns at once where the checkpoint is there; goes on where an earlier run was killed.

    Raises:
        KeyError: no such recipe.
        ConfigurationError: what is on disk was made by other settings.
        RuntimeError: the course is not a checkout.
    """
    require_repository("Training a checkpoint")
    recipe, folder = find_recipe(name), _owner(name).folder
    return train_recipe(
        name, recipe, folder, default_root() / "training", fresh, bar
    )


def read_log(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the log of a finished training.

    Args:
        name: of the recipe.
        folder: where it lies; the folder of its chapter where None.

    Raises:
        KeyError: no such recipe.
        CheckpointError: it is not trained, or the log is damaged; the message names the command
            that makes it.
    """
    path = (folder or _owner(name).folder) / f"{name}.json"
    if not path.is_file():
        raise CheckpointError(
            f"{name!r} is not trained yet; run `nlpcourse train {name}`"
        )
    return read_log_file(path)


def over_seeds(
    stem: str, metric: str, seeds: Iterable[int] = (0, 1, 2)
) -> dict[int, float]:
    """Return a metric of every trained seed of a task, from the logs.

    Args:
        stem: the recipes' name without the seed, such as ``"seq2seq-gnt"``.
        metric: as the task's ``evaluate`` calls it.
        seeds: of which to look; those not trained yet are left out.

    Raises:
        CheckpointError: no seed is trained; the message names the command for the first.
        KeyError: the logs hold no such metric; the message lists those that they hold.
        ValueError: there is no seed to look for.
    """
    seeds = tuple(seeds)
    if not seeds:
        raise ValueError(f"name a seed of {stem} or more to look for")
    found = {}
    for seed in seeds:
        try:
            metrics = read_log(f"{stem}-seed{seed}")["metrics"]
        except CheckpointError:
            continue
        if metric not in metrics:
            raise KeyError(
                f"{stem} has no metric {metric!r}; it has {', '.join(metrics)}"
            )
        found[seed] = float(metrics[metric])
    if not found:
        read_log(f"{stem}-seed{seeds[0]}")  # raises, and names the command
    return found


def summary(stem: str, metric: str) -> dict[str, Any]:
    """Return a metric's mean over all trained seeds, with what a record holds beside it.

    Args:
        stem: the recipes' name without the seed.
        metric: as the task's ``evaluate`` calls it.

    Returns:
        the arguments of ``record``: measured, spread, seeds, seconds, memory_mb.

    Raises:
        CheckpointError: fewer than two seeds are trained.
        KeyError: the logs hold no such metric.
    """
    found = over_seeds(stem, metric)
    if len(found) < 2:
        raise CheckpointError(
            f"{stem!r} has one trained seed, and a spread needs two or more; "
            f"run `nlpcourse train {stem}-seed1`"
        )
    logs = [read_log(f"{stem}-seed{seed}") for seed in found]
    return {
        "measured": mean(found.values()),
        "spread": stdev(found.values()),
        "seeds": list(found),
        "seconds": round(mean(log["training_seconds"] for log in logs)),
        "memory_mb": logs[0]["peak_memory_mb"],
    }


def load_model(
    name: str,
    model: Model,
    recipe: Recipe | None = None,
    folder: Path | None = None,
) -> tuple[Model, dict[str, Any]]:
    """Return a model with the weights of a checkpoint, in evaluation mode, and the log.

    Args:
        name: of the checkpoint.
        model: as it was built for training; its weights are replaced.
        recipe: as in :func:`load`.
        folder: as in :func:`load`.

    Raises:
        KeyError, CheckpointError, ConfigurationError: as in :func:`load`.
        RuntimeError: the weights are those of another network.
    """
    tensors, log = load(name, recipe, folder)
    model.load_state_dict(tensors)
    return model.eval(), log


def load(
    name: str, recipe: Recipe | None = None, folder: Path | None = None
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the weights (32-bit floats) and the log of a checkpoint.

    Args:
        name: of the checkpoint.
        recipe: whose settings it must have; the registered one of that name where None.
        folder: where it lies; the folder of its chapter where None.

    Raises:
        KeyError: no such recipe.
        CheckpointError: the checkpoint is absent, was kept without weights, or its weights are
            not those that its log describes.
        ConfigurationError: it was made by other settings than the recipe's.
    """
    folder = folder or _owner(name).folder
    log = read_log(name, folder)
    refuse_other(
        log["settings"], name, recipe or find_recipe(name), "The checkpoint"
    )
    return read_weights(folder, name, log), log
