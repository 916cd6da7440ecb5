"""The trained rivals of Hutto and Gilbert (2014), Table 5, at home and away."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from nlpcourse import corpora
from nlpcourse.practice.reproduce.flips import counted_f1, pairs_of
from nlpcourse.statistics.naive_bayes.features import words
from nlpcourse.text.lexicon.table import DOMAINS, polarity

KINDS = ("NB", "ME", "SVM-C")
"""Naive Bayes, maximum entropy (a linear model with the logistic loss), support vector machine."""

TABLE_5: dict[tuple[str, str], dict[str, str]] = {
    ("NB", "tweets"): dict(tweets="0.84", movie="0.53", amazon="0.53", nyt="0.42"),
    ("ME", "tweets"): dict(tweets="0.83", movie="0.56", amazon="0.58", nyt="0.45"),
    ("SVM-C", "tweets"): dict(
        tweets="0.83", movie="0.56", amazon="0.55", nyt="0.46"
    ),
    ("NB", "movie"): dict(tweets="0.56", movie="0.75", amazon="0.49", nyt="0.44"),
    ("ME", "movie"): dict(tweets="0.56", movie="0.75", amazon="0.51", nyt="0.45"),
    ("NB", "amazon"): dict(tweets="0.69", movie="0.55", amazon="0.61", nyt="0.48"),
    ("ME", "amazon"): dict(tweets="0.67", movie="0.55", amazon="0.60", nyt="0.43"),
    ("SVM-C", "amazon"): dict(
        tweets="0.64", movie="0.55", amazon="0.58", nyt="0.42"
    ),
    ("NB", "nyt"): dict(tweets="0.59", movie="0.56", amazon="0.51", nyt="0.49"),
    ("ME", "nyt"): dict(tweets="0.58", movie="0.55", amazon="0.51", nyt="0.50"),
}
"""F1 by test domain: Hutto and Gilbert (2014), Table 5, read in the paper, without SVM-R."""


@lru_cache(maxsize=4)
def bags(domain: str) -> tuple[list[list[str]], list[int]]:
    """Return the words of a domain's sentences, and the sign of each one's mean rating.

    Raises:
        ValueError: there is no such domain.
    """
    rated = corpora.sentiment_4(domain)  # type: ignore[arg-type]
    return [words(r.text) for r in rated], [polarity(r.rating, 0) for r in rated]


def halves(total: int, seed: int) -> tuple[list[int], list[int]]:
    """Return the numbers of one random half to train on, and of the other to test on.

    Raises:
        ValueError: there is not one for each half.

    >>> train, test = halves(5, seed=0)
    >>> len(train), sorted(train + test)
    (2, [0, 1, 2, 3, 4])
    """
    if total < 2:
        raise ValueError(f"{total} sentences make no two halves; give two or more")
    order = random.Random(seed).sample(range(total), total)
    return order[: total // 2], order[total // 2 :]


def learner(kind: str) -> Any:
    """Return scikit-learn's classifier on counted words, with its own settings.

    Raises:
        ValueError: there is no such kind.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.svm import LinearSVC

    if kind not in KINDS:
        raise ValueError(f"a kind is one of {', '.join(KINDS)}, not {kind!r}")
    if kind == "NB":
        return MultinomialNB()
    if kind == "ME":
        return LogisticRegression(max_iter=300)
    return LinearSVC(random_state=0)


def rival_row(kind: str, home: str, seed: int) -> dict[str, float]:
    """Train on half of a domain; return F1 on its other half and on the three other domains.

    Args:
        kind: one of `KINDS`.
        home: the domain that it learns from.
        seed: of the draw of the half.

    Raises:
        ValueError: there is no such kind or domain.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    model = learner(kind)
    if home not in DOMAINS:
        raise ValueError(f"a domain is one of {', '.join(DOMAINS)}, not {home!r}")
    texts, labels = bags(home)
    train, test = halves(len(texts), seed)
    counter = CountVectorizer(analyzer=list)
    rows = counter.fit_transform([texts[i] for i in train])
    model.fit(rows, [labels[i] for i in train])
    found = {}
    for away in DOMAINS:
        chosen: Sequence[int] = test if away == home else range(len(bags(away)[0]))
        said = model.predict(
            counter.transform([bags(away)[0][i] for i in chosen])
        ).tolist()
        found[away] = counted_f1(pairs_of([bags(away)[1][i] for i in chosen], said))
    return found
