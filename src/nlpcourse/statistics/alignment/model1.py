"""IBM Model 1: every word of a target sentence has one source word, wherever that stands.

An empty word (`NULL`) stands before every source sentence, for words that have no source.

Source: Brown et al. (1993), section 4.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from nlpcourse.statistics.alignment.links import Links, Pair, checked

NULL = None  # the empty word
Source = str | None
Table = dict[tuple[Source, str], float]  # (source word, target word) → probability
Chances = Mapping[tuple[Source, str], float]  # the same, to be read only


def start_evenly(pairs: Sequence[Pair]) -> Table:
    """Return the same probability for every two words that stand in a pair of sentences.

    >>> start_evenly([(["la"], ["the", "house"])])[None, "the"]
    0.5
    """
    words = {t for _, target in pairs for t in target}
    return {
        (s, t): 1 / len(words)
        for source, target in pairs
        for s in (NULL, *source)
        for t in target
    }


def shares(source: Sequence[Source], t: str, table: Chances) -> list[float]:
    """Return how a target word is shared out among source words; the shares add up to 1.

    Raises:
        ValueError: no source word has a probability for the target word.

    >>> shares([None, "la"], "the", {(None, "the"): 0.25, ("la", "the"): 0.75})
    [0.25, 0.75]
    """
    parts = [table.get((s, t), 0.0) for s in source]
    total = sum(parts)
    if not total > 0:
        raise ValueError(
            f"no word of {list(source)} explains {t!r}: train on this sentence, too"
        )
    return [part / total for part in parts]


def one_round(pairs: Sequence[Pair], table: Chances) -> Table:
    """Share every target word out, then take the counts as new probabilities.

    Source: Brown et al. (1993), equations 17 and 14.

    >>> pairs = [(["la", "maison"], ["the", "house"]), (["la"], ["the"])]
    >>> table = one_round(pairs, start_evenly(pairs))
    >>> round(table["la", "the"], 2), round(table["la", "house"], 2)
    (0.71, 0.29)
    """
    counts: Table = defaultdict(float)
    totals: dict[Source, float] = defaultdict(float)
    for words, target in pairs:
        source = [NULL, *words]
        for t in target:
            for s, share in zip(source, shares(source, t, table), strict=True):
                counts[s, t] += share
                totals[s] += share
    return {(s, t): c / totals[s] for (s, t), c in counts.items() if totals[s]}


def train(pairs: Sequence[Pair], rounds: int) -> Table:
    """Return the translation probabilities after some rounds from an even start.

    Raises:
        ValueError: no pair has a target word, or there are no rounds.

    >>> pairs = [(["la", "maison"], ["the", "house"]), (["la"], ["the"])]
    >>> round(train(pairs, 10)["maison", "house"], 2)
    0.99
    """
    checked(pairs, rounds)
    table = start_evenly(pairs)
    for _ in range(rounds):
        table = one_round(pairs, table)
    return table


def best_links(pair: Pair, table: Chances) -> Links:
    """Link each target word to its most probable source word, or to none.

    On equal probabilities a later word goes before an earlier one, and any word before
    the empty one, as in NLTK.

    >>> table = {(None, "the"): 0.2, ("la", "the"): 0.7, ("maison", "the"): 0.1}
    >>> best_links((["la", "maison"], ["the"]), table)
    frozenset({(0, 0)})
    """
    words, target = pair
    source = [NULL, *words]
    links = set()
    for j, t in enumerate(target):
        best = max(
            range(len(source)), key=lambda i: (table.get((source[i], t), 0.0), i)
        )
        if best:
            links.add((best - 1, j))
    return frozenset(links)


def log_likelihood(pairs: Sequence[Pair], table: Chances) -> float:
    """Return the logarithm of the probability of all target sentences, up to a constant.

    Raises:
        ValueError: a target word has no probability.

    Source: Brown et al. (1993), equation 16, without the probability of the lengths.

    >>> round(log_likelihood([(["la"], ["the"])], {("la", "the"): 1.0}), 3)
    -0.693
    """
    from math import log

    total = 0.0
    for words, target in pairs:
        for t in target:
            p = sum(table.get((s, t), 0.0) for s in (NULL, *words))
            if not p > 0:
                raise ValueError(
                    f"{t!r} has no probability: train on this sentence, too"
                )
            total += log(p / (len(words) + 1))
    return total
