"""The line of the individual humans under every reading of the paper's protocol."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.practice.reproduce.protocol import CHOICES, overall
from nlpcourse.text.lexicon.table import pearson, polarity


def truths(ratings: Sequence[Sequence[float]], others: bool) -> list[float]:
    """Return, for every single rating, the mean that it is compared with.

    Args:
        ratings: what each rater gave each sentence.
        others: leave the rating itself out of the mean.

    Raises:
        ValueError: a sentence has no rating, or just one where it is left out.

    >>> truths([[1, 2, 3]], others=False), truths([[1, 2, 3]], others=True)
    ([2.0, 2.0, 2.0], [2.5, 2.0, 1.5])
    """
    if any(len(given) < 1 + others for given in ratings):
        raise ValueError("a sentence has too few ratings for a mean; leave it out")
    found = []
    for given in ratings:
        total, n = math.fsum(given), len(given)
        found += [(total - own) / (n - 1) if others else total / n for own in given]
    return found


@lru_cache(maxsize=8)
def _compared(domain: str, others: bool) -> tuple[list[float], list[int], float]:
    given = corpora.sentiment_4_ratings(domain)  # type: ignore[arg-type]
    means = truths(given, others)
    singles = [rating for row in given for rating in row]
    return means, singles, pearson(means, singles)


@lru_cache(maxsize=24)
def _counts(domain: str, margin: float, others: bool) -> Counter[tuple[int, int]]:
    means, singles, _ = _compared(domain, others)
    return Counter(
        (polarity(mean, margin), polarity(own, margin))
        for mean, own in zip(means, singles, strict=True)
    )


def human_row(
    domain: str, reading: Mapping[str, Hashable]
) -> tuple[float, float, float, float]:
    """Return the humans' correlation, precision, recall and F1 in a domain, under one reading.

    Raises:
        ValueError: there is no such domain, or no such answer to a choice.
    """
    for name, answers in CHOICES.items():
        if reading.get(name) not in answers:
            raise ValueError(
                f"{name!r} is answered by one of {answers}, not {reading.get(name)!r}"
            )
    margin, weigh, truth = (reading[name] for name in CHOICES)
    others = truth == "the mean of the others"
    counts = _counts(domain, float(str(margin)), others)
    return _compared(domain, others)[2], *overall(counts, str(weigh))
