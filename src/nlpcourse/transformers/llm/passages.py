"""The course's own book as it stood on one day, cut into passages, and questions about it.

The book changes, and gold passages would be lost with every mended sentence.  So the passages lie
in a file of their own, ``book.json``, made once from the prose of the chapters that were written
then; the questions name their passages by number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nlpcourse.transformers.llm.store import keep, stored

WORDS = 90
"""Words that a passage holds at most; a longer sentence stays whole."""


@dataclass(frozen=True)
class Passage:
    """A piece of a section of the book."""

    chapter: str
    heading: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question with the passages that answer it.

    Attributes:
        text: the question.
        gold: numbers of the passages, each of which is enough.
        answers: what a right answer says, one of these; letters' case does not matter.
        own_words: whether the question avoids the passage's words.
    """

    text: str
    gold: tuple[int, ...]
    answers: tuple[str, ...]
    own_words: bool


def pieces(text: str, words: int = WORDS) -> list[str]:
    """Cut a text into pieces of whole sentences, each of so many words at most.

    Raises:
        ValueError: *words* is below 1.

    >>> pieces("One two. Three four. Five.", words=4)
    ['One two. Three four.', 'Five.']
    """
    if words < 1:
        raise ValueError(f"a piece of {words} words holds nothing; give 1 or more")
    found: list[list[str]] = []
    for sentence in re.split(r"(?<=[.?:])\s+(?=[A-Z“(])", text.strip()):
        size = len(sentence.split())
        if found and sum(len(s.split()) for s in found[-1]) + size <= words:
            found[-1].append(sentence)
        elif sentence:
            found.append([sentence])
    return [" ".join(sentences) for sentences in found]


@lru_cache(maxsize=1)
def book() -> list[Passage]:
    """Return the passages of the stored book."""
    return [Passage(*row) for row in stored("book")]


@lru_cache(maxsize=1)
def questions() -> list[Question]:
    """Return the questions, those in the book's words and those in other words."""
    return [
        Question(
            row["text"], tuple(row["gold"]), tuple(row["answers"]), row["own_words"]
        )
        for row in stored("questions")
    ]


def freeze() -> int:
    """Store the book of today as passages; return how many there are."""
    from nlpcourse.learning.topics.book import read_book

    rows = [
        [section.chapter, section.heading, text]
        for section in read_book()
        for text in pieces(section.text)
        if len(text.split()) >= 15
    ]
    keep("book", rows)
    return len(rows)
