"""A search engine in two steps: an inverted index, and the score BM25 (standard library only)."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nlpcourse.learning.topics.bags import require_words

K1, B = 1.5, 0.75
"""How soon repeats stop counting, and how much a document's length counts."""


class InvertedIndex:
    """For every word the documents that hold it, and how often.

    >>> index = InvertedIndex([["a", "b", "a"], ["b"]])
    >>> index.postings["a"], index.postings["b"], index.mean_length
    ({0: 2}, {0: 1, 1: 1}, 2.0)
    """

    def __init__(self, documents: Iterable[Sequence[str]]) -> None:
        """Read every document once.

        Raises:
            ValueError: a document is a text that was not cut into words, or there is none.
        """
        documents = list(documents)
        require_words(documents)
        if not documents:
            raise ValueError(
                "an index of no documents finds nothing; give one or more"
            )
        self.postings: dict[str, dict[int, int]] = {}
        for i, document in enumerate(documents):
            for word, n in Counter(document).items():
                self.postings.setdefault(word, {})[i] = n
        self.lengths = [len(document) for document in documents]
        self.mean_length = sum(self.lengths) / len(self.lengths)


def lucene_idf(index: InvertedIndex) -> dict[str, float]:
    """Return the weight of every word: rare words weigh more, and none weighs less than 0.

    Source: Kamphuis, de Vries, Boytsov and Lin (2020), the variant of Lucene.

    >>> idf = lucene_idf(InvertedIndex([["a", "b"], ["b"]]))
    >>> {word: round(weight, 3) for word, weight in idf.items()}
    {'a': 0.693, 'b': 0.182}
    """
    n = len(index.lengths)  # N
    return {
        word: math.log(1 + (n - len(held) + 0.5) / (len(held) + 0.5))
        for word, held in index.postings.items()
    }


def robertson_idf(
    index: InvertedIndex, floor: float | None = None
) -> dict[str, float]:
    """Return the older weight, which is negative for a word in more than half of the documents.

    Args:
        index: of the documents.
        floor: where given, negative weights become this share of the mean weight, the rule of
            the package ``rank_bm25`` (whose share is 0.25).

    Source: Robertson and Zaragoza (2009), section 3; the package's own code for the floor.

    >>> idf = robertson_idf(InvertedIndex([["a", "b"], ["b"], ["b", "c"]]))
    >>> {word: round(weight, 3) for word, weight in idf.items()}
    {'a': 0.511, 'b': -1.946, 'c': 0.511}
    """
    n = len(index.lengths)
    idf = {
        word: math.log(n - len(held) + 0.5) - math.log(len(held) + 0.5)
        for word, held in index.postings.items()
    }
    if floor is None or not idf:
        return idf
    least = floor * sum(idf.values()) / len(idf)
    return {word: least if weight < 0 else weight for word, weight in idf.items()}


def bm25(
    index: InvertedIndex,
    query: Sequence[str],
    idf: Mapping[str, float],
    k1: float = K1,
    b: float = B,
) -> dict[int, float]:
    """Return the score of every document that holds a word of the query.

    Args:
        index: of the documents.
        query: words; one that comes twice counts twice.
        idf: the weight of every word, such as :func:`lucene_idf`.
        k1: 0 or more; the larger, the longer repeats go on counting.
        b: from 0, length does not matter, to 1.

    Raises:
        ValueError: the query was not cut into words, or a setting is out of its range.

    Source: Robertson and Zaragoza (2009), section 3, without the constant factor k1 + 1.

    >>> index = InvertedIndex([["a", "b"], ["b", "b", "c"], ["c"]])
    >>> {i: round(s, 3) for i, s in bm25(index, ["b"], lucene_idf(index)).items()}
    {0: 0.188, 1: 0.231}
    """
    check_settings(query, k1, b)
    scores: dict[int, float] = {}
    for word in query:
        for i, n in index.postings.get(word, {}).items():
            length = 1 - b + b * index.lengths[i] / index.mean_length
            scores[i] = scores.get(i, 0.0) + idf[word] * n / (n + k1 * length)
    return scores


def check_settings(query: Sequence[str], k1: float, b: float) -> None:
    """Refuse a query that is a text, and settings out of their range."""
    require_words([query])
    if not 0 <= k1 < math.inf:
        raise ValueError(f"k1 is 0 or more and finite, not {k1}")
    if not 0 <= b <= 1:
        raise ValueError(f"b lies between 0 and 1, not {b}")


def best(scores: Mapping[int, float], n: int) -> list[tuple[int, float]]:
    """Return the *n* best documents with their scores, the earlier one first on a tie.

    >>> best({3: 1.0, 1: 1.0, 2: 5.0}, 2)
    [(2, 5.0), (1, 1.0)]
    """
    return heapq.nsmallest(n, scores.items(), key=lambda item: (-item[1], item[0]))
