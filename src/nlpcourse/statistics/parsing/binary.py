"""A grammar made ready for a chart: rules of two symbols, and what one symbol alone can become."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nlpcourse.statistics.parsing.grammar import Grammar

REST = " "
"""Stands between the symbols of the rest of a rule; no symbol of a grammar holds a space."""


@dataclass(frozen=True)
class Binary:
    """A grammar in binary normal form.

    ``pairs`` leads from two neighbours to the categories that consist of them, ``above`` from a
    symbol to all that it alone can become, itself included, and ``empty`` holds the categories
    that may consist of nothing.
    """

    grammar: Grammar
    pairs: dict[tuple[str, str], frozenset[str]]
    above: dict[str, frozenset[str]]
    empty: frozenset[str]


def cut(grammar: Grammar) -> list[tuple[str, tuple[str, ...]]]:
    """Return the grammar's rules, cut so that none has more than two symbols on its right.

    A new symbol stands for the rest of a rule and is named by what it holds.

    Source: Lange and Leiß (2009), section 4.1.

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> cut(read_grammar("VP -> V NP PP"))
    [('VP', ('V', 'NP PP')), ('NP PP', ('NP', 'PP'))]
    """
    rules: dict[
        tuple[str, tuple[str, ...]], None
    ] = {}  # a set that keeps its order
    for rule in grammar.rules:
        left, right = rule.left, rule.right
        while len(right) > 2:
            rest = REST.join(right[1:])
            rules[left, (right[0], rest)] = None
            left, right = rest, right[1:]
        rules[left, right] = None
    return list(rules)


def nullable(rules: Iterable[tuple[str, tuple[str, ...]]]) -> frozenset[str]:
    """Return the categories that may consist of nothing at all.

    Source: Lange and Leiß (2009), section 4.2.

    >>> sorted(nullable([("A", ()), ("B", ("A", "A")), ("C", ("A", "c"))]))
    ['A', 'B']
    """
    rules = list(rules)
    empty: set[str] = set()
    grown = True
    while grown:
        more = {left for left, right in rules if empty.issuperset(right)}
        grown = not more <= empty
        empty |= more
    return frozenset(empty)


def binarize(grammar: Grammar) -> Binary:
    """Return a grammar in binary normal form, which :func:`.cyk.fill` reads.

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> binary = binarize(read_grammar("S -> NP VP\\nNP -> we\\nVP -> V\\nV -> sleep"))
    >>> sorted(binary.above["sleep"]), binary.pairs
    (['V', 'VP', 'sleep'], {('NP', 'VP'): frozenset({'S'})})
    """
    rules = cut(grammar)
    empty = nullable(rules)
    pairs: dict[tuple[str, str], set[str]] = {}
    alone: dict[
        str, set[str]
    ] = {}  # from B to every A with A → B, nothing beside it
    for left, right in rules:
        if len(right) == 2:
            pairs.setdefault((right[0], right[1]), set()).add(left)
        for k, symbol in enumerate(right):
            if empty.issuperset(right[:k] + right[k + 1 :]):
                alone.setdefault(symbol, set()).add(left)
    symbols = {s for left, right in rules for s in (left, *right)}
    return Binary(
        grammar,
        {pair: frozenset(found) for pair, found in pairs.items()},
        {symbol: reachable(symbol, alone) for symbol in symbols},
        empty,
    )


def reachable(symbol: str, alone: dict[str, set[str]]) -> frozenset[str]:
    """Return a symbol and all that it can become step by step; a cycle does no harm.

    >>> sorted(reachable("a", {"a": {"A"}, "A": {"B"}, "B": {"A"}}))
    ['A', 'B', 'a']
    """
    found, waiting = {symbol}, [symbol]
    while waiting:
        for left in alone.get(waiting.pop(), set()) - found:
            found.add(left)
            waiting.append(left)
    return frozenset(found)
