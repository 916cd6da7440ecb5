"""Teach a T5 one task or four, from zero or from a pre-trained model, and let it answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nlpcourse.neural.seq2seq.pronunciation import hashed
from nlpcourse.neural.seq2seq.search import State, greedy_search
from nlpcourse.neural.seq2seq.symbols import Epochs, length_batches, pad
from nlpcourse.training import registry
from nlpcourse.training.recipe import Recipe
from nlpcourse.transformers.t5 import tasks
from nlpcourse.transformers.t5.mixing import turns
from nlpcourse.transformers.t5.model import END, PAD, T5
from nlpcourse.transformers.t5.pretraining import (
    Trained,
    loss_of,
    trained_model,
)
from nlpcourse.transformers.t5.vocabulary import Vocabulary

LONGEST_ANSWER = 30
Pair = tuple[list[int], list[int]]


@torch.no_grad()
def answer(
    model: T5,
    vocabulary: Vocabulary,
    questions: Sequence[str],
    rows: int = 250,
    longest: int = LONGEST_ANSWER,
) -> list[str]:
    """Return the model's answer to every question, by greedy search.

    Args:
        model: in evaluation mode.
        vocabulary: its numbers.
        questions: texts with their prefixes.
        rows: questions that are answered side by side.
        longest: tokens of an answer, at most.

    Raises:
        ValueError: the rows or the longest answer are below 1.
    """
    if min(rows, longest) < 1:
        raise ValueError(f"{rows} rows, {longest} tokens: both must be 1 or more")

    def step(last: Tensor, state: State) -> tuple[Tensor, State]:
        memory, real, written = state
        written = torch.cat([written, last[:, None]], dim=1)  # (rows, T + 1)
        scores = model.decode(written, memory, real)[:, -1]
        return scores.log_softmax(dim=-1), (memory, real, written)

    sources = [[*vocabulary.encode(text), END] for text in questions]
    found = [""] * len(sources)
    batches = length_batches(
        [len(s) for s in sources], rows, seed=0, shuffled=False
    )
    for batch in batches:
        memory, real = model.encode(pad([sources[i] for i in batch]))
        start = torch.zeros(len(batch), 0, dtype=torch.long)
        state = (memory, real, start)
        outputs = greedy_search(step, state, PAD, END, longest)
        for i, output in zip(batch, outputs, strict=True):
            found[i] = vocabulary.decode(output)
    return found


def numbered(name: str, vocabulary: Vocabulary, most: int) -> list[Pair]:
    """Return a task's training examples as numbers, a pair for every right answer.

    Args:
        name: of the task.
        vocabulary: the numbers.
        most: pairs; those whose questions have the lowest hashes are taken.

    Raises:
        ValueError: no pair is asked for, or no task has that name.
    """
    if most < 1:
        raise ValueError(f"{most} pairs teach nothing; take 1 or more")
    examples = sorted(tasks.task(name).train, key=lambda e: hashed(e.source))
    pairs = [(e.source, text) for e in examples for text in e.answers][:most]
    return [
        ([*vocabulary.encode(question), END], [*vocabulary.encode(text), END])
        for question, text in pairs
    ]


class Teaching:
    """One task or several, a batch of one task at a time.

    A model that learns four tasks reads the same batches of a task, in the same order, as a model
    that learns it alone.

    Args:
        config: ``batches``, how many of each task; ``rows`` of a batch; ``most``, pairs of a
            task; ``start``, whether the model begins as the pre-trained one; ``judged``, the part
            of each task that it is judged by; ``dropout``; and the sizes of the model.
        pretrained: name and recipe of the pre-trained model, whose vocabulary is used in any case.
    """

    def __init__(
        self, config: Mapping[str, Any], pretrained: tuple[str, Recipe]
    ) -> None:
        """Take over vocabulary and perhaps weights; number the examples."""
        self.config = config
        seed = torch.initial_seed()
        self.turns = turns(config["batches"], seed)
        self.first = 1000 * seed  # every seed reads other batches
        tensors, _ = registry.load(*pretrained)
        module = trained_model(config, tensors["merges"])
        if config["start"]:
            module.load_state_dict(tensors)
        self.model: nn.Module = module
        self.vocabulary = Vocabulary(tensors["merges"].tolist())
        self.pairs = {
            name: numbered(name, self.vocabulary, config["most"])
            for name in config["batches"]
        }
        self.epochs = {
            name: Epochs([len(s) + len(t) for s, t in pairs], config["rows"])
            for name, pairs in self.pairs.items()
        }

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return questions (B, S) and answers (B, T) of the task whose turn it is."""
        name, turn = self.turns[step]
        chosen = [
            self.pairs[name][i] for i in self.epochs[name].items(self.first + turn)
        ]
        return pad([s for s, _ in chosen]), pad([t for _, t in chosen])

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy of the answers' tokens."""
        return model(*batch), ()

    def evaluate(self) -> dict[str, float]:
        """Return the measures of every task on the examples that judge it."""
        assert isinstance(self.model, Trained)
        return measures(
            self.model.model,
            self.vocabulary,
            list(self.config["batches"]),
            self.config["judged"],
        )


def measures(
    model: T5, vocabulary: Vocabulary, names: Sequence[str], part: str = "test"
) -> dict[str, float]:
    """Return what a model scores at each task, as ``task_measure``.

    Args:
        model: in evaluation mode.
        vocabulary: its numbers.
        names: of the tasks.
        part: ``"validation"`` or ``"test"``.
    """
    found = {}
    for name in names:
        examples = getattr(tasks.task(name), part)[: tasks.MOST]
        found[f"{name}_loss"] = loss_per_token(model, vocabulary, examples)
        some = examples[: tasks.ANSWERED]
        outputs = answer(model, vocabulary, [e.source for e in some])
        for measure, value in tasks.score(name, outputs, some).items():
            found[f"{name}_{measure}"] = value
    return found


@torch.no_grad()
def loss_per_token(
    model: T5, vocabulary: Vocabulary, examples: Sequence[tasks.Example]
) -> float:
    """Return the mean cross-entropy of the first right answers, token by token, in nats.

    Args:
        model: in evaluation mode.
        vocabulary: its numbers.
        examples: with their answers.

    Raises:
        ValueError: there are no examples.
    """
    if not len(examples):
        raise ValueError("no examples to measure a loss on; give at least one")
    total, tokens = 0.0, 0
    for start in range(0, len(examples), 100):
        batch = examples[start : start + 100]
        source = pad([[*vocabulary.encode(e.source), END] for e in batch])
        right = pad([[*vocabulary.encode(e.answers[0]), END] for e in batch])
        count = int((right != PAD).sum())
        total += count * float(loss_of(model, source, right))
        tokens += count
    return total / tokens


class NextToken(nn.Module):
    """One step of a greedy search as a module, for the page."""

    def __init__(self, model: T5) -> None:
        """Keep the trained model."""
        super().__init__()
        self.model = model

    def forward(self, source: Tensor, written: Tensor) -> Tensor:
        """Return the scores (B, V) of what follows the answer so far.

        Args:
            source: (B, S), the question, the end among its tokens.
            written: (B, T), ``PAD`` and the answer so far.
        """
        scores: Tensor = self.model(source, written)[:, -1]
        return scores
