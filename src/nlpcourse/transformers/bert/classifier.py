"""A classifier on the encoder: frozen features, fine-tuning, and the same network from zero.

The sentence's vector is the mean of its tokens' vectors, as MiniLM's authors pooled it when they
trained these weights on pairs of sentences; BERT's own recipe reads the vector of ``[CLS]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.corpora import LabelledText
from nlpcourse.transformers.bert.encoder import (
    Bert,
    initialize,
    load_pretrained,
    read_config,
)
from nlpcourse.transformers.bert.tokens import PieceTokenizer


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Average each sentence's vectors, leaving the padding out.

    Args:
        hidden: (B, T, C).
        mask: (B, T), 1 for a real token.

    Returns:
        (B, C).

    Raises:
        ValueError: a sentence has no real token.

    >>> mean_pool(torch.tensor([[[2.0], [4.0], [99.0]]]), torch.tensor([[1, 1, 0]])).tolist()
    [[3.0]]
    """
    weights = mask.unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
    count = weights.sum(dim=1)  # (B, 1)
    if not bool(count.all()):
        raise ValueError("a sentence of padding only has no mean: leave it out")
    return (hidden * weights).sum(dim=1) / count


class Classifier(nn.Module):
    """An encoder, a pool and one linear layer: all that fine-tuning adds is the last."""

    def __init__(self, bert: Bert, classes: int) -> None:
        super().__init__()
        self.bert = bert
        self.dropout = nn.Dropout(bert.config.dropout)
        self.head = nn.Linear(bert.config.hidden_size, classes)
        self.head.apply(initialize)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the logits, (B, classes)."""
        logits: Tensor = self.head(
            self.dropout(mean_pool(self.bert(ids, mask).last, mask))
        )
        return logits


def check_texts(texts: Sequence[str], batch_size: int) -> None:
    """Refuse one text in place of several, and batches of nothing."""
    if isinstance(texts, str):
        raise ValueError(f"{texts!r} is one text; put it in brackets")
    if batch_size < 1:
        raise ValueError(f"a batch of {batch_size} texts is none; give 1 or more")


@torch.no_grad()
def embed(
    bert: Bert,
    tokenizer: PieceTokenizer,
    texts: Sequence[str],
    batch_size: int = 64,
) -> Tensor:
    """Return one vector per text, (len(texts), C), without training anything.

    Texts of like length share a batch, so that little work goes into padding.

    Raises:
        ValueError: *texts* is one text, or *batch_size* is below 1.
    """
    check_texts(texts, batch_size)
    rows = [tokenizer.encode(text) for text in texts]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    vectors = torch.empty(len(rows), bert.config.hidden_size)
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        batch = tokenizer.pad_together([rows[i] for i in chosen])
        vectors[chosen] = mean_pool(bert(batch.ids, batch.mask).last, batch.mask)
    return vectors


def label_names(examples: Sequence[LabelledText]) -> list[str]:
    """Return the labels in alphabetical order; a label's place is its number."""
    return sorted({example.label for example in examples})


@torch.no_grad()
def predict(
    model: nn.Module,
    tokenizer: PieceTokenizer,
    texts: Sequence[str],
    batch_size: int = 64,
) -> list[int]:
    """Return the number of the most probable class of each text; see :func:`embed`."""
    check_texts(texts, batch_size)
    found: list[int] = []
    for start in range(0, len(texts), batch_size):
        batch = tokenizer.batch(texts[start : start + batch_size])
        found += model(batch.ids, batch.mask).argmax(dim=-1).tolist()
    return found


def deal(lengths: Sequence[int], batch_size: int, seed: int) -> list[list[int]]:
    """Deal numbers out into batches of texts of like length, the batches in random order.

    Sixteen batches' worth of shuffled texts are sorted by length before they are cut, so that
    little of a batch is padding.  A last batch that would not be full is left out.

    Raises:
        ValueError: *batch_size* is below 1.
    """
    if batch_size < 1:
        raise ValueError(f"a batch of {batch_size} texts is none; give 1 or more")
    random = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(lengths), generator=random).tolist()
    pool = 16 * batch_size
    pools = [order[start : start + pool] for start in range(0, len(order), pool)]
    lined_up = [i for p in pools for i in sorted(p, key=lambda i: lengths[i])]
    starts = range(0, len(order) - batch_size + 1, batch_size)
    batches = [lined_up[start : start + batch_size] for start in starts]
    return [
        batches[k] for k in torch.randperm(len(batches), generator=random).tolist()
    ]


class QuestionTask:
    """Question classification for the training room.

    Config:
        pretrained: begin with MiniLM's weights; otherwise with random ones of the same sizes.
        batch_size: questions per step.
        held_out: this many training questions are kept back and tested on instead of the test
            set; 0 for the published division.  Settings are chosen with it, never on the test set.
        limit: use only so many training questions (None for all).
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        folder = corpora.minilm()
        self.tokenizer = PieceTokenizer.from_folder(folder)
        self.batch_size = int(config["batch_size"])
        self.seed = torch.initial_seed()
        train, test = divide(config)
        self.names = label_names(train)
        self.rows = [self.tokenizer.encode(example.text) for example in train]
        self.labels = torch.tensor(
            [self.names.index(example.label) for example in train]
        )
        self.test = test
        bert = (
            load_pretrained(folder)
            if config["pretrained"]
            else Bert(read_config(folder))
        )
        self.model: nn.Module = Classifier(bert, len(self.names))

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return ids, mask and labels of a step; every epoch deals the questions out anew."""
        steps = len(self.rows) // self.batch_size
        epoch, place = divmod(step, steps)
        lengths = [len(row) for row in self.rows]
        chosen = deal(lengths, self.batch_size, 1000 * self.seed + epoch)[place]
        batch = self.tokenizer.pad_together([self.rows[i] for i in chosen])
        return batch.ids, batch.mask, self.labels[chosen]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the cross-entropy of a batch; nothing is carried over."""
        ids, mask, labels = batch
        return F.cross_entropy(model(ids, mask), labels), ()

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the test questions."""
        device = next(self.model.parameters()).device
        found = predict(
            self.model.cpu(), self.tokenizer, [e.text for e in self.test]
        )
        self.model.to(device)
        hits = sum(
            self.names[f] == e.label for f, e in zip(found, self.test, strict=True)
        )
        return {"accuracy": hits / len(self.test)}


class FrozenTask:
    """The same questions with the encoder left as it is: only a linear layer learns.

    The encoder reads every question once; what is trained, and kept as the checkpoint, is the
    layer alone.  Config: ``batch_size``, ``held_out`` and ``limit`` as for :class:`QuestionTask`.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        folder = corpora.minilm()
        bert, tokenizer = (
            load_pretrained(folder),
            PieceTokenizer.from_folder(folder),
        )
        train, test = divide(config)
        self.names = label_names(train)
        self.batch_size = int(config["batch_size"])
        self.seed = torch.initial_seed()
        self.vectors = embed(bert, tokenizer, [example.text for example in train])
        self.test_vectors = embed(
            bert, tokenizer, [example.text for example in test]
        )
        self.labels = torch.tensor(
            [self.names.index(example.label) for example in train]
        )
        self.test_labels = torch.tensor(
            [self.names.index(example.label) for example in test]
        )
        self.model: nn.Module = nn.Linear(self.vectors.size(1), len(self.names))

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return vectors and labels of questions drawn at random."""
        random = torch.Generator().manual_seed(1_000_003 * self.seed + step)
        chosen = torch.randint(
            len(self.vectors), (self.batch_size,), generator=random
        )
        return self.vectors[chosen], self.labels[chosen]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the cross-entropy of a batch; nothing is carried over."""
        vectors, labels = batch
        return F.cross_entropy(model(vectors), labels), ()

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the test questions."""
        self.model.cpu()
        found = self.model(self.test_vectors).argmax(dim=-1)
        return {"accuracy": float((found == self.test_labels).double().mean())}


def divide(
    config: Mapping[str, Any],
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Return training and test questions, the test ones from the training set if asked."""
    split = corpora.trec()
    held_out, limit = int(config.get("held_out", 0)), config.get("limit")
    train = split.train[: len(split.train) - held_out][:limit]
    return train, split.train[
        len(split.train) - held_out :
    ] if held_out else split.test
