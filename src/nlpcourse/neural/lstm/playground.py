"""The LSTM language model in the page: what comes next, and how a choice is made.

The model is the chapter's own, trained on WikiText-2.  It reads the text from its first word for
every word that it writes; nothing is kept between two inputs.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from nlpcourse.page.models import Call, Steps, Tensor

TITLE = "What comes next?"
DESCRIPTION = (
    "Begin a sentence. The model of this chapter says how likely each of its words is to come "
    "next. Sharpen or flatten the distribution, cut its tail off, and let it write."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "text",
        "type": "text",
        "label": "Your beginning",
        "value": "The castle was built by",
        "maxlength": 200,
    },
    {
        "name": "temperature",
        "type": "range",
        "label": "Temperature τ",
        "min": 0.1,
        "max": 2,
        "step": 0.1,
        "value": 0.8,
    },
    {
        "name": "top_k",
        "type": "number",
        "label": "Keep the best k words",
        "min": 1,
        "max": 1000,
        "value": 50,
    },
    {
        "name": "top_p",
        "type": "range",
        "label": "Keep a share p of the probability",
        "min": 0.05,
        "max": 1,
        "step": 0.05,
        "value": 1,
    },
    {
        "name": "seed",
        "type": "number",
        "label": "Random seed",
        "min": 0,
        "max": 9999,
        "value": 4,
    },
]
MODEL = "lstm-wikitext2.onnx"
WORDS = "lstm-wikitext2-words.txt"
END, UNKNOWN = "<eos>", "<unk>"
SHOWN, WRITTEN = 10, 14
"""Words in the chart, and words that the model writes on."""


def _words() -> bytes:
    from nlpcourse.neural.lstm.language_model import wikitext_vocabulary

    return " ".join(wikitext_vocabulary().words).encode()


def _model() -> bytes:
    """Export the trained model: words (1, time) → log probabilities of the next (1, words)."""
    import torch
    from torch import nn
    from torch.nn.functional import linear, log_softmax

    from nlpcourse.neural.lstm import recipes
    from nlpcourse.page.export import to_onnx

    trained, _ = recipes.load_language_model()

    class NextWord(nn.Module):
        """The same model without lookups whose size depends on the words."""

        def __init__(self) -> None:
            super().__init__()
            self.lstm = trained.lstm
            self.softmax = trained.softmax

        def forward(self, words: torch.Tensor) -> torch.Tensor:
            ends = self.softmax.cutoffs
            head = self.softmax.head.weight  # (first class + rarer classes, size)
            vectors = head[words.clamp(max=ends[0] - 1)]
            for number, cluster in enumerate(self.softmax.tail.children()):
                low, high = ends[number], ends[number + 1]
                project, rows = (
                    part.weight
                    for part in cluster.children()
                    if isinstance(part, nn.Linear)
                )
                place = (words - low).clamp(0, high - low - 1)
                rare = rows[place] @ project
                vectors = torch.where((words >= low).unsqueeze(-1), rare, vectors)
            outputs, _ = self.lstm(vectors)
            last = outputs[:, -1]
            first = log_softmax(linear(last, head, self.softmax.head.bias), dim=-1)
            parts = [first[:, : ends[0]]]
            for number, cluster in enumerate(self.softmax.tail.children()):
                inside = log_softmax(cluster(last), dim=-1)
                parts.append(inside + first[:, ends[0] + number, None])
            return torch.cat(parts, dim=-1)

    example = {"words": torch.tensor([[5, 2_000, 9_000, 7]])}
    return to_onnx(
        NextWord(), example, ["log_probabilities"], {"words": {1: "time"}}
    )


RESOURCES = {WORDS: _words}
MODELS = {MODEL: _model}


def kept(
    log_probabilities: Sequence[float],
    temperature: float,
    top_k: int,
    top_p: float,
    never: int,
) -> list[tuple[int, float]]:
    """Return the words that may be drawn with their probabilities, the likeliest first.

    Args:
        log_probabilities: one per word.
        temperature: above 0; divides the logarithms.
        top_k: how many words are kept at most.
        top_p: of these, the fewest whose probabilities reach this share.
        never: a word that is not drawn.

    >>> logs = [math.log(p) for p in (0.5, 0.3, 0.2)]
    >>> [(n, round(p, 3)) for n, p in kept(logs, 1.0, top_k=2, top_p=1.0, never=-1)]
    [(0, 0.625), (1, 0.375)]
    >>> kept(logs, 1.0, top_k=3, top_p=0.4, never=-1)
    [(0, 1.0)]
    """
    best = sorted(
        range(len(log_probabilities)), key=lambda n: -log_probabilities[n]
    )
    best = [n for n in best[: top_k + 1] if n != never][:top_k]
    highest = log_probabilities[best[0]]
    weights = [
        math.exp((log_probabilities[n] - highest) / temperature) for n in best
    ]
    if top_p < 1:
        # the share counts among all words, also those beyond the best k
        everything = math.fsum(
            math.exp((value - highest) / temperature)
            for n, value in enumerate(log_probabilities)
            if n != never
        )
        reached, count = 0.0, 0
        while count < len(best) and reached < top_p * everything:
            reached += weights[count]
            count += 1
        best, weights = best[:count], weights[:count]
    total = math.fsum(weights)
    return [(n, weight / total) for n, weight in zip(best, weights, strict=True)]


def run(inputs: dict[str, Any], resources: dict[str, bytes]) -> Steps:
    """Show the distribution after the reader's text, and a continuation drawn from it.

    Args:
        inputs: ``text``, ``temperature``, ``top_k``, ``top_p`` and ``seed``; see ``INPUTS``.
        resources: the vocabulary, its words in their order.

    Yields:
        one call for each word that the model writes.
    """
    words = resources[WORDS].decode().split(" ")
    number = {word: n for n, word in enumerate(words)}
    text = str(inputs["text"]).split()
    if not text:
        note = "Write a word or two, and the model goes on from there."
        return {"views": [{"kind": "text", "text": note}], "summary": ""}
    known = [word if word in number else word.lower() for word in text][-60:]
    strange = [word for word in known if word not in number]
    temperature = max(0.05, float(inputs["temperature"]))
    top_k = max(1, int(inputs["top_k"] or 1))
    top_p = min(1.0, max(0.01, float(inputs["top_p"])))
    chance = random.Random(int(inputs["seed"] or 0))

    numbers = [number[END], *(number.get(word, number[UNKNOWN]) for word in known)]
    first: list[tuple[int, float]] = []
    written: list[str] = []
    for _ in range(WRITTEN):
        read = Tensor("int64", [1, len(numbers)], list(numbers))
        outputs = yield Call(MODEL, {"words": read})
        logs = outputs["log_probabilities"].data
        choices = kept(logs, temperature, top_k, top_p, number[UNKNOWN])
        first = first or choices
        (drawn,) = chance.choices(
            [n for n, _ in choices], weights=[share for _, share in choices]
        )
        numbers.append(drawn)
        written.append(words[drawn])

    chips: list[dict[str, Any]] = [
        {"text": word, "group": 1, "label": "<unk>"}
        if word in strange
        else {"text": word, "group": 0}
        for word in known
    ]
    chips += [{"text": "⏎" if w == END else w, "group": 2} for w in written]
    shown = [words[n] for n, _ in first[:SHOWN]]
    bars = [
        {"label": "⏎ (end)" if word == END else word, "value": 100 * share}
        for word, (_, share) in zip(shown, first, strict=False)
    ]
    beyond = max(0.0, 1 - sum(share for _, share in first[:SHOWN]))
    summary = (
        f"After your text {len(first):,} words may be drawn; the likeliest is "
        f"`{words[first[0][0]]}` with {first[0][1]:.0%}."
    )
    if strange:
        named = ", ".join(f"`{word}`" for word in strange)
        summary += f" Not in the vocabulary and read as `<unk>`: {named}."
    if any(word.startswith("@") for word in [*written, *shown]):
        summary += (
            " Between two `@` stands a mark inside a word or number, as in "
            "`well @-@ known`."
        )
    return {
        "views": [
            {
                "kind": "bars",
                "title": f"The next word, in per cent (all others: {100 * beyond:.0f})",
                "alt": "; ".join(f"{b['label']} {b['value']:.1f} %" for b in bars)
                + ".",
                "items": bars,
                "unit": "%",
            },
            {
                "kind": "tokens",
                "title": "Your words, and how the model goes on",
                "alt": f"The model goes on: {' '.join(written).replace(END, '⏎')}",
                "tokens": chips,
            },
        ],
        "summary": summary,
    }
