"""What ``nlpcourse train`` trains for this chapter.

One model of the film sentences and one of TREC's questions are kept; further seeds, and
the models of every cross-validation, leave their logs alone.  The models of a
cross-validation take their steps side by side, in one run: they share nothing but the
clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpcourse.evaluation import accuracy
from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.data import Vocabulary
from nlpcourse.neural.cnn.model import SentenceCNN
from nlpcourse.neural.cnn.side_by_side import OneClassifier, Together
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


class Classifying(OneClassifier):
    """One training text, one test text, one model."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read the data that *config* names and make the model.

        Where settings are being chosen (``"choice"``), the test text is the validation text.

        Raises:
            ValueError: the sentences don't fill a batch.
        """
        choice, trec = config.get("choice", False), config["data"] == "trec"
        if choice:
            train, test = data.trec_choice() if trec else data.movie_choice()
        elif trec:
            train, test = data.trec_questions()
        else:
            train, test = data.movie_fold(config["fold"], config["shuffle"])
        vocabulary = Vocabulary.of(train.documents, config["least"])
        model = build_model(config, len(vocabulary))
        super().__init__(model, vocabulary, train, test, config["rows"])

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the test sentences."""
        return {"test_accuracy": accuracy(self.judged.labels, self.predicted())}


class CrossValidating(Together):
    """The models of a cross-validation of the film sentences, one for each fold."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make one task per fold."""
        folds = range(config["folds"])
        super().__init__([Classifying({**config, "fold": fold}) for fold in folds])

    def evaluate(self) -> dict[str, float]:
        """Return the share of all sentences that their fold's model judged right."""
        tasks = self.finished()
        right = sum(
            accuracy(task.judged.labels, task.predicted()) * len(task.judged)
            for task in tasks
        )
        return {"accuracy": right / sum(len(task.judged) for task in tasks)}


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
    train, _ = data.movie_fold(0)
    vocabulary = Vocabulary.of(train.documents, MOVIE["least"])
    untrained = build_model(MOVIE, len(vocabulary))
    model, log = registry.load_model(MOVIE_NAME, untrained, RECIPES[MOVIE_NAME])
    return model, vocabulary, log
