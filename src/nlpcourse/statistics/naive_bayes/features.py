"""From a text to a bag of features, and from labelled bags to counts: the whole of training.

A feature is a string: a word, a mark, a pair of neighbours, or whatever you invent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

Document = Sequence[str]
"""A document as naive Bayes sees it: its words, in any order."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")


def require_words(document: Document) -> None:
    """Refuse a text where a sequence of words is meant: it would be read letter by letter."""
    if isinstance(document, str | bytes):
        raise ValueError(
            f"a document is a sequence of words, not the text {document[:30]!r}; "
            "cut it with `words` first"
        )


def words(text: str) -> list[str]:
    """Split a text into lower-case words and single punctuation marks.

    Punctuation is kept: ``!`` and ``£`` say much about a text message.

    >>> words("WINNER!! Don't miss £500")
    ['winner', '!', '!', "don't", 'miss', '£', '500']
    """
    return _WORD.findall(text.lower())


def with_bigrams(document: Document) -> list[str]:
    """Return the words of a document followed by its pairs of neighbours.

    Raises:
        ValueError: the document is a text that was not cut into words.

    >>> with_bigrams(["not", "good", "."])
    ['not', 'good', '.', 'not good', 'good .']
    """
    require_words(document)
    pairs = [f"{first} {second}" for first, second in pairwise(document)]
    return [*document, *pairs]


def once(document: Document) -> list[str]:
    """Return the document with every word kept once, in the order of first occurrence.

    Raises:
        ValueError: the document is a text that was not cut into words.

    >>> once(["free", "free", "call"])
    ['free', 'call']
    """
    require_words(document)
    return list(dict.fromkeys(document))


def unswallow(text: str, label: str) -> list[tuple[str, str]]:
    """Split a text that a broken file glued to the labelled lines after it; return (text, label).

    In the carrier's SMS file a stray quotation mark made eight messages swallow 737 others, each
    on a line of its own behind its label and a tab.

    >>> unswallow("Gud nite\\nspam\\tWIN a prize", "ham")
    [('Gud nite', 'ham'), ('WIN a prize', 'spam')]
    """
    first, *rest = re.split(r"\n(ham|spam)\t", text)
    return [(first, label), *zip(rest[1::2], rest[0::2], strict=True)]


def require_labels(documents: Sequence[Document], labels: Sequence[str]) -> None:
    """Refuse no documents, documents without a label each, and texts that were not cut."""
    if not len(documents):
        raise ValueError("no documents to count")
    if len(documents) != len(labels):
        raise ValueError(
            f"{len(documents)} documents and {len(labels)} labels: each needs one"
        )
    for document in documents:
        require_words(document)


@dataclass(frozen=True)
class Counts:
    """What the training texts leave behind.

    Attributes:
        documents: label to number of documents, N_c.
        words: label to word to number of occurrences, n_cw.
    """

    documents: Mapping[str, int]
    words: Mapping[str, Mapping[str, int]]

    @property
    def vocabulary(self) -> list[str]:
        """All words of all classes, in the order in which the training texts brought them."""
        return list(dict.fromkeys(chain.from_iterable(self.words.values())))


def count(documents: Iterable[Document], labels: Iterable[str]) -> Counts:
    """Count documents and words by label: the whole of training.

    Args:
        documents: each a sequence of words.
        labels: one for each document.

    Raises:
        ValueError: there are no documents, not as many labels as documents, or a
            document is a text that was not cut into words.

    >>> counts = count([["free", "call"], ["call", "me"]], ["spam", "ham"])
    >>> counts.documents["spam"], counts.words["ham"]["call"]
    (1, 1)
    """
    documents, labels = list(documents), list(labels)
    require_labels(documents, labels)
    n_documents: Counter[str] = Counter()
    n_words: dict[str, Counter[str]] = {}
    for document, label in zip(documents, labels, strict=True):
        n_documents[label] += 1
        n_words.setdefault(label, Counter()).update(document)
    return Counts(n_documents, n_words)
