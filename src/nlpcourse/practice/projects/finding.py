"""The finished example: a search engine that has learnt which new word stands for an old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy

from nlpcourse.learning.topics.bags import words
from nlpcourse.learning.topics.bm25 import K1, B, InvertedIndex, best, lucene_idf
from nlpcourse.learning.topics.fast_bm25 import FastBM25
from nlpcourse.practice.projects.material import Row
from nlpcourse.practice.projects.tasks import Part, ranking_part

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

    def __init__(self, documents: Iterable[str]) -> None:
        """Index the documents; no word has a partner yet.

        Raises:
            ValueError: there is no document.
        """
        self.index = InvertedIndex([words(document) for document in documents])
        self.idf = lucene_idf(self.index)
        self.expand: dict[str, str] = {}
        self.ranker = FastBM25(self.index, self.idf)

    def set(
        self, expand: Mapping[str, str], k1: float = K1, b: float = B
    ) -> Finder:
        """Return a finder over the same index with partners and with settings of BM25.

        Raises:
            ValueError: a setting is out of its range.
        """
        found = copy(self)
        found.expand = dict(expand)
        found.ranker = FastBM25(self.index, self.idf, k1, b)
        return found

    def query(self, text: str) -> list[str]:
        """Return the words of a query, and after each old word its partner."""
        found = []
        for word in words(text):
            found += [word, self.expand[word]] if word in self.expand else [word]
        return found

    def find(self, text: str, n: int = 10) -> list[int]:
        """Return the numbers of the best documents, the best first."""
        return [i for i, _ in self.ranker.best(self.query(text), n)]

    def common_words(self, text: str, n: int = 10) -> list[int]:
        """Return the documents that share most words with a query: the baseline."""
        shared: Counter[int] = Counter()
        for word in set(words(text)):
            shared.update(list(self.index.postings.get(word, {})))
        return [i for i, _ in best(shared, n)]


def lacking(finder: Finder, text: str) -> bool:
    """Return whether a query has a word that no document of the finder's collection holds.

    >>> lacking(Finder(["he says so"]), "he saith")
    True
    """
    return any(word not in finder.index.postings for word in words(text))


def judged(
    finder: Finder, queries: Iterable[Row], words_only: bool = False
) -> list[Part]:
    """Return what each query adds to the score of a finder, or of the baseline on its index.

    Args:
        finder: which ranks.
        queries: rows with their gold.
        words_only: whether common words are counted instead.
    """
    find = finder.common_words if words_only else finder.find
    return [
        ranking_part(row.gold, " ".join(f"v{i}" for i in find(row.text)))
        for row in queries
    ]
