"""Chapter 21's speeds and labels: fastText's classifier by hand beside the library, and GloVe.

    python benchmarks/glove.py             # both classifiers with three seeds, and GloVe's speed
    python benchmarks/glove.py --choose    # the classifier's settings, by held-out training texts
    python benchmarks/glove.py --record    # also writes the results of chapter 21

The texts are Reuters R8.  Both classifiers get the same sizes, and run one after the other on one
core; seconds are processor time (``time.process_time``), training alone.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev

os.environ["OMP_NUM_THREADS"] = "1"

import fasttext
import torch

from nlpcourse import corpora
from nlpcourse.corpora.records import LabelledText
from nlpcourse.course import ledger
from nlpcourse.course.machine import peak_memory_mb
from nlpcourse.neural.glove.classifier import Features, accuracy, new_model, train
from nlpcourse.neural.glove.glove import GloVe
from nlpcourse.neural.glove.recipes import (
    MOST,
    PAIRS,
    RATE_OF_GLOVE,
    SEEDS,
    SIZE,
    wikitext_counts,
)

SIZE_OF_TEXT, READINGS, RATE = 50, 5, 0.5
"""Of the classifiers, as in the first run; --choose shows what others give."""


def ours(
    texts: Sequence[LabelledText],
    judged: Sequence[LabelledText],
    seed: int,
    readings: int = READINGS,
    rate: float = RATE,
) -> tuple[float, float]:
    """Train ours; return its seconds and its accuracy."""
    order = torch.randperm(
        len(texts), generator=torch.Generator().manual_seed(seed)
    )
    shuffled = [texts[k] for k in order]
    features = Features([text.text for text in texts])
    coded = [features.rows(text.text) for text in shuffled]
    model = new_model(len(features), [t.label for t in texts], SIZE_OF_TEXT, seed)
    number = {name: k for k, name in enumerate(model.names)}
    labels = [number[text.label] for text in shuffled]
    start = time.process_time()
    train(model, coded, labels, readings, rate)
    seconds = time.process_time() - start
    return seconds, accuracy(model, features, judged)


def theirs(
    texts: Sequence[LabelledText], judged: Sequence[LabelledText], seed: int
) -> tuple[float, float]:
    """Train the library; return its seconds, reading the file included, and its accuracy."""
    order = torch.randperm(
        len(texts), generator=torch.Generator().manual_seed(seed)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = [f"__label__{texts[k].label} {texts[k].text}\n" for k in order]
        path.write_text("".join(lines), encoding="utf-8")
        start = time.process_time()
        model = fasttext.train_supervised(
            str(path),
            dim=SIZE_OF_TEXT,
            epoch=READINGS,
            lr=RATE,
            seed=seed,
            thread=1,
            verbose=0,
        )
        seconds = time.process_time() - start
    found = [model.predict(text.text)[0][0] for text in judged]
    right = [
        f"__label__{t.label}" == name for t, name in zip(judged, found, strict=True)
    ]
    return seconds, sum(right) / len(right)


def choose() -> None:
    """Print the accuracy on every tenth training text, which is left out of training."""
    texts = corpora.r8().train
    held = texts[::10]
    rest = [text for k, text in enumerate(texts) if k % 10]
    for readings in (5, 10, 20):
        for rate in (0.1, 0.25, 0.5, 1.0):
            found = mean(
                ours(rest, held, seed, readings, rate)[1] for seed in SEEDS[:2]
            )
            print(f"{readings} readings, rate {rate}: {found:.4f}", flush=True)


def pairs_a_second() -> float:
    """Return how many pairs GloVe learns from in a second."""
    model = GloVe(wikitext_counts(), SIZE, MOST, seed=0)
    start = time.process_time()
    steps = 300
    for _, _loss in zip(
        range(steps), model.read(PAIRS, RATE_OF_GLOVE), strict=False
    ):
        pass
    return steps * PAIRS / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--choose", action="store_true", help="try settings")
    parser.add_argument("--record", action="store_true", help="write the ledger")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.choose:
        choose()
        return
    data = corpora.r8()
    own = [ours(data.train, data.test, seed) for seed in SEEDS]
    other = [theirs(data.train, data.test, seed) for seed in SEEDS]
    ratio = mean(s for s, _ in own) / mean(s for s, _ in other)
    speed = pairs_a_second()
    for name, found in (("ours", own), ("library", other)):
        scores = [score for _, score in found]
        print(f"{name:8} {mean(s for s, _ in found):6.2f} s", end=" ")
        print(f"{mean(scores):.4f} ± {stdev(scores):.4f}")
    print(
        f"ours takes {ratio:.2f} times as long; GloVe {speed:,.0f} pairs a second"
    )
    if options.record:
        memory_mb = round(peak_memory_mb())
        for key, found in (("r8-ours", own), ("r8-library", other)):
            scores = [score for _, score in found]
            ledger.rerecord(
                f"21.{key}",
                value=mean(scores),
                spread=stdev(scores),
                seeds=list(SEEDS),
                seconds=round(mean(s for s, _ in found), 1),
                memory_mb=memory_mb,
            )
        ledger.rerecord(
            "21.speed-ratio", value=round(ratio, 2), memory_mb=memory_mb
        )
        ledger.rerecord(
            "21.speed-pairs", value=round(speed, -3), memory_mb=memory_mb
        )


if __name__ == "__main__":
    main()
