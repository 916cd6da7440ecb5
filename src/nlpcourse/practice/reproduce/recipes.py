"""What ``nlpcourse train`` trains for this chapter: Kim's table, and readings of it.

Only the logs are kept.  Several networks of one run take their steps side by side and share
nothing but the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from nlpcourse.evaluation import accuracy
from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.data import Labelled, Vocabulary
from nlpcourse.neural.cnn.side_by_side import OneClassifier, Together
from nlpcourse.practice.reproduce import kim_data
from nlpcourse.practice.reproduce.forks import readings
from nlpcourse.practice.reproduce.variants import (
    SPREAD,
    VARIANTS,
    KimCNN,
    starting_vectors,
)
from nlpcourse.training.recipe import Plan, Recipe

ROWS = 50


class Reading(OneClassifier):
    """One network, its training text, and what it is tested on."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read the data that *config* names and make the network."""
        train, test = self._parts(config)
        kept, apart = kim_data.hold_back(train)
        known = [*train.documents, *(test.documents if config["all_words"] else [])]
        vocabulary = Vocabulary.of(known, least=1)
        if config["variant"] == "rand":
            shape = len(vocabulary), config["size"]
            start = (2 * torch.rand(shape) - 1) * SPREAD
            start[data.PADDING] = 0.0
        else:
            seed = int(torch.randint(2**31, ()))
            start, _ = starting_vectors(vocabulary, seed)
        super().__init__(
            KimCNN(config["variant"], start, max(train.labels) + 1),
            vocabulary,
            kept if config["dev"] else train,
            apart if config.get("choice") else test,
            ROWS,
        )

    @staticmethod
    def _parts(config: Mapping[str, Any]) -> tuple[Labelled, Labelled]:
        if config["data"] == "trec":
            return kim_data.questions(config["kims"], config["lower"])
        films = kim_data.critics_sentences()
        train, test = kim_data.fold_of(
            len(films), config["fold"], config["shuffle"]
        )
        return films.choose(train), films.choose(test)

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the sentences to judge."""
        return {"accuracy": accuracy(self.judged.labels, self.predicted())}


class Several(Together):
    """Several readings, or the folds of one, trained in one run."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make one reading for each entry of ``several``, which changes *config* there."""
        self.names: list[str] = list(config["several"])
        changes = config["several"].values()
        super().__init__([Reading({**config, **change}) for change in changes])

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy of every network by its name."""
        return {
            name: accuracy(task.judged.labels, task.predicted())
            for name, task in zip(self.names, self.finished(), strict=True)
        }


BASE: dict[str, Any] = {
    "data": "trec",
    "variant": "static",
    "size": 50,
    "kims": True,
    "lower": True,
    "dev": True,
    "all_words": True,
}
"""How the table is reproduced: by the paper's words, and by its code where those are silent."""

FORKS: dict[str, tuple[bool, bool]] = {
    "lower": (True, False),
    "all_words": (True, False),
}
"""Left open about TREC: lower case, and the words of the test in the table of vectors."""

SEEDS = (0, 1, 2, 3, 4)
FEWER = (0, 1, 2)
TREC_READINGS, FORK_READINGS, FILM_READINGS, RATE = 12, 6, 3, 4e-3
TREC_EPOCH, FILM_EPOCH = 98, 169  # steps of 50 sentences, a tenth set apart
TRIED = 5
"""Of the ten folds of the films, the first five are trained and tested on."""

SIZE = 300
"""Numbers in a word's vector in the paper; GloVe's vectors here have 50."""


def _plan(seed: int, steps: int) -> Plan:
    return Plan(
        seed=seed,
        steps=steps,
        learning_rate=RATE,
        clip=1e9,
        interval=steps // 8,
    )


def _trec(variant: str, seed: int, size: int = 50) -> Recipe:
    return Recipe(
        build=Reading,
        config={**BASE, "variant": variant, "size": size},
        plan=_plan(seed, TREC_READINGS * TREC_EPOCH),
        keep_weights=False,
        about=f"Kim's CNN-{variant}, vectors of {size} numbers, TREC, seed {seed}",
    )


def fork_name(reading: Mapping[str, object]) -> str:
    """Return the short name of a reading: its choices that are answered with yes.

    >>> fork_name({"lower": False, "all_words": True})
    'all_words'
    """
    return " ".join(name for name in FORKS if reading[name]) or "none"


def _forks(seed: int) -> Recipe:
    several = {fork_name(reading): reading for reading in readings(FORKS)}
    return Recipe(
        build=Several,
        config={**BASE, "variant": "non-static", "several": several},
        plan=_plan(seed, FORK_READINGS * TREC_EPOCH),
        keep_weights=False,
        about=f"Kim's CNN-non-static on TREC, four readings, seed {seed}",
    )


def _films(variant: str, shuffle: int) -> Recipe:
    several = {f"fold{fold}": {"fold": fold} for fold in range(TRIED)}
    config = {**BASE, "data": "films", "variant": variant}
    return Recipe(
        build=Several,
        config={**config, "shuffle": shuffle, "several": several},
        plan=_plan(shuffle, FILM_READINGS * FILM_EPOCH),
        keep_weights=False,
        about=f"Kim's CNN-{variant} on the film sentences, five of ten folds, shuffle {shuffle}",
    )


RECIPES = {
    **{f"kim-films-{variant}-seed0": _films(variant, 0) for variant in VARIANTS},
    **{
        f"kim-trec-{variant}-seed{seed}": _trec(
            variant, seed, SIZE if variant == "rand" else 50
        )
        for variant in VARIANTS
        for seed in SEEDS
    },
    **{f"kim-trec-rand-small-seed{seed}": _trec("rand", seed) for seed in FEWER},
    **{f"kim-forks-seed{seed}": _forks(seed) for seed in FEWER},
}
