"""Drawings of chapter 37 that are too long for a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlpcourse import plots
from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.fairness.experiments import Outcome


def leanings(lean: Mapping[str, float], shares: Mapping[str, float]) -> Any:
    """Draw occupations: their place on the gender direction over the share of *she* in a text."""
    fig, ax = plots.subplots(figsize=(7, 4.6))
    words = [word for word in shares if word in lean]
    x, y = [100 * shares[w] for w in words], [lean[w] for w in words]
    ax.axhline(0, color="grey", lw=1)
    ax.plot(x, y, "o", ms=5, color=plots.PALETTE[0])
    far = sorted(words, key=lambda w: -abs(lean[w]))[:2]
    far += [w for w in sorted(words, key=lambda w: -shares[w])[:3] if w not in far]
    for w in far:
        ax.annotate(
            w, (100 * shares[w], lean[w]), (6, -3), textcoords="offset points"
        )
    ax.set(
        xlabel="share of she among pronouns in its sentences (%)",
        ylabel="he ← direction → she",
    )
    ax.margins(x=0.12)
    return fig


def prices(panels: Mapping[str, Mapping[str, Outcome]]) -> Any:
    """Draw what each intervention costs: accuracy over the gap, a panel for each world.

    Prices on the gap are joined by a line, from none to the highest.
    """
    fig, axes = plots.subplots(1, len(panels), figsize=(8, 4.2), sharex=True)
    for ax, (title, found) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        line = [
            o for name, o in found.items() if name.startswith(("none", "price"))
        ]
        ax.plot(
            [100 * o.gap for o in line],
            [100 * o.accuracy for o in line],
            "o-",
            ms=4,
            lw=1.5,
            color=plots.PALETTE[2],
            label="price on the gap",
        )
        for name, mark, colour in (
            ("none", "s", 0),
            ("weights", "D", 1),
            ("thresholds", "^", 4),
        ):
            ax.plot(
                100 * found[name].gap,
                100 * found[name].accuracy,
                mark,
                ms=9,
                color=plots.PALETTE[colour],
                label=name,
            )
        ax.set(title=title, xlabel="gap in yes (points)")
        ax.margins(0.15)
    np.atleast_1d(axes)[0].set(ylabel="accuracy (%)")
    handles, labels = np.atleast_1d(axes)[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2)
    return fig


def calibrated(
    bins: Mapping[str, Sequence[tuple[float, float, int]]],
) -> Any:
    """Draw scores against what came true, a line for each group."""
    fig, ax = plots.subplots(figsize=(5.6, 3.8))
    ax.plot([0, 1], [0, 1], color="grey", lw=1)
    for (name, found), mark, colour in zip(
        bins.items(), "os", (0, 1), strict=False
    ):
        ax.plot(
            [s for s, *_ in found],
            [share for _, share, _ in found],
            f"{mark}-",
            ms=6,
            lw=1.5,
            color=plots.PALETTE[colour],
            label=name,
        )
    ax.set(xlabel="score", ylabel="share who paid back")
    ax.legend(loc="upper left")
    return fig


def learnt_secrets(found: Mapping[int, Sequence[float]], most: float) -> Any:
    """Draw exposure over how often a secret stood in the text, every run a dot."""
    fig, ax = plots.subplots(figsize=(7, 3.6))
    places = range(len(found))
    ax.axhline(most, color="grey", lw=1, ls="--")
    ax.annotate(
        "first of all codes", (0, most), (0, -14), textcoords="offset points"
    )
    for x, bits in zip(places, found.values(), strict=True):
        ax.plot([x] * len(bits), bits, "o", color=plots.PALETTE[0], alpha=0.7)
    means = [float(np.mean(bits)) for bits in found.values()]
    ax.plot(places, means, "-", color=plots.PALETTE[1])
    ax.set_xticks(list(places), [str(times) for times in found])
    ax.set(
        xlabel="times in the training text",
        ylabel="exposure (bits)",
        ylim=(-0.5, most + 1),
    )
    return fig


def one_word(differences: Mapping[str, Array]) -> Any:
    """Draw how far a score moves with one word, by kind of pair; every third is a dot."""
    fig, ax = plots.subplots(figsize=(7, 4.4))
    ax.axvline(0, color="grey", lw=1)
    chance = np.random.default_rng(0)
    for y, values in enumerate(differences.values()):
        few = values[::3]  # a third of the pairs keeps the page light
        up = y + chance.uniform(-0.25, 0.25, len(few))
        ax.plot(100 * few, up, "o", ms=3, alpha=0.5, color=plots.PALETTE[y % 2])
        ax.plot(100 * values.mean(), y, "|", ms=20, mew=3, color="black")
        ax.plot(100 * values.mean(), y, "|", ms=17, mew=1.5, color="white")
    ax.set_yticks(range(len(differences)), list(differences))
    ax.invert_yaxis()
    ax.set(
        xlabel="change of the probability of good (points)",
        ylim=(len(differences) - 0.4, -0.6),
    )
    return fig
