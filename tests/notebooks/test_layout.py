"""A new chapter's rooms."""

from __future__ import annotations

import compileall

import pytest

from nlpcourse.course import chapters
from nlpcourse.notebooks import cells
from nlpcourse.notebooks import layout as scaffold


def test_a_new_chapter_has_its_rooms(tmp_path) -> None:
    chapter = chapters.get("09")
    done = scaffold.lay_out(chapter, tmp_path)
    names = {str(path.relative_to(tmp_path)) for path in done}
    assert "notebooks/09_ngrams.ipynb" in names
    assert "src/nlpcourse/statistics/ngrams/ngrams.py" in names
    assert "src/nlpcourse/statistics/ngrams/checks.py" in names
    assert "src/nlpcourse/statistics/ngrams/playground.py" in names
    assert "tests/statistics/ngrams/test_oracle.py" in names
    assert "data/chapters/09_ngrams/quiz.json" in names
    assert compileall.compile_dir(tmp_path / "src", quiet=1)
    notebook = cells.read(done[0])
    assert cells.formatted(notebook) == notebook
    assert [e.identifier for e in cells.exercises(notebook)] == ["09.1"]


def test_rooms_that_are_there_are_left_alone(tmp_path) -> None:
    chapter = chapters.get("19")
    path = tmp_path / "src/nlpcourse/neural/networks/networks.py"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(FileExistsError, match=r"networks\.py"):
        scaffold.lay_out(chapter, tmp_path)
    assert path.read_text() == "mine"
    assert not (tmp_path / "notebooks").exists()
