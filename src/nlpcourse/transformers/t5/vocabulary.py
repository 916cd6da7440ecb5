"""One vocabulary for everything: filling, end, byte-pair pieces, and sentinels at its far end.

The standard library alone: the page runs this file, too.  A text may hold sentinels, written
``<extra_id_0>`` as in the released models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nlpcourse.text.tokenization.bpe import to_ranks
from nlpcourse.text.tokenization.fast import Tokenizer, train_fast
from nlpcourse.text.tokenization.gpt import gpt4_split

PAD, END = 0, 1
SENTINELS = 20
"""The released T5 has a hundred."""

_SENTINEL = re.compile(r"<extra_id_(\d+)>")


class Vocabulary:
    """From text to numbers and back.

    Args:
        merges: pairs of piece ids that become one piece, in the order in which they were learnt.
        sentinels: how many there are.

    Raises:
        ValueError: a merge joins pieces that are not there yet.

    >>> vocabulary = Vocabulary([(73, 110)])  # "I" and "n" become "In"
    >>> numbers = vocabulary.encode("In <extra_id_0>")
    >>> vocabulary.pieces(numbers), vocabulary.decode(numbers)
    ([' ', 'In', '<extra_id_0>'], 'In <extra_id_0>')
    """

    def __init__(
        self, merges: Iterable[Sequence[int]], sentinels: int = SENTINELS
    ) -> None:
        pieces = [bytes([byte]) for byte in range(256)]
        pairs = []
        self.merges = [(int(left), int(right)) for left, right in merges]
        for left, right in self.merges:
            if not 0 <= min(left, right) <= max(left, right) < len(pieces):
                raise ValueError(
                    f"pieces {left} and {right} can't be joined: there are {len(pieces)} so far"
                )
            pairs.append((pieces[left], pieces[right]))
            pieces.append(pieces[left] + pieces[right])
        self.bpe = Tokenizer(to_ranks(pairs), gpt4_split)
        self.sentinels = sentinels

    def __len__(self) -> int:
        return 2 + len(self.bpe.ranks) + self.sentinels

    def sentinel(self, number: int) -> int:
        """Return the number of a sentinel; the first is the last token of the vocabulary.

        Raises:
            ValueError: there are not so many.

        >>> Vocabulary([], sentinels=2).sentinel(0)
        259
        """
        if not 0 <= number < self.sentinels:
            raise ValueError(
                f"there are {self.sentinels} sentinels, from 0 on; there is no {number}"
            )
        return len(self) - 1 - number

    def is_sentinel(self, number: int) -> bool:
        """Say whether a token is one of the sentinels."""
        return len(self) - self.sentinels <= number < len(self)

    def encode(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces, a space before each run of them.

        Raises:
            ValueError: the text has a sentinel that the vocabulary lacks.
        """
        numbers: list[int] = []
        for i, part in enumerate(_SENTINEL.split(text)):
            if i % 2:
                numbers.append(self.sentinel(int(part)))
            elif words := " ".join(part.split()):
                numbers += [2 + n for n in self.bpe.encode(f" {words}")]
        return numbers

    def pieces(self, numbers: Iterable[int]) -> list[str]:
        """Return every token as text; ``�`` stands for a part of a character."""
        return [self._piece(number) for number in numbers]

    def _piece(self, number: int) -> str:
        if self.is_sentinel(number):
            return f"<extra_id_{len(self) - 1 - number}>"
        if number in (PAD, END):
            return ("<pad>", "</s>")[number]
        return self.bpe.token_of[number - 2].decode("utf-8", "replace")

    def decode(self, numbers: Iterable[int]) -> str:
        """Return the text of numbers, filling and ends left out."""
        text: list[str] = []
        run: list[int] = []
        for number in [*numbers, PAD]:
            if number in (PAD, END) or self.is_sentinel(number):
                text.append(self.bpe.decode(run))
                run = []
                if self.is_sentinel(number):
                    text.append(f" {self._piece(number)}")
            else:
                run.append(number - 2)
        return "".join(text).strip()


def learn(
    texts: Iterable[str], size: int, sentinels: int = SENTINELS
) -> Vocabulary:
    """Learn a vocabulary of *size* tokens from texts, by chapter 02's byte-pair encoding.

    Raises:
        ValueError: *size* leaves no room for bytes and special tokens.

    >>> len(learn(["low low lower"], size=280))
    280
    """
    merges = size - 2 - 256 - sentinels
    if merges < 0:
        raise ValueError(
            f"a vocabulary of {size} has no room for 256 bytes and more"
        )
    chunks = [
        chunk.encode()
        for text in texts
        for chunk in gpt4_split(f" {' '.join(text.split())}")
    ]
    learnt = train_fast(chunks, merges)
    number = {bytes([byte]): byte for byte in range(256)}
    pairs = []
    for left, right in learnt:
        pairs.append((number[left], number[right]))
        number.setdefault(left + right, len(number))
    return Vocabulary(pairs, sentinels)
