"""How good is a model?  The probability that it gives to a text it has not seen."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Protocol

LARGEST = math.log(sys.float_info.max)
"""The largest power of e that a computer's ordinary number can hold."""


class Predictor(Protocol):
    """Anything that says how probable a word is after a context."""

    order: int

    def probability(self, word: str, context: Sequence[str] = ()) -> float:
        """Return P(word | context)."""


def log_probabilities(
    model: Predictor, words: Sequence[str], given: int = 1
) -> list[float]:
    """Return log P(word | the words before it) for every word after the first *given*.

    Args:
        model: any model of this chapter.
        words: the text, one stream.
        given: words at the start that are context and are not judged.

    Returns:
        Natural logarithms, in nats; minus infinity where the model says "impossible".

    Raises:
        ValueError: *given* is negative.
    """
    if given < 0:
        raise ValueError(f"given is a number of words, 0 or more, not {given}")
    found = []
    for i in range(given, len(words)):
        p = model.probability(words[i], words[max(0, i - model.order + 1) : i])
        found.append(math.log(p) if p > 0 else -math.inf)
    return found


def cross_entropy(log_probabilities: Sequence[float]) -> float:
    """Return the mean surprise per word in nats: minus the mean log probability.

    Raises:
        ValueError: there are no words.

    >>> round(cross_entropy([math.log(1 / 2), math.log(1 / 8)]) / math.log(2), 12)
    2.0
    """
    if len(log_probabilities) == 0:
        raise ValueError("no words to be surprised by")
    return -math.fsum(log_probabilities) / len(log_probabilities)


def perplexity(log_probabilities: Sequence[float]) -> float:
    """Return e to the power of the cross-entropy: the number of equal choices per word.

    It is infinite where a word was impossible, or where it is too large to write down.

    >>> round(perplexity([math.log(1 / 2), math.log(1 / 8)]), 12)
    4.0
    """
    entropy = cross_entropy(log_probabilities)
    return math.inf if entropy > LARGEST else math.exp(entropy)
