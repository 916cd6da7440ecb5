"""The hashing trick: a feature's column is computed, so that no vocabulary is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from nlpcourse.learning.linear.rows import Rows, rows_of

_MASK = 0xFFFFFFFF


def _rotated(x: int, by: int) -> int:
    """Return 32 bits turned left by so many places."""
    return ((x << by) | (x >> (32 - by))) & _MASK


def _mixed(block: int) -> int:
    """Return four bytes stirred, so that alike inputs become unlike."""
    return _rotated(block * 0xCC9E2D51 & _MASK, 15) * 0x1B873593 & _MASK


@lru_cache(maxsize=1 << 18)
def murmur3(text: str, seed: int = 0) -> int:
    """Return the 32-bit MurmurHash3 of a text's UTF-8 bytes, as a signed number.

    Source: Appleby (2011), MurmurHash3_x86_32; equal to scikit-learn's ``murmurhash3_32``.

    Raises:
        ValueError: the text holds half of a surrogate pair, which has no bytes, or the seed is
            not between 0 and 2³² − 1.

    >>> murmur3("free"), murmur3("freed")
    (1363043438, -776166482)
    """
    if not 0 <= seed <= _MASK:
        raise ValueError(f"the seed must fit into 32 bits, not {seed}")
    data = text.encode("utf-8")
    h = seed
    whole = len(data) - len(data) % 4
    for i in range(0, whole, 4):
        h ^= _mixed(int.from_bytes(data[i : i + 4], "little"))
        h = (_rotated(h, 13) * 5 + 0xE6546B64) & _MASK
    h ^= _mixed(int.from_bytes(data[whole:], "little"))
    h ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        h = (h ^ (h >> shift)) * factor & _MASK
    return h - (1 << 32) if h >> 31 else h


def hashed(
    documents: Iterable[Sequence[str]], width: int, signed: bool = True
) -> Rows:
    """Return the table of documents whose features are hashed into *width* columns.

    Args:
        documents: each a sequence of features.
        width: the number of columns.
        signed: add −1 where the hash is negative, so that features that share a column cancel as
            often as they pile up.

    Source: Weinberger et al. (2009), section 2; equal to ``HashingVectorizer(norm=None)``.

    Raises:
        ValueError: there is no column, or a document is a text that was not cut.

    Here *call* falls into the column of *free* with the other sign, and takes one away:

    >>> hashed([["free", "free"], ["free", "free", "call"]], width=4).dense().tolist()
    [[0.0, 0.0, 2.0, 0.0], [0.0, 0.0, 1.0, 0.0]]
    """
    if width < 1:
        raise ValueError(f"a table has 1 column or more, not {width}")
    bags = []
    for document in documents:
        if isinstance(document, str | bytes):
            raise ValueError(f"cut {document[:30]!r} into features first")
        bag: dict[int, float] = {}
        for feature in document:
            h = murmur3(feature)
            sign = -1.0 if signed and h < 0 else 1.0
            column = abs(h) % width
            bag[column] = bag.get(column, 0.0) + sign
        bags.append(bag)
    return rows_of(bags, width)
