"""The figures of chapter 04."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.text.tagging.mistakes import Report


def rungs(reports: Mapping[str, Report]) -> Any:
    """Draw for every tagger the share of known and of unseen words that is right."""
    figure, axes = plots.subplots(figsize=(7, 0.62 * len(reports) + 1.2))
    for row, found in enumerate(reports.values()):
        axes.plot(
            [100 * found.unseen, 100 * found.known],
            [-row, -row],
            color="#b8b8b8",
            zorder=1,
        )
        for value, colour, marker, name in (
            (found.known, plots.PALETTE[0], "o", "words seen in training"),
            (found.unseen, plots.PALETTE[1], "D", "unseen words"),
            (found.words, "#b8b8b8", "|", "all words"),
        ):
            axes.plot(
                100 * value, -row, marker, color=colour, ls="", ms=9,
                label=name if row == 0 else None,
            )  # fmt: skip
    axes.set_yticks([-row for row in range(len(reports))], list(reports))
    axes.set(xlabel="words with the right tag (%)", xlim=(-3, 103))
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=3)
    return figure


def pairs(counts: Sequence[tuple[tuple[str, str | None], int]], total: int) -> Any:
    """Draw the most frequent mistakes as shares of all."""
    figure, axes = plots.subplots(figsize=(7, 0.36 * len(counts) + 0.9))
    places = [-row for row in range(len(counts))]
    axes.barh(places, [100 * n / total for _, n in counts], color=plots.PALETTE[0])
    axes.set_yticks(places, [f"{truth} tagged {tag}" for (truth, tag), _ in counts])
    axes.set_xlabel("share of all mistakes (%)")
    return figure


def by_length(
    lengths: Sequence[int], measured: Sequence[float], independent: Sequence[float]
) -> Any:
    """Draw how many sentences of each length are all right, beside independent mistakes."""
    figure, axes = plots.subplots(figsize=(7, 3.6))
    axes.plot(lengths, [100 * v for v in measured], "o-", label="measured")
    axes.plot(
        lengths,
        [100 * v for v in independent],
        "--",
        label="if mistakes fell by chance",
    )
    axes.set(
        xlabel="words in the sentence",
        ylabel="sentences all right (%)",
        ylim=(0, 103),
    )
    axes.legend(loc="upper right")
    return figure
