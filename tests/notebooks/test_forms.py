"""One source, four forms: what the learner's copy and the book's page hold and hide."""

from __future__ import annotations

import json
import re

import pytest

from nlpcourse.course import chapters, ledger, prose
from nlpcourse.in_notebook import GLUE_MIME
from nlpcourse.notebooks import cells, forms
from nlpcourse.notebooks.cells import Cell, Notebook, without_glue
from nlpcourse.notebooks.forms import (
    assignment_source,
    book_page,
    learner_copy,
    write_learner_copies,
)

ANSWER = '''def count(tokens):
    """Count."""
    ### BEGIN SOLUTION
    secret = len(tokens)
    return secret
    ### END SOLUTION
'''
CHECK = """check("02.1", count)
### BEGIN HIDDEN TESTS
assert count([1]) == 1
### END HIDDEN TESTS
"""


def markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": source}


def code(
    source: str, outputs: list[dict[str, object]] | None = None, **meta: object
):
    return {
        "cell_type": "code",
        "id": "c",
        "metadata": meta,
        "source": source,
        "outputs": outputs or [],
        "execution_count": 1,
    }


@pytest.fixture
def small() -> Notebook:
    glued = {
        "output_type": "display_data",
        "metadata": {},
        "data": {GLUE_MIME: {"name": "02-n", "text": "four"}, "text/plain": ""},
    }
    settings = {"exercise": "02.1", "difficulty": "easy", "points": 2, "live": True}
    return cells.formatted(
        {
            "cells": [
                markdown(
                    "(chapter-02)=\n# Tokenization\nThere are {glue}`02-n` {term}`words`."
                ),
                code("glue('02-n', 'four')", [glued]),
                markdown("(exercise-02-1)=\n### Exercise 02.1 · Count\nCount."),
                code(ANSWER, nlpcourse=settings),
                code(CHECK, nlpcourse={"check": "02.1"}),
                code('quiz("02")', tags=["quiz"]),
                code(
                    "slider",
                    [{"output_type": "stream", "text": "x"}],
                    tags=["widget"],
                ),
            ],
            "metadata": {},
        }
    )


def test_learners_copy_hides_solutions_and_shows_numbers(
    small: Notebook,
) -> None:
    text = json.dumps(learner_copy(small))
    assert "secret" not in text
    assert "HIDDEN" not in text
    assert "count([1])" not in text
    assert "your code here" in text
    assert "There are four *words*." in text
    assert "check(" in text
    assert '"grade_id": "check-02-1"' in text


def test_an_assignment_keeps_solutions_and_marks(small: Notebook) -> None:
    source = assignment_source(small)
    marks = [
        c["metadata"]["nbgrader"]
        for c in source["cells"]
        if "nbgrader" in c["metadata"]
    ]
    assert [m["grade_id"] for m in marks] == ["exercise-02-1", "check-02-1"]
    assert marks[1]["points"] == 2
    text = json.dumps(source)
    assert "secret" in text
    assert "HIDDEN" in text


def test_book_page_folds_the_solution(small: Notebook) -> None:
    page = book_page(small, chapters.get("02"))
    sources = [c["source"] for c in page["cells"]]
    block = next(s for s in sources if "live-exercise" in s)
    assert ':check: check("02.1", count)' in block
    assert (
        block.index("your code here")
        < block.index("dropdown")
        < block.index("secret")
    )
    assert "HIDDEN" not in "".join(sources)
    assert any("{quiz} 02" in s for s in sources)
    assert not any("slider" in s for s in sources)
    assert not any(GLUE_MIME in json.dumps(c) for c in page["cells"])


def test_calls_that_feed_the_prose_are_not_shown() -> None:
    source = (
        "n = 2\nglue(\n    '02-n',\n    n,\n)\nif n:\n    glue('02-m', n)\nprint(n)"
    )
    kept = "n = 2\nif n:\n    glue('02-m', n)\nprint(n)"
    assert without_glue(source) == kept
    assert (
        without_glue("%pip list\nglue('02-n', 1)") == "%pip list\nglue('02-n', 1)"
    )
    assert without_glue("glue('02-n', 1)") == ""


def test_the_source_is_left_alone(small: Notebook) -> None:
    before = json.dumps(small)
    learner_copy(small)
    book_page(small, chapters.get("02"))
    assert json.dumps(small) == before


def test_normal_form_is_a_fixed_point(small: Notebook) -> None:
    assert cells.formatted(small) == small


def test_a_missing_number_is_named(small: Notebook) -> None:
    small["cells"][0]["source"] = "There are {glue}`02-m`."
    with pytest.raises(prose.ProseError, match="02-m"):
        learner_copy(small)


def test_an_exercise_without_prompt_is_refused(small: Notebook) -> None:
    del small["cells"][2]
    with pytest.raises(ValueError, match=r"02\.1"):
        cells.exercises(small)


@pytest.mark.parametrize("chapter", chapters.written(), ids=lambda c: c.stem)
def test_real_learners_copies(chapter: chapters.Chapter) -> None:
    source = cells.read(chapter.notebook)
    copy = learner_copy(source, chapter)
    text = "\n".join(c["source"] for c in copy["cells"])
    assert f"/notebooks/{chapter.stem}.html" in copy["cells"][0]["source"]
    assert all(c["source"].strip() for c in copy["cells"]), "an empty cell"
    graded = [
        c["metadata"]["nbgrader"]
        for c in copy["cells"]
        if "nbgrader" in c["metadata"]
    ]
    assert len(graded) == 2 * len(cells.exercises(source)), (
        "the copy can be handed in"
    )
    assert not re.search(r"\{(?:ledger|glue|term|cite|ref)[\w:-]*\}", text)
    assert not re.search(r"### (?:BEGIN|END)", text)
    for exercise in cells.exercises(source):
        lines = [
            line.strip()
            for line in exercise.solution.splitlines()
            if line not in exercise.starter and len(line.strip()) > 12
        ]
        assert lines, exercise.identifier
        answer = next(
            c
            for c in copy["cells"]
            if c["id"].endswith(exercise.identifier.replace(".", "-"))
        )
        assert not any(line in answer["source"] for line in lines)


def test_a_copy_with_work_in_it_is_not_overwritten(tmp_path) -> None:
    number = chapters.written()[0].number
    (path,) = write_learner_copies([number], tmp_path)
    path.write_text("my work", encoding="utf-8")
    assert write_learner_copies([number], tmp_path) == []
    assert path.read_text(encoding="utf-8") == "my work"
    assert write_learner_copies([number], tmp_path, overwrite=True) == [path]


def test_ledger_refuses_a_value_outside_the_tolerance(
    tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "chapters" / "99_a_test"
    folder.mkdir(parents=True)
    (folder / "results.toml").write_text(
        '[x]\nmetric = "accuracy"\nvalue = 0.5\ntolerance = 0.01\nformat = "{:.1%}"\n'
        "anchor = 0.6\nanchor_what = 'A paper'\nseeds = [0, 1]\nspread = 0.02\n"
        'chosen_on = "nothing"\n'
    )
    monkeypatch.setattr(ledger, "data_dir", lambda: tmp_path)
    shown = ledger.record("99.x", 0.505)
    assert "60.0%" in repr(shown)
    assert "A paper" in shown._repr_html_()
    for bad in (0.52, float("nan")):
        with pytest.raises(ledger.LedgerError, match=r"99\.x"):
            ledger.record("99.x", bad)
    with pytest.raises(ledger.LedgerError, match=r"99\.x"):
        ledger.get("99.y")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", r"99\.x.*lacks.*chosen_on"),
        ('chosen_on = ""', r"99\.x.*chosen on ''.*validation"),
        ('chosen_on = "test"', r"99\.x.*chosen on 'test'.*validation"),
    ],
)
def test_a_record_says_on_what_its_settings_were_chosen(
    line: str, said: str, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "chapters" / "99_a_test"
    folder.mkdir(parents=True)
    (folder / "results.toml").write_text(
        f'[x]\nmetric = "m"\nvalue = 0.5\ntolerance = 0.01\n{line}\n'
    )
    monkeypatch.setattr(ledger, "data_dir", lambda: tmp_path)
    with pytest.raises(ledger.LedgerError, match=said):
        ledger.get("99.x")


def test_rerecording_replaces_the_value_and_keeps_the_rest(
    tmp_path, monkeypatch
) -> None:
    path = tmp_path / "chapters" / "99_a_test" / "results.toml"
    path.parent.mkdir(parents=True)
    path.write_text(
        '# a comment\n[x]\nmetric = "m"\nvalue = 0.5\ntolerance = 0.01\n'
        'chosen_on = "nothing"\n'
    )
    monkeypatch.setattr(ledger, "data_dir", lambda: tmp_path)
    monkeypatch.setenv(ledger.RERECORD_VARIABLE, "1")
    ledger.record("99.x", 0.9, spread=0.1)
    assert ledger.get("99.x").value == 0.9
    assert ledger.get("99.x").spread == 0.1
    assert "# a comment" in path.read_text()
    with pytest.raises(ledger.LedgerError, match="colour"):
        ledger.rerecord("99.x", colour="red")


def test_a_copy_knows_the_titles_of_what_is_written_now(
    planned: chapters.Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that was made while a chapter was planned leaves nothing behind."""
    before = forms._titles_of(tuple(chapters.written()))
    assert f"chapter-{planned.number}" not in before
    monkeypatch.undo()
    after = forms._titles_of(tuple(chapters.written()))
    assert f"chapter-{planned.number}" in after
