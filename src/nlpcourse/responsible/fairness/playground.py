"""One word of an application changed: three models decide before and after.

The page gets the weights of three trained models; it needs the standard library alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nlpcourse.responsible.fairness.wording import application, swapped, words_of

TITLE = "Change one word of an application"
DESCRIPTION = (
    "Three models decide whether to invite an applicant of an invented town. All have read the "
    "same invented applications and the decisions of an invented past, which asked more of people "
    "from the west of the river; no text says where its writer lives. The first copies the past, "
    "the second weighed its examples, the third paid for every gap between east and west. Exchange "
    "a school (Hillgate, Oakfield; Riverside, Millbrook), a club (chess, tennis; rowing, boxing), "
    "the years or the references, and watch who changes its mind."
)
COPY, WEIGHED, PRICED = "copies the past", "weighed examples", "price on the gap"
NAMES = (COPY, WEIGHED, PRICED)
RESOURCE = "fairness-applications.json"
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "The application",
        "value": application(5, "good", "", "Hillgate", "chess"),
        "maxlength": 400,
    },
    {
        "name": "word",
        "type": "text",
        "label": "In place of",
        "value": "Hillgate",
        "maxlength": 30,
    },
    {
        "name": "other",
        "type": "text",
        "label": "write",
        "value": "Riverside",
        "maxlength": 30,
    },
]
PEOPLE, SEED, PRICE = 4000, 0, 3.0


def _weights() -> bytes:
    """Train the three models; at build time only."""
    from nlpcourse.responsible.fairness.made import (
        applicants,
        vocabulary_of,
        word_table,
    )
    from nlpcourse.responsible.fairness.mitigate import reweighing, train

    past = applicants(PEOPLE, SEED)
    vocabulary = vocabulary_of(past.texts)
    table, hired = word_table(past.texts, vocabulary), past.hired.astype(float)
    weights = reweighing(past.hired.tolist(), past.group.tolist())
    models = (
        train(table, hired),
        train(table, hired, weights=weights),
        train(table, hired, group=past.group, price=PRICE),
    )
    packed = {
        "words": vocabulary,
        "bias": [round(model.bias, 4) for model in models],
        "weights": [
            [round(float(w), 4) for w in model.weights] for model in models
        ],
    }
    return json.dumps(packed, separators=(",", ":")).encode()


RESOURCES = {RESOURCE: _weights}


@dataclass(frozen=True)
class Model:
    """A linear model as the page has it."""

    bias: float
    weight: Mapping[str, float]

    def probability(self, words: Sequence[str]) -> float:
        """Return the probability of yes; unknown words push nothing."""
        score = math.fsum([self.bias, *(self.weight.get(w, 0.0) for w in words)])
        return 1 / (1 + math.exp(-max(-700.0, min(700.0, score))))


@lru_cache(maxsize=2)
def unpack(packed: bytes) -> dict[str, Model]:
    """Return the three models that :func:`_weights` wrote."""
    found = json.loads(packed)
    return {
        name: Model(bias, dict(zip(found["words"], weights, strict=True)))
        for name, bias, weights in zip(
            NAMES, found["bias"], found["weights"], strict=True
        )
    }


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Decide on the application before and after the change.

    Args:
        inputs: ``text``, ``word`` and ``other``; see ``INPUTS``.
        resources: the packed weights.
    """
    models = unpack(resources[RESOURCE])
    text = str(inputs.get("text", ""))
    word, other = (str(inputs.get(key, "")).strip() for key in ("word", "other"))
    known = [w for w in words_of(text) if w in models[COPY].weight]
    if not known:
        said = (
            "None of these words is known to the models. Write an application such as: "
            f"{INPUTS[0]['value']}"
        )
        return {"views": [{"kind": "text", "text": said}], "summary": said}
    after = swapped(text, {word.lower(): other}) if word else text
    before = {n: m.probability(words_of(text)) for n, m in models.items()}
    then = {n: m.probability(words_of(after)) for n, m in models.items()}
    said = _said(text, after, word, other, before, then)
    views: list[dict[str, Any]] = [
        {"kind": "text", "text": said},
        _bars("Before the change", before),
        _bars("After the change", then),
        _table(models, words_of(text), words_of(after)),
    ]
    return {"views": views, "summary": said}


def _answer(probability: float) -> str:
    return "yes" if probability > 0.5 else "no"


def _said(
    text: str,
    after: str,
    word: str,
    other: str,
    before: Mapping[str, float],
    then: Mapping[str, float],
) -> str:
    if after == text:
        reason = f"`{word}` is not in it" if word else "no word was named"
        answers = "; ".join(f"{n}: {_answer(p)}" for n, p in before.items())
        return f"The application stays as it is, for {reason}. The models say: {answers}."
    turned = [n for n in NAMES if _answer(before[n]) != _answer(then[n])]
    if not turned:
        return (
            f"With `{other}` in place of `{word}` no model changes its answer; its probability "
            f"moves from {before[COPY]:.2f} to {then[COPY]:.2f} where the past is copied."
        )
    parts = [
        f"{n} turns from {_answer(before[n])} to {_answer(then[n])}" for n in turned
    ]
    kept = [f"{n} keeps its {_answer(then[n])}" for n in NAMES if n not in turned]
    return f"With `{other}` in place of `{word}`: {'; '.join(parts + kept)}."


def _bars(title: str, found: Mapping[str, float]) -> dict[str, Any]:
    items = [{"label": n, "value": round(100 * p, 1)} for n, p in found.items()]
    return {
        "kind": "bars",
        "title": title,
        "unit": "probability of an invitation in per cent; above 50 the answer is yes",
        "items": items,
        "alt": "; ".join(f"{n} {p:.2f}, {_answer(p)}" for n, p in found.items()),
    }


def _table(
    models: Mapping[str, Model], before: Sequence[str], after: Sequence[str]
) -> dict[str, Any]:
    words = list(dict.fromkeys([*before, *after]))[:24]
    rows = [
        [
            f"`{w}`",
            *(
                round(m.weight[w], 2) + 0.0 if w in m.weight else "unknown"
                for m in models.values()
            ),
        ]
        for w in words
    ]
    return {
        "kind": "table",
        "title": "What each word pushes: plus for an invitation, minus against it",
        "columns": ["word", *NAMES],
        "rows": rows,
        "alt": "For every word of both applications its push in the three models.",
    }
