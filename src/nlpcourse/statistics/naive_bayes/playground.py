"""Naive Bayes in the page: which words pushed the reader's message which way.

The page gets the counts of two trained models, never the texts; the model itself is made from the
counts by the chapter's own class, for any smoothing that the reader asks for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from nlpcourse.statistics.naive_bayes.explain import (
    Contribution,
    Explanation,
    explain,
)
from nlpcourse.statistics.naive_bayes.features import (
    Counts,
    count,
    unswallow,
    words,
)
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes, normalise

TITLE = "Why is this spam?"
DESCRIPTION = (
    "Type a message. Every word pushes the odds towards one class or the other, and the pushes add "
    "up to the verdict. Repeat a word, drop one, or turn the smoothing down to 0 and see what "
    "happens."
)
SPAM, MOVIE = "spam", "movie"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "model",
        "type": "select",
        "label": "Trained on",
        "options": [
            (SPAM, "text messages: spam or ham"),
            (MOVIE, "film reviews: good or bad"),
        ],
        "value": SPAM,
    },
    {
        "name": "alpha",
        "type": "range",
        "label": "Smoothing α",
        "min": 0,
        "max": 5,
        "step": 0.1,
        "value": 1,
    },
    {
        "name": "text",
        "type": "textarea",
        "label": "Your message",
        "value": "Hi Sam, you won free tickets! Call me when you get home, love Robin",
        "maxlength": 500,
    },
]

# The two classes of each model: the first is the one that bars to the right speak for.
CLASSES = {SPAM: ("spam", "ham"), MOVIE: ("good", "bad")}
RESOURCE = {SPAM: "naive-bayes-sms.json", MOVIE: "naive-bayes-films.json"}
LEAST_FILM_WORD = 2
"""Words that the film reviews hold fewer times stay out of the page's model, to keep it small."""

SHOWN = 24
"""Bars and rows at most, the strongest pushes first."""

CUT_OFF = 12.0
"""The longest push of one word that is drawn; without smoothing some are infinite."""


def _sms_counts() -> bytes:
    from nlpcourse import corpora

    pairs = [
        pair
        for item in corpora.sms_spam()
        for pair in unswallow(item.text, item.label)
    ]
    messages = list(dict.fromkeys(pairs))
    return _pack(
        count(
            [words(text) for text, _ in messages], [label for _, label in messages]
        ),
        1,
    )


def _film_counts() -> bytes:
    from nlpcourse import corpora

    rated = [item for item in corpora.sentiment_4("movie") if item.rating != 0]
    labels = ["good" if item.rating > 0 else "bad" for item in rated]
    return _pack(
        count([words(item.text) for item in rated], labels), LEAST_FILM_WORD
    )


def _pack(counts: Counts, least: int) -> bytes:
    """Return counts as JSON: the words once, and one list of counts for each class."""
    totals = {
        w: sum(n.get(w, 0) for n in counts.words.values())
        for w in counts.vocabulary
    }
    kept = sorted(word for word, n in totals.items() if n >= least)
    packed = {
        "documents": dict(counts.documents),
        "vocabulary": " ".join(kept),
        "counts": {
            label: [n.get(w, 0) for w in kept] for label, n in counts.words.items()
        },
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


RESOURCES = {RESOURCE[SPAM]: _sms_counts, RESOURCE[MOVIE]: _film_counts}


@lru_cache(maxsize=4)
def unpack(packed: bytes) -> Counts:
    """Return the counts that :func:`_pack` wrote.

    >>> unpack(_pack(count([["free"]], ["spam"]), 1)).words["spam"]
    {'free': 1}
    """
    found = json.loads(packed)
    vocabulary = found["vocabulary"].split(" ")
    by_label = {
        label: {w: n for w, n in zip(vocabulary, numbers, strict=True) if n}
        for label, numbers in found["counts"].items()
    }
    return Counts(found["documents"], by_label)


@lru_cache(maxsize=8)
def _model(packed: bytes, alpha: float) -> MultinomialNaiveBayes:
    return MultinomialNaiveBayes(unpack(packed), alpha)


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Judge the reader's message and show every word's push.

    Args:
        inputs: ``model``, ``alpha`` and ``text``; see ``INPUTS``.
        resources: the packed counts of both models.
    """
    name = str(inputs.get("model", SPAM))
    alpha = max(0.0, float(inputs.get("alpha", 1)))
    packed = resources[RESOURCE[name]]
    model, counts = _model(packed, alpha), unpack(packed)
    first, second = CLASSES[name]
    document = words(str(inputs.get("text", "")))
    why = _drawable(explain(model, document, first, second))
    forbidden = _forbidden(model, why, first, second)
    views: list[dict[str, Any]] = []
    if len(forbidden) == 2:
        verdict = (
            "Without smoothing this message is impossible in both classes, so no verdict exists: "
            f"{_named(forbidden[first])} never occurred in {first}, "
            f"{_named(forbidden[second])} never in {second}. Turn α up."
        )
        views.append({"kind": "text", "text": verdict})
    else:
        posterior = normalise(model.joint(document))
        verdict = _verdict(posterior, why, first, second, forbidden)
        views += [
            {"kind": "text", "text": verdict},
            _posterior_bars(posterior, first, second),
        ]
    views += [_tokens(document, why, first, second), _pushes(why, first, second)]
    views.append(_table(why, counts, model, first, second))
    if why.unknown:
        views.append(
            {
                "kind": "text",
                "text": f"Never seen in training, so ignored: {_named(why.unknown)}.",
            }
        )
    return {"views": views, "summary": _arithmetic(why, first, second, forbidden)}


def _drawable(why: Explanation) -> Explanation:
    """Return the explanation with infinite weights cut off, so that bars can be drawn."""
    parts = [
        replace(part, weight=max(-CUT_OFF, min(CUT_OFF, part.weight)))
        for part in why.contributions
    ]
    return replace(why, contributions=parts)


def _forbidden(
    model: MultinomialNaiveBayes, why: Explanation, first: str, second: str
) -> dict[str, list[str]]:
    """Return by class the message's words that the unsmoothed class calls impossible."""
    found = {
        label: [
            part.word
            for part in why.contributions
            if model.log_likelihood[label][part.word] == -math.inf
        ]
        for label in (first, second)
    }
    return {label: impossible for label, impossible in found.items() if impossible}


def _named(found: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in found)


def _verdict(
    posterior: Mapping[str, float],
    why: Explanation,
    first: str,
    second: str,
    forbidden: Mapping[str, list[str]],
) -> str:
    winner = first if posterior[first] >= posterior[second] else second
    loser = second if winner == first else first
    share = posterior[winner]
    sure = f"{share:.1%}" if share < 0.9995 else "more than 99.9%"
    text = f"The model says {winner}, with probability {sure.replace('%', ' %')}."
    if loser in forbidden:
        return f"{text} Without smoothing {_named(forbidden[loser])} alone rules {loser} out."
    sign = 1 if winner == first else -1
    telling = [
        part for part in why.contributions if any(map(str.isalnum, part.word))
    ]
    strongest = sorted(telling, key=lambda part: -sign * part.push)[:3]
    helped = [part.word for part in strongest if sign * part.push > 0]
    if not why.contributions:
        return f"{text} It knows none of the words, so the share in the training texts decides."
    return (
        f"{text} What spoke loudest for {winner}: {_named(helped)}."
        if helped
        else text
    )


def _arithmetic(
    why: Explanation, first: str, second: str, forbidden: Mapping[str, list[str]]
) -> str:
    """Say how the pushes add up: the text alternative of the whole."""
    if forbidden:
        return "Without smoothing some pushes have no end, so there is nothing to add up."
    pushes = [part.push for part in why.contributions]
    ahead = math.fsum(push for push in pushes if push > 0)
    back = math.fsum(push for push in pushes if push < 0)
    text = (
        f"Added up: {why.prior:+.2f} before any word, {ahead:+.2f} from words that speak for "
        f"{first}, {back:+.2f} from words that speak for {second}. The log odds are "
        f"{why.log_odds:+.2f}, and the probability of {first} is 1 / (1 + e to the power of "
        f"{-why.log_odds:+.2f})."
    )
    return text.replace("-", "−")


def _posterior_bars(
    posterior: Mapping[str, float], first: str, second: str
) -> dict[str, Any]:
    items = [
        {"label": c, "value": round(100 * posterior[c], 2)} for c in (first, second)
    ]
    alt = f"{first} {items[0]['value']} %, {second} {items[1]['value']} %."
    return {
        "kind": "bars",
        "title": "How sure it is",
        "unit": "%",
        "items": items,
        "alt": alt,
    }


def _side(push: float, first: str, second: str) -> str:
    return first if push > 0 else second


def _tokens(
    document: list[str], why: Explanation, first: str, second: str
) -> dict[str, Any]:
    weight = {part.word: part.weight for part in why.contributions}
    tokens: list[dict[str, Any]] = []
    for word in document:
        token: dict[str, Any] = {"text": word, "label": "unknown"}
        if word in weight:
            token["label"] = (
                f"{_side(weight[word], first, second)} {abs(weight[word]):.1f}"
            )
            token["group"] = 0 if weight[word] > 0 else 1  # the colours of the bars
        tokens.append(token)
    return {
        "kind": "tokens",
        "title": "Your message as the model sees it: words, each with its weight",
        "tokens": tokens,
        "alt": f"Each word with the class it speaks for, {first} or {second}, and how strongly.",
    }


def _strongest(why: Explanation) -> list[Contribution]:
    kept = sorted(why.contributions, key=lambda part: -abs(part.push))[:SHOWN]
    return sorted(kept, key=lambda part: -part.push)


def _pushes(why: Explanation, first: str, second: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = [
        {
            "label": "before any word",
            "value": round(why.prior, 3),
            "note": "the classes' shares",
        }
    ]
    for part in _strongest(why):
        item: dict[str, Any] = {
            "label": f"`{part.word}`",
            "value": round(part.push, 3),
        }
        if abs(part.weight) == CUT_OFF:
            item["note"] = "really without end"
        elif part.times > 1:
            item["note"] = f"{part.times} times {part.weight:+.2f}"
        items.append(item)
    if all(abs(part.weight) < CUT_OFF for part in why.contributions):
        items.append(
            {
                "label": "sum",
                "value": round(why.log_odds, 3),
                "note": "the log odds",
            }
        )
    return {
        "kind": "bars",
        "title": f"The pushes: right for {first}, left for {second}",
        "unit": "log odds",
        "items": items,
        "alt": "; ".join(
            f"{item['label'].strip('`')} {item['value']:+.2f}" for item in items
        ),
    }


def _table(
    why: Explanation,
    counts: Counts,
    model: MultinomialNaiveBayes,
    first: str,
    second: str,
) -> dict[str, Any]:
    rows = []
    for part in _strongest(why):
        row: list[Any] = [f"`{part.word}`", part.times]
        for label in (first, second):
            row.append(counts.words[label].get(part.word, 0))
            row.append(
                f"{1000 * math.exp(model.log_likelihood[label][part.word]):.2f}"
            )
        rows.append([*row, round(part.weight, 3)])
    columns = ["word", "here"]
    for label in (first, second):
        columns += [f"in {label}", "per 1,000"]
    return {
        "kind": "table",
        "title": "Where the weights come from: counts, and smoothed rates per 1,000 words",
        "columns": [*columns, "weight"],
        "rows": rows,
        "alt": "For every word its counts in both classes, its smoothed rates, and its weight.",
    }
