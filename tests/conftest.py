"""Generated input, tests by chapter, and the seconds that each chapter's tests take.

Generated input is new at every run on your machine, and the same at every run of the CI.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from nlpcourse.course import chapters

settings.register_profile("explore", deadline=None)
settings.register_profile("repeat", deadline=None, derandomize=True)
settings.load_profile("repeat" if os.environ.get("CI") else "explore")

SECONDS_A_CHAPTER = 45
"""What all tests of one chapter together may take on one core."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``nlpcourse test`` choose chapters."""
    parser.addoption(
        "--only",
        default="",
        help="chapters and pages, such as 02_tokenization,same_text,shared: of a test that runs "
        "once for each chapter, run these",
    )


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> chapters.Chapter:
    """Return chapter 40 as it was before somebody wrote it: planned."""
    parts, by_number, *rest = chapters._registry()
    before = replace(by_number["40"], written=False)
    registry = (parts, {**by_number, "40": before}, *rest)
    monkeypatch.setattr(chapters, "_registry", lambda: registry)
    return before


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of tests that need what a chapter's extra installs."""
    config.addinivalue_line(
        "markers",
        "extra(number): needs what the extra of a chapter installs; skipped without it, and a "
        "failure where NLPCOURSE_REQUIRE_EXTRAS is set, as in the CI",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what lacks its extra; in the CI, let PyTorch draw the same at every run."""
    if marker := item.get_closest_marker("extra"):
        missing = chapters.get(marker.args[0]).missing
        if missing and os.environ.get("NLPCOURSE_REQUIRE_EXTRAS"):
            pytest.fail(missing)
        if missing:
            pytest.skip(missing)
    torch = sys.modules.get("torch")
    if torch is not None and os.environ.get("CI"):
        torch.manual_seed(0)


FROM_ALL_CHAPTERS = {
    "index",
    "glossary",
    "results",
    "bibliography",
    "search",
    "map",
    "paths",
    "progress",
    "research",
    "review",
}
"""Pages of the book that are written from every chapter's data."""


def subject(item: Any) -> str | None:
    """Return the chapter's stem or the page's name that a parametrized test is about."""
    rooms = {c.room: c.stem for c in chapters.all_chapters()}
    rooms |= {page.name: page.name for page in chapters.pages()}
    for value in getattr(getattr(item, "callspec", None), "params", {}).values():
        if isinstance(value, chapters.Chapter):
            return value.stem
        if isinstance(value, Path):
            return value.stem
        if isinstance(number := getattr(value, "identifier", None), str):
            return chapters.get(number.split(".")[0]).stem
        if isinstance(value, str):
            # a room's name, or a function's address such as neural.rnn.by_hand.step
            name = value.split(".")[1] if value.count(".") > 1 else value
            if name in rooms:
                return rooms[name]
    return None


MACHINERY = {"test_live_exercises.py", "test_playgrounds.py", "test_progress.py"}
"""Tests in the browser of what every page does: no chapter's change breaks them."""

VEHICLES = {"tokens": "02_tokenization", "bayes": "11_naive_bayes"}
"""Fixtures of these tests that bring one chapter's own playground to life."""


def is_chosen(item: Any, only: set[str]) -> bool:
    """Return whether a test is about what was chosen, or about nothing in particular."""
    about = subject(item)
    if about is None and item.path.name in MACHINERY:
        used = {VEHICLES[f] for f in item.fixturenames if f in VEHICLES}
        return "shared" in only or bool(used & only)
    known = {c.stem for c in chapters.all_chapters()}
    known |= {page.name for page in chapters.pages()}
    if about is None or about in only:
        return True
    of_the_book = "browser" in item.path.parts or item.path.name == "test_book.py"
    if about not in known and of_the_book:
        return "shared" in only or about in FROM_ALL_CHAPTERS
    return about not in known


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Of tests that run once for each chapter, keep those of the chosen chapters."""
    only = {name for name in config.getoption("--only").split(",") if name}
    if not only:
        return
    kept = [item for item in items if is_chosen(item, only)]
    if len(kept) < len(items):
        config.hook.pytest_deselected(
            items=[i for i in items if i not in set(kept)]
        )
        items[:] = kept


def owner_of(nodeid: str) -> str:
    """Return the chapter that a test belongs to, from its address and its parameters."""
    place, _, parameters = nodeid.partition("[")
    for chapter in chapters.written():
        number = re.escape(chapter.number)
        if (
            f"/{chapter.package}/{chapter.room}/" in place
            or chapter.stem in nodeid
            or re.search(rf"(?<![\d.]){number}\.\d", parameters)
        ):
            return chapter.stem
    return "shared"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many seconds each chapter's tests took."""
    spent: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and hasattr(report, "nodeid"):
                spent[owner_of(report.nodeid)] += report.duration
    if len(spent) < 2:
        return
    terminalreporter.section("seconds of tests a chapter")
    for name, seconds in sorted(spent.items()):
        much = name != "shared" and seconds > SECONDS_A_CHAPTER
        note = f"   more than {SECONDS_A_CHAPTER}" if much else ""
        terminalreporter.write_line(f"{name:24} {seconds:6.1f}{note}")
