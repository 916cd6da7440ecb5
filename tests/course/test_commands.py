"""The command: wrong use is told in one line, with 2 and without a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nlpcourse.cli import main
from nlpcourse.course import chapters
from nlpcourse.course.paths import require_repository

ROOT = require_repository("Testing the command")

WRONG = [
    [],
    ["nonsense"],
    ["chapter"],
    ["chapter", "bogus"],
    ["chapter", "run"],
    ["chapter", "run", "99"],
    ["chapter", "run", "40"],
    ["chapter", "run", "no/such/page.ipynb"],
    ["chapter", "format", "40"],
    ["chapter", "format", "nosuch"],
    ["chapter", "new", "02"],
    ["chapter", "new", "99"],
    ["measure"],
    ["measure", "40"],
    ["learner", "40", "--to", "{tmp}/learner"],
    ["learner", "02", "--to", "{file}/learner"],
    ["assign", "40", "--out", "{tmp}/new"],
    ["assign", "02", "--out", "{file}"],
    ["assign", "02"],
    ["assign", "02", "--out", "{tmp}/new", "--due", "2026-10-14 23:59"],
    ["assign", "02", "--out", "{tmp}/new", "--due", "soon"],
    ["assign", "02", "--out", "{tmp}/new", "--due", "2026-10-14 23:59 Nowhere"],
    ["assign", "02", "--out", "{tmp}/new", "--due", "2026-10-14 UTC"],
    ["assign", "02", "--out", "{tmp}/new", "--roster", "{tmp}/nosuch.csv"],
    ["assign", "02", "--out", "{tmp}/new", "--roster", "{file}"],
    ["assign", "02", "--out", "{tmp}/new", "--variant-key", "{tmp}/nosuch.key"],
    ["validate", "{file}"],
    ["validate", "{tmp}/nosuch.ipynb"],
    ["train", "nosuch"],
    ["train", "--nosuch"],
    ["data", "fetch", "nosuch"],
    ["data", "fetch"],
    ["data", "verify", "nosuch"],
    ["data", "where", "nosuch"],
    ["test", "nosuch"],
    ["compete"],
    ["compete", "nosuch"],
    ["compete", "start", "nosuch", "--to", "{tmp}/here"],
    ["compete", "start", "sms-spam"],
    ["compete", "check", "sms-spam", "{tmp}/nosuch.csv"],
    ["compete", "check", "sms-spam", "{file}"],
    ["compete", "submit", "sms-spam", "{file}"],
    ["compete", "board", "sms-spam", "--server", "nowhere"],
    ["compete", "verify", "sms-spam", "--at", "{tmp}"],
    ["compete", "host", "nosuch", "--at", "{tmp}"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
@pytest.mark.usefixtures("planned")
def test_wrong_use_is_one_line_and_two(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a_file"
    file.write_text("where a folder should be")
    words = [w.format(tmp=tmp_path, file=file) for w in words]
    try:
        status = main(words)
    except SystemExit as end:  # argparse
        status = end.code
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1, captured.err
    assert captured.err.startswith("nlpcourse")
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    "words", [["chapter", "run"], ["chapter", "format"], ["validate"]]
)
@pytest.mark.parametrize("content", [None, "", "junk", '{"a": 1}', "[1]", "\xff"])
def test_a_notebook_that_cannot_be_read_is_named(
    words: list[str],
    content: str | None,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "x.ipynb"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    assert main([*words, str(path)]) == 2
    said = capfd.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert str(path) in said[0]


@pytest.mark.parametrize("words", [["chapter", "format", "40"], ["measure", "40"]])
@pytest.mark.usefixtures("planned")
def test_a_planned_chapter_is_called_planned(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert "planned and not written" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["chapter", "run"], ["measure"]])
def test_a_chapter_without_its_extra_says_how_to_get_it(
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(chapters, "find_spec", lambda name: None)
    for chapter in chapters.written():
        if chapter.extra:
            assert main([*words, chapter.number]) == 2
            assert f"make {chapter.extra}" in capsys.readouterr().err


def test_in_another_folder_the_same_answer(tmp_path: Path) -> None:
    """A chapter is found by its number wherever the command is called."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "nlpcourse.cli",
            "chapter",
            "format",
            "11",
            "--check",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_outside_a_checkout_it_says_what_is_missing(tmp_path: Path) -> None:
    package = tmp_path / "site" / "nlpcourse"
    shutil.copytree(
        ROOT / "src/nlpcourse",
        package,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copytree(
        ROOT / "data",
        package / "_data",
        ignore=shutil.ignore_patterns("*.safetensors"),
    )
    for words in (["chapter", "run", "11"], ["train", "bilstm-brown-seed0"]):
        done = subprocess.run(
            [sys.executable, "-m", "nlpcourse.cli", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(package.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert "needs a checkout of the course" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
