"""Counting: which words followed which contexts, and what to do about unknown words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

UNKNOWN = "<unk>"
"""The sign that stands for every word outside the vocabulary."""

Context = tuple[str, ...]
Followers = Mapping[Context, Counter[str]]
"""Context of 0, 1, 2 … words → the words that followed it → how often."""


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")


def split_words(text: str) -> list[str]:
    """Cut a text into lower-case words and single punctuation marks.

    >>> split_words("Mr. Knightley's horse?")
    ['mr', '.', "knightley's", 'horse', '?']
    """
    return _WORD.findall(text.lower())


def require_words(words: Sequence[str]) -> None:
    """Refuse a text where a sequence of words is meant: it would be read letter by letter."""
    if isinstance(words, str | bytes):
        raise ValueError(
            f"a sequence of words is needed, not the text {words[:30]!r}; cut it first"
        )


def require_order(order: int) -> None:
    """Refuse an n-gram of no words."""
    if order < 1:
        raise ValueError(
            f"the order is the length of an n-gram, 1 or more, not {order}"
        )


def ngrams(words: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    """Yield all stretches of *n* neighbouring words, from left to right.

    Raises:
        ValueError: n is below 1.

    >>> list(ngrams(["to", "be", "or"], 2))
    [('to', 'be'), ('be', 'or')]
    """
    require_order(n)
    return zip(*(words[start:] for start in range(n)), strict=False)


def count_followers(
    texts: Iterable[Sequence[str]], order: int
) -> dict[Context, Counter[str]]:
    """Count which words followed which contexts: the whole of training.

    Args:
        texts: each a sequence of words; no n-gram reaches from one text into the next.
        order: the longest n-gram; contexts have 0 to ``order - 1`` words.

    Returns:
        Context → word → number of times.  The context ``()`` has the single words.

    Raises:
        ValueError: the order is below 1, or a text was not cut into words.

    >>> followers = count_followers([["to", "be", "or", "not", "to", "be"]], order=2)
    >>> followers["to",]["be"], followers[()]["to"]
    (2, 2)
    """
    require_order(order)
    followers: defaultdict[Context, Counter[str]] = defaultdict(Counter)
    for text in texts:
        require_words(text)
        for n in range(1, order + 1):
            for *context, word in ngrams(text, n):
                followers[tuple(context)][word] += 1
    return dict(followers)


def frequent_words(words: Iterable[str], least: int) -> frozenset[str]:
    """Return the words that occur at least *least* times, and the unknown word's sign.

    >>> sorted(frequent_words("a rose is a rose".split(), least=2))
    ['<unk>', 'a', 'rose']
    """
    kept = {word for word, n in Counter(words).items() if n >= least}
    return frozenset(kept | {UNKNOWN})


def mask(words: Iterable[str], vocabulary: Container[str]) -> list[str]:
    """Replace every word outside the vocabulary by ``<unk>``.

    >>> mask(["a", "tulip"], {"a", "rose", "<unk>"})
    ['a', '<unk>']
    """
    return [word if word in vocabulary else UNKNOWN for word in words]


def pad(sentence: Sequence[str], order: int) -> list[str]:
    """Put ``order - 1`` signs before a sentence and after it, as NLTK does.

    Raises:
        ValueError: the order is below 1, or the sentence was not cut into words.

    >>> pad(["to", "be"], order=3)
    ['<s>', '<s>', 'to', 'be', '</s>', '</s>']
    """
    require_order(order)
    require_words(sentence)
    return ["<s>"] * (order - 1) + list(sentence) + ["</s>"] * (order - 1)


def seen_share(train: Sequence[str], test: Sequence[str], n: int) -> float:
    """Return the share of the test text's n-grams that the training text holds.

    Raises:
        ValueError: n is below 1, or the test text has fewer than n words.

    >>> seen_share("a rose is a rose".split(), "is a tulip a rose".split(), n=2)
    0.5
    """
    known = set(ngrams(train, n))
    asked = list(ngrams(test, n))
    if not asked:
        raise ValueError(f"a text of {len(test)} words has no n-grams of {n}")
    return sum(gram in known for gram in asked) / len(asked)
