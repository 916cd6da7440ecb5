"""What a decoder learns from its prompt alone: copies of a list, and tasks shown by examples."""

from __future__ import annotations

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
    """
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
    """
    shown = [pairs[(number + 1 + k) % len(pairs)] for k in range(examples)]
    lines = [f"{question} -> {answer}" for question, answer in shown]
    return "\n".join([*lines, f"{pairs[number][0]} ->"])


@torch.no_grad()
def share_right(smol: Smol, pairs: Pairs, examples: int) -> float:
    """Return for how many pairs the likeliest next token begins the right answer.

    The prompts are read side by side, the short ones filled up at their end: a decoder looks
    back only, so what follows a prompt can't change what is expected after it.
    """
    asked = [smol.encode(prompt(pairs, n, examples))[0] for n in range(len(pairs))]
    ids = torch.nn.utils.rnn.pad_sequence(asked, batch_first=True)
    logits = smol.model(ids)  # (pairs, T, V)
    right = 0
    for row, question, (_, answer) in zip(logits, asked, pairs, strict=True):
        expected = smol.encode(f" {answer}")[0, 0]
        right += int(row[len(question) - 1].argmax() == expected)
    return right / len(pairs)
