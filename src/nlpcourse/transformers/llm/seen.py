"""Has the model read this text? What famous passages cost beside others of the same books."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.llm.chat import spell
from nlpcourse.transformers.llm.passages import book
from nlpcourse.transformers.llm.scoring import continuation_costs

WORDS = 60
"""Words of each passage; the first :data:`GIVEN` are read and not counted."""
GIVEN = 10
OTHERS = 3
"""Other passages of the same book beside each famous one."""

FAMOUS: dict[str, tuple[str, str]] = {
    "Genesis": ("bible-kjv", "In the beginning God created"),
    "Psalm 23": ("bible-kjv", "The LORD is my shepherd"),
    "John": ("bible-kjv", "In the beginning was the Word"),
    "Matthew": ("bible-kjv", "Blessed are the poor in spirit"),
    "Moby-Dick": ("melville-moby_dick", "Call me Ishmael"),
    "Alice": ("carroll-alice", "Alice was beginning to get very tired"),
    "Emma": ("austen-emma", "Emma Woodhouse, handsome"),
    "Hamlet": ("shakespeare-hamlet", "To be, or not to be"),
    "Caesar": ("shakespeare-caesar", "Friends, Romans, Countrymen"),
    "Macbeth": ("shakespeare-macbeth", "To morrow, and to morrow"),
    "Leaves of Grass": ("whitman-leaves", "I celebrate myself, and sing myself"),
    "Paradise Lost": ("milton-paradise", "Of Man's first disobedience"),
}
"""Passages that are quoted everywhere: the book, and how each begins."""
OURS = (11, 47, 110, 173, 326, 902, 929, 965, 1001, 1019, 1055, 767)
"""Passages of the stored book of this course, which is younger than the model, without gaps."""


@dataclass(frozen=True)
class Piece:
    """Sixty words of a text: which group they belong to, and from where they are."""

    group: str
    name: str
    text: str


@lru_cache(maxsize=32)
def _words(name: str) -> list[str]:
    text = re.sub(r"\d+:\d+", " ", corpora.gutenberg()[name])
    return text.split()


@lru_cache(maxsize=32)
def _plain(name: str) -> list[str]:
    return [re.sub(r"\W", "", word).lower() for word in _words(name)]


def _starts(name: str, begin: str) -> int:
    wanted = [re.sub(r"\W", "", w).lower() for w in begin.split()]
    plain = _plain(name)
    for place, word in enumerate(plain):
        if word == wanted[0] and plain[place : place + len(wanted)] == wanted:
            return place
    raise ValueError(f"{begin!r} is not in the book")


@lru_cache(maxsize=1)
def texts() -> list[Piece]:
    """Return the famous passages, as many others of the same books, and as many of this course."""
    rng = random.Random(34)
    found: list[Piece] = []
    for name, (source, begin) in FAMOUS.items():
        words = _words(source)
        place = _starts(source, begin)
        found.append(Piece("famous", name, " ".join(words[place : place + WORDS])))
        for _ in range(OTHERS):
            other = rng.randrange(len(words) // 4, 3 * len(words) // 4)
            text = " ".join(words[other : other + WORDS])
            found.append(Piece("same book", name, text))
    for number in OURS:
        words = book()[number].text.split()[:WORDS]
        found.append(Piece("this course", f"passage {number}", " ".join(words)))
    return found


def costs(smol: Smol, pieces: list[Piece]) -> list[tuple[float, float]]:
    """Return what the words after the first ten cost, in nats a word, and the share foretold.

    A token is foretold where it was the likeliest one.

    Raises:
        ValueError: there is no piece.
    """
    if not pieces:
        raise ValueError("there is nothing to read; give one piece or more")
    ids, begins, counted = [], [], []
    for piece in pieces:
        words = piece.text.split()
        given = spell(smol, " ".join(words[:GIVEN]))
        ids.append([*given, *spell(smol, " " + " ".join(words[GIVEN:]))])
        begins.append(len(given))
        counted.append(len(words) - GIVEN)
    rows = continuation_costs(smol.model, ids, begins, rows=6)
    return [
        (float(cost.sum()) / n, float(likeliest.float().mean()))
        for (cost, likeliest), n in zip(rows, counted, strict=True)
    ]
