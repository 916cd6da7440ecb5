"""Checkpoints: weights beside the log that made them."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpcourse import __version__
from nlpcourse.assets.cache import sha256_of
from nlpcourse.assets.locks import file_lock
from nlpcourse.course.files import RESTORE, DamagedFile, read_json
from nlpcourse.course.machine import peak_memory_mb
from nlpcourse.training.loop import accelerator, fit
from nlpcourse.training.recipe import Recipe, Task, refuse_other, set_seed
from nlpcourse.training.state import (
    Progress,
    load_state,
    save_state,
    write_atomically,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

LARGEST_CHECKPOINT = 5_000_000  # bytes
LARGEST_TOGETHER = (
    60_000_000  # bytes, of all chapters' checkpoints; a test adds them up
)


class CheckpointError(RuntimeError):
    """A checkpoint is absent, damaged, incomplete or larger than the course allows."""


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    packages = {
        name: version(name)
        for name in ("torch", "accelerate", "safetensors", "numpy")
    }
    return {
        "nlpcourse": __version__,
        "python": platform.python_version(),
        **packages,
    }


def _stored(model: nn.Module, half: bool) -> dict[str, Tensor]:
    """Return the weights as they go to disk."""
    import torch

    weights = {
        key: value.detach().cpu() for key, value in model.state_dict().items()
    }
    return {
        key: (
            value.to(torch.float16) if half and value.is_floating_point() else value
        ).clone()
        for key, value in weights.items()
    }


def is_complete(folder: Path, name: str, log: Mapping[str, Any]) -> bool:
    """Return whether the weights beside a log are the very ones that it was written for."""
    if log["sha256"] is None:
        return True
    weights = folder / f"{name}.safetensors"
    return weights.is_file() and sha256_of(weights) == log["sha256"]


def read_log_file(path: Path) -> dict[str, Any]:
    """Return the log at *path*.

    Raises:
        CheckpointError: the file is damaged; the message names it and what to do.
    """
    again = f"{RESTORE}, or run `nlpcourse train {path.stem} --fresh`"
    try:
        log = read_json(path, dict, again)
        missing = {"settings", "digest", "metrics", "losses", "sha256"} - set(log)
        if missing:
            raise DamagedFile(path, f"it lacks {', '.join(sorted(missing))}", again)
    except DamagedFile as error:
        raise CheckpointError(str(error)) from None
    return dict(log)


def read_weights(
    folder: Path, name: str, log: Mapping[str, Any]
) -> dict[str, Tensor]:
    """Return the weights that *log* describes, as 32-bit floats.

    Raises:
        CheckpointError: they were not kept, or the file is not the one that the log describes.
    """
    import torch
    from safetensors.torch import load_file

    if log["sha256"] is None:
        raise CheckpointError(
            f"of {name!r} only the log is kept, to measure the spread over seeds"
        )
    if not is_complete(folder, name, log):
        raise CheckpointError(
            f"{name}.safetensors is not the file that {name}.json describes; restore both from the "
            f"repository, or run `nlpcourse train {name} --fresh`"
        )
    return {
        key: value.to(torch.float32) if value.dtype == torch.float16 else value
        for key, value in load_file(folder / f"{name}.safetensors").items()
    }


def train_recipe(
    name: str,
    recipe: Recipe,
    folder: Path,
    state_folder: Path,
    fresh: bool = False,
    bar: bool = False,
) -> dict[str, Any]:
    """Train *recipe* into *folder* unless its checkpoint is there; return the log.

    Args:
        name: of the checkpoint and its log.
        recipe: what to train.
        folder: where ``NAME.safetensors`` and ``NAME.json`` go.
        state_folder: where the state of an unfinished training is kept.
        fresh: forget state and checkpoint and begin anew (the old checkpoint stays until the
            new one is whole).
        bar: show a progress bar.

    Raises:
        ConfigurationError: the checkpoint or the state on disk was made by other settings.
        CheckpointError: the weights are larger than the course allows.
    """
    devices = accelerator()
    log_path, state_path = (
        folder / f"{name}.json",
        state_folder / f"{name}.safetensors",
    )
    state_folder.mkdir(parents=True, exist_ok=True)
    lock = (
        file_lock(state_folder / f"{name}.lock")
        if devices.is_main_process
        else nullcontext()
    )
    with lock:
        if log_path.is_file() and not fresh:
            log = read_log_file(log_path)
            refuse_other(log["settings"], name, recipe, "The checkpoint")
            if is_complete(folder, name, log):
                return log
        if fresh and devices.is_main_process:
            state_path.unlink(missing_ok=True)
        devices.wait_for_everyone()
        progress = load_state(state_path, name, recipe)

        set_seed(recipe.plan.seed)
        task = recipe.build(recipe.config)

        def save(now: Progress) -> None:
            if devices.is_main_process:
                save_state(state_path, recipe, now)

        progress = fit(task, recipe.plan, progress, save, bar)
        log = {}
        if devices.is_main_process:
            log = _finish(name, recipe, task, progress, folder)
            state_path.unlink(missing_ok=True)
        devices.wait_for_everyone()
    return log or read_log_file(log_path)


def _finish(
    name: str, recipe: Recipe, task: Task, progress: Progress, folder: Path
) -> dict[str, Any]:
    """Round the weights as they are stored, evaluate them, write weights and then the log."""
    import torch
    from safetensors.torch import save

    weights = _stored(task.model, recipe.half)
    device = next(task.model.parameters()).device
    # the rounded ones
    task.model.load_state_dict({k: v.to(device) for k, v in weights.items()})
    task.model.eval()
    began = time.perf_counter()
    with torch.no_grad():
        metrics = task.evaluate()
    # One entry: several would be written in an order that changes from process to process.
    content = save(weights, metadata={"recipe": f"{name} {recipe.digest()}"})
    if recipe.keep_weights and len(content) > LARGEST_CHECKPOINT:
        raise CheckpointError(
            f"the checkpoint {name!r} has {len(content):,} bytes; the course allows "
            f"{LARGEST_CHECKPOINT:,}. Make the model smaller or store it with half=True."
        )
    log = {
        "name": name,
        "about": recipe.about,
        "settings": recipe.settings(),
        "digest": recipe.digest(),
        "metrics": metrics,
        "losses": progress.losses,
        "parameters": sum(value.numel() for value in weights.values()),
        "bytes": len(content) if recipe.keep_weights else 0,
        "sha256": hashlib.sha256(content).hexdigest()
        if recipe.keep_weights
        else None,
        "training_seconds": round(progress.seconds, 1),
        "evaluation_seconds": round(time.perf_counter() - began, 1),
        "peak_memory_mb": round(peak_memory_mb()),
        "device": device.type,
        "versions": _versions(),
    }
    if recipe.keep_weights:
        write_atomically(folder / f"{name}.safetensors", content)
    write_atomically(
        folder / f"{name}.json", (json.dumps(log, indent=1) + "\n").encode()
    )
    return log
