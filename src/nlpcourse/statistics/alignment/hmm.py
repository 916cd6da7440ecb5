"""The HMM alignment model: where the next word comes from depends on where the last one came from.

A word may also have no source; the model then remembers the place it came from last.

Source: Vogel, Ney and Tillmann (1996), section 3; Och and Ney (2003), section 2.1, for the empty
word.  Here the share of words without a source is learnt, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlpcourse.statistics.alignment import model1
from nlpcourse.statistics.alignment.links import Links, Pair, checked
from nlpcourse.statistics.alignment.model1 import NULL, Source, Table

Rows = list[list[float]]


@dataclass(frozen=True)
class Model:
    """What the HMM knows: words, jumps between places, and how often there is no source."""

    table: Table
    jumps: Mapping[int, float]  # distance → weight
    empty: float  # the probability of no source, the same everywhere


def transitions(n: int, jumps: Mapping[int, float], empty: float) -> Rows:
    """Return the probability of each place of n after each other: rows from, columns to.

    A row adds up to 1 - *empty*; where no distance within the sentence has a weight, all
    places are equally likely.

    Raises:
        ValueError: n is negative, or *empty* is no probability.

    Source: Vogel, Ney and Tillmann (1996), equation 6.

    >>> transitions(2, {0: 1.0, 1: 3.0}, 0.2)
    [[0.2, 0.6000000000000001], [0.0, 0.8]]
    """
    if n < 0 or not 0 <= empty <= 1:
        raise ValueError(
            f"{n} places, {empty!r} for none: give both from 0 up, and at most 1"
        )
    rows = []
    for here in range(n):
        weights = [jumps.get(i - here, 0.0) for i in range(n)]
        total = sum(weights)
        even = [1 / n] * n
        row = [w / total for w in weights] if total > 0 else even
        rows.append([(1 - empty) * p for p in row])
    return rows


def forward(pair: Pair, model: Model) -> tuple[list[Rows], list[float]]:
    """Return for each target word how probable each place is, given the words up to it.

    Returns:
        For each target word two rows, places with a link and places remembered without one,
        which add up to 1 together; and what each was divided by.

    Raises:
        ValueError: the source is empty, or a target word cannot be explained.
    """
    source, target = pair
    n = len(source)
    if not n:
        raise ValueError("a sentence without words has no places: leave it out")
    step = transitions(n, model.jumps, model.empty)
    arrive, stay = [(1 - model.empty) / n] * n, [model.empty / n] * n
    alphas, scales = [], []
    for t in target:
        real = [
            a * model.table.get((s, t), 0.0)
            for a, s in zip(arrive, source, strict=True)
        ]
        none = [b * model.table.get((NULL, t), 0.0) for b in stay]
        scale = sum(real) + sum(none)
        if not scale > 0:
            raise ValueError(
                f"no word of {list(source)} explains {t!r}: train on it, too"
            )
        alphas.append([[a / scale for a in real], [b / scale for b in none]])
        scales.append(scale)
        mass = [(a + b) / scale for a, b in zip(real, none, strict=True)]
        arrive = [sum(mass[k] * step[k][i] for k in range(n)) for i in range(n)]
        stay = [model.empty * mass[k] for k in range(n)]
    return alphas, scales


def backward(pair: Pair, model: Model, scales: Sequence[float]) -> Rows:
    """Return for each target word and place how well the place explains the words after it.

    Args:
        pair: the sentences.
        model: words and jumps.
        scales: what `forward` divided by.

    Raises:
        ValueError: there is not one scale above zero for each target word.
    """
    source, target = pair
    if len(scales) != len(target) or not all(scale > 0 for scale in scales):
        raise ValueError(
            f"{len(scales)} scales for {len(target)} words: take forward's"
        )
    n = len(source)
    step = transitions(n, model.jumps, model.empty)
    betas = [[1.0] * n]
    for t, scale in zip(reversed(target), reversed(scales), strict=True):
        later = betas[-1]
        good = [
            model.table.get((s, t), 0.0) * b
            for s, b in zip(source, later, strict=True)
        ]
        none = model.empty * model.table.get((NULL, t), 0.0)
        betas.append(
            [
                (sum(step[k][i] * good[i] for i in range(n)) + none * later[k])
                / scale
                for k in range(n)
            ]
        )
    return betas[-2::-1]


def shares(pair: Pair, model: Model) -> tuple[Rows, dict[int, float]]:
    """Return how each target word is shared out, and how often each jump is expected.

    Returns:
        For each target word its shares among the empty word and the source words, and the
        expected number of jumps by distance.
    """
    source, target = pair
    if not source:
        return [[1.0] for _ in target], {}
    alphas, scales = forward(pair, model)
    betas = backward(pair, model, scales)
    n, step = len(source), transitions(len(source), model.jumps, model.empty)
    found: Rows = []
    jumps: dict[int, float] = defaultdict(float)
    for j, t in enumerate(target):
        (real, none), beta = alphas[j], betas[j]
        linked = [a * b for a, b in zip(real, beta, strict=True)]
        found.append([sum(a * b for a, b in zip(none, beta, strict=True)), *linked])
        if j:
            mass = [a + b for a, b in zip(*alphas[j - 1], strict=True)]
            for i, s in enumerate(source):
                good = model.table.get((s, t), 0.0) * beta[i] / scales[j]
                for k in range(n):
                    jumps[i - k] += mass[k] * step[k][i] * good
    return found, dict(jumps)


def one_round(pairs: Sequence[Pair], model: Model) -> Model:
    """Share every target word out, and count words, jumps and words without a source."""
    counts: Table = defaultdict(float)
    totals: dict[Source, float] = defaultdict(float)
    jumps: dict[int, float] = defaultdict(float)
    empty = words = 0.0
    for source, target in pairs:
        found, jumped = shares((source, target), model)
        for distance, count in jumped.items():
            jumps[distance] += count
        for t, row in zip(target, found, strict=True):
            empty, words = empty + row[0] * bool(source), words + bool(source)
            for s, share in zip([NULL, *source], row, strict=True):
                counts[s, t] += share
                totals[s] += share
    table = {(s, t): c / totals[s] for (s, t), c in counts.items() if totals[s] > 0}
    return Model(table, dict(jumps), empty / words if words else model.empty)


def start(pairs: Sequence[Pair], table: Table) -> Model:
    """Return the model that knows words, likes every jump the same, and none in two as well.

    >>> start([(["la"], ["the"])], {}).empty
    0.5
    """
    longest = max((len(source) for source, _ in pairs), default=0)
    return Model(table, {d: 1.0 for d in range(1 - longest, longest)}, 0.5)


def train(pairs: Sequence[Pair], before: int, rounds: int) -> Model:
    """Return the model after *before* rounds of Model 1 and some of the HMM.

    Raises:
        ValueError: no pair has a target word, or there are no rounds.

    >>> pairs = [(["la", "maison"], ["the", "house"]), (["la"], ["the"])]
    >>> round(train(pairs, before=2, rounds=3).table["maison", "house"], 2)
    0.89
    """
    checked(pairs, rounds)
    model = start(pairs, model1.train(pairs, before))
    for _ in range(rounds):
        model = one_round(pairs, model)
    return model


def best_links(pair: Pair, model: Model) -> Links:
    """Return the links of the most probable path through the places (Viterbi).

    >>> table = {("la", "the"): 0.9, ("maison", "the"): 0.1, ("maison", "house"): 0.8}
    >>> pair = ["la", "maison"], ["the", "house"]
    >>> sorted(best_links(pair, Model(table, {0: 1.0, 1: 2.0}, 0.1)))
    [(0, 0), (1, 1)]
    """
    source, target = pair
    n = len(source)
    if not n or not target:
        return frozenset()
    step = transitions(n, model.jumps, model.empty)
    arrive, stay = [(1 - model.empty) / n] * n, [model.empty / n] * n
    linked: list[list[bool]] = []
    came: list[list[int]] = []  # for each link, the place before
    for t in target:
        real = [
            a * model.table.get((s, t), 0.0)
            for a, s in zip(arrive, source, strict=True)
        ]
        none = [b * model.table.get((NULL, t), 0.0) for b in stay]
        largest = max(*real, *none) or 1.0
        linked.append([a >= b for a, b in zip(real, none, strict=True)])
        best = [max(a, b) / largest for a, b in zip(real, none, strict=True)]
        before = [
            max(range(n), key=lambda k: best[k] * step[k][i]) for i in range(n)
        ]
        came.append(before)
        arrive = [best[k] * step[k][i] for i, k in enumerate(before)]
        stay = [model.empty * b for b in best]
    links, place = set(), max(range(n), key=lambda k: best[k])
    for j in reversed(range(len(target))):
        if linked[j][place]:
            links.add((place, j))
            place = came[j - 1][place] if j else place
    return frozenset(links)
