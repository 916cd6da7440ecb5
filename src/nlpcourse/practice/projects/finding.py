"""The finished example: a search engine that has learnt which new word stands for an old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nlpcourse.learning.topics.bags import words
from nlpcourse.learning.topics.bm25 import InvertedIndex, best, bm25, lucene_idf

Pairs = Sequence[tuple[str, str]]


def together(
    pairs: Pairs,
) -> tuple[Counter[str], Counter[str], Counter[tuple[str, str]]]:
    """Count in how many pairs of texts each old word, each new word, and both of two stand.

    Args:
        pairs: a text with old words, and one in today's words that says the same.

    >>> old, new, both = together([("he saith", "he says"), ("he saith", "says he")])
    >>> old["saith"], new["says"], both["saith", "says"]
    (2, 2, 2)
    """
    old: Counter[str] = Counter()
    new: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for text, modern in pairs:
        first, second = set(words(text)), set(words(modern))
        old.update(first)
        new.update(second)
        both.update((a, b) for a in first for b in second)
    return old, new, both


def partners(pairs: Pairs, least: int = 3) -> dict[str, str]:
    """Return for every old word the new one that keeps it company most faithfully.

    Args:
        pairs: see :func:`together`.
        least: pairs in which both stand, 1 or more.

    Returns:
        Old word to new word; an old word that is its own best partner is left out.

    Raises:
        ValueError: *least* is below 1.

    Source: Dice (1945) for the coefficient; Smadja, McKeown and Hatzivassiloglou (1996) for its
    use on translations.

    >>> partners([("he saith", "he says"), ("she saith", "she says"), ("he", "he")], least=2)
    {'saith': 'says'}
    """
    if least < 1:
        raise ValueError(f"both words stand in 1 pair or more, not {least}")
    old, new, both = together(pairs)
    found: dict[str, tuple[float, str]] = {}
    for (a, b), n in sorted(both.items()):
        dice = 2 * n / (old[a] + new[b])
        if n >= least and dice > found.get(a, (0.0, ""))[0]:
            found[a] = dice, b
    return {a: b for a, (_, b) in found.items() if a != b}


class Finder:
    """BM25 over a collection, for queries whose old words are joined by new ones."""

    def __init__(
        self,
        documents: Iterable[str],
        expand: Mapping[str, str] | None = None,
        k1: float = 1.5,
        b: float = 0.75,
    ) -> None:
        """Index the documents.

        Raises:
            ValueError: there is no document.
        """
        self.index = InvertedIndex([words(document) for document in documents])
        self.idf = lucene_idf(self.index)
        self.expand, self.k1, self.b = dict(expand or {}), k1, b

    def query(self, text: str) -> list[str]:
        """Return the words of a query, and after each old word its partner."""
        found = []
        for word in words(text):
            found += [word, self.expand[word]] if word in self.expand else [word]
        return found

    def find(self, text: str, n: int = 10) -> list[int]:
        """Return the numbers of the best documents, the best first."""
        scores = bm25(self.index, self.query(text), self.idf, self.k1, self.b)
        return [i for i, _ in best(scores, n)]


def common_words(finder: Finder, text: str, n: int = 10) -> list[int]:
    """Return the documents that share most words with a query: the baseline.

    Raises:
        ValueError: *n* is negative.
    """
    shared: Counter[int] = Counter()
    for word in set(words(text)):
        shared.update(list(finder.index.postings.get(word, {})))
    return [i for i, _ in best(shared, n)]
