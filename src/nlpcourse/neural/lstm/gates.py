"""Watch the gates of a trained language model while it reads a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from nlpcourse.neural.lstm.cells import LSTMCell
from nlpcourse.neural.lstm.language_model import LanguageModel, Vocabulary
from nlpcourse.neural.lstm.layers import from_torch


@dataclass(frozen=True)
class Trace:
    """What an LSTM cell did at each word; every tensor is (words, hidden)."""

    input: Tensor
    forget: Tensor
    output: Tensor
    memory: Tensor  # c after the word


def _require_words(words: Sequence[str]) -> None:
    """Refuse no words, and a text where a sequence of words is meant."""
    if isinstance(words, str) or not len(words):
        raise ValueError(f"a list of 1 word or more is needed, not {words!r}")


def _require_one_layer(model: LanguageModel) -> None:
    """Refuse a model of several layers: only the first cell would be watched."""
    if model.lstm.num_layers != 1:
        raise ValueError(f"one layer can be watched, not {model.lstm.num_layers}")


@torch.no_grad()
def trace(
    model: LanguageModel, vocabulary: Vocabulary, words: Sequence[str]
) -> Trace:
    """Read *words* with our own cell, filled with the model's weights, and note every gate.

    Raises:
        ValueError: there are no words, they are one text, or the model has several layers.
    """
    _require_words(words)
    _require_one_layer(model)
    cell = cast(LSTMCell, from_torch(model.lstm).cells[0])
    vectors = model.embed(vocabulary.encode(words).unsqueeze(0))  # (1, words, size)
    state, rows = cell.start(batch=1), []
    for t in range(len(words)):
        gate = cell.gates(vectors[:, t], state[0])
        state = cell(vectors[:, t], state)
        rows.append((gate.input, gate.forget, gate.output, state[1]))
    return Trace(*(torch.cat(column) for column in zip(*rows, strict=True)))


def steadiest_difference(one: Trace, other: Trace, words: slice) -> int:
    """Return the unit whose memory differs most steadily between two readings.

    Steady means: a large mean difference over *words*, relative to how much it varies there.

    Raises:
        ValueError: the slice holds fewer than two words.
    """
    difference = (one.memory - other.memory)[words]  # (words, hidden)
    if len(difference) < 2:
        raise ValueError("to be steady takes two words or more")
    return int((difference.mean(0).abs() / (difference.std(0) + 0.1)).argmax())


@torch.no_grad()
def probability_of(
    model: LanguageModel, vocabulary: Vocabulary, words: Sequence[str], wanted: str
) -> list[float]:
    """Return, after each of *words*, the probability that *wanted* comes next.

    Raises:
        ValueError: there are no words, or they are one text.
    """
    _require_words(words)
    outputs, _ = model.hidden(vocabulary.encode(words).unsqueeze(0))
    log_probabilities = model.softmax.log_prob(outputs[0])  # (words, vocabulary)
    answer: list[float] = log_probabilities[:, vocabulary[wanted]].exp().tolist()
    return answer


@torch.no_grad()
def memories(model: LanguageModel, text: Tensor) -> Tensor:
    """Return c after every word of *text* (rows, time), read by our cell: (rows, time, hidden).

    Raises:
        ValueError: the rows hold no words, or the model has several layers.
    """
    _require_one_layer(model)
    if text.dim() != 2 or not text.shape[1]:
        raise ValueError(
            f"the text has the shape (rows, time), not {tuple(text.shape)}"
        )
    cell = cast(LSTMCell, from_torch(model.lstm).cells[0])
    vectors = model.embed(text)
    state, kept = cell.start(batch=len(text)), []
    for t in range(text.shape[1]):
        state = cell(vectors[:, t], state)
        kept.append(state[1])
    return torch.stack(kept, dim=1)


def inside_brackets(text: Tensor, opening: int, closing: int, end: int) -> Tensor:
    """Return after which words of *text* (rows, time) a bracket is open; a line's end closes it.

    Raises:
        ValueError: the text has not two axes.

    >>> inside_brackets(torch.tensor([[7, 1, 7, 2, 7, 1, 0, 7]]), 1, 2, 0).int().tolist()
    [[0, 1, 1, 0, 0, 1, 0, 0]]
    """
    if text.dim() != 2:
        raise ValueError(
            f"the text has the shape (rows, time), not {tuple(text.shape)}"
        )
    answer = torch.zeros_like(text, dtype=torch.bool)
    is_open = torch.zeros(len(text), dtype=torch.bool)
    for t in range(text.shape[1]):
        word = text[:, t]
        is_open = (is_open | (word == opening)) & (word != closing) & (word != end)
        answer[:, t] = is_open
    return answer


def agreement(signal: Tensor, truth: Tensor, threshold: float) -> float:
    """Return how well ``signal > threshold`` tells *truth*: the mean of both sides' hit rates.

    Guessing gives one half, however rare the truth is.

    Raises:
        ValueError: the shapes differ, or *truth* is the same everywhere.

    >>> agreement(torch.tensor([1.0, 0.9, 0.1, 0.2]), torch.tensor([True, True, False, True]), 0.5)
    0.833...
    """
    if signal.shape != truth.shape:
        raise ValueError(
            f"a signal of shape {tuple(signal.shape)} can't tell a truth of shape "
            f"{tuple(truth.shape)}"
        )
    truth = truth.bool()
    if bool(truth.all()) or not bool(truth.any()):
        raise ValueError(
            "the truth is the same everywhere: there is nothing to tell"
        )
    says = signal > threshold
    return float((says[truth].float().mean() + (~says[~truth]).float().mean()) / 2)
