"""Texts as bags of numbered words (standard library only)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

_WORD = re.compile(r"[^\W_]+")


def words(
    text: str, stop: Collection[str] = frozenset(), least: int = 1
) -> list[str]:
    """Return the words of a text in lower case: runs of letters and digits.

    Args:
        text: any text.
        stop: words to leave out.
        least: characters that a word must have.

    >>> words("The topics of THE text: 2 topics.", stop={"the", "of"}, least=2)
    ['topics', 'text', 'topics']
    """
    found = _WORD.findall(text.lower())
    return [word for word in found if len(word) >= least and word not in stop]


def vocabulary(
    documents: Iterable[Sequence[str]], least: int = 1, most: float = 1.0
) -> list[str]:
    """Return the words of the documents in alphabetical order.

    Args:
        documents: each a sequence of words.
        least: documents that must hold a word.
        most: the largest share of the documents that may hold it.

    Raises:
        ValueError: a document is a text that was not cut into words, or *most* is no share.

    >>> vocabulary([["a", "b"], ["a", "c", "c"], ["a", "b"]], least=2, most=0.9)
    ['b']
    """
    if not 0 <= most <= 1:
        raise ValueError(f"most is a share of the documents, 0 to 1, not {most}")
    documents = list(documents)
    require_words(documents)
    holding = Counter(word for document in documents for word in set(document))
    largest = most * len(documents)
    return sorted(w for w, n in holding.items() if least <= n <= largest)


def numbered(
    documents: Iterable[Sequence[str]], vocabulary: Sequence[str]
) -> list[list[int]]:
    """Return each document as the numbers of its words; unknown words are left out.

    Raises:
        ValueError: a document is a text that was not cut into words.

    >>> numbered([["b", "x", "a", "b"]], ["a", "b"])
    [[1, 0, 1]]
    """
    documents = list(documents)
    require_words(documents)
    number = {word: i for i, word in enumerate(vocabulary)}
    return [[number[w] for w in document if w in number] for document in documents]


def require_words(documents: Iterable[Sequence[str]]) -> None:
    """Refuse a text where a sequence of words is due."""
    for document in documents:
        if isinstance(document, str):
            raise ValueError(
                f"{document[:40]!r} is a text; cut it into words first, with `words`"
            )
