"""Label ten sentences in the page and watch naive Bayes learn from them.

It runs chapter 11's own counting on the reader's labels; it needs the standard library alone.  The
sentences were written for this page.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.statistics.naive_bayes.explain import telling_words
from nlpcourse.statistics.naive_bayes.features import count, once, words
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes

TITLE = "Ten labels of your own"
DESCRIPTION = (
    "Read the sentence below and type g if it praises the film, b if it blames it. The next "
    "sentence appears, and the model is trained anew after every letter. First the order is drawn "
    "at random; then let the model ask for the sentence of which it is least sure, and compare the "
    "bars. The sentences were written for this page."
)
RANDOM, UNSURE = "random", "unsure"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "answers",
        "type": "text",
        "label": "Your labels, g or b, one letter a sentence",
        "value": "bg",
        "maxlength": 40,
    },
    {
        "name": "order",
        "type": "select",
        "label": "The next sentence is",
        "options": [
            (RANDOM, "drawn at random"),
            (UNSURE, "the one of which the model is least sure"),
        ],
        "value": RANDOM,
    },
    {
        "name": "draw",
        "type": "range",
        "label": "Draw of the order",
        "min": 1,
        "max": 20,
        "step": 1,
        "value": 1,
    },
]
LABELS = {"g": "good", "b": "bad"}
MOST = 20
"""Labels that are read."""

POOL = [
    ("g", "A warm and funny story with a wonderful cast"),
    ("b", "A slow and boring story with a wooden cast"),
    ("g", "The jokes are funny and the songs are a joy"),
    ("b", "The jokes are stale and the songs are dull"),
    ("g", "A moving film that earns its tears"),
    ("b", "A clumsy film that begs for tears"),
    ("g", "Clever, fast and a joy to watch"),
    ("b", "Loud, long and hard to watch"),
    ("g", "The lead gives a wonderful performance"),
    ("b", "The lead gives a wooden performance"),
    ("g", "A charming comedy with real warmth"),
    ("b", "A tired comedy with stale jokes"),
    ("g", "I laughed, and I was moved"),
    ("b", "I yawned, and I looked at my watch"),
    ("g", "The plot is clever and the end is moving"),
    ("b", "The plot is a mess and the end is dull"),
    ("g", "A thriller that grips from start to end"),
    ("b", "A thriller without a single thrill"),
    ("g", "Beautiful pictures and a gripping plot"),
    ("b", "Pretty pictures cannot save a dull plot"),
    ("g", "It is charming, and the children will love it"),
    ("b", "It is too long, and the children will be bored"),
    ("g", "One of the best films of the year"),
    ("b", "One of the worst films of the year"),
    ("g", "A gripping drama with a wonderful lead"),
    ("b", "A boring drama with a tired lead"),
]
"""Sentences to label, each with the label that its writer meant."""

TEST = [
    ("g", "A funny and moving comedy"),
    ("b", "A dull and boring thriller"),
    ("g", "The cast is wonderful"),
    ("b", "The cast is wooden"),
    ("g", "A gripping story with a clever end"),
    ("b", "A tired story with a clumsy end"),
    ("g", "A joy from start to end"),
    ("b", "A mess from start to end"),
    ("g", "The songs are charming and the lead is a joy"),
    ("b", "The songs are stale and the lead is tired"),
    ("g", "The best thriller of the year"),
    ("b", "The worst comedy of the year"),
    ("g", "Beautiful and moving"),
    ("b", "Too long and too loud"),
    ("g", "You will love the jokes"),
    ("b", "You will be bored by the plot"),
    ("g", "A warm film with real charm"),
    ("b", "A slow film without a joke"),
    ("g", "A clever plot and a wonderful performance"),
    ("b", "A dull plot and a clumsy performance"),
]
"""Sentences that judge the model; nobody is asked about them."""


def bag(text: str) -> list[str]:
    """Return the words of a sentence, each once."""
    return once(words(text))


def train(labelled: Sequence[tuple[str, str]]) -> MultinomialNaiveBayes | None:
    """Return chapter 11's model of (label, sentence) pairs; none until both labels occur."""
    if {label for label, _ in labelled} != set(LABELS):
        return None
    texts = [bag(text) for _, text in labelled]
    return MultinomialNaiveBayes(count(texts, [label for label, _ in labelled]))


def next_sentence(
    labelled: Sequence[tuple[str, str]], left: Sequence[str], order: str
) -> str:
    """Return which sentence is asked about next: the first left, or the least sure of them."""
    model = train(labelled)
    if model is None or order != UNSURE:
        return left[0]
    return min(left, key=lambda text: abs(model.posterior(bag(text))["g"] - 0.5))


def share_right(model: MultinomialNaiveBayes | None) -> float:
    """Return the share of the judging sentences that are right, one half without a model."""
    if model is None:
        return 0.5
    right = [model.predict(bag(text)) == label for label, text in TEST]
    return sum(right) / len(right)


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Train on the reader's labels, and ask for the next one.

    Args:
        inputs: ``answers``, ``order`` and ``draw``; see ``INPUTS``.
        resources: none are needed.
    """
    typed = str(inputs.get("answers", "")).lower()
    answers = [letter for letter in typed if letter in LABELS][:MOST]
    ignored = [
        letter for letter in typed if letter not in LABELS and letter.strip()
    ]
    order = str(inputs.get("order", UNSURE))
    left = [text for _, text in POOL]
    random.Random(int(float(inputs.get("draw", 1)))).shuffle(left)
    labelled: list[tuple[str, str]] = []
    way = [share_right(None)]
    for letter in answers:
        asked = next_sentence(labelled, left, order)
        labelled.append((letter, asked))
        left.remove(asked)
        way.append(share_right(train(labelled)))
    asked = next_sentence(labelled, left, order)
    views = [
        {
            "kind": "text",
            "title": "Your next sentence",
            "text": f"“{asked}.” Good or bad?",
        },
        _way(way),
    ]
    if labelled:
        views.append(_labelled(labelled))
    if (model := train(labelled)) is not None:
        views.append(_words(model))
    return {"views": views, "summary": _summary(labelled, way, ignored)}


def _way(way: Sequence[float]) -> dict[str, Any]:
    items = [
        {"label": f"{n} label{'' if n == 1 else 's'}", "value": round(100 * share)}
        for n, share in enumerate(way)
    ]
    return {
        "kind": "bars",
        "title": f"Right about {len(TEST)} sentences that nobody labels, in per cent",
        "items": items,
        "alt": "; ".join(
            f"{item['label']} {item['value']} per cent" for item in items
        ),
    }


def _labelled(labelled: Sequence[tuple[str, str]]) -> dict[str, Any]:
    meant = {text: label for label, text in POOL}
    rows = [
        [str(n), text, LABELS[label], LABELS[meant[text]]]
        for n, (label, text) in enumerate(labelled, start=1)
    ]
    return {
        "kind": "table",
        "title": "What you have labelled",
        "columns": ["", "sentence", "you", "its writer"],
        "rows": rows,
        "alt": "Every labelled sentence with your label and that of its writer.",
    }


def _words(model: MultinomialNaiveBayes) -> dict[str, Any]:
    weights = telling_words(model, "g", "b")
    shown = [*weights[:6], *weights[-6:]] if len(weights) > 12 else weights
    items = [
        {"label": f"`{word}`", "value": round(weight, 2)} for word, weight in shown
    ]
    return {
        "kind": "bars",
        "title": "What the model has learnt from you",
        "unit": "right for good, left for bad",
        "items": items,
        "alt": "; ".join(f"{word} {weight:+.2f}" for word, weight in shown),
    }


def _summary(
    labelled: Sequence[tuple[str, str]],
    way: Sequence[float],
    ignored: Sequence[str],
) -> str:
    note = (
        f" The letter {ignored[0]!r} is neither g nor b and was left out."
        if ignored
        else ""
    )
    if train(labelled) is None:
        return (
            f"After {len(labelled)} labels there is no model yet: it needs one good and one bad "
            f"sentence. Type g or b for the sentence above.{note}"
        )
    meant = {text: label for label, text in POOL}
    other = sum(meant[text] != label for label, text in labelled)
    differs = (
        f" About {other} of them the writer thinks otherwise." if other else ""
    )
    return (
        f"After {len(labelled)} labels the model is right about {way[-1]:.0%} of the sentences "
        f"that judge it; before the first one it guessed.{differs}{note}"
    )
