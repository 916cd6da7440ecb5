"""Training of the perceptron tagger: NLTK, the readable one and the fast one side by side.

    python benchmarks/tagging.py            # about two minutes
    python benchmarks/tagging.py --quick    # a tenth of the sentences

The text is the training part of Brown's news (4,160 sentences, 90,521 words), read five times.
Times are seconds of one core (``time.process_time``), each of one run in one process.  All three
must learn the same weights, or no ratio is shown.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

from nltk.tag.perceptron import PerceptronTagger

from nlpcourse import corpora
from nlpcourse.text.tagging import fast, perceptron

READINGS, SEED = 5, 0


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long some work takes, and its result."""
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def nltk_weights(sentences: list[list[tuple[str, str]]]) -> Any:
    """Train NLTK's tagger and return its weights."""
    random.seed(SEED)
    tagger = PerceptronTagger(load=False)
    tagger.train(list(sentences), nr_iter=READINGS)
    return tagger.model.weights


def main() -> None:
    """Measure, and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    news = corpora.brown("news")
    train = news[: int(len(news) * 0.9)][:: 10 if quick else 1]
    works: dict[str, Callable[[], Any]] = {
        "NLTK": lambda: nltk_weights(train),
        "readable": lambda: perceptron.train(train, READINGS, SEED).weights,
        "fast": lambda: fast.train(train, READINGS, SEED).weights,
    }
    found = {name: seconds(work) for name, work in works.items()}
    if any(weights != found["NLTK"][1] for _, weights in found.values()):
        raise SystemExit("the three do not learn the same weights")
    for name, (spent, _) in found.items():
        ratio = found["NLTK"][0] / spent
        print(f"{name:9} {spent:7.2f} s  {ratio:5.1f} times NLTK's speed")


if __name__ == "__main__":
    main()
