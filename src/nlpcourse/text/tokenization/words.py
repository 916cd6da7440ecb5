"""Words: a tokenizer in one regular expression, and what a closed list of words cannot read.

What it does not handle: languages that write no spaces, web addresses, clitics such as the *'s* of
*Emma's*, which it leaves on their word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Set

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


def vocabulary(tokens: Iterable[str], size: int) -> set[str]:
    """Return the *size* most frequent types of *tokens*; ties go to the one seen first.

    >>> sorted(vocabulary("a rose is a rose is a daisy".split(), size=3))
    ['a', 'is', 'rose']
    """
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
