"""What the cache is worth: seconds per token with and without it."""

from __future__ import annotations

import time

import torch

from nlpcourse.transformers.gpt.model import Cache
from nlpcourse.transformers.gpt.sampling import Reader


@torch.no_grad()
def seconds_per_token(
    model: Reader, vocabulary: int, length: int, cached: bool, turns: int = 2
) -> list[float]:
    """Return the processor time for each further token of a text, the best of some turns.

    Args:
        model: reads ids and a cache, returns logits.
        vocabulary: tokens to choose from; the text is random, as its content costs nothing.
        length: of the text.
        cached: keep keys and values, or read the whole text anew for each token.
        turns: repetitions, the least time of which counts.

    Raises:
        ValueError: there is no token, or no turn.
    """
    if length < 1 or turns < 1 or vocabulary < 1:
        raise ValueError(
            f"nothing can be timed with {length} tokens of {vocabulary} in {turns} turns; "
            "give 1 or more of each"
        )
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(vocabulary, (1, length), generator=generator)
    best = [float("inf")] * length
    for _ in range(turns):
        cache = Cache() if cached else None
        for place in range(length):
            began = time.process_time()
            if cached:
                model(ids[:, place : place + 1], cache)
            else:
                model(ids[:, : place + 1], None)
            best[place] = min(best[place], time.process_time() - began)
    return best
