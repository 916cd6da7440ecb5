"""Words: a tokenizer in one regular expression, and what a closed list of words cannot read.

What it does not handle: scripts without spaces; scripts that write vowels as marks on a letter,
such as Devanagari and Thai, for Python's ``\\w`` takes no mark; web addresses; clitics such as the
*'s* of *Emma's*, which it leaves on their word.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import TypeVar

Count = TypeVar("Count", int, float)

WORD = re.compile(
    r"""
    (?:[^\W\d_]\.){2,}       # letters with stops:  U.S.A.  e.g.
  | \d+(?:[.,:]\d+)*(?!\w)   # numbers:             3.50  1,000  12:30
  | \w+(?:[-'’]\w+)*         # words:               naïve  don't  lo-fi
  | \.{2,}                   # an ellipsis:         ...
  | [^\w\s]                  # any other visible character alone
    """,
    re.VERBOSE,
)


def words(text: str) -> list[str]:
    """Return the words and punctuation marks of *text*, in order, without the white space.

    The alternatives of the pattern are tried from the top, so the special cases come first.

    >>> words("Dr. Smith didn't pay $3.50 for the naïve lo-fi track.")
    ['Dr', '.', 'Smith', "didn't", 'pay', '$', '3.50', 'for', 'the', 'naïve', 'lo-fi', 'track', '.']
    """
    return WORD.findall(text)


def is_word(token: str) -> bool:
    """Say whether *token* is more than marks: whether it holds a letter or a digit.

    >>> [is_word(token) for token in ("don't", "3.50", "...", "🎧")]
    [True, True, False, False]
    """
    return any(character.isalnum() for character in token)


def vocabulary(tokens: Iterable[str], size: int) -> set[str]:
    """Return the *size* most frequent types of *tokens*; ties go to the one seen first.

    Raises:
        ValueError: *size* is negative.

    >>> sorted(vocabulary("a rose is a rose is a daisy".split(), size=3))
    ['a', 'is', 'rose']
    """
    if size < 0:
        raise ValueError(
            f"a vocabulary of {size} words cannot be; ask for 0 or more"
        )
    return {word for word, _ in Counter(tokens).most_common(size)}


def unknown_rate(tokens: Iterable[str], known: Set[str]) -> float:
    """Return the share of *tokens* that are not in *known*: what a model would see as ``<unk>``.

    Raises:
        ValueError: there are no tokens.

    >>> unknown_rate("a tulip is a tulip".split(), known={"a", "is", "rose"})
    0.4
    """
    tokens = list(tokens)
    if not tokens:
        raise ValueError("there are no tokens; is the text empty?")
    return sum(token not in known for token in tokens) / len(tokens)


def checked_counts(counts: Mapping[str, Count]) -> dict[str, Count]:
    """Return the counts of what occurs, in their order.

    Raises:
        ValueError: a count is negative, infinite or no number.

    >>> checked_counts({"hug": 10, "pug": 0})
    {'hug': 10}
    """
    for word, count in counts.items():
        if not 0 <= count < math.inf:
            raise ValueError(
                f"{word!r} is counted {count} times; give a finite count, 0 or more"
            )
    return {word: count for word, count in counts.items() if count}
