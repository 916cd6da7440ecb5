"""How long an answer takes: processor time of one call, the best of a few."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds_per_text(
    accepts: Callable[[str], object], text: str, times: int = 3
) -> float:
    """Return the seconds of processor time that one answer takes: the least of a few.

    Raises:
        ValueError: *times* is below 1.
    """
    if times < 1:
        raise ValueError(f"times is {times}; measure once or more")
    found = []
    for _ in range(times):
        started = time.process_time()
        accepts(text)
        found.append(time.process_time() - started)
    return min(found)
