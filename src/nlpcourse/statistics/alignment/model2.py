"""IBM Model 2: a table says from which place a target word comes, for each pair of lengths.

Source: Brown et al. (1993), section 4.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from nlpcourse.statistics.alignment import model1
from nlpcourse.statistics.alignment.links import Links, Pair, checked
from nlpcourse.statistics.alignment.model1 import NULL, Chances, Source, Table

Places = dict[tuple[int, int, int, int], float]
"""(i, j, source length, target length) → probability of place i, 0 for the empty word."""
Spots = Mapping[tuple[int, int, int, int], float]  # the same, to be read only


def start_evenly(pairs: Sequence[Pair]) -> Places:
    """Return the same probability for every place of a source sentence, and for none.

    >>> start_evenly([(["la"], ["the"])])
    {(0, 0, 1, 1): 0.5, (1, 0, 1, 1): 0.5}
    """
    return {
        (i, j, len(source), len(target)): 1 / (len(source) + 1)
        for source, target in pairs
        for j in range(len(target))
        for i in range(len(source) + 1)
    }


def shares(
    pair: Pair,
    j: int,
    table: Chances,
    places: Spots,
) -> list[float]:
    """Return how target word j is shared out among the empty word and the source words.

    Raises:
        ValueError: there is no target word j, or nothing explains it.

    >>> places = {(0, 0, 1, 1): 0.5, (1, 0, 1, 1): 0.5}
    >>> shares((["la"], ["the"]), 0, {(None, "the"): 0.25, ("la", "the"): 0.75}, places)
    [0.25, 0.75]
    """
    words, target = pair
    if not 0 <= j < len(target):
        raise ValueError(f"{list(target)} has no word {j}")
    lengths = len(words), len(target)
    parts = [
        table.get((s, target[j]), 0.0) * places.get((i, j, *lengths), 0.0)
        for i, s in enumerate([NULL, *words])
    ]
    total = sum(parts)
    if not total > 0:
        raise ValueError(
            f"no word of {list(words)} explains {target[j]!r} there: train on it"
        )
    return [part / total for part in parts]


def one_round(
    pairs: Sequence[Pair],
    table: Chances,
    places: Spots,
) -> tuple[Table, Places]:
    """Share every target word out, and count both words and places.

    Source: Brown et al. (1993), section 4.3.
    """
    words: Table = defaultdict(float)
    of_word: dict[Source, float] = defaultdict(float)
    spots: Places = defaultdict(float)
    of_spot: dict[tuple[int, int, int], float] = defaultdict(float)
    for source, target in pairs:
        n, m = len(source), len(target)
        for j, t in enumerate(target):
            found = shares((source, target), j, table, places)
            for i, s in enumerate([NULL, *source]):
                words[s, t] += found[i]
                of_word[s] += found[i]
                spots[i, j, n, m] += found[i]
                of_spot[j, n, m] += found[i]
    return (
        {(s, t): c / of_word[s] for (s, t), c in words.items() if c},
        {
            (i, j, n, m): c / of_spot[j, n, m]
            for (i, j, n, m), c in spots.items()
            if c
        },
    )


def train(pairs: Sequence[Pair], before: int, rounds: int) -> tuple[Table, Places]:
    """Return word and place probabilities after *before* rounds of Model 1 and some of Model 2.

    Raises:
        ValueError: no pair has a target word, or there are no rounds.

    >>> pairs = [(["la", "maison"], ["the", "house"]), (["la"], ["the"])]
    >>> table, places = train(pairs, before=2, rounds=5)
    >>> round(table["maison", "house"], 2), round(places[2, 1, 2, 2], 2)
    (1.0, 1.0)
    """
    checked(pairs, rounds)
    table, places = model1.train(pairs, before), start_evenly(pairs)
    for _ in range(rounds):
        table, places = one_round(pairs, table, places)
    return table, places


def best_links(pair: Pair, table: Chances, places: Spots) -> Links:
    """Link each target word to the source word that explains it best, or to none.

    On equal probabilities a later word goes before an earlier one, as in NLTK.

    >>> table = {("la", "the"): 0.5, ("maison", "the"): 0.5}
    >>> places = {(1, 0, 2, 1): 0.9, (2, 0, 2, 1): 0.1}
    >>> best_links((["la", "maison"], ["the"]), table, places)
    frozenset({(0, 0)})
    """
    words, target = pair
    source, lengths = [NULL, *words], (len(words), len(target))
    links = set()
    for j, t in enumerate(target):
        best = max(
            range(len(source)),
            key=lambda i: (
                table.get((source[i], t), 0.0) * places.get((i, j, *lengths), 0.0),
                i,
            ),
        )
        if best:
            links.add((best - 1, j))
    return frozenset(links)
