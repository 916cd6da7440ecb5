"""Playground of chapter 12: links that grow round by round on the reader's own sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.statistics.alignment import hmm, model1, model2
from nlpcourse.statistics.alignment.links import Links, Pair

TITLE = "Watch the links grow"
DESCRIPTION = (
    "Write one sentence a line, then an equals sign and its translation. Nothing says which word "
    "translates which; see how the shares of the first sentence sharpen round by round."
)
KINDS = {
    "1": "Model 1: words alone",
    "2": "Model 2: words and places",
    "hmm": "HMM: words and jumps",
}
INPUTS: list[dict[str, Any]] = [
    {
        "name": "pairs",
        "type": "textarea",
        "label": "Your sentences and translations",
        "value": "la maison = the house\nla maison bleue = the blue house\n"
        "la fleur = the flower\nune fleur bleue = a blue flower",
    },
    {
        "name": "model",
        "type": "select",
        "label": "Model",
        "options": list(KINDS.items()),
        "value": "1",
    },
    {
        "name": "rounds",
        "type": "range",
        "label": "Rounds",
        "min": 1,
        "max": 10,
        "value": 6,
    },
]

MOST_PAIRS = 12
MOST_WORDS = 12  # of a side
LONGEST = 18  # characters of a word
EMPTY = "(none)"

View = dict[str, Any]
Moment = tuple[list[list[float]], Links, Mapping[Any, float]]
"""After a round: the shares of the first pair's target words, its links, all words' table."""


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Show the first pair's shares after every round, then what each word translates to.

    >>> result = run({"pairs": "la = the\\nla mer = the sea", "model": "1", "rounds": 2}, {})
    >>> result["views"][0]["steps"][0]["caption"]
    'Before the first round every word is shared out evenly.'
    """
    pairs, note = read(str(inputs.get("pairs", "")))
    if not pairs:
        message = (
            "Write a sentence, an equals sign and its translation on a line, "
            "such as `la maison = the house`."
        )
        return {"views": [{"kind": "text", "text": message}], "summary": message}
    model = str(inputs.get("model", "1"))
    rounds = _rounds(inputs.get("rounds"))
    moments = _MAKERS.get(model, _model_1)(pairs, rounds)
    source, target = pairs[0]
    views = [_growing(pairs[0], moments), _dictionary(pairs, moments[-1][2])]
    told = _told(source, target, moments[-1][1])
    summary = f"After {rounds} round{'s' if rounds > 1 else ''}: {told}."
    if len(pairs) == 1:
        summary += (
            " One pair alone says little: write a second one that shares a word."
        )
    views.append({"kind": "text", "text": summary})
    if note:
        views.append({"kind": "text", "text": note})
    return {"views": views, "summary": summary}


def read(text: str) -> tuple[list[Pair], str]:
    """Return the pairs of a text, and a sentence on what was left out, or nothing.

    >>> read("La maison = the house")
    ([(['la', 'maison'], ['the', 'house'])], '')
    """
    pairs: list[Pair] = []
    notes = []
    for line in unicodedata.normalize("NFC", text).lower().splitlines():
        left, equals, right = line.partition("=")
        source, target = left.split(), right.replace("=", " ").split()
        if not line.strip():
            continue
        if not equals or not source or not target:
            notes.append(
                "A line without words on both sides of an equals sign was left out."
            )
            continue
        if max(len(source), len(target)) > MOST_WORDS:
            notes.append(
                f"Of a long line the first {MOST_WORDS} words of each side were read."
            )
        cut = [
            [w[:LONGEST] for w in side[:MOST_WORDS]] for side in (source, target)
        ]
        pairs.append((cut[0], cut[1]))
    if len(pairs) > MOST_PAIRS:
        notes.append(f"The first {MOST_PAIRS} pairs were read.")
    return pairs[:MOST_PAIRS], " ".join(dict.fromkeys(notes))


def _rounds(value: Any) -> int:
    try:
        return min(10, max(1, int(value)))
    except (TypeError, ValueError, OverflowError):
        return 6


def _model_1(pairs: Sequence[Pair], rounds: int) -> list[Moment]:
    table = model1.start_evenly(pairs)
    source, target = pairs[0]
    found: list[Moment] = []
    for k in range(rounds + 1):
        table = model1.one_round(pairs, table) if k else table
        shares = [model1.shares([None, *source], t, table) for t in target]
        found.append((shares, model1.best_links(pairs[0], table), table))
    return found


def _model_2(pairs: Sequence[Pair], rounds: int) -> list[Moment]:
    table, places = model1.start_evenly(pairs), model2.start_evenly(pairs)
    found: list[Moment] = []
    for k in range(rounds + 1):
        if k:
            table, places = model2.one_round(pairs, table, places)
        shares = [
            model2.shares(pairs[0], j, table, places)
            for j in range(len(pairs[0][1]))
        ]
        found.append((shares, model2.best_links(pairs[0], table, places), table))
    return found


def _hmm(pairs: Sequence[Pair], rounds: int) -> list[Moment]:
    model = hmm.start(pairs, model1.start_evenly(pairs))
    found: list[Moment] = []
    for k in range(rounds + 1):
        model = hmm.one_round(pairs, model) if k else model
        shares = hmm.shares(pairs[0], model)[0]
        found.append((shares, hmm.best_links(pairs[0], model), model.table))
    return found


_MAKERS: dict[str, Callable[[Sequence[Pair], int], list[Moment]]] = {
    "1": _model_1,
    "2": _model_2,
    "hmm": _hmm,
}


def _growing(pair: Pair, moments: Sequence[Moment]) -> View:
    """Return one step for the start and one for every round."""
    source, target = pair
    steps = []
    for k, (shares, links, _) in enumerate(moments):
        even = "Before the first round every word is shared out evenly."
        if k == 0 and shares and max(shares[0]) - min(shares[0]) > 1e-9:
            even = "Before the first round nothing is known of the words."
        told = _told(source, target, links)
        caption = f"After round {k}: {told}." if k else even
        heat = {
            "kind": "heatmap",
            "rows": [f"`{t}`" for t in target],
            "columns": [EMPTY, *(f"`{s}`" for s in source)],
            "values": [[round(share, 3) for share in row] for row in shares],
            "alt": f"Shares of {' '.join(target)} among {' '.join(source)}: {told}",
        }
        steps.append({"caption": caption, "views": [heat]})
    return {
        "kind": "steps",
        "title": "Where each word of the first translation comes from",
        "steps": steps,
        "alt": f"After the last round: {_told(source, target, moments[-1][1])}",
    }


def _told(source: Sequence[str], target: Sequence[str], links: Links) -> str:
    of = {j: source[i] for i, j in links}
    return ", ".join(
        f"`{t}` from `{of[j]}`" if j in of else f"`{t}` from no word"
        for j, t in enumerate(target)
    )


def _dictionary(pairs: Sequence[Pair], table: Mapping[Any, float]) -> View:
    """Return a table of each source word with its most probable translations."""
    rows = []
    for s in dict.fromkeys(s for source, _ in pairs for s in source):
        known = sorted(
            ((p, t) for (word, t), p in table.items() if word == s),
            key=lambda known: (-known[0], known[1]),
        )
        best = ", ".join(f"`{t}` {p:.2f}" for p, t in known[:3] if p > 0.005)
        rows.append([f"`{s}`", best or "nothing"])
    return {
        "kind": "table",
        "title": "What each word turns into, with its probability",
        "columns": ["word", "most probable translations"],
        "rows": rows,
        "alt": "; ".join(" ".join(row).replace("`", "") for row in rows),
    }
