"""What ``nlpcourse train`` trains for this chapter: Kim's table, and readings of it.

Only the logs are kept.  Several networks of one run take their steps side by side and share
nothing but the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.evaluation import accuracy
from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.data import Labelled, Vocabulary
from nlpcourse.neural.cnn.model import predict
from nlpcourse.neural.cnn.recipes import SideBySide
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


class Reading:
    """One network, its training text, and what it is tested on."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read the data that *config* names and make the network."""
        train, test = self._parts(config)
        kept, apart = kim_data.hold_back(train)
        judged = apart if config.get("choice") else test
        self.train = kept if config["dev"] else train
        self.judged = judged
        known = [*train.documents, *(test.documents if config["all_words"] else [])]
        self.vocabulary = Vocabulary.of(known, least=1)
        if config["variant"] == "rand":
            shape = len(self.vocabulary), config["size"]
            start = (2 * torch.rand(shape) - 1) * SPREAD
            start[data.PADDING] = 0.0
        else:
            seed = int(torch.randint(2**31, ()))
            start, _ = starting_vectors(self.vocabulary, seed)
        classes = max(train.labels) + 1
        self.model: nn.Module = KimCNN(config["variant"], start, classes)
        self.numbers = [self.vocabulary.encode(d) for d in self.train.documents]
        self.lengths = [len(numbers) for numbers in self.numbers]
        self.per_epoch = len(self.train) // ROWS
        self._epoch, self._batches = -1, [[0]]

    @staticmethod
    def _parts(config: Mapping[str, Any]) -> tuple[Labelled, Labelled]:
        if config["data"] == "trec":
            return kim_data.questions(config["kims"], config["lower"])
        films = kim_data.critics_sentences()
        train, test = kim_data.fold_of(
            len(films), config["fold"], config["shuffle"]
        )
        return films.choose(train), films.choose(test)

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return words (rows, time), lengths (rows,) and classes (rows,)."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._batches = data.batches(self.lengths, ROWS, seed=epoch)
        chosen = self._batches[place]
        words, lengths = data.stack([self.numbers[i] for i in chosen])
        return words, lengths, torch.tensor([self.train.labels[i] for i in chosen])

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy; nothing is carried over."""
        words, lengths, classes = batch
        return functional.cross_entropy(model(words, lengths), classes), ()

    def predicted(self) -> list[int]:
        """Return the most probable class of every sentence to judge."""
        found = predict(self.model, self.vocabulary, self.judged.documents)
        return [int(best) for best in found.argmax(dim=-1)]

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the sentences to judge."""
        return {"accuracy": accuracy(self.judged.labels, self.predicted())}


class Several:
    """Several readings, or the folds of one, trained in one run."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make one reading for each entry of ``several``, which changes *config* there."""
        self.names: list[str] = list(config["several"])
        self.readings = [
            Reading({**config, **change}) for change in config["several"].values()
        ]
        self.model: nn.Module = SideBySide([r.model for r in self.readings])

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return words (rows, networks, time), lengths and classes (rows, networks)."""
        words, lengths, classes = zip(
            *(reading.batch(step) for reading in self.readings), strict=True
        )
        longest = max(w.shape[1] for w in words)
        padded = [functional.pad(w, (0, longest - w.shape[1])) for w in words]
        return (
            torch.stack(padded, dim=1),
            torch.stack(lengths, dim=1),
            torch.stack(classes, dim=1),
        )

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the sum of the networks' mean losses, so that none feels another."""
        words, lengths, classes = batch
        scores = model(words, lengths)  # (rows, networks, classes)
        each = functional.cross_entropy(
            scores.flatten(0, 1), classes.flatten(), reduction="sum"
        )
        return each / len(words), ()

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy of every network by its name."""
        assert isinstance(self.model, SideBySide)
        found = {}
        for name, reading, trained in zip(
            self.names, self.readings, self.model.models, strict=True
        ):
            reading.model = trained
            found[name] = reading.evaluate()["accuracy"]
        return found


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
