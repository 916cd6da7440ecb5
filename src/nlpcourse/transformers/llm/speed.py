"""Tokens a second: our loop with chapter 31's cache, and the library's ``generate``, in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch


def library_generate(theirs: Any, ids: Sequence[int], length: int) -> list[int]:
    """Let the library continue a prompt by *length* likeliest tokens, with its own cache."""
    prompt = torch.tensor([list(ids)])
    with torch.no_grad():
        found = theirs.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=length,
            min_new_tokens=length,
            do_sample=False,
            pad_token_id=0,
        )
    return [int(n) for n in found[0]]


def in_turn(
    actions: Sequence[Callable[[], object]], rounds: int = 3
) -> list[float]:
    """Return the shortest processor time of each action, in seconds, all taking turns.

    Raises:
        ValueError: there is no action, or no round.
    """
    if not actions or rounds < 1:
        raise ValueError(
            f"{len(actions)} actions in {rounds} rounds can't be timed; give 1 or more of each"
        )
    best = [float("inf")] * len(actions)
    for _ in range(rounds):
        for number, action in enumerate(actions):
            began = time.process_time()
            action()
            best[number] = min(best[number], time.process_time() - began)
    return best
