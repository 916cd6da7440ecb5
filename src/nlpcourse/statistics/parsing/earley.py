"""Earley's algorithm: from left to right, looking only for what could still be of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlpcourse.statistics.parsing.binary import nullable
from nlpcourse.statistics.parsing.grammar import Grammar, Rule


@dataclass(frozen=True)
class Item:
    """A rule of which the symbols before the dot are found, from a start on."""

    rule: Rule
    dot: int
    start: int

    @property
    def next(self) -> str | None:
        """The symbol after the dot; None where the rule is complete."""
        return (
            self.rule.right[self.dot] if self.dot < len(self.rule.right) else None
        )

    def advanced(self) -> Item:
        """Return the item with its dot one symbol further."""
        return Item(self.rule, self.dot + 1, self.start)

    def __str__(self) -> str:
        before, after = self.rule.right[: self.dot], self.rule.right[self.dot :]
        shown = " ".join([*before, "•", *after])
        return f"{self.rule.left} → {shown} from {self.start}"


def earley(words: Sequence[str], grammar: Grammar) -> list[list[Item]]:
    """Return the items of each place of a sentence: before the first word, after it, and so on.

    Source: Earley (1970); categories that may be empty as in Aycock and Horspool (2002).

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> for item in earley(["a"], read_grammar("S -> S a | a"))[1]:
    ...     print(item)
    S → a • from 0
    S → S • a from 0
    """
    empty = nullable((rule.left, rule.right) for rule in grammar.rules)
    rules = grammar.by_left
    columns: list[list[Item]] = [[] for _ in range(len(words) + 1)]
    seen: list[set[Item]] = [set() for _ in columns]

    def add(item: Item, j: int) -> None:
        if item not in seen[j]:
            seen[j].add(item)
            columns[j].append(item)

    for rule in rules.get(grammar.start, ()):
        add(Item(rule, 0, 0), 0)
    for j, column in enumerate(columns):
        for item in column:  # which grows on the way
            if item.next is None:  # complete: who waited for it goes on
                for other in list(columns[item.start]):
                    if other.next == item.rule.left:
                        add(other.advanced(), j)
            elif item.next in rules:  # predict: how could it begin?
                for rule in rules[item.next]:
                    add(Item(rule, 0, j), j)
                if item.next in empty:
                    add(item.advanced(), j)
            elif j < len(words) and words[j] == item.next:  # scan
                add(item.advanced(), j + 1)
    return columns


def parts(columns: Sequence[Sequence[Item]]) -> dict[tuple[int, int], set[str]]:
    """Return the categories that were completed over each span: a chart as CYK makes it.

    It holds fewer than CYK's, because nothing was completed that was not asked for.

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> parts(earley(["a", "a"], read_grammar("S -> S a | a")))
    {(0, 1): {'S'}, (0, 2): {'S'}}
    """
    chart: dict[tuple[int, int], set[str]] = {}
    for j, column in enumerate(columns):
        for item in column:
            if item.next is None and item.start < j:
                chart.setdefault((item.start, j), set()).add(item.rule.left)
    return chart


def next_words(column: Sequence[Item], grammar: Grammar) -> list[str]:
    """Return the words with which a sentence could go on after a place.

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> grammar = read_grammar("S -> a S b | c")
    >>> next_words(earley(["a"], grammar)[1], grammar)
    ['a', 'c']
    """
    words = grammar.words
    return sorted({item.next for item in column if item.next in words} - {None})
