"""Skip-gram over pieces of words: a word's vector is the mean of its parts' vectors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag

from nlpcourse.neural.glove.subwords import LONGEST, SHORTEST, buckets_of
from nlpcourse.neural.word2vec.blocks import BlockLoss, Sampling
from nlpcourse.neural.word2vec.vectors import WordVectors


def mean_of_parts(table: Tensor, rows: Sequence[int]) -> Tensor:
    """Return the mean of some rows of a table; of none, zeros.

    >>> mean_of_parts(torch.tensor([[0.0, 2.0], [4.0, 4.0]]), [0, 1])
    tensor([2., 3.])
    """
    if not len(rows):
        return torch.zeros_like(table[0])
    return table[list(rows)].mean(dim=0)


class Subwords:
    """Which rows of the table of parts make up each word.

    The first rows are the words', one each; the rows after them are the buckets'.

    Args:
        words: the vocabulary.
        buckets: how many buckets the n-grams share.
        shortest: characters of the shortest n-grams.
        longest: characters of the longest ones.
    """

    def __init__(
        self,
        words: Sequence[str],
        buckets: int,
        shortest: int = SHORTEST,
        longest: int = LONGEST,
    ) -> None:
        """Cut every word.

        Raises:
            ValueError: as :func:`buckets_of`.
        """
        self.words, self.buckets = list(words), buckets
        self.lengths = (shortest, longest)
        self._number = {word: number for number, word in enumerate(self.words)}
        parts = [
            [number, *self._parts(word)] for word, number in self._number.items()
        ]
        sizes = torch.tensor([len(part) for part in parts])
        self.flat = torch.tensor([row for part in parts for row in part])
        self.ends = sizes.cumsum(0)
        self.starts = self.ends - sizes

    def __len__(self) -> int:
        """Return how many rows the table of parts has."""
        return len(self.words) + self.buckets

    def _parts(self, word: str) -> list[int]:
        found = buckets_of(word, self.buckets, *self.lengths)
        return [len(self.words) + bucket for bucket in found]

    def rows(self, word: str) -> list[int]:
        """Return the rows of a word; one that is not in the vocabulary has n-grams alone.

        >>> Subwords(["ice"], buckets=10).rows("ice")
        [0, 4, 9, 3, 5, 3, 6]
        >>> Subwords(["ice"], buckets=10).rows("icy")[:2]
        [4, 7]
        """
        own = [self._number[word]] if word in self._number else []
        return own + self._parts(word)

    def bags(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Return the rows of several words one after another, and where each word's begin."""
        sizes = self.ends[numbers] - self.starts[numbers]
        begins = sizes.cumsum(0) - sizes
        inside = torch.arange(int(sizes.sum())) - begins.repeat_interleave(sizes)
        return self.flat[
            self.starts[numbers].repeat_interleave(sizes) + inside
        ], begins


class SubwordSkipGram(Sampling):
    """Chapter 20's skip-gram, whose centres are means of parts.

    Args:
        subwords: the rows of every word.
        counts: how often every word occurs, (words,).
        size: numbers in a vector.
        sampling, named: window, negatives, drawn and threshold, as :class:`Sampling` has them.

    A trained model (``eval()``) keeps the parts alone, each number in 8 bits.

    Raises:
        ValueError: a size is below one.

    Source: Bojanowski et al. (2017), section 3.2.
    """

    def __init__(
        self,
        subwords: Subwords,
        counts: Tensor,
        size: int,
        *sampling: Any,
        **named: Any,
    ) -> None:
        """Draw small vectors for the parts."""
        super().__init__(counts, size, *sampling, **named)
        self.subwords = subwords
        self.parts = nn.Parameter((torch.rand(len(subwords), size) - 0.5) / size)
        hooks: Any = self
        hooks.register_state_dict_post_hook(_packed)
        hooks.register_load_state_dict_pre_hook(_unpacked)

    def centres(self, numbers: Tensor) -> Tensor:
        """Return the vectors of some words, each the mean of its parts, (words, size)."""
        rows, begins = self.subwords.bags(numbers)
        return embedding_bag(rows, self.parts, begins, mode="mean")

    def forward(self, words: Tensor, sentence: Tensor) -> Tensor:
        """Return the mean loss of a pair, as chapter 20's model does.

        Args:
            words: numbers of running words, (time,).
            sentence: the sentence of each, (time,).
        """
        words, sentence, reach, noise = self.sample(words, sentence)
        if not len(words):
            return self.parts.sum() * 0.0
        types, place = torch.unique(words, return_inverse=True)
        # Of the stretch's different words, centres and contexts; BlockLoss looks both up.
        every, company = torch.unique(
            torch.cat([types, noise]), return_inverse=True
        )
        contexts = self.contexts[every]
        centres = torch.zeros_like(contexts).index_copy(
            0, company[: len(types)], self.centres(types)
        )
        block: Any = BlockLoss
        loss: Tensor = block.apply(
            centres,
            contexts,
            company[: len(types)][place],
            company[len(types) :],
            sentence,
            reach,
            self.negatives,
        )
        return loss


def _packed(
    module: nn.Module, tensors: dict[str, Any], prefix: str, _about: Any
) -> None:
    """Leave the contexts out of a trained model's state, and round its parts to 8 bits."""
    if not module.training:
        tensors.pop(f"{prefix}contexts")
        codes, scale = pack(tensors.pop(f"{prefix}parts"))
        tensors[f"{prefix}codes"], tensors[f"{prefix}scale"] = codes, scale


def _unpacked(
    module: nn.Module, tensors: dict[str, Any], prefix: str, *_rest: Any
) -> None:
    """Let a trained model be loaded from a packed state."""
    if f"{prefix}codes" in tensors:
        codes, scale = (
            tensors.pop(f"{prefix}{name}") for name in ("codes", "scale")
        )
        tensors[f"{prefix}parts"] = unpack(codes, scale)
        tensors.setdefault(f"{prefix}contexts", module.contexts)


def pack(table: Tensor) -> tuple[Tensor, Tensor]:
    """Round every number to one of 255 steps of its row's largest.

    >>> pack(torch.tensor([[0.5, -1.0]]))[0].tolist()
    [[64, -127]]
    """
    scale = table.abs().amax(dim=1).clamp(min=1e-8) / 127
    return (table / scale[:, None]).round().to(torch.int8), scale


def unpack(codes: Tensor, scale: Tensor) -> Tensor:
    """Return the table that :func:`pack` rounded."""
    return codes.float() * scale.float()[:, None]


class SubwordVectors(WordVectors):
    """Vectors for the words of a vocabulary and for all others.

    Args:
        subwords: the rows of every word.
        parts: the vectors of all rows, (words + buckets, size).
    """

    def __init__(self, subwords: Subwords, parts: Tensor) -> None:
        """Make every word's vector once.

        Raises:
            ValueError: there are not as many parts as rows.
        """
        if len(parts) != len(subwords):
            raise ValueError(
                f"{len(parts)} vectors for {len(subwords)} rows of parts"
            )
        self.subwords, self.parts = subwords, parts
        rows, begins = subwords.bags(torch.arange(len(subwords.words)))
        made = embedding_bag(rows, parts, begins, mode="mean")
        super().__init__(subwords.words, made)

    def of(self, word: str) -> Tensor:
        """Return a vector for any word, (size,): the mean of its parts."""
        return mean_of_parts(self.parts, self.subwords.rows(word))

    def near(self, word: str, top: int = 10) -> list[tuple[str, float]]:
        """Return the *top* words nearest to any word, known or not; itself left out."""
        unit = torch.nn.functional.normalize(self.of(word), dim=0)
        return self.best(self.units @ unit, [word] if word in self else [], top)


@lru_cache(maxsize=4)
def cut(words: tuple[str, ...], buckets: int) -> Subwords:
    """Return the parts of a vocabulary, cut once."""
    return Subwords(words, buckets)
