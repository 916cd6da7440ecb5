"""The film network in the page: its verdict, and the windows that its filters picked.

The page gets the trained network as an ONNX file, and the vocabulary with each filter's weight in
the verdict as JSON.  What a filter adds to the verdict is its largest answer times its weight.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.page.models import Call, Result, Steps, Tensor
from nlpcourse.statistics.naive_bayes.features import words

TITLE = "What did the filters pick?"
DESCRIPTION = (
    "Type a sentence about a film. Three hundred filters slide over it, each keeps the one window "
    "that excites it most, and all of them together give the verdict. Put a `not` into the "
    "sentence, or turn two parts round, and see what changes."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "textarea",
        "label": "Your sentence",
        "value": "A lively and surprisingly moving film, although the ending is a mess.",
        "maxlength": 300,
    },
]
MODEL, RESOURCE = "cnn-movie.onnx", "cnn-movie.json"
LONGEST = 60
"""Words of the sentence that are read, the first ones."""

SHOWN = 12
"""Filters that are shown, those with the strongest pushes."""

UNKNOWN = 1


def _model() -> bytes:
    """Return the trained network as ONNX: scores, and each filter's answer and place."""
    import torch
    from torch import nn
    from torch.nn import functional

    from nlpcourse.neural.cnn.recipes import load_movie_model
    from nlpcourse.page.export import to_onnx

    network, _, _ = load_movie_model()

    class Reader(nn.Module):
        """The network for one sentence without padding, in PyTorch's own convolution."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(
            self, numbers: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            vectors = self.network.embedding(numbers).transpose(1, 2)
            values, places = [], []
            for layer in self.network.layers:
                maps = functional.conv1d(
                    vectors, layer.weight, layer.bias, padding=layer.width - 1
                )
                value, place = maps.max(dim=2)
                values.append(value)
                places.append(place)
            pooled = torch.relu(torch.cat(values, dim=1))
            scores = self.network.output(pooled)
            return scores, pooled, torch.cat(places, dim=1)

    return to_onnx(
        Reader().eval(),
        {"words": torch.tensor([[20, 300, 4000, 5, 77]])},
        ["scores", "answers", "places"],
        {"words": {1: "time"}},
    )


def _tables() -> bytes:
    """Return the vocabulary, the widths and the weights of the filters as JSON."""
    from nlpcourse.neural.cnn.inspection import weights_for, width_of
    from nlpcourse.neural.cnn.recipes import load_movie_model

    network, vocabulary, _ = load_movie_model()
    weights = weights_for(network).tolist()
    packed = {
        "vocabulary": " ".join(vocabulary.numbers),
        "widths": [width_of(network, k) for k in range(len(weights))],
        "weights": [round(weight, 5) for weight in weights],
        "bias": float(network.output.bias[1] - network.output.bias[0]),
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


MODELS = {MODEL: _model}
RESOURCES = {RESOURCE: _tables}


def percent(share: float) -> str:
    """Return a probability as text.

    >>> percent(0.256)
    '26%'
    """
    return f"{100 * share:.0f}%"


def encode(sentence: Sequence[str], tables: Mapping[str, Any]) -> list[int]:
    """Return the words' numbers in the network's vocabulary."""
    vocabulary = tables["vocabulary"].split(" ")
    numbers = {word: number for number, word in enumerate(vocabulary, UNKNOWN + 1)}
    return [numbers.get(word, UNKNOWN) for word in sentence]


def share_of_good(outputs: Mapping[str, Tensor]) -> float:
    """Return P(good) from the network's scores."""
    bad, good = outputs["scores"].data
    return 1 / (1 + math.exp(min(700.0, float(bad - good))))


def _window(sentence: list[str], place: int, width: int) -> str:
    """Return the words of the window that ends at *place*, with dots outside the text."""
    span = range(place - width + 1, place + 1)
    return " ".join(sentence[i] if 0 <= i < len(sentence) else "·" for i in span)


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Yield one call to the network; return its verdict and what its filters picked."""
    sentence = words(str(inputs.get("text", "")))[:LONGEST]
    if not sentence:
        text = "Type a sentence about a film, at least one word."
        return {"views": [{"kind": "text", "text": text}], "summary": text}
    tables = json.loads(resources[RESOURCE])
    encoded = encode(sentence, tables)
    outputs = yield Call(
        MODEL, {"words": Tensor("int64", [1, len(encoded)], encoded)}
    )
    return _views(sentence, encoded, outputs, tables)


def _views(
    sentence: list[str],
    encoded: list[int],
    outputs: Mapping[str, Tensor],
    tables: Mapping[str, Any],
) -> Result:
    """Return the views of one sentence."""
    share = share_of_good(outputs)
    places = [int(place) for place in outputs["places"].data]
    pushes = [
        answer * weight
        for answer, weight in zip(
            outputs["answers"].data, tables["weights"], strict=True
        )
    ]
    order = sorted(range(len(pushes)), key=lambda k: -abs(pushes[k]))
    items = [
        {
            "label": f"`{_window(sentence, places[k], tables['widths'][k])}`",
            "value": round(pushes[k], 3),
            "note": f"filter {k + 1}, {tables['widths'][k]} words wide",
        }
        for k in order[:SHOWN]
    ]
    total = [0.0] * len(sentence)
    for k, push in enumerate(pushes):
        width = tables["widths"][k]
        span = range(places[k] - width + 1, places[k] + 1)
        inside = [i for i in span if 0 <= i < len(sentence)]
        for i in inside:
            total[i] += push / len(inside)
    tokens = [
        {
            "text": word,
            "label": "unknown" if number == UNKNOWN else f"{value:+.1f}",
            "group": 2 if number == UNKNOWN else 0 if value > 0 else 1,
        }
        for word, number, value in zip(sentence, encoded, total, strict=True)
    ]
    verdict = "good" if share >= 0.5 else "bad"
    sure = percent(max(share, 1 - share))
    said = (
        f"The network says `{verdict}`: good with a probability of {percent(share)}. "
        f"The rest of the {len(pushes)} filters' pushes, and a bias of "
        f"{tables['bias']:+.2f}, are not drawn."
    )
    summary = (
        f"{verdict.capitalize()} ({sure} sure); good with a probability of "
        f"{percent(share)}; the strongest window is {items[0]['label']}."
    )
    return {
        "views": [
            {"kind": "text", "text": said},
            {
                "kind": "tokens",
                "title": "What each word's windows added for good",
                "alt": "The words of the sentence, each with the sum of its share of the pushes.",
                "tokens": tokens,
            },
            {
                "kind": "bars",
                "title": f"The {len(items)} strongest filters and the window that each picked",
                "alt": "One bar for each filter: right is a push towards good, left towards bad.",
                "items": items,
            },
        ],
        "summary": summary,
    }
