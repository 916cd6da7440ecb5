"""Pre-training: span corruption of the course's own texts.

Rows of as many pieces each are cut from sentences of Tatoeba in both languages, of both Bibles, of
movie sentences and of novels; what a task of this chapter holds out is left out.  Every visit to
a row draws other spans.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrize import (
    register_parametrization,
    remove_parametrizations,
)

from nlpcourse import corpora
from nlpcourse.neural.seq2seq import translation
from nlpcourse.neural.seq2seq.pronunciation import hashed
from nlpcourse.neural.seq2seq.symbols import pad
from nlpcourse.transformers.t5 import tasks
from nlpcourse.transformers.t5.corruption import corrupt, random_spans
from nlpcourse.transformers.t5.layers import T5Attention
from nlpcourse.transformers.t5.model import END, PAD, T5, T5Config, shift_right
from nlpcourse.transformers.t5.relative import PositionBias
from nlpcourse.transformers.t5.vocabulary import Vocabulary, learn

NOVELS = (
    "carroll-alice",
    "chesterton-brown",
    "austen-persuasion",
    "edgeworth-parents",
)
HELD_OUT = 400
"""Rows of the test, and as many others on which settings are chosen."""


class Times(nn.Module):
    """A weight that is trained as another one, times a factor.

    Args:
        factor: f; a step of the weight is f times as long as one of what is trained.
    """

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, trained: Tensor) -> Tensor:
        """Return the weight."""
        return self.factor * trained

    def right_inverse(self, weight: Tensor) -> Tensor:
        """Return what is trained."""
        return weight / self.factor


class Trained(nn.Module):
    """A T5 together with the merges of its vocabulary: one checkpoint.

    Steps of AdamW are of one length whatever the size of a weight, and T5's weights are not of one
    size: the table's numbers are around 1, the queries' are smaller than the keys' by the root of
    a head's channels.  Its authors used Adafactor, whose steps grow with the weight.  A bias of a
    distance is small at first, and must become large before a token looks at its neighbours rather
    than everywhere.  Here table, queries and biases get a step of their own.

    Args:
        config: the sizes.
        merges: pairs of piece ids, (merges, 2).
        table_step: how long the steps of the table are, where those of other weights are 1.
        query_step: the same for the queries.
        bias_step: the same for the biases of distances.
    """

    def __init__(
        self,
        config: T5Config,
        merges: Tensor,
        table_step: float = 1.0,
        query_step: float = 1.0,
        bias_step: float = 1.0,
    ) -> None:
        super().__init__()
        self.model = T5(config)
        self.scaled: list[tuple[nn.Module, str]] = []
        for part in list(self.model.modules()):
            if part is self.model.table:
                self._scale(part, "weight", table_step)
            elif isinstance(part, T5Attention):
                self._scale(part.query, "weight", query_step)
            elif isinstance(part, PositionBias):
                self._scale(part, "table", bias_step)
        self.register_buffer("merges", merges)

    def _scale(self, part: nn.Module, name: str, factor: float) -> None:
        register_parametrization(part, name, Times(factor))
        self.scaled.append((part, name))

    def finished(self) -> T5:
        """Return the model as it is used, its weights plain ones again, in evaluation mode."""
        for part, name in self.scaled:
            remove_parametrizations(part, name)
        return self.model.eval()

    def forward(self, source: Tensor, answer: Tensor) -> Tensor:
        """Return the mean cross-entropy of the answer's tokens."""
        return loss_of(self.model, source, answer)


def loss_of(model: T5, source: Tensor, answer: Tensor) -> Tensor:
    """Return the mean cross-entropy of every token of the answers, given those before it.

    Args:
        model: the T5.
        source: (B, S).
        answer: (B, T), each ending with ``END``, filled up with ``PAD``.
    """
    scores = model(source, shift_right(answer))  # (B, T, V)
    return functional.cross_entropy(
        scores.flatten(0, 1), answer.flatten(), ignore_index=PAD
    )


def model_config(config: Mapping[str, Any]) -> T5Config:
    """Return the sizes of a model from a recipe's settings.

    Raises:
        KeyError: the settings lack one.
    """
    names = asdict(T5Config(1)).keys() - {"buckets", "furthest", "head_size"}
    sizes = {name: config[name] for name in names}
    return T5Config(**sizes, head_size=config["size"] // config["heads"])


def trained_model(config: Mapping[str, Any], merges: Tensor) -> Trained:
    """Return an untrained model of a recipe's settings.

    Raises:
        KeyError: the settings lack one.
    """
    steps = config["table_step"], config["query_step"], config["bias_step"]
    return Trained(model_config(config), merges, *steps)


@lru_cache(maxsize=1)
def texts() -> dict[str, list[str]]:
    """Return what is read, by where it is from, in an order that a hash gives.

    Whatever stands in a validation or test set of the four tasks is left out.
    """
    held_out = {
        text
        for name in ("modern", "sentiment")
        for part in (tasks.task(name).validation, tasks.task(name).test)
        for example in part
        for text in (example.source.partition(": ")[2], *example.answers)
    }
    train = translation.sentences().train
    verses = tasks.verses()
    found = {
        "English": [s.english for s in train],
        "Spanish": [spanish for s in train for spanish in s.spanish],
        "old verses": list(verses),
        "modern verses": [new for both in verses.values() for new in both],
        "movies": list(tasks.opinions()),
        "novels": [
            " ".join(paragraph.split())
            for name in NOVELS
            for paragraph in corpora.gutenberg()[name].split("\n\n")
        ],
    }
    return {
        source: sorted({t for t in lines if t and t not in held_out}, key=hashed)
        for source, lines in found.items()
    }


def rows_of(
    lines: Iterable[str], vocabulary: Vocabulary, length: int
) -> list[list[int]]:
    """Cut lines, one after the other, into rows of *length* tokens; a rest is left out.

    Raises:
        ValueError: a row has no tokens.
    """
    if length < 1:
        raise ValueError(f"a row has 1 token or more, not {length}")
    ids = [number for line in lines for number in vocabulary.encode(line)]
    full = len(ids) // length * length
    return [ids[i : i + length] for i in range(0, full, length)]


def small_vocabulary(size: int) -> Vocabulary:
    """Learn the vocabulary from a part of the texts and of the tasks' questions and answers."""
    some = [line for lines in texts().values() for line in lines[:6000]]
    asked = [
        text
        for name in tasks.NAMES
        for example in tasks.task(name).train[:6000]
        for text in (example.source, example.answers[0])
    ]
    return learn([*some, *asked], size)


def question(
    row: Sequence[int],
    vocabulary: Vocabulary,
    chance: random.Random,
    rate: float,
    mean_span: float,
) -> tuple[list[int], list[int]]:
    """Return a row with spans cut out, and the spans, each with ``END`` behind it."""
    spans = random_spans(len(row), chance, rate, mean_span)
    source, target = corrupt(row, spans, vocabulary.sentinel)
    return [*source, END], [*target, END]


class SpanCorruption:
    """Span corruption for the training room.

    Args:
        config: sizes of the model, ``vocabulary``, ``length`` and ``rows``, ``rate`` and
            ``mean_span``; ``judged``, the rows that count, "test" or "validation".
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Learn the vocabulary, cut the texts into rows, make the model."""
        self.config = config
        self.seed = torch.initial_seed()
        self.vocabulary = small_vocabulary(config["vocabulary"])
        rows = [
            row
            for lines in texts().values()
            for row in rows_of(
                lines[: config["lines"]], self.vocabulary, config["length"]
            )
        ]
        random.Random(0).shuffle(rows)
        begin = {"test": 0, "validation": HELD_OUT}[config["judged"]]
        self.judged = rows[begin : begin + HELD_OUT]
        self.rows = rows[2 * HELD_OUT :]
        self._reading, self._order = -1, [0]
        merges = torch.tensor(self.vocabulary.merges)
        self.model: nn.Module = trained_model(config, merges)

    def questions(
        self, rows: Sequence[Sequence[int]], seed: str
    ) -> tuple[Tensor, Tensor]:
        """Return rows with spans cut out, and the spans: (B, S) and (B, T)."""
        chance = random.Random(seed)
        rate, mean = self.config["rate"], self.config["mean_span"]
        both = [question(r, self.vocabulary, chance, rate, mean) for r in rows]
        return pad([s for s, _ in both]), pad([t for _, t in both])

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return the questions and answers of a step."""
        size = self.config["rows"]
        reading, place = divmod(step, len(self.rows) // size)
        if reading != self._reading:
            self._reading, self._order = reading, list(range(len(self.rows)))
            random.Random(f"{self.seed}/{reading}").shuffle(self._order)
        chosen = [
            self.rows[i] for i in self._order[place * size : (place + 1) * size]
        ]
        return self.questions(chosen, f"{self.seed}/{step}")

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the loss of a batch; nothing is carried over."""
        return model(*batch), ()

    def evaluate(self) -> dict[str, float]:
        """Return how well rows that were held out are filled, in one draw of spans."""
        assert isinstance(self.model, Trained)
        source, answer = self.questions(self.judged, self.config["judged"])
        return filling(self.model.model, self.vocabulary, source, answer)


@torch.no_grad()
def filling(
    model: T5, vocabulary: Vocabulary, source: Tensor, answer: Tensor
) -> dict[str, float]:
    """Return loss and accuracy, given the true past, at the pieces that were cut out.

    Sentinels and ends, which are easier, do not count.  The first piece of a span, of which no
    piece was written before, is weighed by itself, too.
    """
    scores = torch.cat(
        [
            model(source[i : i + 100], shift_right(answer[i : i + 100]))
            for i in range(0, len(source), 100)
        ]
    )
    lowest = len(vocabulary) - vocabulary.sentinels
    cut = (answer > END) & (answer < lowest)
    first = cut & (shift_right(answer) >= lowest)
    found = {}
    for name, places in (("", cut), ("first_", first)):
        said, gold = scores[places], answer[places]
        found[f"{name}loss"] = float(functional.cross_entropy(said, gold))
        found[f"{name}accuracy"] = float(
            (said.argmax(dim=-1) == gold).float().mean()
        )
    return found
