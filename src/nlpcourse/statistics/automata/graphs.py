"""Machines as graphs: plain data that the page and the chapter's figures draw."""

from __future__ import annotations

from typing import Any

from nlpcourse.statistics.automata.dfa import Dfa
from nlpcourse.statistics.automata.nfa import Nfa
from nlpcourse.statistics.automata.patterns import name

LONGEST_LABEL = 11
"""Characters of an arc's label that are shown."""

View = dict[str, Any]


def traps(dfa: Dfa) -> set[int]:
    """Return the states from which no accepting state can be reached.

    >>> traps(Dfa({"a": 1}, ((1, 2), (1, 1), (1, 1)), frozenset({2})))
    {1}
    """
    alive = set(dfa.accepting)
    grown = True
    while grown:
        more = {s for s, row in enumerate(dfa.table) if alive.intersection(row)}
        grown = not more <= alive
        alive |= more
    return set(range(len(dfa.table))) - alive


def shown_numbers(dfa: Dfa) -> dict[int, int]:
    """Return a number for each state that is drawn: those that are no traps, in order."""
    hidden = traps(dfa)
    kept = (state for state in range(len(dfa.table)) if state not in hidden)
    return {state: n for n, state in enumerate(kept)}


def _cut(label: str) -> str:
    return (
        label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
    )


def dfa_graph(
    dfa: Dfa, active: int | None = None, before: int | None = None
) -> View:
    """Return a machine as a graph without its traps, with the state and the arc just taken."""
    number, names = shown_numbers(dfa), dfa.names()
    nodes = [
        {
            "id": n,
            "start": state == 0,
            "accepting": state in dfa.accepting,
            "active": state == active,
        }
        for state, n in number.items()
    ]
    labels: dict[tuple[int, int], list[str]] = {}
    for state in number:
        for k, after in enumerate(dfa.table[state]):
            if after in number:
                labels.setdefault((state, after), []).append(names[k])
    edges = [
        {
            "from": number[one],
            "to": number[other],
            "label": _cut("any" if len(found) == len(names) else ", ".join(found)),
            "active": (one, other) == (before, active),
        }
        for (one, other), found in labels.items()
    ]
    return {"kind": "graph", "nodes": nodes, "edges": edges}


def nfa_graph(nfa: Nfa, active: frozenset[int]) -> View:
    """Return a machine as a graph, empty arcs as ε, with the states where it may be."""
    nodes = [
        {
            "id": state,
            "start": state == nfa.start,
            "accepting": state == nfa.end,
            "active": state in active,
        }
        for state in range(len(nfa.arcs))
    ]
    edges = []
    for state, arcs in enumerate(nfa.arcs):
        for label, after in arcs:
            shown = _cut(name(label.chars, label.others))
            edges.append({"from": state, "to": after, "label": shown})
        edges += [{"from": state, "to": s, "label": "ε"} for s in nfa.empty[state]]
    return {"kind": "graph", "nodes": nodes, "edges": edges}
