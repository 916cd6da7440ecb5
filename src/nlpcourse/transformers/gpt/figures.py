"""The chapter's figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from nlpcourse import plots


def learning(log: Mapping[str, Any], final: float) -> Any:
    """Draw the loss of a training, and where it ended on new text."""
    fig, axis = plots.subplots(figsize=(5, 3))
    steps = [entry["step"] for entry in log["losses"]]
    losses = [entry["loss"] for entry in log["losses"]]
    axis.plot(steps, losses, color=plots.PALETTE[0], label="training text")
    axis.axhline(
        final, color=plots.PALETTE[1], linestyle="--", label="new text, at the end"
    )
    axis.set_xlabel("step")
    axis.set_ylabel("nats per character")
    axis.legend()
    return fig


def what_remains(names: Sequence[str], rows: Mapping[str, Sequence[float]]) -> Any:
    """Draw the probabilities of some tokens under several settings, a panel for each.

    Args:
        names: the tokens, the likeliest first.
        rows: setting → a probability for each token, 0 where it was dropped.
    """
    fig, axes = plots.subplots(
        (len(rows) + 1) // 2, 2, sharex=True, sharey=True, figsize=(5, 5.4)
    )
    for axis, (title, shares) in zip(axes.flat, rows.items(), strict=True):
        axis.barh(range(len(names)), shares, color=plots.PALETTE[0])
        for place, share in enumerate(shares):
            if share == 0:
                axis.plot(
                    [0.02], [place], "x", color=plots.PALETTE[1], markersize=5
                )
        axis.set_title(title)
        axis.set_xlim(0, 1)
        axis.set_xticks([0, 0.5, 1])
        axis.grid(axis="y", visible=False)
    axes.flat[0].set_yticks(range(len(names)), names)
    axes.flat[0].invert_yaxis()
    fig.supxlabel("probability")
    return fig


def cache_cost(without: Sequence[float], with_cache: Sequence[float]) -> Any:
    """Draw milliseconds per token against the place in the text."""
    fig, axis = plots.subplots(figsize=(5, 3))
    looks = (
        (without, "everything read anew", plots.PALETTE[1], "-"),
        (with_cache, "keys and values kept", plots.PALETTE[0], "--"),
    )
    for seconds, name, color, style in looks:
        axis.plot(
            [1000 * s for s in seconds], color=color, linestyle=style, label=name
        )
    axis.set_xlabel("tokens before")
    axis.set_ylabel("milliseconds a token")
    axis.set_ylim(bottom=0)
    axis.legend()
    return fig


def two_readings(
    costs: Mapping[str, tuple[Tensor, Tensor]], guessing: Sequence[float]
) -> Any:
    """Draw what each token of a random list costs in the first and the second reading.

    Args:
        costs: model → costs of the first and of the second reading.
        guessing: per model, what an even guess costs.
    """
    fig, axes = plots.subplots(len(costs), 1, sharex=True, figsize=(5, 5))
    for axis, (name, (first, second)), even in zip(
        axes, costs.items(), guessing, strict=True
    ):
        axis.plot(
            first, color=plots.PALETTE[1], linewidth=1.2, label="first reading"
        )
        axis.plot(
            second,
            color=plots.PALETTE[0],
            linewidth=1.6,
            linestyle="--",
            label="second reading",
        )
        axis.axhline(
            even, color=plots.PALETTE[2], linestyle=":", label="even guess"
        )
        axis.set_title(name)
        axis.set_ylabel("nats")
        axis.set_ylim(bottom=0)
    axes[-1].set_xlabel("place in the list")
    handles, names = axes[0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=3)
    return fig


def by_examples(rows: Mapping[str, Sequence[float]], shown: Sequence[int]) -> Any:
    """Draw the share of right answers against the number of examples in the prompt."""
    fig, axis = plots.subplots(figsize=(5, 3.2))
    looks = ("o-", "s--", "^-.", "D:", "v-")
    for (name, shares), look, color in zip(
        rows.items(), looks[: len(rows)], plots.PALETTE[: len(rows)], strict=True
    ):
        axis.plot(range(len(shown)), shares, look, color=color, label=name)
    axis.set_xticks(range(len(shown)), [str(number) for number in shown])
    axis.set_xlabel("examples in the prompt")
    axis.set_ylabel("share answered right")
    axis.set_ylim(-0.03, 1.05)
    axis.legend(ncols=2)
    return fig


def sentence(words: Sequence[str], rows: Mapping[str, Sequence[float]]) -> Any:
    """Draw what every word of a sentence costs under several models."""
    fig, axis = plots.subplots(figsize=(5, 3.4))
    width = 0.8 / len(rows)
    for number, ((name, costs), color) in enumerate(
        zip(rows.items(), plots.PALETTE[: len(rows)], strict=True)
    ):
        places = [place + number * width - 0.4 for place in range(len(words))]
        axis.bar(places, costs, width=width, align="edge", color=color, label=name)
    axis.set_xticks(range(len(words)), words, rotation=40, ha="right")
    axis.set_ylabel("nats")
    axis.grid(axis="x", visible=False)
    axis.legend()
    return fig
