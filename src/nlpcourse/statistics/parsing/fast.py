"""CYK again, with sets of symbols as whole numbers and a memory of what was combined.

The chart is that of :func:`.cyk.fill`; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from nlpcourse.statistics.parsing.binary import Binary


class FastChart:
    """Fills charts of one grammar; every symbol is a bit, and a set of them a number.

    A grammar has few different sets of symbols, so two of them meet again and again: what a left
    and a right set make together is worked out once, and kept for the next span and sentence.
    """

    def __init__(self, binary: Binary) -> None:
        self.binary = binary
        self.symbols = sorted(binary.above)
        self.bit = {symbol: 1 << n for n, symbol in enumerate(self.symbols)}
        self.above = {s: self.number(found) for s, found in binary.above.items()}
        self.pairs = [
            (self.bit[one], self.bit[other], self._closed(found))
            for (one, other), found in binary.pairs.items()
        ]
        self.known: dict[tuple[int, int], int] = {}
        self.names: dict[int, set[str]] = {}

    def number(self, symbols: set[str] | frozenset[str]) -> int:
        """Return a set of symbols as a number."""
        return sum(self.bit[symbol] for symbol in symbols)

    def named(self, number: int) -> set[str]:
        """Return a number as a set of symbols."""
        if number not in self.names:
            found = {symbol for symbol, bit in self.bit.items() if number & bit}
            self.names[number] = found
        return self.names[number]

    def _closed(self, found: frozenset[str]) -> int:
        closed = 0
        for symbol in found:
            closed |= self.above[symbol]
        return closed

    def combined(self, left: int, right: int) -> int:
        """Return all that two neighbouring sets make together."""
        found = 0
        for one, other, above in self.pairs:
            if left & one and right & other:
                found |= above
        self.known[left, right] = found
        return found

    def fill(self, words: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Return for each place i the spans (i, j) that something covers: j and the number."""
        known = self.known
        begin: list[list[tuple[int, int]]] = [[] for _ in words]
        for j, word in enumerate(words, start=1):
            end = [0] * (j + 1)  # end[k]: what covers span (k, j)
            for i in range(j - 1, -1, -1):
                found = self.above.get(word, 0) if i == j - 1 else 0
                for k, left in begin[i]:
                    if right := end[k]:
                        try:
                            found |= known[left, right]
                        except KeyError:
                            found |= self.combined(left, right)
                if found:
                    end[i] = found
                    begin[i].append((j, found))
        return begin

    def chart(self, words: Sequence[str]) -> dict[tuple[int, int], set[str]]:
        """Return the chart as :func:`.cyk.fill` does, spans that nothing covers left out."""
        return {
            (i, j): self.named(number)
            for i, row in enumerate(self.fill(words))
            for j, number in row
        }

    def accepts(self, words: Sequence[str]) -> bool:
        """Return whether a sentence is of the grammar's language."""
        start = self.binary.grammar.start
        if not words:
            return start in self.binary.empty
        j, number = (self.fill(words)[0] or [(0, 0)])[-1]
        return j == len(words) and bool(number & self.bit.get(start, 0))
