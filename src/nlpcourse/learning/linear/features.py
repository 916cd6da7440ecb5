"""From texts to a table of numbers: words, n-grams, a vocabulary, counts, TF-IDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.linear.rows import Array, Rows

_WORD = re.compile(r"\b\w\w+\b")


def tokens(text: str) -> list[str]:
    """Return the words of two letters or more in lower case, as scikit-learn cuts by default.

    >>> tokens("A film, and not-so-good: 3/10")
    ['film', 'and', 'not', 'so', 'good', '10']
    """
    return _WORD.findall(text.lower())


def n_grams(words: Sequence[str], longest: int = 1) -> list[str]:
    """Return all runs of one to *longest* neighbouring words, each joined by spaces.

    Raises:
        ValueError: *longest* is less than 1, or *words* is a text that was not cut.

    >>> n_grams(["not", "so", "good"], longest=2)
    ['not', 'so', 'good', 'not so', 'so good']
    """
    if isinstance(words, str):
        raise ValueError(f"cut {words[:30]!r} into words first, with `tokens`")
    if longest < 1:
        raise ValueError(f"an n-gram has 1 word or more, not {longest}")
    found = []
    for n in range(1, longest + 1):
        found += [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]
    return found


def vocabulary(
    documents: Iterable[Sequence[str]], least: int = 1
) -> dict[str, int]:
    """Number the features that *least* documents or more hold, in alphabetical order.

    Args:
        documents: each a sequence of features, such as words or n-grams.
        least: the number of documents that must hold a feature (scikit-learn's ``min_df``).

    Raises:
        ValueError: *least* is less than 1, or a document is a text that was not cut.

    >>> vocabulary([["free", "call"], ["call", "me"]], least=2)
    {'call': 0}
    """
    if least < 1:
        raise ValueError(f"a feature must be in 1 document or more, not {least}")
    n_documents: Counter[str] = Counter()
    for document in documents:
        _require_features(document)
        n_documents.update(set(document))
    kept = sorted(feature for feature, n in n_documents.items() if n >= least)
    return {feature: column for column, feature in enumerate(kept)}


def _require_features(document: Sequence[str]) -> None:
    """Refuse a text where a sequence of features is meant: it would be read letter by letter."""
    if isinstance(document, str | bytes):
        raise ValueError(
            f"a document is a sequence of features, not the text {document[:30]!r}; cut it "
            "with `tokens` first"
        )


def counted(
    documents: Iterable[Sequence[str]], column_of: Mapping[str, int]
) -> Rows:
    """Return how often each document holds each feature, (documents, features).

    Features outside the vocabulary are passed over.

    Raises:
        ValueError: a document is a text that was not cut, or the columns are not 0, 1, 2, …

    >>> counted([["call", "call", "hello"], []], {"call": 0, "me": 1}).dense().tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """
    width = len(column_of)
    if sorted(column_of.values()) != list(range(width)):
        raise ValueError(f"number the {width} features 0, 1, 2, …, each once")
    lengths, columns = [], []
    for document in documents:
        _require_features(document)
        known = [column_of[f] for f in document if f in column_of]
        lengths.append(len(known))
        columns += known
    row = np.repeat(np.arange(len(lengths)), lengths)
    cells = row * width + np.array(columns, dtype=np.int64)
    cells, values = np.unique(cells, return_counts=True)  # by row, then by column
    row, column = np.divmod(cells, max(width, 1))
    starts = np.searchsorted(row, np.arange(len(lengths) + 1))
    return Rows(starts, column, values.astype(np.float64), width)


def present(counts: Rows) -> Rows:
    """Return the table with 1 wherever a feature occurs, however often."""
    return Rows(
        counts.starts, counts.columns, np.ones_like(counts.values), counts.width
    )


def inverse_document_frequency(counts: Rows, smooth: bool = True) -> Array:
    """Return how rare each feature is: log(n / df) + 1, (features,).

    Args:
        counts: of the training documents.
        smooth: add one imagined document that holds every feature, so that no df is 0.

    Source: Spärck Jones (1972); the variant is scikit-learn's.

    Raises:
        ValueError: there are no documents, or without smoothing a feature is in none.
    """
    n = len(counts)
    df = np.bincount(counts.columns, minlength=counts.width)
    if n == 0 or (not smooth and (df == 0).any()):
        raise ValueError("a feature is in no document; smooth, or leave it out")
    return np.log((n + smooth) / (df + smooth)) + 1.0


def weighted(
    counts: Rows, idf: Array, sublinear: bool = False, unit: bool = True
) -> Rows:
    """Return the counts times the idf, every row scaled to length 1.

    Args:
        counts: (documents, features).
        idf: of the training documents, (features,).
        sublinear: use 1 + log(count) in place of the count.
        unit: scale every row to length 1; a row without features stays as it is.

    Raises:
        ValueError: there is not one idf for each feature.
    """
    if len(idf) != counts.width:
        raise ValueError(
            f"{counts.width} features need as many idf, not {len(idf)}"
        )
    tf = 1.0 + np.log(counts.values) if sublinear else counts.values
    values = tf * idf[counts.columns]
    table = Rows(counts.starts, counts.columns, values, counts.width)
    if unit:
        length = np.sqrt(table.squared_lengths())  # (n,)
        values = values / length[table.row_of]
    return Rows(counts.starts, counts.columns, values, counts.width)


@dataclass(frozen=True)
class TfIdf:
    """What the training documents leave behind: which column is which feature, and how rare.

    Attributes:
        column_of: the vocabulary, feature to column.
        idf: one weight a column.
        longest, sublinear, unit: the options; see :func:`n_grams` and :func:`weighted`.
        cut: what cuts a text into words.
    """

    column_of: dict[str, int]
    idf: Array
    longest: int = 1
    sublinear: bool = False
    unit: bool = True
    cut: Callable[[str], list[str]] = tokens

    def table(self, texts: Iterable[str]) -> Rows:
        """Return the weighted table of texts, seen or unseen, (texts, features)."""
        documents = (n_grams(self.cut(text), self.longest) for text in texts)
        counts = counted(documents, self.column_of)
        return weighted(counts, self.idf, self.sublinear, self.unit)

    @property
    def features(self) -> list[str]:
        """The features in the order of the columns."""
        return list(self.column_of)


def fit_tf_idf(
    texts: Sequence[str],
    longest: int = 1,
    least: int = 1,
    sublinear: bool = False,
    smooth: bool = True,
    unit: bool = True,
    cut: Callable[[str], list[str]] = tokens,
) -> TfIdf:
    """Read the training texts, and only those; equal to scikit-learn's ``TfidfVectorizer``.

    Args:
        texts: of the training part.
        longest: words in the longest n-gram (``ngram_range=(1, longest)``).
        least: documents that must hold a feature (``min_df``).
        sublinear: dampen repeats (``sublinear_tf``).
        smooth: imagine one more document (``smooth_idf``).
        unit: scale rows to length 1 (``norm="l2"``; ``None`` where False).
        cut: what cuts a text into words (``tokenizer``).

    Raises:
        ValueError: no texts, one text instead of several, or no feature is left.

    >>> model = fit_tf_idf(["gold prices rise", "oil prices fall"])
    >>> model.features, model.idf.round(3).tolist()
    (['fall', 'gold', 'oil', 'prices', 'rise'], [1.405, 1.405, 1.405, 1.0, 1.405])
    """
    if isinstance(texts, str):
        raise ValueError("give a list of texts, not one text")
    documents = [n_grams(cut(text), longest) for text in texts]
    column_of = vocabulary(documents, least)
    if not column_of:
        raise ValueError(
            f"no feature is left: {len(documents)} texts hold none that {least} of them share"
        )
    idf = inverse_document_frequency(counted(documents, column_of), smooth)
    return TfIdf(column_of, idf, longest, sublinear, unit, cut)
