"""Every page of the built book, opened with the network cut off, and weighed."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from nlpcourse import chapters

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


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_is_whole_without_the_network(
    book: Path, open_page: Any, site: str, width: int, theme: str
) -> None:
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": theme}
    watched = open_page("search.html", **options)
    page = watched.page
    too_wide = {}
    for address in pages(book):
        page.goto(
            site + address, wait_until="networkidle"
        )  # leaving earlier would abort requests
        set_theme(page, theme)
        page.evaluate("() => document.fonts.ready.then(() => true)")
        beyond = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if beyond > 0:
            too_wide[address] = beyond
    watched.assert_quiet()
    assert too_wide == {}, "pages that scroll sideways, and by how many pixels"


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
