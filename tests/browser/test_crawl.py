"""Every page of the built book, opened with the network cut off, and weighed."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.course import chapters

ROOT = Path(__file__).resolve().parents[2]
NO_AXE = "axe-core is not here: npm brings it, with `python scripts/vendor.py`"
BOOK = Path(os.environ.get("NLPCOURSE_BOOK", ROOT / "_build" / "html"))
TEXT_TYPES = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".txt", ".xml"}
HTML_LIMIT = 300_000  # bytes of a chapter's HTML, its figures left out
TRANSFER_LIMIT = 600_000  # bytes of a whole page, compressed, before any click
FIGURE = re.compile(r'<figure class="nlp-figure".*?</figure>', re.DOTALL)
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


def pages(book: Path) -> list[str]:
    """Return the address of every page of the book, relative to its root."""
    found = sorted(
        path.relative_to(book).as_posix() for path in book.rglob("*.html")
    )
    return [
        page
        for page in found
        if not page.startswith("_static/") and not moves(book / page)
    ]


def moves(path: Path) -> bool:
    """Return whether a page only sends its reader on to another."""
    return 'http-equiv="refresh"' in path.read_text(encoding="utf-8").lower()


def test_the_root_leads_into_the_book(open_page: Any) -> None:
    watched = open_page()
    watched.page.wait_for_selector("main h1")
    watched.assert_quiet()


CUT = """() => [
  ...document.querySelectorAll(".nlp-figure svg, .nlp-heatmap__table"),
].filter((drawing) => {
  const box = drawing.parentElement.getBoundingClientRect();
  const own = drawing.getBoundingClientRect();
  return own.right > box.right + 1 || own.left < box.left - 1;
}).map((drawing) => drawing.closest("[id]").id)"""


HEAVY = (
    "pyodide",
    ".onnx",
    ".wasm",
    ".mjs",
    "runner.js",
    "worker.js",
    "play.js",
    "exercise.js",
    "config.json",
    ".zip",
)
"""How the names end of what a page loads after a click alone."""


def weighed(book: Path, site: str, requests: list[str]) -> int:
    """Return the bytes that a page's requests transfer, compressed."""
    sent = 0
    for url in sorted(set(requests)):
        if url.startswith(site):
            path = book / url.removeprefix(site).split("?")[0].split("#")[0]
            data = path.read_bytes()
            text = path.suffix in TEXT_TYPES
            sent += len(gzip.compress(data, 6)) if text else len(data)
    return sent


def seen(page: Any) -> list[str]:
    """Return what the eye sees that is wrong: a page that scrolls sideways, a cut drawing."""
    beyond = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    found = [f"{name} is cut at its edge" for name in page.evaluate(CUT)]
    if beyond > 0:
        found.append(f"the page scrolls sideways by {beyond} pixels")
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("place", map(Path, pages(BOOK) or [""]), ids=str)
def test_a_page_is_whole_light_and_bars_nobody(
    open_page: Any,
    book: Path,
    site: str,
    axe: str,
    bars: Any,
    look: Any,
    place: Path,
) -> None:
    """One visit for all that is asked of every page, with the network off.

    In every look nothing is wider than the window and axe finds no violation; what does not hang
    on colours it looks for in the light alone.  At the end nothing was loaded that waits for a
    click, and what a chapter loaded is light.
    """
    address = place.as_posix()
    query = "?q=perplexity" if address == "search.html" else ""
    watched = open_page(address + query)
    found: dict[str, list[str]] = {}
    for width, theme in LOOKS:
        look(watched.page, width, theme)
        found[f"{width} {theme}"] = [
            *seen(watched.page),
            *bars(watched.page, theme == "dark"),
        ]
    found["before a click"] = [u for u in watched.requests if u.endswith(HEAVY)]
    assert {look: wrong for look, wrong in found.items() if wrong} == {}
    watched.assert_quiet()
    if re.match(r"notebooks/\d\d_", address):
        html = (book / address).read_text(encoding="utf-8")
        bare = len(FIGURE.sub("", html).encode())
        sent = weighed(book, site, watched.requests)
        print(f"{address}: HTML without figures {bare:,} B; page {sent:,} B sent")
        assert bare < HTML_LIMIT
        assert sent < TRANSFER_LIMIT
    if not axe:
        pytest.skip(NO_AXE)


def test_every_chapter_is_among_the_pages(book: Path) -> None:
    wanted = {f"notebooks/{chapter.stem}.html" for chapter in chapters.written()}
    assert wanted <= set(pages(book))


def test_three_texts_stand_for_those_that_look_alike(
    open_page: Any, axe: str, bars: Any, look: Any
) -> None:
    """What one text of its look hides from axe is found; so is any that looks different."""
    if not axe:
        pytest.skip(NO_AXE)
    watched = open_page("book/start/map.html")
    page = watched.page
    look(page, 1280, "light")
    assert bars(page, True) == []
    page.evaluate(
        """() => {
          const last = [...document.querySelectorAll("article.prose p")].at(-1);
          last.style.color = "#bbb";
        }"""
    )
    assert any(line.startswith("color-contrast") for line in bars(page, True))


def test_what_scrolls_is_reached_by_keyboard_and_says_so(open_page: Any) -> None:
    watched = open_page(
        "notebooks/11_naive_bayes.html", viewport={"width": 390, "height": 800}
    )
    page = watched.page
    box = page.locator("main pre.more-right").first
    box.focus()
    was = box.evaluate("e => e.scrollLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "was => document.activeElement.scrollLeft > was", arg=was
    )
    box.evaluate("e => { e.scrollLeft = e.scrollWidth; }")
    page.wait_for_function(
        "() => !document.activeElement.classList.contains('more-right')"
    )
    assert box.get_attribute("aria-label")
    watched.assert_quiet()


def test_a_phone_has_the_contents_of_the_page(open_page: Any) -> None:
    watched = open_page(
        "notebooks/11_naive_bayes.html", viewport={"width": 390, "height": 800}
    )
    page = watched.page
    strip = page.locator(".toc-here")
    strip.locator("summary").click()
    link = strip.locator("a").nth(4)
    goal = str(link.get_attribute("href"))
    link.click()
    assert page.url.endswith(goal)
    page.wait_for_function(
        "() => document.querySelector('.toc-here > summary > b').textContent !== ''"
    )
    assert strip.get_attribute("open") is None
    assert strip.locator("summary").is_visible(), "it stays in reach"
    top = page.locator(goal).evaluate("e => e.getBoundingClientRect().top")
    bottom = strip.evaluate("e => e.getBoundingClientRect().bottom")
    assert top >= bottom - 40
    watched.assert_quiet()
