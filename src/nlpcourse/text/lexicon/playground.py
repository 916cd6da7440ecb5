"""VADER in the page: the rules that fire on the reader's sentence, and what each of them does.

The page gets the lexicon's words with their valences and the names of emoji; the rules are the
chapter's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nlpcourse.text.lexicon.table import polarity
from nlpcourse.text.lexicon.vader import RULES, Analysis, analyse

TITLE = "Which rules fire on your sentence?"
DESCRIPTION = (
    "Type a sentence. Words that the lexicon holds get their valence, the words around them change "
    "it, and the sum becomes a score. Then leave a rule out, or try to fool it: say something bad "
    "in kind words."
)
ALL = "all rules"
NAMES = {
    "capitals": "capitals: GOOD is louder than good",
    "degree": "degree: very, slightly",
    "negation": "negation: not, never, without",
    "idiom": "idioms: to die for, kind of",
    "but": "but: what follows it counts more",
    "punctuation": "punctuation: ! and ??",
}
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your sentence",
        "value": "The plot isn't very original, but the acting is REALLY good!! 😍",
        "maxlength": 600,
    },
    {
        "name": "off",
        "type": "select",
        "label": "Leave out",
        "options": [("", "nothing: " + ALL), *NAMES.items()],
        "value": "",
    },
]
LEXICON = "vader-lexicon.json"
SHOWN = 24
"""Rows and bars at most."""
LONGEST = 600
"""Characters that are read."""

View = dict[str, Any]


def _pack() -> bytes:
    """Return the lexicon and the names of emoji, out of their asset."""
    from nlpcourse import corpora

    found = corpora.vader_lexicon()
    packed = {"valence": found.valence, "emoji": found.emoji}
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


RESOURCES = {LEXICON: _pack}


@lru_cache(maxsize=2)
def _unpack(packed: bytes) -> tuple[dict[str, float], dict[str, str]]:
    found = json.loads(packed)
    return found["valence"], found["emoji"]


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Score the reader's sentence and show every rule that fired.

    Args:
        inputs: ``text``, and in ``off`` the name of a rule to leave out.
        resources: the packed lexicon.
    """
    text = str(inputs.get("text", ""))[:LONGEST]
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    off = [name for name in (str(inputs.get("off", "")),) if name in RULES]
    valence, emoji = _unpack(resources[LEXICON])
    found = analyse(text, valence, emoji, off)
    if not any(found.steps):
        known = "Try good, awful, :) or LOL." if found.words else "Type one."
        message = (
            "The lexicon holds no word of your sentence, so its score is 0 and VADER calls it "
            f"neutral, whatever you meant. {known}"
        )
        views: list[View] = [{"kind": "text", "text": message}]
        return {"views": views, "summary": message}
    full = analyse(text, valence, emoji).compound
    verdict = _verdict(found, off, full)
    views = [{"kind": "text", "text": verdict}, _tokens(found), _bars(found)]
    if table := _table(found):
        views.append(table)
    return {"views": views, "summary": _arithmetic(found)}


def _signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign.

    >>> _signed(-0.5), _signed(1)
    ('−0.50', '+1.00')
    """
    return f"{value:+.{digits}f}".replace("-", "−")


def _quoted(text: str) -> str:
    return "`" + text.replace("`", "ˋ") + "`"


def _verdict(found: Analysis, off: list[str], full: float) -> str:
    name = {1: "positive", -1: "negative", 0: "neutral"}[polarity(found.compound)]
    text = f"VADER calls this {name}: its score is {_signed(found.compound, 4)}."
    if off:
        text += (
            f" With all rules it is {_signed(full, 4)}."
            if full != found.compound
            else f" The rule you left out ({off[0]}) has nothing to do here."
        )
    return text


def _causes(found: Analysis) -> dict[str, str]:
    """Return which lower-case words of the sentence made a rule fire, and which rule."""
    causes: dict[str, str] = {}
    for steps in found.steps:
        for step in steps[1:]:
            if step.rule in ("degree", "negation"):
                causes.setdefault(step.cause.split()[0].lower(), step.rule)
    return causes


def _tokens(found: Analysis) -> View:
    causes = _causes(found)
    tokens: list[View] = []
    for word, steps, value in zip(
        found.words, found.steps, found.valences, strict=True
    ):
        token: View = {"text": word}
        if steps:
            token["label"] = _signed(value)
            token["group"] = 0 if value > 0 else 1 if value < 0 else 3
        elif word.lower() in causes or word.lower() == "but":
            token["label"] = causes.get(word.lower(), "but")
            token["group"] = 2
        tokens.append(token)
    return {
        "kind": "tokens",
        "title": "Your sentence as VADER reads it",
        "tokens": tokens,
        "alt": "; ".join(
            f"{token['text']} {token['label']}"
            for token in tokens
            if "label" in token
        ),
    }


def _bars(found: Analysis) -> View:
    items: list[View] = []
    for word, steps, value in zip(
        found.words, found.steps, found.valences, strict=True
    ):
        if steps:
            item = {"label": _quoted(word), "value": round(value, 3)}
            if round(value, 6) != round(steps[0].valence, 6):
                item["note"] = f"in the lexicon {_signed(steps[0].valence, 1)}"
            items.append(item)
    items = sorted(items, key=lambda item: -abs(item["value"]))[:SHOWN]
    marks = found.total - sum(found.valences)
    if abs(marks) > 1e-9:
        items.append({"label": "punctuation", "value": round(marks, 3)})
    items.append(
        {
            "label": "sum",
            "value": round(found.total, 3),
            "note": f"squashed: {_signed(found.compound, 4)}",
        }
    )
    return {
        "kind": "bars",
        "title": "What adds up: right is positive, left is negative",
        "unit": "valence",
        "items": items,
        "alt": "; ".join(
            f"{item['label'].strip('`')} {_signed(item['value'])}" for item in items
        ),
    }


def _table(found: Analysis) -> View | None:
    """Return the rules that fired, word by word; nothing where none did."""
    rows: list[list[Any]] = []
    for word, steps, value in zip(
        found.words, found.steps, found.valences, strict=True
    ):
        for step in steps[1:]:
            rows.append(
                [
                    _quoted(word),
                    step.rule,
                    _quoted(step.cause),
                    _signed(step.valence),
                ]
            )
        if steps and abs(value - steps[-1].valence) > 1e-9:
            rows.append([_quoted(word), "but", "`but`", _signed(value)])
    if not rows:
        return None
    rest = f" (the first {SHOWN})" if len(rows) > SHOWN else ""
    return {
        "kind": "table",
        "title": f"The rules that fired, in order{rest}",
        "columns": ["word", "rule", "because of", "valence then"],
        "rows": rows[:SHOWN],
        "alt": "For each rule the word it changed, what made it fire, and the valence then.",
    }


def _arithmetic(found: Analysis) -> str:
    """Say how the score came about: the text alternative of the whole."""
    spoken = sum(1 for steps in found.steps if steps)
    fired = sum(len(steps) - 1 for steps in found.steps if steps)
    words = "1 word has" if spoken == 1 else f"{spoken} words have"
    rules = "1 rule" if fired == 1 else f"{fired} rules"
    return (
        f"{words} a valence, {rules} changed one, and the sum {_signed(found.total)} becomes "
        f"{_signed(found.compound, 4)}."
    )
