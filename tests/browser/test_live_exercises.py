"""Live exercises in the page: got wrong, hinted at, got right; stopped, kept and left."""

from __future__ import annotations

from typing import Any

import pytest

from browser.living import PATIENCE, Exercise, live_exercises

ONE_PAGE = pytest.mark.xdist_group("first exercise")


@pytest.fixture(scope="module")
def started(open_once: Any) -> tuple[Any, Exercise, Any]:
    """Start the first live exercise of the book, once for all tests that need Python."""
    watched, exercise, cells = opened(open_once)
    exercise.start()
    return watched, exercise, cells


@pytest.fixture
def first(started: tuple[Any, Exercise, Any]) -> tuple[Any, Exercise, Any]:
    """Return the first live exercise as it began."""
    started[1].press("Reset")
    return started


def opened(open_page: Any) -> tuple[Any, Exercise, Any]:
    """Open the first live exercise of the book."""
    found = live_exercises()
    if not found:
        pytest.fail("no written chapter has a live exercise")
    address, exercises = next(iter(found.items()))
    watched = open_page(address)
    return watched, Exercise(watched, exercises[0].identifier), exercises[0]


def test_there_are_at_least_two() -> None:
    assert sum(map(len, live_exercises().values())) >= 2


@ONE_PAGE
def test_an_endless_loop_is_stopped_and_the_next_run_works(
    first: tuple[Any, Exercise, Any],
) -> None:
    watched, exercise, _ = first
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
        timeout=PATIENCE * 1000
    )
    exercise.press("Stop")
    assert exercise.settled("error") == "Stopped."
    output = exercise.section.locator(".nlp-output").inner_text()
    assert "the rest of the output is not shown" in output
    assert len(output) < 25_000
    watched.assert_quiet()


@ONE_PAGE
def test_a_traceback_shows_the_learners_own_lines(
    first: tuple[Any, Exercise, Any],
) -> None:
    watched, exercise, _ = first
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
    open_page: Any,
) -> None:
    watched, exercise, cells = opened(open_page)
    exercise.open()
    exercise.write("# mine\n")
    exercise.page.reload()
    button = exercise.section.locator(".nlp-start")
    assert button.inner_text() == "Go on with your answer"
    kept = exercise.section.locator(".nlp-starter")
    assert "# mine" in kept.inner_text(), "it is there before the editor opens"
    assert "saved" in kept.inner_text()
    exercise.open()
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


@ONE_PAGE
def test_the_editor_indents_and_lets_the_keyboard_go(
    first: tuple[Any, Exercise, Any],
) -> None:
    watched, exercise, _ = first
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
