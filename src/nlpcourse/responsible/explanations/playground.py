"""The reader's sentence, explained by five methods side by side.

The page gets the chapter's network with its slopes worked out by hand, so that the two methods
that need a gradient have a true one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.page.models import Call, Steps, Tensor
from nlpcourse.responsible.explanations.plain import (
    lime_line,
    lime_masks,
    shap_line,
    shap_masks,
)
from nlpcourse.responsible.explanations.words import words_of

TITLE = "Your sentence, explained five times"
DESCRIPTION = (
    "The chapter's network reads your sentence about a film and says good or bad. Five methods say "
    "how much each word pushed: above 0 towards good, below 0 towards bad. Where do they agree? "
    "Say a good thing twice, or put a `not` in, and look again."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "text",
        "label": "Your sentence",
        "value": "Not a good film, but a funny one.",
        "maxlength": 200,
    },
    {
        "name": "samples",
        "type": "range",
        "label": "Texts that LIME and kernel SHAP may ask about, each",
        "min": 20,
        "max": 400,
        "step": 20,
        "value": 200,
    },
]
MODEL = "explanations-window.onnx"
RESOURCE = "explanations-words.json"
METHODS = (
    "occlusion",
    "LIME",
    "kernel SHAP",
    "gradient × input",
    "integrated gradients",
)
LONGEST, STEPS, KNOWN = 24, 20, 12_000
"""Words of a sentence, steps of integrated gradients, words that travel to the page."""


@lru_cache(maxsize=1)
def _chosen() -> list[str]:
    """Return the words that the page knows: those of training, frequent ones first."""
    from collections import Counter

    from nlpcourse.responsible.explanations.films import sentences
    from nlpcourse.responsible.explanations.reader import vectors_of

    counts = Counter(w for row in sentences("train").rows for w in row)
    words = [w for w, _ in counts.most_common(KNOWN)]
    known = (vectors_of(words) != 0).any(dim=1).tolist()
    return [w for w, k in zip(words, known, strict=True) if k]


def _words() -> bytes:
    return json.dumps(_chosen(), separators=(",", ":")).encode()


def _model() -> bytes:
    """Export the network: words (T,) and dials (B, T) → scores (B,) and slopes (B, T)."""
    import torch

    from nlpcourse.page.export import to_onnx
    from nlpcourse.responsible.explanations.reader import SIZE, vectors_of
    from nlpcourse.responsible.explanations.recipes import load_reader
    from nlpcourse.responsible.explanations.slopes import WithSlopes

    table = torch.cat([torch.zeros(1, SIZE), vectors_of(_chosen())])
    return to_onnx(
        WithSlopes(load_reader(), table),
        {"ids": torch.tensor([1, 2, 3]), "dials": torch.rand(4, 3)},
        ["scores", "slopes"],
        {"ids": {0: "words"}, "dials": {0: "rows", 1: "words"}},
    )


RESOURCES = {RESOURCE: _words}
MODELS = {MODEL: _model}


@lru_cache(maxsize=2)
def _places(packed: bytes) -> dict[str, int]:
    return {word: i + 1 for i, word in enumerate(json.loads(packed))}


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Explain the reader's sentence.

    Args:
        inputs: ``text`` and ``samples``; see ``INPUTS``.
        resources: the words that the network knows.

    Yields:
        one call, with every row of dials that the five methods ask about.
    """
    text = str(inputs.get("text", "")).encode(errors="replace").decode()
    words = words_of(text)
    samples = max(20, min(400, int(inputs.get("samples", 200))))
    places = _places(resources[RESOURCE])
    ids = [places.get(word, 0) for word in words]
    if not any(ids) or len(words) < 2:
        note = "Write two words or more that stand in reviews, such as `a very funny film`."
        return {"views": [{"kind": "text", "text": note}], "summary": note}
    if len(words) > LONGEST:
        note = f"That is {len(words)} words; what do the first {LONGEST} say alone?"
        return {"views": [{"kind": "text", "text": note}], "summary": note}
    parts = _parts(len(words), samples)
    dials = [row for part in parts.values() for row in part]
    feeds = {
        "ids": Tensor("int64", [len(words)], ids),
        "dials": Tensor(
            "float32", [len(dials), len(words)], [v for row in dials for v in row]
        ),
    }
    outputs = yield Call(MODEL, feeds)
    pushes, full, empty = _explain(outputs, parts, samples)
    return _shown(words, ids, pushes, full, empty)


def _parts(count: int, samples: int) -> dict[str, list[list[float]]]:
    """Return the rows of dials that each method asks about."""
    steps = [(k + 0.5) / STEPS for k in range(STEPS)]
    return {
        "ends": [[1.0] * count, [0.0] * count],
        "occlusion": [[float(i != j) for i in range(count)] for j in range(count)],
        "LIME": lime_masks(count, samples, seed=0),
        "kernel SHAP": shap_masks(count, samples, seed=0)[0],
        "integrated gradients": [[s] * count for s in steps],
    }


def _explain(
    outputs: Mapping[str, Tensor],
    parts: Mapping[str, list[list[float]]],
    samples: int,
) -> tuple[dict[str, list[float]], float, float]:
    """Return each method's pushes, and the scores of the whole and the blank sentence."""
    scores, start = list(outputs["scores"].data), 0
    given: dict[str, list[float]] = {}
    for name, rows in parts.items():
        given[name] = scores[start : start + len(rows)]
        start += len(rows)
    full, empty = given["ends"]
    count = len(parts["ends"][0])
    first = start - STEPS
    along = [outputs["slopes"].row(first + k) for k in range(STEPS)]
    weights = shap_masks(count, samples, seed=0)[1]
    return (
        {
            "occlusion": [full - score for score in given["occlusion"]],
            "LIME": lime_line(parts["LIME"], given["LIME"]),
            "kernel SHAP": shap_line(
                parts["kernel SHAP"], weights, given["kernel SHAP"], empty, full
            ),
            "gradient × input": outputs["slopes"].row(0),
            "integrated gradients": [
                math.fsum(column) / STEPS for column in zip(*along, strict=True)
            ],
        },
        full,
        empty,
    )


def _shown(
    words: Sequence[str],
    ids: Sequence[int],
    pushes: Mapping[str, Sequence[float]],
    full: float,
    empty: float,
) -> dict[str, Any]:
    good = 1 / (1 + math.exp(-max(-700.0, min(700.0, full))))
    answer, side = ("good", 1) if full > 0 else ("bad", -1)
    tops = {
        name: words[max(range(len(words)), key=lambda i: side * values[i])]
        for name, values in pushes.items()
    }
    votes = [
        f"`{word}` ({', '.join(n for n in tops if tops[n] == word)})"
        for word in dict.fromkeys(tops.values())
    ]
    said = (
        f"The network says {answer}; its probability of good is {good:.2f}. The word that pushes "
        f"most towards {answer}: {'; '.join(votes)}."
    )
    unknown = [word for word, i in zip(words, ids, strict=True) if not i]
    note = (
        f"\n\nThe network does not know {', '.join(f'`{w}`' for w in unknown)} and reads a blank."
        if unknown
        else ""
    )
    sums = "; ".join(f"{n} {math.fsum(v):+.2f}" for n, v in pushes.items())
    views: list[dict[str, Any]] = [
        {"kind": "text", "text": said + note},
        {
            "kind": "heatmap",
            "title": "How much each word pushes (rows) by each method (columns)",
            "rows": [f"`{word}`" for word in words],
            "columns": list(METHODS),
            "values": [
                [round(pushes[name][i], 2) + 0.0 for name in METHODS]
                for i in range(len(words))
            ],
            "alt": "Dark cells push most; those marked as negative push towards bad.",
        },
        {
            "kind": "text",
            "text": f"The blank sentence scores {empty:+.2f}, yours {full:+.2f}: there are "
            f"{full - empty:+.2f} to explain. The sums: {sums}.",
        },
    ]
    return {"views": views, "summary": said}
