"""Which word pushed which way, and by how much: the log odds as a sum that can be read."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from nlpcourse.statistics.naive_bayes.features import Document, require_words
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes


@dataclass(frozen=True)
class Contribution:
    """A word's push: *times* occurrences, each worth *weight* in log odds."""

    word: str
    times: int
    weight: float

    @property
    def push(self) -> float:
        """The word's whole contribution; above 0 it speaks for the first class."""
        return self.times * self.weight


@dataclass(frozen=True)
class Explanation:
    """Why a model prefers one class to another: parts that add up to the log odds."""

    prior: float
    contributions: list[Contribution]
    unknown: list[str]

    @property
    def log_odds(self) -> float:
        """The sum of all parts: log P(first | d) − log P(second | d).

        Raises:
            ValueError: without smoothing, one word is impossible in one class and another
                word in the other.
        """
        if {math.inf, -math.inf} <= {part.push for part in self.contributions}:
            raise ValueError("both classes are impossible; smooth with alpha > 0")
        return math.fsum([self.prior, *(part.push for part in self.contributions)])


def _two_classes(
    model: MultinomialNaiveBayes, first: str, second: str
) -> tuple[dict[str, float], dict[str, float]]:
    """Return log P(w | c) of both classes; refuse a class that the model does not have."""
    for label in (first, second):
        if label not in model.log_prior:
            have = ", ".join(map(repr, model.log_prior))
            raise ValueError(f"the model has no class {label!r}; it has {have}")
    return model.log_likelihood[first], model.log_likelihood[second]


def _weight(word: str, log_a: dict[str, float], log_b: dict[str, float]) -> float:
    """Return log P(w | first) − log P(w | second), infinite where one class can't write *word*."""
    if log_a[word] == log_b[word] == -math.inf:
        raise ValueError(
            f"{word!r} is impossible in both classes; smooth with alpha > 0"
        )
    return log_a[word] - log_b[word]


def explain(
    model: MultinomialNaiveBayes,
    document: Document,
    first: str,
    second: str,
) -> Explanation:
    """Split the log odds of two classes into the prior's and every word's share.

    A word's weight log P(w | first) − log P(w | second) is the log-count ratio of Wang and
    Manning (2012), section 2.1.

    Raises:
        ValueError: the model has no such class, or a word is impossible in both, which
            happens without smoothing; or the document is a text that was not cut into words.

    >>> from nlpcourse.statistics.naive_bayes.features import count
    >>> counts = count([["free", "call"], ["call", "me"]], ["spam", "ham"])
    >>> why = explain(MultinomialNaiveBayes(counts), ["free", "free", "lunch"], "spam", "ham")
    >>> [(part.word, part.times, round(part.push, 3)) for part in why.contributions], why.unknown
    ([('free', 2, 1.386)], ['lunch'])
    """
    require_words(document)
    log_a, log_b = _two_classes(model, first, second)
    prior = model.log_prior[first] - model.log_prior[second]
    parts, unknown = [], []
    for word, times in Counter(document).items():
        if word in log_a:
            weight = _weight(word, log_a, log_b)
            parts.append(Contribution(word, times, weight))
        else:
            unknown.append(word)
    parts.sort(key=lambda part: (-part.push, part.word))
    return Explanation(prior, parts, unknown)


def telling_words(
    model: MultinomialNaiveBayes, first: str, second: str
) -> list[tuple[str, float]]:
    """Return every word with its weight, from most in favour of *first* to most of *second*.

    Raises:
        ValueError: the model has no such class, or a word is impossible in both.
    """
    log_a, log_b = _two_classes(model, first, second)
    return sorted(
        ((word, _weight(word, log_a, log_b)) for word in log_a),
        key=lambda pair: (-pair[1], pair[0]),
    )
