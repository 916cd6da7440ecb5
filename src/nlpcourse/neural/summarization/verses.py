"""A rewriting task with names in it: verses of the King James Bible into modern English.

The verses are cut into words and marks; quotation marks are left out, because the old text has
none.  Only verses of at most :data:`LONGEST` words and marks on either side are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from nlpcourse import corpora
from nlpcourse.neural.seq2seq.symbols import END, SPECIALS

UNKNOWN = END + 1
"""The number that stands for every word outside the vocabulary."""
LONGEST = 16
BLOCK, PARTS = 40, 20
"""Verses that stand together go into one part: of twenty blocks one is for validation, one for
testing."""

Words = list[str]


def cut(text: str) -> Words:
    """Return the words and marks of a verse, without quotation marks.

    >>> cut("Thus saith the LORD; “Go up.”")
    ['Thus', 'saith', 'the', 'LORD', ';', 'Go', 'up', '.']
    """
    return re.findall(r"[A-Za-z]+(?:[-’'][A-Za-z]+)*|[.,;:?!]", text)


class Verses(NamedTuple):
    """Pairs of an old verse and a new one, by part."""

    train: list[tuple[Words, Words]]
    validation: list[tuple[Words, Words]]
    test: list[tuple[Words, Words]]


@lru_cache(maxsize=1)
def verses() -> Verses:
    """Return the short verses of both Bibles, divided in blocks of neighbouring verses."""
    parts = Verses([], [], [])
    for number, (old, new) in enumerate(corpora.kjv_bsb()):
        pair = cut(old), cut(new)
        if max(map(len, pair)) <= LONGEST and all(pair):
            place = number // BLOCK % PARTS
            parts[{PARTS - 2: 1, PARTS - 1: 2}.get(place, 0)].append(pair)
    return parts


class Vocabulary:
    """The words that a model can write by itself, with their numbers.

    >>> few = Vocabulary(["the", "king"])
    >>> few.encode("the king Nebat".split())
    [4, 5, 3]
    >>> ids, extended, strange = few.extend("Nebat the king Nebat".split())
    >>> ids, extended, strange
    ([3, 4, 5, 3], [6, 4, 5, 6], ['Nebat'])
    >>> few.target("king Nebat of".split(), strange), few.decode([5, 6], strange)
    ([5, 6, 3], ['king', 'Nebat'])
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Number the special symbols, the unknown word, then *words* in their order."""
        self.words = [*SPECIALS, "(unknown)", *words]
        self.number = {word: i for i, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of *words*; every strange one becomes ``UNKNOWN``."""
        return [self.number.get(word, UNKNOWN) for word in words]

    def extend(self, words: Sequence[str]) -> tuple[list[int], list[int], Words]:
        """Return the numbers of a source, the extended numbers, and its strange words.

        The strange words of one source get the numbers after the vocabulary's last, in the order
        in which they come.

        Source: See, Liu and Manning (2017), section 2.2, the extended vocabulary.
        """
        strange = list(dict.fromkeys(w for w in words if w not in self.number))
        return self.encode(words), self.target(words, strange), strange

    def target(self, words: Iterable[str], strange: Sequence[str]) -> list[int]:
        """Return the numbers of *words*, where those of *strange* have numbers, too."""
        extra = {word: len(self) + k for k, word in enumerate(strange)}
        return [self.number.get(word, extra.get(word, UNKNOWN)) for word in words]

    def decode(self, numbers: Iterable[int], strange: Sequence[str]) -> Words:
        """Return the words of *numbers*, without filling, begin and end."""
        known = [*self.words, *strange]
        return [known[n] for n in numbers if n > END]


@lru_cache(maxsize=4)
def vocabulary(size: int) -> Vocabulary:
    """Return the *size* most frequent words of the training verses, of both sides together.

    Words as frequent as each other come in the order of the alphabet.

    Raises:
        ValueError: *size* is below 1.
    """
    if size < 1:
        raise ValueError(f"a vocabulary needs a word or more, not {size}")
    counts = Counter(w for pair in verses().train for side in pair for w in side)
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    return Vocabulary(ordered[:size])
