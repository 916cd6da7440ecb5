"""Live exercises in the page: got wrong, hinted at, got right; stopped, kept and left."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from nlpcourse.course import chapters
from nlpcourse.notebooks import cells as notebooks_cells

PATIENCE = 60_000  # milliseconds
ROOT = Path(__file__).resolve().parents[2]


def live_exercises() -> dict[str, list[Any]]:
    """Return by page the exercises that the book offers live, with their solutions."""
    found = {}
    for chapter in chapters.written():
        path = ROOT / "notebooks" / f"{chapter.stem}.ipynb"
        if path.is_file():
            every = notebooks_cells.exercises(nbformat.read(path, as_version=4))
            live = [cells for cells in every if cells.live]
            if live:
                found[f"notebooks/{chapter.stem}.html"] = live
    return found


class Exercise:
    """A live exercise of an open page."""

    def __init__(self, watched: Any, identifier: str) -> None:
        self.page = watched.page
        self.section = self.page.locator(
            f'.nlp-exercise[data-exercise="{identifier}"]'
        )
        self.selector = f'.nlp-exercise[data-exercise="{identifier}"]'

    def start(self) -> None:
        """Click the button and wait for Python."""
        self.section.locator(".nlp-start").click()
        self.settled("ready")

    def settled(self, state: str) -> str:
        """Wait for Python, assert the state it leaves, and return the verdict."""
        ends = ("ready", "done", "passed", "failed", "error")
        anyone = ", ".join(f'{self.selector}[data-state="{end}"]' for end in ends)
        self.page.wait_for_selector(anyone, timeout=PATIENCE)
        verdict = str(self.section.locator(".nlp-verdict").inner_text())
        output = self.section.locator(".nlp-output").text_content()
        assert self.section.get_attribute("data-state") == state, (
            f"{verdict}\n{output}"
        )
        return verdict

    def write(self, code: str) -> None:
        """Replace the editor's text."""
        self.section.locator("textarea").fill(code)

    def press(self, name: str) -> None:
        """Press one of the buttons."""
        self.section.get_by_role("button", name=name, exact=True).click()


def wrong_answer(cells: Any) -> str:
    """Return an answer that cannot be right: of the asked function, or by the asked name."""
    asked = re.search(r"check\(\s*\"[^\"]+\",\s*(\w+)", cells.check)
    assert asked is not None
    if re.search(r"^\.\.\.  # your", cells.starter, flags=re.MULTILINE):
        return f"{cells.starter}\n{asked.group(1)} = 12345.678\n"
    return str(cells.starter).replace("...  # your code here", "return 12345.678")


@pytest.fixture
def first(open_page: Any) -> tuple[Any, Exercise, Any]:
    """Open the first live exercise of the book."""
    found = live_exercises()
    if not found:
        pytest.fail("no written chapter has a live exercise")
    address, exercises = next(iter(found.items()))
    watched = open_page(address)
    return watched, Exercise(watched, exercises[0].identifier), exercises[0]


def test_there_are_at_least_two() -> None:
    assert sum(map(len, live_exercises().values())) >= 2


@pytest.mark.parametrize(
    ("address", "exercises"), live_exercises().items(), ids=list(live_exercises())
)
def test_wrong_is_hinted_and_right_is_passed(
    open_page: Any, address: str, exercises: list[Any]
) -> None:
    watched = open_page(address)
    for cells in exercises:
        exercise = Exercise(watched, cells.identifier)
        exercise.start()

        exercise.press("Check")
        hint = exercise.settled("failed")
        assert hint.startswith("Not yet."), "the starter itself must not pass"

        exercise.write(wrong_answer(cells))
        exercise.press("Check")
        hint = exercise.settled("failed")
        assert "?" in hint, f"{cells.identifier}: a hint is a question"

        exercise.write(cells.solution)
        exercise.press("Check")
        lesson = exercise.settled("passed")
        assert lesson.startswith("✓ Right.")
        assert len(lesson) > len("✓ Right. ")
        print(f"{cells.identifier}: {hint!r} … {lesson!r}")
    watched.assert_quiet()


def test_an_endless_loop_is_stopped_and_the_next_run_works(
    first: tuple[Any, Exercise, Any],
) -> None:
    watched, exercise, _ = first
    exercise.start()
    exercise.write("print('begun')\nwhile True:\n    pass\n")
    exercise.press("Run")
    assert "Stopped after" in exercise.settled("error")
    assert exercise.section.locator(".nlp-output").inner_text().strip() == "begun"
    exercise.write("6 * 7")
    exercise.press("Run")
    exercise.settled("done")
    assert exercise.section.locator(".nlp-output").inner_text().strip() == "42"

    exercise.write("while True:\n    print('on and on')\n")
    exercise.press("Run")
    exercise.section.get_by_text("the rest of the output is not shown").wait_for(
        timeout=PATIENCE
    )
    exercise.press("Stop")
    assert exercise.settled("error") == "Stopped."
    output = exercise.section.locator(".nlp-output").inner_text()
    assert "the rest of the output is not shown" in output
    assert len(output) < 25_000
    watched.assert_quiet()


def test_a_traceback_shows_the_learners_own_lines(
    first: tuple[Any, Exercise, Any],
) -> None:
    watched, exercise, _ = first
    exercise.start()
    exercise.write(
        "def share(part, whole):\n    return part / whole\n\nshare(1, 0)\n"
    )
    exercise.press("Run")
    exercise.settled("error")
    output = exercise.section.locator(".nlp-output").inner_text()
    assert "line 4" in output
    assert "line 2, in share" in output
    assert "ZeroDivisionError" in output
    assert "page.py" not in output

    exercise.write("def share(part whole):\n    pass\n")
    exercise.press("Run")
    exercise.settled("error")
    assert "SyntaxError" in exercise.section.locator(".nlp-output").inner_text()
    watched.assert_quiet()


def test_the_learners_code_survives_a_reload_and_a_reset(
    first: tuple[Any, Exercise, Any],
) -> None:
    watched, exercise, cells = first
    exercise.start()
    exercise.write("# mine\n")
    exercise.page.reload()
    button = exercise.section.locator(".nlp-start")
    assert button.inner_text() == "Go on with your answer"
    kept = exercise.section.locator(".nlp-starter")
    assert "# mine" in kept.inner_text(), "it is there before the editor opens"
    assert "saved" in kept.inner_text()
    exercise.start()
    area = exercise.section.locator("textarea")
    assert area.input_value() == "# mine\n"
    exercise.press("Reset")
    assert area.input_value().strip() == cells.starter.strip()
    exercise.press("Undo reset")
    assert area.input_value() == "# mine\n"
    exercise.press("Reset")
    exercise.page.reload()
    assert button.inner_text() == "Try it here"
    watched.assert_quiet()


def test_the_editor_indents_and_lets_the_keyboard_go(
    first: tuple[Any, Exercise, Any],
) -> None:
    watched, exercise, _ = first
    exercise.start()
    page, area = exercise.page, exercise.section.locator("textarea")
    area.fill("")
    area.focus()
    page.keyboard.type("for i in range(3):")
    page.keyboard.press("Enter")
    page.keyboard.type("print(i)")
    assert area.input_value() == "for i in range(3):\n    print(i)"
    page.keyboard.press("Shift+Tab")
    assert area.input_value() == "for i in range(3):\nprint(i)"
    page.keyboard.press("Control+z")
    assert area.input_value() == "for i in range(3):\n    print(i)"
    page.keyboard.press("Control+End")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Shift+Enter")
    exercise.settled("done")
    assert exercise.section.locator(".nlp-output").inner_text().split() == [
        "0",
        "1",
        "2",
    ]
    area.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    watched.assert_quiet()


def test_the_starter_is_there_without_javascript(open_page: Any) -> None:
    address, (cells, *_) = next(iter(live_exercises().items()))
    watched = open_page(address, java_script_enabled=False)
    section = watched.page.locator(
        f'.nlp-exercise[data-exercise="{cells.identifier}"]'
    )
    assert section.locator("pre").first.is_visible()
    assert "your code here" in section.locator("pre").first.inner_text()
    assert not section.locator(".nlp-start").is_visible()
    assert watched.outside == []
