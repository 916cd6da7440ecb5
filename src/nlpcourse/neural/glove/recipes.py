"""What is trained before the chapter is read: three seeds of GloVe and of subword vectors.

nlpcourse train fasttext-wikitext2-seed0              # some minutes a seed
python -m nlpcourse.neural.glove.recipes 0            # GloVe, a minute or two a seed
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import nn

from nlpcourse.course.files import read_json
from nlpcourse.course.paths import data_dir
from nlpcourse.neural.glove.cooccurrence import count
from nlpcourse.neural.glove.fasttext import SubwordSkipGram, SubwordVectors, cut
from nlpcourse.neural.glove.glove import GloVe
from nlpcourse.neural.glove.lookup import find, greek, misspelt, untrained
from nlpcourse.neural.word2vec.recipes import (
    SAMPLING,
    SkipGramming,
    held_out_loss,
    measure,
)
from nlpcourse.neural.word2vec.text import number, wikitext
from nlpcourse.neural.word2vec.vectors import WordVectors
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe

SEEDS = (0, 1, 2)

# ---------------------------------------------------------------------- subwords

CONFIG: dict[str, Any] = {
    "data": "wikitext-2, lower-cased",
    "least": 50,
    "buckets": 12_000,
    "size": 64,
    "window": 5,
    "negatives": 5,
    "drawn": 256,
    "threshold": 1e-4,
    "stretch": 512,
}
GREEK: dict[str, Any] = {
    **CONFIG,
    "data": "gnt-bsb, Greek, nine tenths of the verses",
    "least": 1,
    "threshold": 1e-3,
}
NAME = "fasttext-wikitext2-seed0"


class SubwordSkipGramming(SkipGramming):
    """Skip-gram over parts of words, all else as in chapter 20."""

    def network(self, config: Mapping[str, Any]) -> nn.Module:
        """Cut the words, and return the model of their parts."""
        vocabulary = self.corpus.vocabulary
        self.subwords = cut(tuple(vocabulary.words), config["buckets"])
        self.size: int = config["size"]
        counts = torch.tensor(vocabulary.counts)
        return SubwordSkipGram(
            self.subwords, counts, *(config[name] for name in SAMPLING)
        )

    def vectors(self) -> SubwordVectors:
        """Return the vectors as they are now."""
        assert isinstance(self.model, SubwordSkipGram)
        return SubwordVectors(self.subwords, self.model.parts.detach().cpu())

    def evaluate(self) -> dict[str, float]:
        """Return the loss on other text, all scores, and how misspellings are found."""
        vectors = self.vectors()
        asked = misspelt(vectors.words)
        trained, letters = find(vectors, asked), find(self.letters(), asked)
        return {
            "held_out_loss": held_out_loss(self),
            **measure(vectors),
            "misspelt_first": trained.first,
            "misspelt_ten": trained.ten,
            "letters_first": letters.first,
            "letters_ten": letters.ten,
            "misspelt_asked": trained.asked,
        }

    def letters(self) -> SubwordVectors:
        """Return untrained vectors of the same parts."""
        return untrained(self.subwords, self.size)


class GreekSubwords(SubwordSkipGramming):
    """The same over the Greek New Testament."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read the verses that training may see."""
        training, self.asked = greek()
        super().__init__(config, number(training, config["least"]))

    def evaluate(self) -> dict[str, float]:
        """Return how often an unseen form's nearest neighbour is a form of its lemma."""
        trained = find(self.vectors(), self.asked)
        letters = find(self.letters(), self.asked)
        return {
            "lemma_first": trained.first,
            "lemma_ten": trained.ten,
            "letters_first": letters.first,
            "letters_ten": letters.ten,
            "asked": trained.asked,
        }


RATES = (60.0, 90.0, 120.0)
RATE = 120.0
"""The best of them by the loss on other text; at 200 training diverges."""


def _recipe(seed: int, rate: float = RATE) -> Recipe:
    return Recipe(
        build=SubwordSkipGramming,
        config=CONFIG,
        plan=Plan(
            seed=seed,
            steps=16_900,  # five readings of the text
            learning_rate=rate,
            clip=1e9,
            interval=1_690,
            optimizer="sgd",
        ),
        half=False,
        keep_weights=seed == 0 and rate == RATE,
        about=f"subword vectors of WikiText-2, learning rate {rate:g}, seed {seed}",
    )


def _adamw_recipe(seed: int) -> Recipe:
    """Return the run that goes wrong: AdamW's steps, as chapter 20 takes them."""
    return replace(
        _recipe(seed),
        config={**CONFIG, "stretch": 4096},
        plan=Plan(
            seed=seed,
            steps=5_789,  # twelve readings
            learning_rate=0.00625,
            warmup=100,
            clip=1e9,
            interval=100,
        ),
        keep_weights=False,
        about=f"subword vectors of WikiText-2 by AdamW, seed {seed}",
    )


def _greek_recipe(seed: int) -> Recipe:
    return Recipe(
        build=GreekSubwords,
        config=GREEK,
        plan=Plan(
            seed=seed,
            steps=7_200,  # thirty readings
            learning_rate=RATE,
            clip=1e9,
            interval=720,
            optimizer="sgd",
        ),
        keep_weights=False,
        about=f"subword vectors of the Greek New Testament, seed {seed}",
    )


RECIPES = {
    **{f"fasttext-wikitext2-seed{seed}": _recipe(seed) for seed in SEEDS},
    **{
        f"fasttext-choice-{rate:g}": _recipe(0, rate)
        for rate in RATES
        if rate != RATE
    },
    **{f"fasttext-adamw-seed{seed}": _adamw_recipe(seed) for seed in SEEDS},
    **{f"fasttext-gnt-seed{seed}": _greek_recipe(seed) for seed in SEEDS},
}


@lru_cache(maxsize=1)
def load_subword_vectors() -> SubwordVectors:
    """Return the trained subword vectors of WikiText-2; ``of(word)`` takes any word."""
    task = SubwordSkipGramming(CONFIG)
    tensors, _ = registry.load(NAME, RECIPES[NAME])
    task.model.eval()
    task.model.load_state_dict(tensors)
    return task.vectors()


# ------------------------------------------------------------------------- GloVe

LEAST, WINDOW, SIZE, PAIRS = 50, 5, 64, 2_048
MOST, RATE_OF_GLOVE, READINGS = 10.0, 0.05, 15
"""x_max and readings are those of the demonstration that comes with GloVe, the rate the paper's."""


@lru_cache(maxsize=1)
def wikitext_counts() -> csr_matrix:
    """Return how often the words of WikiText-2 meet."""
    corpus = wikitext(LEAST)
    return count(corpus.words, corpus.sentence, len(corpus.vocabulary), WINDOW)


def folder() -> Path:
    """Return the chapter's data folder."""
    return data_dir() / "chapters" / "21_glove"


def train_glove(seed: int) -> dict[str, Any]:
    """Train GloVe on WikiText-2; keep the log, and of the first seed the vectors."""
    model = GloVe(wikitext_counts(), SIZE, MOST, seed)
    began, losses = time.perf_counter(), []
    for reading in range(READINGS):
        steps = list(model.read(PAIRS, RATE_OF_GLOVE))
        losses.append(sum(steps) / len(steps))
        print(f"reading {reading + 1}: {losses[-1]:.4f}", flush=True)
    seconds = time.perf_counter() - began
    rounded = model.vectors().numpy().astype(np.float16)
    scores = measure(vectors_of(rounded))
    name = f"glove-wikitext2-seed{seed}"
    log = {"seconds": round(seconds, 1), "losses": losses, "metrics": scores}
    text = json.dumps(log, indent=1) + "\n"
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / f"{name}.json").write_text(text, encoding="utf-8")
    if seed == 0:
        np.save(folder() / f"{name}.npy", rounded, allow_pickle=False)
    return log


def logs_of(stem: str) -> list[dict[str, Any]]:
    """Return the logs of all trained seeds of a task, such as ``"glove-wikitext2"``.

    Raises:
        FileNotFoundError: none is trained.
        DamagedFile: a log is cut or no JSON; the message names it.
    """
    paths = [folder() / f"{stem}-seed{seed}.json" for seed in SEEDS]
    found = [read_json(path, dict) for path in paths if path.is_file()]
    if not found:
        raise FileNotFoundError(f"no seed of {stem!r} is trained yet")
    return found


def over_seeds(stem: str, metric: str) -> dict[str, Any]:
    """Return a metric's mean over all trained seeds of a task, as ``record`` takes it."""
    values = [log["metrics"][metric] for log in logs_of(stem)]
    spread = stdev(values) if len(values) > 1 else 0.0
    return {
        "measured": mean(values),
        "spread": spread,
        "seeds": list(SEEDS[: len(values)]),
    }


def vectors_of(table: Any) -> WordVectors:
    """Return a table's rows as the vectors of WikiText-2's words."""
    rows = torch.tensor(np.asarray(table, dtype=np.float32))
    return WordVectors(wikitext(LEAST).vocabulary.words, rows)


@lru_cache(maxsize=1)
def load_glove_vectors() -> WordVectors:
    """Return the GloVe vectors that were trained here, of the first seed."""
    path = folder() / "glove-wikitext2-seed0.npy"
    return vectors_of(np.load(path, allow_pickle=False))


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(train_glove(int(sys.argv[1])))
