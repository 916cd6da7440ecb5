"""What ``nlpcourse train`` trains for this chapter; three seeds, each with its own labels.

- *ways*: frozen, LoRA and full fine-tuning with 8, 64 and 512 labels; the first two with all of
  TREC's questions, too;
- *from zero*: chapter 24's small network with as many labels;
- *students*: the small network, taught by the LoRA network;
- *after another*: the second task's price for the first;
- *choices*: the learning rates of LoRA and of full fine-tuning, judged on texts apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.neural.cnn.model import SentenceCNN
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.training.registry import load
from nlpcourse.transformers.transfer.classify import (
    WARM_UP,
    AfterAnother,
    AllWeights,
    FewLabels,
    TextClassifier,
    build_classifier,
)
from nlpcourse.transformers.transfer.data import division
from nlpcourse.transformers.transfer.student import (
    Student,
    build_student,
    vocabulary_of,
)

SEEDS = (0, 1, 2)
LABELS = (8, 64, 512)
TASKS = ("stories", "films")
STEPS = {8: 16, 64: 32, 512: 32}
"""Steps of sixteen texts, or of eight where there are no more labels."""

SHARED: dict[str, Any] = {
    "batch_size": 16,
    "blocks": 2,
    "rank": 8,
    "alpha": 16,
    "narrow": 16,
    "judged": "judged",
}
RATES = {"frozen": 1e-3, "lora": 3e-4, "full": 1e-4}
"""Learning rates, from the choices below; frozen, no step is taken."""

CHOICES = {"lora": (3e-4, 1e-3, 3e-3), "full": (3e-5, 1e-4, 3e-4)}
CHOSEN_WITH = 512
"""Labels of the stories with which the rates are chosen."""

QUESTION_STEPS, CHOICE_STEPS, QUESTION_ROWS = 128, 255, 32
"""Chapter 30 gave 255 steps to its fine-tuned network; LoRA gets half as many."""

QUESTION_RATES = (1e-3, 3e-3)
QUESTION_RATE = 3e-3
"""The larger of two that tied on the questions that chapter 30 holds back."""

SECOND_RATES = {"lora": 3e-3, "top": 3e-4}
"""Of a second task, whose linear layer starts from random weights."""

TEACHER = "transfer-films-lora-512-seed0"
STUDENT = "transfer-student-seed0"
LABELLED_STUDENT = "transfer-films-cnn-512-seed0"


def plan(seed: int, steps: int, rate: float) -> Plan:
    """Return a plan that saves its state at the end alone."""
    return Plan(
        seed=seed,
        steps=steps,
        learning_rate=rate,
        warmup=WARM_UP,
        interval=max(1, steps // 4),
    )


def way_recipe(task: str, way: str, labels: int, seed: int) -> Recipe:
    """Return a run of one way with so many labels; the seed draws the labels, too."""
    steps = 0 if way == "frozen" else STEPS[labels]
    config = {**SHARED, "task": task, "way": way, "labels": labels, "draw": seed}
    return Recipe(
        build=AllWeights if way == "full" else FewLabels,
        config=config,
        plan=plan(seed, steps, RATES[way]),
        half=way == "lora",
        keep_weights=name_of(task, way, labels, seed) == TEACHER,
        about=f"{task}, {way}, {labels} labels",
    )


def name_of(task: str, way: str, labels: int | str, seed: int) -> str:
    """Return the name of a run.

    >>> name_of("films", "lora", 512, 0)
    'transfer-films-lora-512-seed0'
    """
    return f"transfer-{task}-{way}-{labels}-seed{seed}"


def choice_recipe(way: str, rate: float) -> Recipe:
    """Return a run that tries a learning rate on stories, judged by texts apart."""
    recipe = way_recipe("stories", way, CHOSEN_WITH, 0)
    return replace(
        recipe,
        config={**recipe.config, "judged": "validated"},
        plan=replace(recipe.plan, learning_rate=rate),
        half=False,
        keep_weights=False,
        about=f"stories, {way}, learning rate {rate:g}, judged on texts apart",
    )


def question_recipe(way: str, seed: int) -> Recipe:
    """Return a run with all of TREC's training questions, half as long as those of chapter 30."""
    config = {
        **SHARED,
        "task": "questions",
        "way": way,
        "labels": "all",
        "draw": seed,
    }
    steps = 0 if way == "frozen" else QUESTION_STEPS
    return Recipe(
        build=FewLabels,
        config={**config, "batch_size": QUESTION_ROWS, "judged": "test"},
        plan=plan(seed, steps, QUESTION_RATE),
        keep_weights=False,
        about=f"TREC's questions, {way}",
    )


def question_choice(rate: float) -> Recipe:
    """Return a run that tries a learning rate on the questions, judged by those held back."""
    recipe = question_recipe("lora", 0)
    known = 4_952  # all that are not held back
    return Recipe(
        build=FewLabels,
        config={**recipe.config, "labels": known, "judged": "validation"},
        plan=plan(0, CHOICE_STEPS, rate),
        keep_weights=False,
        about=f"TREC's questions, LoRA, learning rate {rate:g}",
    )


# ------------------------------------------------------------------------------- small networks

CNN: dict[str, Any] = {
    "least": 2,
    "size": 64,
    "widths": [3, 4, 5],
    "maps": 100,
    "dropout": 0.5,
    "input_dropout": 0.2,
    "spread": 0.5,
    "rows": 50,
    "teacher": "",
    "temperature": 1.0,
    "judged": "judged",
}
"""Chapter 24's sizes and settings."""

CNN_STEPS: dict[int | str, int] = {
    8: 40,
    64: 60,
    512: 120,
    "all": 240,
}
TEMPERATURE = 2.0
UNLABELLED = 2000
"""Texts that the teacher labels for the student."""


def cnn_recipe(
    task: str,
    labels: int | str,
    seed: int,
    teacher: str = "",
    temperature: float = 1.0,
) -> Recipe:
    """Return a run of the small network, with people's labels or a teacher's."""
    steps = CNN_STEPS["all" if teacher else labels]
    taught = {
        "teacher": teacher,
        "temperature": temperature,
        "unlabelled": UNLABELLED,
    }
    return Recipe(
        build=Student,
        config={**CNN, **taught, "task": task, "labels": labels, "draw": seed},
        plan=Plan(
            seed=seed,
            steps=steps,
            learning_rate=3e-3,
            clip=1e9,
            weight_decay=0.1,
            interval=steps // 4,
        ),
        half=True,
        keep_weights=seed == 0
        and (bool(teacher) or (task, labels) == ("films", 512)),
        about=f"{task}, small network, {'taught by ' + teacher if teacher else labels}",
    )


# -------------------------------------------------------------------------------- after another


def after_recipe(way: str, seed: int) -> Recipe:
    """Return a run that learns the films after the stories, with the same weights."""
    config = {
        **SHARED,
        "task": "films",
        "first": "stories",
        "way": way,
        "labels": 64,
    }
    steps = STEPS[64]
    return Recipe(
        build=AfterAnother,
        config={
            **config,
            "draw": seed,
            "first_steps": steps,
            "rate": RATES["lora"],
        },
        plan=plan(seed, steps, SECOND_RATES[way]),
        keep_weights=False,
        about=f"films after stories, {way}",
    )


RECIPES: dict[str, Recipe] = {
    **{
        name_of(task, way, labels, seed): way_recipe(task, way, labels, seed)
        for task in TASKS
        for way in RATES
        for labels in LABELS
        for seed in SEEDS
    },
    **{
        f"transfer-choice-{way}-{rate:g}": choice_recipe(way, rate)
        for way, rates in CHOICES.items()
        for rate in rates
    },
    name_of("questions", "frozen", "all", 0): question_recipe("frozen", 0),
    **{
        name_of("questions", "lora", "all", seed): question_recipe("lora", seed)
        for seed in SEEDS
    },
    **{
        f"transfer-choice-questions-{rate:g}": question_choice(rate)
        for rate in QUESTION_RATES
    },
    **{
        name_of(task, "cnn", labels, seed): cnn_recipe(task, labels, seed)
        for task in TASKS
        for labels in LABELS
        for seed in SEEDS
    },
    **{
        f"transfer-student-seed{seed}": cnn_recipe(
            "films", 512, seed, TEACHER, TEMPERATURE
        )
        for seed in SEEDS
    },
    **{
        f"transfer-after-{way}-seed{seed}": after_recipe(way, seed)
        for way in SECOND_RATES
        for seed in SEEDS
    },
}


def load_classifier(name: str = TEACHER) -> TextClassifier:
    """Return a trained classifier: the published encoder with the stored weights put in."""
    recipe = RECIPES[name]
    tensors, _ = load(name, recipe, chapters.get("33").folder)
    classes = len(division(recipe.config["task"]).train.names)
    model = build_classifier(recipe.config, classes)
    model.load_state_dict(tensors)
    model.eval()
    return model


def load_student(name: str = STUDENT) -> SentenceCNN:
    """Return a trained small network."""
    recipe = RECIPES[name]
    tensors, _ = load(name, recipe, chapters.get("33").folder)
    config = recipe.config
    vocabulary = vocabulary_of(config["task"], config["least"])
    classes = len(division(config["task"]).train.names)
    model = build_student(config, len(vocabulary), classes)
    model.load_state_dict(tensors)
    return model.eval()
