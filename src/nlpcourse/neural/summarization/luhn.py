"""Luhn's summaries (1958): sentences in which the frequent words of a text stand close together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from nlpcourse.neural.summarization.words import Words

GAP = 4
"""Words that may stand between two significant ones of a cluster (Luhn, page 162)."""


def significant_words(sentences: Sequence[Words], least: int = 2) -> set[str]:
    """Return the words that occur *least* times or more in the text.

    Luhn also drops the commonest words; here the stop words are already gone.

    Source: Luhn (1958), "The Automatic Creation of Literature Abstracts".

    >>> sorted(significant_words([["graph", "rank"], ["graph", "word"]]))
    ['graph']
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    return {word for word, n in counts.items() if n >= least}


def cluster_score(
    words: Words, significant: Collection[str], gap: int = GAP
) -> float:
    """Return the best cluster's (significant words)² / (all its words).

    A cluster begins and ends with a significant word, and no more than *gap* others stand between
    two of them.

    Raises:
        ValueError: *gap* is negative.

    Source: Luhn (1958), page 162, figure 2.

    >>> cluster_score("x s x s s x".split(), {"s"})
    2.25
    """
    if gap < 0:
        raise ValueError(f"{gap} words can't stand between two; give 0 or more")
    best, cluster = 0.0, [0, 0]  # first place, significant words
    last = None
    for place, word in enumerate(words):
        if word not in significant:
            continue
        if last is None or place - last - 1 > gap:
            cluster = [place, 0]
        cluster[1] += 1
        best = max(best, cluster[1] ** 2 / (place - cluster[0] + 1))
        last = place
    return best


def luhn(sentences: Sequence[Words], least: int = 2, gap: int = GAP) -> list[float]:
    """Return Luhn's score of every sentence.

    >>> luhn([["graph", "rank"], ["graph", "word"], ["end"]])
    [1.0, 1.0, 0.0]
    """
    significant = significant_words(sentences, least)
    return [cluster_score(words, significant, gap) for words in sentences]
