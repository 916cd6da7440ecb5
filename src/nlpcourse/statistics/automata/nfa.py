"""A tree becomes a machine that may be in several states at once.

The construction is that of Thompson (1968), in the form of Aho, Sethi and Ullman (1986, algorithm
3.3): one small machine for each node, glued with *empty arcs*, which cost no character.

What this file does not handle: speed.  Every character moves a whole set of states; see
:mod:`~nlpcourse.statistics.automata.dfa`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nlpcourse.statistics.automata.patterns import (
    Chars,
    Concat,
    Node,
    Star,
    parse,
)


@dataclass
class Nfa:
    """A nondeterministic finite automaton; its states are numbers from 0.

    ``arcs[s]`` are the arcs out of state *s* that read a character, each with the set of
    characters and the next state; ``empty[s]`` are the states that can be entered for nothing.
    """

    arcs: list[list[tuple[Chars, int]]] = field(default_factory=list)
    empty: list[list[int]] = field(default_factory=list)
    start: int = 0
    end: int = 0

    def new_state(self) -> int:
        """Add a state without arcs and return its number."""
        self.arcs.append([])
        self.empty.append([])
        return len(self.arcs) - 1


def build(nfa: Nfa, node: Node) -> tuple[int, int]:
    """Add the machine of one node of a tree; return the states where it starts and ends."""
    if isinstance(node, Concat):
        start = end = nfa.new_state()
        for part in node.parts:
            first, last = build(nfa, part)
            nfa.empty[end].append(first)
            end = last
        return start, end
    start, end = nfa.new_state(), nfa.new_state()
    if isinstance(node, Chars):
        nfa.arcs[start].append((node, end))
    elif isinstance(node, Star):
        first, last = build(nfa, node.part)
        nfa.empty[start] += [first, end]
        nfa.empty[last] += [first, end]
    else:
        for part in node.parts:
            first, last = build(nfa, part)
            nfa.empty[start].append(first)
            nfa.empty[last].append(end)
    return start, end


def thompson(pattern: str) -> Nfa:
    """Return the machine of a pattern; it has at most two states for each node of the tree.

    Raises:
        ValueError: the pattern is not well formed or too large.

    >>> len(thompson("ab").arcs)
    5
    """
    nfa = Nfa()
    nfa.start, nfa.end = build(nfa, parse(pattern))
    return nfa


def closure(nfa: Nfa, states: Iterable[int]) -> frozenset[int]:
    """Return *states* and all that can be entered from them for nothing."""
    waiting = list(states)
    found = set(waiting)
    while waiting:
        for state in nfa.empty[waiting.pop()]:
            if state not in found:
                found.add(state)
                waiting.append(state)
    return frozenset(found)


def step(nfa: Nfa, states: Iterable[int], char: str) -> frozenset[int]:
    """Return the states after reading one character, with their closure."""
    arcs = (arc for state in states for arc in nfa.arcs[state])
    return closure(nfa, {end for label, end in arcs if label.matches(char)})


def accepts(nfa: Nfa, text: str) -> bool:
    """Return whether the machine can be at its end when the text is.

    The time grows with the length of the text times the size of the machine, and no faster.

    >>> laugh = thompson("ha(ha)*")
    >>> [accepts(laugh, text) for text in ("ha", "hahaha", "hah", "")]
    [True, True, False, False]
    """
    states = closure(nfa, [nfa.start])
    for char in text:
        states = step(nfa, states, char)
    return nfa.end in states
