"""The one loop that trains every model of the course."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nlpcourse.training.recipe import Plan, Task
from nlpcourse.training.state import Progress, restore, snapshot

if TYPE_CHECKING:
    from torch import Tensor


def fit(
    task: Task,
    plan: Plan,
    progress: Progress | None = None,
    save: Callable[[Progress], None] | None = None,
    bar: bool = False,
) -> Progress:
    """Train ``task.model`` in place with clipped gradients; return how it went.

    Args:
        task: model, batches and loss.
        plan: optimizer, number of steps, learning rate and its schedule, clipping.
        progress: where an earlier run stopped; a new run where None.
        save: called after every interval with a progress that holds all tensors.
        bar: show a progress bar on standard error.
    """
    import torch

    devices = accelerator()
    task.model.train()
    kind = {"adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[plan.optimizer]
    optimizer = kind(
        task.model.parameters(),
        lr=plan.learning_rate,
        weight_decay=plan.weight_decay,
    )
    model, optimizer = devices.prepare(task.model, optimizer)
    progress = progress or Progress()
    restore(progress.tensors, devices.unwrap_model(model), optimizer)
    carry = _share(devices, progress.carry)
    total, began = 0.0, time.perf_counter() - progress.seconds

    with _bar(
        plan.steps, progress.step, bar and devices.is_main_process
    ) as advance:
        for step in range(progress.step, plan.steps):
            torch.manual_seed(_seed_of(plan.seed, step, devices.process_index))
            for group in optimizer.param_groups:
                group["lr"] = plan.rate(step)
            loss, carry = task.loss(model, _share(devices, task.batch(step)), carry)
            optimizer.zero_grad()
            devices.backward(loss)
            devices.clip_grad_norm_(model.parameters(), plan.clip)
            optimizer.step()

            total += float(devices.reduce(loss.detach(), reduction="mean"))
            advance(total, step)
            taken = step + 1 - progress.step
            if taken == plan.interval or step + 1 == plan.steps:
                progress.note(step + 1, total / taken, plan.rate(step))
                progress.seconds = time.perf_counter() - began
                total = 0.0
                if save is not None:
                    progress.carry = tuple(devices.gather(part) for part in carry)
                    progress.tensors = snapshot(
                        devices.unwrap_model(model), optimizer
                    )
                    save(progress)
    progress.carry = carry
    task.model = devices.unwrap_model(model)
    task.model.eval()
    return progress


def accelerator() -> Any:
    """Return what runs one loop on one device or on several."""
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


def _share(devices: Any, tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return this process's rows of every tensor, on this process's device."""
    import torch

    parts, mine = devices.num_processes, devices.process_index
    for tensor in tensors:
        if tensor.shape[0] % parts:
            raise ValueError(
                f"a batch of {tensor.shape[0]} rows can't be shared equally by {parts} processes; "
                f"choose a batch size that {parts} divides"
            )
    return tuple(torch.chunk(t, parts)[mine].to(devices.device) for t in tensors)


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
