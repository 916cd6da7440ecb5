"""Domain shift: train here, test there, for every pair of places."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nlpcourse.learning.clustering.points import Floats
from nlpcourse.responsible.scarce_labels.bayes import predict
from nlpcourse.responsible.scarce_labels.curves import Collection, draw, train


def transfer(
    domains: Mapping[str, Collection], each: int, seed: int, alpha: float = 1.0
) -> Floats:
    """Return the balanced accuracy of training in one domain and testing in another.

    All collections share one vocabulary and their classes.

    Args:
        domains: name to collection.
        each: training texts of every class, the same number in every domain.
        seed: of the draw.
        alpha: smoothing.

    Returns:
        one row a training domain, one column a test domain, (domains, domains).

    Raises:
        ValueError: there are no domains, or a class has not as many texts.
    """
    if not domains:
        raise ValueError("there are no domains to train on")
    table = np.zeros((len(domains), len(domains)))
    for i, source in enumerate(domains.values()):
        model = train(source, draw(source, each, seed), alpha)
        for j, target in enumerate(domains.values()):
            said = predict(model, target.counts[target.test])
            table[i, j] = balanced_accuracy(target.labels[target.test], said)
    return table


def balanced_accuracy(gold: np.ndarray, said: np.ndarray) -> float:
    """Return the mean over classes of the share of its texts that are right.

    A model that has learnt nothing gets one half with two classes, however rare one is.

    Raises:
        ValueError: there are no texts, or not as many verdicts as labels.

    >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0]))
    0.5
    """
    if gold.ndim != 1 or gold.shape != said.shape or not gold.size:
        raise ValueError(
            "give one label and one verdict a text, and one text or more"
        )
    shares = [float((said[gold == c] == c).mean()) for c in np.unique(gold)]
    return float(np.mean(shares)) if shares else 0.0
