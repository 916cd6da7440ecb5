"""Words cut into n-grams of characters, and n-grams put into buckets.

Nothing here needs more than the standard library: the page runs it, too.
"""

from __future__ import annotations

SHORTEST, LONGEST = 3, 6
"""fastText's own lengths of n-grams."""


def ngrams(
    word: str, shortest: int = SHORTEST, longest: int = LONGEST
) -> list[str]:
    """Return the n-grams of characters of a word between the marks ``<`` and ``>``.

    Args:
        word: to be cut.
        shortest: characters of the shortest n-grams, marks included.
        longest: characters of the longest ones.

    Raises:
        ValueError: the shortest is below one, or the longest below the shortest.

    Source: Bojanowski et al. (2017), section 3.2.

    >>> ngrams("where", 3, 4)
    ['<wh', '<whe', 'whe', 'wher', 'her', 'here', 'ere', 'ere>', 're>']
    """
    if not 1 <= shortest <= longest:
        raise ValueError(f"n-grams of {shortest} to {longest} characters are none")
    marked = f"<{word}>"
    return [
        marked[start : start + length]
        for start in range(len(marked))
        for length in range(shortest, longest + 1)
        if start + length <= len(marked)
        and not (length == 1 and start in (0, len(marked) - 1))  # a mark alone
    ]


def fnv1a(text: str) -> int:
    """Return fastText's hash of a text, from 0 to 2³² − 1.

    It is FNV-1a over the bytes of UTF-8 with one peculiarity: a byte from 128 on is taken for a
    negative number, which turns the upper bits over.  All models out there rely on it.

    >>> fnv1a("her"), fnv1a("ή")
    (4105473420, 2179860845)
    """
    state = 2166136261
    for byte in text.encode("utf-8"):
        state ^= byte if byte < 128 else byte | 0xFFFFFF00
        state = state * 16777619 % 2**32
    return state


def buckets_of(
    word: str, buckets: int, shortest: int = SHORTEST, longest: int = LONGEST
) -> list[int]:
    """Return the bucket of every n-gram of a word.

    Raises:
        ValueError: there is no bucket, or as :func:`ngrams`.

    >>> buckets_of("ice", buckets=100)
    [3, 78, 32, 4, 62, 45]
    """
    if buckets < 1:
        raise ValueError(f"n-grams need one bucket or more, not {buckets}")
    return [fnv1a(part) % buckets for part in ngrams(word, shortest, longest)]
