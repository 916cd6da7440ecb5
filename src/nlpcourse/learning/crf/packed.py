"""Many sentences as one table: first all first words, then all second words, and so on.

The sentences lie longest first, so the sentences that have a word at place ``t`` are always the
first ``sizes[t]``, and NumPy takes a step of all of them at once.  Nothing is padded.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.floating]
Numbers = NDArray[np.int64]
Clued = Sequence[Sequence[str]]
"""A sentence: for each word its clues."""


@dataclass(frozen=True)
class Packed:
    """Sentences of which word t of all lies in one piece.

    Attributes:
        clues: 1 where a word has a clue (N words, F clues), sparse.
        sizes: how many sentences have a word at place 0, 1, 2 …; they sum to N.
        rows: for each sentence, in the order given, the rows of its words.
    """

    clues: sparse.csr_matrix
    sizes: list[int]
    rows: list[Numbers]

    @property
    def places(self) -> list[slice]:
        """The rows of each place."""
        ends = np.cumsum([0, *self.sizes]).tolist()
        return [slice(a, b) for a, b in itertools.pairwise(ends)]


def number_clues(sentences: Iterable[Clued], least: int = 1) -> dict[str, int]:
    """Number the clues that occur *least* times or more, in the order in which they come.

    Raises:
        ValueError: least is below 1.

    >>> number_clues([[["a", "b"]], [["b", "c"]]])
    {'a': 0, 'b': 1, 'c': 2}
    """
    if least < 1:
        raise ValueError(f"least must be 1 or more, not {least}")
    counts: dict[str, int] = {}
    for sentence in sentences:
        for word in sentence:
            for clue in word:
                counts[clue] = counts.get(clue, 0) + 1
    often = (clue for clue, n in counts.items() if n >= least)
    return {clue: number for number, clue in enumerate(often)}


def pack(sentences: Sequence[Clued], numbers: Mapping[str, int]) -> Packed:
    """Pack sentences, given by their clues; clues without a number say nothing.

    >>> packed = pack([[["a"]], [["a"], ["b"]]], {"a": 0, "b": 1})
    >>> packed.sizes, [row.tolist() for row in packed.rows]
    ([2, 1], [[1], [0, 2]])
    """
    lengths = np.array([len(sentence) for sentence in sentences], dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    longest = int(lengths.max(initial=0))
    sizes = [int((lengths > t).sum()) for t in range(longest)]
    starts = np.cumsum([0, *sizes])
    rows: list[Numbers] = [np.zeros(0, np.int64)] * len(sentences)
    for place, i in enumerate(order.tolist()):
        rows[i] = starts[: lengths[i]] + place
    found: list[list[int]] = [[] for _ in range(int(starts[-1]))]
    for sentence, where in zip(sentences, rows, strict=True):
        for word, row in zip(sentence, where.tolist(), strict=True):
            found[row] = sorted({numbers[c] for c in word if c in numbers})
    ends = np.cumsum([0, *map(len, found)])
    columns = np.fromiter(
        (c for row in found for c in row), np.int32, int(ends[-1])
    )
    ones = np.ones(len(columns))
    clues = sparse.csr_matrix((ones, columns, ends), (len(found), len(numbers)))
    return Packed(clues, sizes, rows)


def laid_out(packed: Packed, tags: Sequence[Sequence[int]]) -> Numbers:
    """Return the tags of the sentences in the order of the packed rows (N)."""
    flat = np.zeros(sum(packed.sizes), np.int64)
    for row, of_sentence in zip(packed.rows, tags, strict=True):
        flat[row] = of_sentence
    return flat
