"""The chapter's figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.evaluation import bootstrap_interval


def comparison(
    scores: Mapping[str, Mapping[str, Sequence[float]]],
    kind: str,
    samples: int = 400,
) -> Any:
    """Draw each system's mean ROUGE with its bootstrap interval over papers."""
    fig, axis = plots.subplots(figsize=(7, 3.4))
    for place, (name, figures) in enumerate(scores.items()):
        values = list(figures[kind])
        low, high = bootstrap_interval(values, samples=samples)
        centre = sum(values) / len(values)
        special = name in ("lead-3", "oracle", "random")
        colour = plots.PALETTE[1 if special else 0]
        axis.plot([low, high], [place, place], color=colour, lw=2)
        axis.plot(centre, place, "s" if special else "o", color=colour, ms=7)
    axis.set_yticks(range(len(scores)), list(scores))
    axis.invert_yaxis()
    axis.set_xlabel(f"ROUGE-{kind}, F1 (points of a hundred)")
    return fig


def places(
    marked: Sequence[float], last: Sequence[float], labels: tuple[str, str]
) -> Any:
    """Draw how often people mark the first, second … sentence, and those counted from the end."""
    fig, axis = plots.subplots(figsize=(7, 3))
    numbers = range(1, len(marked) + 1)
    axis.plot(numbers, [100 * x for x in marked], "o-", label=labels[0])
    axis.plot(numbers, [100 * x for x in last], "s--", label=labels[1])
    axis.set_xticks(list(numbers))
    axis.set(
        xlabel="place, from the one end or the other", ylabel="marked by people (%)"
    )
    axis.set_ylim(0, 100)
    axis.legend()
    return fig


def lead_of_words(
    lengths: Sequence[int], curves: Mapping[str, Sequence[float]]
) -> Any:
    """Draw precision, recall and F1 of longer and longer summaries."""
    fig, axis = plots.subplots(figsize=(7, 3.2))
    looks = {"recall": "o-", "precision": "s--", "F1": "^:"}
    for name, values in curves.items():
        axis.plot(lengths, values, looks[name], ms=5, label=name)
    axis.set(xlabel="sentences taken from the beginning", ylabel="ROUGE-1 (points)")
    axis.legend()
    return fig


def errors(shares: Mapping[str, tuple[int, int]]) -> Any:
    """Draw the share of summaries that say something unsupported, by who wrote them."""
    fig, axis = plots.subplots(figsize=(7, 2.6))
    for place, (_name, (bad, total)) in enumerate(shares.items()):
        share = 100 * bad / max(total, 1)
        axis.barh(place, share, color=plots.PALETTE[place % 3])
        axis.text(share + 1, place, f"{bad} of {total}", va="center")
    axis.set_yticks(range(len(shares)), list(shares))
    axis.invert_yaxis()
    axis.set_xlim(0, 112)
    axis.set_xlabel("summaries with an unsupported number or name (%)")
    return fig
