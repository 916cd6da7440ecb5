"""Which tests a change can break."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from nlpcourse.course import changed, chapters


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small copy of the house: the names of all files, contents of one line."""
    for chapter in chapters.written():
        for place in (
            f"src/nlpcourse/{chapter.package}/{chapter.room}/{chapter.room}.py",
            f"tests/{chapter.package}/{chapter.room}/test_units.py",
            f"data/chapters/{chapter.stem}/quiz.json",
            f"notebooks/{chapter.stem}.ipynb",
        ):
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_text("one line\n")
    for room in (*changed.ROOMS, *changed.BOOK, *changed.CONTRACT):
        path = tmp_path / room
        if path.suffix or room.startswith("_"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("one line\n")
        else:
            path.mkdir(parents=True, exist_ok=True)
            (path / "file.py").write_text("one line\n")
    (tmp_path / "notebooks/pages").mkdir()
    (tmp_path / "notebooks/pages/same_text.ipynb").write_text("one line\n")
    monkeypatch.setattr(changed, "require_repository", lambda what: tmp_path)
    for kind in changed.KINDS:
        changed.note(
            (job.key, changed.digest(job.inputs)) for job in changed.jobs(kind)
        )
    return tmp_path


def stale(kind: str) -> set[str]:
    return {job.name for job in changed.stale(kind)}


def test_nothing_changed_nothing_to_do(tree: Path) -> None:
    assert [stale(kind) for kind in changed.KINDS] == [set(), set(), set()]


def test_a_comma_in_one_notebook_concerns_its_chapter(tree: Path) -> None:
    (tree / "notebooks/11_naive_bayes.ipynb").write_text("one, line\n")
    assert stale("units") == {"11_naive_bayes"}
    assert stale("notebooks") == {"11_naive_bayes"}


def test_a_term_of_one_glossary_concerns_those_that_build_on_it(tree: Path) -> None:
    (tree / "data/chapters/30_bert/glossary.toml").write_text("x")
    builders = {
        chapter.stem
        for chapter in chapters.written()
        if chapters.get("30") in changed.built_on(chapter)
    }
    assert stale("units") - {"shared"} == {"30_bert", "same_text"} | builders
    assert stale("notebooks") == {"30_bert", "same_text"} | builders


def test_code_concerns_the_chapters_that_build_on_it(tree: Path) -> None:
    (tree / "src/nlpcourse/transformers/attention/attention.py").write_text("x")
    assert {"28_attention", "29_transformer", "30_bert", "31_gpt"} <= stale("units")
    assert not {
        "02_tokenization",
        "11_naive_bayes",
        "20_word2vec",
        "25_seq2seq",
    } & stale("units")


def test_a_notebook_that_calls_another_chapter_hangs_on_it(tree: Path) -> None:
    notebook = tree / "notebooks/22_rnn.ipynb"
    notebook.write_text(
        "from nlpcourse.neural.lstm.recipes import load_language_model"
    )
    changed.note(
        (job.key, changed.digest(job.inputs)) for job in changed.jobs("notebooks")
    )
    (tree / "data/chapters/23_lstm/lstm.json").write_text("x")
    assert "22_rnn" in stale("notebooks")


def test_a_shared_room_concerns_everybody(tree: Path) -> None:
    (tree / "src/nlpcourse/exercises.py").write_text("x")
    assert {c.stem for c in chapters.written()} <= stale("units")


def test_a_renamed_and_a_deleted_file_count_and_a_touched_one_does_not(
    tree: Path,
) -> None:
    folder = tree / "tests/neural/rnn"
    (folder / "test_units.py").touch()
    assert stale("units") == set()
    (folder / "test_units.py").rename(folder / "test_more.py")
    assert stale("units") == {"22_rnn"}
    (folder / "test_more.py").unlink()
    assert stale("units") == {"22_rnn"}


def test_a_page_of_the_book_is_tested_when_its_chapter_or_the_theme_changed(
    tree: Path,
) -> None:
    (tree / "notebooks/11_naive_bayes.ipynb").write_text("x")
    assert stale("pages") == {"11_naive_bayes"}
    (tree / "book/file.py").write_text("x")
    assert len(stale("pages")) == len(changed.jobs("pages"))


def test_a_damaged_record_means_all(tree: Path) -> None:
    (tree / ".stamps/tested.json").write_text("{")
    assert len(stale("units")) == len(changed.jobs("units"))


def test_every_test_of_the_real_house_belongs_to_a_job() -> None:
    root = Path(changed.require_repository("Testing"))
    targets = {
        target
        for kind in changed.KINDS
        for job in changed.jobs(kind)
        for target in job.targets
    }
    for path in (root / "tests").rglob("test_*.py"):
        name = path.relative_to(root).as_posix()
        assert any(name == t or name.startswith(f"{t}/") for t in targets), name
    for path in (root / "notebooks").rglob("*.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            assert path.relative_to(root).as_posix() in targets


def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no module be found that an extra brings."""
    monkeypatch.setattr(chapters, "find_spec", lambda name: None)


def test_a_chapter_without_its_extra_passes_nothing(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = {c.stem for c in chapters.written() if c.extra}
    without(monkeypatch)
    assert stale("units") == extra, (
        "what was skipped then must run when it is there"
    )
    for job in changed.jobs("notebooks"):
        assert bool(job.missing) == (job.name in extra)


def test_a_notebook_without_its_extra_is_left_out_with_the_way_to_get_it(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without(monkeypatch)
    ran: list[list[str]] = []
    monkeypatch.setattr(
        changed,
        "command",
        lambda kind, todo, jobs: ran.append([j.name for j in todo]),
    )
    with pytest.raises(TypeError):  # it has no command to run
        changed._run(
            argparse.Namespace(kind="notebooks", all=True, list=False, jobs=1)
        )
    said = capsys.readouterr().out
    for chapter in chapters.written():
        assert (chapter.stem in ran[0]) == (not chapter.extra)
        assert not chapter.extra or f"make {chapter.extra}" in said
