"""The records beside nbgrader are complete: of all attacks as they are, and of all chapters."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import attacks
from nlpcourse.course import chapters
from nlpcourse.course.paths import data_dir, require_repository
from nlpcourse.notebooks import cells

ENOUGH = 30
"""So many must succeed under plain nbgrader, so that holding them says something."""


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    return dict(
        json.loads((data_dir() / "grading-attacks.json").read_text("utf-8"))
    )


@pytest.fixture(scope="module")
def rows(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in record["attacks"]}


def test_every_attack_is_recorded_as_it_is(rows: dict[str, dict[str, Any]]) -> None:
    """An attack that was changed since is none of the record: run benchmarks/attacks.py again."""
    wanted = {
        name: (kind, attacks.digest(name))
        for kind, group in attacks.KINDS.items()
        for name in group
    }
    assert {n: (row["kind"], row["code"]) for n, row in rows.items()} == wanted


def test_no_name_stands_for_two_attacks() -> None:
    names = [name for group in attacks.KINDS.values() for name in group]
    assert len(set(names)) == len(names)


def test_plain_nbgrader_lets_enough_of_them_through(
    rows: dict[str, dict[str, Any]],
) -> None:
    through = [row for row in rows.values() if row["nbgrader"] == "succeeded"]
    assert len(through) >= ENOUGH
    for row in rows.values():
        assert row["nbgrader"] in ("succeeded", "held", "held by the box"), row
        assert bool(row["how"]) == (row["nbgrader"] == "succeeded"), row


def test_nlpcourse_holds_every_one(rows: dict[str, dict[str, Any]]) -> None:
    assert {n: r["nlpcourse"] for n, r in rows.items()} == dict.fromkeys(
        rows, "held"
    )


def test_it_was_the_nbgrader_that_the_project_uses(record: dict[str, Any]) -> None:
    lock = (require_repository("Testing") / "requirements.lock").read_text("utf-8")
    for name, version in record["versions"].items():
        assert re.search(rf"^{name}=={re.escape(version)}\b", lock, re.M), name


@pytest.mark.parametrize("chapter", chapters.written(), ids=lambda c: c.stem)
def test_half_right_work_was_given_the_same_marks_by_both(
    chapter: chapters.Chapter,
) -> None:
    """Each exercise was solved in one notebook and left in another: benchmarks/grading.py."""
    record = json.loads((data_dir() / "grading.json").read_text("utf-8"))
    found = record["halves"][chapter.number]
    exercises = cells.exercises(cells.read(chapter.notebook))
    assert found["points"] == {e.identifier: e.points for e in exercises}
    assert found["same_marks"] == found["as_constructed"] == found["submissions"]
