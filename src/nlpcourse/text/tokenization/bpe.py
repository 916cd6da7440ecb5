"""Byte-pair encoding as the papers tell it: train, encode, decode, each in a few lines.

The merge rule is that of Sennrich, Haddow and Birch (2016, algorithm 1), on bytes as in GPT-2
(Radford et al. 2019).  A token is its bytes; its id is its rank, the order of its birth.

**Ties.**  When several pairs have the highest count, the one with the smallest pair of ids wins:
the lower first id, then the lower second.  Hugging Face's ``tokenizers`` follows the same rule.

What this file does not handle: large texts (training recounts every pair at every merge; see
:mod:`~nlpcourse.text.tokenization.fast`), and text that was not split into chunks (see
:mod:`~nlpcourse.text.tokenization.gpt`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

Symbol = TypeVar("Symbol", bound=Hashable)
Merge = tuple[bytes, bytes]


def count_pairs(
    sequences: Iterable[Sequence[Symbol]],
) -> Counter[tuple[Symbol, Symbol]]:
    """Count every pair of neighbours in every sequence.

    >>> count_pairs(["low", "lower"]).most_common(2)
    [(('l', 'o'), 2), (('o', 'w'), 2)]
    """
    counts: Counter[tuple[Symbol, Symbol]] = Counter()
    for sequence in sequences:
        counts.update(pairwise(sequence))
    return counts


def merge_pair(
    sequence: Sequence[Symbol], pair: tuple[Symbol, Symbol], merged: Symbol
) -> list[Symbol]:
    """Return *sequence* with *merged* for every occurrence of *pair*, found from left to right.

    Occurrences do not overlap: of ``a a a`` the first two are merged.

    >>> merge_pair("banana", ("a", "n"), "an")
    ['b', 'an', 'an', 'a']
    >>> merge_pair("aaa", ("a", "a"), "aa")
    ['aa', 'a']
    """
    result, wanted, i = [], tuple(pair), 0
    while i < len(sequence):
        if tuple(sequence[i : i + 2]) == wanted:
            result.append(merged)
            i += 2
        else:
            result.append(sequence[i])
            i += 1
    return result


def single_bytes(chunk: bytes) -> list[bytes]:
    """Return the bytes of *chunk*, each as a token of its own.

    Raises:
        ValueError: *chunk* is not made of bytes.

    >>> single_bytes("né".encode())
    [b'n', b'\\xc3', b'\\xa9']
    """
    if not isinstance(chunk, bytes):
        raise ValueError(
            f"a chunk must be bytes and not {chunk!r}; encode each text with .encode()"
        )
    return [chunk[i : i + 1] for i in range(len(chunk))]


def byte_ranks() -> dict[bytes, int]:
    """Return the 256 single bytes with their ids, in GPT-2's order.

    First the 188 bytes that are visible characters in Latin-1, then the others, so that ``!`` is 0
    and the space is 220.  The order decides ties, and the ranks of GPT-4 begin with it.

    >>> ranks = byte_ranks()
    >>> ranks[b"!"], ranks[b"a"], ranks[b" "], len(ranks)
    (0, 64, 220, 256)
    """
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = sorted(set(range(256)) - set(visible))
    return {bytes([byte]): rank for rank, byte in enumerate(visible + hidden)}


def train(chunks: Iterable[bytes], n_merges: int) -> list[Merge]:
    r"""Learn *n_merges* merges: again and again, join the most frequent pair of neighbours.

    Args:
        chunks: the pieces of the text, as UTF-8; no merge crosses their edges.
        n_merges: how many merges to learn; fewer are returned when no pair is left.

    Returns:
        The merges in the order in which they were learnt, each the pair of tokens that it joins.

    Raises:
        ValueError: a chunk is not made of bytes, or *n_merges* is negative.

    >>> chunks = [b"low"] * 5 + [b"lower"] * 2 + [b"newest"] * 6 + [b"widest"] * 3
    >>> train(chunks, n_merges=3)
    [(b'e', b's'), (b'es', b't'), (b'l', b'o')]
    """

    def order(pair: Merge) -> tuple[int, int, int]:
        """Most frequent first, then lowest ids."""
        return -counts[pair], ranks[pair[0]], ranks[pair[1]]

    check_merges(n_merges)
    sequences = [single_bytes(chunk) for chunk in chunks]
    ranks = byte_ranks()
    merges: list[Merge] = []
    while len(merges) < n_merges and (counts := count_pairs(sequences)):
        best = min(counts, key=order)
        token = best[0] + best[1]
        ranks.setdefault(token, len(ranks))  # ab + c and a + bc are one token
        sequences = [merge_pair(s, best, token) for s in sequences]
        merges.append(best)
    return merges


def check_merges(n_merges: int) -> None:
    """Refuse a number of merges below zero.

    Raises:
        ValueError: *n_merges* is negative or no number.
    """
    if not n_merges >= 0:
        raise ValueError(f"n_merges is {n_merges}; ask for 0 merges or more")


def to_ranks(merges: Iterable[Merge]) -> dict[bytes, int]:
    """Return the vocabulary of *merges*: the 256 bytes, then every token in its order of birth.

    >>> to_ranks([(b"l", b"o"), (b"lo", b"w")])[b"low"]
    257
    """
    ranks = byte_ranks()
    for left, right in merges:
        ranks.setdefault(left + right, len(ranks))
    return ranks


def encode_chunk(chunk: bytes, ranks: Mapping[bytes, int]) -> list[bytes]:
    """Return the tokens of a chunk: join the neighbours whose token was born first, until none is.

    Of equal ranks the leftmost goes first.  The time grows with the square of the chunk's length.

    >>> encode_chunk(b"lowest", to_ranks([(b"l", b"o"), (b"e", b"s"), (b"lo", b"w")]))
    [b'low', b'es', b't']
    """

    def rank(i: int) -> float:
        return ranks.get(parts[i] + parts[i + 1], math.inf)

    parts = single_bytes(chunk)
    while len(parts) > 1:
        i = min(range(len(parts) - 1), key=rank)
        if rank(i) == math.inf:
            break
        parts[i : i + 2] = [parts[i] + parts[i + 1]]
    return parts


def decode(ids: Iterable[int], ranks: Mapping[bytes, int]) -> str:
    """Return the text of *ids*: look up the bytes, join them, read them as UTF-8.

    Bytes that are no UTF-8 become ``�``: a token may hold half a character.

    Raises:
        ValueError: an id that the vocabulary does not have.

    >>> ranks = byte_ranks()
    >>> decode([ranks[b"h"], ranks[b"i"]], ranks)
    'hi'
    >>> decode([ranks[bytes([0xC3])]], ranks)
    '�'
    """
    token_of = {rank: token for token, rank in ranks.items()}
    data = b"".join(look_up(ids, token_of))
    return data.decode("utf-8", errors="replace")


def look_up(ids: Iterable[int], token_of: Mapping[int, bytes]) -> Iterator[bytes]:
    """Yield the bytes of each id.

    Raises:
        ValueError: an id that the vocabulary does not have.
    """
    for i in ids:
        if i not in token_of:
            raise ValueError(
                f"no token has the id {i}; the vocabulary holds {len(token_of)} tokens, "
                f"up to id {max(token_of, default='none')}"
            )
        yield token_of[i]
