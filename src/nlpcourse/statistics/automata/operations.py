"""Machines out of machines: both, either, one without the other, not; and questions to them.

Regular languages are closed under all of these (Rabin and Scott 1959): run two machines side by
side, and say at the end what counts.
"""

from __future__ import annotations

from collections.abc import Callable

from nlpcourse.statistics.automata.dfa import MOST_STATES, Dfa, compile_pattern
from nlpcourse.statistics.automata.minimal import minimize


def product(
    one: Dfa,
    other: Dfa,
    counts: Callable[[bool, bool], bool],
    most_states: int = MOST_STATES,
) -> Dfa:
    """Return a machine that runs two others side by side.

    Args:
        one: the first machine.
        other: the second.
        counts: whether a text counts, given whether the first and the second accept it.
        most_states: how many pairs of states to make before giving up.

    Raises:
        ValueError: more pairs of states are needed than *most_states*.
    """
    chars = sorted({*one.column, *other.column})
    pairs = [(one.column.get(c, 0), other.column.get(c, 0)) for c in chars]
    kept = list(dict.fromkeys([(0, 0), *pairs]))
    column = {c: kept.index(p) for c, p in zip(chars, pairs, strict=True)}
    number, table = {(0, 0): 0}, []
    for s, t in (queue := [(0, 0)]):
        row = [(one.table[s][i], other.table[t][j]) for i, j in kept]
        for pair in row:
            if pair not in number:
                if len(number) >= most_states:
                    raise ValueError(
                        f"the two machines together need more than {most_states:,} states"
                    )
                number[pair] = len(number)
                queue.append(pair)
        table.append(tuple(number[pair] for pair in row))
    ends = {
        k
        for (s, t), k in number.items()
        if counts(s in one.accepting, t in other.accepting)
    }
    return Dfa(
        {c: k for c, k in column.items() if k}, tuple(table), frozenset(ends)
    )


def both(one: Dfa, other: Dfa) -> Dfa:
    """Return the smallest machine for the texts that both accept."""
    return minimize(product(one, other, lambda a, b: a and b))


def without(one: Dfa, other: Dfa) -> Dfa:
    """Return the smallest machine for the texts that the first accepts and the second does not."""
    return minimize(product(one, other, lambda a, b: a and not b))


def shortest(dfa: Dfa) -> str | None:
    """Return a shortest text that a machine accepts, of these the first by its characters.

    A character that the machine does not name is shown as one that no pattern of it names.
    Where the machine accepts nothing, the answer is None.

    >>> shortest(compile_pattern("b+|ca*")), shortest(without(*[compile_pattern("a")] * 2))
    ('b', None)
    """
    sample = {k: char for char, k in sorted(dfa.column.items(), reverse=True)}
    sample[0] = next(c for c in _strangers() if c not in dfa.column)
    order = sorted(sample, key=lambda k: (k == 0, sample[k]))
    before: dict[int, tuple[int, str] | None] = {0: None}
    for state in (queue := [0]):
        if state in dfa.accepting:
            return _way(before, state)
        for k in order:
            after = dfa.table[state][k]
            if after not in before:
                before[after] = (state, sample[k])
                queue.append(after)
    return None


def _strangers() -> list[str]:
    """Return characters one of which no machine is likely to name."""
    return ["#", *map(chr, range(0xA1, 0x2_0000))]


def _way(before: dict[int, tuple[int, str] | None], state: int) -> str:
    """Return the characters that lead to a state, read backwards from it."""
    text = ""
    while (step := before[state]) is not None:
        state, char = step
        text = char + text
    return text


def counterexample(pattern: str, other: str) -> str | None:
    """Return a shortest text that one of two patterns accepts and the other does not.

    None means that the patterns have the same language.

    Raises:
        ValueError: a pattern is not well formed, or they need too many states.

    >>> counterexample("(a|b)*", "(a*b*)*"), counterexample("a*", "a+")
    (None, '')
    """
    machines = compile_pattern(pattern), compile_pattern(other)
    return shortest(product(*machines, lambda a, b: a != b))
