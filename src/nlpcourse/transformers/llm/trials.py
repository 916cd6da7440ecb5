"""One task under many prompts: which were tried, what was stored, what it says."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.llm.calibration import (
    CONTENT_FREE,
    accuracy,
    calibrated,
    shares,
)
from nlpcourse.transformers.llm.chat import spell
from nlpcourse.transformers.llm.prompting import (
    Wording,
    choose,
    data,
    few_shot,
    shown,
    wordings,
)
from nlpcourse.transformers.llm.scoring import next_log_probs, read
from nlpcourse.transformers.llm.store import stored

TESTS = 60
"""Texts that every prompt is judged on."""
SHOTS = 5


@dataclass(frozen=True)
class Condition:
    """A prompt: the task, its wording, how many examples, which ones, in which order."""

    task: str
    wording: str
    examples: int
    chosen: int = 0
    order: int = 0


def conditions(task: str) -> list[Condition]:
    """Return the prompts of a task: none, one and five examples.

    One example is drawn twice; the five examples are always the same, and stand in two orders, in
    the first wording in four.

    Raises:
        ValueError: there is no such task.
    """
    found = []
    for number, wording in enumerate(wordings(task)):
        found.append(Condition(task, wording, 0))
        for chosen in range(2):
            found.append(Condition(task, wording, 1, chosen))
        for order in range(2 if number else 4):
            found.append(Condition(task, wording, SHOTS, 0, order))
    return found


def prompt(condition: Condition) -> tuple[Wording, str]:
    """Return the wording of a prompt and all that stands before the text in question."""
    wording = wordings(condition.task)[condition.wording]
    train = data(condition.task, TESTS).train
    examples = choose(train, condition.examples, condition.chosen)
    if condition.order:
        random.Random(condition.order).shuffle(examples)
    return wording, few_shot(wording, examples)


def label_tokens(smol: Smol, wording: Wording) -> list[int]:
    """Return the first token of each label's word.

    Raises:
        ValueError: two labels begin with the same token.
    """
    first = [spell(smol, f" {word}")[0] for word in wording.words.values()]
    if len(set(first)) < len(first):
        raise ValueError(
            f"{list(wording.words.values())} begin alike; choose words that differ at once"
        )
    return first


def asked(smol: Smol, condition: Condition, tests: int = TESTS) -> dict[str, Any]:
    """Ask about the first *tests* texts, and about texts that say nothing.

    Returns:
        ``{"log_probs": (tests, K), "content_free": (3, K), "tokens": read in all}``.
    """
    wording, before = prompt(condition)
    texts = [item.text for item in data(condition.task, TESTS).test[:tests]]
    ids = [spell(smol, shown(wording, text)) for text in [*texts, *CONTENT_FREE]]
    prefix = spell(smol, before) if before else []
    found = next_log_probs(
        smol.model, ids, label_tokens(smol, wording), read(smol.model, prefix)
    )
    tokens = len(prefix) + sum(map(len, ids))
    return {
        "log_probs": found[:tests],
        "content_free": found[tests:],
        "tokens": tokens,
    }


def gold(task: str, tests: int = TESTS) -> list[int]:
    """Return the number of each test text's label.

    Raises:
        ValueError: there is no such task, or too few texts.
    """
    labels = list(next(iter(wordings(task).values())).words)
    return [labels.index(item.label) for item in data(task, TESTS).test[:tests]]


@dataclass(frozen=True)
class Trial:
    """A prompt and what the model answered.

    Attributes:
        condition: the prompt.
        log_probs: (N, K).
        content_free: (3, K).
        raw: accuracy as asked.
        corrected: accuracy after contextual calibration.
    """

    condition: Condition
    log_probs: Tensor
    content_free: Tensor
    raw: float
    corrected: float


def trials(task: str) -> list[Trial]:
    """Return the stored trials of a task."""
    found = []
    for row in stored(f"prompts-{task}"):
        log_probs = torch.tensor(row["log_probs"])
        content_free = torch.tensor(row["content_free"])
        right = gold(task, len(log_probs))
        found.append(
            Trial(
                Condition(**row["condition"]),
                log_probs,
                content_free,
                accuracy(shares(log_probs), right),
                accuracy(calibrated(log_probs, content_free), right),
            )
        )
    return found
