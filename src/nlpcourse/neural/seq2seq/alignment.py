"""Who translates whom: attention as a guess, beside gold links and what knows no attention.

Links, their error rate and IBM Model 1 are those of chapter 12.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor

from nlpcourse.corpora.records import AlignedVerse
from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.symbols import (
    BEGIN,
    END,
    SPECIALS,
    length_batches,
    pad,
)
from nlpcourse.statistics.alignment.gold import verses
from nlpcourse.statistics.alignment.links import Links, plain
from nlpcourse.text.tokenization.bpe import encode_chunk, to_ranks
from nlpcourse.text.tokenization.fast import train_fast

PIECES = 3_000  # of both languages together


class WordPieces:
    """Words cut into byte-pair pieces, with the word that each piece belongs to."""

    def __init__(self, words: Iterable[str], pieces: int) -> None:
        """Learn a vocabulary of *pieces*, special ones too, from words."""
        chunks = [f" {plain(word)}".encode() for word in words]
        self.ranks = to_ranks(train_fast(chunks, pieces - 256 - len(SPECIALS)))
        self._cut: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.ranks) + len(SPECIALS)

    def cut(self, word: str) -> list[int]:
        """Return the piece numbers of one word."""
        if word not in self._cut:
            parts = encode_chunk(f" {plain(word)}".encode(), self.ranks)
            self._cut[word] = [self.ranks[part] + len(SPECIALS) for part in parts]
        return self._cut[word]

    def encode(self, words: Sequence[str]) -> tuple[list[int], list[int]]:
        """Return the piece numbers of *words*, and the place of each one's word."""
        cut = [self.cut(word) for word in words]
        owners = [i for i, parts in enumerate(cut) for _ in parts]
        return [n for parts in cut for n in parts], owners


@lru_cache(maxsize=1)
def word_pieces() -> WordPieces:
    """Return one vocabulary for the Greek and the English of the verses."""
    return WordPieces((w for v in verses() for w in (*v.source, *v.target)), PIECES)


def word_weights(
    weights: Tensor, source_owners: Sequence[int], target_owners: Sequence[int]
) -> Tensor:
    """Bring weights between pieces to weights between words.

    A source word's weight is the sum over its pieces, a target word's row the mean
    over its own.

    Args:
        weights: (target pieces, source pieces).
        source_owners: the word of each source piece.
        target_owners: the word of each target piece.

    Returns:
        (target words, source words); rows still add up to 1.

    Raises:
        ValueError: there is not one owner for each piece, or a word owns none.
    """
    owned = [list(source_owners), list(target_owners)]
    if list(weights.shape) != [len(owned[1]), len(owned[0])] or not all(
        set(owners) == set(range(len(set(owners)))) and owners for owners in owned
    ):
        raise ValueError(
            f"weights of the shape {tuple(weights.shape)} with the owners {owned}: give "
            "each piece its word, counted from 0"
        )
    left = torch.tensor(source_owners)
    right = torch.tensor(target_owners)
    into = weights.new_zeros(len(weights), int(left.max()) + 1)
    into.index_add_(1, left, weights)  # (target pieces, source words)
    rows = weights.new_zeros(int(right.max()) + 1, into.shape[1])
    rows.index_add_(0, right, into)
    return rows / torch.bincount(right).unsqueeze(1)


@torch.no_grad()
def attention_of(
    model: Seq2Seq,
    vocabulary: WordPieces,
    chosen: Sequence[AlignedVerse],
    shift: int = 0,
) -> list[Tensor]:
    """Return each verse's word-by-word attention while the model must write it.

    Args:
        model: trained on such verses.
        vocabulary: of the model.
        chosen: the verses.
        shift: take the attention of so many steps later (negative: earlier) for
            each piece.

    Returns:
        For each verse (target words, source words).
    """
    model.eval()
    cut = [
        (vocabulary.encode(v.source), vocabulary.encode(v.target)) for v in chosen
    ]
    found: list[Tensor] = [torch.empty(0)] * len(chosen)
    for batch in length_batches(
        [len(t[0]) for _, t in cut], 32, seed=0, shuffled=False
    ):
        source = pad([cut[k][0][0] for k in batch])
        target = pad([[BEGIN, *cut[k][1][0], END] for k in batch])
        weights = cast(
            Tensor, model(source, target).weights
        )  # step t writes piece t
        for row, k in enumerate(batch):
            (_, left), (pieces, right) = cut[k]
            steps = (torch.arange(len(pieces)) + shift).clamp(0, len(pieces) - 1)
            found[k] = word_weights(weights[row, steps, : len(left)], left, right)
    return found


def links_of(weights: Tensor) -> Links:
    """Link every target word to the source word with most of its weight.

    Raises:
        ValueError: there is no source word, or the weights are no table.

    >>> sorted(links_of(torch.tensor([[0.9, 0.1], [0.2, 0.8]])))
    [(0, 0), (1, 1)]
    """
    if weights.dim() != 2 or not weights.shape[1]:
        raise ValueError(
            f"weights of the shape {tuple(weights.shape)} hold no source word to link to"
        )
    return frozenset((i, j) for j, i in enumerate(weights.argmax(dim=1).tolist()))
