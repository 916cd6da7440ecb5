"""A topic model that is kept: words with their counts in each topic, small enough for a page."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

from nlpcourse.learning.topics.lda import State


@dataclass(frozen=True)
class TopicTable:
    """What is left of a sampler's state when the documents are gone.

    Attributes:
        words: the vocabulary, or the part of it that was kept.
        counts: n_wk of those words, (words, K).
        totals: n_k of all words, (K,).
        n_words: size V of the whole vocabulary.
        alpha: imagined words of every topic in every document.
        beta: imagined occurrences of every word in every topic.
        log_joint: log P(w, z) after each sweep, in nats.
    """

    words: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    totals: tuple[int, ...]
    n_words: int
    alpha: float
    beta: float
    log_joint: tuple[float, ...] = ()

    def shares(self) -> list[list[float]]:
        """Return φ by word, (words, K); the columns sum to 1 over the whole vocabulary.

        >>> TopicTable(("a",), ((3, 0),), (3, 1), 2, 0.1, 0.5).shares()
        [[0.875, 0.25]]
        """
        sums = [n + self.n_words * self.beta for n in self.totals]
        return [
            [(n + self.beta) / total for n, total in zip(row, sums, strict=True)]
            for row in self.counts
        ]

    def pruned(self, least: int) -> TopicTable:
        """Return the table without the words that the texts hold fewer than *least* times.

        >>> table = TopicTable(("a", "b"), ((3, 0), (0, 1)), (3, 1), 2, 0.1, 0.5)
        >>> table.pruned(2).words, table.pruned(2).totals
        (('a',), (3, 1))
        """
        kept = [i for i, row in enumerate(self.counts) if sum(row) >= least]
        return TopicTable(
            tuple(self.words[i] for i in kept),
            tuple(self.counts[i] for i in kept),
            self.totals,
            self.n_words,
            self.alpha,
            self.beta,
            self.log_joint,
        )


def table_of(
    state: State, vocabulary: list[str], log_joint: list[float]
) -> TopicTable:
    """Return what is worth keeping of a sampler's state.

    Raises:
        ValueError: the vocabulary has another size than the state.
    """
    if len(vocabulary) != len(state.by_word):
        raise ValueError(f"{len(vocabulary)} words but {len(state.by_word)} rows")
    return TopicTable(
        tuple(vocabulary),
        tuple(tuple(row) for row in state.by_word),
        tuple(state.totals),
        len(vocabulary),
        state.alpha,
        state.beta,
        tuple(round(value, 1) for value in log_joint),
    )


def pack(table: TopicTable) -> bytes:
    """Return the table as compressed JSON, in which zeros take no room."""
    rows = [
        [part for k, n in enumerate(row) if n for part in (k, n)]
        for row in table.counts
    ]
    found = {
        "words": " ".join(table.words),
        "counts": rows,
        "totals": table.totals,
        "n_words": table.n_words,
        "alpha": table.alpha,
        "beta": table.beta,
        "log_joint": table.log_joint,
    }
    return zlib.compress(json.dumps(found, separators=(",", ":")).encode(), 9)


def unpack(packed: bytes) -> TopicTable:
    """Return the table that :func:`pack` wrote.

    Raises:
        ValueError: the bytes are no such table.

    >>> table = TopicTable(("a", "b"), ((3, 0), (0, 1)), (3, 1), 2, 0.1, 0.5, (-1.5,))
    >>> unpack(pack(table)) == table
    True
    """
    try:
        found = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError):
        raise ValueError("these bytes are no packed table of topics") from None
    n_topics = len(found["totals"])
    counts = []
    for row in found["counts"]:
        full = [0] * n_topics
        for k, n in zip(row[::2], row[1::2], strict=True):
            full[k] = n
        counts.append(tuple(full))
    return TopicTable(
        tuple(found["words"].split(" ")) if found["words"] else (),
        tuple(counts),
        tuple(found["totals"]),
        found["n_words"],
        found["alpha"],
        found["beta"],
        tuple(found["log_joint"]),
    )
