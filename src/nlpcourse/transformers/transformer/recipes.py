"""What ``nlpcourse train`` trains for this chapter: three seeds of each task.

Pairs, batches and the number of steps are those of chapter 25's models, so that the two read the
same in the same order.  The rate rises in a straight line, as in the paper, and then falls as the
training room's cosine, not as the paper's 1/√step: the cosine ends near zero however short the
training is.
"""

from __future__ import annotations

from typing import Any

from nlpcourse.neural.seq2seq import pronunciation, translation
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.transformers.transformer.model import Transformer
from nlpcourse.transformers.transformer.tasks import (
    Pronouncing,
    Translating,
    build,
)

SIZES: dict[str, Any] = {
    "size": 128,
    "heads": 4,
    "layers": 2,
    "inner": 256,
    "dropout": 0.0,  # hardly anything is read more than three times
    "smoothing": 0.1,
}
PRONUNCIATION: dict[str, Any] = {**SIZES, "data": "cmudict", "rows": 128}
TRANSLATION: dict[str, Any] = {
    **SIZES,
    "data": "tatoeba-es",
    "rows": 64,
    "shared": True,
}
SEEDS = (0, 1, 2)


def _pronunciation_recipe(seed: int) -> Recipe:
    return Recipe(
        build=Pronouncing,
        config=PRONUNCIATION,
        plan=Plan(
            seed=seed, steps=2600, learning_rate=2e-3, warmup=400, interval=100
        ),
        half=True,
        keep_weights=seed == 0,
        about=f"Transformer from letters to sounds on CMUdict, seed {seed}",
    )


def _translation_recipe(seed: int) -> Recipe:
    return Recipe(
        build=Translating,
        config=TRANSLATION,
        plan=Plan(
            seed=seed, steps=2700, learning_rate=2e-3, warmup=400, interval=100
        ),
        half=True,
        keep_weights=seed == 0,
        about=f"Transformer from English to Spanish on Tatoeba, seed {seed}",
    )


RECIPES = {
    **{
        f"transformer-g2p-seed{seed}": _pronunciation_recipe(seed) for seed in SEEDS
    },
    **{
        f"transformer-tatoeba-seed{seed}": _translation_recipe(seed)
        for seed in SEEDS
    },
}


def load_pronouncer() -> tuple[Transformer, dict[str, Any]]:
    """Return the trained model that pronounces words, and the log of its training."""
    letters, sounds = len(pronunciation.LETTERS), len(pronunciation.SOUNDS)
    return _load("transformer-g2p-seed0", build(PRONUNCIATION, letters, sounds))


def load_translator() -> tuple[Transformer, dict[str, Any]]:
    """Return the trained model that translates sentences, and the log of its training."""
    pieces = translation.PIECES
    return _load("transformer-tatoeba-seed0", build(TRANSLATION, pieces, pieces))


def _load(name: str, model: Transformer) -> tuple[Transformer, dict[str, Any]]:
    return registry.load_model(name, model, RECIPES[name])
