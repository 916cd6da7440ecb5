"""The chapter's larger figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from nlpcourse import plots
from nlpcourse.neural.rnn.characters import Run

LOOKS = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]


def averaged(numbers: Sequence[float], width: int = 20) -> list[float]:
    """Return the means of stretches of *width* numbers, so that a noisy line can be read.

    >>> averaged([1.0, 3.0, 5.0, 7.0], width=2)
    [2.0, 6.0]
    """
    starts = range(0, len(numbers) - width + 1, width)
    return [sum(numbers[k : k + width]) / width for k in starts]


def reach(norms: Mapping[str, Tensor]) -> Any:
    """Draw gradient lengths by distance, relative to the nearest input."""
    fig, axis = plots.subplots(figsize=(7, 3.6))
    for number, (name, line) in enumerate(norms.items()):
        relative = (line / line[0]).clamp_min(1e-20)
        axis.semilogy(
            relative,
            linestyle=LOOKS[number],
            color=plots.PALETTE[number],
            label=name,
        )
    axis.set_xlabel("characters between the input and the last state")
    axis.set_ylabel("gradient, relative to the nearest")
    axis.set_ylim(1e-14, 1e6)
    axis.legend(ncols=2, fontsize=8)
    return fig


def tamed(runs: Mapping[str, Run], guessing: float) -> Any:
    """Draw loss and gradient length of trainings, and the loss of guessing."""
    fig, (above, below) = plots.subplots(2, 1, figsize=(7, 4.6), sharex=True)
    for number, (name, run) in enumerate(runs.items()):
        look = {
            "color": plots.PALETTE[number],
            "linestyle": LOOKS[number],
            "label": name,
        }
        steps = [20 * (k + 1) for k in range(len(averaged(run.losses)))]
        above.plot(steps, averaged(run.losses), **look)
        below.plot(steps, averaged(run.norms), **look)
    above.axhline(guessing, color=plots.PALETTE[4], linestyle=":", label="guessing")
    above.set_ylabel("loss (nats)")
    above.legend(fontsize=8)
    below.set_ylim(0, None)
    below.set_ylabel("length of the gradient")
    below.set_xlabel("training step")
    return fig


def learning_by_hand(
    losses: Sequence[float], guessing: float, trained: float
) -> Any:
    """Draw the loss of a live run between guessing and a longer training."""
    fig, axis = plots.subplots(figsize=(7, 3.0))
    line = averaged(losses)
    steps = [20 * (k + 1) for k in range(len(line))]
    axis.plot(steps, line, color=plots.PALETTE[1], label="by hand, live")
    axis.axhline(guessing, color=plots.PALETTE[4], linestyle=":", label="guessing")
    axis.axhline(
        trained,
        color=plots.PALETTE[0],
        linestyle="--",
        label="the longer training, on unseen text",
    )
    axis.set_ylim(0, None)
    axis.set_xlabel("training step")
    axis.set_ylabel("loss (nats per character)")
    axis.legend(fontsize=8)
    return fig


def agreement(reaches: Sequence[int], cosines: Sequence[float]) -> Any:
    """Draw how nearly a truncated gradient points where the full one does."""
    fig, axis = plots.subplots(figsize=(7, 2.9))
    axis.plot(reaches, cosines, "o-", color=plots.PALETTE[0])
    axis.set_xscale("log")
    axis.set_xticks(list(reaches), [str(k) for k in reaches])
    axis.minorticks_off()
    axis.set_ylim(0, 1.05)
    axis.set_xlabel("steps that the gradient goes back")
    axis.set_ylabel("cosine with the full gradient")
    return fig


def context(
    lengths: Sequence[int], perplexities: Sequence[float], whole: float
) -> Any:
    """Draw the perplexity by the number of words that the model may read."""
    fig, axis = plots.subplots(figsize=(7, 3.0))
    axis.plot(
        lengths,
        perplexities,
        "o-",
        color=plots.PALETTE[1],
        label="so many words read",
    )
    axis.axhline(whole, color=plots.PALETTE[0], linestyle="--", label="the longest")
    axis.set_xscale("log")
    axis.set_xticks(list(lengths), [str(k) for k in lengths])
    axis.minorticks_off()
    axis.set_xlabel("words read before the one to be predicted")
    axis.set_ylabel("perplexity")
    axis.legend(fontsize=8)
    return fig


def training_curves(logs: Sequence[Mapping[str, Any]], frequencies: float) -> Any:
    """Draw the losses of finished trainings and of word frequencies alone."""
    fig, axis = plots.subplots(figsize=(7, 3.2))
    for number, log in enumerate(logs):
        steps = [entry["step"] for entry in log["losses"]]
        losses = [entry["loss"] for entry in log["losses"]]
        seed = log["settings"]["plan.seed"]
        axis.plot(
            steps,
            losses,
            linestyle=LOOKS[number],
            color=plots.PALETTE[(0, 2, 1)[number]],
            linewidth=1.4,
            label=f"seed {seed}",
        )
    axis.axhline(
        frequencies,
        color=plots.PALETTE[3],
        linestyle=":",
        label="word frequencies alone",
    )
    axis.set_xlabel("training step")
    axis.set_ylabel("loss (nats per word)")
    axis.legend(fontsize=8)
    return fig
