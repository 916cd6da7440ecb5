"""What the tests of every chapter's checks share: tables of right answers and of usual mistakes.

Each function takes a table and returns the test that runs once for each of its rows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from nlpcourse.exercises import find, judge, parameters, using

GROUPS = ("red", "green", "blue", "white", "black")


def draw(identifier: str, group: str) -> dict[str, Any]:
    """Return a group's own parameters of an exercise."""
    found = find(identifier).draw
    assert found is not None, f"exercise {identifier} draws nothing"
    return found(random.Random(group))


def each_passes(table: Iterable[tuple[str, Any]]) -> Callable[..., None]:
    """Return a test that judges right answers: rows of an exercise and an answer."""

    @pytest.mark.parametrize(("identifier", "answer"), list(table))
    def test(identifier: str, answer: Any) -> None:
        verdict = judge(identifier, answer)
        assert verdict.passed, verdict.message
        assert not verdict.message.endswith("?"), verdict.message

    return test


def each_meets_its_question(
    table: Iterable[tuple[str, Any, str]],
) -> Callable[..., None]:
    """Return a test that judges usual mistakes: an exercise, an answer, a part of the question."""

    @pytest.mark.parametrize(("identifier", "answer", "question"), list(table))
    def test(identifier: str, answer: Any, question: str) -> None:
        verdict = judge(identifier, answer)
        assert not verdict.passed, verdict.message
        assert question in verdict.message, verdict.message
        assert "?" in verdict.message, verdict.message

    return test


def groups_have_their_own(
    identifier: str, right: Callable[[], Any]
) -> Callable[..., None]:
    """Return a test that a class's groups draw numbers that repeat, with right answers that differ.

    *right* computes the answer from the parameters of the group that is set.
    """

    def test() -> None:
        answers = set()
        for group in GROUPS:
            with using({identifier: draw(identifier, group)}):
                assert parameters(identifier) == draw(identifier, group)
                verdict = judge(identifier, right())
                assert verdict.passed, f"{group}: {verdict.message}"
                answers.add(repr(right()))
        assert len(answers) > 1, f"every group answers {answers}"

    return test
