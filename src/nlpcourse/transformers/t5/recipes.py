"""What ``nlpcourse train`` trains for this chapter.

- *pre-training*: one run of span corruption, whose weights and vocabulary all others use;
- *together*: the pre-trained model is taught four tasks at once, three seeds;
- *alone*: the pre-trained model is taught one task, four tasks, three seeds;
- *from zero*: a model that was not pre-trained is taught four tasks at once, three seeds.

A model that learns one task reads as many examples of it, in the same order, as one that learns
four; the latter takes four times as many steps in all.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.transformers.t5 import tasks
from nlpcourse.transformers.t5.model import T5
from nlpcourse.transformers.t5.pretraining import (
    SpanCorruption,
    Trained,
    model_config,
)
from nlpcourse.transformers.t5.teaching import Teaching
from nlpcourse.transformers.t5.vocabulary import Vocabulary

SEEDS = (0, 1, 2)
STEPS = 60
"""Batches of one task."""
RATE = 3e-3
SIZES: dict[str, Any] = {
    "vocabulary": 1000,
    "size": 64,
    "heads": 4,
    "inner": 256,
    "layers": 1,
    "gated": False,
    "tied": True,
    "dropout": 0.0,
    "rows": 32,
}

PRETRAINED = "t5-pretrained"
PRETRAINING = Recipe(
    build=SpanCorruption,
    config={**SIZES, "length": 40, "lines": 8000, "rate": 0.15, "mean_span": 3.0},
    plan=Plan(seed=0, steps=600, learning_rate=3e-3, warmup=60, interval=50),
    half=True,
    about="a small T5 on the course's texts: span corruption",
)


def taught(
    names: tuple[str, ...],
    seed: int,
    start: bool = True,
    keep: bool = False,
) -> Recipe:
    """Return a run that teaches tasks to the pre-trained model, or to one from zero."""
    steps = STEPS * len(names)
    return Recipe(
        build=partial(Teaching, pretrained=(PRETRAINED, PRETRAINING)),
        config={
            **SIZES,
            "tasks": list(names),
            "start": start,
            "most": 8000,
        },
        plan=Plan(
            seed=seed,
            steps=steps,
            learning_rate=RATE,
            warmup=steps // 10,
            interval=30,
        ),
        half=True,
        keep_weights=keep,
        about=f"{', '.join(names)}, {'pre-trained' if start else 'from zero'}, seed {seed}",
    )


RECIPES: dict[str, Recipe] = {PRETRAINED: PRETRAINING}
for _seed in SEEDS:
    RECIPES[f"t5-together-seed{_seed}"] = taught(
        tasks.NAMES, _seed, keep=_seed == 0
    )
    for _name in tasks.NAMES:
        RECIPES[f"t5-{_name}-seed{_seed}"] = taught((_name,), _seed)
    RECIPES[f"t5-zero-seed{_seed}"] = taught(tasks.NAMES, _seed, start=False)


def load(name: str) -> tuple[T5, Vocabulary, dict[str, Any]]:
    """Return a trained model, its vocabulary, and the log of its training."""
    recipe = RECIPES[name]
    tensors, log = registry.load(name, recipe)
    module = Trained(model_config(recipe.config), tensors["merges"])
    module.load_state_dict(tensors)
    return module.model.eval(), Vocabulary(tensors["merges"].tolist()), log
