"""How fast a sampler and a search are, in processor time on one core."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from nlpcourse.learning.topics.lda import State


def tokens_per_second(
    step: Callable[[State, random.Random], None], state: State, sweeps: int = 2
) -> float:
    """Return how many words a sampler's *step* visits in a second of processor time.

    Raises:
        ValueError: *sweeps* is below 1.
    """
    if sweeps < 1:
        raise ValueError(f"sweeps is {sweeps}; measure one or more")
    rng, began = random.Random(0), time.process_time()
    for _ in range(sweeps):
        step(state, rng)
    return sweeps * sum(state.totals) / (time.process_time() - began)


def seconds_per_query(
    search: Callable[[list[str]], object],
    queries: Sequence[list[str]],
    rounds: int = 3,
) -> float:
    """Return the mean seconds of processor time that one query takes, in the shortest round.

    Args:
        search: what is measured.
        queries: each asked once a round.
        rounds: of several, the shortest is disturbed least by what else the machine does.

    Raises:
        ValueError: there are no queries, or no rounds.
    """
    if not queries or rounds < 1:
        raise ValueError(
            f"{len(queries)} queries in {rounds} rounds: give one or more of both"
        )
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        for query in queries:
            search(query)
        spent.append(time.process_time() - began)
    return min(spent) / len(queries)
