"""The state of an unfinished training, on disk by one atomic rename."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpcourse.course.files import DamagedFile
from nlpcourse.training.recipe import Recipe, refuse_other

if TYPE_CHECKING:
    from torch import Tensor, nn

    from nlpcourse.training.recipe import Carry


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

    def note(self, step: int, loss: float, rate: float) -> None:
        """Enter an interval's end: the steps taken so far, its mean loss, its last rate."""
        self.losses.append({"step": step, "loss": loss, "rate": rate})
        self.step = step


def snapshot(model: nn.Module, optimizer: Any) -> dict[str, Tensor]:
    """Return copies of all weights and of the optimizer's state under flat names."""
    tensors = {f"model.{key}": value for key, value in model.state_dict().items()}
    for index, slots in optimizer.state_dict()["state"].items():
        tensors.update(
            {f"optimizer.{index}.{slot}": value for slot, value in slots.items()}
        )
    return {key: value.detach().cpu().clone() for key, value in tensors.items()}


def restore(
    tensors: Mapping[str, Tensor], model: nn.Module, optimizer: Any
) -> None:
    """Undo :func:`snapshot`; do nothing where there are no tensors."""
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


def save_state(path: Path, recipe: Recipe, progress: Progress) -> None:
    """Write the whole state of a training to *path* by one atomic rename."""
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


def load_state(path: Path, name: str, recipe: Recipe) -> Progress:
    """Return the progress saved at *path*, or a new one where there is none.

    Raises:
        ConfigurationError: the state was made by other settings.
        DamagedFile: the file is cut or changed; the message says how to begin anew.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        return Progress()
    try:
        with safe_open(str(path), framework="pt") as handle:
            about = json.loads((handle.metadata() or {})["progress"])
            names = handle.keys()
            tensors = {key: handle.get_tensor(key) for key in names}
        settings = about["settings"]
        step, losses, seconds = about["step"], about["losses"], about["seconds"]
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        again = f"begin anew with `nlpcourse train {name} --fresh`"
        raise DamagedFile(path, str(error), again) from None
    refuse_other(settings, name, recipe, "The state of a started training")
    count = sum(key.startswith("carry.") for key in tensors)
    carry = tuple(tensors.pop(f"carry.{index}") for index in range(count))
    return Progress(step, losses, seconds, carry, tensors)
