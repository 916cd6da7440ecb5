"""The small network: chapter 24's, taught by labels or by a large network's probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcourse.evaluation import accuracy
from nlpcourse.neural.cnn.data import Vocabulary, batches, in_order, stack
from nlpcourse.neural.cnn.model import SentenceCNN
from nlpcourse.statistics.naive_bayes.features import words
from nlpcourse.transformers.transfer.data import (
    LONGEST,
    Texts,
    division,
    drawn,
    labelled,
)
from nlpcourse.transformers.transfer.distill import distillation_loss


def build_student(
    config: Mapping[str, Any], known_words: int, classes: int
) -> SentenceCNN:
    """Return an untrained network of the sizes in *config*; see :class:`SentenceCNN`.

    Raises:
        ValueError: a size is missing.
    """
    sizes = ("size", "widths", "maps", "dropout", "input_dropout", "spread")
    if missing := [name for name in sizes if name not in config]:
        raise ValueError(f"the small network needs {', '.join(missing)}")
    return SentenceCNN(
        known_words,
        config["size"],
        config["widths"],
        config["maps"],
        classes,
        dropout=config["dropout"],
        input_dropout=config["input_dropout"],
        spread=config["spread"],
    )


@lru_cache(maxsize=4)
def vocabulary_of(task: str, least: int) -> Vocabulary:
    """Return the words that at least *least* texts' worth of the training part has; no label."""
    texts = division(task).train.texts
    return Vocabulary.of((words(text)[: LONGEST[task]] for text in texts), least)


@lru_cache(maxsize=4)
def taught(teacher: str, task: str, count: int) -> tuple[Texts, Tensor]:
    """Return a fixed draw of training texts, and a classifier's logits of each."""
    from nlpcourse.transformers.transfer.classify import encode, read
    from nlpcourse.transformers.transfer.recipes import load_classifier

    texts = drawn(division(task).train, count)
    rows = encode(texts.texts, LONGEST[task])
    with torch.random.fork_rng(
        devices=[]
    ):  # remembered or not, the next draw is the same
        return texts, torch.stack(read(load_classifier(teacher), rows))


class Student:
    """The small network, for the training room.

    Config:
        task, labels, draw: as for :class:`FewLabels`.
        teacher: the recipe of the network that labels training texts; "" for people's labels.
        unlabelled: how many texts the teacher labels.
        temperature: of the teacher's answers.
        rows: texts a step; the rest are the network's sizes, see chapter 24.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        task = config["task"]
        part = division(task)
        self.longest, self.temperature = LONGEST[task], float(config["temperature"])
        self.judged = getattr(part, config["judged"])
        self.vocabulary = vocabulary_of(task, config["least"])
        texts = labelled(part, config["labels"], config["draw"])
        self.targets: Tensor = torch.tensor(texts.labels)
        if config["teacher"]:
            count = int(config["unlabelled"])
            texts, self.targets = taught(config["teacher"], task, count)
        self.numbers = self.numbered(texts.texts)
        self.rows, self.draw = min(config["rows"], len(texts)), int(config["draw"])
        self.model: nn.Module = build_student(
            config, len(self.vocabulary), len(texts.names)
        )
        self._reading, self._batches = -1, [[0]]

    def numbered(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the numbers of each text's first words."""
        return [self.vocabulary.encode(words(t)[: self.longest]) for t in texts]

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return words (rows, time), lengths (rows,) and what the network should say."""
        reading, place = divmod(step, len(self.numbers) // self.rows)
        if reading != self._reading:
            lengths = [len(n) for n in self.numbers]
            seed = 1000 * self.draw + reading
            self._reading, self._batches = (
                reading,
                batches(lengths, self.rows, seed),
            )
        chosen = self._batches[place]
        numbers, lengths_now = stack([self.numbers[i] for i in chosen])
        return numbers, lengths_now, self.targets[chosen]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the loss against labels, or against the teacher's logits."""
        numbers, lengths, targets = batch
        logits = model(numbers, lengths)
        if targets.is_floating_point():
            return distillation_loss(logits, targets, self.temperature), ()
        return F.cross_entropy(logits, targets), ()

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the texts that the task is judged by."""
        self.model.eval()
        numbers = self.numbered(self.judged.texts)
        found = [0] * len(numbers)
        for chosen in in_order([len(n) for n in numbers], 200):
            logits = self.model(*stack([numbers[i] for i in chosen]))
            for i, best in zip(chosen, logits.argmax(dim=-1).tolist(), strict=True):
                found[i] = best
        return {"accuracy": accuracy(self.judged.labels, found)}


class Reader(nn.Module):
    """The small network for one text without padding, in PyTorch's own convolution."""

    def __init__(self, network: SentenceCNN) -> None:
        """Take over a trained network."""
        super().__init__()
        self.network = network

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the logits, (1, classes), of words (1, time)."""
        vectors = self.network.embedding(numbers).transpose(1, 2)
        found = [
            F.conv1d(vectors, layer.weight, layer.bias, padding=layer.width - 1)
            for layer in self.network.layers
        ]
        pooled = torch.cat([torch.relu(maps.amax(dim=2)) for maps in found], dim=1)
        logits: Tensor = self.network.output(pooled)
        return logits
