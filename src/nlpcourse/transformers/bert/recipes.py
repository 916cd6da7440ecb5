"""What ``nlpcourse train`` trains for this chapter, three seeds where seeds are compared.

- *pre-training*: one long run on WikiText-2, whose weights the chapter uses;
- *ways of masking*: one static copy, ten static copies, dynamic masks, on a small text;
- *ways to an answer*: TREC's questions with frozen vectors, fine-tuned, and from scratch;
- *learning rates*: three for each way, judged on training questions held out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.training.registry import load
from nlpcourse.transformers.bert.classifier import FrozenTask, QuestionTask
from nlpcourse.transformers.bert.pretraining import (
    Filler,
    masked_language_task,
    restore,
)

SEEDS = (0, 1, 2)

# ------------------------------------------------------------------------------- pre-training

SIZES: dict[str, Any] = {
    "vocabulary": 4096,
    "length": 32,
    "batch_size": 16,
    "layers": 2,
    "hidden_size": 128,
    "heads": 4,
    "dropout": 0.0,
    # 0.02 suits BERT's 768 channels; with 128 it leaves attention flat, and training on a plateau.
    "initial_spread": 0.06,
}
PRETRAINING = Recipe(
    build=masked_language_task,
    config={**SIZES, "masking": "dynamic"},
    plan=Plan(seed=0, steps=10000, learning_rate=1e-3, warmup=250, interval=250),
    half=True,
    about="a small RoBERTa on WikiText-2: masked language model, dynamic masking",
)

# ---------------------------------------------------------------------------- ways of masking

MASKINGS: dict[str, dict[str, Any]] = {
    "one-copy": {"masking": "static", "copies": 1},
    "ten-copies": {"masking": "static", "copies": 10},
    "dynamic": {"masking": "dynamic"},
}


def masking_recipe(way: str, seed: int) -> Recipe:
    """Return a run of one way of masking: forty epochs, as BERT had, of a text that allows them."""
    small = {"hidden_size": 64, "heads": 2, "windows": 1200}
    return Recipe(
        build=masked_language_task,
        config={**SIZES, **small, **MASKINGS[way]},
        plan=Plan(
            seed=seed, steps=3000, learning_rate=1e-3, warmup=150, interval=150
        ),
        keep_weights=False,
        about=f"masked language model, forty epochs of a small text, masking: {way}",
    )


# -------------------------------------------------------------------------- ways to an answer

ANSWERS: dict[str, Recipe] = {
    "frozen": Recipe(
        build=FrozenTask,
        config={"batch_size": 128},
        plan=Plan(seed=0, steps=3000, learning_rate=1e-2, warmup=100, interval=500),
        about="a linear layer on MiniLM's frozen vectors of the TREC questions",
    ),
    "finetuned": Recipe(
        build=QuestionTask,
        config={"pretrained": True, "batch_size": 32},
        plan=Plan(seed=0, steps=255, learning_rate=1e-4, warmup=25, interval=85),
        keep_weights=False,
        about="MiniLM fine-tuned on TREC questions, an epoch and a half",
    ),
    "scratch": Recipe(
        build=QuestionTask,
        config={"pretrained": False, "batch_size": 32},
        plan=Plan(seed=0, steps=255, learning_rate=3e-4, warmup=25, interval=85),
        keep_weights=False,
        about="the same network from random weights on TREC questions, an epoch and a half",
    ),
}


def with_seed(recipe: Recipe, seed: int) -> Recipe:
    """Return the recipe with another seed."""
    return replace(recipe, plan=replace(recipe.plan, seed=seed))


# ----------------------------------------------------------------------------- learning rates

HELD_OUT = 500
RATES: dict[str, tuple[float, ...]] = {
    "frozen": (1e-3, 1e-2, 1e-1),
    "finetuned": (3e-5, 1e-4, 3e-4),
    "scratch": (1e-4, 3e-4, 1e-3),
}


def rate_name(way: str, rate: float) -> str:
    """Return the name of a run that tries a learning rate.

    >>> rate_name("finetuned", 1e-4)
    'bert-trec-finetuned-rate-0.0001'
    """
    return f"bert-trec-{way}-rate-{rate:g}"


def rate_recipe(way: str, rate: float) -> Recipe:
    """Return a run that trains without the last questions and is judged by them alone."""
    recipe = ANSWERS[way]
    return replace(
        recipe,
        config={**recipe.config, "held_out": HELD_OUT},
        plan=replace(recipe.plan, learning_rate=rate),
        keep_weights=False,
        about=f"{way}, learning rate {rate:g}, judged on held-out training questions",
    )


RECIPES: dict[str, Recipe] = {
    "bert-wikitext2-dynamic": PRETRAINING,
    **{
        f"bert-masking-{way}-seed{seed}": masking_recipe(way, seed)
        for way in MASKINGS
        for seed in SEEDS
    },
    **{
        f"bert-trec-{way}-seed{seed}": with_seed(recipe, seed)
        for way, recipe in ANSWERS.items()
        for seed in SEEDS
    },
    **{
        rate_name(way, rate): rate_recipe(way, rate)
        for way, rates in RATES.items()
        for rate in rates
    },
}


def load_filler() -> Filler:
    """Return the pre-trained masked language model of this chapter with its tokenizer."""
    tensors, log = load("bert-wikitext2-dynamic")
    sizes = {k.removeprefix("config."): v for k, v in log["settings"].items()}
    return restore(tensors, sizes)
