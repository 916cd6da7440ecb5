"""All trees that a chart holds: counted, or one after another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from nlpcourse.statistics.parsing.grammar import Grammar
from nlpcourse.statistics.parsing.trees import Tree

MOST_WORDS = 100
"""Words of a sentence whose trees are read from a chart."""


class Forest:
    """The trees of a sentence, read from a chart that says which categories cover which span.

    Args:
        words: the sentence.
        grammar: with the rules as they were written, none cut.
        chart: for each span (i, j) what covers it, by CYK or by Earley; a span that is missing
            is covered by nothing.
        empty: the categories that may consist of nothing.

    Raises:
        ValueError: the sentence has more than ``MOST_WORDS`` words.
    """

    def __init__(
        self,
        words: Sequence[str],
        grammar: Grammar,
        chart: Mapping[tuple[int, int], AbstractSet[str]],
        empty: AbstractSet[str],
    ) -> None:
        if len(words) > MOST_WORDS:
            raise ValueError(
                f"{len(words):,} words are too many; trees are read from a chart "
                f"for sentences of at most {MOST_WORDS}"
            )
        self.words, self.chart, self.empty = words, chart, empty
        self.start = grammar.start
        self.steps: int | None = None  # that are left; None: as many as it takes
        self.rules = grammar.by_left

    def covers(self, symbol: str, i: int, j: int) -> bool:
        """Return whether a symbol can cover a span."""
        if symbol not in self.rules:
            return j == i + 1 and self.words[i] == symbol
        return symbol in (self.chart.get((i, j), ()) if i < j else self.empty)

    def count(self) -> int | float:
        """Return how many trees there are: infinity where a tree can hold itself.

        Every part of every tree is counted once, so the time does not grow with the number.
        """
        known: dict[tuple[object, int, int], int | float] = {}

        def one(symbol: str, i: int, j: int) -> int | float:
            if not self.covers(symbol, i, j):
                return 0
            if symbol not in self.rules:
                return 1
            if (symbol, i, j) not in known:
                known[symbol, i, j] = (
                    math.inf
                )  # until it is known: met again below itself
                rules = self.rules[symbol]
                known[symbol, i, j] = sum(row(r.right, i, j) for r in rules)
            return known[symbol, i, j]

        def row(right: tuple[str, ...], i: int, j: int) -> int | float:
            if not right:
                return int(i == j)
            if (right, i, j) not in known:
                total: int | float = 0
                for k in self.ends(right, i, j):
                    if rest := row(right[1:], k, j):
                        total += one(right[0], i, k) * rest
                known[right, i, j] = total
            return known[right, i, j]

        return one(self.start, 0, len(self.words))

    def ends(self, right: tuple[str, ...], i: int, j: int) -> list[int]:
        """Return where the first symbol of a row over span (i, j) can end."""
        lasts = range(i, j + 1) if len(right) > 1 else (j,)
        return [k for k in lasts if self.covers(right[0], i, k)]

    def trees(self, most_steps: int | None = None) -> Iterator[Tree]:
        """Yield the trees, each once, except those in which a part holds itself.

        A part is a category over a span.  Of infinitely many trees, these are finitely many; where
        many circles meet, finding them can take long, and *most_steps* ends the search.
        """
        self.steps = most_steps
        yield from self._one(self.start, 0, len(self.words), frozenset())

    def _one(
        self, symbol: str, i: int, j: int, within: frozenset[tuple[str, int, int]]
    ) -> Iterator[Tree]:
        part = (symbol, i, j)
        if self.steps is not None:
            self.steps = max(0, self.steps - 1)
        if part in within or self.steps == 0 or not self.covers(symbol, i, j):
            return
        for rule in self.rules.get(symbol, ()):
            for parts in self._row(rule.right, i, j, within | {part}):
                yield Tree(symbol, parts)

    def _row(
        self,
        right: tuple[str, ...],
        i: int,
        j: int,
        within: frozenset[tuple[str, int, int]],
    ) -> Iterator[tuple[Tree | str, ...]]:
        if not right:
            if i == j:
                yield ()
            return
        for k in self.ends(right, i, j):
            if not self._possible(right[1:], k, j):
                continue
            firsts: Iterator[Tree | str] = (
                self._one(right[0], i, k, within)
                if right[0] in self.rules
                else iter([right[0]])
            )
            for first in firsts:
                for rest in self._row(right[1:], k, j, within):
                    yield (first, *rest)

    def _possible(self, right: tuple[str, ...], i: int, j: int) -> bool:
        """Return whether a row of symbols can cover a span."""
        if not right:
            return i == j
        return any(self._possible(right[1:], k, j) for k in self.ends(right, i, j))
