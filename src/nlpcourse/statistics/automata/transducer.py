"""A machine that reads one string and writes another, and runs backwards as well as forwards.

An arc carries a pair: what is read, and what is written; either may be nothing.  The use shown
here is that of Koskenniemi (1983) and of Kaplan and Kay (1994): between a word as a dictionary has
it, ``fox+s``, and the word as it is spelt, ``foxes``, stands a machine for the rules of spelling.

What this file does not handle: composing two transducers into one, and weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from string import ascii_lowercase
from typing import NamedTuple

from nlpcourse.statistics.automata.dfa import Dfa, compile_pattern
from nlpcourse.statistics.automata.operations import without

MOST_OUTPUTS = 10_000
"""Outputs that are followed at once."""


class Arc(NamedTuple):
    """Read one character or nothing, write one character or nothing, go on to a state."""

    read: str
    write: str
    to: int


@dataclass(frozen=True)
class Transducer:
    """A finite-state transducer that starts in state 0; ``arcs[s]`` are the arcs out of *s*."""

    arcs: tuple[tuple[Arc, ...], ...]
    accepting: frozenset[int]


def transduce(machine: Transducer, text: str) -> list[str]:
    """Return every string that a machine can write while it reads a text, in order.

    Raises:
        ValueError: more than 10,000 outputs are under way at once.

    >>> transduce(suffix_machine("s"), "fox+s"), transduce(suffix_machine("s"), "dog+s")
    (['foxes'], ['dogs'])
    """
    here = for_nothing(machine, {(0, "")})
    for char in text:
        after = {
            (arc.to, written + arc.write)
            for state, written in here
            for arc in machine.arcs[state]
            if arc.read == char
        }
        here = for_nothing(machine, after)
    return sorted(written for state, written in here if state in machine.accepting)


def for_nothing(
    machine: Transducer, here: Iterable[tuple[int, str]]
) -> set[tuple[int, str]]:
    """Return *here* and all states and outputs that are reached without reading."""
    waiting = list(here)
    found = set(waiting)
    while waiting:
        state, written = waiting.pop()
        for arc in machine.arcs[state]:
            after = (arc.to, written + arc.write)
            if not arc.read and after not in found:
                found.add(after)
                waiting.append(after)
        if len(found) > MOST_OUTPUTS:
            raise ValueError(
                f"more than {MOST_OUTPUTS:,} outputs at once; is there a circle of "
                "arcs that read nothing?"
            )
    return found


def invert(machine: Transducer) -> Transducer:
    """Return the machine that reads what the other writes and writes what the other reads.

    >>> transduce(invert(suffix_machine("s")), "foxes")
    ['fox+s', 'foxe+s']
    """
    swapped = (
        tuple(Arc(arc.write, arc.read, arc.to) for arc in arcs)
        for arcs in machine.arcs
    )
    return Transducer(tuple(swapped), machine.accepting)


class Rule(NamedTuple):
    """Stems that match ``before`` and then ``cut`` lose the cut and end in ``written``."""

    before: str
    cut: str
    written: str


_CONSONANT = "[b-df-hj-np-tv-xz]"
RULES: Mapping[str, Sequence[Rule]] = {
    "s": [
        Rule("[a-z]*(s|x|z|ch|sh)", "", "es"),  # fox: foxes
        Rule(f"[a-z]*{_CONSONANT}", "y", "ies"),  # city: cities
    ],
    "ed": [
        Rule("[a-z]*", "e", "ed"),  # bake: baked
        Rule(f"[a-z]*{_CONSONANT}", "y", "ied"),  # try: tried
    ],
    "ing": [
        Rule("[a-z]*", "ie", "ying"),  # lie: lying
        Rule(
            "[a-z]*[a-df-hj-np-xz]", "e", "ing"
        ),  # bake: baking, but seeing, dyeing
    ],
}
"""The spelling rules of three English suffixes; every other stem takes the suffix as it is."""


def suffix_machine(suffix: str, rules: Sequence[Rule] | None = None) -> Transducer:
    """Return the machine that spells a stem with a suffix, such as ``city+s``.

    One branch for each rule, and one for the stems that no rule speaks of.

    Args:
        suffix: lower-case letters.
        rules: which stems change, and how; those of English for ``s``, ``ed`` and ``ing``.

    Raises:
        ValueError: the suffix has no rules here, or a rule's pattern is not well formed.
    """
    if rules is None and suffix not in RULES:
        raise ValueError(
            f"no rules for the suffix {suffix!r}; give some, or take one of "
            f"{', '.join(RULES)}"
        )
    rules = RULES[suffix] if rules is None else rules
    others = compile_pattern("[a-z]+")
    branches = []
    for rule in rules:
        stems = compile_pattern(rule.before)
        branches.append((stems, rule.cut + "+" + suffix, rule.written))
        others = without(others, compile_pattern(f"({rule.before}){rule.cut}"))
    branches.append((others, "+" + suffix, suffix))
    arcs: list[list[Arc]] = [[]]
    ends = [add_branch(arcs, *branch) for branch in branches]
    return Transducer(tuple(map(tuple, arcs)), frozenset(ends))


def add_branch(arcs: list[list[Arc]], stems: Dfa, read: str, write: str) -> int:
    """Add states that copy a stem and then read one string and write another; return the last."""
    base = len(arcs)
    arcs[0].append(Arc("", "", base))
    for row in stems.table:
        copied = ((c, row[stems.column.get(c, 0)]) for c in ascii_lowercase)
        arcs.append([Arc(c, c, base + after) for c, after in copied])
    pairs = list(zip_longest(read[::-1], write[::-1], fillvalue=""))[::-1]
    entries = [base + state for state in stems.accepting]
    for one, other in pairs:
        arcs.append([])
        for state in entries:
            arcs[state].append(Arc(one, other, len(arcs) - 1))
        entries = [len(arcs) - 1]
    return len(arcs) - 1
