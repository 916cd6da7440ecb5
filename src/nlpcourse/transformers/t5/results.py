"""What the trainings of this chapter came to, read from their logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean, stdev

from nlpcourse.training.registry import over_seeds
from nlpcourse.transformers.t5 import tasks

OWN = {
    "spanish": "bleu",
    "sounds": "phoneme_error_rate",
    "modern": "bleu",
    "sentiment": "accuracy",
}
"""The measure of each task in the chapter where it was first met."""
WAYS = {"together": "t5-together", "alone": "t5-{}", "from zero": "t5-zero"}

Table = dict[str, dict[str, list[float]]]


def compared(own: bool = False) -> Table:
    """Return task → way to learn → score of every trained seed.

    Args:
        own: each task's own measure; its loss per token otherwise.

    Raises:
        CheckpointError: nothing is trained; the message names the command.
    """
    return {
        task: {
            way: list(
                over_seeds(
                    stem.format(task), f"{task}_{OWN[task] if own else 'loss'}"
                ).values()
            )
            for way, stem in WAYS.items()
        }
        for task in tasks.NAMES
    }


def spread(scores: Sequence[float]) -> float:
    """Return the standard deviation over seeds; that of one seed is 0.

    >>> spread([1.0]), spread([1.0, 3.0])
    (0.0, 1.4142135623730951)
    """
    return stdev(scores) if len(scores) > 1 else 0.0


def printed(
    table: Mapping[str, Mapping[str, list[float]]], own: bool = False
) -> dict[str, dict[str, str]]:
    """Return a table of :func:`compared` as text, rates and shares in hundredths.

    Args:
        table: task → way → scores.
        own: as in :func:`compared`.

    Raises:
        ValueError: a task is none of the four, or a way has no score.

    >>> printed({"spanish": {"alone": [1.0, 3.0]}})
    {'spanish, loss': {'alone': '2.00 ± 1.41'}}
    """
    if not table.keys() <= OWN.keys() or not all(
        len(scores) for ways in table.values() for scores in ways.values()
    ):
        raise ValueError(
            f"give some of {', '.join(OWN)}, and a score or more for every way"
        )
    shown = {}
    for task, ways in table.items():
        bleu = OWN[task] == "bleu"
        factor, decimals = (1, 2) if not own else (1, 1) if bleu else (100, 0)
        name = OWN[task].replace("_", " ")
        name = "loss" if not own else "BLEU" if bleu else f"{name}, %"
        shown[f"{task}, {name}"] = {
            way: f"{factor * mean(s):.{decimals}f} ± {factor * spread(s):.{decimals}f}"
            for way, s in ways.items()
        }
    return shown
