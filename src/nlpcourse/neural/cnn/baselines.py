"""What a network has to beat: naive Bayes and a linear classifier on words and bigrams."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nlpcourse.evaluation import accuracy, cross_validation_folds
from nlpcourse.neural.cnn.data import Labelled
from nlpcourse.statistics.naive_bayes import with_bigrams

Kind = Literal["naive Bayes", "linear SVM"]


@dataclass(frozen=True)
class Outcome:
    """Accuracy on the test sentences; processor seconds of counting, fitting, predicting."""

    accuracy: float
    seconds: float


def pipeline(kind: Kind) -> Any:
    """Return scikit-learn's classifier on words and bigrams, each counted once a sentence.

    Raises:
        ValueError: no such kind.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    features = CountVectorizer(analyzer=with_bigrams, binary=True)
    if kind == "naive Bayes":
        return make_pipeline(features, MultinomialNB(alpha=1.0))
    if kind == "linear SVM":
        return make_pipeline(features, LinearSVC(C=0.1, random_state=0))
    raise ValueError(f"kind must be 'naive Bayes' or 'linear SVM', not {kind!r}")


def judge(kind: Kind, train: Labelled, test: Labelled) -> Outcome:
    """Return how a baseline does on one split, and what it costs."""
    began = time.process_time()
    model = pipeline(kind).fit(train.documents, train.labels)
    predicted = [int(label) for label in model.predict(test.documents)]
    seconds = time.process_time() - began
    return Outcome(accuracy(test.labels, predicted), seconds)


def cross_validated(
    kind: Kind, sentences: Labelled, shuffles: Sequence[int], folds: int = 10
) -> list[float]:
    """Return a baseline's accuracy by cross-validation, one figure for each shuffle.

    The features of all sentences are counted once; in each fold, those that its training
    sentences do not hold are dropped, as if they had been counted there.
    """
    model = pipeline(kind)
    counter, classifier = model[0], model[1]
    counts = counter.fit_transform(sentences.documents)
    found = []
    for shuffle in shuffles:
        right = 0
        for train, test in cross_validation_folds(len(sentences), folds, shuffle):
            known = counts[train].getnnz(axis=0) > 0
            kept = counts[:, known]
            classifier.fit(kept[train], [sentences.labels[i] for i in train])
            predicted = classifier.predict(kept[test])
            right += sum(
                int(p) == sentences.labels[i]
                for p, i in zip(predicted, test, strict=True)
            )
        found.append(right / len(sentences))
    return found
