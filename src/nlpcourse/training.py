"""Training: seeds, one loop, and checkpoints beside the log that made them.

A chapter that trains for longer than its notebook may run registers recipes::

    RECIPES = {"lstm-wikitext2-seed0": Recipe(build=build, config={...}, plan=Plan(seed=0, ...))}

and ``nlpcourse train lstm-wikitext2-seed0`` (or :func:`train`) turns one into
``data/checkpoints/NAME.safetensors`` and ``NAME.json``.  What this room promises:

* **The same seed gives the same numbers** on the same machine: the randomness of step *k* depends
  on the seed and on *k* alone.
* **A kill costs at most one interval.**  After every ``plan.interval`` steps the whole state
  (weights, optimizer, carried state, losses) lands in the cache by one atomic rename; the next run
  goes on from there and ends with the same bytes as a run that was never killed.
* **No checkpoint is taken for another's**: state and checkpoint carry the digest of their
  configuration, and a different one is refused with the settings that differ.
* **Several devices, the same code**: the loop runs through ``accelerate``; ``accelerate launch
  $(which nlpcourse) train NAME`` shares every batch among the processes.

Not handled: steps that differ in their number of rows between processes, and mixed precision.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nlpcourse import __version__
from nlpcourse.assets.cache import default_root, sha256_of
from nlpcourse.assets.locks import file_lock
from nlpcourse.paths import data_dir, require_repository

if TYPE_CHECKING:
    from torch import Tensor, nn

    Batch = tuple[Tensor, ...]
    Carry = tuple[Tensor, ...]

LARGEST_CHECKPOINT = 5_000_000  # bytes


class ConfigurationError(ValueError):
    """A state or checkpoint on disk was made by another configuration than the recipe's."""


class CheckpointError(RuntimeError):
    """A checkpoint is absent, incomplete or larger than the course allows."""


def set_seed(seed: int) -> None:
    """Seed every generator that a chapter may draw from: ``random``, NumPy and PyTorch.

    >>> import torch
    >>> set_seed(7); first = torch.rand(2)
    >>> set_seed(7); bool((first == torch.rand(2)).all())
    True
    """
    from accelerate.utils import set_seed as seed_all

    seed_all(seed)


# ---------------------------------------------------------------------------------- the recipe


class Task(Protocol):
    """What there is to train: a model, its batches, its loss, its final evaluation."""

    model: nn.Module

    def batch(self, step: int) -> Batch:
        """Return the batch of a step, a function of *step* alone; every tensor's axis 0 is rows."""

    def loss(
        self, model: nn.Module, batch: Batch, carry: Carry
    ) -> tuple[Tensor, Carry]:
        """Return the mean loss and what the next step takes over (rows on axis 0, detached).

        *carry* is ``()`` at the first step.  Call *model* itself: on several devices it is a
        wrapper that synchronizes the gradients.
        """

    def evaluate(self) -> dict[str, float]:
        """Return the final metrics of ``self.model``."""


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train; all of it is part of the configuration.

    Attributes:
        seed: of the initial weights and of every step's dropout.
        steps: number of weight updates.
        learning_rate: the peak of the schedule.
        warmup: steps over which the rate rises in a straight line before it falls as a cosine.
        clip: largest norm of the gradient; longer ones are scaled down to it.
        weight_decay: decoupled weight decay (AdamW).
        interval: steps between two entries of the log, and between two saves of the state.
    """

    seed: int
    steps: int
    learning_rate: float
    warmup: int = 0
    clip: float = 1.0
    weight_decay: float = 0.0
    interval: int = 100

    def rate(self, step: int) -> float:
        """Return the learning rate of a step (counted from 0).

        >>> plan = Plan(seed=0, steps=100, learning_rate=0.5, warmup=10)
        >>> plan.rate(0), plan.rate(10), round(plan.rate(99), 4)
        (0.05, 0.5, 0.0002)
        """
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.learning_rate * (1 + math.cos(math.pi * done)) / 2


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a checkpoint.

    Attributes:
        build: makes the task from ``config``; called right after the seed is set.
        config: sizes and data of the model, JSON values only.
        plan: how it is trained.
        half: store the weights in 16-bit floats; the final metrics are measured on these.
        keep_weights: False for a further seed of which only the log is wanted.
        about: one line for ``nlpcourse train --list``.
    """

    build: Callable[[Mapping[str, Any]], Task]
    config: Mapping[str, Any]
    plan: Plan
    half: bool = False
    keep_weights: bool = True
    about: str = ""

    def settings(self) -> dict[str, Any]:
        """Return all settings as one flat dictionary, the thing that is hashed and compared."""
        flat = {"half": self.half, "keep_weights": self.keep_weights}
        flat.update({f"config.{key}": value for key, value in self.config.items()})
        flat.update(
            {f"plan.{key}": value for key, value in asdict(self.plan).items()}
        )
        # tuples become lists, as on disk
        stored: dict[str, Any] = json.loads(json.dumps(flat))
        return stored

    def digest(self) -> str:
        """Return the SHA-256 of the settings."""
        return hashlib.sha256(
            json.dumps(self.settings(), sort_keys=True).encode()
        ).hexdigest()


# ------------------------------------------------------------------------------------ the loop


@dataclass
class Progress:
    """How far a run has come; saved and restored as one.

    Attributes:
        step: the next step to take.
        losses: one entry per interval: the steps taken, mean loss, learning rate.
        seconds: wall time so far, over all runs of this training.
        carry: what the last step handed to the next.
        tensors: weights and optimizer, as read from a state file; empty for a new run.
    """

    step: int = 0
    losses: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    carry: Carry = ()
    tensors: dict[str, Tensor] = field(default_factory=dict)


def fit(
    task: Task,
    plan: Plan,
    progress: Progress | None = None,
    save: Callable[[Progress], None] | None = None,
    bar: bool = False,
) -> Progress:
    """Train ``task.model`` in place by AdamW with clipped gradients; return how it went.

    Args:
        task: model, batches and loss.
        plan: number of steps, learning rate and its schedule, clipping.
        progress: where an earlier run stopped; a new run where None.
        save: called after every interval with a progress that holds all tensors.
        bar: show a progress bar on standard error.
    """
    import torch

    accelerator = _accelerator()
    task.model.train()
    model, optimizer = accelerator.prepare(
        task.model,
        torch.optim.AdamW(
            task.model.parameters(),
            lr=plan.learning_rate,
            weight_decay=plan.weight_decay,
        ),
    )
    progress = progress or Progress()
    _restore(progress.tensors, accelerator.unwrap_model(model), optimizer)
    carry = _share(accelerator, progress.carry)
    total, began = 0.0, time.perf_counter() - progress.seconds

    with _bar(
        plan.steps, progress.step, bar and accelerator.is_main_process
    ) as advance:
        for step in range(progress.step, plan.steps):
            torch.manual_seed(_seed_of(plan.seed, step, accelerator.process_index))
            for group in optimizer.param_groups:
                group["lr"] = plan.rate(step)
            batch = _share(accelerator, task.batch(step))
            loss, carry = task.loss(model, batch, carry)
            optimizer.zero_grad()
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(model.parameters(), plan.clip)
            optimizer.step()

            total += float(accelerator.reduce(loss.detach(), reduction="mean"))
            advance(total, step)
            taken = step + 1 - progress.step
            if taken == plan.interval or step + 1 == plan.steps:
                entry = {
                    "step": step + 1,
                    "loss": total / taken,
                    "rate": plan.rate(step),
                }
                progress.losses.append(entry)
                progress.step, total = step + 1, 0.0
                progress.seconds = time.perf_counter() - began
                if save is not None:
                    progress.carry = tuple(
                        accelerator.gather(part) for part in carry
                    )
                    progress.tensors = _snapshot(
                        accelerator.unwrap_model(model), optimizer
                    )
                    save(progress)
    progress.carry = carry
    task.model = accelerator.unwrap_model(model)
    task.model.eval()
    return progress


def _accelerator() -> Any:
    from accelerate import Accelerator
    from accelerate.utils import DistributedDataParallelKwargs

    # A rare cluster of an adaptive softmax may get no gradient from one process's rows.
    return Accelerator(
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)]
    )


def _seed_of(seed: int, step: int, process: int) -> int:
    """Return the seed of one step on one process, so that no generator's state need be kept."""
    text = f"{seed}/{step}/{process}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest(), "big")


def _share(accelerator: Any, tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return this process's rows of every tensor, on this process's device."""
    import torch

    parts, mine = accelerator.num_processes, accelerator.process_index
    for tensor in tensors:
        if tensor.shape[0] % parts:
            raise ValueError(
                f"a batch of {tensor.shape[0]} rows can't be shared equally by {parts} processes; "
                f"choose a batch size that {parts} divides"
            )
    return tuple(
        torch.chunk(t, parts)[mine].to(accelerator.device) for t in tensors
    )


@contextmanager
def _bar(
    steps: int, start: int, shown: bool
) -> Iterator[Callable[[float, int], None]]:
    """Yield a function that moves a tqdm bar by one step and shows the interval's mean loss."""
    if not shown:
        yield lambda total, step: None
        return
    from tqdm import tqdm

    with tqdm(
        total=steps, initial=start, unit="step", file=sys.stderr, mininterval=0.5
    ) as ticks:
        taken, last = 0, 0.0

        def advance(total: float, step: int) -> None:
            nonlocal taken, last
            taken = taken + 1 if total > last else 1
            last = total
            ticks.update()
            if step % 10 == 0:
                ticks.set_postfix(loss=f"{total / taken:.3f}", refresh=False)

        yield advance


def _snapshot(model: nn.Module, optimizer: Any) -> dict[str, Tensor]:
    """Return copies of all weights and of the optimizer's state under flat names."""
    tensors = {f"model.{key}": value for key, value in model.state_dict().items()}
    for index, slots in optimizer.state_dict()["state"].items():
        tensors.update(
            {f"optimizer.{index}.{slot}": value for slot, value in slots.items()}
        )
    return {key: value.detach().cpu().clone() for key, value in tensors.items()}


def _restore(
    tensors: Mapping[str, Tensor], model: nn.Module, optimizer: Any
) -> None:
    """Undo :func:`_snapshot`; do nothing where there are no tensors."""
    if not tensors:
        return
    model.load_state_dict(
        {
            key[6:]: value
            for key, value in tensors.items()
            if key.startswith("model.")
        }
    )
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimizer."):
            _, index, slot = key.split(".", 2)
            state.setdefault(int(index), {})[slot] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


# ---------------------------------------------------------------------- state and checkpoints


def write_atomically(path: Path, content: bytes) -> None:
    """Write *content* so that *path* holds either all of it or what it held before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # one name, so that a kill leaves at most one
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _save_state(path: Path, recipe: Recipe, progress: Progress) -> None:
    from safetensors.torch import save

    tensors = dict(progress.tensors)
    for index, part in enumerate(progress.carry):
        tensors[f"carry.{index}"] = part.detach().cpu().contiguous()
    about = {
        "settings": recipe.settings(),
        "step": progress.step,
        "losses": progress.losses,
        "seconds": progress.seconds,
    }
    write_atomically(path, save(tensors, metadata={"progress": json.dumps(about)}))


def _load_state(path: Path, name: str, recipe: Recipe) -> Progress:
    """Return the progress saved at *path*, or a new one where there is none."""
    from safetensors import safe_open

    if not path.is_file():
        return Progress()
    with safe_open(str(path), framework="pt") as handle:
        about = json.loads(handle.metadata()["progress"])
        _refuse_other(
            about["settings"], name, recipe, "The state of a started training"
        )
        names = handle.keys()
        tensors = {key: handle.get_tensor(key) for key in names}
    count = sum(key.startswith("carry.") for key in tensors)
    carry = tuple(tensors.pop(f"carry.{index}") for index in range(count))
    return Progress(
        about["step"], about["losses"], about["seconds"], carry, tensors
    )


def _refuse_other(
    settings: Mapping[str, Any], name: str, recipe: Recipe, what: str
) -> None:
    """Raise ConfigurationError, with what differs, where *settings* are not the recipe's."""
    wanted = recipe.settings()
    differing = [
        f"{key} is {settings.get(key)!r} there and {wanted.get(key)!r} in the recipe"
        for key in sorted({*settings, *wanted})
        if settings.get(key) != wanted.get(key)
    ]
    if differing:
        raise ConfigurationError(
            f"{what} for {name!r} was made by another configuration: {'; '.join(differing)}. "
            f"Train anew with `nlpcourse train {name} --fresh`, or restore the recipe's settings."
        )


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


def peak_memory_mb() -> float:
    """Return the largest resident memory of this process so far, in MB (10⁶ bytes)."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def checkpoints_dir() -> Path:
    """Return the folder of committed checkpoints."""
    return data_dir() / "checkpoints"


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


def _is_complete(folder: Path, name: str, log: Mapping[str, Any]) -> bool:
    """Return whether the weights beside a log are the very ones that it was written for."""
    if log["sha256"] is None:
        return True
    weights = folder / f"{name}.safetensors"
    return weights.is_file() and sha256_of(weights) == log["sha256"]


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
    accelerator = _accelerator()
    log_path, state_path = (
        folder / f"{name}.json",
        state_folder / f"{name}.safetensors",
    )
    state_folder.mkdir(parents=True, exist_ok=True)
    lock = (
        file_lock(state_folder / f"{name}.lock")
        if accelerator.is_main_process
        else nullcontext()
    )
    with lock:
        if log_path.is_file() and not fresh:
            log: dict[str, Any] = json.loads(log_path.read_text(encoding="utf-8"))
            _refuse_other(log["settings"], name, recipe, "The checkpoint")
            if _is_complete(folder, name, log):
                return log
        if fresh and accelerator.is_main_process:
            state_path.unlink(missing_ok=True)
        accelerator.wait_for_everyone()
        progress = _load_state(state_path, name, recipe)

        set_seed(recipe.plan.seed)
        task = recipe.build(recipe.config)

        def save(now: Progress) -> None:
            if accelerator.is_main_process:
                _save_state(state_path, recipe, now)

        progress = fit(task, recipe.plan, progress, save, bar)
        log = {}
        if accelerator.is_main_process:
            log = _finish(name, recipe, task, progress, folder)
            state_path.unlink(missing_ok=True)
        accelerator.wait_for_everyone()
    return log or dict(json.loads(log_path.read_text(encoding="utf-8")))


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


# ------------------------------------------------------------------------------ names and loading


def recipes() -> dict[str, Recipe]:
    """Return every chapter's registered recipes by name.

    >>> "lstm-wikitext2-seed0" in recipes()
    True
    """
    from nlpcourse import chapters

    found: dict[str, Recipe] = {}
    for chapter in chapters.all_chapters():
        if chapter.package not in {
            "learning",
            "neural",
            "transformers",
            "responsible",
        }:
            continue
        try:
            module = importlib.import_module(chapter.module)
        except ImportError:
            if chapter.written:
                raise
            continue  # a planned chapter need not have a module that can be imported
        found.update(getattr(module, "RECIPES", {}))
    return found


def find_recipe(name: str) -> Recipe:
    """Return the recipe *name*.

    Raises:
        KeyError: no chapter has one of that name; the message lists all.
    """
    known = recipes()
    if name not in known:
        raise KeyError(
            f"no recipe is called {name!r}; there are: {', '.join(sorted(known))}"
        )
    return known[name]


def train(name: str, fresh: bool = False, bar: bool = True) -> dict[str, Any]:
    """Train the registered recipe *name* into ``data/checkpoints``; return its log.

    Returns at once where the checkpoint is there; goes on where an earlier run was killed.

    Raises:
        KeyError: no such recipe.
        ConfigurationError: what is on disk was made by other settings.
        RuntimeError: the course is not a checkout.
    """
    require_repository("Training a checkpoint")
    recipe = find_recipe(name)
    return train_recipe(
        name, recipe, checkpoints_dir(), default_root() / "training", fresh, bar
    )


def read_log(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the log of a finished training.

    Raises:
        CheckpointError: there is none; the message names the command that makes it.
    """
    path = (folder or checkpoints_dir()) / f"{name}.json"
    if not path.is_file():
        raise CheckpointError(
            f"{name!r} is not trained yet; run `nlpcourse train {name}`"
        )
    return dict(json.loads(path.read_text(encoding="utf-8")))


def load(
    name: str, recipe: Recipe | None = None, folder: Path | None = None
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the weights (32-bit floats) and the log of a checkpoint.

    Args:
        name: of the checkpoint.
        recipe: whose settings it must have; the registered one of that name where None.
        folder: where it lies; ``data/checkpoints`` where None.

    Raises:
        CheckpointError: the checkpoint is absent, was kept without weights, or its weights are
            not those that its log describes.
        ConfigurationError: it was made by other settings than the recipe's.
    """
    import torch
    from safetensors.torch import load_file

    folder = folder or checkpoints_dir()
    log = read_log(name, folder)
    _refuse_other(
        log["settings"], name, recipe or find_recipe(name), "The checkpoint"
    )
    if log["sha256"] is None:
        raise CheckpointError(
            f"of {name!r} only the log is kept, to measure the spread over seeds"
        )
    if not _is_complete(folder, name, log):
        raise CheckpointError(
            f"{name}.safetensors is not the file that {name}.json describes; restore both from the "
            f"repository, or run `nlpcourse train {name} --fresh`"
        )
    tensors = load_file(folder / f"{name}.safetensors")
    return {
        key: value.to(torch.float32) if value.dtype == torch.float16 else value
        for key, value in tensors.items()
    }, log


# ------------------------------------------------------------------------------------ the command


def add_parser(subparsers: Any) -> None:
    """Add ``nlpcourse train`` to the command's parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "train",
        help="train a registered recipe into data/checkpoints",
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
        return 0
    for name in arguments.names:
        try:
            log = train(name, fresh=arguments.fresh)
        except (KeyError, ConfigurationError, CheckpointError) as error:
            print(error.args[0], file=sys.stderr)
            return 1
        print(
            f"{name}: {_metrics(log)}, trained in {log['training_seconds']:.0f} s"
        )
    return 0


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
