"""The figures of chapter 27."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlpcourse import plots
from nlpcourse.neural.frameworks import adam


def epsilons(rules: Mapping[str, adam.Rule], steps: int) -> Any:
    """Draw what each definition adds to the root of the corrected average, step by step."""
    figure, axes = plots.subplots(figsize=(7, 3.4))
    numbers = [int(n) for n in np.unique(np.geomspace(1, steps, 60).astype(int))]
    lines: dict[tuple[float, ...], list[str]] = {}
    for name, rule in rules.items():
        values = tuple(adam.effective_epsilon(rule, n) for n in numbers)
        lines.setdefault(values, []).append(name)
    for colour, (values, names) in zip(plots.PALETTE, lines.items(), strict=False):
        axes.plot(numbers, values, color=colour)
        axes.annotate(
            ", ".join(names),
            (numbers[0], values[0]),
            xytext=(12, 5),
            textcoords="offset points",
            color=colour,
        )
    axes.margins(y=0.12)
    axes.set(
        xscale="log", yscale="log", xlabel="step", ylabel="epsilon that counts"
    )
    return figure


def losses(curves: Mapping[str, tuple[Sequence[float], str, str]]) -> Any:
    """Draw losses step by step: a name, its losses, a colour and a line style each."""
    figure, axes = plots.subplots(figsize=(7, 3.6))
    for name, (values, colour, style) in curves.items():
        axes.plot(
            range(1, len(values) + 1), values, style, color=colour, label=name
        )
    axes.set(xlabel="step", ylabel="loss of the batch (nats)")
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def accuracies(
    rows: Mapping[str, tuple[Sequence[float], Sequence[float]]],
) -> Any:
    """Draw every seed's accuracy of each program: shared weights, and its own.

    Args:
        rows: for each program the accuracies from the shared weights and from its own.
    """
    figure, axes = plots.subplots(figsize=(7, 0.5 * len(rows) + 1.4))
    names = list(rows)
    for k, name in enumerate(names):
        for values, shift, colour, marker in zip(
            rows[name], (-0.14, 0.14), plots.PALETTE, "os", strict=False
        ):
            axes.plot(
                [100 * v for v in values],
                [k + shift] * len(values),
                marker,
                color=colour,
                alpha=0.75,
            )
    axes.plot([], [], "o", color=plots.PALETTE[0], label="shared initial weights")
    axes.plot([], [], "s", color=plots.PALETTE[1], label="the framework's own")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("test questions right (%)")
    figure.legend(loc="outside upper left", ncols=2)
    return figure
