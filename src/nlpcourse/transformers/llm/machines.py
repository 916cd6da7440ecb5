"""Machines that say how a text may go on: an automaton, a grammar, and what they allow of tokens.

A machine reads characters, a model writes tokens of several characters.  A token is allowed where
the machine, having read all its characters, can still reach an end.

Standard library alone, so that it also runs in the page.

Source: Willard and Louf (2023), section 3, for automata.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nlpcourse.statistics.automata.dfa import MOST_STATES, Dfa
from nlpcourse.statistics.automata.graphs import traps
from nlpcourse.statistics.automata.minimal import minimal
from nlpcourse.statistics.parsing.earley import earley
from nlpcourse.statistics.parsing.grammar import Grammar


class Machine(Protocol):
    """What a constraint must be able to say."""

    @property
    def start(self) -> Hashable:
        """The state before the first character."""

    def after(self, state: Hashable, char: str) -> Hashable | None:
        """Return the state after one more character; None where no end can be reached."""

    def may_end(self, state: Hashable) -> bool:
        """Return whether the text may end here."""


class Pattern:
    """A regular expression of chapter 07 as a constraint.

    >>> yes_no = Pattern("yes|no")
    >>> walk(yes_no, 0, "ye") is not None, walk(yes_no, 0, "yo")
    (True, None)
    """

    def __init__(self, pattern: str, most_states: int = MOST_STATES) -> None:
        """Make the smallest machine.

        Raises:
            ValueError: the pattern is not well formed, needs too many states, or no text fits it.
        """
        self.dfa: Dfa = minimal(pattern, most_states)
        self.traps = traps(self.dfa)
        if 0 in self.traps:
            raise ValueError(f"no text fits {pattern!r}")

    start = 0

    def after(self, state: Hashable, char: str) -> Hashable | None:
        """Look into the table, and refuse a trap."""
        if not isinstance(state, int) or not 0 <= state < len(self.dfa.table):
            raise ValueError(f"{state!r} is no state of this machine; begin with 0")
        found = self.dfa.table[state][self.dfa.column.get(char, 0)]
        return None if found in self.traps else found

    def may_end(self, state: Hashable) -> bool:
        """Return whether the state accepts."""
        return state in self.dfa.accepting


class Sentences:
    """A grammar of chapter 08, whose words are characters, as a constraint.

    The state is all that was read: Earley's last column says whether it can go on.

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> nested = Sentences(read_grammar("S -> a S b | c"))
    >>> walk(nested, "", "aac"), walk(nested, "", "ab")
    ('aac', None)
    """

    start = ""

    def __init__(self, grammar: Grammar) -> None:
        """Keep the grammar.

        Raises:
            ValueError: one of its words has several characters.
        """
        if long := sorted(w for w in grammar.words if len(w) != 1):
            raise ValueError(f"{long[0]!r} is no single character; spell words out")
        self.grammar = grammar

    def after(self, state: Hashable, char: str) -> Hashable | None:
        """Read everything again with one character more."""
        text = f"{state}{char}"
        return text if earley(text, self.grammar)[-1] else None

    def may_end(self, state: Hashable) -> bool:
        """Return whether the start symbol is complete."""
        return any(
            item.next is None
            and item.start == 0
            and item.rule.left == self.grammar.start
            for item in earley(str(state), self.grammar)[-1]
        )


def walk(machine: Machine, state: Hashable, text: str) -> Hashable | None:
    """Return the state after a text, or None where no end can be reached any more."""
    current: Hashable | None = state
    for char in text:
        if current is None:
            return None
        current = machine.after(current, char)
    return current


def allowed(
    machine: Machine, state: Hashable, vocabulary: Sequence[str]
) -> list[int]:
    """Return the numbers of the tokens that may come next.

    Args:
        machine: the constraint.
        state: where the text so far has led.
        vocabulary: the text of each token; an empty one is never allowed.

    >>> allowed(Pattern("(ha)+"), 0, ["h", "ha", "hah", "a", "hh", ""])
    [0, 1, 2]
    """
    return [
        number
        for number, text in enumerate(vocabulary)
        if text and walk(machine, state, text) is not None
    ]


@dataclass
class Trie:
    """Tokens by their characters: what begins alike is walked once.

    Attributes:
        numbers: of the tokens that end here.
        branches: by the next character.
    """

    numbers: list[int] = field(default_factory=list)
    branches: dict[str, Trie] = field(default_factory=dict)

    @classmethod
    def of(cls, vocabulary: Sequence[str]) -> Trie:
        """Sort a vocabulary into a tree; empty tokens are left out."""
        root = cls()
        for number, text in enumerate(vocabulary):
            node = root
            for char in text:
                node = node.branches.setdefault(char, cls())
            if text:
                node.numbers.append(number)
        return root


def allowed_fast(machine: Machine, state: Hashable, trie: Trie) -> list[int]:
    """Return what :func:`allowed` returns, without a second look at a dead beginning.

    >>> allowed_fast(Pattern("(ha)+"), 0, Trie.of(["h", "ha", "hah", "a", "hh", ""]))
    [0, 1, 2]
    """
    found: list[int] = []
    todo = [(state, trie)]
    while todo:
        here, node = todo.pop()
        for char, branch in node.branches.items():
            after = machine.after(here, char)
            if after is not None:
                found += branch.numbers
                todo.append((after, branch))
    return sorted(found)


Chances = Callable[[tuple[int, ...]], Sequence[float]]
"""A toy model: tokens so far → probability of each next token, the end being the last of them."""


def by_mask(
    chances: Chances, machine: Machine, vocabulary: Sequence[str], longest: int
) -> dict[str, float]:
    """Return the probability of every text when each step is masked, by trying all of them.

    Args:
        chances: the model; its last entry is the end of the text.
        machine: the constraint.
        vocabulary: the text of each token but the end.
        longest: tokens of a text at most; the rest is left out.
    """
    found: dict[str, float] = {}
    todo: list[tuple[tuple[int, ...], Hashable, float]] = [((), machine.start, 1.0)]
    while todo:
        ids, state, reached = todo.pop()
        next_ones = chances(ids)
        tokens = allowed(machine, state, vocabulary)
        over = [len(vocabulary)] if machine.may_end(state) else []
        total = sum(next_ones[n] for n in [*tokens, *over])
        if total <= 0:
            continue
        for n in over:
            text = "".join(vocabulary[k] for k in ids)
            found[text] = found.get(text, 0.0) + reached * next_ones[n] / total
        for n in tokens if len(ids) < longest else []:
            after = walk(machine, state, vocabulary[n])
            assert after is not None
            todo.append(((*ids, n), after, reached * next_ones[n] / total))
    return found


def by_filter(
    chances: Chances,
    accepts: Callable[[str], bool],
    vocabulary: Sequence[str],
    longest: int,
) -> dict[str, float]:
    """Return the probability of every accepted text when whole texts are drawn until one fits.

    Args:
        chances: the model; its last entry is the end of the text.
        accepts: whether a whole text fits.
        vocabulary: the text of each token but the end.
        longest: tokens of a text at most; the rest is left out.

    Raises:
        ValueError: no text fits.
    """
    found: dict[str, float] = {}
    todo: list[tuple[tuple[int, ...], float]] = [((), 1.0)]
    while todo:
        ids, reached = todo.pop()
        next_ones = chances(ids)
        text = "".join(vocabulary[k] for k in ids)
        if accepts(text):
            found[text] = found.get(text, 0.0) + reached * next_ones[-1]
        if len(ids) < longest:
            todo += [
                ((*ids, n), reached * next_ones[n]) for n in range(len(vocabulary))
            ]
    total = sum(found.values())
    if total <= 0:
        raise ValueError(f"no text of {longest} tokens fits; allow longer ones")
    return {text: chance / total for text, chance in found.items()}
