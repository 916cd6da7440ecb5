"""The CNN of the film sentences: Kim's loop and ours side by side, and what a verdict costs.

    python benchmarks/cnn.py            # some minutes
    python benchmarks/cnn.py --quick    # five steps of each loop, no training
    python benchmarks/cnn.py --record   # also writes the chapter's ledger
    python benchmarks/cnn.py --choose   # the grid of settings, on validation data alone; --record
                                        # writes its best and its worst

The sentences are those of the first fold; times are processor seconds of one core.  The plain loop
has the sizes of Kim (2014): vectors of 300 numbers, every sentence padded to the longest with four
more at each end, a two-dimensional convolution, Adadelta.  Ours pads to the longest of a batch of
like lengths, with vectors of 64 numbers.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import torch
from torch import Tensor, nn

from nlpcourse.course import ledger
from nlpcourse.neural.cnn import baselines, data, recipes, speed
from nlpcourse.training import loop
from nlpcourse.training.recipe import Plan, set_seed

GRID: dict[str, tuple[float, ...]] = {
    "input_dropout": (0.2, 0.5),
    "readings": (3, 5),
    "learning_rate": (3e-3, 6e-3),
    "weight_decay": (0.1, 0.5),
}
"""The settings of the films' network that were chosen together."""

AFTERWARDS: dict[str, tuple[float, ...]] = {"least": (1, 3), "spread": (0.25, 0.5)}
"""Chosen next, with the best of the first."""

TREC_GRID = {**GRID, "input_dropout": (0.2,), "readings": (6, 10)}
"""TREC's: dropout as on the films; rare words and spread of the vectors as in the paper."""

STRENGTHS = {
    "naive Bayes": (0.1, 0.3, 1, 3),
    "linear SVM": (0.01, 0.03, 0.1, 0.3, 1),
}


def settings(grid: Mapping[str, tuple[float, ...]]) -> Iterator[dict[str, float]]:
    """Yield every setting of a grid."""
    for values in itertools.product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def validation_accuracy(
    config: Mapping[str, Any], chosen: Mapping[str, Any]
) -> float:
    """Train once with these settings, seed 0; return the accuracy on the validation part."""
    own = {k: v for k, v in chosen.items() if k in {"input_dropout", *AFTERWARDS}}
    set_seed(0)
    task = recipes.Classifying({**config, **own, "choice": True})
    steps = int(chosen["readings"]) * task.per_epoch
    plan = Plan(
        seed=0,
        steps=steps,
        learning_rate=chosen["learning_rate"],
        clip=recipes.NO_CLIPPING,
        weight_decay=chosen["weight_decay"],
        interval=steps,
    )
    loop.fit(task, plan)
    return task.evaluate()["test_accuracy"]


def choose() -> dict[str, float]:
    """Print the validation accuracy of every setting that was tried; about ten minutes.

    Returns:
        the films' best and worst of the first grid, by the ledger's names.
    """
    first: list[float] = []
    tasks: list[tuple[str, dict[str, Any]]] = [
        ("films", recipes.MOVIE),
        ("TREC", recipes.TREC),
    ]
    for name, config in tasks:
        best: dict[str, Any] = {}
        for step in (TREC_GRID,) if name == "TREC" else (GRID, AFTERWARDS):
            found = []
            for setting in settings(step):
                tried = {**best, **setting}
                found.append((validation_accuracy(config, tried), tried))
                print(f"{name}: {found[-1][0]:.1%} with {setting}", flush=True)
            best = max(found, key=lambda pair: pair[0])[1]
            first = first or [accuracy for accuracy, _ in found]
    for name, parts in (
        ("films", data.movie_choice()),
        ("TREC", data.trec_choice()),
    ):
        for kind, strengths in STRENGTHS.items():
            for strength in strengths:
                share = baselines.judge(kind, *parts, strength).accuracy  # type: ignore[arg-type]
                print(f"{name}: {share:.1%} with {kind}, {strength}")
    return {"choice-best": max(first), "choice-worst": min(first)}


class PlainCNN(nn.Module):
    """Kim's network as it is mostly written: one channel, filters as tall as the vectors."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, 300)
        self.layers = nn.ModuleList(nn.Conv2d(1, 100, (w, 300)) for w in (3, 4, 5))
        self.output = nn.Linear(300, 2)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        margin = nn.functional.pad(words, (4, 4))
        image = self.embedding(margin).unsqueeze(1)  # (batch, 1, time, size)
        pooled = [torch.relu(f(image)).amax(dim=(2, 3)) for f in self.layers]
        dropped = nn.functional.dropout(
            torch.cat(pooled, dim=1), 0.5, self.training
        )
        scores: Tensor = self.output(dropped)
        return scores


def plain_epoch(task: recipes.Classifying, steps: int) -> float:
    """Return the seconds of an epoch of the plain loop, from some of its steps."""
    model = PlainCNN(len(task.vocabulary))
    rule = torch.optim.Adadelta(model.parameters())
    longest = max(map(len, task.numbers))
    began = 0.0
    for step in range(steps + 1):
        if step == 1:  # the first one warms up
            began = time.process_time()
        words, lengths, classes = task.batch(step)
        words = nn.functional.pad(words, (0, longest - words.shape[1]))
        loss = nn.functional.cross_entropy(model(words, lengths), classes)
        rule.zero_grad()
        loss.backward()
        rule.step()
    return (time.process_time() - began) * task.per_epoch / steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="five steps of each loop"
    )
    parser.add_argument("--record", action="store_true", help="write the ledger")
    parser.add_argument("--choose", action="store_true", help="try the settings")
    options = parser.parse_args()
    if options.choose:
        torch.set_num_threads(1)
        extremes = choose()
        for name, value in extremes.items() if options.record else ():
            ledger.rerecord(f"24.{name}", value=value)
        return
    if options.quick and options.record:
        parser.error("--record needs the whole measurement; leave --quick out")
    torch.set_num_threads(1)
    steps = 5 if options.quick else 12
    recipe = recipes.RECIPES[recipes.MOVIE_NAME]
    set_seed(0)
    task = recipes.Classifying(recipe.config)
    speed.epoch_seconds(task, task.model, steps=2)
    ours = speed.epoch_seconds(task, task.model, steps=2 * steps)
    plain = plain_epoch(task, steps)
    print(
        f"an epoch: plain {plain:.1f} s, ours {ours:.1f} s, ratio {plain / ours:.1f}"
    )
    found = {"epoch-ratio": plain / ours}
    if not options.quick:
        train, test = data.movie_fold(0)
        for kind, name in (("naive Bayes", "naive-bayes"), ("linear SVM", "svm")):
            outcome = baselines.judge(kind, train, test)  # type: ignore[arg-type]
            print(f"{kind}: {outcome.accuracy:.1%} in {outcome.seconds:.1f} s")
            found[f"seconds-{name}"] = outcome.seconds
        set_seed(0)
        began = time.process_time()
        task = recipes.Classifying(recipe.config)
        loop.fit(task, recipe.plan)
        share = task.evaluate()["test_accuracy"]
        found["seconds-cnn"] = time.process_time() - began
        print(f"CNN: {share:.1%} in {found['seconds-cnn']:.1f} s")
    if options.record:
        for name, value in found.items():
            ledger.rerecord(f"24.{name}", value=float(value))


if __name__ == "__main__":
    main()
