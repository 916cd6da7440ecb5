"""A pattern becomes machines in the page, and a text is stepped through one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpcourse.statistics.automata.dfa import (
    Dfa,
    accepts,
    determinize,
    trace,
)
from nlpcourse.statistics.automata.graphs import (
    dfa_graph,
    nfa_graph,
    shown_numbers,
)
from nlpcourse.statistics.automata.minimal import minimize
from nlpcourse.statistics.automata.nfa import Nfa, closure, step, thompson
from nlpcourse.statistics.automata.operations import shortest
from nlpcourse.statistics.automata.patterns import outline, parse

TITLE = "From a pattern to a machine"
DESCRIPTION = (
    "Your pattern is turned into three machines for the same texts. Choose one, and step through "
    "it with a text, one character at a time. The states where the machine may be are filled."
)
MINIMAL, SUBSETS, THOMPSON = "minimal", "dfa", "nfa"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "pattern",
        "type": "text",
        "label": "Pattern",
        "value": "ha(ha)*",
        "maxlength": 200,
        "help": "Characters, ( ) | * + ? {2,4} [a-z] [^a-z] . \\d \\w \\s",
    },
    {
        "name": "text",
        "type": "text",
        "label": "Text",
        "value": "hahah",
        "maxlength": 200,
    },
    {
        "name": "machine",
        "type": "select",
        "label": "Machine",
        "options": [
            (MINIMAL, "the smallest DFA"),
            (SUBSETS, "DFA, by the subset construction"),
            (THOMPSON, "NFA, by Thompson's construction"),
        ],
        "value": MINIMAL,
    },
]

MOST_STATES = 300
"""States that the subset construction may make in the page."""

DRAWN = 24
"""States of a machine that is drawn; larger ones are stepped through in words."""

STEPS = 24
"""Characters that are stepped through."""

_VISIBLE = str.maketrans({"`": "ˋ", "\n": "↵", "\r": "␍", "\t": "→"})

View = dict[str, Any]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Build the three machines of a pattern, and step through one of them with a text.

    Args:
        inputs: ``pattern``, ``text`` and ``machine``; see ``INPUTS``.
        resources: none are needed.

    >>> run({"pattern": "a|b", "text": "b"}, {})["summary"][:22]
    '`a|b` accepts the text'
    """
    pattern = str(inputs.get("pattern", ""))[:200]
    text = str(inputs.get("text", ""))[:200]
    kind = str(inputs.get("machine", MINIMAL))
    try:
        nfa = thompson(pattern)
    except ValueError as error:
        return _told(f"No machine: {error}.")
    try:
        dfa = determinize(nfa, MOST_STATES)
    except ValueError as error:
        return _told(f"No DFA: {error}.", _nfa_steps(nfa, text))
    small = minimize(dfa)
    verdict = _verdict(pattern, text, small)
    if kind == THOMPSON:
        stepped = _nfa_steps(nfa, text)
    else:
        stepped = _dfa_steps(small if kind == MINIMAL else dfa, text)
    views = [stepped, _sizes(nfa, dfa, small), _tree(pattern)]
    return _told(verdict, *views)


def _told(message: str, *views: View) -> dict[str, Any]:
    """Return a message and views below it."""
    return {
        "views": [{"kind": "text", "text": message}, *views],
        "summary": message,
    }


def _shown(text: str) -> str:
    """Return a text as code, with what can't be seen made visible."""
    clean = text.encode("utf-8", "replace").decode().translate(_VISIBLE)
    return f"`{clean if clean.strip() else clean.replace(' ', '␣') or 'ε'}`"


def _verdict(pattern: str, text: str, small: Dfa) -> str:
    accepted = "accepts" if accepts(small, text) else "refuses"
    said = f"{_shown(pattern)} {accepted} the text {_shown(text)}."
    example = shortest(small)
    if example is None:
        return f"{said} No text at all is accepted."
    return f"{said} A shortest text that it accepts: {_shown(example)}."


def _states(states: list[int]) -> str:
    """Return states in words."""
    if not states:
        return "in no state: no text that begins so is accepted"
    if len(states) == 1:
        return f"in state {states[0]}"
    return "in the states " + ", ".join(map(str, states))


def _read(text: str, i: int) -> str:
    """Return what was read before a step, in words."""
    if i == 0:
        return "Nothing read yet"
    return f"After {_shown(text[i - 1])}, character {i} of {len(text)}"


def _steps(
    text: str, captions: list[str], graphs: list[View] | None, ends: list[bool]
) -> View:
    steps = []
    for i, caption in enumerate(captions):
        end = " A text may end here." if ends[i] else ""
        step_view: View = {"caption": f"{_read(text, i)}: {caption}.{end}"}
        if graphs:
            step_view["views"] = [graphs[i]]
        steps.append(step_view)
    title = "Step by step"
    if len(text) > STEPS:
        title += f", the first {STEPS} of {len(text)} characters"
    if not graphs:
        title += " (the machine has too many states to be drawn)"
    return {
        "kind": "steps",
        "title": title,
        "steps": steps,
        "alt": " ".join(str(s["caption"]) for s in steps),
    }


def _dfa_steps(dfa: Dfa, text: str) -> View:
    read = text[:STEPS]
    states, number = trace(dfa, read), shown_numbers(dfa)
    captions = [_states([number[s]] if s in number else []) for s in states]
    graphs = None
    if len(number) <= DRAWN:
        befores: list[int | None] = [None, *states[:-1]]
        graphs = [
            dfa_graph(dfa, state, before)
            for state, before in zip(states, befores, strict=True)
        ]
    return _steps(text, captions, graphs, [s in dfa.accepting for s in states])


def _nfa_steps(nfa: Nfa, text: str) -> View:
    sets = [closure(nfa, [nfa.start])]
    for char in text[:STEPS]:
        sets.append(step(nfa, sets[-1], char))
    captions = [_states(sorted(states)) for states in sets]
    graphs = None
    if len(nfa.arcs) <= DRAWN:
        graphs = [nfa_graph(nfa, states) for states in sets]
    return _steps(text, captions, graphs, [nfa.end in states for states in sets])


def _sizes(nfa: Nfa, dfa: Dfa, small: Dfa) -> View:
    rows = [
        ["NFA", len(nfa.arcs), sum(map(len, nfa.arcs)) + sum(map(len, nfa.empty))],
        ["DFA", len(dfa.table), len(dfa.table) * len(dfa.table[0])],
        ["smallest DFA", len(small.table), len(small.table) * len(small.table[0])],
    ]
    return {
        "kind": "table",
        "title": "How large the machines are, their traps included",
        "columns": ["machine", "states", "arcs"],
        "rows": rows,
        "alt": "; ".join(f"{kind}: {states} states" for kind, states, _ in rows),
    }


def _tree(pattern: str) -> View:
    lines = outline(parse(pattern))
    shown = [line.replace("  ", "\u2003").replace("`", "ˋ") for line in lines[:30]]
    more = f"\n… and {len(lines) - 30} lines more" if len(lines) > 30 else ""
    return {
        "kind": "text",
        "title": "The tree of the pattern",
        "text": "\n".join(shown) + more,
    }
