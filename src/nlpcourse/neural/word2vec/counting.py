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

    Raises:
        ValueError: the window is below one.

    >>> company([["the", "cat", "sat"]], "cat", 1)
    Counter({'the': 1, 'sat': 1})
    """
    if window < 1:
        raise ValueError(f"a window reaches one word or more, not {window}")
    counts: Counter[str] = Counter()
    for line in sentences:
        for place, here in enumerate(line):
            if here == word:
                counts.update(line[max(0, place - window) : place])
                counts.update(line[place + 1 : place + 1 + window])
    return counts


def cosine(one: Counter[str], other: Counter[str]) -> float:
    """Return the cosine of the angle between two rows of counts.

    Raises:
        ValueError: a row holds no count above zero, and so has no direction.

    >>> cosine(Counter(a=3), Counter(b=2)), cosine(Counter(a=3), Counter(a=1))
    (0.0, 1.0)
    """
    if not any(one.values()) or not any(other.values()):
        raise ValueError("a row without counts has no direction")
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

    Raises:
        ValueError: the window is below one, or a number is none of the types.
    """
    if window < 1:
        raise ValueError(f"a window reaches one word or more, not {window}")
    if len(words) and not 0 <= int(words.min()) <= int(words.max()) < types:
        raise ValueError(f"words are numbered from 0 to {types - 1}")
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

    A pair that was never seen has minus infinity.

    Raises:
        ValueError: there is not one negative.

    Source: Levy and Goldberg (2014b), section 3.1, for this noise in place of theirs.
    """
    if negatives < 1:
        raise ValueError(f"a pair has one negative or more, not {negatives}")
    counts = counts.double() if not counts.is_floating_point() else counts
    seen = counts.sum(dim=1, keepdim=True).clamp(min=torch.finfo(counts.dtype).tiny)
    given = counts / seen  # p(company | centre)
    return (given / noise / negatives).log()


def frequency_loss(counts: Tensor, noise: Tensor, negatives: int) -> float:
    """Return the mean loss of a pair of a model that knows only how frequent each word is.

    Its score of a pair is the best that does not depend on the centre: the logarithm of how
    much more often the word is company than it is drawn as one of the negatives.

    Args:
        counts: how often every word occurs, (words,).
        noise: the probabilities with which negatives are drawn, (words,).
        negatives: k, how many negatives a pair has.

    Raises:
        ValueError: counts and noise are not one number above zero for each word, or there is
            not one negative.

    >>> round(frequency_loss(torch.ones(2), torch.tensor([0.5, 0.5]), 1), 4)  # 2 · ln 2
    1.3863
    """
    if counts.shape != noise.shape or counts.dim() != 1 or not len(counts):
        raise ValueError(
            f"counts {tuple(counts.shape)} and noise {tuple(noise.shape)} are one number a word"
        )
    if not bool(((counts > 0) & (noise > 0)).all()) or negatives < 1:
        raise ValueError("counts, noise and the number of negatives are above zero")
    share, drawn = (counts / counts.sum()).double(), negatives * noise.double()
    scores = (share / drawn).log()
    true = -(share * torch.nn.functional.logsigmoid(scores)).sum()
    return float(true - (drawn * torch.nn.functional.logsigmoid(-scores)).sum())
