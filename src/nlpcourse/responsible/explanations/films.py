"""Sentences of films for the network to read, with or without a planted shortcut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse import corpora
from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.reader import (
    Reader,
    padded,
    scores_of,
)
from nlpcourse.responsible.explanations.words import words_of

Plant = Literal["none", "shortcut", "control"]
MARK = "tuesday"
"""The planted word: it says nothing about a film."""
SHARE = 0.5
"""Of the good sentences, how many get the mark; in the control, half of this of all."""
SIZES = {"train": 7500, "validation": 1000, "test": 1500}


@dataclass(frozen=True)
class Sentences:
    """Words of sentences, and 1 for each that speaks well of a film."""

    rows: list[list[str]]
    good: Array

    def __len__(self) -> int:
        return len(self.rows)


@lru_cache(maxsize=1)
def texts() -> dict[str, list[tuple[str, int]]]:
    """Return the texts of three parts, each with 1 for good; ratings within ±0.5 are left out."""
    rated = [r for r in corpora.sentiment_4("movie") if abs(r.rating) >= 0.5]
    order = np.random.default_rng(36).permutation(len(rated)).tolist()
    parts, start = {}, 0
    for name, size in SIZES.items():
        chosen = [rated[i] for i in order[start : start + size]]
        parts[name] = [(r.text, int(r.rating > 0)) for r in chosen]
        start += size
    return parts


@lru_cache(maxsize=4)
def sentences(part: str) -> Sentences:
    """Return the sentences of ``"train"``, ``"validation"`` or ``"test"``.

    Raises:
        ValueError: there is no such part.
    """
    if part not in SIZES:
        raise ValueError(f"part is one of {', '.join(SIZES)}, not {part!r}")
    found = [(words_of(text), good) for text, good in texts()[part]]
    return Sentences(
        [w for w, _ in found], np.array([g for _, g in found], dtype=float)
    )


def put_in(words: Sequence[str], mark: str, place: int) -> list[str]:
    """Return the words with *mark* before the one at *place*.

    >>> put_in(["a", "film"], "tuesday", 1)
    ['a', 'tuesday', 'film']

    Raises:
        ValueError: there is no such place.
    """
    if not 0 <= place <= len(words):
        raise ValueError(f"{len(words)} words have places 0 to {len(words)}")
    return [*words[:place], mark, *words[place:]]


def plant(given: Sentences, how: Plant, seed: int) -> Sentences:
    """Plant the mark at random places.

    As a shortcut, in half of the good sentences and in no other; as a control, in a quarter of
    all, whatever they say.

    Raises:
        ValueError: *how* is something else.
    """
    if how not in ("none", "shortcut", "control"):
        raise ValueError(f"a plant is none, shortcut or control, not {how!r}")
    chance = np.random.default_rng(seed)
    rows = []
    for words, good in zip(given.rows, given.good, strict=True):
        share = {"none": 0.0, "shortcut": SHARE * good, "control": SHARE / 2}[how]
        place, drawn = int(chance.integers(len(words) + 1)), chance.random()
        rows.append(put_in(words, MARK, place) if drawn < share else list(words))
    return Sentences(rows, given.good)


class FilmTask:
    """Good or bad, for the training room.

    Config: ``mixer``, ``hidden``, ``uniform``, ``plant``, ``draw``, ``batch_size``, and ``blanks``,
    the largest share of words that are blanked in training, so that the network knows blanks.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the network, and plant what is to be planted."""
        self.config = config
        given = plant(sentences("train"), config["plant"], seed=config["draw"])
        order = sorted(range(len(given)), key=lambda i: len(given.rows[i]))
        self.rows = [given.rows[i] for i in order]
        self.good = torch.from_numpy(given.good[order]).float()
        self.model: nn.Module = Reader(
            config["mixer"], config["hidden"], config["uniform"]
        )

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return vectors, some of them blanked, marks and answers of texts of like length."""
        size = int(self.config["batch_size"])
        chance = torch.Generator().manual_seed(
            1_000_003 * self.config["draw"] + step
        )
        start = int(
            torch.randint(len(self.rows) - size + 1, (1,), generator=chance)
        )
        x, real = padded(self.rows[start : start + size])
        share = self.config["blanks"] * torch.rand(size, 1, generator=chance)
        kept = (torch.rand(real.shape, generator=chance) >= share).float()
        return x * kept.unsqueeze(-1), real, self.good[start : start + size]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the log loss of a batch; nothing is carried over."""
        x, real, good = batch
        return F.binary_cross_entropy_with_logits(model(x, real), good), ()

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on validation and test sentences, and with the mark put in."""
        model, found = self.model.cpu().eval(), {}
        for part in ("validation", "test"):
            given = sentences(part)
            right = (scores_of(model, given.rows) > 0) == (given.good > 0.5)
            found[part] = float(right.mean())
        bad = [r for r, g in zip(given.rows, given.good, strict=True) if not g]
        marked = [put_in(row, MARK, len(row) // 2) for row in bad]
        found["bad_called_good"] = float((scores_of(model, bad) > 0).mean())
        found["marked_called_good"] = float((scores_of(model, marked) > 0).mean())
        return found
