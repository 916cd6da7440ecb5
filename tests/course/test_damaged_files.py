"""A damaged file of the course is named, with what to do; nothing else is raised."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.assets.manifest import read_manifest
from nlpcourse.course import chapters, ledger
from nlpcourse.course.files import DamagedFile, read_json, read_toml
from nlpcourse.course.paths import data_dir
from nlpcourse.notebooks import cells
from nlpcourse.training.checkpoints import CheckpointError
from nlpcourse.training.registry import load, read_log

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "not UTF-8": lambda content: content[:10] + b"\xff\xfe" + content[10:],
    "another kind": lambda content: b"[1, 2" if content[:1] != b"[" else b"{",
    "a page of an error": lambda content: b"<html>404</html>",
}


def damaged(source: Path, folder: Path, how: str) -> Path:
    target = folder / source.name
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(DAMAGES[how](source.read_bytes()))
    return target


@pytest.mark.parametrize("how", DAMAGES)
def test_a_notebook(how: str, tmp_path: Path) -> None:
    path = damaged(chapters.get("11").notebook, tmp_path, how)
    with pytest.raises(
        DamagedFile, match=r"11_naive_bayes\.ipynb is damaged.*restore"
    ):
        cells.read(path)


def test_a_notebook_whose_cells_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    for content in ({}, {"cells": [1]}, {"cells": [{}]}, {"cells": None}):
        path.write_text(json.dumps(content))
        with pytest.raises(DamagedFile, match=r"x\.ipynb"):
            cells.read(path)


@pytest.mark.parametrize(
    "how", ["cut", "not UTF-8", "another kind", "a page of an error"]
)
def test_the_ledger_and_the_registry(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "chapters" / "11_naive_bayes"
    damaged(chapters.get("11").folder / "results.toml", folder, how)
    monkeypatch.setattr(ledger, "data_dir", lambda: tmp_path)
    with pytest.raises(DamagedFile, match=r"results\.toml is damaged"):
        ledger.records("11")
    monkeypatch.setattr(chapters, "data_dir", lambda: tmp_path)
    chapters._registry.cache_clear()
    try:
        damaged(data_dir() / "chapters.toml", tmp_path, how)
        with pytest.raises(DamagedFile, match=r"chapters\.toml is damaged"):
            chapters.all_chapters()
    finally:
        monkeypatch.undo()
        chapters._registry.cache_clear()


def test_a_registry_without_a_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (data_dir() / "chapters.toml").read_text("utf-8")
    (tmp_path / "chapters.toml").write_text(
        text.replace('room = "tokenization"\n', "")
    )
    monkeypatch.setattr(chapters, "data_dir", lambda: tmp_path)
    chapters._registry.cache_clear()
    try:
        with pytest.raises(DamagedFile, match="room"):
            chapters.all_chapters()
    finally:
        monkeypatch.undo()
        chapters._registry.cache_clear()


@pytest.mark.parametrize("how", DAMAGES)
def test_the_manifest_of_assets(how: str, tmp_path: Path) -> None:
    path = damaged(data_dir() / "assets.toml", tmp_path, how)
    with pytest.raises(ValueError, match=r"assets\.toml"):
        read_manifest(path)


@pytest.mark.parametrize("how", DAMAGES)
def test_a_trainings_log_and_its_weights(how: str, tmp_path: Path) -> None:
    name = "bert-trec-frozen-seed0"
    source = chapters.get("30").folder
    damaged(source / f"{name}.json", tmp_path, how)
    again = rf"{name}\.json is damaged.*nlpcourse train {name} --fresh"
    with pytest.raises(CheckpointError, match=again):
        read_log(name, tmp_path)
    shutil.copy(source / f"{name}.json", tmp_path)
    damaged(source / f"{name}.safetensors", tmp_path, how)
    with pytest.raises(
        CheckpointError, match=rf"{name}\.safetensors is not the file"
    ):
        load(name, folder=tmp_path)


@given(content=st.binary(max_size=200))
def test_whatever_lies_there_is_read_or_named(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "file"
    path.write_bytes(content)
    for read in (
        read_toml,
        lambda p: read_json(p, dict),
        lambda p: read_json(p, list),
    ):
        outcome = ""
        try:
            read(path)
        except DamagedFile as error:
            outcome = str(error)
        assert not outcome or "file is damaged" in outcome
