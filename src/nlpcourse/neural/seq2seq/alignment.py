"""Who translates whom: gold links, baselines, and attention as a guess.

The links of the Greek New Testament with the Berean Standard Bible were made by
hand, one kind of link only.  Och and Ney (2003) let annotators mark a link *sure*
or merely *possible*; here every link counts as sure, and then the alignment error
rate is one minus the F1 of the guessed links.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.corpora.records import AlignedVerse
from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.symbols import (
    BEGIN,
    END,
    SPECIALS,
    length_batches,
    pad,
)
from nlpcourse.text.tokenization.bpe import encode_chunk, to_ranks
from nlpcourse.text.tokenization.fast import train_fast

Links = frozenset[tuple[int, int]]  # pairs (source position, target position)
PIECES = 3_000  # of both languages together


@lru_cache(maxsize=100_000)
def plain(word: str) -> str:
    """Return a word in small letters without accents, as both sides are read here.

    >>> plain("Ἰησοῦ"), plain("The")
    ('ιησου', 'the')
    """
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in letters if not unicodedata.combining(c))


def alignment_error_rate(
    guessed: Iterable[Links],
    sure: Iterable[Links],
    possible: Iterable[Links] | None = None,
) -> float:
    """Return the alignment error rate of guessed links, between 0 and 1.

    Args:
        guessed: the links of each sentence.
        sure: the links that should be found.
        possible: the links that may be found, the sure ones among them; the sure
            ones where None.

    Raises:
        ValueError: nothing is guessed and nothing is sure.

    Source: Och and Ney (2003), equation 18.

    >>> gold = [frozenset({(0, 0), (1, 1)})]
    >>> alignment_error_rate([frozenset({(0, 0)})], gold)
    0.33333333333333337
    """
    sure = list(sure)
    hits = total = 0
    for a, s, p in zip(
        guessed, sure, sure if possible is None else possible, strict=True
    ):
        hits += len(a & s) + len(a & (p | s))
        total += len(a) + len(s)
    if not total:
        raise ValueError(
            "no link is guessed and none is sure: there is nothing to rate"
        )
    return 1 - hits / total


def diagonal(verse: AlignedVerse) -> Links:
    """Guess that a target word comes from the same relative place in the source.

    >>> verse = AlignedVerse("", ["a", "b"], ["c", "d", "e", "f"], frozenset())
    >>> sorted(diagonal(verse))
    [(0, 0), (0, 1), (1, 2), (1, 3)]
    """
    stretch = len(verse.source) / len(verse.target)
    return frozenset((int(j * stretch), j) for j in range(len(verse.target)))


def without_marks(links: Links, target: Sequence[str]) -> Links:
    """Drop the links of target tokens that hold no letter, as the gold has none.

    >>> without_marks(frozenset({(0, 0), (0, 1)}), ["Blessed", ","])
    frozenset({(0, 0)})
    """
    return frozenset(
        (i, j) for i, j in links if any(c.isalnum() for c in target[j])
    )


def ibm_model_1(
    verses: Sequence[tuple[Sequence[str], Sequence[str]]], rounds: int
) -> list[Links]:
    """Link each target word to the source word that best explains it, by counting.

    Start with every pair of words equally likely; in each round share every target
    word out among its verse's source words (and an empty word) in proportion to
    what is believed, and believe the new counts.

    Args:
        verses: pairs of source words and target words.
        rounds: of expectation and maximisation.

    Returns:
        The links of each verse; target words that the empty word explains best have
        none.

    Source: Brown et al. (1993), section 4.2.

    >>> verses = [(["das", "haus"], ["the", "house"]), (["das"], ["the"])]
    >>> [sorted(links) for links in ibm_model_1(verses, rounds=5)]
    [[(0, 0), (1, 1)], [(0, 0)]]
    """
    left = {
        w: n
        for n, w in enumerate(sorted({w for s, _ in verses for w in s}), start=1)
    }
    right = {w: n for n, w in enumerate(sorted({w for _, t in verses for w in t}))}
    numbers = [
        ([0, *(left[w] for w in s)], [right[w] for w in t]) for s, t in verses
    ]
    keys = np.concatenate(  # one number for each pair of words, verse by verse
        [
            np.add.outer(np.array(t), np.array(s) * len(right)).ravel()
            for s, t in numbers
        ]
    )
    pairs, which = np.unique(keys, return_inverse=True)
    sizes = np.concatenate([np.full(len(t), len(s)) for s, t in numbers])
    firsts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of_source = pairs // len(right)  # the source word of each pair
    believed = np.full(len(pairs), 1.0)
    for _ in range(rounds):
        shares = believed[which]
        shares /= np.repeat(np.add.reduceat(shares, firsts), sizes)
        counts = np.bincount(which, weights=shares, minlength=len(pairs))
        believed = counts / np.bincount(of_source, weights=counts)[of_source]
    return _best_sources(numbers, believed[which])


def _best_sources(
    numbers: Sequence[tuple[list[int], list[int]]], beliefs: npt.NDArray[np.float64]
) -> list[Links]:
    """Take for every target word the source word with the highest belief."""
    links, at = [], 0
    for source, target in numbers:
        table = beliefs[at : at + len(source) * len(target)].reshape(
            len(target), -1
        )
        at += table.size
        # on equal beliefs a word goes before the empty word, which stands at 0
        best = len(source) - 1 - table[:, ::-1].argmax(axis=1)
        links.append(
            frozenset((int(i) - 1, j) for j, i in enumerate(best) if i > 0)
        )
    return links


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
def verses() -> list[AlignedVerse]:
    """Return the verses with gold links, read once."""
    return corpora.gnt_bsb()


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
    """
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

    >>> sorted(links_of(torch.tensor([[0.9, 0.1], [0.2, 0.8]])))
    [(0, 0), (1, 1)]
    """
    return frozenset((i, j) for j, i in enumerate(weights.argmax(dim=1).tolist()))


def error_of(guesses: Sequence[Links], chosen: Sequence[AlignedVerse]) -> float:
    """Return the alignment error rate of guesses, without links of marks."""
    kept = [
        without_marks(g, v.target) for g, v in zip(guesses, chosen, strict=True)
    ]
    return alignment_error_rate(kept, [v.links for v in chosen])
