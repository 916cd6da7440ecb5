"""Choose the settings of chapter 19's classifiers on validation data.

python benchmarks/networks.py

Every setting is tried on the first of chapter 13's three parts of the film sentences, and judged
on the second part; for TREC, on a thousand of the training questions.  No test text is read.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from nlpcourse.neural.networks import study
from nlpcourse.neural.networks.study import Settings

FEED_FORWARD = {"rate": [1e-3, 3e-3], "drop": [0.0, 0.5], "decay": [0.0, 0.3]}
AVERAGING = {
    "depth": [1, 2],
    "rate": [3e-3, 1e-2],
    "drop": [0.0, 0.3],
    "word_drop": [0.0, 0.3],
}
LINEAR = {"depth": [0], "rate": [3e-3, 1e-2], "word_drop": [0.0, 0.3]}


def choose(
    name: str,
    grid: dict[str, list[float]],
    run: Callable[[Settings, int], float],
    start: Settings,
) -> None:
    """Print the accuracy of every setting on validation data, the best first."""
    found = []
    for values in itertools.product(*grid.values()):
        picked = dict(zip(grid, values, strict=True))
        settings = start.but(**picked)
        scores = [run(settings, seed) for seed in (0, 1)]
        found.append((float(np.mean(scores)), picked))
    found.sort(key=lambda pair: -pair[0])
    for score, picked in found:
        print(f"{name:14} {score:.4f} {picked}", flush=True)


if __name__ == "__main__":
    choose("feed-forward", FEED_FORWARD, study.film_validation, study.FEED_FORWARD)
    choose("averaging", AVERAGING, study.film_validation, study.AVERAGING)
    choose("linear", LINEAR, study.film_validation, study.LINEAR)
    choose("trec", AVERAGING, study.trec_validation, study.TREC)
