"""Numbers for letters and sounds, and batches of sequences of different lengths.

Both tasks of this chapter, and the same tasks under a Transformer, number their
symbols alike: 0 fills up short rows, 1 begins an output, 2 ends one.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

PAD, BEGIN, END = 0, 1, 2
SPECIALS = ("(filling)", "(begin)", "(end)")


class Symbols:
    """A small closed alphabet with its numbers.

    >>> letters = Symbols("abc")
    >>> letters.encode("cab"), letters.decode([5, 3, 4, END])
    ([5, 3, 4], ['c', 'a', 'b'])
    """

    def __init__(self, symbols: Iterable[str]) -> None:
        """Number the three special symbols, then *symbols* in their order."""
        self.symbols = [*SPECIALS, *symbols]
        self._number = {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, sequence: Iterable[str]) -> list[int]:
        """Return the numbers of a sequence of symbols.

        Raises:
            ValueError: the alphabet lacks a symbol.
        """
        sequence = list(sequence)
        for symbol in sequence:
            if symbol not in self._number:
                raise ValueError(
                    f"the alphabet has no {symbol!r}; it has "
                    f"{' '.join(self.symbols[len(SPECIALS) :])}"
                )
        return [self._number[symbol] for symbol in sequence]

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Return the symbols of *numbers*, without the special ones."""
        return [self.symbols[n] for n in numbers if n > END]


def pad(sequences: Sequence[Sequence[int]]) -> Tensor:
    """Return sequences as one tensor (rows, time), filled up with ``PAD``.

    Raises:
        ValueError: there are no sequences.

    >>> pad([[5, 6], [7]]).tolist()
    [[5, 6], [7, 0]]
    """
    if not len(sequences):
        raise ValueError("no sequences to fill up; give at least one")
    longest = max(map(len, sequences))
    rows = [
        [*sequence] + [PAD] * (longest - len(sequence)) for sequence in sequences
    ]
    return torch.tensor(rows, dtype=torch.long)


def lengths_of(batch: Tensor) -> Tensor:
    """Return how many symbols of each row (rows, time) are no filling, (rows,)."""
    return (batch != PAD).sum(dim=1)


def length_batches(
    lengths: Sequence[int], rows: int, seed: int, shuffled: bool = True
) -> list[list[int]]:
    """Return the indices of all items in batches of like length.

    Items are sorted by length with ties in random order, cut into batches, and the
    batches are shuffled: little filling, and another order for every seed.

    Args:
        lengths: of the items.
        rows: items in a batch; a last, smaller batch is dropped where *shuffled*.
        seed: of both shuffles; an epoch's number, for instance.
        shuffled: False keeps every item and the batches in order of length, for
            evaluation.

    Raises:
        ValueError: a batch would have no rows.

    >>> length_batches([3, 1, 2, 1], rows=2, seed=0, shuffled=False)
    [[1, 3], [2, 0]]
    """
    if rows < 1:
        raise ValueError(f"a batch needs one row or more, not {rows}")
    order = list(range(len(lengths)))
    rng = random.Random(seed)
    if shuffled:
        rng.shuffle(order)
    order.sort(key=lambda i: lengths[i])
    batches = [order[i : i + rows] for i in range(0, len(order), rows)]
    if shuffled:
        batches = [batch for batch in batches if len(batch) == rows]
        rng.shuffle(batches)
    return batches


class Epochs:
    """Which items each step of a training reads: batches of like length, epoch after epoch.

    Args:
        lengths: of the items.
        rows: items in a batch.

    Raises:
        ValueError: the items do not fill one batch.

    >>> epochs = Epochs([3, 1, 2, 1], rows=2)
    >>> epochs.steps, sorted(epochs.items(0) + epochs.items(1))
    (2, [0, 1, 2, 3])
    """

    def __init__(self, lengths: Sequence[int], rows: int) -> None:
        """Keep the lengths; no epoch is laid out yet."""
        if not 1 <= rows <= len(lengths):
            raise ValueError(
                f"{len(lengths)} pairs do not fill a batch of {rows}; give more pairs or "
                "fewer rows"
            )
        self.lengths, self.rows = lengths, rows
        self.steps = len(lengths) // rows
        self._epoch, self._batches = -1, [[0]]

    def items(self, step: int) -> list[int]:
        """Return the indices of the step's items."""
        epoch, place = divmod(step, self.steps)
        if epoch != self._epoch:
            self._epoch = epoch
            self._batches = length_batches(self.lengths, self.rows, seed=epoch)
        return self._batches[place]
