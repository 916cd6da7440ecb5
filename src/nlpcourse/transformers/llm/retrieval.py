"""Finding the passages that may hold an answer: by words, by vectors, and by both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import normalize

from nlpcourse import corpora
from nlpcourse.learning.topics.bags import words
from nlpcourse.learning.topics.bm25 import InvertedIndex, best, bm25, lucene_idf
from nlpcourse.transformers.bert.encoder import load_pretrained
from nlpcourse.transformers.bert.tokens import PieceTokenizer
from nlpcourse.transformers.llm.fast import last_hidden
from nlpcourse.transformers.llm.passages import Passage, book
from nlpcourse.transformers.llm.store import path

K = 60
"""How much the first places weigh, the constant of the paper."""
STEPS = 400
"""A stored vector's numbers are multiples of one over this many."""
DEPTH = 100
"""Passages of each ranking that are fused."""
LONGEST = 240
"""Word pieces of a passage that MiniLM reads at most."""


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], k: float = K
) -> list[int]:
    """Return one ranking out of several, by the sum of 1 / (k + rank).

    Args:
        rankings: numbers of documents, the best first; one that is missing brings nothing.
        k: 0 or more; the larger, the less the first places weigh.

    Returns:
        Every document of any ranking, of equal ones the smaller number first.

    Raises:
        ValueError: k is negative, or a ranking names a document twice.

    Source: Cormack, Clarke and Buettcher (2009), section 2.

    >>> reciprocal_rank_fusion([[7, 3, 5], [3, 9]])
    [3, 7, 9, 5]
    """
    if not 0 <= k < float("inf"):
        raise ValueError(f"k is 0 or more and finite, not {k}")
    scores: dict[int, float] = {}
    for ranking in rankings:
        if len(set(ranking)) < len(ranking):
            raise ValueError("a ranking names a document twice; each has one place")
        for rank, document in enumerate(ranking, start=1):
            scores[document] = scores.get(document, 0.0) + 1 / (k + rank)
    return sorted(scores, key=lambda document: (-scores[document], document))


def found_within(ranking: Sequence[int], gold: Collection[int], k: int) -> bool:
    """Return whether one of the gold documents stands among the first *k*.

    Raises:
        ValueError: *k* is below 1, or there is no gold document.

    >>> found_within([7, 3, 5], [5], 2), found_within([7, 3, 5], [5, 3], 2)
    (False, True)
    """
    if k < 1 or not gold:
        raise ValueError(
            f"{k} documents can't hold one of {len(gold)}; ask for 1 or more"
        )
    return any(document in gold for document in ranking[:k])


def searchable(passage: Passage) -> str:
    """Return what a search reads of a passage: its heading and its text."""
    return f"{passage.heading}. {passage.text}"


@lru_cache(maxsize=1)
def _index() -> tuple[InvertedIndex, Mapping[str, float]]:
    index = InvertedIndex([words(searchable(p)) for p in book()])
    return index, lucene_idf(index)


def by_words(question: str, n: int = DEPTH) -> list[int]:
    """Return the passages by chapter 16's BM25, the best first."""
    index, idf = _index()
    return [number for number, _ in best(bm25(index, words(question), idf), n)]


class Encoder:
    """MiniLM of chapter 30 as a maker of vectors: the mean over a text's pieces, of length 1."""

    def __init__(self) -> None:
        """Load the weights and the pieces."""
        self.bert = load_pretrained(corpora.minilm())
        self.tokenizer = PieceTokenizer.from_folder(corpora.minilm())

    @torch.no_grad()
    def __call__(self, texts: Sequence[str], rows: int = 16) -> np.ndarray:
        """Return a vector for each text, (N, 384)."""
        ids = [self.tokenizer.encode(text)[:LONGEST] for text in texts]
        found = np.zeros(
            (len(texts), self.bert.config.hidden_size), dtype=np.float32
        )
        order = sorted(range(len(ids)), key=lambda n: len(ids[n]))
        for first in range(0, len(order), rows):
            chosen = order[first : first + rows]
            batch = self.tokenizer.pad_together([ids[n] for n in chosen])
            last = last_hidden(self.bert, batch.ids, batch.mask, batch.segments)
            real = batch.mask[..., None]
            mean = (last * real).sum(dim=1) / real.sum(dim=1)
            found[chosen] = normalize(mean, dim=-1).numpy()
        return found


def vectors_file() -> Path:
    """Return the file with the passages' vectors."""
    return path("book").with_name("book-vectors.npy")


def store_vectors() -> None:
    """Make the vectors of all passages, rounded to a byte a number."""
    vectors = Encoder()([searchable(p) for p in book()])
    steps = np.clip(np.rint(vectors * STEPS), -127, 127)
    np.save(vectors_file(), steps.astype(np.int8))


@lru_cache(maxsize=1)
def vectors() -> np.ndarray:
    """Return the stored vectors of the passages, (passages, 384)."""
    steps = np.load(vectors_file(), allow_pickle=False)
    return np.asarray(steps, dtype=np.float32) / STEPS


def by_vectors(question: np.ndarray, n: int = DEPTH) -> list[int]:
    """Return the passages by the cosine of their vectors with the question's, the best first.

    Args:
        question: its vector, (384,).
        n: passages at most.
    """
    scores = vectors() @ question
    return [int(number) for number in np.argsort(-scores, kind="stable")[:n]]


def by_both(question: str, vector: np.ndarray, n: int = DEPTH) -> list[int]:
    """Return the passages by words and vectors, fused."""
    return reciprocal_rank_fusion([by_words(question), by_vectors(vector)])[:n]
