"""Do a topic's words belong together?  Two measures that ask the texts (standard library only)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

EPSILON = 1e-12
WINDOW = 110

Counts = tuple[Counter[str], Counter[tuple[str, str]], int]
"""Texts with each word, texts with each pair (in alphabetical order), and texts altogether."""


def count_together(
    texts: Iterable[Sequence[str]],
    relevant: Iterable[str],
    window: int | None = None,
) -> Counts:
    """Count in how many texts, or windows of text, words and pairs of words occur.

    Args:
        texts: each a sequence of words.
        relevant: the words that matter.
        window: words that a window holds; it moves on by one word.  None takes whole texts.

    Raises:
        ValueError: the window is empty, or there are no texts.

    >>> counts, pairs, n = count_together([["a", "b", "x", "a"]], ["a", "b"], window=2)
    >>> dict(counts), dict(pairs), n
    ({'a': 2, 'b': 2}, {('a', 'b'): 1}, 3)
    """
    if window is not None and window < 1:
        raise ValueError(f"a window holds 1 word or more, not {window}")
    wanted = set(relevant)
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    n = 0
    for text in texts:
        size = len(text) if window is None else min(window, len(text))
        for begin in range(len(text) - size + 1):
            present = sorted(wanted.intersection(text[begin : begin + size]))
            words.update(present)
            pairs.update(combinations(present, 2))
            n += 1
    if not n:
        raise ValueError("there are no texts to ask; give one or more")
    return words, pairs, n


def count_as_gensim(
    texts: Iterable[Sequence[str]], relevant: Iterable[str], window: int = WINDOW
) -> Counts:
    """Count as gensim 4.4 does in windows, which is not quite what is meant.

    When the window moves on, the word that leaves it is struck out, also where it stands in the
    window a second time.  A test holds `c_v` with these counts equal to gensim's; with those of
    :func:`count_together` it is what the paper defines.

    Raises:
        ValueError: the window is empty, or there are no texts.

    >>> counts, _, n = count_as_gensim([["a", "b", "a", "c"]], ["a"], window=3)
    >>> dict(counts), n  # the second window, b a c, holds an a
    ({'a': 1}, 2)
    """
    if window < 1:
        raise ValueError(f"a window holds 1 word or more, not {window}")
    wanted = set(relevant)
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    n = 0
    for text in texts:
        size = min(window, len(text))
        present = wanted.intersection(text[:size])
        for begin in range(len(text) - size + 1):
            if begin:
                present.discard(text[begin - 1])
                present.update(
                    wanted.intersection(text[begin + size - 1 : begin + size])
                )
            words.update(present)
            pairs.update(combinations(sorted(present), 2))
            n += 1
    if not n:
        raise ValueError("there are no texts to ask; give one or more")
    return words, pairs, n


def _pair(a: str, b: str) -> tuple[str, str]:
    """Return two words in alphabetical order, as pairs are counted."""
    return (a, b) if a < b else (b, a)


def _require_seen(topic: Sequence[str], words: Counter[str]) -> None:
    """Refuse a topic of fewer than two different words, or with one that no text has."""
    if len(set(topic)) < len(topic) or len(topic) < 2:
        raise ValueError(
            f"a topic is two or more different words, not {list(topic)}"
        )
    if unseen := [word for word in topic if not words[word]]:
        raise ValueError(f"the texts never say {unseen}; ask texts that do")


def u_mass(topic: Sequence[str], counts: Counts) -> float:
    """Return the mean log probability of a topic's word in a text that has a higher-ranked one.

    Args:
        topic: its words, the most probable first.
        counts: of whole texts, by :func:`count_together`.

    Raises:
        ValueError: the topic has fewer than two words, a word twice, or one that no text has.

    Source: Mimno and others (2011), equation 1, as gensim computes it: the mean and not the sum,
    and 1e-12 of all texts added to a pair's count and not one text.

    >>> counts = count_together([["a", "b"], ["a"], ["b"], ["a", "b"]], ["a", "b"])
    >>> round(u_mass(["a", "b"], counts), 3)  # of three texts with a, two have b: log 2/3
    -0.405
    """
    words, pairs, n = counts
    _require_seen(topic, words)
    logs = [
        math.log((pairs[_pair(higher, lower)] / n + EPSILON) / (words[higher] / n))
        for i, lower in enumerate(topic)
        for higher in topic[:i]
    ]
    return sum(logs) / len(logs)


def npmi(a: str, b: str, counts: Counts) -> float:
    """Return the normalised pointwise mutual information of two words.

    It is 1 where they always stand together, 0 where by chance, and near −1 where never.

    Raises:
        ValueError: a word that no text has.

    Source: Bouma (2009), with 1e-12 in the place of a zero as in gensim; for two words
    that all texts have, where it is 0 / 0, the answer is 1 here and −1 there.

    >>> counts = count_together([["a", "b"], ["a", "b"], ["c"], ["c"]], "abc")
    >>> round(npmi("a", "b", counts), 3), round(npmi("a", "c", counts), 3)
    (1.0, -0.95)
    """
    words, pairs, n = counts
    if not words[a] or not words[b]:
        raise ValueError(f"the texts never say {a!r} or {b!r}; ask texts that do")
    together = (words[a] if a == b else pairs[_pair(a, b)]) / n + EPSILON
    if math.isclose(together, 1.0, abs_tol=1e-9):
        return 1.0  # in every text, so information has no measure
    return math.log(together / (words[a] / n * words[b] / n)) / -math.log(together)


def c_v(topic: Sequence[str], counts: Counts) -> float:
    """Return how well each word's company agrees with the company of the whole topic.

    A word's company is its NPMI with every word of the topic; compared by the cosine with the sum
    of all companies.

    Args:
        topic: its words.
        counts: of windows of 110 words, by :func:`count_together`.

    Raises:
        ValueError: the topic has fewer than two words, a word twice, or one that no text has.

    Source: Röder, Both and Hinneburg (2015), measure C_V with γ = 1, as gensim.

    >>> counts = count_together([["a", "b"], ["a", "b"], ["c"], ["c"]], "abc")
    >>> round(c_v(["a", "b"], counts), 3), round(c_v(["a", "c"], counts), 3)
    (1.0, 0.026)
    """
    _require_seen(topic, counts[0])
    company = [[npmi(a, b, counts) for b in topic] for a in topic]
    whole = [sum(column) for column in zip(*company, strict=True)]
    cosines = [_cosine(vector, whole) for vector in company]
    return sum(cosines) / len(cosines)


def _cosine(x: Sequence[float], y: Sequence[float]) -> float:
    """Return the cosine of two vectors, 0 where one of them is zero."""
    dot = math.fsum(a * b for a, b in zip(x, y, strict=True))
    lengths = math.sqrt(math.fsum(a * a for a in x) * math.fsum(b * b for b in y))
    return dot / lengths if lengths else 0.0
