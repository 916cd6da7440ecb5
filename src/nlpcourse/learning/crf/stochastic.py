"""Training on more than fits L-BFGS: steps on small batches, each with a rate of its own.

The objective is the one of `model` or of `memm`; only the way up differs.  A weight's rate falls
with the squares of the gradients that it has seen, so a rare clue takes large steps for long
(Duchi, Hazan and Singer, 2011).  There is no penalty: few readings keep the weights small.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlpcourse.learning.crf.model import Corpus, Objective, require_tagged
from nlpcourse.learning.crf.packed import Clued, Floats, Numbers, Packed

TINY = 1e-8


@dataclass(frozen=True)
class Shelf:
    """Tagged sentences, one word after the other, from which batches are taken.

    Attributes:
        clues: 1 where a word has a clue (N, F), sparse, in the order of the text.
        gold: the right tag of each word (N).
        starts: the row of each sentence's first word, and N at the end.
    """

    clues: sparse.csr_matrix
    gold: Numbers
    starts: Numbers

    def batch(self, chosen: Numbers, k: int) -> tuple[Corpus, Numbers]:
        """Return sentences as a corpus of the clues that they have, and those clues' numbers."""
        lengths = self.starts[chosen + 1] - self.starts[chosen]
        order = np.argsort(-lengths, kind="stable")
        begin, lengths = self.starts[chosen[order]], lengths[order]
        sizes = [
            int((lengths > t).sum()) for t in range(int(lengths.max(initial=0)))
        ]
        rows = np.concatenate([begin[:n] + t for t, n in enumerate(sizes)])
        some = self.clues[rows]
        active, columns = np.unique(some.indices, return_inverse=True)
        shape = (len(rows), len(active))
        clues = sparse.csr_matrix((some.data, columns, some.indptr), shape)
        gold = self.gold[rows]
        right = np.zeros((len(rows), k), some.dtype)
        right[np.arange(len(rows)), gold] = 1
        steps = np.zeros((k, k), some.dtype)
        packed = Packed(clues, sizes, [])
        for before, here in itertools.pairwise(packed.places):
            n = here.stop - here.start
            np.add.at(steps, (gold[before][:n], gold[here]), 1)
        return Corpus(packed, gold, clues.T @ right, steps), active


def shelve(
    sentences: Sequence[Clued],
    tags: Sequence[Sequence[str]],
    names: Sequence[str],
    numbers: Mapping[str, int],
) -> Shelf:
    """Lay sentences out for batches, with numbers of 32 bits.

    Raises:
        ValueError: no words, not one tag a word, or a tag that is not among the names.
    """
    require_tagged(sentences, tags)
    place = {tag: i for i, tag in enumerate(names)}
    if unknown := sorted({tag for row in tags for tag in row} - set(place)):
        raise ValueError(f"the tag {unknown[0]!r} is not among the names given")
    columns, ends = [], [0]
    for sentence in sentences:
        for word in sentence:
            known = {numbers[c] for c in word if c in numbers}
            columns.append(np.fromiter(sorted(known), np.int32, len(known)))
            ends.append(ends[-1] + len(known))
    flat = np.concatenate(columns) if columns else np.zeros(0, np.int32)
    shape = (len(columns), len(numbers))
    clues = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape)
    gold = np.array([place[t] for row in tags for t in row], np.int64)
    starts = np.cumsum([0, *map(len, sentences)])
    return Shelf(clues, gold, starts)


def seen_pairs(shelf: Shelf, k: int) -> NDArray[np.bool_]:
    """Return which clue stood with which tag at least once (F, K)."""
    n = len(shelf.gold)
    ones, at = np.ones(n, np.float32), np.arange(n + 1)
    right = sparse.csr_matrix((ones, shelf.gold, at), (n, k))
    together: NDArray[np.bool_] = (shelf.clues.T @ right).toarray() > 0
    return together


@dataclass
class Climber:
    """Weights, and the squares of the gradients that each has seen.

    A clue and a tag that never stood together have no weight, as in crfsuite by default.
    """

    clue_weights: Floats
    step_weights: Floats
    clue_squares: Floats
    step_squares: Floats

    @classmethod
    def of(cls, clues: int, tags: int) -> Climber:
        """Begin at zero, with numbers of 32 bits."""
        tables = [np.zeros((n, tags), np.float32) for n in (clues, tags) * 2]
        return cls(*tables)

    def step(
        self,
        corpus: Corpus,
        active: Numbers,
        rate: float,
        objective: Objective,
        together: NDArray[np.bool_],
    ) -> float:
        """Take a step up on one batch; return its log likelihood before the step.

        Source: Duchi, Hazan and Singer (2011), the diagonal case.
        """
        weights = self.clue_weights[active]
        value, up, up_steps = objective(weights, self.step_weights, corpus)
        up = np.where(together[active], up, 0)
        squares = self.clue_squares[active] + up**2
        self.clue_squares[active] = squares
        self.clue_weights[active] = weights + rate * up / (np.sqrt(squares) + TINY)
        self.step_squares += up_steps**2
        self.step_weights += rate * up_steps / (np.sqrt(self.step_squares) + TINY)
        return value


def read_once(
    climber: Climber,
    shelf: Shelf,
    objective: Objective,
    rate: float = 0.1,
    rows: int = 256,
    seed: int = 0,
) -> float:
    """Read all sentences once, in batches drawn at random; return the sum of log likelihoods.

    Raises:
        ValueError: a rate or a batch that means nothing.
    """
    if not 0 < rate < np.inf or rows < 1:
        raise ValueError(
            f"the rate must be above 0 and a batch 1 or more, not {rate} and {rows}"
        )
    order = np.random.default_rng(seed).permutation(len(shelf.starts) - 1)
    k = climber.step_weights.shape[0]
    together, total = seen_pairs(shelf, k), 0.0
    for part in range(0, len(order), rows):
        chosen = order[part : part + rows]
        corpus, active = shelf.batch(chosen, k)
        if len(corpus.gold):
            total += climber.step(corpus, active, rate, objective, together)
    return total
