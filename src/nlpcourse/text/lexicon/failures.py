"""Where a lexicon goes wrong: silence, negation, and words that a domain uses otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlpcourse.text.lexicon.rules import negates
from nlpcourse.text.lexicon.table import polarity

OUTCOMES = ("right", "silent", "wrong")
"""What may come of a sentence: *silent* is a neutral score where people took a side."""


def outcomes(ratings: Sequence[float], scores: Sequence[float]) -> dict[str, float]:
    """Return the shares of sentences that a scorer gets right, leaves neutral, and gets wrong.

    Args:
        ratings: the mean human rating of each sentence; its sign is right.
        scores: what the scorer says of each.

    Raises:
        ValueError: there are no sentences, or not as many scores as ratings.

    >>> outcomes([1.0, -2.0, 3.0, -1.0], [0.5, -0.5, 0.0, 0.2])
    {'right': 0.5, 'silent': 0.25, 'wrong': 0.25}
    """
    if not len(ratings) or len(ratings) != len(scores):
        raise ValueError(
            f"{len(ratings)} ratings and {len(scores)} scores: give one of each, or more"
        )
    counted = dict.fromkeys(OUTCOMES, 0)
    for rating, score in zip(ratings, scores, strict=True):
        gold, said = polarity(rating, 0), polarity(score)
        name = "right" if said == gold else "silent" if said == 0 else "wrong"
        counted[name] += 1
    return {name: n / len(ratings) for name, n in counted.items()}


def right_when_speaking(ratings: Sequence[float], scores: Sequence[float]) -> float:
    """Return the share of right polarities among the sentences whose score is not neutral.

    Raises:
        ValueError: there are no sentences, not as many scores as ratings, or all are neutral.

    >>> right_when_speaking([1.0, -2.0, 3.0, -1.0], [0.5, -0.5, 0.0, 0.2]) > 0.66
    True
    """
    outcomes(ratings, scores)  # refuses what does not fit
    pairs = [
        (polarity(rating, 0), polarity(score))
        for rating, score in zip(ratings, scores, strict=True)
    ]
    spoken = [gold == said for gold, said in pairs if said]
    if not spoken:
        raise ValueError("every score is neutral, so no polarity was named")
    return sum(spoken) / len(spoken)


def has_negation(words: Sequence[str]) -> bool:
    """Return whether a negation is among the words, *no* included.

    >>> has_negation(["It", "isn't", "bad"]), has_negation(["No", "fun"]), has_negation(["hardly"])
    (True, True, False)
    """
    return any(word.lower() == "no" or negates(word) for word in words)


@dataclass(frozen=True)
class Usage:
    """A word of the lexicon in a domain.

    Attributes:
        word: in lower case.
        valence: the lexicon's.
        rating: the mean human rating of the sentences that hold the word.
        sentences: how many those are.
    """

    word: str
    valence: float
    rating: float
    sentences: int


def usages(
    sentences: Sequence[Sequence[str]],
    ratings: Sequence[float],
    valence: Mapping[str, float],
    least: int = 15,
) -> list[Usage]:
    """Return how a domain's people rate the sentences in which the lexicon's words stand.

    Args:
        sentences: each a list of words.
        ratings: the mean human rating of each.
        valence: the lexicon, from a lower-case word to its valence.
        least: words in fewer sentences are left out.

    Returns:
        The most frequent word first.

    Raises:
        ValueError: there are not as many ratings as sentences, or *least* is below 1.

    >>> usages([["Like", "this"], ["like", "that"]], [-1.0, 0.5], {"like": 1.5}, least=2)
    [Usage(word='like', valence=1.5, rating=-0.25, sentences=2)]
    """
    if len(sentences) != len(ratings) or least < 1:
        raise ValueError(
            f"{len(sentences)} sentences need as many ratings, not {len(ratings)}, and least "
            f"must be 1 or more, not {least}"
        )
    found: dict[str, list[float]] = {}
    for words, rating in zip(sentences, ratings, strict=True):
        for word in dict.fromkeys(w.lower() for w in words):
            if word in valence:
                found.setdefault(word, []).append(rating)
    kept = [
        Usage(word, valence[word], math.fsum(given) / len(given), len(given))
        for word, given in found.items()
        if len(given) >= least
    ]
    return sorted(kept, key=lambda usage: (-usage.sentences, usage.word))
