"""Two sentences through four models of the path, to see what changes when one word changes.

The page borrows the models, vocabularies and files of the chapters' own playgrounds, and adds the
counts of naive Bayes and the Transformer that translates.
"""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.neural.cnn import playground as cnn
from nlpcourse.neural.seq2seq import playground as seq2seq
from nlpcourse.page.models import Call, Outputs, Result, Steps, Tensor
from nlpcourse.statistics.naive_bayes.features import Counts, words
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes
from nlpcourse.transformers.gpt import playground as gpt

TITLE = "Two sentences, four models"
DESCRIPTION = (
    "Type two sentences that differ in little: a word left out, two words swapped. "
    "Four models of the path read both, and you see who notices the difference."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "one",
        "type": "text",
        "label": "A sentence",
        "value": "The movie was not as good as the book.",
        "maxlength": 120,
    },
    {
        "name": "other",
        "type": "text",
        "label": "And almost the same",
        "value": "The book was not as good as the movie.",
        "maxlength": 120,
    },
]
TRANSLATOR = "transformer-tatoeba.onnx"
COUNTS = "same-text-films.json"
BEGIN, END = seq2seq.BEGIN, seq2seq.END
LONGEST = 25
"""Words of a sentence that are read at most."""

Piecewise = Generator[Call, Outputs, list[tuple[str, float]]]


def _translator() -> bytes:
    """Return the trained Transformer: what follows a sentence and a beginning."""
    import torch

    from nlpcourse.page.export import to_onnx
    from nlpcourse.transformers.transformer.recipes import load_translator
    from nlpcourse.transformers.transformer.tasks import NextToken

    model, _ = load_translator()
    return to_onnx(
        NextToken(model),
        {
            "source": torch.tensor([[40, 50, 60, 2], [41, 51, 61, 2]]),
            "written": torch.tensor([[BEGIN, 70, 80], [BEGIN, 71, 81]]),
        },
        ["log_probabilities", "weights"],
        dynamic={
            "source": {0: "rows", 1: "pieces"},
            "written": {0: "rows", 1: "written"},
        },
    )


def _counts() -> bytes:
    """Return the counts of the film sentences' words, and of the sentences, as JSON."""
    from nlpcourse.pages.same_text.stations import film_counts

    counts = film_counts()
    found = {"documents": counts.documents, "words": counts.words}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


RESOURCES = {
    COUNTS: _counts,
    **cnn.RESOURCES,
    **gpt.RESOURCES,
    **seq2seq.RESOURCES,
}
MODELS = {TRANSLATOR: _translator, **cnn.MODELS, **gpt.MODELS}


@lru_cache(maxsize=1)
def film_bayes(packed: bytes) -> MultinomialNaiveBayes:
    """Return chapter 11's naive Bayes of the film sentences, from its counts."""
    found = json.loads(packed)
    return MultinomialNaiveBayes(Counts(found["documents"], found["words"]), 1.0)


def verdict(
    text: str, resources: Mapping[str, bytes]
) -> Generator[Call, Outputs, float]:
    """Ask the convolutional network for P(good)."""
    encoded = cnn.encode(words(text), json.loads(resources[cnn.RESOURCE]))
    outputs = yield Call(
        cnn.MODEL, {"words": Tensor("int64", [1, len(encoded)], encoded)}
    )
    return cnn.share_of_good(outputs)


def prices(text: str, resources: Mapping[str, bytes]) -> Piecewise:
    """Ask the GPT of pieces what every word costs, in nats: the sum over its pieces."""
    pieces = gpt.unpack(resources[gpt.RESOURCE])
    ids = [pieces.end]
    found: list[tuple[str, float]] = []
    for word in gpt.cut(text):
        cost = 0.0
        for number in pieces.encode(word):
            outputs = yield Call(
                gpt.MODEL, {"ids": Tensor("int64", [1, len(ids)], list(ids))}
            )
            scores = [float(score) for score in outputs["logits"].data]
            highest = max(scores)
            total = math.log(math.fsum(math.exp(s - highest) for s in scores))
            cost += highest + total - scores[number]
            ids = [*ids, number][-gpt.CONTEXT :]
        found.append((word, cost))
    return found


def spanish(
    text: str, resources: Mapping[str, bytes]
) -> Generator[Call, Outputs, str]:
    """Let the Transformer translate a sentence, by greedy search."""
    tokenizer = seq2seq.tokenizer_of(resources[seq2seq.PIECES])
    ranks = tokenizer.encode(f" {seq2seq.normalise(text)}")
    source = [*(rank + seq2seq.SPECIALS for rank in ranks), END]
    written = [BEGIN]
    while len(written) < 2 * len(source) + 5:
        outputs = yield Call(
            TRANSLATOR,
            {
                "source": Tensor("int64", [1, len(source)], source),
                "written": Tensor("int64", [1, len(written)], list(written)),
            },
        )
        scores = outputs["log_probabilities"].data
        best = max(range(len(scores)), key=scores.__getitem__)
        if best == END:
            break
        written.append(best)
    plain = [n - seq2seq.SPECIALS for n in written if n >= seq2seq.SPECIALS]
    return str(tokenizer.decode(plain)).strip()


def _complaint(name: str, text: str) -> str:
    """Return what is wrong with a sentence, or nothing."""
    if not words(text):
        return f"The {name} sentence has no words; type at least one."
    if len(text.split()) > LONGEST:
        return f"The {name} sentence is long for this page; {LONGEST} words are enough."
    return ""


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Ask all four models about both sentences, and say who noticed the difference."""
    texts = [str(inputs.get(name, "")).strip() for name in ("one", "other")]
    for name, text in zip(("first", "second"), texts, strict=True):
        if complaint := _complaint(name, text):
            return {
                "views": [{"kind": "text", "text": complaint}],
                "summary": complaint,
            }
    bayes = film_bayes(resources[COUNTS])
    bags = [bayes.posterior(words(text))["good"] for text in texts]
    shares, said, costs = [], [], []
    for text in texts:
        share = yield from verdict(text, resources)
        shares.append(share)
        translated = yield from spanish(text, resources)
        said.append(translated)
        priced = yield from prices(text, resources)
        costs.append(priced)
    return _result(texts, bags, shares, said, costs)


def _result(
    texts: Sequence[str],
    bags: Sequence[float],
    shares: Sequence[float],
    said: Sequence[str],
    costs: Sequence[list[tuple[str, float]]],
) -> Result:
    totals = [math.fsum(cost for _, cost in priced) for priced in costs]
    rows = [
        [name, cnn.percent(bag), cnn.percent(share), f"{total:.1f}"]
        for name, bag, share, total in zip(
            ("first", "second"), bags, shares, totals, strict=True
        )
    ]
    blind = math.isclose(bags[0], bags[1], rel_tol=1e-9)
    bag = (
        "To naive Bayes the two are the same bag of words."
        if blind
        else "Naive Bayes sees other words in them."
    )
    cheaper = "first" if totals[0] < totals[1] else "second"
    summary = (
        f"{bag} The CNN says {cnn.percent(shares[0])} and {cnn.percent(shares[1])} good; "
        f"GPT finds the {cheaper} more likely, by {abs(totals[0] - totals[1]):.1f} nats."
    )
    bars = [
        {
            "kind": "bars",
            "title": f"What each word costs GPT: {name} sentence",
            "alt": "; ".join(f"{word}: {cost:.1f} nats" for word, cost in priced),
            "unit": "nats",
            "items": [
                {"label": f"`{word}`", "value": round(cost, 1)}
                for word, cost in priced
            ],
        }
        for name, priced in zip(("first", "second"), costs, strict=True)
    ]
    return {
        "views": [
            {
                "kind": "table",
                "title": "How likely is it praise? What does it cost GPT, in nats?",
                "columns": ["sentence", "naive Bayes", "CNN", "GPT"],
                "rows": rows,
                "alt": "For each sentence the answers of three models.",
            },
            {
                "kind": "text",
                "title": "In Spanish, by the Transformer",
                "text": "\n".join(
                    f"{text} → {spanish or '(nothing)'}"
                    for text, spanish in zip(texts, said, strict=True)
                ),
            },
            {"kind": "text", "text": summary},
            *bars,
        ],
        "summary": summary,
    }
