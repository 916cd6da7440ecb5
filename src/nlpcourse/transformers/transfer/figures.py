"""The figures of the chapter, each drawn from plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from nlpcourse import plots

MARKERS = "osXDv"


def learning_curves(
    panels: Mapping[str, Mapping[str, Mapping[int, Sequence[float]]]],
) -> Any:
    """Draw accuracy against labels: a line through the means, a dot for each seed.

    Args:
        panels: title → way → number of labels → accuracies (shares of 1).
    """
    figure, axes = plots.subplots(1, len(panels), figsize=(7, 3.8), squeeze=False)
    for axis, (title, ways) in zip(axes[0], panels.items(), strict=True):
        for k, (way, by_labels) in enumerate(ways.items()):
            counts = list(by_labels)
            means = [100 * sum(v) / len(v) for v in by_labels.values()]
            axis.plot(
                counts, means, marker=MARKERS[k], color=plots.PALETTE[k], label=way
            )
            for count, values in by_labels.items():
                axis.scatter(
                    [count * 1.06**k] * len(values),
                    [100 * v for v in values],
                    s=9,
                    color=plots.PALETTE[k],
                )
        axis.set_xscale("log")
        counts = sorted({n for by_labels in ways.values() for n in by_labels})
        axis.set_xticks(counts, [str(count) for count in counts])
        axis.minorticks_off()
        axis.set(title=title, xlabel="labels")
    axes[0][0].set_ylabel("accuracy (%)")
    handles, names = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2)
    return figure


def temperatures(
    logits: Tensor, names: Sequence[str], values: Sequence[float]
) -> Any:
    """Draw one text's probabilities at several temperatures, side by side.

    Args:
        logits: (classes,).
        names: of the classes.
        values: the temperatures.
    """
    figure, axes = plots.subplots(1, len(values), figsize=(7, 3), sharey=True)
    for axis, value in zip(axes, values, strict=True):
        shares = (logits / value).softmax(dim=-1).tolist()
        axis.barh(range(len(names)), [100 * s for s in shares])
        axis.set_yticks(range(len(names)), names)
        axis.set(title=f"T = {value:g}", xlabel="%", xlim=(0, 100))
    axes[0].invert_yaxis()
    return figure


def before_and_after(
    rows: Mapping[str, tuple[Sequence[float], Sequence[float]]],
) -> Any:
    """Draw each way's accuracy on the first task before and after the second.

    Args:
        rows: way → accuracies before, and after, one each seed (shares of 1).
    """
    figure, axis = plots.subplots(figsize=(5, 3))
    for place, (before, after) in enumerate(rows.values()):
        for k, (first, second) in enumerate(zip(before, after, strict=True)):
            height = place + 0.2 * (k - (len(before) - 1) / 2)
            axis.annotate(
                "",
                (100 * second, height),
                (100 * first, height),
                arrowprops={"arrowstyle": "->", "color": plots.PALETTE[1]},
            )
            axis.scatter(100 * first, height, color=plots.PALETTE[0])
            axis.scatter(100 * second, height, color=plots.PALETTE[1], marker="x")
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set(xlabel="accuracy on the stories (%)", ylim=(-0.6, len(rows) - 0.4))
    return figure
