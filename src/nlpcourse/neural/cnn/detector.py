"""A filter set by hand: it looks for a negation with praise two words later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nlpcourse.neural.cnn.convolution import convolve

WORDS: Mapping[str, tuple[float, float]] = {
    # how much a word negates, how much it praises: our own guesses
    **dict.fromkeys(["not", "never", "isn't", "doesn't", "without"], (1.0, 0.0)),
    **dict.fromkeys(["hardly", "nothing", "less", "neither"], (0.8, 0.0)),
    **dict.fromkeys(["good", "great", "funny", "best", "original"], (0.0, 1.0)),
    **dict.fromkeys(["interesting", "clever", "fresh", "engaging"], (0.0, 0.9)),
    **dict.fromkeys(["fine", "fun", "likable", "scary", "exciting"], (0.0, 0.8)),
}
FILTER = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]])  # (1, size, width)
THRESHOLD = torch.tensor([-1.0])  # the bias: one clue alone is not enough


@dataclass(frozen=True)
class Match:
    """A window that excites a filter: its words, the filter's answer, its sentence."""

    words: tuple[str, ...]
    value: float
    sentence: int


def vectors_of(words: Sequence[str]) -> Tensor:
    """Return the vectors of a sentence's words by our table, (1, words, 2).

    >>> vectors_of(["not", "so", "good"]).tolist()
    [[[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]]
    """
    rows = [WORDS.get(word, (0.0, 0.0)) for word in words]
    return torch.tensor(rows).view(1, len(rows), 2)


def matches(documents: Sequence[Sequence[str]], least: float) -> list[Match]:
    """Return every window to which the filter set by hand answers *least* or more.

    Args:
        documents: sentences as lists of words; those of fewer than three are skipped.
        least: the smallest answer that counts.

    >>> matches([["never", "that", "funny", "again"]], least=0.5)
    [Match(words=('never', 'that', 'funny'), value=1.0, sentence=0)]
    """
    width = FILTER.shape[2]
    found = []
    for number, words in enumerate(documents):
        if len(words) < width:
            continue
        answers = convolve(vectors_of(words), FILTER, THRESHOLD)[0, :, 0]
        for place in (answers >= least).nonzero().flatten().tolist():
            window = tuple(words[place : place + width])
            found.append(Match(window, float(answers[place]), number))
    return found
