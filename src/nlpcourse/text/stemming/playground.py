"""Playground of chapter 03: Porter's stemmer with the rule that fires at each step."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from nlpcourse.text.stemming.porter import (
    STEPS,
    Firing,
    Rule,
    measure,
    pattern,
    trace,
)

TITLE = "Watch a word lose its endings"
DESCRIPTION = (
    "Porter's stemmer asks its tables of rules one after the other. See which rule fires on your "
    "first word, which one fits and is refused, and which of your words end up as one."
)
INPUTS = [
    {
        "name": "words",
        "type": "textarea",
        "label": "Your words",
        "value": "generalizations general generally generous oscillators hopping hoping ponies",
    },
]

MOST_WORDS = 24
LONGEST = 40  # letters of a word that are read

View = dict[str, Any]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Show the first word step by step, then every word with the rules that fired.

    >>> result = run({"words": "ponies"}, {})
    >>> result["views"][0]["steps"][1]["caption"]
    'Step 1a: `ies → i` fires.'
    """
    text = unicodedata.normalize("NFC", str(inputs.get("words", "")))
    found = [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
    if not found:
        message = "Type an English word, and the stemmer will cut its endings off."
        return {"views": [{"kind": "text", "text": message}], "summary": message}
    words = list(dict.fromkeys(word[:LONGEST] for word in found))[:MOST_WORDS]
    traces = {word: trace(word) for word in words}
    views = [_step_by_step(words[0], traces[words[0]]), _table(traces)]
    summary = _summary(traces)
    views.append({"kind": "text", "text": summary})
    if unread := _unread(found, words):
        views.append({"kind": "text", "text": unread})
    return {"views": views, "summary": summary}


def _stem(word: str, firings: list[Firing]) -> str:
    return firings[-1].after if firings else word


def _code(word: str) -> str:
    """Return the word as code; where no letter is left, say so."""
    return f"`{word}`" if word else "nothing"


def _step_by_step(word: str, firings: list[Firing]) -> View:
    """Return one step for the word as it is, and one for each table of rules."""
    steps = [
        {
            "caption": f"`{word}` with its vowels and consonants: measure {measure(word)}.",
            "views": [_letters(word)],
        }
    ]
    now = word
    for step, table in STEPS.items():
        fired = [firing for firing in firings if firing.step == step]
        if not fired:
            steps.append(
                {"caption": _idle(step, table, now), "views": [_letters(now)]}
            )
        for firing in fired:
            now = firing.after
            steps.append(
                {
                    "caption": f"Step {step}: `{firing.rule}` fires.",
                    "views": [_change(firing)],
                }
            )
    told = "; ".join(f"step {f.step}, {f.rule}, gives {f.after}" for f in firings)
    return {
        "kind": "steps",
        "title": f"`{word}`, step by step",
        "steps": steps,
        "alt": f"{word}: {told or 'no rule fires'}",
    }


def _idle(step: str, table: tuple[Rule, ...], word: str) -> str:
    """Say why no rule of a step fires: none fits, or the one that fits is refused.

    >>> _idle("4", STEPS["4"], "relate")
    'Step 4: `(m>1) ate → ∅` fits, but the stem `rel` has measure 1.'
    """
    fitting = [rule for rule in table if word.endswith(rule.suffix)]
    if not fitting:
        return f"Step {step}: no rule has an ending of `{word}`."
    rule = max(fitting, key=lambda one: len(one.suffix))
    stem = word[: len(word) - len(rule.suffix)]
    if not stem:
        return f"Step {step}: `{rule}` fits, but nothing would be left."
    reason = "no vowel" if rule.told == "*v*" else f"measure {measure(stem)}"
    if rule.suffix == "ion" and measure(stem) > 1:
        reason = "no s or t at its end"
    if rule.suffix == "e" and measure(stem) == 1:
        reason += " and ends like `hop`"
    return f"Step {step}: `{rule}` fits, but the stem `{stem}` has {reason}."


def _letters(word: str) -> View:
    """Show a word letter by letter, vowels in another colour, over v and c."""
    tokens = [
        {"text": letter, "label": kind, "group": 1 if kind == "v" else 0}
        for letter, kind in zip(word, pattern(word), strict=True)
    ]
    return {"kind": "tokens", "tokens": tokens, "alt": f"{word}: {pattern(word)}"}


def _change(firing: Firing) -> View:
    """Show what stays, what goes and what comes."""
    rule = firing.rule
    kept = firing.before[: len(firing.before) - len(rule.suffix)]
    tokens = [{"text": kept, "label": "stays", "group": 0}] if kept else []
    if rule.suffix:
        tokens.append({"text": rule.suffix, "label": "goes", "group": 1})
    if rule.replacement:
        tokens.append({"text": rule.replacement, "label": "comes", "group": 2})
    tokens.append({"text": firing.after, "label": "is left"})
    return {
        "kind": "tokens",
        "tokens": tokens,
        "alt": f"{firing.before} becomes {firing.after}",
    }


def _table(traces: Mapping[str, list[Firing]]) -> View:
    """Show every word, its stem, and the rules that fired on it."""
    rows = []
    for word, firings in traces.items():
        told = ", ".join(f"{f.step} `{_short(f.rule)}`" for f in firings)
        rows.append([f"`{word}`", _code(_stem(word, firings)), told or "none"])
    return {
        "kind": "table",
        "title": "All your words, and the rules that fired",
        "columns": ["word", "stem", "rules"],
        "rows": rows,
        "alt": "; ".join(f"{w}: {_stem(w, f)}" for w, f in traces.items()),
    }


def _short(rule: Rule) -> str:
    """Write a rule without its condition; a line does not break within it."""
    return f"{rule.suffix or '…'}\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}{rule.replacement or '∅'}"


def _summary(traces: Mapping[str, list[Firing]]) -> str:
    """Say which words now share a stem."""
    groups: dict[str, list[str]] = {}
    for word, firings in traces.items():
        groups.setdefault(_stem(word, firings), []).append(word)
    n, s = len(traces), len(groups)
    if n == 1:
        ((stem, (word,)),) = groups.items()
        return f"`{word}` is left as {_code(stem)}."
    told = [
        f"{_code(stem)} stands for {', '.join(f'`{w}`' for w in words)}"
        for stem, words in groups.items()
        if len(words) > 1
    ]
    joined = "; ".join(told) or "no two of them meet"
    return f"{n} words, {s} stem{'s' if s > 1 else ''}: {joined}."


def _unread(found: list[str], words: list[str]) -> str:
    """Say what was not read, or what Porter's rules know nothing of."""
    if any(len(word) > LONGEST for word in found):
        return f"Of a very long word the first {LONGEST} letters were read."
    if len(dict.fromkeys(found)) > MOST_WORDS:
        return f"The first {MOST_WORDS} words were read."
    odd = [word for word in words if not word.isascii()]
    if odd:
        return (
            f"`{odd[0]}` has letters outside a to z. Porter's rules take them for consonants: "
            "they were written for English."
        )
    return ""
