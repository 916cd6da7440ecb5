"""VADER as its authors released it with the paper in 2014, where it differs from version 3.3.2.

It is here to ask which of a table's differences come from the code. Beside other lists of words,
the release differed in three ways: it strips punctuation of a few kinds and from one side only; it
looks a word's surroundings up at the first place where the word stands; and negations in capitals
negate nothing.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence

from nlpcourse.text.lexicon.rules import (
    DEGREE,
    FADING,
    NEGATION,
    NEGATIONS,
    PAIRS,
    contrast,
    degree,
    emphasis,
    least,
    listed,
    louder,
)
from nlpcourse.text.lexicon.vader import squash
from nlpcourse.text.lexicon.words import mixes_case

MARKS = listed(". ! ? , ; : - ' \" !! !!! ?? ??? ?!? !?! ?!?! !?!?")
"""What is stripped off."""

ADDED_LATER = listed(
    """considerable enormous exceptional extreme frackin fracking fuckin fuggin fugging
    incredible major total tremendous utter marginal occasional scarce slight"""
)
"""Degree words of later releases."""

IDIOMS_2014 = {
    "the shit": 3.0,
    "the bomb": 3.0,
    "bad ass": 1.5,
    "yeah right": -2.0,
    "cut the mustard": 2.0,
    "kiss of death": -1.5,
    "hand to mouth": -2.0,
}


def _without_letters(words: list[str]) -> list[str]:
    """Remove single letters as the release does: the word after a removed one is not looked at."""
    for word in words:
        if len(word) <= 1:
            words.remove(word)  # moves the rest of the list under the loop
    return words


def split_2014(text: str) -> list[str]:
    """Cut a text as the release of 2014 does.

    >>> split_2014("So good!!! (Really good.)")
    ['So', 'good', '(Really', 'good.)']
    """
    bare = text.translate(str.maketrans("", "", string.punctuation)).split()
    known = set(_without_letters(bare))
    words = []
    for token in text.split():
        if token.isalnum():
            words.append(token)
            continue
        ends = [token.removesuffix(mark) for mark in MARKS if token.endswith(mark)]
        starts = [token.removeprefix(m) for m in MARKS if token.startswith(m)]
        words.append(next((w for w in starts + ends if w in known), token))
    return _without_letters(words)


def score_2014(text: str, valence: Mapping[str, float]) -> float:
    """Return the compound score that the release of 2014 gives a sentence.

    Args:
        text: one sentence.
        valence: the lexicon, from a lower-case word to its valence.

    >>> score_2014("The food is not good", {"good": 1.9})
    -0.3412
    >>> score_2014("NOT good", {"good": 1.9}) > 0
    True
    """
    words = split_2014(text)
    mixed_case = mixes_case(words)
    lower = [word.lower() for word in words]
    valences = []
    for word in words:
        i = words.index(word)  # the first place where it stands
        kind_of = lower[i] == "kind" and lower[i + 1 : i + 2] == ["of"]
        value = 0.0
        if lower[i] in valence and not kind_of and not _degree(word, 1.0, False):
            value = _value(words, lower, i, valence, mixed_case)
        valences.append(value)
    but = "but" if "but" in words else "BUT"
    shifted = contrast(
        [w.replace(but, "but") if w == but else "" for w in words], valences
    )
    total = float(sum(shifted))
    marks = emphasis(text)
    total += marks if total > 0 else -marks if total < 0 else 0.0
    return round(squash(total), 4)


def _degree(word: str, value: float, mixed_case: bool) -> float:
    return 0.0 if word.lower() in ADDED_LATER else degree(word, value, mixed_case)


def _value(
    words: Sequence[str],
    lower: Sequence[str],
    i: int,
    valence: Mapping[str, float],
    mixed_case: bool,
) -> float:
    """Return the valence of word *i* after the rules."""
    value = valence[lower[i]]
    if words[i].isupper() and mixed_case:
        value += louder(value)
    for distance in range(1, min(3, i) + 1):
        k = i - distance
        if lower[k] in valence:
            continue
        value += _degree(words[k], value, mixed_case) * FADING[distance - 1]
        value *= _negation(words[k:i])
        if distance == 3:
            value = _idiom(words, i, value)
    return value * (least(lower, i) if "least" not in valence else 1.0)


def _negation(before: Sequence[str]) -> float:
    first, *rest = before
    so_or_this = [word in ("so", "this") for word in rest]
    if len(rest) == 1 and first == "never" and so_or_this[0]:
        return 1.5
    if len(rest) == 2 and ((first == "never" and so_or_this[0]) or so_or_this[1]):
        return 1.25
    return NEGATION if first in NEGATIONS or "n't" in first else 1.0


def _idiom(words: Sequence[str], i: int, value: float) -> float:
    a, b, c, d = words[i - 3 : i + 1]
    behind = (f"{c} {d}", f"{b} {c} {d}", f"{b} {c}", f"{a} {b} {c}", f"{a} {b}")
    value = next((IDIOMS_2014[p] for p in behind if p in IDIOMS_2014), value)
    value = IDIOMS_2014.get(" ".join(words[i : i + 2]), value)
    weak = PAIRS & {f"{a} {b}", f"{b} {c}"}
    return value - DEGREE if weak else value
