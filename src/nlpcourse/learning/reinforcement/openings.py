"""Ten ways to begin a film opinion, as the arms of a bandit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.corpora.records import RatedText
from nlpcourse.statistics.naive_bayes.features import words


def praised_share(opinions: Iterable[RatedText]) -> dict[str, tuple[int, float]]:
    """Return for every first word how many opinions begin with it, and which share praises.

    An opinion praises where people's mean rating of it lies above zero.  One that begins with a
    punctuation mark is left out.

    >>> seen = [RatedText("An ode", 1.2, "1"), RatedText("An hour lost", -1.0, "2")]
    >>> praised_share(seen)
    {'an': (2, 0.5)}
    """
    verdicts: dict[str, list[bool]] = defaultdict(list)
    for opinion in opinions:
        first = next(iter(words(opinion.text)), "")
        if first[:1].isalpha():
            verdicts[first].append(opinion.rating > 0)
    return {word: (len(v), sum(v) / len(v)) for word, v in verdicts.items()}


@lru_cache(maxsize=1)
def arms() -> dict[str, float]:
    """Return the ten most frequent first words with their share of praise, the best first."""
    shares = praised_share(corpora.sentiment_4("movie"))
    frequent = sorted(shares, key=lambda word: (-shares[word][0], word))[:10]
    ranked = sorted(frequent, key=lambda word: -shares[word][1])
    return {word: shares[word][1] for word in ranked}
