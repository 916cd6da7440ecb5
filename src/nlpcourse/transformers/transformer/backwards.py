"""A small task that shows in seconds whether a Transformer learns: spell a word backwards.

To write the first letter of the answer it must look at the last one of the word, so that neither
copying nor guessing helps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.neural.seq2seq.pronunciation import LETTERS, pronunciations
from nlpcourse.neural.seq2seq.symbols import BEGIN, END, PAD, pad
from nlpcourse.training.loop import fit
from nlpcourse.training.recipe import Plan, set_seed
from nlpcourse.transformers.transformer.model import Transformer

LONGEST = 10  # letters


@lru_cache(maxsize=2)
def short_words(split: str) -> list[list[int]]:
    """Return CMUdict's words of at most ten letters as numbers, of one side of the split.

    Raises:
        ValueError: the split has no such side.
    """
    if split not in ("train", "validation", "test"):
        raise ValueError(
            f"the split has the sides train, validation and test, not {split!r}"
        )
    words = getattr(pronunciations(), split)
    return [LETTERS.encode(word) for word in words if len(word) <= LONGEST]


class Backwards:
    """Spelling backwards, for the training room's loop.

    Args:
        model: to be trained.
        seed: of the order of the words.
        rows: words in a batch.
    """

    def __init__(self, model: Transformer, seed: int, rows: int = 32) -> None:
        self.model: nn.Module = model
        self.seed, self.rows = seed, rows
        self.words = short_words("train")

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return words (rows, S), answers so far (rows, T) and what follows (rows, T)."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        chosen = torch.randint(len(self.words), (self.rows,), generator=generator)
        return self._rows([self.words[i] for i in chosen.tolist()])

    def _rows(self, words: list[list[int]]) -> tuple[Tensor, ...]:
        source = pad([[*word, END] for word in words])
        target = pad([[BEGIN, *reversed(word), END] for word in words])
        return source, target[:, :-1], target[:, 1:]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy of the letters to come."""
        source, so_far, following = batch
        scores = model(source, so_far).flatten(0, 1)
        return functional.cross_entropy(
            scores, following.flatten(), ignore_index=PAD
        ), ()

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Return the share of letters that are right, given the right ones before."""
        source, so_far, following = self._rows(short_words("validation")[:500])
        best = self.model(source, so_far).argmax(dim=-1)
        counts = following != PAD
        return {"accuracy": float((best == following)[counts].float().mean())}


@dataclass(frozen=True)
class Attempt:
    """One training: losses by interval of ten steps, and the share of right letters."""

    losses: tuple[float, ...]
    accuracy: float


def learn_backwards(
    make: Callable[[], Transformer],
    steps: int,
    learning_rate: float,
    warmup: int = 0,
    seed: int = 0,
) -> Attempt:
    """Train a model to spell backwards.

    Args:
        make: makes an untrained model for :data:`LETTERS`.
        steps: weight updates.
        learning_rate: the highest.
        warmup: steps on which the rate rises.
        seed: of weights and words.
    """
    set_seed(seed)
    task = Backwards(make(), seed)
    plan = Plan(seed, steps, learning_rate, warmup, interval=10)
    progress = fit(task, plan)
    losses = tuple(entry["loss"] for entry in progress.losses)
    return Attempt(losses, task.evaluate()["accuracy"])


def speller(layers: int, norm_first: bool = False, size: int = 32) -> Transformer:
    """Return a small untrained model that reads and writes letters.

    Raises:
        ValueError: more layers or channels than a model of seconds has, or channels that four heads
            can't share.
    """
    if not (1 <= layers <= 12 and 4 <= size <= 256 and size % 4 == 0):
        raise ValueError(
            f"{layers} layers of {size} channels: take 1 to 12 layers, and channels from 4 to 256 "
            "that 4 divides"
        )
    return Transformer(
        len(LETTERS),
        len(LETTERS),
        size=size,
        heads=4,
        layers=layers,
        inner=2 * size,
        dropout=0.0,
        longest=32,
        norm_first=norm_first,
        shared=True,
    )
