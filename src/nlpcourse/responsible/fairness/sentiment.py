"""A judge of sentences: chapter 30's encoder left as it is, and a linear layer that learns.

The sentences are those of films that about twenty people rated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse import corpora
from nlpcourse.learning.linear.rows import Array
from nlpcourse.transformers.bert.classifier import embed
from nlpcourse.transformers.bert.encoder import Bert, load_pretrained
from nlpcourse.transformers.bert.tokens import PieceTokenizer


@lru_cache(maxsize=1)
def encoder() -> tuple[Bert, PieceTokenizer]:
    """Return MiniLM and its tokenizer, read once."""
    folder = corpora.minilm()
    return load_pretrained(folder).eval(), PieceTokenizer.from_folder(folder)


def vectors(texts: Sequence[str]) -> Tensor:
    """Return a vector for each text, (n, 384)."""
    return embed(*encoder(), texts)


@lru_cache(maxsize=1)
def _film_vectors(number: int) -> tuple[Tensor, Tensor]:
    """Return the vectors of so many film sentences, (n, 384), and 1 for each that is good, (n,).

    Raises:
        ValueError: there are not so many sentences.
    """
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0]
    if not 0 < number <= len(rated):
        raise ValueError(f"there are 1 to {len(rated)} sentences, not {number}")
    chosen = np.random.default_rng(37).permutation(len(rated))[:number]
    good = torch.tensor([float(rated[i].rating > 0) for i in chosen])
    return vectors([rated[i].text for i in chosen]), good


class FilmTask:
    """Good or bad: a linear layer on frozen vectors.

    Config: ``train``, ``validation`` and ``test`` sentences, ``draw`` to deal them out,
    ``batch_size``.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Let the encoder read the sentences, and deal them out."""
        sizes = [int(config[part]) for part in ("train", "validation", "test")]
        read, good = _film_vectors(sum(sizes))
        dealt = np.random.default_rng(config["draw"]).permutation(len(read))
        self.parts = list(
            zip(
                torch.split(read[dealt], sizes),
                torch.split(good[dealt], sizes),
                strict=True,
            )
        )
        self.batch_size, self.seed = int(config["batch_size"]), int(config["draw"])
        self.model: nn.Module = nn.Linear(read.size(1), 1)

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return vectors and answers of sentences drawn at random."""
        read, good = self.parts[0]
        chance = torch.Generator().manual_seed(1_000_003 * self.seed + step)
        chosen = torch.randint(len(read), (self.batch_size,), generator=chance)
        return read[chosen], good[chosen]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the log loss of a batch; nothing is carried over."""
        read, good = batch
        return F.binary_cross_entropy_with_logits(model(read).squeeze(1), good), ()

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on validation and test sentences."""
        self.model.cpu()
        found = {}
        for name, (read, good) in zip(
            ("validation", "test"), self.parts[1:], strict=True
        ):
            said = self.model(read).squeeze(1) > 0
            found[name] = float((said == (good > 0.5)).double().mean())
        return found


def goodness(head: Mapping[str, Tensor], read: Tensor) -> Array:
    """Return the probability that each text speaks well of something.

    Args:
        head: ``weight`` (1, 384) and ``bias`` (1,).
        read: the texts' vectors, (n, 384).

    Raises:
        ValueError: the layer lacks a part.
    """
    if not {"weight", "bias"} <= set(head):
        raise ValueError(
            f"a layer has weight and bias; this one has {sorted(head)}"
        )
    with torch.no_grad():
        scores = F.linear(read, head["weight"].float(), head["bias"].float())
    return np.asarray(torch.sigmoid(scores).squeeze(1).double().numpy())
