"""Sentence classifiers for the training room: one, or several that take their steps together.

Those of one run share nothing but the clock: no gradient and no number of one reaches another.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.data import Labelled, Vocabulary
from nlpcourse.neural.cnn.model import predict

Batch = tuple[Tensor, ...]


class OneClassifier:
    """A model, the sentences that it learns from, and those that it is judged by.

    Args:
        model: takes words (rows, time) and lengths (rows,), returns scores (rows, classes).
        vocabulary: numbers the words.
        train: sentences with their classes, to learn from.
        judged: sentences with their classes, to be judged by.
        rows: sentences of a batch.

    Raises:
        ValueError: the sentences don't fill a batch.
    """

    def __init__(
        self,
        model: nn.Module,
        vocabulary: Vocabulary,
        train: Labelled,
        judged: Labelled,
        rows: int,
    ) -> None:
        """Number the training sentences."""
        if not 1 <= rows <= len(train):
            raise ValueError(f"{len(train)} sentences don't fill a batch of {rows}")
        self.model, self.vocabulary, self.judged = model, vocabulary, judged
        self.rows, self.labels = rows, train.labels
        self.numbers = [vocabulary.encode(words) for words in train.documents]
        self.per_epoch = len(train) // rows
        self._epoch, self._batches = -1, [[0]]

    def batch(self, step: int) -> Batch:
        """Return words (rows, time), lengths (rows,) and classes (rows,)."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            lengths = [len(numbers) for numbers in self.numbers]
            self._batches = data.batches(lengths, self.rows, seed=epoch)
        chosen = self._batches[place]
        words, lengths_now = data.stack([self.numbers[i] for i in chosen])
        return words, lengths_now, torch.tensor([self.labels[i] for i in chosen])

    def loss(
        self, model: nn.Module, batch: Batch, carry: Batch
    ) -> tuple[Tensor, Batch]:
        """Return the mean cross-entropy; nothing is carried over."""
        words, lengths, classes = batch
        return functional.cross_entropy(model(words, lengths), classes), ()

    def predicted(self) -> list[int]:
        """Return the most probable class of every sentence to be judged by."""
        found = predict(self.model, self.vocabulary, self.judged.documents)
        return [int(best) for best in found.argmax(dim=-1)]


class SideBySide(nn.Module):
    """Several models that take their batches side by side; rows lie on axis 0."""

    def __init__(self, models: Sequence[nn.Module]) -> None:
        """Keep the models."""
        super().__init__()
        self.models = nn.ModuleList(models)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Return scores (rows, models, classes) of words (rows, models, time)."""
        scores = []
        for k, model in enumerate(self.models):
            longest = int(lengths[:, k].max())
            scores.append(model(words[:, k, :longest], lengths[:, k]))
        return torch.stack(scores, dim=1)


class Together:
    """Several classifiers of one run.

    Args:
        tasks: with batches of as many rows each.
    """

    def __init__(self, tasks: Sequence[OneClassifier]) -> None:
        """Put the models side by side."""
        self.tasks = tasks
        self.model: nn.Module = SideBySide([task.model for task in tasks])

    def batch(self, step: int) -> Batch:
        """Return words (rows, models, time), lengths and classes (rows, models)."""
        words, lengths, classes = zip(
            *(task.batch(step) for task in self.tasks), strict=True
        )
        longest = max(w.shape[1] for w in words)
        padded = [functional.pad(w, (0, longest - w.shape[1])) for w in words]
        return (
            torch.stack(padded, dim=1),
            torch.stack(lengths, dim=1),
            torch.stack(classes, dim=1),
        )

    def loss(
        self, model: nn.Module, batch: Batch, carry: Batch
    ) -> tuple[Tensor, Batch]:
        """Return the sum of the models' mean losses, so that none feels another."""
        words, lengths, classes = batch
        scores = model(words, lengths)  # (rows, models, classes)
        each = functional.cross_entropy(
            scores.flatten(0, 1), classes.flatten(), reduction="sum"
        )
        return each / len(words), ()

    def finished(self) -> Sequence[OneClassifier]:
        """Return the tasks with the models as they were trained."""
        assert isinstance(self.model, SideBySide)
        for task, trained in zip(self.tasks, self.model.models, strict=True):
            task.model = trained
        return self.tasks
