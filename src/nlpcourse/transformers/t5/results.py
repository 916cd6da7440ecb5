"""What the trainings of this chapter came to, read from their logs."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean, stdev
from typing import Any

from nlpcourse.training.registry import over_seeds

MEASURES = {
    "spanish": "spanish_bleu",
    "sounds": "sounds_phoneme_error_rate",
    "modern": "modern_bleu",
    "sentiment": "sentiment_accuracy",
}
"""The measure by which each task is judged here."""
WAYS = {"together": "t5-together", "alone": "t5-{}", "from zero": "t5-zero"}

Table = dict[str, dict[str, list[float]]]


def compared() -> Table:
    """Return task → way to learn → score of every trained seed.

    Raises:
        CheckpointError: nothing is trained; the message names the command.
    """
    return {
        task: {
            way: list(over_seeds(stem.format(task), measure).values())
            for way, stem in WAYS.items()
        }
        for task, measure in MEASURES.items()
    }


def printed(table: Mapping[str, Mapping[str, list[float]]]) -> dict[str, Any]:
    """Return the table as text: means and spreads, rates and shares in hundredths.

    Raises:
        ValueError: a task is none of the four, or a way has fewer than two scores.

    >>> printed({"spanish": {"alone": [1.0, 3.0]}})
    {'spanish, BLEU': {'alone': '2.0 ± 1.4'}}
    """
    if not table.keys() <= MEASURES.keys() or not all(
        len(scores) > 1 for ways in table.values() for scores in ways.values()
    ):
        raise ValueError(
            f"give some of {', '.join(MEASURES)}, and two scores or more for every way"
        )
    shown = {}
    for task, ways in table.items():
        what = MEASURES[task].removeprefix(f"{task}_").replace("_", " ")
        factor = 1 if what == "bleu" else 100
        what = "BLEU" if what == "bleu" else f"{what}, %"
        shown[f"{task}, {what}"] = {
            way: f"{factor * mean(s):.1f} ± {factor * stdev(s):.1f}"
            for way, s in ways.items()
        }
    return shown


def in_hundredths(table: Mapping[str, Mapping[str, list[float]]]) -> Table:
    """Return the table with rates and shares in hundredths, for a figure.

    Raises:
        ValueError: a task is none of the four.

    >>> in_hundredths({"sounds": {"alone": [0.5]}})
    {'sounds': {'alone': [50.0]}}
    """
    if not table.keys() <= MEASURES.keys():
        raise ValueError(f"the tasks are {', '.join(MEASURES)}")
    return {
        task: {
            way: [s if MEASURES[task].endswith("bleu") else 100 * s for s in scores]
            for way, scores in ways.items()
        }
        for task, ways in table.items()
    }
