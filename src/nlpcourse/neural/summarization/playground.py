"""Summaries of the reader's own text: scores, who recommends whom, and the chosen sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpcourse.neural.summarization.graph import (
    cosine_table,
    power_iteration,
    textrank,
    textrank_graph,
)
from nlpcourse.neural.summarization.luhn import luhn
from nlpcourse.neural.summarization.mmr import mmr, scaled
from nlpcourse.neural.summarization.sumbasic import sumbasic
from nlpcourse.neural.summarization.words import (
    Words,
    content_words,
    in_order,
    inverse_frequencies,
    sentences_of,
)

TITLE = "Which sentences would you keep?"
DESCRIPTION = (
    "Paste a text of your own, up to thirty sentences. Each sentence gets a score, the best are "
    "kept, and you see which sentence recommends which. Change the method, add a sentence that "
    "repeats another, or put the most important one last, and see who notices."
)
LEAD, LUHN, SUMBASIC, TEXTRANK, LEXRANK, MMR = (
    "lead",
    "luhn",
    "sumbasic",
    "textrank",
    "lexrank",
    "mmr",
)
TEXT = (
    "The old harbour of the town was closed for two years. Divers cleared the harbour of mud and "
    "wrecks, and masons mended its walls. Ships had to land at the new harbour, far from the "
    "market. The market lost half of its traders. Some of the traders moved to the new harbour. "
    "Others sold fish from carts. On Monday the old harbour was opened again. The mayor said that "
    "ships, traders and the market would return to the old harbour. A band played. Tolls for ships "
    "will rise by a tenth to pay for the work on the harbour."
)
INPUTS: list[dict[str, Any]] = [
    {
        "name": "method",
        "type": "select",
        "label": "Method",
        "options": [
            (TEXTRANK, "TextRank: a graph of shared words"),
            (LEXRANK, "LexRank: a graph of cosines"),
            (MMR, "MMR: LexRank, and new at the same time"),
            (LUHN, "Luhn: frequent words close together"),
            (SUMBASIC, "SumBasic: likely words, then others"),
            (LEAD, "the first sentences"),
        ],
        "value": TEXTRANK,
    },
    {
        "name": "count",
        "type": "range",
        "label": "Sentences to keep",
        "min": 1,
        "max": 6,
        "step": 1,
        "value": 3,
    },
    {
        "name": "text",
        "type": "textarea",
        "label": "Your text",
        "value": TEXT,
        "maxlength": 4000,
    },
]
MOST = 30
SHORT = 46
"""Letters of a sentence that stand beside its bar."""
BALANCE = 0.7
NODES = 8
"""Sentences in the drawing: the best, and whom they point to."""


def _choose(
    method: str, words: list[Words], count: int
) -> tuple[list[float], list[int], list[list[float]]]:
    """Return a score for each sentence, the places that are kept, and the graph."""
    idf = inverse_frequencies(words)
    cosines = cosine_table(words, idf)
    graph = textrank_graph(words)
    if method == TEXTRANK:
        scores = textrank(words)
    elif method in (LEXRANK, MMR):
        graph, scores = cosines, power_iteration(cosines)
    elif method == LUHN:
        scores = luhn(words)
    elif method == SUMBASIC:
        taken = sumbasic(words, count)
        scores = [0.0] * len(words)
        for rank, place in enumerate(taken):
            scores[place] = float(count - rank)
        return scores, sorted(taken), graph
    else:
        scores = [float(len(words) - place) for place in range(len(words))]
    if method == MMR:
        return scores, sorted(mmr(scaled(scores), cosines, BALANCE, count)), graph
    return scores, in_order(scores, count), graph


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Summarize the reader's text and show how the choice came about.

    Args:
        inputs: ``method``, ``count`` and ``text``.
        resources: none are needed.
    """
    sentences = sentences_of(str(inputs.get("text", "")))[:MOST]
    method = str(inputs.get("method", TEXTRANK))
    count = max(1, min(int(float(inputs.get("count", 3))), 6))
    words = [content_words(sentence) for sentence in sentences]
    if not any(words):
        text = "Type a few sentences in English, and the best of them are kept."
        return {"views": [{"kind": "text", "text": text}], "summary": text}
    scores, kept, graph = _choose(method, words, count)
    places = ", ".join(str(place + 1) for place in kept)
    summary = (
        f"Of {len(sentences)} sentence{'s' * (len(sentences) != 1)} the summary keeps "
        f"number {places}."
    )
    views: list[dict[str, Any]] = [
        {"kind": "text", "text": " ".join(sentences[place] for place in kept)},
        _bars(sentences, scores, kept, method),
    ]
    if method in (TEXTRANK, LEXRANK, MMR) and len(sentences) > 1:
        views.append(_graph(graph, scores, kept))
    return {"views": views, "summary": summary}


def _bars(
    sentences: list[str], scores: list[float], kept: list[int], method: str
) -> dict[str, Any]:
    whole = method in (TEXTRANK, LEXRANK, MMR)
    items = []
    for place, sentence in enumerate(sentences):
        short = (
            sentence if len(sentence) <= SHORT else f"{sentence[:SHORT].rstrip()}…"
        )
        value = 100 * scores[place] if whole else scores[place]
        item = {"label": f"{place + 1} {short}", "value": round(value, 2)}
        if place in kept:
            item["note"] = "kept"
        items.append(item)
    title = "Share of the walk's time" if whole else "Score of each sentence"
    return {
        "kind": "bars",
        "title": title,
        "unit": "%" if whole else "",
        "items": items,
    }


def _graph(
    graph: list[list[float]], scores: list[float], kept: list[int]
) -> dict[str, Any]:
    """Draw the best sentences, each with an arc to the one that it recommends the most."""
    best = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:NODES]
    edges: list[dict[str, Any]] = []
    for i in best:
        others = [j for j in best if j != i and graph[i][j] > 0]
        if others:
            top = max(others, key=lambda j: (graph[i][j], -j))
            edges.append({"from": i, "to": top, "label": f"{graph[i][top]:.2f}"})
    nodes = [
        {"id": i, "label": str(i + 1), "start": i == best[0], "active": i in kept}
        for i in best
    ]
    told = "; ".join(
        f"{e['from'] + 1} recommends {e['to'] + 1} most" for e in edges
    )
    return {
        "kind": "graph",
        "title": "Whom each of the best sentences recommends most",
        "nodes": nodes,
        "edges": edges,
        "alt": f"The best sentences as a graph: {told or 'none resembles another'}.",
    }
