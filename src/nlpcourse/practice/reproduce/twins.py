"""Whose line is it? Lines that were computed, beside lines that were printed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from nlpcourse.practice.reproduce.printed import steps_off

Computed = Mapping[str, Sequence[float]]
Printed = Mapping[str, Sequence[str]]
LONGEST = 8
"""Of so many lines at most all orders are tried."""


def distance(values: Sequence[float], texts: Sequence[str]) -> int:
    """Return by how many steps in the last digits a computed line differs from a printed one.

    Raises:
        ValueError: the lines have different lengths, or none.

    >>> distance([0.416, 0.666], ["0.451", "0.70"]), distance([0.416, 0.666], ["0.416", "0.67"])
    (38, 0)
    """
    if len(values) != len(texts) or not len(values):
        raise ValueError(
            f"{len(values)} numbers beside {len(texts)} printed ones; give as many"
        )
    return sum(steps_off(v, t) for v, t in zip(values, texts, strict=True))


def best_order(computed: Computed, printed: Printed) -> tuple[dict[str, str], int]:
    """Return which printed line belongs to which computed one, and the distance of all together.

    All orders are tried; of equally good ones the first counts, and names in order come first.

    Raises:
        ValueError: the names differ, or there are none or too many.

    >>> best_order({"a": [1.0], "b": [5.0]}, {"a": ["5"], "b": ["1"]})
    ({'a': 'b', 'b': 'a'}, 0)
    """
    names = list(computed)
    if set(names) != set(printed) or not 1 <= len(names) <= LONGEST:
        raise ValueError(
            f"1 to {LONGEST} lines under the same names, "
            f"not {sorted(computed)} and {sorted(printed)}"
        )
    apart = {
        (a, b): distance(computed[a], printed[b]) for a in names for b in names
    }
    orders = itertools.permutations(names)
    best = min(
        orders,
        key=lambda order: sum(
            apart[pair] for pair in zip(names, order, strict=True)
        ),
    )
    pairs = dict(zip(names, best, strict=True))
    return pairs, sum(apart[pair] for pair in pairs.items())
