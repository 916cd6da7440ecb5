"""What the tests of living pages share: playgrounds and exercises, started and asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat

from nlpcourse.course import chapters
from nlpcourse.notebooks import cells as notebooks_cells

PATIENCE = (
    60  # seconds that a test waits, on a machine that does other work as well
)
ROOT = Path(__file__).resolve().parents[2]
PLAIN = """element => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll(".nlp-steps__bar").forEach((bar) => bar.remove());
  return copy.textContent;
}"""


def bring_to_life(page: Any, name: str) -> float:
    """Click the button, wait until the playground follows, and return the seconds it took."""
    section = page.locator(f"#play-{name}")
    section.locator(".nlp-start").click()
    page.wait_for_selector(
        f'#play-{name}[data-state="ready"]', timeout=PATIENCE * 1000
    )
    seconds = float(section.get_attribute("data-seconds"))
    print(f"{name}: ready {seconds:.1f} s after the click")
    return seconds


def redrawn(page: Any, name: str, change: Any) -> None:
    """Make a change and wait until the views were drawn again."""
    section = page.locator(f"#play-{name}")
    drawn = int(section.get_attribute("data-drawn"))
    change(section)
    page.wait_for_function(
        "([name, drawn]) => Number(document.getElementById(name).dataset.drawn) > drawn",
        arg=[f"play-{name}", drawn],
    )


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

    def open(self) -> None:
        """Click the button; the editor is there before Python is."""
        self.section.locator(".nlp-start").click()
        self.section.locator("textarea").wait_for()

    def start(self) -> None:
        """Click the button and wait for Python."""
        self.open()
        self.settled("ready")

    def settled(self, state: str) -> str:
        """Wait for Python, assert the state it leaves, and return the verdict."""
        ends = ("ready", "done", "passed", "failed", "error")
        anyone = ", ".join(f'{self.selector}[data-state="{end}"]' for end in ends)
        self.page.wait_for_selector(anyone, timeout=PATIENCE * 1000)
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
