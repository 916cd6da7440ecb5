"""The chapter's figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.transformers.llm.intervals import wilson
from nlpcourse.transformers.llm.trials import Trial


def prompts(
    tasks: Mapping[str, Sequence[Trial]], chance: Mapping[str, float]
) -> Any:
    """Draw the accuracy of every prompt, as asked and calibrated, a panel a task.

    Args:
        tasks: title → trials.
        chance: title → the accuracy of one who always says the commonest label.
    """
    fig, axes = plots.subplots(
        len(tasks), 1, figsize=(5, 2.9 * len(tasks)), sharex=True
    )
    counts = (0, 1, 5)
    for axis, (title, rows) in zip(axes, tasks.items(), strict=True):
        for shift, color, look, name in (
            (-0.13, plots.PALETTE[1], "x", "as asked"),
            (0.13, plots.PALETTE[0], "o", "calibrated"),
        ):
            for place, count in enumerate(counts):
                some = [t for t in rows if t.condition.examples == count]
                values = [t.raw if look == "x" else t.corrected for t in some]
                label = name if place == 0 else None
                places = [place + shift] * len(values)
                axis.plot(
                    places, values, look, color=color, label=label, markersize=6
                )
        axis.axhline(
            chance[title],
            color=plots.PALETTE[2],
            linestyle=":",
            label="commonest label",
        )
        axis.set_title(title)
        axis.set_ylabel("accuracy")
        axis.set_ylim(0, 1.03)
        axis.set_xlim(-0.5, 2.5)
        axis.grid(axis="x", visible=False)
    axes[-1].set_xticks(range(3), ["none", "one", "five"])
    axes[-1].set_xlabel("examples in the prompt")
    handles, names = axes[0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=3)
    return fig


def recall(panels: Mapping[str, Mapping[str, Sequence[float]]]) -> Any:
    """Draw the share of questions with a gold passage among the first k, a panel a kind.

    Args:
        panels: title → name of the ranking → recall at 1, 2, …
    """
    fig, axes = plots.subplots(
        len(panels), 1, figsize=(5, 2.7 * len(panels)), sharex=True
    )
    looks = (
        (plots.PALETTE[1], "--"),
        (plots.PALETTE[2], ":"),
        (plots.PALETTE[0], "-"),
    )
    for axis, (title, rows) in zip(axes, panels.items(), strict=True):
        for (name, values), (color, style) in zip(rows.items(), looks, strict=True):
            places = range(1, len(values) + 1)
            axis.plot(
                places,
                values,
                style,
                color=color,
                label=name,
                marker="o",
                markersize=3,
            )
        axis.set_title(title)
        axis.set_ylabel("found")
        axis.set_ylim(0, 1.03)
    axes[-1].set_xlabel("passages looked at")
    handles, names = axes[0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=3)
    return fig


def read_before(
    rows: Sequence[tuple[str, float, Sequence[float]]], level: float
) -> Any:
    """Draw what famous passages cost beside others of the same books.

    Args:
        rows: name, nats a word of the famous passage, and of the others.
        level: the mean cost of texts that the model can't have read.
    """
    fig, axis = plots.subplots(figsize=(5, 4.4))
    for place, (_, famous, others) in enumerate(rows):
        axis.plot(
            list(others), [place] * len(others), "o", color=plots.PALETTE[0], markersize=5,
            alpha=0.7, label=None if place else "others of the book",
        )  # fmt: skip
        axis.plot(
            [famous], [place], "D", color=plots.PALETTE[1], markersize=7,
            label=None if place else "famous",
        )  # fmt: skip
    axis.axvline(level, color=plots.PALETTE[2], linestyle=":", label="this course")
    axis.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    axis.invert_yaxis()
    axis.set_xlim(left=0)
    axis.set_xlabel("nats a word")
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def leanings(kinds: Mapping[str, Sequence[tuple[float, float]]]) -> Any:
    """Draw a judge's lead of A with the right answer first, against that with it second."""
    fig, axis = plots.subplots(figsize=(4.6, 4.2))
    looks = (("o", plots.PALETTE[0]), ("x", plots.PALETTE[1]))
    for (name, leads), (mark, color) in zip(kinds.items(), looks, strict=True):
        axis.plot(
            [a for a, _ in leads],
            [b for _, b in leads],
            mark,
            color=color,
            label=name,
        )
    low = min(min(a, b) for leads in kinds.values() for a, b in leads)
    high = max(max(a, b) for leads in kinds.values() for a, b in leads)
    ends = [min(low, -high) - 0.3, high + 0.3]
    axis.plot(ends, ends, color=plots.PALETTE[2], linestyle=":", linewidth=1)
    axis.plot(ends, ends[::-1], color=plots.PALETTE[2], linestyle="-", linewidth=1)
    axis.axhline(0, color="0.5", linewidth=0.8)
    axis.axvline(0, color="0.5", linewidth=0.8)
    axis.set_xlabel("lead of A, right answer first")
    axis.set_ylabel("lead of A, right answer second")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def by_length(counts: Mapping[str, Sequence[int]], total: int) -> Any:
    """Draw the share of solved problems by the number of digits, with Wilson intervals."""
    fig, axis = plots.subplots(figsize=(5, 3.2))
    looks = (("s--", plots.PALETTE[2]), ("o-", plots.PALETTE[0]))
    for shift, ((name, right), (look, color)) in enumerate(
        zip(counts.items(), looks, strict=True)
    ):
        places = [k + 1 + 0.08 * shift for k in range(len(right))]
        shares = [n / total for n in right]
        bounds = [wilson(n, total) for n in right]
        below = [s - low for s, (low, _) in zip(shares, bounds, strict=True)]
        above = [high - s for s, (_, high) in zip(shares, bounds, strict=True)]
        axis.errorbar(
            places, shares, yerr=[below, above], fmt=look, color=color, label=name,
            capsize=3, elinewidth=1.2,
        )  # fmt: skip
    axis.set_xlabel("digits of each number")
    axis.set_ylabel("share right")
    axis.set_ylim(-0.03, 1.05)
    axis.set_xticks(range(1, 1 + max(len(r) for r in counts.values())))
    axis.legend(loc="center left")
    return fig


def tokens_a_pass(
    proposed: Sequence[int],
    measured: Mapping[str, Sequence[float]],
    rates: Mapping[str, Sequence[float]],
) -> Any:
    """Draw how many tokens a pass brings, measured and by the formula.

    Args:
        proposed: γ.
        measured: name → mean tokens a pass for each γ.
        rates: name → what equation 1 expects for each γ.
    """
    fig, axis = plots.subplots(figsize=(5, 3.2))
    for (name, values), color in zip(
        measured.items(), plots.PALETTE[: len(measured)], strict=True
    ):
        axis.plot(proposed, values, "o-", color=color, label=name)
        axis.plot(proposed, rates[name], ":", color=color, label=f"{name}, formula")
    axis.set_xlabel("tokens proposed at a time")
    axis.set_ylabel("tokens a pass")
    axis.set_ylim(bottom=0.9)
    axis.set_xticks(list(proposed))
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def obedience(rows: Mapping[str, Mapping[str, float]], names: Sequence[str]) -> Any:
    """Draw the share of answers that obey an attack, by defence.

    Args:
        rows: attack → defence → share.
        names: the defences, in order.
    """
    fig, axis = plots.subplots(figsize=(5, 3.2))
    width = 0.8 / len(rows)
    for number, (attack, shares) in enumerate(rows.items()):
        places = [k + number * width - 0.4 for k in range(len(names))]
        axis.bar(
            places, [shares[name] for name in names], width=width, align="edge",
            color=plots.PALETTE[number], label=attack,
        )  # fmt: skip
    axis.set_xticks(range(len(names)), list(names))
    axis.set_ylabel("answers that obey")
    axis.set_ylim(0, 1.03)
    axis.grid(axis="x", visible=False)
    fig.legend(loc="outside lower center", ncols=2)
    return fig
