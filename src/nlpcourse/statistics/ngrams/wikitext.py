"""The models of WikiText-2: unigram to 5-gram, and one sentence word by word."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.statistics.ngrams.counts import UNKNOWN, mask, require_words
from nlpcourse.statistics.ngrams.fast import (
    FastKneserNey,
    NgramTree,
    modified_discounts,
)

END_OF_LINE = "<eos>"
"""The sign that ends every line of WikiText-2 and is predicted like a word."""


LONGEST = 6
"""The longest n-grams that are counted here: longer ones take gigabytes and add nothing."""


@lru_cache(maxsize=1)
def wikitext_tree(order: int = 5) -> NgramTree:
    """Return all n-grams of WikiText-2's training text, counted once (about 7 seconds).

    Raises:
        ValueError: the order is not between 2 and `LONGEST`.
    """
    if not 2 <= order <= LONGEST:
        raise ValueError(f"an order of 2 to {LONGEST} words, not {order}")
    train = corpora.wikitext_2_tokens("train")
    return NgramTree([train], frozenset(train), order)


@lru_cache(maxsize=1)
def wikitext_model(order: int = 5) -> FastKneserNey:
    """Return the modified Kneser–Ney model of WikiText-2 of the given order.

    Raises:
        ValueError: the order is not between 2 and `LONGEST`.
    """
    return FastKneserNey(wikitext_tree(order), modified_discounts, order)


def sentence_log_probabilities(
    words: Sequence[str], model: FastKneserNey | None = None
) -> list[tuple[str, float]]:
    """Return the words of a sentence as the model sees them, each with its log probability.

    Args:
        words: the sentence, in WikiText-2's way of cutting words; unknown ones become
            ``<unk>``.  The sentence is read as the beginning of a line.
        model: a Kneser–Ney model of WikiText-2; the 5-gram one by default.

    Returns:
        For each word: the word or ``<unk>``, and log P(word | what stands before it) in
        nats.

    Raises:
        ValueError: the sentence was not cut into words.
    """
    require_words(words)
    if not len(words):
        return []
    model = model or wikitext_model()
    seen = mask(words, model.tree.word_numbers)
    logs = model.log_probabilities([END_OF_LINE, *words], given=1)
    return list(zip(seen, logs, strict=True))


def unigram_log_probabilities(
    train: Sequence[str], words: Sequence[str], given: int = 1
) -> list[float]:
    """Return the log of each word's share of the training text, from the word *given* on.

    Raises:
        ValueError: there is a word that the training text does not hold.
    """
    counts = Counter(train)
    for word in words[given:]:
        if word not in counts:
            raise ValueError(
                f"the training text does not hold {word!r}; mask it first"
            )
    return [math.log(counts[word] / len(train)) for word in words[given:]]


def per_third(log_probabilities: Sequence[float]) -> list[float]:
    """Return the perplexity of each third of a text: how much the text itself matters.

    Raises:
        ValueError: there are fewer than three words.

    >>> [round(p) for p in per_third([math.log(1 / 2)] * 2 + [math.log(1 / 8)])]
    [2, 2, 8]
    """
    n = len(log_probabilities)
    if n < 3:
        raise ValueError(f"{n} words have no thirds")
    parts = [log_probabilities[i * n // 3 : (i + 1) * n // 3] for i in range(3)]
    return [math.exp(-math.fsum(part) / len(part)) for part in parts]


__all__ = [
    "END_OF_LINE",
    "UNKNOWN",
    "per_third",
    "sentence_log_probabilities",
    "unigram_log_probabilities",
    "wikitext_model",
    "wikitext_tree",
]
