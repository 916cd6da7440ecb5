"""Who meets whom, and how often: the table that all counting begins with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from torch import Tensor


def meetings(sentence: Sequence[str], window: int) -> dict[tuple[str, str], float]:
    """Count the pairs of words of one sentence; a pair at distance d counts 1 / d.

    Args:
        sentence: its words.
        window: the furthest that two words of a pair stand apart.

    Raises:
        ValueError: the window is below one.

    Source: Pennington et al. (2014), section 4.2.

    >>> meetings(["ice", "is", "cold"], window=2)[("ice", "cold")]
    0.5
    """
    if window < 1:
        raise ValueError(f"a window reaches one word or more, not {window}")
    counts: dict[tuple[str, str], float] = defaultdict(float)
    for place, word in enumerate(sentence):
        for other in range(max(0, place - window), place):
            weight = 1 / (place - other)
            counts[word, sentence[other]] += weight
            counts[sentence[other], word] += weight
    return dict(counts)


def count(words: Tensor, sentence: Tensor, types: int, window: int) -> csr_matrix:
    """Count the pairs of a whole text; what :func:`meetings` finds, in a sparse table.

    Args:
        words: numbers of running words, (tokens,).
        sentence: the sentence of each, (tokens,).
        types: how many different words there are.
        window: the furthest that two words of a pair stand apart.

    Returns:
        X, (types, types): only the cells above zero are kept.

    Raises:
        ValueError: the window is below one, a number is none of the types, or there are not as
            many sentences as words.
    """
    if window < 1:
        raise ValueError(f"a window reaches one word or more, not {window}")
    if len(words) != len(sentence):
        raise ValueError(f"{len(words)} words, but sentences of {len(sentence)}")
    if len(words) and not 0 <= int(words.min()) <= int(words.max()) < types:
        raise ValueError(f"words are numbered from 0 to {types - 1}")
    number, line = words.numpy().astype(np.int32), sentence.numpy()
    table = csr_matrix((types, types), dtype=np.float32)
    for distance in range(1, min(window, len(number) - 1) + 1):
        together = line[:-distance] == line[distance:]
        left, right = number[:-distance][together], number[distance:][together]
        weight = np.full(len(left), 1 / distance, dtype=np.float32)
        table = table + coo_matrix((weight, (left, right)), (types, types)).tocsr()
    return (table + table.T).tocsr()
