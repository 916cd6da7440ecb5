"""The rubric: what a machine marks, and what only somebody who reads can mark."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Criterion:
    """Something that is marked.

    Attributes:
        key: a short name.
        what: what must hold, in a sentence.
        points: for it; there are no halves.
    """

    key: str
    what: str
    points: int


MACHINE = (
    Criterion("tests", "the given tests pass, and two or more of your own", 4),
    Criterion("again", "two runs, in another order of rows, predict the same", 2),
    Criterion("leak", "no test data where the model could learn them", 3),
    Criterion("baseline", "the baseline is beaten on the validation data", 4),
    Criterion("result", "the test score is reported with its interval", 3),
    Criterion("slices", "the score is reported for each slice", 2),
    Criterion("readme", "the README has its parts", 2),
    Criterion("card", "the model card leaves no question open", 2),
    Criterion("licence", "a licence is chosen", 1),
    Criterion("notebook", "the notebook runs, with two or more cells of yours", 2),
)
"""The machine's part."""

HUMAN = (
    Criterion("question", "one sees in a minute what it does and for whom", 4),
    Criterion("choices", "each choice has a reason, and data that chose", 5),
    Criterion("errors", "errors were read, sorted and counted, with examples", 6),
    Criterion("card-true", "the model card says who could be harmed, and how", 4),
    Criterion("code", "a stranger can read the code and change it", 3),
    Criterion("demo", "the demo shows failures as well as successes", 3),
)
"""The reader's part."""


@dataclass(frozen=True)
class Mark:
    """What a criterion got: its points or none, and why."""

    criterion: Criterion
    passed: bool
    why: str

    @property
    def points(self) -> int:
        """The points that count."""
        return self.criterion.points if self.passed else 0


def total(marks: list[Mark]) -> tuple[int, int]:
    """Return the points that were reached, and those that could be.

    >>> total([Mark(MACHINE[0], True, ""), Mark(MACHINE[1], False, "they differ")])
    (4, 6)
    """
    return sum(m.points for m in marks), sum(m.criterion.points for m in marks)
