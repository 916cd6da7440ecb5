"""Span corruption: cut pieces out of a text, leave sentinels in their place, ask for the pieces.

The standard library alone: the page runs this file, too.

Source: Raffel et al. (2020), sections 3.1.4 and 3.3.4, and ``random_spans_noise_mask`` in their
code.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

Token = TypeVar("Token")
Span = tuple[int, int]
"""Where a span begins, and where the text goes on after it."""

RATE, MEAN_SPAN = 0.15, 3.0
"""What the paper settles on: 15 % of the tokens, three in a row on average."""


def random_lengths(total: int, parts: int, chance: random.Random) -> list[int]:
    """Cut *total* tokens into *parts* of at least one; every way to do so is equally likely.

    Raises:
        ValueError: there are not enough tokens, or no parts.

    >>> random_lengths(6, 6, random.Random(0))
    [1, 1, 1, 1, 1, 1]
    """
    if not 1 <= parts <= total:
        raise ValueError(
            f"{total} tokens can't be cut into {parts} parts of one or more each"
        )
    cuts = sorted(chance.sample(range(1, total), parts - 1))
    return [end - start for start, end in pairwise([0, *cuts, total])]


def span_counts(
    length: int, rate: float = RATE, mean_span: float = MEAN_SPAN
) -> tuple[int, int]:
    """Return how many tokens of a text are cut out, and in how many spans.

    Both are fixed by the length; chance decides where.  At least one token is cut out and at
    least one stays.

    Args:
        length: of the text in tokens, 2 or more.
        rate: share of tokens that are cut out, between 0 and 1.
        mean_span: tokens of a span on average, 1 or more.

    Raises:
        ValueError: an argument is outside these bounds.

    Source: ``random_spans_noise_mask`` of the paper's code.

    >>> span_counts(20), span_counts(20, rate=0.5)
    ((3, 1), (10, 3))
    """
    if length < 2:
        raise ValueError(
            f"of {length} tokens nothing can be cut that leaves something"
        )
    if not 0 < rate < 1 or not 1 <= mean_span < math.inf:
        raise ValueError(
            f"a rate of {rate}, spans of {mean_span}: the rate lies between "
            "0 and 1, and a span has 1 token or more"
        )
    cut = min(max(round(length * rate), 1), length - 1)
    spans = min(max(round(cut / mean_span), 1), length - cut + 1)  # a token between
    return cut, spans


def random_spans(
    length: int,
    chance: random.Random,
    rate: float = RATE,
    mean_span: float = MEAN_SPAN,
) -> list[Span]:
    """Draw the spans to cut out of a text; no two touch, and all such choices are equally likely.

    The paper's code lets every text begin with a kept part and end with a cut one; here a text
    may begin and end with either.

    Raises:
        ValueError: as in :func:`span_counts`.

    Source: after ``random_spans_noise_mask`` of the paper's code.

    >>> random_spans(3, random.Random(0), rate=0.5, mean_span=1)
    [(0, 1), (2, 3)]
    """
    cut, spans = span_counts(length, rate, mean_span)
    # a token more before and behind: the outer kept parts may be empty
    kept_parts = random_lengths(length - cut + 2, spans + 1, chance)
    cut_parts = random_lengths(cut, spans, chance)
    found, here = [], -1
    for kept, size in zip(kept_parts[:-1], cut_parts, strict=True):
        start = here + kept
        here = start + size
        found.append((start, here))
    return found


def corrupt(
    tokens: Sequence[Token],
    spans: Sequence[Span],
    sentinel: Callable[[int], Token],
) -> tuple[list[Token], list[Token]]:
    """Return a text with sentinels for its spans, and the spans with sentinels for the text.

    Args:
        tokens: the text.
        spans: in order, none touching another.
        sentinel: the token that stands for the span of a number.

    Returns:
        The input, and the target with one sentinel more at its end.

    Raises:
        ValueError: spans that are empty, out of order, touching, or outside the text.

    Source: Raffel et al. (2020), figure 2.

    >>> corrupt("Thank you for inviting me".split(), [(2, 4)], "<{}>".format)
    (['Thank', 'you', '<0>', 'me'], ['<0>', 'for', 'inviting', '<1>'])
    """
    source: list[Token] = []
    target: list[Token] = []
    here = -1  # so that a span may begin with the first token
    for number, (start, end) in enumerate(spans):
        if not here < start < end <= len(tokens):
            raise ValueError(
                f"the span from {start} to {end} is empty, outside the "
                f"{len(tokens)} tokens, or touches the one before it"
            )
        mark = sentinel(number)
        source += [*tokens[max(here, 0) : start], mark]
        target += [mark, *tokens[start:end]]
        here = end
    source += tokens[max(here, 0) :]
    target.append(sentinel(len(spans)))
    return source, target


def fill(
    source: Sequence[Token], target: Sequence[Token], sentinels: Sequence[Token]
) -> list[Token]:
    """Put what a target says back into the places that its sentinels name.

    What stands before the first sentinel of the target is left out; a sentinel that the target
    does not name stays in the text, and of one that it names twice the first counts.

    Args:
        source: a text with sentinels.
        target: sentinels, each with the tokens that belong in its place.
        sentinels: all there are.

    >>> fill(["a", "<0>", "d"], ["<0>", "b", "c", "<1>"], ["<0>", "<1>"])
    ['a', 'b', 'c', 'd']
    """
    found: dict[Token, list[Token]] = {}
    places: list[Token] = []
    for token in target:
        if token in sentinels:
            places = found.setdefault(token, []) if token not in found else []
        else:
            places.append(token)
    filled: list[Token] = []
    for token in source:
        filled += found.get(token, [token])
    return filled
