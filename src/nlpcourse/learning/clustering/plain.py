"""k-means on the standard library alone: the twin of :mod:`kmeans` that runs in the page.

A vector is a dictionary from a word to a number; what it does not hold is zero.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Vector = Mapping[str, float]

_STOP = (
    "a about after all also an and any are as at be because been but by can could did do does "
    "for from had has have he her him his how i if in into is it its just me more most my no not "
    "of off on one only or our out over she so some than that the their them then there these "
    "they this to too up us was we were what when which while who why will with would you your s t"
)
STOP_WORDS = frozenset(_STOP.split())
"""Words that occur in texts about anything."""


def words(text: str) -> list[str]:
    """Return the lower-case words of a text, without those that say nothing about its subject.

    >>> words("The bank won't lend: shops' fears")
    ['bank', 'won', 'lend', 'shops', 'fears']
    """
    found = re.findall(r"[^\W_]+", text.lower())
    return [word for word in found if word not in STOP_WORDS]


def vectors(
    documents: Sequence[Sequence[str]], weigh: bool
) -> list[dict[str, float]]:
    """Return one vector a document: counts of its words, or TF-IDF of length 1.

    The weight of a word that occurs in f of n documents is log((1 + n) / (1 + f)) + 1, as in
    scikit-learn.  A document without words is a vector of zeros.

    >>> vectors([["a", "b", "a"]], weigh=False)
    [{'a': 2.0, 'b': 1.0}]
    """
    counts = [Counter(document) for document in documents]
    if not weigh:
        return [{word: float(n) for word, n in c.items()} for c in counts]
    frequency = Counter(word for c in counts for word in c)
    weight = {
        word: math.log((1 + len(counts)) / (1 + f)) + 1
        for word, f in frequency.items()
    }
    found = []
    for c in counts:
        vector = {word: n * weight[word] for word, n in c.items()}
        length = math.sqrt(math.fsum(x * x for x in vector.values()))
        found.append({word: x / length for word, x in vector.items()})
    return found


def squared_distance(one: Vector, other: Vector) -> float:
    """Return the squared distance of two vectors.

    >>> squared_distance({"a": 3.0}, {"b": 4.0})
    25.0
    """
    keys = {**one, **other}
    return math.fsum((one.get(k, 0.0) - other.get(k, 0.0)) ** 2 for k in keys)


def mean(members: Sequence[Vector]) -> dict[str, float]:
    """Return the mean of some vectors.

    Raises:
        ValueError: there are none.

    >>> mean([{"a": 1.0}, {"a": 2.0, "b": 1.0}])
    {'a': 1.5, 'b': 0.5}
    """
    if not members:
        raise ValueError("there is no mean of no vectors; give one or more")
    total: dict[str, float] = {}
    for vector in members:
        for word, x in vector.items():
            total[word] = total.get(word, 0.0) + x
    return {word: x / len(members) for word, x in total.items()}


@dataclass(frozen=True)
class Step:
    """Where the vectors went at one assignment: labels, centres before it, and the objective."""

    labels: list[int]
    centres: list[dict[str, float]]
    objective: float


def assign(points: Sequence[Vector], centres: Sequence[Vector]) -> Step:
    """Give every vector to its nearest centre, the first of several that are as near.

    Raises:
        ValueError: there is no vector or no centre.
    """
    if not points or not centres:
        raise ValueError("give one vector and one centre, or more")
    distances = [[squared_distance(p, c) for c in centres] for p in points]
    labels = [row.index(min(row)) for row in distances]
    objective = math.fsum(min(row) for row in distances)
    return Step(labels, [dict(c) for c in centres], objective)


def lloyd(
    points: Sequence[Vector], centres: Sequence[Vector], max_steps: int = 50
) -> list[Step]:
    """Repeat Lloyd's two steps until no vector moves; return every assignment.

    A cluster without vectors gets the one that lies farthest from its centre.

    Raises:
        ValueError: there are more centres than different vectors, or none; or max_steps is below 1.

    >>> [s.labels for s in lloyd([{"a": 1.0}, {"a": 2.0}, {"a": 9.0}], [{"a": 1.0}, {"a": 2.0}])]
    [[0, 1, 1], [0, 0, 1], [0, 0, 1]]
    """
    if len(centres) > len(points) or max_steps < 1:
        raise ValueError(
            f"{len(points)} vectors can't make {len(centres)} clusters in {max_steps} steps"
        )
    steps = [assign(points, centres)]
    while len(steps) <= max_steps:
        labels = _filled(points, steps[-1])
        groups = [
            [p for p, label in zip(points, labels, strict=True) if label == c]
            for c in range(len(centres))
        ]
        steps.append(assign(points, [mean(group) for group in groups]))
        if steps[-1].labels == labels:
            break
    return steps


def _filled(points: Sequence[Vector], step: Step) -> list[int]:
    """Return the labels with a vector in every cluster.

    Raises:
        ValueError: there are fewer different vectors than clusters.
    """
    labels = list(step.labels)
    empty = [c for c in range(len(step.centres)) if c not in labels]
    away = [
        squared_distance(p, step.centres[c])
        for p, c in zip(points, labels, strict=True)
    ]
    farthest = sorted(range(len(points)), key=lambda i: -away[i])
    for c in empty:
        spare = [i for i in farthest if labels.count(labels[i]) > 1 and away[i] > 0]
        if not spare:
            raise ValueError(
                f"there are fewer than {len(step.centres)} different texts; ask for fewer clusters"
            )
        labels[spare[0]] = c
        farthest.remove(spare[0])
    return labels
