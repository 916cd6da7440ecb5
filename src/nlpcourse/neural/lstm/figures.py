"""The chapter's larger figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from nlpcourse import plots
from nlpcourse.neural.lstm.distance import Attempt
from nlpcourse.neural.lstm.gates import Trace


def _words(axis: Any, words: Sequence[str]) -> None:
    axis.set_xticks(
        range(len(words)), [w.replace("<eos>", "⏎") for w in words], rotation=45
    )


def two_readings(
    words: Sequence[str], one: Sequence[float], other: Sequence[float]
) -> Any:
    """Draw the probability of a closing bracket after each word of two readings."""
    fig, axis = plots.subplots(figsize=(7, 3.2))
    axis.semilogy(one, "o-", color=plots.PALETTE[1], label="with the bracket")
    axis.semilogy(
        other, "s--", color=plots.PALETTE[0], label="with a comma instead"
    )
    _words(axis, [word if word != "(" else "( or ," for word in words])
    axis.set_ylabel("p( “)” comes next )")
    axis.legend()
    return fig


def reach(norms: Mapping[str, Tensor]) -> Any:
    """Draw gradient norms by distance, one line for each layer."""
    fig, axis = plots.subplots(figsize=(7, 3.4))
    looks = [("-", 1), (":", 3), ("--", 5), ("-.", 0), ("-", 2)]
    for (name, line), (style, color) in zip(norms.items(), looks, strict=True):
        axis.semilogy(
            line.clamp_min(1e-20), style, color=plots.PALETTE[color], label=name
        )
    axis.set_xlabel("words between the input and the last output")
    axis.set_ylabel("norm of the gradient")
    axis.set_ylim(1e-16, 10)
    axis.legend(ncols=2, fontsize=8)
    return fig


def learning(
    attempts: Mapping[str, Sequence[Attempt]], interval: int, guessing: float
) -> Any:
    """Draw the losses of every attempt, and the loss of guessing."""
    fig, axis = plots.subplots(figsize=(7, 3.2))
    looks = [("-", 1), ("-.", 0), ("-", 2)]
    for (name, runs), (style, color) in zip(attempts.items(), looks, strict=True):
        for number, run in enumerate(runs):
            steps = [interval * (k + 1) for k in range(len(run.losses))]
            label = name if number == 0 else None
            axis.plot(
                steps, run.losses, style, color=plots.PALETTE[color], label=label
            )
    axis.axhline(guessing, color=plots.PALETTE[4], linestyle=":", label="guessing")
    axis.set_xlabel("training step")
    axis.set_ylabel("loss (nats)")
    axis.legend()
    return fig


def training_curves(
    logs: Sequence[Mapping[str, Any]],
    live: Sequence[Mapping[str, float]],
    frequencies: float,
) -> Any:
    """Draw the losses of finished trainings, of a live run, and of word frequencies alone."""
    fig, axis = plots.subplots(figsize=(7, 3.4))

    def flat_pieces(entries: Sequence[Mapping[str, float]], **look: Any) -> None:
        steps = [1, *(entry["step"] for entry in entries)]
        losses = [entries[0]["loss"], *(entry["loss"] for entry in entries)]
        axis.step(steps, losses, where="pre", **look)

    for number, log in enumerate(logs):
        color = plots.PALETTE[(0, 2, 4)[number]]
        label = f"seed {number}, from the log"
        flat_pieces(log["losses"], color=color, linewidth=1.2, label=label)
    flat_pieces(live, color=plots.PALETTE[1], label="seed 0, live")
    axis.axhline(
        frequencies,
        color=plots.PALETTE[3],
        linestyle=":",
        label="word frequencies alone",
    )
    axis.set_xscale("log")
    axis.set_xlabel("training step (logarithmic)")
    axis.set_ylabel("loss (nats per word)")
    axis.legend(fontsize=8)
    return fig


def gates_at_work(
    words: Sequence[str], brackets: Trace, commas: Trace, unit: int, sign: float
) -> Any:
    """Draw memory, input gate and forget gate of one unit over a sentence."""
    fig, axes = plots.subplots(
        3, 1, figsize=(7, 4.6), sharex=True, height_ratios=[1.6, 1, 1]
    )
    memory, gate_in, gate_forget = axes
    places = range(len(words))
    for reading, style, color, label in (
        (commas, "--", 0, "with commas"),
        (brackets, "-", 1, "with brackets"),
    ):
        values = sign * reading.memory[:, unit]
        look = {"linestyle": style, "color": plots.PALETTE[color], "label": label}
        memory.step(places, values, where="mid", **look)
    memory.set_ylabel("memory c")
    memory.legend(fontsize=8)
    gate_in.bar(places, brackets.input[:, unit], color=plots.PALETTE[2])
    gate_in.set_ylabel("input i")
    gate_forget.bar(places, brackets.forget[:, unit], color=plots.PALETTE[3])
    gate_forget.set_ylabel("forget f")
    for axis in (gate_in, gate_forget):
        axis.set_ylim(0, 1.05)
    _words(gate_forget, words)
    return fig


def forgotten_borders(
    lengths: Sequence[int], lost: Sequence[float], kept: float
) -> Any:
    """Draw the perplexity by window length where the state is forgotten at every border."""
    fig, axis = plots.subplots(figsize=(7, 2.9))
    axis.plot(
        lengths,
        lost,
        "o-",
        color=plots.PALETTE[1],
        label="state forgotten at every border",
    )
    axis.axhline(
        kept, color=plots.PALETTE[0], linestyle="--", label="state handed on"
    )
    axis.set_xlabel("words in a window")
    axis.set_ylabel("perplexity")
    axis.legend()
    return fig
