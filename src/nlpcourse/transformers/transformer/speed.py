"""How long a step of training takes."""

from __future__ import annotations

import math
import time
from typing import Any


def seconds_per_step(task: Any, turns: int = 3) -> float:
    """Measure the processor time of one step of a task, forwards and backwards; the best.

    Raises:
        ValueError: nothing is measured in less than one turn.
    """
    if turns < 1:
        raise ValueError(f"nothing is measured in {turns} turns; take 1 or more")
    best = math.inf
    task.model.train()
    for turn in range(turns):
        batch = task.batch(turn)
        began = time.process_time()
        loss, _ = task.loss(task.model, batch, ())
        loss.backward()
        best = min(best, time.process_time() - began)
    return best
