"""The ``nlpcourse train`` command."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.training.checkpoints import LARGEST_TOGETHER, CheckpointError
from nlpcourse.training.recipe import Recipe
from nlpcourse.training.registry import read_log, recipes, train


def add_parser(subparsers: Any) -> None:
    """Add ``nlpcourse train`` to the command's parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "train",
        help="train a registered recipe into its chapter's data",
        description="Train registered recipes. A finished one is left as it is, a killed one goes "
        "on where it stopped.",
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="recipes to train, in this order"
    )
    parser.add_argument(
        "--list", action="store_true", help="list the recipes and their results"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="begin anew, forgetting earlier runs"
    )
    parser.set_defaults(func=_command)


def _command(arguments: argparse.Namespace) -> int:
    if arguments.list or not arguments.names:
        known = recipes()
        width = max(map(len, known))
        for name, recipe in known.items():
            print(f"{name:{width}}  {recipe.about} · {_standing(name, recipe)}")
        print(
            f"checkpoints together: {bytes_together() / 1e6:.1f} MB of at most "
            f"{LARGEST_TOGETHER / 1e6:.0f}; the wheel carries them all"
        )
        return 0
    for name in arguments.names:
        log = train(name, fresh=arguments.fresh)
        print(
            f"{name}: {_metrics(log)}, trained in {log['training_seconds']:.0f} s"
        )
    return 0


def bytes_together() -> int:
    """Return the bytes of all chapters' checkpoints."""
    return sum(
        path.stat().st_size
        for chapter in chapters.written()
        for path in chapter.folder.glob("*.safetensors")
    )


def _metrics(log: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value:.4g}" for key, value in log["metrics"].items())


def _standing(name: str, recipe: Recipe) -> str:
    """Return in one line whether a recipe is trained and how it did."""
    try:
        log = read_log(name)
    except CheckpointError:
        return f"not trained, {recipe.plan.steps:,} steps"
    if log["digest"] != recipe.digest():
        return "trained with other settings"
    return f"{_metrics(log)} ({log['training_seconds']:.0f} s)"
