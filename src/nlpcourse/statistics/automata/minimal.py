"""The smallest machine: merge the states that no text tells apart.

The algorithm is Moore's (1956): start from two groups, where a text may end and where not, and
split a group as long as a character leads its members into different groups.  Hopcroft's (1971)
splits in a cleverer order and needs n log n steps instead of n squared; the result is the same.

The states are then numbered in the order in which they are met from the start, and characters that
behave alike everywhere share a column.  So two patterns have the same language exactly when their
machines are *equal*: nothing is left to choose.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from nlpcourse.statistics.automata.dfa import MOST_STATES, Dfa, compile_pattern


def refine(dfa: Dfa) -> list[int]:
    """Return for each state the number of its group, when no group can be split any more.

    >>> refine(compile_pattern("ab|cb"))
    [0, 1, 2, 2, 3, 3]
    """
    group = numbered([state in dfa.accepting for state in range(len(dfa.table))])
    while True:
        looks = [
            (group[state], *(group[after] for after in row))
            for state, row in enumerate(dfa.table)
        ]
        finer = numbered(looks)
        if max(finer) == max(group):
            return group
        group = finer


def numbered(items: Sequence[Hashable]) -> list[int]:
    """Return a number for each item, the same for equal ones, in the order of their coming.

    >>> numbered("abca")
    [0, 1, 2, 0]
    """
    number: dict[Hashable, int] = {}
    return [number.setdefault(item, len(number)) for item in items]


def minimize(dfa: Dfa) -> Dfa:
    """Return the smallest complete machine for the same texts, in its one normal form.

    >>> one, other = (minimize(compile_pattern(p)) for p in ("(a|b)*", "(a*b*)*"))
    >>> one == other
    True
    """
    group = refine(dfa)
    some = {group[state]: state for state in reversed(range(len(dfa.table)))}
    column, kept = _fewest_columns(dfa, group)
    number, table = {group[0]: 0}, []
    for g in (queue := [group[0]]):  # grows while it is read
        after = [group[dfa.table[some[g]][k]] for k in kept]
        queue += [h for h in dict.fromkeys(after) if h not in number]
        for h in after:
            number.setdefault(h, len(number))
        table.append(after)
    rows = tuple(tuple(number[g] for g in row) for row in table)
    ends = {number[group[state]] for state in dfa.accepting}
    return Dfa(column, rows, frozenset(ends))


def _fewest_columns(dfa: Dfa, group: list[int]) -> tuple[dict[str, int], list[int]]:
    """Return new columns, one for characters that lead from every state into the same group.

    Also return for each new column an old one that stands for it.
    """
    lines = zip(*dfa.table, strict=True)
    alike = numbered([tuple(group[after] for after in line) for line in lines])
    new = {alike[0]: 0}
    kept, column = [0], {}
    for char in sorted(dfa.column):
        same = alike[dfa.column[char]]
        if same not in new:
            new[same] = len(new)
            kept.append(dfa.column[char])
        if new[same]:
            column[char] = new[same]
    return column, kept


def minimal(pattern: str, most_states: int = MOST_STATES) -> Dfa:
    """Return the smallest machine of a pattern.

    Raises:
        ValueError: the pattern is not well formed, or needs too many states on the way.

    >>> len(minimal("colou?r").table)
    8
    """
    return minimize(compile_pattern(pattern, most_states))
