"""A chart in the page: the reader's own grammar, the reader's own sentence, and all its trees."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from nlpcourse.page.tree import as_lists
from nlpcourse.statistics.parsing.binary import REST, Binary, binarize
from nlpcourse.statistics.parsing.cyk import Chart, fill
from nlpcourse.statistics.parsing.earley import earley, next_words
from nlpcourse.statistics.parsing.forest import Forest
from nlpcourse.statistics.parsing.grammar import Grammar, read_grammar
from nlpcourse.statistics.parsing.pcfg import log_probability
from nlpcourse.statistics.parsing.trees import Tree

TITLE = "Fill the chart, draw the trees"
DESCRIPTION = (
    "Write a grammar and a sentence. Step through the chart from single words to the whole "
    "sentence; below it stand all the trees. A symbol without a rule of its own is a word."
)
GROUCHO = """S -> NP VP
NP -> Det N | NP PP | I
VP -> V NP | VP PP
PP -> P NP
Det -> an | my
N -> elephant | pajamas
V -> shot
P -> in"""
INPUTS: list[dict[str, Any]] = [
    {
        "name": "grammar",
        "type": "textarea",
        "label": "Grammar",
        "value": GROUCHO,
        "maxlength": 4000,
        "help": "One category a line; | between ways to make it, ε for nothing, [0.3] for a "
        "probability",
    },
    {
        "name": "sentence",
        "type": "text",
        "label": "Sentence",
        "value": "I shot an elephant in my pajamas",
        "maxlength": 200,
    },
]

WORDS, RULES, DRAWN, STEPS = 12, 200, 12, 50_000
"""Words of a sentence, rules of a grammar, trees that are drawn, and steps of the search."""

View = dict[str, Any]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Fill the chart of a sentence, and draw its trees.

    Args:
        inputs: ``grammar`` and ``sentence``; see ``INPUTS``.
        resources: none are needed.

    >>> run({"grammar": "S -> a S | a", "sentence": "a a"}, {})["summary"]
    'The sentence has 1 tree.'
    """
    try:
        grammar = read_grammar(_clean(str(inputs.get("grammar", ""))[:4000]))
    except ValueError as error:
        return _told(f"No grammar: {error}.")
    words = _clean(str(inputs.get("sentence", ""))).split()
    if len(grammar.rules) > RULES:
        return _told(
            f"The page takes {RULES} rules, and there are {len(grammar.rules)}."
        )
    if len(words) > WORDS:
        return _told(
            f"The page takes {WORDS} words, and there are {len(words)}. Try a shorter one."
        )
    binary = binarize(grammar)
    chart = fill(words, binary)
    forest = Forest(words, grammar, chart, binary.empty)
    views = [_filling(words, chart, binary)] if words else []
    number = forest.count()
    if not number:
        return _told(_refused(words, grammar), *views)
    trees = list(islice(forest.trees(STEPS), DRAWN + 1))
    return _told(_accepted(number, trees), *views, *_drawn(trees, grammar))


def _clean(text: str) -> str:
    """Return a text that can be sent and shown; quotes of code would end the code."""
    return text.encode("utf-8", "replace").decode().replace("`", "ˋ")


def _told(message: str, *views: View) -> dict[str, Any]:
    """Return a message and views below it."""
    return {
        "views": [{"kind": "text", "text": message}, *views],
        "summary": message,
    }


def _accepted(number: float, trees: Sequence[Tree]) -> str:
    if math.isinf(number):
        return (
            "The sentence has infinitely many trees, because a category can consist of itself "
            f"alone. At most {DRAWN} are drawn, of those in which no part holds itself."
        )
    said = f"The sentence has {number:,} tree{'s' * (number != 1)}."
    return said + f" The first {DRAWN} are drawn." * (len(trees) > DRAWN)


def _refused(words: Sequence[str], grammar: Grammar) -> str:
    """Say how far the sentence is one of the grammar, and how it could go on there."""
    columns = earley(words, grammar)
    reached = max(j for j, column in enumerate(columns) if column)
    known = next_words(columns[reached], grammar)
    shown = ", ".join(f"`{word}`" for word in known[:8]) + ", …" * (len(known) > 8)
    said = "The sentence has no tree."
    if not words:
        said = "There is no sentence yet, and this grammar has no empty one."
    elif reached < len(words):
        said += f" Nothing goes on with `{words[reached]}`, word {reached + 1}."
    elif known:
        said += " It is not complete."
    if known:
        return f"{said} Here the grammar expects {shown}."
    return f"{said} The grammar expects no word here."


def _shown(symbols: set[str], grammar: Grammar) -> str:
    """Return the categories of a cell, then the rests of rules, as `N+PP`."""
    order = {name: n for n, name in enumerate(grammar.categories)}
    found = [symbol for symbol in symbols if symbol in order or REST in symbol]
    found.sort(key=lambda s: (REST in s, order.get(s, 0), s))
    return " ".join(symbol.replace(REST, "+") for symbol in found)


def _filling(words: Sequence[str], chart: Chart, binary: Binary) -> View:
    """Return the chart as steps, one for each length of span."""
    n, steps = len(words), []
    cells = {
        (i, j): _shown(chart[i, j], binary.grammar)
        for i in range(n)
        for j in range(i + 1, n + 1)
    }
    columns = ["from ↓ to →", *(f"{j} {word}" for j, word in enumerate(words, 1))]
    for length in range(1, n + 1):
        found = [
            f"`{' '.join(words[i : i + length])}` is {cells[i, i + length]}"
            for i in range(n - length + 1)
            if cells[i, i + length]
        ]
        rows = [
            [f"{i + 1} {word}"]
            + [
                (cells[i, j] or "–") if 0 < j - i <= length else ""
                for j in range(1, n + 1)
            ]
            for i, word in enumerate(words)
        ]
        of = "one word" if length == 1 else f"{length} words"
        said = "; ".join(found) if found else "none is anything"
        steps.append(
            {
                "caption": f"Spans of {of}: {said}.",
                "views": [{"kind": "table", "columns": columns, "rows": rows}],
            }
        )
    return {
        "kind": "steps",
        "title": "The chart, short spans first",
        "steps": steps,
        "alt": " ".join(str(step["caption"]) for step in steps),
    }


def _drawn(trees: Sequence[Tree], grammar: Grammar) -> list[View]:
    """Return the trees as drawings; with their probabilities where all rules have one."""
    weighed = all(rule.probability is not None for rule in grammar.rules)
    scored = [(log_probability(t, grammar) if weighed else 0.0, t) for t in trees]
    scored.sort(key=lambda pair: -pair[0])
    views = []
    for k, (score, tree) in enumerate(scored[:DRAWN], start=1):
        title = f"Tree {k}" + f", probability {math.exp(score):.3g}" * weighed
        drawing = {"kind": "tree", "tree": as_lists(tree.label, tree.parts)}
        views.append({**drawing, "title": title, "alt": f"{title}: {tree}"})
    return views
