"""Two toy tasks for one tiny T5, by prefix: spell a word backwards, or sort its letters.

The first can't be done without knowing where letters stand, the second can.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch
from torch import Tensor

from nlpcourse.neural.seq2seq.symbols import pad
from nlpcourse.training.recipe import set_seed
from nlpcourse.transformers.t5.model import END, PAD, T5, T5Config, shift_right
from nlpcourse.transformers.t5.pretraining import loss_of

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PREFIXES = ("backwards", "sorted")
TOKENS = 2 + len(LETTERS) + len(PREFIXES)
BIAS_STEP = 16.0
"""How long the steps of the biases are beside those of other weights."""


def numbers(word: str) -> list[int]:
    """Return the numbers of a word's letters.

    Raises:
        ValueError: it has other characters than the letters a to z.

    >>> numbers("abz")
    [2, 3, 27]
    """
    if not set(word) <= set(LETTERS):
        raise ValueError(f"{word!r} has other characters than the letters a to z")
    return [2 + LETTERS.index(letter) for letter in word]


def question(prefix: str, word: str) -> tuple[list[int], list[int]]:
    """Return question and answer of a toy task.

    Raises:
        ValueError: there is no such prefix, or no such letter.

    >>> question("sorted", "cab")
    ([29, 4, 2, 3, 1], [2, 3, 4, 1])
    """
    if prefix not in PREFIXES:
        raise ValueError(f"the prefixes are {PREFIXES}; there is no {prefix!r}")
    wanted = word[::-1] if prefix == "backwards" else "".join(sorted(word))
    first = 2 + len(LETTERS) + PREFIXES.index(prefix)
    return [first, *numbers(word), END], [*numbers(wanted), END]


def batch(words: list[str], prefix: str) -> tuple[Tensor, Tensor]:
    """Return the questions (B, S) and answers (B, T) of words.

    Raises:
        ValueError: there are no words, or as in :func:`question`.
    """
    both = [question(prefix, word) for word in words]
    return pad([q for q, _ in both]), pad([a for _, a in both])


@dataclass(frozen=True)
class Attempt:
    """How a training went: the loss of every step, and the share of letters right by prefix."""

    losses: list[float]
    right: dict[str, float]


def learn(
    words: list[str], test: list[str], positions: bool, steps: int, seed: int = 0
) -> Attempt:
    """Train a tiny T5 on both tasks, three batches backwards and one sorted in turn.

    The biases' steps are longer than those of other weights, as in :class:`.pretraining.Trained`.

    Args:
        words: to learn from.
        test: to be asked, given the right letters before each.
        positions: False holds all position biases at zero.
        steps: batches of 32 words.
        seed: of weights and batches.

    Raises:
        ValueError: no words on one side, or no steps.
    """
    if not len(words) or not len(test) or steps < 1:
        raise ValueError(
            f"{len(words)} and {len(test)} words, {steps} steps: give 1 or more"
        )
    set_seed(seed)
    model = T5(T5Config(TOKENS, size=64, head_size=16, inner=128, layers=1))
    if not positions:
        for stack in (model.encoder, model.decoder):
            stack.bias.table.data.zero_()
            stack.bias.table.requires_grad_(False)
    chance = random.Random(seed)
    biases = [model.encoder.bias.table, model.decoder.bias.table]
    others = [p for p in model.parameters() if all(p is not b for b in biases)]
    groups = [
        {"params": others, "step": 1.0},
        {"params": biases, "step": BIAS_STEP},
    ]
    optimizer = torch.optim.AdamW(groups, lr=5e-3, weight_decay=0.0)
    losses = []
    for step in range(steps):
        loss = loss_of(
            model, *batch(chance.choices(words, k=32), PREFIXES[step % 4 == 3])
        )
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimizer.param_groups:
            rate = 5e-3 * group["step"]
            group["lr"] = rate * min(1, (step + 1) / 30) * (1 - step / steps)
        optimizer.step()
        losses.append(loss.item())
    return Attempt(
        losses, {prefix: letters_right(model, test, prefix) for prefix in PREFIXES}
    )


@torch.no_grad()
def letters_right(model: T5, words: list[str], prefix: str) -> float:
    """Return the share of tokens that a model predicts first, given the right ones before.

    Raises:
        ValueError: there are no words, or as in :func:`question`.
    """
    source, answer = batch(words, prefix)
    best = model.eval()(source, shift_right(answer)).argmax(dim=-1)
    real = answer != PAD
    return float((best == answer)[real].float().mean())
