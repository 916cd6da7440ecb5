"""A machine that is in one state at a time: the subset construction of Rabin and Scott (1959).

A state of the new machine is a *set* of states of the old one, so a machine of n states may become
one of 2 to the power of n.  `determinize` therefore stops, with a reason, at a number of states.

**Columns.**  Characters that no class of the pattern tells apart share a column of the table;
column 0 is for every character that the pattern does not name.  So ``[a-z]+`` needs two columns.

The machine is complete: from every state every character leads somewhere, at worst into a state
from which no end can be reached (a *trap*).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlpcourse.statistics.automata.nfa import Nfa, closure, step, thompson
from nlpcourse.statistics.automata.patterns import Chars, name

MOST_STATES = 2_000
"""States that `determinize` makes before it gives up."""


@dataclass(frozen=True)
class Dfa:
    """A deterministic finite automaton, complete; it starts in state 0.

    ``column`` maps a character to its column of the table, 0 for all others; ``table[s][k]`` is
    the state after *s* for a character of column *k*; ``accepting`` are the states where a text
    may end.
    """

    column: Mapping[str, int]
    table: tuple[tuple[int, ...], ...]
    accepting: frozenset[int]

    def names(self) -> list[str]:
        """Return a short name for the characters of each column."""
        width = len(self.table[0])
        named: list[set[str]] = [set() for _ in range(width)]
        for char, k in self.column.items():
            named[k].add(char)
        rest = name(frozenset(self.column), others=True) if self.column else "any"
        return [rest, *(name(frozenset(chars)) for chars in named[1:])]


def accepts(dfa: Dfa, text: str) -> bool:
    """Return whether a machine accepts a text: one look into the table for each character.

    >>> laugh = compile_pattern("ha(ha)*")
    >>> [accepts(laugh, text) for text in ("ha", "hahaha", "hah", "")]
    [True, True, False, False]
    """
    state, table, column = 0, dfa.table, dfa.column
    for char in text:
        state = table[state][column.get(char, 0)]
    return state in dfa.accepting


def trace(dfa: Dfa, text: str) -> list[int]:
    """Return the states that a text leads through, the first one included."""
    states = [0]
    for char in text:
        states.append(dfa.table[states[-1]][dfa.column.get(char, 0)])
    return states


def columns(labels: Iterable[Chars]) -> dict[str, int]:
    """Return a column for each character: one for all that no label tells apart.

    >>> columns([Chars(frozenset("ab")), Chars(frozenset("bc"), others=True)])
    {'a': 1, 'b': 2, 'c': 3}
    """
    sets = sorted({label.chars for label in labels}, key=sorted)
    number: dict[tuple[bool, ...], int] = {}
    column = {}
    for char in sorted(frozenset().union(*sets)):
        told_apart = tuple(char in chars for chars in sets)
        column[char] = number.setdefault(told_apart, len(number) + 1)
    return column


def determinize(nfa: Nfa, most_states: int = MOST_STATES) -> Dfa:
    """Return a machine for the same texts that is in one state at a time.

    Args:
        nfa: the machine that may be in several.
        most_states: how many states to make before giving up.

    Raises:
        ValueError: more states are needed than *most_states*.

    >>> determinize(thompson("a")).table
    ((1, 2), (1, 1), (1, 1))
    """
    column = columns(label for arcs in nfa.arcs for label, _ in arcs)
    samples = [""] + [""] * max(column.values(), default=0)
    for char, k in column.items():
        samples[k] = char  # one character stands for its column
    start = closure(nfa, [nfa.start])
    number = {start: 0}
    table = []
    for states in (queue := [start]):
        row = [step(nfa, states, char) for char in samples]
        for after in row:
            if after not in number:
                if len(number) >= most_states:
                    raise ValueError(_too_many(most_states))
                number[after] = len(number)
                queue.append(after)
        table.append(tuple(number[after] for after in row))
    accepting = frozenset(k for states, k in number.items() if nfa.end in states)
    return Dfa(column, tuple(table), accepting)


def _too_many(most_states: int) -> str:
    """Return what to tell about a machine that grows too large."""
    return f"more than {most_states:,} states are needed; match with the NFA, or ask for less"


def compile_pattern(pattern: str, most_states: int = MOST_STATES) -> Dfa:
    """Return the machine of a pattern: parse, build, determinize.

    Raises:
        ValueError: the pattern is not well formed, or needs too many states.
    """
    return determinize(thompson(pattern), most_states)
