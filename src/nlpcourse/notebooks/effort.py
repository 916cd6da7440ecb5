"""What a chapter takes of a reader's time, and how a sequence of chapters falls into weeks.

Hours are added up from the reading time of each page, the measured seconds of its notebook, and
an allowance for its exercises and questions (``ALLOWED``, ``A_QUESTION``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from nlpcourse.course import ledger
from nlpcourse.course.chapters import Chapter
from nlpcourse.course.files import read_json
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.forms import learner_copy

WORDS_A_MINUTE = 220
LINES_A_MINUTE = 30
"""Lines of code that a reader follows in a minute."""
ALLOWED = {"easy": 10, "medium": 20, "open": 40}
"""Minutes that an exercise is given; nobody has measured readers at them."""
A_QUESTION = 1
"""Minutes that a question of a quiz is given."""


@dataclass(frozen=True)
class Effort:
    """What a chapter takes of a reader's time, in minutes."""

    reading: float
    exercises: float
    questions: float
    running: float

    @property
    def minutes(self) -> float:
        """All of it."""
        return self.reading + self.exercises + self.questions + self.running


def quiz_of(chapter: Chapter) -> list[dict[str, Any]]:
    """Return the questions of a chapter's quiz."""
    found: list[dict[str, Any]] = read_json(chapter.folder / "quiz.json", list)
    return found


def exercises_of(chapter: Chapter) -> list[cells.ExerciseCells]:
    """Return a chapter's exercises."""
    return cells.exercises(cells.read(chapter.notebook))


def effort(chapter: Chapter, reading: float) -> Effort:
    """Return what a written chapter takes, whose page takes *reading* minutes to read."""
    return Effort(
        reading,
        sum(ALLOWED[exercise.difficulty] for exercise in exercises_of(chapter)),
        A_QUESTION * len(quiz_of(chapter)),
        ledger.cost(chapter.number).seconds / 60,
    )


def reading_minutes(chapter: Chapter) -> float:
    """Return how long the learner's copy of a chapter takes to read, by its words and lines."""
    copy = learner_copy(cells.read(chapter.notebook), chapter)
    words = lines = 0
    for cell in copy["cells"]:
        if cell["cell_type"] == "markdown":
            words += len(cell["source"].split())
        else:
            lines += len(cell["source"].splitlines())
    return words / WORDS_A_MINUTE + lines / LINES_A_MINUTE


def hours(minutes: float) -> str:
    """Return a time in hours, to the half hour, and at least half of one.

    >>> hours(5), hours(60), hours(100), hours(115)
    ('½ h', '1 h', '1½ h', '2 h')

    Raises:
        ValueError: no number, or infinitely many minutes.
    """
    if not math.isfinite(minutes):
        raise ValueError(f"a time is a number of minutes, not {minutes}")
    halves = max(1, round(minutes / 30))
    return f"{halves // 2 or ''}{'½' * (halves % 2)} h"


def sittings(minutes: Sequence[float], count: int) -> list[int]:
    """Divide a sequence of chapters among days or weeks, so that the longest is short.

    Args:
        minutes: what each chapter takes, in the order in which they are read.
        count: the number of days or weeks, from 1.

    Returns:
        How many chapters each sitting holds; there are *count* of them, or one a chapter where
        there are fewer chapters.

    >>> sittings([50, 50, 90, 30], 2), sittings([60], 3)
    ([2, 2], [1])

    Raises:
        ValueError: there is no day to read on.
    """
    if count < 1:
        raise ValueError(
            f"chapters are divided among 1 sitting or more, not {count}"
        )
    if not len(minutes):
        return []
    sums = [0.0, *accumulate(minutes)]

    @cache
    def best(chapters: int, count: int) -> tuple[float, tuple[int, ...]]:
        """Return the longest of so many sittings for the first chapters, and their sizes."""
        if count == 1:
            return sums[chapters], (chapters,)
        found = []
        for before in range(count - 1, chapters):
            longest, sizes = best(before, count - 1)
            last = sums[chapters] - sums[before]
            found.append((max(longest, last), (*sizes, chapters - before)))
        return min(found)

    return list(best(len(minutes), min(count, len(minutes)))[1])
