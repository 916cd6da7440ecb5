"""How often each task of a mixture is read.

The standard library alone.

Source: Raffel et al. (2020), section 3.5.2.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence


def mixing_rates(
    sizes: Sequence[int], limit: float = math.inf, temperature: float = 1.0
) -> list[float]:
    """Return the share of examples that each task gives.

    Args:
        sizes: examples of each task.
        limit: K, a task counts as if it had no more.
        temperature: T, 1 leaves the shares in proportion to the sizes; the higher, the more equal.

    Returns:
        One share for each task; together they are 1.

    Raises:
        ValueError: no task, a task without examples, a limit or a temperature that is not above
            zero.

    Source: Raffel et al. (2020), section 3.5.2: min(e, K) to the power of 1 / T, normalised.

    >>> [round(share, 2) for share in mixing_rates([900, 100], limit=300)]
    [0.75, 0.25]
    """
    if not len(sizes) or min(sizes) < 1:
        raise ValueError(
            f"sizes {list(sizes)}: give one task or more, each with an example"
        )
    if not limit > 0 or not 0 < temperature < math.inf:
        raise ValueError(
            f"a limit of {limit}, a temperature of {temperature}: give more than 0"
        )
    # in logarithms, so that a low temperature does not overflow
    logs = [math.log(min(size, limit)) / temperature for size in sizes]
    powers = [math.exp(value - max(logs)) for value in logs]
    return [power / sum(powers) for power in powers]


def turns(batches: Mapping[str, int], seed: int) -> list[tuple[str, int]]:
    """Return whose turn each step of a mixture is, in an order that chance gives.

    Args:
        batches: how many each task has.
        seed: of the order.

    Returns:
        For each step a task, and how many batches of it came before.

    Raises:
        ValueError: a number of batches is negative.

    >>> turns({"spanish": 2, "sounds": 1}, seed=0)
    [('spanish', 0), ('sounds', 0), ('spanish', 1)]
    """
    if min(batches.values(), default=0) < 0:
        raise ValueError(f"{dict(batches)}: a task has 0 batches or more")
    order = [name for name, count in batches.items() for _ in range(count)]
    random.Random(seed).shuffle(order)
    seen: Counter[str] = Counter()
    found = []
    for name in order:
        found.append((name, seen[name]))
        seen[name] += 1
    return found
