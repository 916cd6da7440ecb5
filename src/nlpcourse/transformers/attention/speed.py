"""What attention costs, measured: seconds beside those of a recurrent layer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from nlpcourse.transformers.attention.mechanism import attention


def seconds_to_mix(length: int, size: int, turns: int = 5) -> float:
    """Measure the processor time of one attention over *length* tokens; the best of *turns*."""
    x = _tokens(length, size)
    return _best(lambda: attention(x, x, x), turns)


def seconds_to_recur(length: int, size: int, turns: int = 5) -> float:
    """Measure the processor time of PyTorch's plain recurrent layer; the best of *turns*."""
    x, layer = _tokens(length, size), nn.RNN(size, size)
    return _best(lambda: layer(x), turns)


def _tokens(length: int, size: int) -> Tensor:
    """Return random vectors, (*length*, *size*), the same ones every time."""
    if length < 1 or size < 1:
        raise ValueError(
            f"{length} tokens of {size} numbers take no time; give 1 or more of each"
        )
    return torch.randn(length, size, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def _best(run: Callable[[], object], turns: int) -> float:
    """Return the shortest of *turns* runs in seconds of processor time, after one to warm up."""
    if turns < 1:
        raise ValueError(f"nothing is measured in {turns} turns; take 1 or more")
    run()
    best = math.inf
    for _ in range(turns):
        began = time.process_time()
        run()
        best = min(best, time.process_time() - began)
    return best
