"""What ``nlpcourse train`` trains for this chapter.

One model of the film sentences and one of TREC's questions are kept; further seeds, and
the models of every cross-validation, leave their logs alone.  The models of a
cross-validation take their steps side by side, in one run: they share nothing but the
clock.
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
from nlpcourse.neural.cnn.model import SentenceCNN, predict
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe


def build_model(config: Mapping[str, Any], words: int) -> SentenceCNN:
    """Return an untrained model of the sizes in *config* for so many words."""
    return SentenceCNN(
        words,
        config["size"],
        config["widths"],
        config["maps"],
        config["classes"],
        dropout=config["dropout"],
        input_dropout=config["input_dropout"],
        spread=config["spread"],
    )


class Classifying:
    """One training text, one test text, one model."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read the data that *config* names and make the model.

        Where settings are being chosen (``"choice"``), the test text is the validation text.
        """
        choice, trec = config.get("choice", False), config["data"] == "trec"
        if choice:
            train, self.test = data.trec_choice() if trec else data.movie_choice()
        elif trec:
            train, self.test = data.trec_questions()
        else:
            train, self.test = data.movie_fold(config["fold"], config["shuffle"])
        self.set_up(config, train)

    def set_up(self, config: Mapping[str, Any], train: Labelled) -> None:
        """Number the training sentences and make the model.

        Raises:
            ValueError: the sentences don't fill a batch.
        """
        self.rows: int = config["rows"]
        if not 1 <= self.rows <= len(train):
            raise ValueError(
                f"{len(train)} sentences don't fill a batch of {self.rows}"
            )
        self.vocabulary = Vocabulary.of(train.documents, config["least"])
        self.model: nn.Module = build_model(config, len(self.vocabulary))
        self.numbers = [self.vocabulary.encode(words) for words in train.documents]
        self.labels = train.labels
        self.per_epoch = len(train) // self.rows
        self._epoch, self._batches = -1, [[0]]

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return words (rows, time), lengths (rows,) and classes (rows,)."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            lengths = [len(n) for n in self.numbers]
            self._batches = data.batches(lengths, self.rows, seed=epoch)
        chosen = self._batches[place]
        words, lengths_now = data.stack([self.numbers[i] for i in chosen])
        return words, lengths_now, torch.tensor([self.labels[i] for i in chosen])

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy; nothing is carried over."""
        words, lengths, classes = batch
        return functional.cross_entropy(model(words, lengths), classes), ()

    def predicted(self) -> list[int]:
        """Return the most probable class of every test sentence."""
        found = predict(self.model, self.vocabulary, self.test.documents)
        return [int(best) for best in found.argmax(dim=-1)]

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the test sentences."""
        return {"test_accuracy": accuracy(self.test.labels, self.predicted())}


class SideBySide(nn.Module):
    """Several models that take their batches side by side; rows lie on axis 0."""

    def __init__(self, models: list[nn.Module]) -> None:
        """Keep the models."""
        super().__init__()
        self.models = nn.ModuleList(models)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Return scores (rows, models, classes) of words (rows, models, time)."""
        scores = []
        for k, model in enumerate(self.models):
            longest = int(lengths[:, k].max())
            scores.append(model(words[:, k, :longest], lengths[:, k]))
        return torch.stack(scores, dim=1)


class CrossValidating:
    """The models of a cross-validation of the film sentences, one for each fold."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make one task per fold."""
        folds = range(config["folds"])
        self.tasks = [Classifying({**config, "fold": fold}) for fold in folds]
        self.model: nn.Module = SideBySide([task.model for task in self.tasks])

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return words (rows, folds, time), lengths and classes (rows, folds)."""
        words, lengths, classes = zip(
            *(task.batch(step) for task in self.tasks), strict=True
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
        """Return the sum of the models' mean losses, so that none feels another."""
        words, lengths, classes = batch
        scores = model(words, lengths)  # (rows, folds, classes)
        each = functional.cross_entropy(
            scores.flatten(0, 1), classes.flatten(), reduction="sum"
        )
        return each / len(words), ()

    def evaluate(self) -> dict[str, float]:
        """Return the share of all sentences that their fold's model judged right."""
        assert isinstance(self.model, SideBySide)
        right, total = 0.0, 0
        for task, trained in zip(self.tasks, self.model.models, strict=True):
            task.model = trained
            right += task.evaluate()["test_accuracy"] * len(task.test)
            total += len(task.test)
        return {"accuracy": right / total}


MOVIE: dict[str, Any] = {
    "data": "movie",
    "classes": 2,
    "least": 3,
    "size": 64,
    "widths": [3, 4, 5],
    "maps": 100,
    "dropout": 0.5,
    "input_dropout": 0.2,
    "spread": 0.5,
    "rows": 50,
    "shuffle": 0,
}
TREC: dict[str, Any] = {
    **MOVIE,
    "data": "trec",
    "classes": 6,
    "least": 1,
    "input_dropout": 0.2,
    "spread": 0.25,
}
SEEDS = (0, 1, 2)
MOVIE_EPOCH = 177  # steps of 50 sentences
TREC_EPOCH = 109
MOVIE_READINGS, TREC_READINGS = 5, 10
MOVIE_NAME = "cnn-movie-seed0"
FOLDS_NAME = "cnn-movie-folds-seed0"
NO_CLIPPING = 1e9


def _plan(seed: int, steps: int, learning_rate: float, decay: float) -> Plan:
    return Plan(
        seed=seed,
        steps=steps,
        learning_rate=learning_rate,
        clip=NO_CLIPPING,
        weight_decay=decay,
        interval=steps // 16,
    )


def _movie_recipe() -> Recipe:
    return Recipe(
        build=Classifying,
        config={**MOVIE, "fold": 0},
        plan=_plan(0, MOVIE_READINGS * MOVIE_EPOCH, 3e-3, 0.1),
        half=True,
        about="CNN on the film sentences, first fold, seed 0",
    )


def _folds_recipe(seed: int) -> Recipe:
    return Recipe(
        build=CrossValidating,
        config={**MOVIE, "folds": data.FOLDS, "shuffle": seed},
        plan=_plan(seed, MOVIE_READINGS * MOVIE_EPOCH, 3e-3, 0.1),
        half=True,
        keep_weights=False,
        about=f"CNN on the film sentences, five folds, shuffle and seed {seed}",
    )


def _trec_recipe(seed: int) -> Recipe:
    return Recipe(
        build=Classifying,
        config=TREC,
        plan=_plan(seed, TREC_READINGS * TREC_EPOCH, 3e-3, 0.5),
        half=True,
        keep_weights=False,
        about=f"CNN on TREC's questions, seed {seed}",
    )


RECIPES = {
    MOVIE_NAME: _movie_recipe(),
    FOLDS_NAME: _folds_recipe(0),
    **{f"cnn-trec-seed{seed}": _trec_recipe(seed) for seed in SEEDS},
}


def load_movie_model() -> tuple[SentenceCNN, Vocabulary, dict[str, Any]]:
    """Return the trained film model, its vocabulary and the log of its training."""
    tensors, log = registry.load(MOVIE_NAME, RECIPES[MOVIE_NAME])
    train, _ = data.movie_fold(0)
    vocabulary = Vocabulary.of(train.documents, MOVIE["least"])
    model = build_model(MOVIE, len(vocabulary))
    model.load_state_dict(tensors)
    return model.eval(), vocabulary, log
