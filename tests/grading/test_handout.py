"""What every chapter hands out: public or with numbers of a student's own."""

from __future__ import annotations

import json

import pytest

from nlpcourse.course import chapters
from nlpcourse.grading import one, variants
from nlpcourse.grading.cases import own_notebook
from nlpcourse.grading.handout import student_notebook
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.forms import assignment_source, learner_copy

pytest.importorskip("nbgrader", reason="the extra instructor is not installed")

KEY = b"a key of the grader's, long enough"


@pytest.mark.parametrize("own", [False, True], ids=["public", "own"])
@pytest.mark.parametrize("chapter", chapters.written(), ids=lambda c: c.stem)
def test_what_is_handed_out_is_known_to_the_judge_and_holds_no_answer(
    chapter: chapters.Chapter, own: bool
) -> None:
    notebook = cells.read(chapter.notebook)
    release = one.release_of(chapter)
    if own:
        drawn = variants.of_chapter(KEY, "anna", chapter.number)
        notebook = own_notebook(notebook, drawn)
        release = variants.release_for(chapter.number, KEY, "anna")
    made = student_notebook(assignment_source(notebook, chapter))
    assert {one.digest(c["source"]) for c in one.code_cells(made)} <= release.given
    text = json.dumps(made, ensure_ascii=False)
    assert "### BEGIN" not in text
    assert "own_cases" not in text
    # The same cells as the learner's copy, by name and content.
    copy = learner_copy(notebook, chapter)
    theirs = {c["id"]: c["source"].strip() for c in copy["cells"]}
    ours = {c["id"]: c["source"].strip() for c in made["cells"]}
    assert ours == theirs
    points = [
        c["metadata"].get("nbgrader", {}).get("points", 0) for c in made["cells"]
    ]
    assert sum(points) == sum(e.points for e in cells.exercises(notebook))
