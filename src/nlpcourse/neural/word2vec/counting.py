"""The other way to a vector: count a word's company, and weigh the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor


def company(
    sentences: Sequence[Sequence[str]], word: str, window: int
) -> Counter[str]:
    """Count the words that stand at most *window* words from *word*.

    >>> company([["the", "cat", "sat"]], "cat", 1)
    Counter({'the': 1, 'sat': 1})
    """
    counts: Counter[str] = Counter()
    for line in sentences:
        for place, here in enumerate(line):
            if here == word:
                counts.update(line[max(0, place - window) : place])
                counts.update(line[place + 1 : place + 1 + window])
    return counts


def cosine(one: Counter[str], other: Counter[str]) -> float:
    """Return the cosine of the angle between two rows of counts.

    >>> cosine(Counter(a=3), Counter(b=2)), cosine(Counter(a=3), Counter(a=1))
    (0.0, 1.0)
    """
    product = sum(count * other[word] for word, count in one.items())
    lengths = [sum(n * n for n in row.values()) ** 0.5 for row in (one, other)]
    return float(product / (lengths[0] * lengths[1]))


def count_pairs(words: Tensor, sentence: Tensor, types: int, window: int) -> Tensor:
    """Count how often each word stands near each other one, (types, types).

    Nearer pairs weigh more, as they do in expectation when every centre draws its own reach: at
    distance d a pair is seen in (window − d + 1) of *window* cases.

    Args:
        words: numbers of running words, (tokens,).
        sentence: the sentence of each, (tokens,).
        types: how many different words there are.
        window: the furthest that two words of a pair stand apart.
    """
    counts = torch.zeros(types * types)
    for distance in range(1, window + 1):
        left, right = words[:-distance], words[distance:]
        together = sentence[:-distance] == sentence[distance:]
        cells = (left * types + right)[together]
        weight = torch.full(cells.shape, (window - distance + 1) / window)
        counts.index_add_(0, cells, weight)
    table = counts.view(types, types)
    return table + table.T


def shifted_information(counts: Tensor, noise: Tensor, negatives: int) -> Tensor:
    """Return what every product v · u would be if vectors were long enough, (types, types).

    It is the logarithm of how much more often the pair occurs than chance, less ln k.

    Args:
        counts: of pairs, (types, types).
        noise: the probabilities with which negatives are drawn, (types,).
        negatives: k, how many negatives a pair has.

    Source: Levy and Goldberg (2014b), section 3.1, for this noise in place of theirs.
    """
    given = counts / counts.sum(dim=1, keepdim=True)  # p(company | centre)
    return (given / noise / negatives).log()
