"""The chapter's figures, and the trials that they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlpcourse import plots
from nlpcourse.practice.projects.bands import candidates, found_chance
from nlpcourse.practice.projects.minhash import hash_functions, signature

Interval = tuple[float, float]


def found_share(
    shared: int,
    either: int,
    rows: int,
    bands: int,
    pairs: int = 1000,
    first: int = 0,
) -> float:
    """Return the share of made-up pairs that the bands find, each with hash functions of its own.

    Args:
        shared: shingles that the two sets have in common.
        either: shingles of both sets together.
        rows: numbers in a band.
        bands: how many.
        pairs: that are tried.
        first: seed of the first pair's functions.
    """
    own, found = (either - shared) // 2, 0
    for seed in range(first, first + pairs):
        names = [f"{seed} {k}" for k in range(either)]
        sets = names[: shared + own], names[:shared] + names[shared + own :]
        functions = hash_functions(rows * bands, seed)
        table = np.stack([signature(names, functions) for names in sets])
        found += bool(list(candidates(table, rows)))
    return found / pairs


def s_curve(measured: Mapping[float, float], rows: int, bands: int) -> Any:
    """Draw the chance of being found over the similarity, with measured shares."""
    fig, ax = plots.subplots(figsize=(7, 3.2))
    x = np.linspace(0, 1, 101)
    for r, b, style in ((rows, bands, "-"), (1, 1, ":")):
        label = f"{b} bands of {r}" if b > 1 else "one number alone"
        chances = [found_chance(float(s), r, b) for s in x]
        ax.plot(x, chances, style, color=plots.PALETTE[0], label=label)
    ax.plot(
        list(measured), list(measured.values()), "o", color=plots.PALETTE[1],
        label="measured, made-up pairs",
    )  # fmt: skip
    ax.set(xlabel="similarity of the two sets", ylabel="share of pairs found")
    ax.legend(loc="upper left")
    return fig


def gains(steps: Sequence[str], found: Mapping[str, Sequence[Interval]]) -> Any:
    """Draw the interval of each step's gain, once for each part of the data."""
    fig, ax = plots.subplots(figsize=(7, 3.2))
    for k, (part, intervals) in enumerate(found.items()):
        for i, (low, high) in enumerate(intervals):
            y = i + 0.14 * (2 * k - 1)
            ax.plot(
                [low, high], [y, y], lw=5, color=plots.PALETTE[k], solid_capstyle="butt",
                label=part if i == 0 else None,
            )  # fmt: skip
    ax.axvline(0, color=plots.PALETTE[7 % len(plots.PALETTE)], lw=1)
    ax.set_yticks(range(len(steps)), steps)
    ax.invert_yaxis()
    ax.set(xlabel="gain in nDCG at ten over the step before")
    ax.legend(loc="lower right")
    return fig
