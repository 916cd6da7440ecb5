"""What a decoder learns from its prompt alone: copies of a list, and tasks shown by examples."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from nlpcourse.transformers.gpt.llama import Smol

Pairs = Sequence[tuple[str, str]]

TASKS: dict[str, list[tuple[str, str]]] = {
    "plural": [
        ("cat", "cats"),
        ("dog", "dogs"),
        ("mouse", "mice"),
        ("child", "children"),
        ("foot", "feet"),
        ("city", "cities"),
        ("wife", "wives"),
        ("man", "men"),
        ("tooth", "teeth"),
        ("box", "boxes"),
    ],
    "opposite": [
        ("hot", "cold"),
        ("big", "small"),
        ("up", "down"),
        ("day", "night"),
        ("old", "new"),
        ("left", "right"),
        ("fast", "slow"),
        ("open", "closed"),
        ("rich", "poor"),
        ("wet", "dry"),
    ],
    "capital": [
        ("France", "Paris"),
        ("Japan", "Tokyo"),
        ("Italy", "Rome"),
        ("Egypt", "Cairo"),
        ("Spain", "Madrid"),
        ("Russia", "Moscow"),
        ("Greece", "Athens"),
        ("Cuba", "Havana"),
        ("Peru", "Lima"),
        ("England", "London"),
    ],
    "French": [
        ("cat", "chat"),
        ("dog", "chien"),
        ("house", "maison"),
        ("red", "rouge"),
        ("water", "eau"),
        ("bread", "pain"),
        ("night", "nuit"),
        ("book", "livre"),
        ("milk", "lait"),
        ("king", "roi"),
    ],
}


QUESTIONS = {
    "opposite": "The opposite of {} is",
    "capital": "The capital of {} is",
}
"""Two of the tasks in words, without any example."""


@torch.no_grad()
def read_twice(
    model: Callable[[Tensor], Tensor], vocabulary: int, length: int, seed: int
) -> tuple[Tensor, Tensor]:
    """Let a model read a list of random tokens twice in a row.

    Args:
        model: ids (1, T) → logits (1, T, V).
        vocabulary: tokens are drawn evenly from this many.
        length: of the list; the model reads twice as many.
        seed: of the draw.

    Returns:
        −ln p of the tokens from the second on, in the first reading and in the second,
        (length − 1,) each.

    Raises:
        ValueError: the list has no second token, or there is nothing to draw from.
    """
    if length < 2 or vocabulary < 1:
        raise ValueError(
            f"a list of {length} out of {vocabulary} tokens has nothing to predict; give two "
            "tokens or more"
        )
    generator = torch.Generator().manual_seed(seed)
    once = torch.randint(vocabulary, (1, length), generator=generator)
    ids = torch.cat([once, once], dim=1)
    logits = model(ids)[0, :-1]  # (2 · length − 1, V)
    costs = F.cross_entropy(logits, ids[0, 1:], reduction="none")
    return costs[: length - 1], costs[length:]


def prompt(pairs: Pairs, number: int, examples: int) -> str:
    """Ask for the answer of one pair after showing some of the others.

    >>> print(prompt([("hot", "cold"), ("up", "down"), ("wet", "dry")], 0, examples=1))
    up -> down
    hot ->

    Raises:
        ValueError: there is no such pair, or fewer others than *examples*.
    """
    if not 0 <= number < len(pairs):
        raise ValueError(f"there is no pair {number} among {len(pairs)}")
    if not 0 <= examples < len(pairs):
        raise ValueError(
            f"{examples} of the other {len(pairs) - 1} pairs can't be shown; the one that is "
            "asked for must not be among them"
        )
    shown = [pairs[(number + 1 + k) % len(pairs)] for k in range(examples)]
    lines = [f"{question} -> {answer}" for question, answer in shown]
    return "\n".join([*lines, f"{pairs[number][0]} ->"])


def share_right(smol: Smol, pairs: Pairs, examples: int) -> float:
    """Return for how many pairs the likeliest next token begins the right answer.

    Raises:
        ValueError: there are no pairs, or too few for so many examples.
    """
    prompts = [prompt(pairs, number, examples) for number in range(len(pairs))]
    return share_answered(smol, prompts, [answer for _, answer in pairs])


def over_orders(
    smol: Smol, pairs: Pairs, examples: int, orders: Sequence[int] = (0, 1, 2)
) -> list[float]:
    """Return the shares of `share_right` after shuffling the pairs by several seeds.

    In another order every question is asked after other examples.
    """
    shuffled = (random.Random(seed).sample(pairs, len(pairs)) for seed in orders)
    return [share_right(smol, some, examples) for some in shuffled]


def in_words(smol: Smol, task: str) -> float:
    """Return the share of right answers where the question is put in words, without examples.

    Raises:
        ValueError: no question is known for the task.
    """
    if task not in QUESTIONS:
        raise ValueError(
            f"no words are known for {task!r}; choose from {', '.join(QUESTIONS)}"
        )
    prompts = [QUESTIONS[task].format(question) for question, _ in TASKS[task]]
    return share_answered(smol, prompts, [answer for _, answer in TASKS[task]])


@torch.no_grad()
def share_answered(
    smol: Smol, prompts: Sequence[str], answers: Sequence[str]
) -> float:
    """Return for how many prompts the likeliest next token begins the answer.

    The prompts are read side by side, the short ones filled up at their end: a decoder looks
    back only, so what follows a prompt can't change what is expected after it.

    Raises:
        ValueError: there are no prompts.
    """
    if not prompts:
        raise ValueError("there is nothing to ask; give at least one pair")
    asked = [smol.encode(text)[0] for text in prompts]
    ids = torch.nn.utils.rnn.pad_sequence(asked, batch_first=True)
    logits = smol.model(ids)  # (prompts, T, V)
    right = 0
    for row, question, answer in zip(logits, asked, answers, strict=True):
        expected = smol.encode(f" {answer}")[0, 0]
        right += int(row[len(question) - 1].argmax() == expected)
    return right / len(prompts)
