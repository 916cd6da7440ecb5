"""What ``nlpcourse train`` trains for this chapter: three seeds of each model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.neural.lstm import language_model as lm
from nlpcourse.neural.lstm import tagger as pos
from nlpcourse.neural.rnn import recipes as rnn_recipes
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe


def build_language_model(config: Mapping[str, Any]) -> lm.LanguageModel:
    """Return an untrained language model of the sizes in *config*."""
    return lm.LanguageModel(
        config["size"],
        config["layers"],
        config["cutoffs"],
        config["div_value"],
        config["dropout"],
    )


class LanguageModelling(rnn_recipes.LanguageModelling):
    """Truncated backpropagation through time over WikiText-2, read by an LSTM."""

    def __init__(
        self, config: Mapping[str, Any], tokens: Tensor | None = None
    ) -> None:
        """Make the model and number the text (``tokens`` where given, else WikiText-2's)."""
        super().__init__(build_language_model, config, tokens)


def build_tagger(config: Mapping[str, Any], tables: pos.Tables) -> pos.Tagger:
    """Return an untrained tagger of the sizes in *config*."""
    known = [len(table) for table in tables.guises]
    return pos.Tagger(
        known,
        config["sizes"],
        config["hidden"],
        len(tables.tags),
        config["dropout"],
    )


class Tagging:
    """Brown's training sentences in batches of like length."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model and number all sentences."""
        self.tables = pos.brown_tables(config["least"])
        self.model: nn.Module = build_tagger(config, self.tables)
        self.rows: int = config["rows"]
        train, _ = pos.brown_split()
        self.features = [self.tables.read([word for word, _ in s]) for s in train]
        self.gold = [self.tables.tag_numbers(tag for _, tag in s) for s in train]
        self.lengths = [len(s) for s in train]
        self.per_epoch = len(train) // self.rows
        self._epoch, self._batches = -1, [[0]]

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return features (rows, time, 3), gold tags (rows, time) and lengths (rows,)."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._batches = pos.length_buckets(self.lengths, self.rows, seed=epoch)
        chosen = self._batches[place]
        features = pos.pad([self.features[k] for k in chosen])
        gold = pos.pad([self.gold[k] for k in chosen], pos.IGNORE)
        return features, gold, torch.tensor([self.lengths[k] for k in chosen])

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross entropy of the gold tags; nothing is carried over."""
        features, gold, lengths = batch
        scores = model(features, lengths)
        return functional.cross_entropy(scores.flatten(0, 1), gold.flatten()), ()

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the test sentences: all words, and those never seen."""
        assert isinstance(self.model, pos.Tagger)
        train, test = pos.brown_split()
        predicted = pos.tag(
            self.model, self.tables, [[word for word, _ in s] for s in test]
        )
        seen = {word for s in train for word, _ in s}
        return {
            "test_accuracy": pos.tagging_accuracy(predicted, test),
            "unseen_word_accuracy": pos.tagging_accuracy(
                predicted, test, words=seen
            ),
        }


LANGUAGE_MODEL: dict[str, Any] = {
    "data": "wikitext-2",
    "size": 192,
    "layers": 1,
    "cutoffs": [1000, 6000, 33278],
    "div_value": 3.0,
    "dropout": 0.1,
    "rows": 20,
    "window": 35,
}
TAGGER: dict[str, Any] = {
    "data": "brown",
    "least": 3,
    "sizes": [48, 24, 8],
    "hidden": 64,
    "rows": 32,
    "dropout": 0.2,
}
SEEDS = (0, 1, 2)
LANGUAGE_MODEL_NAME = "lstm-wikitext2-seed0"
TAGGER_NAME = "bilstm-brown-seed0"


def _language_model_recipe(seed: int) -> Recipe:
    return Recipe(
        build=LanguageModelling,
        config=LANGUAGE_MODEL,
        plan=rnn_recipes.wikitext_budget(seed),
        half=True,
        keep_weights=seed == 0,
        about=f"LSTM language model on WikiText-2, seed {seed}",
    )


def _tagger_recipe(seed: int) -> Recipe:
    return Recipe(
        build=Tagging,
        config=TAGGER,
        plan=Plan(
            seed=seed,
            steps=3224,  # two readings of the sentences
            learning_rate=4e-3,
            warmup=100,
            clip=1.0,
            interval=100,
        ),
        half=True,
        keep_weights=seed == 0,
        about=f"BiLSTM part-of-speech tagger on Brown, seed {seed}",
    )


RECIPES = {
    **{
        f"lstm-wikitext2-seed{seed}": _language_model_recipe(seed) for seed in SEEDS
    },
    **{f"bilstm-brown-seed{seed}": _tagger_recipe(seed) for seed in SEEDS},
}


def load_language_model() -> tuple[lm.LanguageModel, dict[str, Any]]:
    """Return the trained language model of this chapter and the log of its training."""
    model = build_language_model(LANGUAGE_MODEL)
    return registry.load_model(
        LANGUAGE_MODEL_NAME, model, RECIPES[LANGUAGE_MODEL_NAME]
    )


def load_tagger() -> tuple[pos.Tagger, pos.Tables, dict[str, Any]]:
    """Return the trained tagger of this chapter, its tables and the log of its training."""
    tables = pos.brown_tables(TAGGER["least"])
    model, log = registry.load_model(
        TAGGER_NAME, build_tagger(TAGGER, tables), RECIPES[TAGGER_NAME]
    )
    return model, tables, log
