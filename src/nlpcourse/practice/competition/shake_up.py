"""A shake-up on a real task: an honest model, tuned by the board, and what the end says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nlpcourse.practice.competition.baselines import linear_model, naive_bayes
from nlpcourse.practice.competition.climbing import tune_by_board
from nlpcourse.practice.competition.drawing import Drawn, Row, draw
from nlpcourse.practice.competition.ladder import next_report
from nlpcourse.practice.competition.tasks import Item, Task


@dataclass(frozen=True)
class Tuned:
    """Accuracy of the best submission before the first guess and after each one."""

    public: list[float]
    private: list[float]


class _Board:
    """What a team is told: its best public score, by steps where there is a step."""

    def __init__(self, public: Sequence[Row], step: float) -> None:
        self.gold = {row.id: row.label for row in public}
        self.step, self.said = step, -math.inf

    def accuracy(self, ids: Sequence[str], labels: Sequence[str]) -> float:
        pairs = zip(ids, labels, strict=True)
        return sum(self.gold.get(i) == a for i, a in pairs) / len(self.gold)

    def tell(self, ids: Sequence[str], labels: Sequence[str]) -> float:
        value = self.accuracy(ids, labels)
        self.said = next_report(value, self.said, self.step)
        return self.said


@dataclass(frozen=True)
class Pair:
    """What is dealt out, and the answers of the linear model and of naive Bayes to the test."""

    drawn: Drawn
    mine: list[str]
    other: list[str]


def two_models(items: Sequence[Item], task: Task, key: bytes) -> Pair:
    """Deal the items out, train the linear model and naive Bayes, and let both answer the test.

    Raises:
        ValueError: as ``draw``; the task asks for numbers.
    """
    if not task.labels:
        raise ValueError(f"{task.name} asks for numbers; choose a task with labels")
    drawn = draw(items, key)
    return Pair(
        drawn,
        linear_model(task, drawn.train, drawn.test),
        naive_bayes(task, drawn.train, drawn.test),
    )


def tuned(
    pair: Pair, guesses: int, step: float = 0.0, changes: int = 5, seed: int = 0
) -> Tuned:
    """Let the board choose among changes of the linear model's answers to those of naive Bayes.

    Args:
        pair: the two models' answers.
        guesses: submissions.
        step: η of the Ladder; with 0 the board tells the best score.
        changes: answers that change each time.
        seed: of their choice.

    Raises:
        ValueError: a number is negative.
    """
    ids = [row.id for row in pair.drawn.test]
    board, end = _Board(pair.drawn.public, step), _Board(pair.drawn.private, 0)
    best = [pair.mine]
    best += tune_by_board(
        lambda labels: board.tell(ids, labels),
        pair.mine,
        pair.other,
        guesses,
        changes,
        seed,
    )
    return Tuned(
        [board.accuracy(ids, labels) for labels in best],
        [end.accuracy(ids, labels) for labels in best],
    )
