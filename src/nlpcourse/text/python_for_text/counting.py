"""Counting words: what a word is here, ranks, and how the vocabulary grows with the text.

A word is a run of letters, with an apostrophe inside if there is one, in lower case.  What this
does not handle: hyphens, numbers, abbreviations, and scripts without spaces or with vowel signs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def words(text: str) -> list[str]:
    """Return the words of *text* in order and in lower case, without marks and digits.

    >>> words("Call me Ishmael. Some years ago - don't ask - in 1851...")
    ['call', 'me', 'ishmael', 'some', 'years', 'ago', "don't", 'ask', 'in']
    """
    return WORD.findall(text.lower())


def count(tokens: Iterable[str]) -> dict[str, int]:
    """Return how often each token occurs: `Counter`, written out.

    Raises:
        ValueError: the tokens are one text, which would be counted letter by letter.

    >>> count(["a", "rose", "is", "a", "rose"])
    {'a': 2, 'rose': 2, 'is': 1}
    """
    require_tokens(tokens)
    counts: dict[str, int] = {}
    for token in tokens:
        counts[token] = counts.get(token, 0) + 1
    return counts


def require_tokens(tokens: Iterable[str]) -> None:
    """Refuse a text where a list of words is meant."""
    if isinstance(tokens, str | bytes):
        raise ValueError(
            f"got the text {tokens[:30]!r} where a list of words is meant; "
            "cut it with `words` first"
        )


def ranked(counts: Mapping[str, int]) -> list[tuple[int, str, int]]:
    """Return (rank, type, count) of every type, most frequent first; ties by the alphabet.

    >>> ranked({"rose": 2, "is": 1, "a": 2})
    [(1, 'a', 2), (2, 'rose', 2), (3, 'is', 1)]
    """
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(rank, word, n) for rank, (word, n) in enumerate(ordered, start=1)]


def hapax_share(counts: Mapping[str, int]) -> float:
    """Return the share of the types that occur once.

    Raises:
        ValueError: there are no types.

    >>> hapax_share({"a": 2, "rose": 2, "is": 1, "red": 1})
    0.5
    """
    if not counts:
        raise ValueError("there are no words to count; is the text empty?")
    return sum(n == 1 for n in counts.values()) / len(counts)


def growth(tokens: Sequence[str], sizes: Iterable[int]) -> list[int]:
    """Return how many types the first n tokens hold, for each n of *sizes*.

    Raises:
        ValueError: a size is negative or beyond the end, or the tokens are one text.

    >>> growth("a rose is a rose is a daisy".split(), sizes=[1, 3, 8])
    [1, 3, 4]
    """
    require_tokens(tokens)
    sizes = list(sizes)
    for size in sizes:
        if not 0 <= size <= len(tokens):
            raise ValueError(
                f"asked for the first {size} of {len(tokens)} tokens; "
                "stay between 0 and the text's length"
            )
    wanted, seen, types_after = set(sizes), set(), {0: 0}
    for n, token in enumerate(tokens, start=1):
        seen.add(token)
        if n in wanted:
            types_after[n] = len(seen)
    return [types_after[size] for size in sizes]


def spectrum(counts: Mapping[str, int]) -> Counter[int]:
    """Return how many types have each count: how many occur once, twice, and so on.

    >>> spectrum({"a": 2, "rose": 2, "is": 1})
    Counter({2: 2, 1: 1})
    """
    return Counter(counts.values())
