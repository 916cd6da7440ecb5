"""SumBasic: take the sentence of the likeliest words, then believe that those words are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nlpcourse.neural.summarization.words import Words


def word_probabilities(sentences: Sequence[Words]) -> dict[str, float]:
    """Return the share of every word in the text.

    Source: Nenkova and Vanderwende (2005), step 1.

    >>> word_probabilities([["a", "b"], ["a", "c"]])
    {'a': 0.5, 'b': 0.25, 'c': 0.25}
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    return {word: n / counts.total() for word, n in counts.items()}


def mean_probability(words: Words, probability: Mapping[str, float]) -> float:
    """Return the mean probability of a sentence's words, 0 where it has none (step 2).

    >>> mean_probability(["a", "b"], {"a": 0.5, "b": 0.25})
    0.375
    """
    return sum(probability.get(word, 0.0) for word in words) / max(len(words), 1)


def sumbasic(sentences: Sequence[Words], count: int) -> list[int]:
    """Return the places of *count* sentences, in the order in which they are taken.

    Each time the likeliest word that is left picks the best sentence that holds it, and then the
    probability of every word of that sentence is squared.

    Raises:
        ValueError: *count* is below 1.

    Source: Nenkova and Vanderwende (2005), "The Impact of Frequency on Summarization", steps 1–5.

    >>> sumbasic([["a", "b"], ["a"], ["a", "c"]], 2)
    [1, 0]
    """
    if count < 1:
        raise ValueError(f"a summary has one sentence or more, not {count}")
    probability = word_probabilities(sentences)
    left = [i for i, words in enumerate(sentences) if words]
    taken: list[int] = []
    while left and len(taken) < count:
        there = {word for i in left for word in sentences[i]}
        top = min(there, key=lambda word: (-probability[word], word))
        holding = [i for i in left if top in sentences[i]]
        best = max(
            holding, key=lambda i: mean_probability(sentences[i], probability)
        )
        taken.append(best)
        left.remove(best)
        for word in set(sentences[best]):
            probability[word] **= 2
    return taken
