"""A text as the set of its short runs of characters: the smallest thing that copies share."""

from __future__ import annotations

import zlib

SIZE = 5
"""Characters of a shingle."""
PRIME = 2**31 - 1
"""Shingles are numbered from 0 to this, itself left out."""


def shingles(text: str, size: int = SIZE) -> frozenset[str]:
    """Return the runs of *size* characters of a text; a shorter text is its own only run.

    Letters' case and the width of spaces don't count.

    Raises:
        ValueError: *size* is below 1.

    Source: Broder (1997), section 2; he takes words instead of characters.

    >>> sorted(shingles("Ab  cab c", size=4))
    [' cab', 'ab c', 'b ca', 'cab ']
    """
    if size < 1:
        raise ValueError(
            f"a shingle of {size} characters holds nothing; give 1 or more"
        )
    plain = " ".join(text.casefold().split())
    last = max(len(plain) - size, 0)
    return frozenset(plain[i : i + size] for i in range(last + 1) if plain)


def number(shingle: str) -> int:
    """Return the number of a shingle, the same in every run and on every machine.

    >>> number("hello") == number("hello"), 0 <= number("hello") < PRIME
    (True, True)
    """
    return zlib.crc32(shingle.encode("utf-8", "surrogatepass")) % PRIME
