"""What a tagger gets wrong: which words, which tags, and how many whole sentences.

A *tagging* is a list of tags, one for each word of a sentence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Tagged = Sequence[tuple[str, str]]


def _pairs(
    gold: Sequence[Tagged], said: Sequence[Sequence[str | None]]
) -> Iterator[tuple[str, str, str | None]]:
    """Yield (word, right tag, tag that was given) for every word.

    Raises:
        ValueError: the taggings are not those of the sentences, or there are no words.
    """
    if [len(s) for s in gold] != [len(tags) for tags in said]:
        raise ValueError(
            "each sentence needs one tagging, and each word in it one tag"
        )
    if not any(gold):
        raise ValueError("there are no words to compare; give one sentence or more")
    for sentence, tags in zip(gold, said, strict=True):
        for (word, truth), tag in zip(sentence, tags, strict=True):
            yield word, truth, tag


@dataclass(frozen=True)
class Report:
    """Shares that are right: of all words, of known and of unseen ones, and of sentences."""

    words: float
    known: float
    unseen: float
    sentences: float


def report(
    gold: Sequence[Tagged],
    said: Sequence[Sequence[str | None]],
    vocabulary: Collection[str],
) -> Report:
    """Compare taggings with the right ones.

    Args:
        gold: sentences with their right tags.
        said: a tagging for each of them.
        vocabulary: the words of the training sentences.

    Raises:
        ValueError: the taggings are not those of the sentences, or there are no words.

    >>> report([[("a", "AT"), ("permit", "NN")]], [["AT", "VB"]], {"a"})
    Report(words=0.5, known=1.0, unseen=0.0, sentences=0.0)
    """
    right: Counter[bool] = Counter()
    seen: Counter[bool] = Counter()
    for word, truth, tag in _pairs(gold, said):
        seen[word in vocabulary] += 1
        right[word in vocabulary] += tag == truth
    whole = sum(
        all(tag == truth for (_, truth), tag in zip(s, tags, strict=True))
        for s, tags in zip(gold, said, strict=True)
    )
    return Report(
        right.total() / seen.total(),
        right[True] / seen[True] if seen[True] else math.nan,
        right[False] / seen[False] if seen[False] else math.nan,
        whole / len(gold),
    )


def confusions(
    gold: Sequence[Tagged], said: Sequence[Sequence[str | None]]
) -> Counter[tuple[str, str | None]]:
    """Count the mistakes by (right tag, tag that was given).

    Raises:
        ValueError: the taggings are not those of the sentences, or there are no words.

    >>> confusions([[("a", "AT"), ("permit", "NN")]], [["AT", "VB"]])
    Counter({('NN', 'VB'): 1})
    """
    return Counter(
        (truth, tag) for _, truth, tag in _pairs(gold, said) if tag != truth
    )


def if_independent(accuracy: float, lengths: Iterable[int]) -> float:
    """Return how many sentences would be all right if mistakes fell on words by chance.

    A sentence of n words is right with probability accuracy to the power of n; the mean of that
    over all sentences is returned.

    Raises:
        ValueError: the accuracy is no share, there are no sentences, or a length is negative.

    >>> round(if_independent(0.97, [20]), 3)
    0.544
    """
    lengths = list(lengths)
    if not 0 <= accuracy <= 1:
        raise ValueError(f"the accuracy is a share between 0 and 1, not {accuracy}")
    if not lengths or min(lengths) < 0:
        raise ValueError("give 1 sentence or more, none of a negative length")
    return math.fsum(accuracy**n for n in lengths) / len(lengths)


def trust(
    leads: Sequence[float], right: Sequence[bool], parts: int = 10
) -> list[tuple[float, float]]:
    """Group decisions by their lead, the smallest first.

    Returns:
        for each of *parts* groups of the same size (fewer where there are fewer decisions) its
        smallest lead, and the share of its decisions that are right.

    Raises:
        ValueError: not one outcome for each lead, a lead is no number, or there are no parts.

    >>> trust([0.5, 9.0, 0.1, 8.0], [True, True, False, True], parts=2)
    [(0.1, 0.5), (8.0, 1.0)]
    """
    if len(leads) != len(right):
        raise ValueError(
            f"{len(leads)} leads, but {len(right)} outcomes; give one of each"
        )
    if parts < 1 or any(math.isnan(lead) for lead in leads):
        raise ValueError("give 1 part or more, and no lead that is not a number")
    rows = sorted(zip(leads, right, strict=True))
    cuts = [k * len(rows) // parts for k in range(parts + 1)]
    groups = [rows[a:b] for a, b in pairwise(cuts) if b > a]
    return [(g[0][0], sum(ok for _, ok in g) / len(g)) for g in groups]
