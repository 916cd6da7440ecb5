"""What a choice of sentences could reach if it knew the human summary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

from nlpcourse.neural.summarization.rouge import Tokens, rouge_n

MOST_CHOICES = 100_000
"""Choices of sentences that :func:`exact_oracle` looks at in a minute or so."""


def worth(reference: Tokens, candidate: Tokens) -> float:
    """Return the sum of ROUGE-1 and ROUGE-2 (F1), which the oracle looks at.

    >>> worth(["a", "b"], ["a", "b"])
    2.0
    """
    return rouge_n(reference, candidate, 1).f1 + rouge_n(reference, candidate, 2).f1


def greedy_oracle(
    reference: Tokens, sentences: Sequence[Tokens], most: int
) -> list[int]:
    """Return the places of up to *most* sentences, each the one that adds the most worth.

    It stops when no sentence adds any.

    Raises:
        ValueError: *most* is below 1.

    Source: Nallapati, Zhai and Zhou (2017), section 3.2.1, with ROUGE-1 and ROUGE-2 together.

    >>> greedy_oracle("a b c".split(), ["x y".split(), "b c".split(), "a".split()], 3)
    [1, 2]
    """
    if most < 1:
        raise ValueError(f"a summary has one sentence or more, not {most}")
    taken: list[int] = []
    best = 0.0
    while len(taken) < most:
        found = {
            i: _of(reference, sentences, [*taken, i]) for i in range(len(sentences))
        }
        place = max(found, key=found.__getitem__, default=None)
        if place is None or found[place] <= best:
            break
        taken.append(place)
        best = found[place]
    return sorted(taken)


def exact_oracle(
    reference: Tokens, sentences: Sequence[Tokens], most: int
) -> list[int]:
    """Return the best of all choices of up to *most* sentences: slow, and never worse than greedy.

    Raises:
        ValueError: *most* is below 1, or there are more than a hundred thousand choices.

    >>> exact_oracle("a b c".split(), ["x y".split(), "b c".split(), "a".split()], 3)
    [1, 2]
    """
    if most < 1:
        raise ValueError(f"a summary has one sentence or more, not {most}")
    sizes = range(1, min(most, len(sentences)) + 1)
    count = sum(math.comb(len(sentences), size) for size in sizes)
    if count > MOST_CHOICES:
        raise ValueError(
            f"{len(sentences)} sentences have {count:,} choices of up to {most}, and "
            f"{MOST_CHOICES:,} can be tried; ask for fewer, or take greedy_oracle"
        )
    choices = (
        list(choice)
        for size in sizes
        for choice in combinations(range(len(sentences)), size)
    )
    return max(choices, key=lambda c: _of(reference, sentences, c), default=[])


def _of(
    reference: Tokens, sentences: Sequence[Tokens], places: Sequence[int]
) -> float:
    """Return the worth of the sentences at *places*, in the order of the text."""
    return worth(reference, [w for i in sorted(set(places)) for w in sentences[i]])
