"""Whether the probabilities mean what they say, asked of messages the model has not seen."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlpcourse.evaluation import cross_validation_folds
from nlpcourse.statistics.naive_bayes.features import (
    Counts,
    Document,
    count,
    require_labels,
)
from nlpcourse.statistics.naive_bayes.models import Classifier


def dealt_anew(
    documents: Sequence[Document], labels: Sequence[str], seed: int = 0
) -> list[list[str]]:
    """Shuffle the words of each class and deal them to its documents anew.

    Every document keeps its length and every class its words, so the counts of the class are as
    before; but which words stand together is now chance, as naive Bayes assumes.

    Args:
        documents: each a sequence of words.
        labels: one for each document.
        seed: of the shuffle.

    Raises:
        ValueError: no documents, not as many labels as documents, or a text that was not cut.

    >>> dealt_anew([["a", "b"], ["c"], ["x"]], ["good", "good", "bad"])[2]
    ['x']
    """
    require_labels(documents, labels)
    generator = random.Random(seed)
    dealt: list[list[str]] = [[] for _ in documents]
    for label in sorted(set(labels)):
        of_class = [i for i, found in enumerate(labels) if found == label]
        pool = [word for i in of_class for word in documents[i]]
        generator.shuffle(pool)
        for i in of_class:
            dealt[i] = [pool.pop() for _ in documents[i]]
    return dealt


def out_of_fold(
    documents: Sequence[Document],
    labels: Sequence[str],
    train: Callable[[Counts], Classifier],
    folds: int = 10,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Return every document's posterior from a model that has not seen that document.

    Args:
        documents: each a sequence of words.
        labels: one for each document.
        train: makes a model of the counts of the other folds.
        folds: number of parts of the cross-validation.
        seed: of the shuffle.

    Raises:
        ValueError: not as many labels as documents, fewer documents than folds, or a
            document is a text that was not cut into words.
    """
    require_labels(documents, labels)
    posteriors: list[dict[str, float]] = [{} for _ in documents]
    parts = cross_validation_folds(len(documents), folds, seed)
    for seen, held_out in parts:
        texts = [documents[i] for i in seen]
        model = train(count(texts, [labels[i] for i in seen]))
        for i in held_out:
            posteriors[i] = model.posterior(documents[i])
    return posteriors


def most_probable(posteriors: Iterable[Mapping[str, float]]) -> list[str]:
    """Return the most probable class of every posterior (the first in alphabetical order on a tie).

    Raises:
        ValueError: a posterior has no classes.

    >>> most_probable([{"ham": 0.3, "spam": 0.7}])
    ['spam']
    """
    posteriors = list(posteriors)
    if not all(posteriors):
        raise ValueError("a posterior has no classes to choose from")
    return [
        max(sorted(posterior), key=posterior.__getitem__)
        for posterior in posteriors
    ]


@dataclass(frozen=True)
class ReliabilityBin:
    """Predictions of similar confidence: how sure they were on average, how often right."""

    confidence: float
    accuracy: float
    size: int


def reliability(
    confidences: Sequence[float], right: Sequence[bool], bins: int = 10
) -> list[ReliabilityBin]:
    """Group predictions by confidence in [0, 1]; leave out empty groups.

    A calibrated model has accuracy = confidence in every group.

    Source: DeGroot and Fienberg (1983); Guo et al. (2017), section 2.

    Raises:
        ValueError: the lengths differ, a confidence lies outside [0, 1], or there is no bin.

    >>> reliability([0.62, 0.68, 0.99], [True, False, True])[0]
    ReliabilityBin(confidence=0.65, accuracy=0.5, size=2)
    """
    _require_confidences(confidences, right, bins)
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, hit in zip(confidences, right, strict=True):
        place = min(int(confidence * bins), bins - 1)
        groups.setdefault(place, []).append((confidence, hit))
    return [_summary(group) for _, group in sorted(groups.items())]


def _require_confidences(
    confidences: Sequence[float], right: Sequence[bool], bins: int
) -> None:
    """Refuse lengths that differ, confidences outside [0, 1], and no bins."""
    if len(confidences) != len(right):
        raise ValueError(f"{len(confidences)} confidences, {len(right)} outcomes")
    if not all(0 <= confidence <= 1 for confidence in confidences):
        raise ValueError("a confidence lies between 0 and 1")
    if bins < 1:
        raise ValueError(f"predictions are grouped into 1 bin or more, not {bins}")


def _summary(group: Sequence[tuple[float, bool]]) -> ReliabilityBin:
    """Return a group's mean confidence, the share that was right, and its size."""
    size = len(group)
    confidence = math.fsum(confidence for confidence, _ in group) / size
    return ReliabilityBin(confidence, sum(hit for _, hit in group) / size, size)


def calibration_error(groups: Sequence[ReliabilityBin]) -> float:
    """Return the mean gap between confidence and accuracy, weighted by size (ECE).

    Source: Guo et al. (2017), equation 3.

    Raises:
        ValueError: there are no groups.

    >>> round(calibration_error([ReliabilityBin(0.9, 0.6, 10), ReliabilityBin(0.5, 0.5, 10)]), 12)
    0.15
    """
    if not groups:
        raise ValueError("no predictions to compare with what happened")
    total = sum(group.size for group in groups)
    gaps = (abs(g.confidence - g.accuracy) * g.size for g in groups)
    return math.fsum(gaps) / total
