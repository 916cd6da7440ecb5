"""The posterior of a tiny corpus by brute force: every assignment of topics, with its probability.

It is what the sampler's long run must agree with.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, product

from nlpcourse.learning.topics.lda import (
    State,
    change,
    check_model,
    counted,
    log_joint,
    weights,
)

Assignment = tuple[int, ...]
LARGEST = 100_000
"""Assignments that are still counted one by one."""


def every_assignment(n_tokens: int, n_topics: int) -> Iterator[Assignment]:
    """Yield all ways to give each of so many words one of the topics.

    Raises:
        ValueError: there are more than anybody would wait for.

    >>> list(every_assignment(2, 2))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    if n_tokens < 0 or n_topics < 1:
        raise ValueError(
            f"0 words or more and 1 topic or more, not {n_tokens} and {n_topics}"
        )
    if n_tokens * math.log(n_topics) > math.log(LARGEST):
        raise ValueError(
            f"{n_topics} topics for {n_tokens} words are more than {LARGEST:,} assignments; "
            "take fewer words"
        )
    yield from product(range(n_topics), repeat=n_tokens)


def posterior(
    documents: Sequence[Sequence[int]],
    n_words: int,
    n_topics: int,
    alpha: float,
    beta: float,
) -> dict[Assignment, float]:
    """Return P(z | w) of every assignment z of all words, in the order of the documents.

    Raises:
        ValueError: the model's sizes are wrong, or the assignments are too many.

    >>> shares = posterior([[0, 0]], n_words=2, n_topics=2, alpha=1, beta=1)
    >>> {z: round(p, 3) for z, p in shares.items()}
    {(0, 0): 0.364, (0, 1): 0.136, (1, 0): 0.136, (1, 1): 0.364}
    """
    check_model(documents, n_words, n_topics, alpha, beta)
    lengths = [len(document) for document in documents]
    logs = {}
    for z in every_assignment(sum(lengths), n_topics):
        rest = iter(z)
        topics = [[next(rest) for _ in range(length)] for length in lengths]
        state = counted(documents, topics, n_words, n_topics, alpha, beta)
        logs[z] = log_joint(state)
    largest = max(logs.values())
    total = sum(math.exp(value - largest) for value in logs.values())
    return {z: math.exp(value - largest) / total for z, value in logs.items()}


def long_run(
    state: State,
    sweeps: int,
    step: Callable[[State, random.Random], None],
    seed: int = 0,
) -> dict[Assignment, float]:
    """Return the share of the sweeps after which each assignment stood.

    Args:
        state: to start from; it goes on changing.
        sweeps: how often to call *step*, 1 or more.
        step: a sampler's visit of all words, such as ``sweep``.
        seed: of the draws.

    Raises:
        ValueError: *sweeps* is below 1.

    >>> from nlpcourse.learning.topics.lda import start, sweep
    >>> shares = long_run(start([[0, 0]], 2, 2, alpha=1, beta=1), 2000, sweep)
    >>> abs(shares[0, 0] - 0.364) < 0.03
    True
    """
    if sweeps < 1:
        raise ValueError(f"sweeps is 1 or more, not {sweeps}")
    rng = random.Random(seed)
    seen: Counter[Assignment] = Counter()
    for _ in range(sweeps):
        step(state, rng)
        seen[tuple(k for topics in state.topics for k in topics)] += 1
    return {z: n / sweeps for z, n in seen.items()}


def apart(p: Mapping[Assignment, float], q: Mapping[Assignment, float]) -> float:
    """Return how far two distributions are apart: 0 the same, 1 nothing in common.

    It is the total variation distance, half the sum of the differences.

    >>> apart({(0,): 0.5, (1,): 0.5}, {(0,): 1.0})
    0.5
    """
    keys = p.keys() | q.keys()
    return math.fsum(abs(p.get(z, 0.0) - q.get(z, 0.0)) for z in sorted(keys)) / 2


def forgetful_sweep(state: State, rng: random.Random) -> None:
    """Draw topics as ``sweep`` does, with one mistake made on purpose.

    The word is still in the counts when its weights are computed, so it votes for the topic that
    it has.
    """
    for d, document in enumerate(state.documents):
        for i, w in enumerate(document):
            cumulative = list(accumulate(weights(state, d, w)))
            change(state, d, w, state.topics[d][i], -1)
            drawn = rng.random() * cumulative[-1]
            state.topics[d][i] = bisect(cumulative, drawn, hi=len(cumulative) - 1)
            change(state, d, w, state.topics[d][i], 1)
