"""Who judges what the model wrote: a reward that training may look at, and judges that it may not.

The reward is chapter 11's naive Bayes, trained on as many rated opinions as one could afford.
Its log odds are a sum over words, so a table with one weight for each word computes it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from nlpcourse.corpora.records import RatedText
from nlpcourse.learning.reinforcement.writer import (
    Vocabulary,
    Written,
    opinions,
    vocabulary,
)
from nlpcourse.statistics.naive_bayes.features import (
    count,
    once,
    with_bigrams,
    words,
)
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes

AFFORDED = 400
"""Rated opinions from which the reward is learnt."""


@lru_cache(maxsize=1)
def rated() -> tuple[list[RatedText], list[RatedText]]:
    """Return the opinions that are not rated 0, in two halves drawn at random.

    The reward learns from the first half, its judge from the second.
    """
    found = [one for one in opinions() if one.rating != 0]
    random.Random(0).shuffle(found)
    half = len(found) // 2
    return found[:half], found[half:]


def label(opinion: RatedText) -> str:
    """Return ``"good"`` for a rating above 0, else ``"bad"``."""
    return "good" if opinion.rating > 0 else "bad"


def learnt_from(some: Sequence[RatedText]) -> MultinomialNaiveBayes:
    """Return chapter 11's multinomial naive Bayes of words, trained on some opinions.

    Raises:
        ValueError: there is no opinion.
    """
    return MultinomialNaiveBayes(
        count([words(one.text) for one in some], [label(one) for one in some])
    )


@dataclass(frozen=True)
class Reward:
    """Log odds of good against bad as a table: a prior, and a weight for each word.

    Attributes:
        prior: what a text gets before its first word, in nats.
        weights: (V,), what each word adds.
        each_once: count a word only the first time that a text holds it.
    """

    prior: float
    weights: Tensor
    each_once: bool = False

    @classmethod
    def of(cls, model: MultinomialNaiveBayes, known: Vocabulary) -> Reward:
        """Read the weights off a trained model; words that it has never seen weigh nothing.

        Raises:
            ValueError: the model does not know the classes good and bad.
        """
        if set(model.log_prior) != {"good", "bad"}:
            raise ValueError(
                f"the model knows {sorted(model.log_prior)}, not good and bad"
            )
        good, bad = (model.log_likelihood[name] for name in ("good", "bad"))
        weights = [good[w] - bad[w] if w in good else 0.0 for w in known.words]
        prior = model.log_prior["good"] - model.log_prior["bad"]
        return cls(prior, torch.tensor(weights))

    def __call__(self, written: Written) -> Tensor:
        """Return the reward of each text, (B,), in nats of log odds."""
        words_of = written.ids[:, 1:-1]  # (B, T)
        counted = written.mask
        if self.each_once:
            same = words_of[:, :, None] == words_of[:, None, :]  # (B, T, T)
            counted = counted * (same.tril(diagonal=-1).sum(dim=2) == 0)
        return self.prior + (self.weights[words_of] * counted).sum(dim=1)


@lru_cache(maxsize=4)
def reward_model(afforded: int = AFFORDED) -> Reward:
    """Return the reward that so many rated opinions teach.

    Raises:
        ValueError: fewer than 2 are asked for, or more than the first half holds.
    """
    first, _ = rated()
    if not 2 <= afforded <= len(first):
        raise ValueError(
            f"a reward learns from 2 to {len(first)} opinions, not from {afforded}"
        )
    return Reward.of(learnt_from(first[:afforded]), vocabulary())


@lru_cache(maxsize=1)
def judge() -> MultinomialNaiveBayes:
    """Return a judge that no training sees: words and pairs of words of the second half."""
    _, second = rated()
    return MultinomialNaiveBayes(
        count(
            [once(with_bigrams(words(one.text))) for one in second],
            [label(one) for one in second],
        )
    )


def accuracies() -> dict[str, float]:
    """Return how often reward and judge are right about opinions that neither learnt from."""
    first, _ = rated()
    small, large = learnt_from(first[:AFFORDED]), judge()
    fresh = first[AFFORDED:]
    by_reward = [small.predict(words(one.text)) == label(one) for one in fresh]
    by_judge = [
        large.predict(once(with_bigrams(words(one.text)))) == label(one)
        for one in fresh
    ]
    return {
        "reward": sum(by_reward) / len(fresh),
        "judge": sum(by_judge) / len(fresh),
    }


def praised(documents: Sequence[Sequence[str]]) -> float:
    """Return the share of texts that the judge takes for praise.

    Raises:
        ValueError: there is no text.
    """
    if not documents:
        raise ValueError("there is no text to judge; give one or more")
    verdicts = [judge().predict(once(with_bigrams(list(d)))) for d in documents]
    return verdicts.count("good") / len(verdicts)


def distinct_share(documents: Sequence[Sequence[str]]) -> float:
    """Return, on average over texts, the share of words that the text has not held before.

    An empty text repeats nothing.

    Raises:
        ValueError: there is no text.

    >>> distinct_share([["a", "film"], ["often", "often"]])
    0.75
    """
    if not documents:
        raise ValueError("there is no text to look at; give one or more")
    return sum(len(set(d)) / len(d) if d else 1.0 for d in documents) / len(
        documents
    )
