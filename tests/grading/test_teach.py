"""A syllabus, slides that open without a network, and the configuration of a hub."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nlpcourse.cli import main
from nlpcourse.course import chapters
from nlpcourse.course.paths import repository_root
from nlpcourse.grading import slides
from nlpcourse.grading.syllabus import minutes_of, syllabus, way_to
from nlpcourse.notebooks import cells

ROOT = repository_root()
assert ROOT is not None


def hour(_: chapters.Chapter) -> float:
    return 60.0


# ------------------------------------------------------------------------------- syllabus


@pytest.mark.parametrize("weeks", [1, 5, 12, 60])
@pytest.mark.parametrize("goals", [[], ["11"], ["31", "11"], ["weekend"]])
def test_a_syllabus_reads_every_chapter_after_what_it_builds_on(
    goals: list[str], weeks: int
) -> None:
    text = syllabus(goals, weeks, hour)
    read = re.findall(r"(?:\| |<br>)(\d\d) (?!h \||\|)", text)
    assert read == [c.number for c in way_to(goals)]
    for place, number in enumerate(read):
        before = [n for n in chapters.get(number).prerequisites if n in read]
        assert set(before) <= set(read[:place])
    rows = re.findall(r"^\| \d+ \|", text, re.MULTILINE)
    assert len(rows) == min(weeks, len(read))
    released = re.findall(
        r"^\$ nlpcourse assign ([\d ]+) --out", text, re.MULTILINE
    )
    assert " ".join(released).split() == read
    assert ("free for a project" in text) == (weeks > len(read))


def test_weeks_are_as_equal_as_they_can_be() -> None:
    sizes = re.findall(r"\| (\d+) h \|", syllabus([], 12, hour))
    assert max(map(int, sizes)) <= -(-len(chapters.written()) // 12)


def test_an_unknown_goal_and_a_course_without_weeks_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["syllabus", "--goal", "nosuch"]) == 2
    assert "weekend" in capsys.readouterr().err
    assert main(["syllabus", "--weeks", "0"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_syllabus_is_never_written_over_another(tmp_path: Path) -> None:
    path = tmp_path / "syllabus.md"
    assert main(["syllabus", "--goal", "11", "--out", str(path)]) == 0
    before = path.read_text("utf-8")
    assert main(["syllabus", "--out", str(path)]) == 2
    assert path.read_text("utf-8") == before


def test_a_chapter_takes_hours_and_not_days() -> None:
    assert all(60 < minutes_of(c) < 300 for c in chapters.written())


# --------------------------------------------------------------------------------- slides


def made(number: str) -> Any:
    chapter = chapters.get(number)
    return slides.slides_of(cells.read(chapter.notebook), chapter)


@pytest.mark.parametrize("chapter", chapters.written(), ids=lambda c: c.stem)
def test_slides_show_the_chapter_without_solutions(
    chapter: chapters.Chapter,
) -> None:
    notebook = made(chapter.number)
    shown = [c for c in notebook["cells"] if not slides._is_notes(c)]
    assert shown[0]["source"].startswith(f"# {chapter.title}")
    text = "\n".join(c["source"] for c in notebook["cells"])
    for exercise in cells.exercises(cells.read(chapter.notebook)):
        assert exercise.solution not in text
    assert "BEGIN SOLUTION" not in text
    assert not re.search(r"\]\(\w+\.ipynb\)", text)
    for cell in shown:
        if cell["cell_type"] == "code":
            assert cell["source"].count("\n") < slides.LINES


def test_what_is_left_off_a_slide_stands_in_the_notes() -> None:
    shown = made("11")["cells"]
    for cell, after in pairwise(shown):
        if slides._is_notes(after):
            assert cell["source"] != after["source"]
            first = cell["source"].splitlines()[0]
            assert first in after["source"]


def needs_npm() -> None:
    try:
        slides.vendored("reveal.js")
    except FileNotFoundError as error:
        pytest.skip(str(error))


def test_slides_fetch_nothing(tmp_path: Path) -> None:
    needs_npm()
    path = slides.write_slides("19", tmp_path)
    page = path.read_text("utf-8")
    loaded = re.findall(
        r"<(?:script|link|img)[^>]* (?:src|href)=\"([^\"]+)\"", page
    )
    files = [name for name in loaded if not name.startswith("data:")]
    assert files
    assert all((tmp_path / name).is_file() for name in files), files
    assert "require(" not in page


@pytest.mark.browser
def test_a_browser_shows_them_without_a_request_to_any_host(tmp_path: Path) -> None:
    needs_npm()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    api = pytest.importorskip("playwright.sync_api")
    path = slides.write_slides("19", tmp_path)
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        asked: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        page.wait_for_function("document.querySelector('mjx-container svg')")
        assert page.evaluate("Reveal.getTotalSlides()") > 30
        browser.close()
    assert not wrong
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked


def test_without_reveal_js_one_line_says_how_to_get_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(slides, "_sri", lambda path: "another")
    assert main(["slides", "02", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "scripts/vendor.py" in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------------------------ hub


class Settings(SimpleNamespace):
    """Stands for JupyterHub's configuration: every part is there once it is asked for."""

    def __getattr__(self, name: str) -> Any:
        made_now = Settings()
        setattr(self, name, made_now)
        return made_now


@pytest.mark.parametrize("own", [False, True])
def test_the_hub_gives_a_student_what_was_released_and_a_folder(
    own: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "release" / "student"
    (folder / "anna" if own else folder).mkdir(parents=True)
    (folder / "11_naive_bayes.ipynb").write_text("{}")
    monkeypatch.setenv("NLPCOURSE_RELEASE", str(tmp_path / "release"))
    found = Settings()
    source = (ROOT / "hub" / "jupyterhub_config.py").read_text("utf-8")
    exec(compile(source, "config", "exec"), {"get_config": lambda: found})
    volumes = found.DockerSpawner.volumes
    (handed_out,) = [v for v in volumes.values() if isinstance(v, dict)]
    assert handed_out["mode"] == "ro"
    (place,) = [k for k, v in volumes.items() if v is handed_out]
    assert Path(place.format(username="anna")) == (
        folder / "anna" if own else folder
    )
    assert found.DockerSpawner.notebook_dir in volumes.values()


def test_the_recipe_copies_what_is_there() -> None:
    recipe = (ROOT / "hub" / "Dockerfile").read_text("utf-8")
    for name in re.findall(r"^COPY (?!--)(\S+) ", recipe, re.MULTILINE):
        assert (ROOT / name).exists(), name
    assert "notebooks" not in re.sub(r"^#.*$", "", recipe, flags=re.MULTILINE)
