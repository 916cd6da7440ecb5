"""Three linear models in the page: how hard each feature of the reader's sentence pushes.

The page gets the weights of three trained models, never the sentences; it needs the standard
library alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nlpcourse.statistics.naive_bayes.features import once, with_bigrams, words

TITLE = "Three models, one sentence"
DESCRIPTION = (
    "Write a sentence about a film. Three models have learnt from the same sentences, and all "
    "three add up pushes; they differ in how the weights were found. Each is wrong about one new "
    "sentence in four or five: say something twice in other words, or negate it, and look for the "
    "push that misleads."
)
BAYES, LOGISTIC, MACHINE = "naive Bayes", "logistic regression", "linear SVM"
NAMES = (BAYES, LOGISTIC, MACHINE)
RESOURCE = "linear-films.json"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your sentence",
        "value": "The martial arts are not bad, but the story is dull.",
        "maxlength": 400,
    },
    {
        "name": "model",
        "type": "select",
        "label": "Bars for",
        "options": [(name, name) for name in NAMES],
        "value": LOGISTIC,
    },
]

LEAST = 4
"""Features that fewer sentences hold stay out of the page's models, to keep them small."""
LOGISTIC_STRENGTH, MACHINE_STRENGTH = 3e-4, 1e-3
"""λ, as the chapter's validation part chose it for single words."""
PASSES = 20
"""Readings of the sentences by which the SVM is trained."""
SHOWN = 16
"""Features that are drawn, those with the strongest pushes."""


def film_features(text: str) -> list[str]:
    """Return what the page's models see: words, marks and pairs of neighbours, each once.

    >>> film_features("Not good, not good")
    ['not', 'good', ',', 'not good', 'good ,', ', not']
    """
    return once(with_bigrams(words(text)))


def _weights() -> bytes:
    """Train the three models on the film sentences; at build time only."""
    import numpy as np

    from nlpcourse import corpora
    from nlpcourse.learning.linear.features import counted, present, vocabulary
    from nlpcourse.learning.linear.logistic import logistic_regression
    from nlpcourse.learning.linear.rows import with_constant
    from nlpcourse.learning.linear.svm import dual_coordinate_descent

    rated = [item for item in corpora.sentiment_4("movie") if item.rating != 0]
    documents = [film_features(item.text) for item in rated]
    y = np.where([item.rating > 0 for item in rated], 1.0, -1.0)
    column_of = vocabulary(documents, LEAST)
    table = present(counted(documents, column_of))
    counts = [
        table.transposed_times((y == side).astype(float)) for side in (1.0, -1.0)
    ]
    smoothed = [np.log((c + 1) / (c.sum() + len(c))) for c in counts]
    prior = math.log((y > 0).sum() / (y < 0).sum())
    logistic = logistic_regression(table, y, LOGISTIC_STRENGTH)
    w, _ = dual_coordinate_descent(
        with_constant(table), y, MACHINE_STRENGTH, PASSES
    )
    packed = {
        "features": "\n".join(column_of),
        "bias": [round(float(b), 4) for b in (prior, logistic.bias, w[-1])],
        "weights": [
            [round(1000 * float(v)) for v in weights]
            for weights in (smoothed[0] - smoothed[1], logistic.weights, w[:-1])
        ],
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


RESOURCES = {RESOURCE: _weights}


@dataclass(frozen=True)
class Model:
    """A linear model as the page has it."""

    bias: float
    weight: Mapping[str, float]

    def score(self, features: Sequence[str]) -> float:
        """Return the bias and all pushes added up; unknown features push nothing."""
        return math.fsum([self.bias, *(self.weight.get(f, 0.0) for f in features)])


@lru_cache(maxsize=2)
def unpack(packed: bytes) -> dict[str, Model]:
    """Return the three models that :func:`_weights` wrote.

    >>> packed = '{"features":"good\\\\nbad","bias":[0,0.5,0],"weights":[[1000,-500],[0,1],[2,3]]}'
    >>> unpack(packed.encode())["naive Bayes"].score(["good", "zebra"])
    1.0
    """
    found = json.loads(packed)
    features = found["features"].split("\n")
    return {
        name: Model(
            bias, {f: w / 1000 for f, w in zip(features, weights, strict=True)}
        )
        for name, bias, weights in zip(
            NAMES, found["bias"], found["weights"], strict=True
        )
    }


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Judge the reader's sentence by three models and show every feature's push.

    Args:
        inputs: ``text`` and ``model``; see ``INPUTS``.
        resources: the packed weights.
    """
    models = unpack(resources[RESOURCE])
    chosen = str(inputs.get("model", LOGISTIC))
    chosen = chosen if chosen in models else LOGISTIC
    features = film_features(str(inputs.get("text", "")))
    known = [f for f in features if f in models[BAYES].weight]
    verdict = _verdict(models, features, known)
    views: list[dict[str, Any]] = [
        {"kind": "text", "text": verdict},
        _scores(models, features),
    ]
    if known:
        views += [_pushes(models[chosen], chosen, known), _table(models, known)]
    unknown = [
        f for f in features if " " not in f and f not in models[BAYES].weight
    ]
    if unknown:
        named = ", ".join(f"`{f}`" for f in unknown[:12])
        rest = " …" if len(unknown) > 12 else ""
        views.append(
            {
                "kind": "text",
                "text": f"Too rare in training, so without a weight: {named}{rest}.",
            }
        )
    return {"views": views, "summary": verdict}


def _sure(score: float) -> str:
    """Return the probability of the likelier class, in words."""
    share = 1 / (1 + math.exp(-min(abs(score), 700.0)))
    return (
        f"{share:.1%}".replace("%", " %") if share < 0.9995 else "more than 99.9 %"
    )


def _side(score: float) -> str:
    return "good" if score >= 0 else "bad"


def _verdict(
    models: Mapping[str, Model], features: Sequence[str], known: Sequence[str]
) -> str:
    scores = {name: model.score(features) for name, model in models.items()}
    sides = {_side(score) for score in scores.values()}
    if not known:
        return "None of your words has a weight, so only each model's bias speaks."
    if len(sides) == 1:
        start = f"All three say {sides.pop()}."
    else:
        said = ", ".join(f"{name} {_side(score)}" for name, score in scores.items())
        start = f"They disagree: {said}."
    return (
        f"{start} Naive Bayes would bet {_sure(scores[BAYES])} on its answer, logistic regression "
        f"{_sure(scores[LOGISTIC])}; the SVM gives no probability."
    )


def _scores(models: Mapping[str, Model], features: Sequence[str]) -> dict[str, Any]:
    items = [
        {"label": name, "value": round(model.score(features), 3)}
        for name, model in models.items()
    ]
    return {
        "kind": "bars",
        "title": "The three scores: right for good, left for bad",
        "unit": "log odds for the first two; the SVM has a unit of its own",
        "items": items,
        "alt": "; ".join(f"{item['label']} {item['value']:+.2f}" for item in items),
    }


def _pushes(model: Model, name: str, known: Sequence[str]) -> dict[str, Any]:
    strongest = sorted(known, key=lambda f: (-abs(model.weight[f]), f))[:SHOWN]
    ordered = sorted(strongest, key=lambda f: (-model.weight[f], f))
    rest = math.fsum(model.weight[f] for f in known if f not in set(strongest))
    items: list[dict[str, Any]] = [
        {"label": f"`{f}`", "value": round(model.weight[f], 3)} for f in ordered
    ]
    if len(known) > len(strongest):
        items.append({"label": "all others", "value": round(rest, 3)})
    items.append({"label": "bias", "value": round(model.bias, 3)})
    return {
        "kind": "bars",
        "title": f"What each feature pushes in {name}",
        "unit": "right for good, left for bad",
        "items": items,
        "alt": "; ".join(
            f"{item['label'].strip('`')} {item['value']:+.2f}" for item in items
        ),
    }


def _table(models: Mapping[str, Model], known: Sequence[str]) -> dict[str, Any]:
    def strength(feature: str) -> float:
        return -max(abs(model.weight[feature]) for model in models.values())

    rows = [
        [f"`{f}`", *(round(model.weight[f], 2) for model in models.values())]
        for f in sorted(known, key=lambda f: (strength(f), f))[:SHOWN]
    ]
    return {
        "kind": "table",
        "title": "The same features under all three",
        "columns": ["feature", *NAMES],
        "rows": rows,
        "alt": "For every feature its push in naive Bayes, logistic regression and the SVM.",
    }
