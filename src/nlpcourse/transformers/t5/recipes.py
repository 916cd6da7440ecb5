"""What ``nlpcourse train`` trains for this chapter.

- *pre-training*: one run of span corruption, whose weights and vocabulary all others use;
- *together*: the pre-trained model is taught four tasks at once, three seeds;
- *alone*: the pre-trained model is taught one task, four tasks, three seeds;
- *from zero*: a model that was not pre-trained is taught four tasks at once, three seeds;
- *choices*: learning rates of layers, table, queries and biases, in runs a fifth as long, judged
  on validation examples, and two short pre-trainings, judged on rows held out.

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
RATE, TABLE_STEP, QUERY_STEP, BIAS_STEP = 2e-3, 32.0, 32**-0.5, 32.0
"""The learning rate, and how long the steps of table, queries and biases are beside the others'."""
CHOICES = (
    (RATE, TABLE_STEP, QUERY_STEP, BIAS_STEP),
    (RATE / 2, TABLE_STEP, QUERY_STEP, BIAS_STEP),
    (2 * RATE, TABLE_STEP, QUERY_STEP, BIAS_STEP),
    (RATE, 1.0, QUERY_STEP, BIAS_STEP),
    (RATE, TABLE_STEP, 1.0, BIAS_STEP),
    (RATE, TABLE_STEP, QUERY_STEP, 1.0),
)
"""What was tried from zero; the first was the best on validation examples."""
STARTED_RATE = 4e-3
"""The learning rate of a pre-trained model, whose weights have grown."""
STARTED_RATES = (STARTED_RATE, 1e-3, 2e-3, 8e-3)
"""What was tried for it; the first was the best, by the sum of the tasks' losses."""
BIAS_STEPS = (1.0, BIAS_STEP)
"""Steps of the biases that short pre-trainings tried."""
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
    "bias_step": BIAS_STEP,
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
        "judged": "test",
    },
    plan=Plan(seed=0, steps=20_000, learning_rate=RATE, warmup=400, interval=500),
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
            learning_rate=STARTED_RATE if start else RATE,
            warmup=min(400, steps // 5),
            interval=100,
        ),
        half=True,
        keep_weights=keep,
        about=f"{', '.join(names)}, {'pre-trained' if start else 'from zero'}, seed {seed}",
    )


def pretrained_in_short(bias_step: float) -> Recipe:
    """Return a tenth of the pre-training, with steps of the biases to be tried."""
    plan = PRETRAINING.plan
    return replace(
        PRETRAINING,
        config={
            **PRETRAINING.config,
            "bias_step": bias_step,
            "judged": "validation",
        },
        plan=replace(plan, steps=plan.steps // 10, interval=100),
        keep_weights=False,
        about=f"span corruption in short, steps of the biases {bias_step:g}",
    )


def short_name(bias_step: float) -> str:
    """Return the name of a short pre-training.

    >>> short_name(32.0)
    't5-pretrained-short-32'
    """
    return f"t5-pretrained-short-{bias_step:g}"


def in_short(recipe: Recipe, rate: float, about: str, **settings: Any) -> Recipe:
    """Return a fifth of a run, with other settings, judged on validation examples."""
    batches = {n: count // 5 for n, count in recipe.config["batches"].items()}
    steps = sum(batches.values())
    return replace(
        recipe,
        config={
            **recipe.config,
            "batches": batches,
            "judged": "validation",
            **settings,
        },
        plan=replace(
            recipe.plan, steps=steps, learning_rate=rate, warmup=steps // 10
        ),
        keep_weights=False,
        about=about,
    )


def choice(
    rate: float, table_step: float, query_step: float, bias_step: float
) -> Recipe:
    """Return a short run from zero that tries four settings."""
    return in_short(
        taught(tasks.NAMES, 0, start=False),
        rate,
        f"four tasks, rate {rate:g}, steps {table_step:g}, {query_step:.2g}, {bias_step:g}",
        table_step=table_step,
        query_step=query_step,
        bias_step=bias_step,
    )


def choice_name(
    rate: float, table_step: float, query_step: float, bias_step: float
) -> str:
    """Return the name of a run that tries four settings.

    >>> choice_name(0.002, 32.0, 0.25, 1.0)
    't5-choice-0.002-32-0.25-1'
    """
    return f"t5-choice-{rate:g}-{table_step:g}-{query_step:.2g}-{bias_step:g}"


def started_choice(rate: float) -> Recipe:
    """Return a short run of the pre-trained model that tries a learning rate."""
    about = f"four tasks, pre-trained, rate {rate:g}"
    return in_short(taught(tasks.NAMES, 0), rate, about)


def started_choice_name(rate: float) -> str:
    """Return the name of a run that tries a learning rate for the pre-trained model.

    >>> started_choice_name(0.004)
    't5-choice-started-0.004'
    """
    return f"t5-choice-started-{rate:g}"


RECIPES: dict[str, Recipe] = {
    PRETRAINED: PRETRAINING,
    **{short_name(step): pretrained_in_short(step) for step in BIAS_STEPS},
    **{choice_name(*tried): choice(*tried) for tried in CHOICES},
    **{started_choice_name(rate): started_choice(rate) for rate in STARTED_RATES},
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
