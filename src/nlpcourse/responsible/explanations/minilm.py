"""A second judge of films: chapter 30's encoder left as it is, and one layer that learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.films import texts
from nlpcourse.responsible.explanations.judging import probability
from nlpcourse.responsible.explanations.probing import encoder
from nlpcourse.transformers.bert.classifier import embed


@lru_cache(maxsize=2)
def film_vectors(part: str, count: int) -> tuple[Tensor, Tensor]:
    """Return vectors of the first so many sentences of a part, (n, 384), and 1 for good, (n,).

    Raises:
        ValueError: there is no such part, or it has not so many.
    """
    if part not in texts() or not 0 < count <= len(texts()[part]):
        raise ValueError(f"{count} sentences of {part!r} are not to be had")
    chosen = texts()[part][:count]
    good = torch.tensor([float(g) for _, g in chosen])
    return embed(*encoder(), [text for text, _ in chosen]), good


class HeadTask:
    """Good or bad, a linear layer on frozen vectors.

    Config: ``train`` and ``test`` sentences, ``draw``, ``batch_size``.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Let the encoder read the sentences; each draw learns from another three quarters."""
        self.config = config
        read, good = film_vectors("train", config["train"])
        order = torch.randperm(
            len(read), generator=torch.Generator().manual_seed(config["draw"])
        )[: 3 * len(read) // 4]
        self.read, self.good = read[order], good[order]
        self.model: nn.Module = nn.Linear(read.size(1), 1)

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return vectors and answers of sentences drawn at random."""
        chance = torch.Generator().manual_seed(
            1_000_003 * self.config["draw"] + step
        )
        rows = torch.randint(
            len(self.read), (self.config["batch_size"],), generator=chance
        )
        return self.read[rows], self.good[rows]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the log loss of a batch; nothing is carried over."""
        read, good = batch
        return F.binary_cross_entropy_with_logits(model(read).squeeze(1), good), ()

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on test sentences."""
        read, good = film_vectors("test", self.config["test"])
        said = self.model.cpu()(read).squeeze(1) > 0
        return {"test": float((said == (good > 0.5)).double().mean())}


@lru_cache(maxsize=64)
def _read(given: tuple[str, ...]) -> Tensor:
    return embed(*encoder(), given)


def judge_with(head: Mapping[str, Tensor], given: Sequence[str]) -> Array:
    """Return the probability that each text speaks well of a film, (n,).

    Args:
        head: ``weight`` (1, 384) and ``bias`` (1,).
        given: texts.

    Raises:
        ValueError: there are no texts, or one in place of several, or the layer lacks a part.
    """
    if isinstance(given, str) or not len(given):
        raise ValueError(f"{given!r}: give one text or more in a list")
    if not {"weight", "bias"} <= set(head):
        raise ValueError(
            f"a layer has weight and bias; this one has {sorted(head)}"
        )
    read = _read(tuple(given))
    with torch.no_grad():
        scores = F.linear(read, head["weight"].float(), head["bias"].float())
    return probability(scores.squeeze(1).double().numpy())
