"""The verses with links that people drew, and what needs no training to be guessed.

The links of the Greek New Testament with the Berean Standard Bible were made by hand, one kind of
link only, so every link counts as sure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.corpora.records import AlignedVerse
from nlpcourse.statistics.alignment.links import Links, Pair, alignment_error_rate


@lru_cache(maxsize=1)
def verses() -> list[AlignedVerse]:
    """Return the verses with gold links, read once."""
    return corpora.gnt_bsb()


def diagonal(verse: AlignedVerse) -> Links:
    """Guess that a target word comes from the same relative place in the source.

    Where one side is empty there is nothing to link.

    >>> verse = AlignedVerse("", ["a", "b"], ["c", "d", "e", "f"], frozenset())
    >>> sorted(diagonal(verse))
    [(0, 0), (0, 1), (1, 2), (1, 3)]
    """
    if not verse.source or not verse.target:
        return frozenset()
    stretch = len(verse.source) / len(verse.target)
    return frozenset((int(j * stretch), j) for j in range(len(verse.target)))


def without_marks(links: Links, target: Sequence[str]) -> Links:
    """Drop the links of target tokens that hold no letter, as the gold has none.

    Raises:
        ValueError: a link leads to a token that is not there.

    >>> without_marks(frozenset({(0, 0), (0, 1)}), ["Blessed", ","])
    frozenset({(0, 0)})
    """
    if not all(0 <= j < len(target) for _, j in links):
        raise ValueError(
            f"{sorted(links)} link to tokens that {list(target)} does not have"
        )
    return frozenset(
        (i, j) for i, j in links if any(c.isalnum() for c in target[j])
    )


def error_of(guesses: Sequence[Links], chosen: Sequence[AlignedVerse]) -> float:
    """Return the alignment error rate of guesses, without links of marks."""
    kept = [
        without_marks(g, v.target) for g, v in zip(guesses, chosen, strict=True)
    ]
    return alignment_error_rate(kept, [v.links for v in chosen])


def together(pairs: Sequence[Pair]) -> dict[str, Counter[str]]:
    """Count for each source word in how many pairs each target word stands opposite.

    >>> together([(["la"], ["the", "the"]), (["la", "mer"], ["the", "sea"])])["la"]
    Counter({'the': 2, 'sea': 1})
    """
    counts: dict[str, Counter[str]] = {}
    for source, target in pairs:
        for s in dict.fromkeys(source):  # each word once, in an order that repeats
            counts.setdefault(s, Counter()).update(dict.fromkeys(target, 1))
    return counts


def words_per_source(
    guesses: Sequence[Links], pairs: Sequence[Pair], most: Sequence[int]
) -> list[float]:
    """Return how many links a source word has on average, by how often the word occurs.

    Args:
        guesses: the links of each pair.
        pairs: source words and target words.
        most: for each group the most occurrences of its words, rising.

    Returns:
        The mean number of links of each group; 0 where a group has no word.

    Raises:
        ValueError: there are not as many guesses as pairs.

    >>> words_per_source([frozenset({(0, 0), (0, 1)})], [(["a", "b"], ["c", "d"])], [1, 9])
    [1.0, 0.0]
    """
    if len(guesses) != len(pairs):
        raise ValueError(
            f"{len(guesses)} guesses for {len(pairs)} pairs: give one for each"
        )
    often = Counter(s for source, _ in pairs for s in source)
    words, linked = [0] * len(most), [0] * len(most)
    for links, (source, _) in zip(guesses, pairs, strict=True):
        per_place = Counter(i for i, _ in links)
        for i, s in enumerate(source):
            group = next((g for g, top in enumerate(most) if often[s] <= top), None)
            if group is not None:
                words[group] += 1
                linked[group] += per_place[i]
    return [k / n if n else 0.0 for k, n in zip(linked, words, strict=True)]
