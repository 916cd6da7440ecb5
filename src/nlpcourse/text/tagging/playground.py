"""The tagger in the page: a tag for every word, how far ahead it was, and which clues chose it.

The page gets the large weights of the stored tagger, and how often a tag with a given lead was
right; the tagger itself is the chapter's own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.text.tagging.brown_tags import meaning
from nlpcourse.text.tagging.mistakes import trust
from nlpcourse.text.tagging.packed import pack, slim, unpack
from nlpcourse.text.tagging.perceptron import Decision, PerceptronTagger
from nlpcourse.text.tokenization.words import words as cut

TITLE = "Which tag, and why?"
DESCRIPTION = (
    "Type a sentence. Each word gets the tag whose clues add up to the most. The word that the "
    "tagger doubts most is opened below; name another to see its clues. Try to fool it: one word "
    "in two roles, or a word that you made up."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your sentence",
        "value": "They refuse to permit us to obtain the refuse permit.",
        "maxlength": 400,
    },
    {
        "name": "word",
        "type": "text",
        "label": "Word to open (empty: the most doubtful)",
        "value": "",
        "maxlength": 40,
    },
]
MODEL, TRUST = "tagger.bin", "tagger-trust.json"
LEAST, STEPS = 2.0, 1
"""Weights below LEAST stay out of the page, the others are whole numbers: a twelfth of the size."""
LONGEST, SHOWN, CLUES = 60, 5, 12
"""Words, tags and clues at most."""

View = dict[str, Any]


def _slim() -> PerceptronTagger:
    from nlpcourse.text.tagging.recipes import stored_tagger

    return slim(stored_tagger(), LEAST, STEPS)


def _pack() -> bytes:
    return pack(_slim(), STEPS)


def _trust() -> bytes:
    """Return how often the page's tagger was right, by lead, on a fifth of the test sentences."""
    from nlpcourse.text.tagging.recipes import brown_split

    tagger = _slim()
    leads, right = [], []
    for sentence in brown_split()[1][::5]:
        for (_, truth), found in zip(
            sentence, tagger.decide([word for word, _ in sentence]), strict=True
        ):
            if found.clues:
                leads.append(found.lead)
                right.append(found.tag == truth)
    return json.dumps(trust(leads, right)).encode()


RESOURCES = {MODEL: _pack, TRUST: _trust}


@lru_cache(maxsize=2)
def _unpack(packed: bytes) -> PerceptronTagger:
    return unpack(packed)


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Tag the reader's sentence and open one word.

    Args:
        inputs: ``text``, and in ``word`` the word to open.
        resources: the packed tagger, and how far its leads can be trusted.
    """
    text = str(inputs.get("text", ""))[:2000]
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    words = cut(text)[:LONGEST]
    if not words:
        message = "There is no word to tag yet. Type a sentence, such as: Time flies like an arrow."
        return {"views": [{"kind": "text", "text": message}], "summary": message}
    tagger = _unpack(resources[MODEL])
    decisions = list(tagger.decide(words))
    i, told = _choose(words, decisions, str(inputs.get("word") or "").strip())
    table = json.loads(resources[TRUST])
    views: list[View] = [
        _tokens(words, decisions),
        {"kind": "text", "text": told + _verdict(words[i], decisions[i], table)},
    ]
    if decisions[i].clues:
        views += [
            _bars(words[i], decisions[i]),
            _clues(words[i], decisions[i], tagger),
        ]
    views.append(_table(words, decisions, table))
    return {"views": views, "summary": _summary(words, decisions)}


def _choose(
    words: Sequence[str], decisions: Sequence[Decision], asked: str
) -> tuple[int, str]:
    """Return the place of the word to open, and a sentence where the reader's is not there."""
    doubtful = min(range(len(words)), key=lambda k: decisions[k].lead)
    if not asked:
        return doubtful, ""
    found = [k for k, word in enumerate(words) if word.lower() == asked.lower()]
    if not found:
        return (
            doubtful,
            f"Your sentence has no word {_quoted(asked)}; here is the most doubtful. ",
        )
    return min(found, key=lambda k: decisions[k].lead), ""


def _quoted(text: str) -> str:
    return "`" + text.replace("`", "ˋ") + "`"


def _right(found: Decision, table: Sequence[Sequence[float]]) -> float | None:
    """Return the share of test words with such a lead that were right."""
    if not found.clues:
        return None
    return next(
        (share for low, share in reversed(table) if found.lead >= low), table[0][1]
    )


def _verdict(word: str, found: Decision, table: Sequence[Sequence[float]]) -> str:
    opened = f"{_quoted(word)} is tagged `{found.tag}`, {meaning(found.tag)}."
    share = _right(found, table)
    if share is None:
        return f"{opened} It is a frequent word that has one tag, so no scores are added."
    return (
        f"{opened} It is {found.lead:g} ahead of the next tag; of the test words with a lead like "
        f"this, {share:.0%} had the right tag.".replace("%", "\N{NO-BREAK SPACE}%")
    )


def _tokens(words: Sequence[str], decisions: Sequence[Decision]) -> View:
    groups = {"N": 0, "V": 1, "J": 2, "R": 3, "P": 4, "I": 5}
    tokens = []
    for word, found in zip(words, decisions, strict=True):
        token: View = {"text": word, "label": found.tag}
        if found.tag[:1] in groups and meaning(found.tag) != "mark":
            token["group"] = groups[found.tag[:1]]
        tokens.append(token)
    return {
        "kind": "tokens",
        "title": "Your sentence with its tags",
        "tokens": tokens,
        "alt": "; ".join(
            f"{word} {found.tag}"
            for word, found in zip(words, decisions, strict=True)
        ),
    }


def _bars(word: str, found: Decision) -> View:
    scores = sorted(found.scores.items(), key=lambda item: (-item[1], item[0]))[
        :SHOWN
    ]
    items = [
        {"label": tag, "value": round(score, 3), "note": meaning(tag)}
        for tag, score in scores or [(found.tag, 0.0)]
    ]
    return {
        "kind": "bars",
        "title": f"The highest scores of {_quoted(word)}",
        "unit": "score",
        "items": items,
        "alt": "; ".join(f"{item['label']} {item['value']}" for item in items),
    }


def _clues(word: str, found: Decision, tagger: PerceptronTagger) -> View:
    others = sorted(
        (t for t in found.scores if t != found.tag), key=lambda t: -found.scores[t]
    )
    second = others[0] if others else "any other"
    rows = []
    for clue in found.clues:
        row = tagger.weights.get(clue, {})
        first, next_ = row.get(found.tag, 0.0), row.get(second, 0.0)
        if first or next_:
            rows.append([_quoted(clue), first, next_, first - next_])
    rows.sort(key=lambda row: -abs(float(str(row[3]))))
    if not rows:
        rows = [["no clue knows this word or its neighbours", 0.0, 0.0, 0.0]]
    return {
        "kind": "table",
        "title": f"The clues of {_quoted(word)}: {found.tag} against {second}",
        "columns": ["clue", found.tag, second, "pushes"],
        "rows": rows[:CLUES],
        "alt": f"For every clue its weight for {found.tag}, for {second}, and the difference.",
    }


def _table(
    words: Sequence[str],
    decisions: Sequence[Decision],
    table: Sequence[Sequence[float]],
) -> View:
    rows = []
    for word, found in zip(words, decisions, strict=True):
        share = _right(found, table)
        lead = "sure word" if math.isinf(found.lead) else f"{found.lead:g}"
        trusted = (
            "–"
            if share is None
            else f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
        )
        rows.append([_quoted(word), found.tag, meaning(found.tag), lead, trusted])
    return {
        "kind": "table",
        "title": "Word by word: how far ahead, and how often such a lead is right",
        "columns": ["word", "tag", "meaning", "lead", "right"],
        "rows": rows,
        "alt": "For every word its tag, what the tag means, its lead, and the share right.",
    }


def _summary(words: Sequence[str], decisions: Sequence[Decision]) -> str:
    sure = sum(not found.clues for found in decisions)
    doubtful = min(range(len(words)), key=lambda k: decisions[k].lead)
    count = "1 word" if len(words) == 1 else f"{len(words)} words"
    return (
        f"{count} tagged, {sure} of them without scores; the most doubtful is "
        f"{_quoted(words[doubtful])}, tagged {decisions[doubtful].tag}."
    )


def decide_and_print(tagger: PerceptronTagger, text: str, place: int) -> None:
    """Print the tags of a text, and the clues that chose the tag of the word at a place."""
    words = cut(text)
    decisions = list(tagger.decide(words))
    print(" ".join(f"{w}/{d.tag}" for w, d in zip(words, decisions, strict=True)))
    if place >= len(words):
        print("There is no word at that place.")
        return
    for clue in decisions[place].clues:
        row = sorted(
            tagger.weights.get(clue, {}).items(), key=lambda item: -item[1]
        )
        shown = ", ".join(f"{tag} {weight:+.1f}" for tag, weight in row[:4])
        print(f"{clue:32} {shown}")
