"""Short trainings that the chapter watches while they run."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.evaluation import accuracy
from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.data import Labelled, Vocabulary
from nlpcourse.neural.cnn.model import SentenceCNN, predict
from nlpcourse.training.loop import fit
from nlpcourse.training.recipe import Plan
from nlpcourse.training.state import Progress


@dataclass
class Curves:
    """What a short training did: steps taken, and how it stood there on two texts.

    Attributes:
        steps: taken so far, one entry per measurement.
        seen: accuracy on the texts that it learns from.
        unseen: accuracy on other texts.
        seen_loss: mean loss on the first, in nats.
        unseen_loss: mean loss on the others, in nats.
    """

    steps: list[int] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    unseen: list[float] = field(default_factory=list)
    seen_loss: list[float] = field(default_factory=list)
    unseen_loss: list[float] = field(default_factory=list)


class _Task:
    """Training sentences in batches of like length."""

    def __init__(
        self, model: nn.Module, vocabulary: Vocabulary, train: Labelled, rows: int
    ) -> None:
        self.model = model
        self.numbers = [vocabulary.encode(words) for words in train.documents]
        self.labels = train.labels
        self.rows = rows

    def batch(self, step: int) -> tuple[Tensor, ...]:
        epoch, place = divmod(step, len(self.labels) // self.rows)
        lengths = [len(numbers) for numbers in self.numbers]
        chosen = data.batches(lengths, self.rows, seed=epoch)[place]
        words, lengths_now = data.stack([self.numbers[i] for i in chosen])
        return words, lengths_now, torch.tensor([self.labels[i] for i in chosen])

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        words, lengths, classes = batch
        return functional.cross_entropy(model(words, lengths), classes), ()

    def evaluate(self) -> dict[str, float]:
        return {}


def share_right(
    model: nn.Module, vocabulary: Vocabulary, texts: Labelled
) -> tuple[float, float]:
    """Return a model's accuracy and mean loss in nats on labelled texts."""
    probabilities = predict(model, vocabulary, texts.documents)
    best = [int(label) for label in probabilities.argmax(dim=-1)]
    chosen = probabilities[torch.arange(len(texts)), texts.labels]
    return accuracy(texts.labels, best), -float(chosen.log().mean())


def learn(
    model: SentenceCNN,
    vocabulary: Vocabulary,
    train: Labelled,
    test: Labelled,
    steps: int,
    interval: int,
    rows: int = 50,
    seed: int = 0,
    learning_rate: float = 4e-3,
    weight_decay: float = 0.0,
) -> Curves:
    """Train *model* in place and measure it after every *interval* steps.

    Args:
        model: to be trained.
        vocabulary: numbers the words of both texts.
        train: what it learns from.
        test: what it is measured on as well.
        steps: number of batches.
        interval: batches between two measurements.
        rows: texts a batch.
        seed: of the dropout.
        learning_rate: the first; it falls to zero along a cosine.
        weight_decay: AdamW's.
    """
    curves = Curves()

    def measure(progress: Progress) -> None:
        curves.steps.append(progress.step)
        for texts, shares, losses in (
            (train, curves.seen, curves.seen_loss),
            (test, curves.unseen, curves.unseen_loss),
        ):
            share, loss = share_right(model, vocabulary, texts)
            shares.append(share)
            losses.append(loss)
        model.train()

    task = _Task(model, vocabulary, train, rows)
    plan = Plan(
        seed=seed,
        steps=steps,
        learning_rate=learning_rate,
        clip=1e9,
        weight_decay=weight_decay,
        interval=interval,
    )
    fit(task, plan, save=measure)
    model.eval()
    return curves


def small_training(
    train: Labelled,
    test: Labelled,
    regularized: bool,
    seed: int = 0,
    readings: int = 8,
    learning_rate: float = 1.2e-2,
) -> Curves:
    """Return the curves of a small film model, with dropout and decay or without.

    Raises:
        ValueError: the sentences don't fill a batch of 50, or are not to be read.
    """
    if len(train) < 50 or readings < 1:
        raise ValueError(
            f"{len(train)} sentences and {readings} readings: 50 and 1 are the least"
        )
    vocabulary = Vocabulary.of(train.documents, least=1)
    share = 0.5 if regularized else 0.0
    torch.manual_seed(seed)
    model = SentenceCNN(
        len(vocabulary),
        size=64,
        widths=[3, 4, 5],
        maps=32,
        classes=2,
        dropout=share,
        input_dropout=share,
    )
    per_epoch = len(train) // 50
    return learn(
        model,
        vocabulary,
        train,
        test,
        steps=readings * per_epoch,
        interval=per_epoch,
        seed=seed,
        learning_rate=learning_rate,
        weight_decay=share,
    )
