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


def set_theme(page: Any, theme: str) -> None:
    """Choose the light or the dark look, as the book's own switch does."""
    page.evaluate(
        "theme => Object.assign(document.documentElement.dataset, {theme, mode: theme})",
        theme,
    )


NO_AXE = "axe-core is not here: npm brings it, with `python scripts/vendor.py`"
FIND = """colours => axe.run(document, {
  resultTypes: ["violations"],
  ...(colours ? {runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}} : {
    rules: {"label-content-name-mismatch": {enabled: true}, "target-size": {enabled: true}},
  }),
}).then(({violations}) => violations.flatMap(({id, nodes}) => nodes.slice(0, 5).map(
  ({html, failureSummary}) => `${id}: ${html.slice(0, 160)} (${failureSummary.slice(0, 200)})`
)))"""
CUT = """() => [
  ...document.querySelectorAll(".nlp-figure svg, .nlp-heatmap__table"),
].filter((drawing) => {
  const box = drawing.parentElement.getBoundingClientRect();
  const own = drawing.getBoundingClientRect();
  return own.right > box.right + 1 || own.left < box.left - 1;
}).map((drawing) => drawing.closest("[id]").id)"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("place", map(Path, pages(BOOK) or [""]), ids=str)
def test_a_page_is_whole_and_bars_nobody(
    open_page: Any, axe: str, place: Path
) -> None:
    """In every look: the network off, nothing wider than the window, no violation for axe.

    What does not hang on colours is looked for in the light alone.
    """
    address = place.as_posix()
    query = "?q=perplexity" if address == "search.html" else ""
    watched = open_page(address + query)
    page = watched.page
    if axe:
        page.evaluate(axe)
    found: dict[str, Any] = {}
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)
        set_theme(page, theme)
        page.evaluate("() => document.fonts.ready.then(() => true)")
        page.wait_for_timeout(100)
        beyond = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = page.evaluate(FIND, theme == "dark") if axe else []
        if beyond > 0:
            problems.append(f"the page scrolls sideways by {beyond} pixels")
        problems += [f"{name} is cut at its edge" for name in page.evaluate(CUT)]
        if problems:
            found[f"{width} {theme}"] = problems
    assert found == {}
    watched.assert_quiet()
    if not axe:
        pytest.skip(NO_AXE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_came_to_life_bars_nobody(
    open_page: Any, axe: str, theme: str
) -> None:
    if not axe:
        pytest.skip(NO_AXE)
    watched = open_page("notebooks/11_naive_bayes.html", color_scheme=theme)
    page = watched.page
    for section in (".nlp-play", ".nlp-exercise"):
        page.locator(f"{section} .nlp-start").first.click()
        page.wait_for_selector(f'{section}[data-state="ready"]', timeout=60_000)
    exercise = page.locator(".nlp-exercise[data-state]").first
    exercise.get_by_role("button", name="Check", exact=True).click()
    page.wait_for_selector('.nlp-exercise[data-state="failed"]', timeout=60_000)
    page.evaluate(axe)
    assert page.evaluate(FIND, theme == "dark") == []


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


def test_nothing_of_the_runtime_is_loaded_before_a_click(
    book: Path, open_page: Any
) -> None:
    heavy = (
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
    for address in pages(book):
        if 'class="nlp-play"' in (book / address).read_text(encoding="utf-8"):
            watched = open_page(address)
            watched.page.wait_for_timeout(500)
            assert [url for url in watched.requests if url.endswith(heavy)] == []


@pytest.mark.parametrize(
    "chapter", chapters.written(), ids=lambda chapter: chapter.stem
)
def test_a_chapter_is_light(
    book: Path, open_page: Any, site: str, chapter: Any
) -> None:
    address = f"notebooks/{chapter.stem}.html"
    html = (book / address).read_text(encoding="utf-8")
    bare = len(FIGURE.sub("", html).encode())
    watched = open_page(address)
    watched.page.wait_for_timeout(500)
    sent = 0
    for url in sorted(set(watched.requests)):
        if not url.startswith(site):
            continue
        path = book / url.removeprefix(site).split("?")[0].split("#")[0]
        data = path.read_bytes()
        sent += (
            len(gzip.compress(data, 6)) if path.suffix in TEXT_TYPES else len(data)
        )
    print(
        f"{chapter.stem}: HTML without figures {bare:,} B; page {sent:,} B compressed"
    )
    assert bare < HTML_LIMIT
    assert sent < TRANSFER_LIMIT
