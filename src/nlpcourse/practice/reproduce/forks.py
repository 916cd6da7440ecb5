"""All readings of a protocol: each choice that a paper leaves open, with each of its answers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

Reading = Mapping[str, Hashable]


@dataclass(frozen=True)
class Outcome:
    """A reading, an answer to every open choice, and the number that came out."""

    reading: Reading
    value: float


def readings(
    choices: Mapping[str, Sequence[Hashable]],
) -> list[dict[str, Hashable]]:
    """Return every combination of answers, the last choice changing fastest.

    Raises:
        ValueError: a choice has no answer.

    >>> readings({"case": ["kept", "lower"], "seed": [0, 1]})[1]
    {'case': 'kept', 'seed': 1}
    """
    if empty := [name for name, answers in choices.items() if not len(answers)]:
        raise ValueError(f"the choice {empty[0]!r} has no answer; give one or more")
    combined = itertools.product(*choices.values())
    return [dict(zip(choices, answers, strict=True)) for answers in combined]


def walk(
    choices: Mapping[str, Sequence[Hashable]],
    run: Callable[[Reading], float],
) -> list[Outcome]:
    """Return what comes out of every reading, in the order of `readings`.

    Raises:
        ValueError: a choice has no answer.

    Source: Steegen and others (2016), a multiverse analysis.

    >>> [o.value for o in walk({"a": [1, 2], "b": [10]}, lambda r: r["a"] * r["b"])]
    [10, 20]
    """
    return [Outcome(reading, run(reading)) for reading in readings(choices)]


def sway(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return by how much each choice moves the number, on average over all others.

    It is the distance between the largest and the smallest mean of the choice's answers.

    Raises:
        ValueError: there is no outcome, or one lacks a choice or is not finite.

    >>> both = walk({"a": [1, 2], "b": [10, 30]}, lambda r: r["a"] + r["b"])
    >>> sway(both)
    {'a': 1.0, 'b': 20.0}
    """
    if not outcomes or not all(math.isfinite(o.value) for o in outcomes):
        raise ValueError("give one outcome or more, each with a finite value")
    if any(o.reading.keys() != outcomes[0].reading.keys() for o in outcomes):
        raise ValueError("every reading answers the same choices")
    found = {}
    for choice in outcomes[0].reading:
        answers: dict[Hashable, list[float]] = {}
        for outcome in outcomes:
            answers.setdefault(outcome.reading[choice], []).append(outcome.value)
        means = [math.fsum(values) / len(values) for values in answers.values()]
        found[choice] = max(means) - min(means)
    return found
