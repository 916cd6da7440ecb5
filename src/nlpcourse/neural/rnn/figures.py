"""The chapter's larger figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from nlpcourse import plots
from nlpcourse.neural.rnn.characters import Run

LOOKS = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3))]


def averaged(numbers: Sequence[float], width: int = 20) -> list[float]:
    """Return the means of stretches of *width* numbers, so that a noisy line can be read.

    Raises:
        ValueError: the width is below one.

    >>> averaged([1.0, 3.0, 5.0, 7.0], width=2)
    [2.0, 6.0]
    """
    if width < 1:
        raise ValueError(f"a stretch has at least one number, not {width}")
    starts = range(0, len(numbers) - width + 1, width)
    return [sum(numbers[k : k + width]) / width for k in starts]


def unrolled(letters: str = "the") -> Any:
    """Draw the network once with its loop, and laid out over the steps of a text.

    Args:
        letters: the text, three letters for the width of a page.
    """
    fig, axis = plots.subplots(figsize=(7, 3.1))
    axis.set_axis_off()
    axis.set_xlim(0, 14.6)
    axis.set_ylim(0, 6)
    low, middle, high = 0.5, 3.0, 5.5

    def box(x: float, y: float, text: str, color: str) -> None:
        frame = {"boxstyle": "round,pad=0.45", "fc": "none", "ec": color, "lw": 1.6}
        axis.text(x, y, text, ha="center", va="center", bbox=frame)

    def arrow(
        begin: tuple[float, float], end: tuple[float, float], label: str = ""
    ) -> None:
        look = {"arrowstyle": "-|>", "color": plots.PALETTE[5], "lw": 1.6}
        axis.annotate(
            "", end, begin, arrowprops={**look, "shrinkA": 15, "shrinkB": 15}
        )
        across = begin[1] == end[1]
        x, y = (begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2
        axis.text(
            *(x if across else x + 0.25, y + 0.3 if across else y),
            label,
            ha="center" if across else "left",
            va="bottom" if across else "center",
        )

    def column(x: float, read: str, state: str, scores: str) -> None:
        arrow((x, low), (x, middle), "$W$")
        arrow((x, middle), (x, high), "$V$")
        box(x, low, read, plots.PALETTE[2])
        box(x, middle, state, plots.PALETTE[0])
        box(x, high, scores, plots.PALETTE[1])

    column(1, "$x_t$", "$h_t$", "$s_t$")
    loop = {"arrowstyle": "-|>", "color": plots.PALETTE[5], "lw": 1.6}
    loop |= {"connectionstyle": "arc3,rad=-1.6", "shrinkA": 3, "shrinkB": 3}
    axis.annotate("", (1.5, 2.35), (1.5, 3.65), arrowprops=loop)
    axis.text(3.0, middle, "$U$", va="center")
    axis.text(4.1, middle, "=", ha="center", va="center")
    places = [5.3 + 2.9 * k for k in range(len(letters) + 1)]
    box(places[0], middle, "$h_0$", plots.PALETTE[0])
    for k, letter in enumerate(letters, start=1):
        arrow((places[k - 1], middle), (places[k], middle), "$U$")
        column(places[k], letter, f"$h_{k}$", f"$s_{k}$")
    return fig


def reach(norms: Mapping[str, Tensor]) -> Any:
    """Draw gradient lengths by distance, relative to the nearest input."""
    fig, axis = plots.subplots(figsize=(7, 4.4))
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
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def exploding(
    parts: Mapping[str, Sequence[float]],
    runs: Mapping[str, Run],
    guessing: float,
) -> Any:
    """Draw gradients by distance, and below them the losses of the trainings they belong to.

    Args:
        parts: lengths by distance; a line has the look of the training of its name.
        runs: the trainings.
        guessing: the loss of guessing all characters alike.
    """
    fig, (above, below) = plots.subplots(2, 1, figsize=(7, 6.4))
    for number, (name, run) in enumerate(runs.items()):
        look = {"color": plots.PALETTE[number], "linestyle": LOOKS[number]}
        if name in parts:
            above.semilogy(parts[name], **look)
        line = averaged(run.losses, 10)
        below.plot(
            [10 * (k + 1) for k in range(len(line))], line, label=name, **look
        )
    above.set_xlabel("steps between the part and the loss")
    above.set_ylabel("length of the part")
    below.axhline(guessing, color=plots.PALETTE[4], linestyle=":", label="guessing")
    below.set_ylim(2, None)
    below.set_xlabel("training step")
    below.set_ylabel("loss (nats)")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def learning_by_hand(
    losses: Sequence[float], guessing: float, trained: float
) -> Any:
    """Draw the loss of a live run between guessing and a longer training."""
    fig, axis = plots.subplots(figsize=(7, 3.8))
    line = averaged(losses)
    steps = [20 * (k + 1) for k in range(len(line))]
    axis.plot(steps, line, color=plots.PALETTE[1], label="by hand, live")
    axis.axhline(guessing, color=plots.PALETTE[4], linestyle=":", label="guessing")
    axis.axhline(
        trained,
        color=plots.PALETTE[0],
        linestyle="--",
        label="longer training, unseen text",
    )
    axis.set_ylim(0, None)
    axis.set_xlabel("training step")
    axis.set_ylabel("loss (nats per character)")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def agreement(
    reaches: Sequence[int], cosines: Mapping[str, Sequence[float]]
) -> Any:
    """Draw how nearly truncated gradients point where the full ones do."""
    fig, axis = plots.subplots(figsize=(7, 3.6))
    for number, (name, line) in enumerate(cosines.items()):
        axis.plot(
            reaches,
            line,
            marker="o",
            linestyle=LOOKS[number],
            color=plots.PALETTE[number],
            label=name,
        )
    axis.set_xscale("log")
    axis.set_xticks(list(reaches), [str(k) for k in reaches])
    axis.minorticks_off()
    axis.set_ylim(-0.15, 1.05)
    axis.set_xlabel("steps that the gradient goes back")
    axis.set_ylabel("cosine with the full one")
    axis.legend(loc="center left")
    return fig


def context(
    lengths: Sequence[int],
    perplexities: Mapping[str, Sequence[float]],
    influences: Mapping[str, Tensor],
) -> Any:
    """Draw, for each model, perplexity by words read, and below it gradient by distance."""
    fig, (above, below) = plots.subplots(2, 1, figsize=(7, 6.2))
    for number, (name, line) in enumerate(perplexities.items()):
        look = {"color": plots.PALETTE[1 - number], "linestyle": LOOKS[number]}
        above.plot(lengths, line, marker="o", label=name, **look)
        relative = influences[name] / influences[name][0]
        below.semilogy(relative, label=name, **look)
    above.set_xscale("log")
    above.set_yscale("log")
    above.set_xticks(list(lengths), [str(k) for k in lengths])
    marks = [150, 200, 300, 400, 500]
    above.set_yticks(marks, [str(k) for k in marks])
    above.minorticks_off()
    above.set_xlabel("words of the same text read before")
    above.set_ylabel("perplexity")
    above.legend()
    below.set_xlabel("words between a word and the last one read")
    below.set_ylabel("gradient, relative")
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
    axis.legend()
    return fig
