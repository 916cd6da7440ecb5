"""Byte-pair encoding made fast: the same merges and the same tokens, by less work.

Three ideas: count each chunk *type* once, with its weight; after a merge, touch only the types that
held the pair; keep the pairs in a heap, whose stale entries are noticed when they surface.  Tests
hold every function here equal to its textbook twin in :mod:`~nlpcourse.text.tokenization.bpe`.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, pairwise

from nlpcourse.text.tokenization.bpe import (
    Merge,
    byte_ranks,
    check_merges,
    encode_chunk,
    look_up,
    merge_pair,
    single_bytes,
)

LONG = 64  # bytes; from here on a heap beats scanning all pairs for the lowest rank


def train_fast(chunks: Iterable[bytes], n_merges: int) -> list[Merge]:
    """Return what :func:`~nlpcourse.text.tokenization.bpe.train` returns, much sooner.

    Raises:
        ValueError: a chunk is not made of bytes, or *n_merges* is negative.

    >>> chunks = [b"low"] * 5 + [b"lower"] * 2 + [b"newest"] * 6 + [b"widest"] * 3
    >>> train_fast(chunks, n_merges=3)
    [(b'e', b's'), (b'es', b't'), (b'l', b'o')]
    """
    check_merges(n_merges)
    types = Counter(chunks)
    ranks = byte_ranks()
    tokens = list(ranks)  # id → bytes
    words = [[ranks[byte] for byte in single_bytes(chunk)] for chunk in types]
    weights = list(types.values())

    counts: Counter[tuple[int, int]] = Counter()
    where: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for i, (word, weight) in enumerate(zip(words, weights, strict=True)):
        for pair in pairwise(word):
            counts[pair] += weight
            where[pair].add(i)
    heap = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(heap)

    merges: list[Merge] = []
    while len(merges) < n_merges and heap:
        negative_count, best = heapq.heappop(heap)
        if -negative_count != counts[best]:  # it fell since: a stale entry
            if counts[best] > 0:
                heapq.heappush(heap, (-counts[best], best))
            continue
        token = tokens[best[0]] + tokens[best[1]]
        new_id = ranks.setdefault(token, len(ranks))
        if new_id == len(tokens):
            tokens.append(token)
        merges.append((tokens[best[0]], tokens[best[1]]))
        born = set()
        for i in where.pop(best):
            for pair in pairwise(words[i]):
                counts[pair] -= weights[i]
            words[i] = merge_pair(words[i], best, new_id)
            for pair in pairwise(words[i]):
                counts[pair] += weights[i]
                if new_id in pair:
                    where[pair].add(i)
                    born.add(pair)
        for pair in born:
            heapq.heappush(heap, (-counts[pair], pair))
    return merges


def encode_long_chunk(chunk: bytes, ranks: Mapping[bytes, int]) -> list[bytes]:
    """Return what ``encode_chunk`` returns, in time that grows with n log n instead of n².

    The parts are a linked list (``after`` and ``before`` hold positions), the candidate merges a
    heap of ``(rank, position, left, right)``; an entry whose parts have changed is passed over.

    >>> encode_long_chunk(b"abab", {b"a": 0, b"b": 1, b"ab": 2, b"abab": 3})
    [b'abab']
    """
    parts: list[bytes | None] = [*single_bytes(chunk)]
    after = list(range(1, len(parts) + 1))
    before = list(range(-1, len(parts) - 1))
    heap: list[tuple[int, int, bytes, bytes]] = []

    def propose(i: int) -> None:
        if i >= 0 and after[i] < len(parts):
            left, right = parts[i], parts[after[i]]
            assert left is not None
            assert right is not None
            if (rank := ranks.get(left + right)) is not None:
                heapq.heappush(heap, (rank, i, left, right))

    for i in range(len(parts)):
        propose(i)
    while heap:
        _, i, left, right = heapq.heappop(heap)
        j = after[i]
        if parts[i] != left or j == len(parts) or parts[j] != right:
            continue
        parts[i], parts[j] = left + right, None
        after[i] = after[j]
        if after[i] < len(parts):
            before[after[i]] = i
        propose(before[i])
        propose(i)
    return [part for part in parts if part is not None]


class _Cache(dict[str, list[int]]):
    """From a chunk to its ids, computed when first asked for."""

    def __init__(self, encode: Callable[[str], list[int]]) -> None:
        self.encode = encode

    def __missing__(self, chunk: str) -> list[int]:
        ids = self[chunk] = self.encode(chunk)
        return ids


class Tokenizer:
    """A byte-pair tokenizer: split the text into chunks, encode each, remember the answer.

    The memory of chunks (``cache``) is what makes encoding fast, for most chunks of a text have
    been seen before.  It grows with the number of distinct chunks and lives as long as the
    tokenizer.  Special tokens such as ``<|endoftext|>`` are read as ordinary text; see
    :mod:`~nlpcourse.text.tokenization.special`.

    Args:
        ranks: from a token's bytes to its id; must hold the 256 single bytes.
        split: cuts a text into the chunks whose edges no token crosses; their concatenation must
            be the text.

    >>> from nlpcourse.text.tokenization.bpe import to_ranks
    >>> tokenizer = Tokenizer(to_ranks([(b"l", b"o"), (b"lo", b"w")]), split=lambda text: [text])
    >>> tokenizer.encode("low")
    [257]
    >>> tokenizer.tokens("low é")
    [b'low', b' ', b'\\xc3', b'\\xa9']
    >>> tokenizer.decode(tokenizer.encode("low é"))
    'low é'
    """

    def __init__(
        self, ranks: Mapping[bytes, int], split: Callable[[str], list[str]]
    ) -> None:
        """Check that the vocabulary can spell every byte.

        Raises:
            ValueError: a single byte is missing from *ranks*, or two tokens share an id.
        """
        missing = [byte for byte in range(256) if bytes([byte]) not in ranks]
        if missing:
            raise ValueError(
                f"the vocabulary lacks the single bytes {missing[:8]}; add all 256"
            )
        self.ranks = ranks
        self.split = split
        self.token_of = {rank: token for token, rank in ranks.items()}
        if len(self.token_of) < len(ranks):
            raise ValueError(
                f"{len(ranks)} tokens share {len(self.token_of)} ids; give each token its own"
            )
        self.cache = _Cache(self._encode_chunk)

    def _encode_chunk(self, chunk: str) -> list[int]:
        data = chunk.encode("utf-8")
        if data in self.ranks:
            return [self.ranks[data]]
        encode = encode_chunk if len(data) < LONG else encode_long_chunk
        return [self.ranks[token] for token in encode(data, self.ranks)]

    def encode(self, text: str) -> list[int]:
        """Return the ids of *text*; a lone surrogate, which no UTF-8 holds, counts as ``�``."""
        try:
            return list(
                chain.from_iterable(map(self.cache.__getitem__, self.split(text)))
            )
        except UnicodeEncodeError:
            mended = text.encode("utf-16", "surrogatepass").decode(
                "utf-16", "replace"
            )
            return self.encode(mended)

    def tokens(self, text: str) -> list[bytes]:
        """Return the tokens of *text* as bytes; their concatenation is the text."""
        return [self.token_of[i] for i in self.encode(text)]

    def pieces(self, text: str) -> list[str]:
        """Return the tokens of *text* as text, with ``�`` where one holds no whole character."""
        return [
            token.decode("utf-8", errors="replace") for token in self.tokens(text)
        ]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of *ids*, with ``�`` for bytes that are no UTF-8.

        Raises:
            ValueError: an id that the vocabulary does not have.
        """
        data = b"".join(look_up(ids, self.token_of))
        return data.decode("utf-8", errors="replace")
