"""BM25 made fast: everything that does not depend on the query is computed with the index.

A test holds it equal to :func:`~nlpcourse.learning.topics.bm25.bm25`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nlpcourse.learning.topics.bm25 import K1, B, InvertedIndex, check_settings


class FastBM25:
    """An index whose postings hold finished scores: a query only adds them up.

    Source: Lù (2024), BM25S, section 2.

    >>> from nlpcourse.learning.topics.bm25 import lucene_idf
    >>> index = InvertedIndex([["a", "b"], ["b", "b", "c"], ["c"]])
    >>> FastBM25(index, lucene_idf(index)).scores(["b"]).round(3).tolist()
    [0.188, 0.231, 0.0]
    """

    def __init__(
        self,
        index: InvertedIndex,
        idf: Mapping[str, float],
        k1: float = K1,
        b: float = B,
    ) -> None:
        """Compute the score of every word in every document that holds it.

        Raises:
            ValueError: a setting is out of its range.
        """
        check_settings([], k1, b)
        self.n_documents = len(index.lengths)
        lengths = np.array(index.lengths) / (index.mean_length or 1)
        norm = k1 * (1 - b + b * lengths)  # (N,)
        self.postings: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for word, held in index.postings.items():
            ids = np.fromiter(held, dtype=np.int32, count=len(held))
            n = np.fromiter(held.values(), dtype=float, count=len(held))
            self.postings[word] = ids, idf[word] * n / (n + norm[ids])

    def scores(self, query: Sequence[str]) -> np.ndarray:
        """Return the score of every document, (N,)."""
        total = np.zeros(self.n_documents)
        for word in query:
            if word in self.postings:
                ids, score = self.postings[word]
                total[ids] += score
        return total

    def best(self, query: Sequence[str], n: int) -> list[tuple[int, float]]:
        """Return at most *n* documents that hold a word of the query, the best first.

        Raises:
            ValueError: the query was not cut into words.
        """
        check_settings(query, K1, B)
        total = self.scores(query)
        n = min(n, self.n_documents)
        if n < self.n_documents:
            edge = np.partition(total, -n)[-n] if n else np.inf
            found = np.flatnonzero((total >= edge) & (total != 0))
        else:
            found = np.flatnonzero(total)
        order = found[np.lexsort((found, -total[found]))][:n]
        return [(int(i), float(total[i])) for i in order]
