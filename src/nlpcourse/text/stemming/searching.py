"""A search engine small enough to read, to see what stems do for a search.

The score is Okapi BM25 with the constants that are usual, k1 = 1.2 and b = 0.75.

Its logarithm has a one added, so that no term counts against a document.

Source: S. Robertson and H. Zaragoza, "The probabilistic relevance framework: BM25 and beyond",
Foundations and Trends in Information Retrieval 3(4), 2009, section 3.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

K1, B = 1.2, 0.75


class Index:
    """An inverted index: from each term to the documents that hold it, with its weight there.

    Terms that stand in more than *common* of the documents are left out: they say little and cost
    most of the time.

    Args:
        documents: each a sequence of terms (words, stems or lemmas).
        common: share of the documents, in (0, 1].

    Raises:
        ValueError: no documents, or *common* is no such share.

    >>> index = Index([["call", "me"], ["me", "too"], ["call", "home"]], common=0.9)
    >>> index.scores(["home"]).keys()
    dict_keys([2])
    """

    def __init__(
        self, documents: Sequence[Sequence[str]], common: float = 0.1
    ) -> None:
        """Count, and weigh each term in each document."""
        _require_documents(documents, common)
        n = len(documents)
        mean = sum(map(len, documents)) / n or 1.0
        in_documents = Counter(t for terms in documents for t in set(terms))
        self.postings: dict[str, dict[int, float]] = {
            term: {} for term, df in in_documents.items() if df <= common * n
        }
        for i, terms in enumerate(documents):
            norm = K1 * (1 - B + B * len(terms) / mean)
            for term, tf in Counter(terms).items():
                if term in self.postings:
                    df = in_documents[term]
                    idf = math.log(1 + (n - df + 0.5) / (df + 0.5))
                    weight = idf * tf * (K1 + 1) / (tf + norm)
                    self.postings[term][i] = weight

    def scores(self, query: Sequence[str]) -> dict[int, float]:
        """Return the score of every document that shares a term with the query.

        A term that the query holds twice counts once.
        """
        found: dict[int, float] = {}
        for term in dict.fromkeys(query):
            for i, weight in self.postings.get(term, {}).items():
                found[i] = found.get(i, 0.0) + weight
        return found


def _require_documents(documents: Sequence[Sequence[str]], common: float) -> None:
    """Refuse an empty collection, and a share that is none."""
    if not documents:
        raise ValueError("there is nothing to search in; give one document or more")
    if not 0 < common <= 1:
        raise ValueError(f"common is {common}; give a share above 0, at most 1")


def expand(
    words: Iterable[str], terms_of: Callable[[str], Sequence[str]]
) -> list[str]:
    """Return the terms of all words, one after the other.

    >>> expand(["hoping", "too"], lambda word: [word, word[:3] + "-"])
    ['hoping', 'hop-', 'too', 'too-']
    """
    return [term for word in words for term in terms_of(word)]


def draw_query(words: Iterable[str], n: int, seed: int = 0) -> list[str]:
    """Return *n* different words of more than three letters, drawn at random; all if fewer.

    Raises:
        ValueError: *n* is negative.

    >>> draw_query(["in", "the", "beginning"], 2)
    ['beginning']
    """
    if n < 0:
        raise ValueError(f"a query has 0 words or more, not {n}")
    long = sorted({word for word in words if len(word) > 3})
    return random.Random(seed).sample(long, min(n, len(long)))


def place_of(scores: Mapping[int, float], wanted: int) -> float:
    """Return the place of the *wanted* document: 1 for the best, infinity where it has no score.

    Documents with its very score share their places.

    >>> place_of({7: 2.0, 8: 1.0, 9: 1.0}, 8), place_of({7: 2.0}, 8)
    (2.5, inf)
    """
    if wanted not in scores:
        return math.inf
    own = scores[wanted]
    better = sum(map(own.__lt__, scores.values()))
    equal = list(scores.values()).count(own) - 1
    return 1 + better + equal / 2


def found_first(places: Sequence[float]) -> float:
    """Return the share of searches whose document comes first, and shares its place with none.

    Raises:
        ValueError: no places, or a place below 1.

    >>> found_first([1, 2, 1.5, math.inf])
    0.25
    """
    if not len(places):
        raise ValueError("no searches to count; give one place or more")
    if not all(place >= 1 for place in places):
        raise ValueError("places begin with 1, the best")
    return sum(place == 1 for place in places) / len(places)
