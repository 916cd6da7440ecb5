"""Numbers of a student's own: drawn from the key, and from nothing that a student can edit."""

from __future__ import annotations

import contextlib
import io
import random
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.course import chapters
from nlpcourse.exercises import find, parameters, using
from nlpcourse.grading import one, variants
from nlpcourse.grading.cases import own_notebook
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import ExerciseCells

KEY = b"a key of the grader's, long enough"


def own(number: str, student: str, key: bytes = KEY) -> dict[str, ExerciseCells]:
    """Return the exercises of a student's copy that have numbers of their own."""
    drawn = variants.of_chapter(key, student, number)
    notebook = own_notebook(cells.read(chapters.get(number).notebook), drawn)
    return {
        e.identifier: e for e in cells.exercises(notebook) if e.identifier in drawn
    }


def run(*sources: str) -> str:
    """Run cells one after the other, as a kernel does; return what they print."""
    space: dict[str, Any] = {}
    with using({}), contextlib.redirect_stdout(io.StringIO()) as printed:
        for source in sources:
            exec(compile(source, "cell", "exec"), space)
    return printed.getvalue()


@pytest.mark.parametrize("chapter", chapters.written(), ids=lambda c: c.stem)
def test_every_chapter_has_copies_of_its_own(chapter: chapters.Chapter) -> None:
    """The solution passes in them, the starter meets a question, a neighbour's check fails."""
    anna, ben = own(chapter.number, "anna"), own(chapter.number, "ben")
    assert anna
    refused = 0
    for name, exercise in anna.items():
        assert "✓" in run(exercise.solution, exercise.check)
        assert "✗" in run(exercise.starter, exercise.visible_check)
        assert "Numbers of your own" in exercise.prompt
        assert "BEGIN" not in exercise.starter
        try:
            run(exercise.solution, ben[name].check)
        except AssertionError:
            refused += 1
    assert refused == len(anna), "a neighbour's answers pass"


def test_a_draw_depends_on_key_student_chapter_and_exercise() -> None:
    one_draw = variants.parameters(KEY, "anna", "11", "11.1")
    assert variants.parameters(KEY, "anna", "11", "11.1") == one_draw
    others = [
        variants.parameters(KEY + b"x", "anna", "11", "11.1"),
        variants.parameters(KEY, "ben", "11", "11.1"),
        variants.parameters(KEY, "anna", "12", "11.1"),
        variants.parameters(KEY, "an", "na11", "11.1"),
    ]
    assert one_draw not in others
    with pytest.raises(KeyError, match="depends on no draw"):
        variants.parameters(KEY, "anna", "11", "11.2")


def test_without_the_key_a_draw_cannot_be_told() -> None:
    """Neither the student's name nor what stands in their notebook seeds the draw."""
    found = find("11.1")
    assert found.draw is not None
    mine = variants.parameters(KEY, "anna", "11", "11.1")
    for seed in ("anna", "11.1", "anna/11.1", "anna\x0011\x0011.1", b"anna", 0, 1):
        rng = random.Random(seed)
        assert [found.draw(rng) for _ in range(found.cases)] != mine
    text = own("11", "anna")["11.1"].answer
    assert KEY.decode() not in text
    assert "anna" not in text


def test_a_key_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "class.key"
    with pytest.raises(FileNotFoundError, match="secrets"):
        variants.read_key(path)
    path.write_text("short\n")
    with pytest.raises(ValueError, match="guessed"):
        variants.read_key(path)
    path.write_bytes(KEY + b"\n")
    assert variants.read_key(path) == KEY


def test_the_public_parameters_are_left_alone() -> None:
    before = parameters("11.1")
    own("11", "anna")
    run(own("11", "anna")["11.1"].solution)
    assert parameters("11.1") == before


# ------------------------------------------------------------------ judged from outside


def handed_in(answer: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": answer}
    return {"nbformat": 4, "cells": [cell]}


@pytest.mark.parametrize("number", ["02", "11"])
def test_the_judge_draws_from_the_key_whatever_the_notebook_says(
    package: Path, number: str
) -> None:
    release = variants.release_for(number, KEY, "anna")
    (name, mine), *_ = own(number, "anna").items()
    theirs = own(number, "ben")[name]

    def points(*cells: str) -> int:
        result = one.grade_one(handed_in("\n\n".join(cells)), release, package)
        return {m.exercise: m.points for m in result.marks}[name]

    assert points(mine.solution) > 0
    assert points(theirs.solution) == 0, (
        "a neighbour's numbers in one's own notebook"
    )
    public = next(
        e
        for e in cells.exercises(cells.read(chapters.get(number).notebook))
        if e.identifier == name
    )
    assert points(public.solution) == 0, (
        "the public solution, as it stands in the book"
    )
    untouched = one.grade_one(handed_in(mine.starter), release, package)
    assert "nothing in it differs" in untouched.attention
