"""The four networks of Kim (2014), which differ in their word vectors alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.neural.cnn.convolution import max_over_time
from nlpcourse.neural.cnn.data import PADDING, Vocabulary
from nlpcourse.neural.cnn.model import SentenceCNN

VARIANTS = ("rand", "static", "non-static", "multichannel")
"""In the order of the paper's Table 2."""

SPREAD = 0.25
"""Vectors of words that GloVe lacks begin uniform between −0.25 and 0.25."""


@lru_cache(maxsize=1)
def _glove() -> tuple[Mapping[str, int], Any]:
    embeddings = corpora.glove_50d()
    return {word: i for i, word in enumerate(embeddings.words)}, embeddings.vectors


def starting_vectors(vocabulary: Vocabulary, seed: int) -> tuple[Tensor, list[str]]:
    """Return GloVe's vectors of a vocabulary, (words + 2, 50), and the words that it lacks.

    A word in capitals begins with the vector of the same word without.  The words that GloVe lacks
    begin at random, each by itself, and so does the row of all words outside the vocabulary.
    """
    places, known = _glove()
    generator = torch.Generator().manual_seed(seed)
    table = torch.rand(len(vocabulary), known.shape[1], generator=generator)
    table = (2 * table - 1) * SPREAD
    table[PADDING] = 0.0
    lacking = []
    for word, row in vocabulary.numbers.items():
        place = places.get(word.lower())
        if place is None:
            lacking.append(word)
        else:
            table[row] = torch.from_numpy(known[place].copy())
    return table, lacking


class KimCNN(SentenceCNN):
    """Kim's network with one channel of word vectors or two.

    Each filter is applied to both channels and the results are added, so the filters see the sum
    of the channels' vectors: a convolution is linear.

    Source: Kim (2014), section 2.2.
    """

    def __init__(
        self,
        variant: str,
        start: Tensor,
        classes: int,
        maps: int = 100,
        widths: Sequence[int] = (3, 4, 5),
    ) -> None:
        """Make the network.

        Args:
            variant: one of `VARIANTS`.
            start: the word vectors that it begins with, (words, size).
            classes: how many there are to choose from.
            maps: filters of each width.
            widths: words that a filter sees.

        Raises:
            ValueError: there is no such variant.
        """
        if variant not in VARIANTS:
            raise ValueError(
                f"a variant is one of {', '.join(VARIANTS)}, not {variant!r}"
            )
        words, size = start.shape
        super().__init__(words, size, widths, maps, classes, dropout=0.5)
        with torch.no_grad():
            self.embedding.weight.copy_(start)
        self.embedding.weight.requires_grad_(variant != "static")
        self.still: Tensor | None
        fixed = start.clone() if variant == "multichannel" else None
        self.register_buffer("still", fixed, persistent=False)

    def pooled(
        self, words: Tensor, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return each filter's largest answer and its place, both (batch, filters)."""
        vectors = self.embedding(words)  # (batch, time, size)
        if self.still is not None:
            vectors = vectors + nn.functional.embedding(words, self.still)
        found = []
        for convolution in self.layers:
            maps = convolution(vectors)  # (batch, time + width − 1, maps)
            real = None if lengths is None else lengths + convolution.width - 1
            found.append(max_over_time(maps, real))
        values = torch.cat([value for value, _ in found], dim=1)
        places = torch.cat([place for _, place in found], dim=1)
        return torch.relu(values), places
