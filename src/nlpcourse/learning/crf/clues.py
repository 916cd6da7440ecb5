"""What is to be seen at each word: clues, written as strings.

A clue may look at any word of the sentence, and clues may say the same thing twice: a conditional
model does not mind.  The standard library alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 4
"""Letters of a beginning or an ending, at most."""


def shape(word: str) -> str:
    """Return a word's shape: capitals X, small letters x, digits 0, runs cut to two.

    >>> [shape(w) for w in ("Oslo", "NASA", "don't", "12.50", "iPhone4")]
    ['Xxx', 'XX', "xx'x", '00.00', 'xXxx0']
    """
    kinds = (
        "X" if c.isupper() else "0" if c.isdigit() else "x" if c.isalpha() else c
        for c in word
    )
    return re.sub(r"(.)\1\1+", r"\1\1", "".join(kinds))


def own_clues(word: str) -> list[str]:
    """Return what a word tells by itself.

    >>> own_clues("Ann")
    ['w=ann', 'shape=Xxx', '-1=n', '+1=a', '-2=nn', '+2=an', '-3=ann', '+3=ann']
    """
    small = word.lower()
    found = [f"w={small}", f"shape={shape(word)}"]
    for n in range(1, min(LONGEST, len(small)) + 1):
        found += [f"-{n}={small[-n:]}", f"+{n}={small[:n]}"]
    return found


def clues(words: Sequence[str]) -> list[list[str]]:
    """Return the clues at each word: its own, and its neighbours' words and shapes.

    Raises:
        ValueError: the sentence is a text that was not cut into words.

    >>> clues(["Hi", "Ann"])[1][-5:]
    ['left=hi', 'left shape=Xx', 'left 2=<', 'right=>', 'right 2=>']
    """
    if isinstance(words, str):
        raise ValueError("a sentence is a sequence of words; cut the text first")
    small = ["<", "<", *(word.lower() for word in words), ">", ">"]
    shapes = ["<", *map(shape, words), ">"]
    found = []
    for i, word in enumerate(words):
        left2, left, _, right, right2 = small[i : i + 5]
        around = [f"left={left}", f"left shape={shapes[i]}", f"left 2={left2}"]
        around.append(f"right={right}")
        if i + 1 < len(words):
            around.append(f"right shape={shapes[i + 2]}")
        around.append(f"right 2={right2}")
        found.append(["bias", *own_clues(word), *around])
    return found


def word_alone(words: Sequence[str]) -> list[list[str]]:
    """Return one clue a word, the word itself: all that a hidden Markov model looks at.

    Raises:
        ValueError: the sentence is a text that was not cut into words.

    >>> word_alone(["Hi", "Ann"])
    [['w=Hi'], ['w=Ann']]
    """
    if isinstance(words, str):
        raise ValueError("a sentence is a sequence of words; cut the text first")
    return [[f"w={word}"] for word in words]
