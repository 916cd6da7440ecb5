"""What a network has to beat: naive Bayes and a linear classifier on words and bigrams."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nlpcourse.evaluation import accuracy
from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.data import Labelled
from nlpcourse.statistics.naive_bayes.features import with_bigrams

Kind = Literal["naive Bayes", "linear SVM"]


@dataclass(frozen=True)
class Outcome:
    """Accuracy on the test sentences; processor seconds of counting, fitting, predicting."""

    accuracy: float
    seconds: float


STRENGTHS: dict[Kind, float] = {"naive Bayes": 3.0, "linear SVM": 0.1}
"""What each adds to every count, or how much a mistake costs it: chosen on the films set apart."""

TREC_STRENGTH = 0.3
"""The same for the linear SVM on TREC, chosen on the questions set apart."""


def pipeline(kind: Kind, strength: float | None = None) -> Any:
    """Return scikit-learn's classifier on words and bigrams, each counted once a sentence.

    Args:
        kind: which one.
        strength: naive Bayes' alpha or the machine's C; the chosen one where None.

    Raises:
        ValueError: no such kind.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    if kind not in STRENGTHS:
        raise ValueError(
            f"kind must be 'naive Bayes' or 'linear SVM', not {kind!r}"
        )
    strength = STRENGTHS[kind] if strength is None else strength
    if not strength > 0:
        raise ValueError(f"strength must be above zero, not {strength}")
    features = CountVectorizer(analyzer=with_bigrams, binary=True)
    if kind == "naive Bayes":
        return make_pipeline(features, MultinomialNB(alpha=strength))
    return make_pipeline(features, LinearSVC(C=strength, random_state=0))


def judge(
    kind: Kind, train: Labelled, test: Labelled, strength: float | None = None
) -> Outcome:
    """Return how a baseline does on one split, and what it costs.

    Raises:
        ValueError: there is nothing to train on or nothing to test on.
    """
    if not len(train) or not len(test):
        raise ValueError(
            f"{len(train)} sentences to train on and {len(test)} to test on: "
            "both parts need some"
        )
    began = time.process_time()
    model = pipeline(kind, strength).fit(train.documents, train.labels)
    predicted = [int(label) for label in model.predict(test.documents)]
    seconds = time.process_time() - began
    return Outcome(accuracy(test.labels, predicted), seconds)


def cross_validated(
    kind: Kind,
    sentences: Labelled,
    shuffles: Sequence[int],
    folds: int = data.FOLDS,
) -> list[float]:
    """Return a baseline's accuracy on the film sentences, one figure for each shuffle.

    The folds are those of :func:`data.folds_of`.  The features of all sentences are counted
    once; in each fold, those that its training sentences do not hold are dropped, as if they
    had been counted there.
    """
    model = pipeline(kind)
    counter, classifier = model[0], model[1]
    counts = counter.fit_transform(sentences.documents)
    found = []
    for shuffle in shuffles:
        right = total = 0
        for train, test in data.folds_of(len(sentences), shuffle, folds):
            known = counts[train].getnnz(axis=0) > 0
            kept = counts[:, known]
            classifier.fit(kept[train], [sentences.labels[i] for i in train])
            predicted = classifier.predict(kept[test])
            right += sum(
                int(p) == sentences.labels[i]
                for p, i in zip(predicted, test, strict=True)
            )
            total += len(test)
        found.append(right / total)
    return found
