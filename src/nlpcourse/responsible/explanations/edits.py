"""The smallest change that turns an answer.

Source: minimal contrastive edits as in Ross, Marasović and Peters (2021); here every small edit
is tried, where they search with a language model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.occlusion import Answers, ask

Judge = Callable[[Sequence[Sequence[str]]], Array]
"""Texts as lists of words in, scores out; above 0 the answer is good."""


def fewest_blanks(
    question: Answers, count: int, most: int = 3
) -> tuple[int, ...] | None:
    """Return the fewest words, at most *most*, whose blanking turns the answer; None if none does.

    Of several sets of one size, the one that carries the score farthest.

    >>> fewest_blanks(lambda s: s.sum(axis=1) - 1.5, 3)
    (0, 1)

    Raises:
        ValueError: there is no word, or nothing may be blanked.
    """
    if count < 1 or most < 1:
        raise ValueError(f"{most} blanks among {count} words; give 1 or more")
    side = 1.0 if ask(question, np.ones((1, count)))[0] > 0 else -1.0
    for size in range(1, min(most, count) + 1):
        sets = list(combinations(range(count), size))
        dials = np.ones((len(sets), count))
        for row, chosen in zip(dials, sets, strict=True):
            row[list(chosen)] = 0.0
        scores = side * ask(question, dials)
        turned = scores <= 0 if side > 0 else scores < 0
        if turned.any():
            return sets[int(np.argmin(scores))]
    return None


def replaced(words: Sequence[str], place: int, other: str) -> list[str]:
    """Return the words with *other* in place of the one at *place*.

    Raises:
        ValueError: there is no such place.
    """
    if not 0 <= place < len(words):
        raise ValueError(f"there is no word {place} among {len(words)}")
    return [*words[:place], other, *words[place + 1 :]]


def one_word_edits(
    judge: Judge, words: Sequence[str], candidates: Sequence[str]
) -> list[tuple[int, str, float]]:
    """Return every replacement of one word that turns the answer: place, new word, new score.

    The farthest from the old answer comes first.

    Args:
        judge: scores of texts.
        words: the text.
        candidates: words that may be put in.

    Raises:
        ValueError: there are no words or no candidates.
    """
    if not len(words) or not len(candidates):
        raise ValueError(f"{len(candidates)} candidates for {len(words)} words")
    edits = [
        (place, other)
        for place in range(len(words))
        for other in candidates
        if other != words[place]
    ]
    texts = [list(words)] + [replaced(words, *edit) for edit in edits]
    scores = np.asarray(judge(texts), dtype=float)
    good = scores[0] > 0
    turned = [
        (*edit, float(score))
        for edit, score in zip(edits, scores[1:], strict=True)
        if (score > 0) != good
    ]
    return sorted(turned, key=lambda e: e[2] if good else -e[2])


SAME = (
    ("film", "movie", "picture"),
    ("the", "this"),
    ("very", "really"),
    ("seems", "appears"),
    ("almost", "nearly"),
    ("perhaps", "maybe"),
    ("entire", "whole"),
    ("director", "filmmaker"),
    ("actors", "performers"),
)
"""Words that may stand for one another in a review without changing what it says of the film."""


def harmless(words: Sequence[str]) -> list[tuple[int, str]]:
    """Return every replacement that leaves the meaning as it was: a place and a new word.

    >>> harmless(["the", "movie"])
    [(0, 'this'), (1, 'film'), (1, 'picture')]
    """
    return [
        (place, other)
        for place, word in enumerate(words)
        for group in SAME
        if word in group
        for other in group
        if other != word
    ]
