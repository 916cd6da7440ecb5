"""What a trained network's filters found: windows, and how far each pushed the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nlpcourse.neural.cnn.data import (
    PADDING,
    UNKNOWN,
    Vocabulary,
    in_order,
    stack,
)
from nlpcourse.neural.cnn.detector import Match
from nlpcourse.neural.cnn.model import SentenceCNN

OUTSIDE = "·"
"""Stands for a place of a window before the first or behind the last word."""


@dataclass(frozen=True)
class Push:
    """What one filter said about one sentence.

    Attributes:
        filter: its number.
        words: of the window that it picked.
        value: its answer there.
        push: value times weight: how much it adds to the score of "good" over "bad".
    """

    filter: int
    words: tuple[str, ...]
    value: float
    push: float


def width_of(model: SentenceCNN, filter_: int) -> int:
    """Return how many words a filter of the model sees.

    Raises:
        ValueError: there is no filter of that number.
    """
    if filter_ < 0:
        raise ValueError("the model has no filter of that number")
    for convolution in model.layers:
        maps = convolution.weight.shape[0]
        if filter_ < maps:
            return int(convolution.weight.shape[2])
        filter_ -= maps
    raise ValueError("the model has no filter of that number")


def window_at(words: Sequence[str], place: int, width: int) -> tuple[str, ...]:
    """Return the words of the window that ends with word *place*.

    >>> window_at(["so", "good"], place=2, width=3)
    ('so', 'good', '·')
    """
    span = range(place - width + 1, place + 1)
    return tuple(words[i] if 0 <= i < len(words) else OUTSIDE for i in span)


def weights_for(model: SentenceCNN, first: int = 1, second: int = 0) -> Tensor:
    """Return each filter's weight for class *first* minus that for *second*."""
    return (model.output.weight[first] - model.output.weight[second]).detach()


@torch.no_grad()
def all_pooled(
    model: SentenceCNN, vocabulary: Vocabulary, documents: Sequence[Sequence[str]]
) -> tuple[Tensor, Tensor]:
    """Return values and places of every filter on every document, (documents, filters)."""
    model.eval()
    numbers = [vocabulary.encode(document) for document in documents]
    filters = model.output.in_features
    values = torch.empty(len(documents), filters)
    places = torch.empty(len(documents), filters, dtype=torch.long)
    for chosen in in_order([len(n) for n in numbers], rows=200):
        words, lengths = stack([numbers[i] for i in chosen])
        values[chosen], places[chosen] = model.pooled(words, lengths)
    return values, places


def strongest_filters(model: SentenceCNN, values: Tensor, count: int) -> list[int]:
    """Return the filters that move the verdict most from sentence to sentence.

    Args:
        model: with two classes.
        values: the pooled answers on some sentences, (sentences, filters).
        count: how many filters to return, half of them for each class.

    Raises:
        ValueError: more filters are asked for than there are, or fewer than two sentences given.
    """
    if not 0 <= count <= values.shape[1] or len(values) < 2:
        raise ValueError(
            f"{count} of {values.shape[1]} filters on {len(values)} sentences: ask for as many as "
            "there are at most, on two sentences or more"
        )
    spread = values.std(dim=0) * weights_for(
        model
    )  # signed: which class it speaks for
    order = [int(k) for k in spread.argsort()]
    return [
        *order[: count // 2],
        *reversed(order[len(order) - (count - count // 2) :]),
    ]


def strongest_matches(
    model: SentenceCNN,
    documents: Sequence[Sequence[str]],
    pooled: tuple[Tensor, Tensor],
    filter_: int,
    count: int,
) -> list[Match]:
    """Return the windows that excited a filter most, each wording once."""
    values, places = pooled
    width = width_of(model, filter_)
    found: dict[tuple[str, ...], Match] = {}
    if count < 1:
        return []
    for number in values[:, filter_].argsort(descending=True).tolist():
        place = int(places[number, filter_])
        window = window_at(documents[number], place, width)
        match = Match(window, float(values[number, filter_]), number)
        found.setdefault(window, match)
        if len(found) == count:
            break
    return list(found.values())


@torch.no_grad()
def shares_in_window(
    model: SentenceCNN, vocabulary: Vocabulary, filter_: int, window: Sequence[str]
) -> list[float]:
    """Return which share of a filter's answer each word of a window gives, words that lower it 0.

    Raises:
        ValueError: the window has another length than the filter, or no word raises the answer.
    """
    layer = model.layers[0]
    number = filter_
    for layer in model.layers:
        if number < layer.weight.shape[0]:
            break
        number -= layer.weight.shape[0]
    if len(window) != width_of(model, filter_):
        raise ValueError(
            f"the filter sees {width_of(model, filter_)} words, the window has {len(window)}"
        )
    inside = [
        vocabulary.numbers.get(word, UNKNOWN) if word != OUTSIDE else PADDING
        for word in window
    ]
    vectors = model.embedding.weight[inside]  # (width, size)
    parts = (layer.weight[number].T * vectors).sum(dim=1).clamp(min=0)
    if not float(parts.sum()) > 0:
        raise ValueError(
            f"no word of {' '.join(window)!r} raises the filter's answer"
        )
    shares: list[float] = (parts / parts.sum()).tolist()
    return shares


def explain(
    model: SentenceCNN, vocabulary: Vocabulary, words: Sequence[str]
) -> list[Push]:
    """Return every filter's push for "good" on one sentence, the strongest first.

    The pushes and the difference of the two biases add up to the difference of the scores.
    """
    values, places = all_pooled(model, vocabulary, [words])
    pushes = values[0] * weights_for(model)
    return [
        Push(
            k,
            window_at(words, int(places[0, k]), width_of(model, k)),
            float(values[0, k]),
            float(pushes[k]),
        )
        for k in pushes.abs().argsort(descending=True).tolist()
    ]
