"""What ``nlpcourse train`` trains for this chapter.

- *pre-training*: one run of span corruption, whose weights and vocabulary all others use;
- *together*: the pre-trained model is taught four tasks at once, three seeds;
- *alone*: the pre-trained model is taught one task, four tasks, three seeds;
- *from zero*: a model that was not pre-trained is taught four tasks at once, three seeds;
- *choices*: learning rates of layers, table and queries, in runs a fifth as long, judged on
  validation examples.

A task's share of the batches is its mixing rate.  A model that learns it alone reads the same
batches of it, in the same order, as one that learns four.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.transformers.t5 import tasks
from nlpcourse.transformers.t5.model import T5
from nlpcourse.transformers.t5.pretraining import (
    SpanCorruption,
    trained_model,
)
from nlpcourse.transformers.t5.teaching import Teaching
from nlpcourse.transformers.t5.vocabulary import Vocabulary

SEEDS = (0, 1, 2)
LIMIT = 10_000
"""K of the mixing rates."""
BATCHES = {"spanish": 1000, "sounds": 1000, "modern": 169, "sentiment": 208}
"""Batches of each task: in proportion to min(e, K), which a test adds up."""
RATE, TABLE_STEP, QUERY_STEP = 2e-3, 32.0, 32**-0.5
"""The learning rate, and how long the table's and the queries' steps are beside those of others."""
CHOICES = (
    (RATE, TABLE_STEP, QUERY_STEP),
    (4e-3, TABLE_STEP, QUERY_STEP),
    (RATE, 1.0, QUERY_STEP),
    (RATE, TABLE_STEP, 1.0),
)
"""What was tried; the first was the best on validation examples."""
SIZES: dict[str, Any] = {
    "vocabulary": 1000,
    "size": 128,
    "heads": 4,
    "inner": 256,
    "layers": 2,
    "gated": False,
    "tied": True,
    "table_step": TABLE_STEP,
    "query_step": QUERY_STEP,
}

PRETRAINED = "t5-pretrained"
PRETRAINING = Recipe(
    build=SpanCorruption,
    config={
        **SIZES,
        "dropout": 0.0,
        "rows": 32,
        "length": 40,
        "lines": 40_000,
        "rate": 0.15,
        "mean_span": 3.0,
    },
    plan=Plan(seed=0, steps=6_000, learning_rate=RATE, warmup=400, interval=200),
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
    steps = sum(BATCHES[name] for name in names)
    return Recipe(
        build=partial(Teaching, pretrained=(PRETRAINED, PRETRAINING)),
        config={
            **SIZES,
            "dropout": 0.0,
            "rows": 64,
            "batches": {name: BATCHES[name] for name in names},
            "start": start,
            "judged": "test",
            "most": 40_000,
        },
        plan=Plan(
            seed=seed,
            steps=steps,
            learning_rate=RATE,
            warmup=min(400, steps // 5),
            interval=100,
        ),
        half=True,
        keep_weights=keep,
        about=f"{', '.join(names)}, {'pre-trained' if start else 'from zero'}, seed {seed}",
    )


def choice(rate: float, table_step: float, query_step: float) -> Recipe:
    """Return a short run from zero that tries three settings on validation examples."""
    whole = taught(tasks.NAMES, 0, start=False)
    batches = {name: count // 5 for name, count in BATCHES.items()}
    steps = sum(batches.values())
    tried = {
        "batches": batches,
        "judged": "validation",
        "table_step": table_step,
        "query_step": query_step,
    }
    return replace(
        whole,
        config={**whole.config, **tried},
        plan=replace(
            whole.plan, steps=steps, learning_rate=rate, warmup=steps // 10
        ),
        about=f"four tasks, rate {rate:g}, steps {table_step:g} and {query_step:.2g}",
    )


def choice_name(rate: float, table_step: float, query_step: float) -> str:
    """Return the name of a run that tries three settings.

    >>> choice_name(0.002, 32.0, 0.25)
    't5-choice-0.002-32-0.25'
    """
    return f"t5-choice-{rate:g}-{table_step:g}-{query_step:.2g}"


RECIPES: dict[str, Recipe] = {
    PRETRAINED: PRETRAINING,
    **{choice_name(*tried): choice(*tried) for tried in CHOICES},
}
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
    module = trained_model(recipe.config, tensors["merges"])
    module.load_state_dict(tensors)
    return module.finished(), Vocabulary(tensors["merges"].tolist()), log
