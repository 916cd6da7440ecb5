"""The rendered book in Chromium: a local server, a browser, and a page that watches itself."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import http.server
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOK = Path(os.environ.get("NLPCOURSE_BOOK", ROOT / "_build" / "html"))
BROWSER_REQUIRED = os.environ.get("NLPCOURSE_REQUIRE_BROWSER") == "1"
BOOK_REQUIRED = BROWSER_REQUIRED or os.environ.get("NLPCOURSE_REQUIRE_BOOK") == "1"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
"""No name is found: what a page asks of another machine fails there and is noted."""


def _do_without(reason: str, required: bool) -> NoReturn:
    """Skip the browser's tests, or fail where what they need is required."""
    if required:
        pytest.fail(f"{reason}, and this run requires it", pytrace=False)
    pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder that opens a browser."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def book() -> Path:
    """Return the folder of the built book."""
    if not (BOOK / "index.html").is_file():
        _do_without("the book is not built: run `make book` first", BOOK_REQUIRED)
    return BOOK


@pytest.fixture(scope="session")
def site(book: Path) -> Iterator[str]:
    """Serve the built book on a free port of this machine and return its address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Handler, directory=str(book))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium(book: Path) -> Iterator[Any]:
    """Start Chromium once for the session."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        _do_without("there is no Chromium on this machine", BROWSER_REQUIRED)
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed"
    )
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script that looks for what bars a reader; nothing where npm did not bring it.

    Only tests load it.  Where npm is there, it must be there, too.
    """
    pins = json.loads((ROOT / "book/playground/integrity.json").read_text("utf-8"))
    pinned = pins["axe-core"]
    folder = ROOT / "_build" / "vendor" / f"axe-core-{pinned['version']}"
    script = folder / "axe.min.js"
    if not script.is_file():
        if BROWSER_REQUIRED and shutil.which("npm"):
            pytest.fail(
                "run `python scripts/vendor.py`: it brings axe-core from npm"
            )
        return ""
    content = script.read_bytes()
    found = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
    assert found == pinned["files"]["axe.min.js"], (
        f"{script} is not the pinned file"
    )
    return content.decode("utf-8")


STANDS_FOR = """() => {
  // axe looks at every text for its contrast, and a chapter has thousands of them.  Of texts that
  // have the same colour, size, weight and backgrounds all the way up, three stand for all; what
  // lies over something else stands for itself.  Of the coloured words of code, which are half of
  // a page's elements, three of each look stay, and the rest become plain text of their line.
  const chains = new Map();
  const chain = (e) => {
    if (!e) return "";
    if (!chains.has(e)) {
      const s = getComputedStyle(e);
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.maskImage];
      const over = ["static", "relative"].includes(s.position) ? "" : `over ${chains.size}`;
      chains.set(e, `${chain(e.parentElement)}|${own}${over}`);
    }
    return chains.get(e);
  };
  const words = new Map();
  for (const word of document.querySelectorAll("main .highlight pre span[class]")) {
    if (word.attributes.length > 1) continue;
    const look = `${word.className}|${getComputedStyle(word).color}|${chain(word.parentElement)}`;
    const times = words.get(look) ?? 0;
    words.set(look, times + 1);
    if (times >= 3) word.replaceWith(...word.childNodes);
  }
  const seen = new Map();
  for (const e of document.querySelectorAll("body, body *")) {
    e.removeAttribute("data-stands");
    const says = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
      || e.matches("input, select, textarea");
    if (!says || !e.getClientRects().length) continue;
    const s = getComputedStyle(e);
    const look = `${[s.color, s.fontSize, s.fontWeight, s.textShadow]}${chain(e)}`;
    const times = seen.get(look) ?? 0;
    seen.set(look, times + 1);
    if (times < 3) e.dataset.stands = "";
  }
  axe.configure({rules: [{id: "color-contrast", selector: "[data-stands]"}]});
  return seen.size;
}"""
FIND = """colours => axe.run(document, {
  resultTypes: ["violations"],
  ...(colours ? {runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}} : {
    rules: {"label-content-name-mismatch": {enabled: true}, "target-size": {enabled: true}},
  }),
}).then(({violations}) => violations.flatMap(({id, nodes}) => nodes.slice(0, 5).map(
  ({html, failureSummary}) => `${id}: ${html.slice(0, 160)} (${failureSummary.slice(0, 200)})`
)))"""
SETTLED = """() => document.fonts.ready.then(() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
}))"""


@pytest.fixture
def bars(axe: str) -> Callable[[Any, bool], list[str]]:
    """Return a function that says what on a page bars a reader, with axe; nothing without it."""

    def bars_(page: Any, colours: bool = False) -> list[str]:
        if not axe:
            return []
        if not page.evaluate("() => Boolean(globalThis.axe)"):
            page.evaluate(axe)
        assert page.evaluate(STANDS_FOR) > 0
        found: list[str] = page.evaluate(FIND, colours)
        return found

    return bars_


@pytest.fixture
def look() -> Callable[..., None]:
    """Return a function that gives an open page another width and another theme."""

    def look_(page: Any, width: int, theme: str) -> None:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.evaluate(  # as the book's own switch does
            "theme => Object.assign(document.documentElement.dataset, {theme, mode: theme})",
            theme,
        )
        page.evaluate(SETTLED)

    return look_


@dataclass
class Watched:
    """A page, with everything that went wrong on it."""

    page: Any
    outside: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        """Assert that nothing failed, nothing left this machine and nothing was complained of."""
        assert self.outside == [], "requests that leave this machine"
        assert self.failed == [], "failed requests"
        assert self.errors == [], "errors in the console"


Open = Callable[..., Watched]


@contextlib.contextmanager
def opener(chromium: Any, site: str) -> Iterator[Open]:
    """Give a function that opens a page of the book with the network beyond it cut off.

    It is loaded when it returns.  What comes later is waited for by who needs it: a test that
    waited for half a second of silence at every visit would spend most of its time on that.
    """
    contexts: list[Any] = []

    def open_(path: str = "", **options: Any) -> Watched:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        watched = Watched(page)

        def requested(request: Any) -> None:
            watched.requests.append(request.url)
            if not request.url.startswith((site, "data:", "blob:")):
                watched.outside.append(request.url)

        def responded(response: Any) -> None:
            if response.status >= 400:
                watched.failed.append(f"{response.status} {response.url}")

        context.on("request", requested)
        context.on("response", responded)

        def failed(request: Any) -> None:
            # a page that is left ends what was still on its way
            if request.failure != "net::ERR_ABORTED":
                watched.failed.append(f"{request.failure} {request.url}")

        context.on("requestfailed", failed)
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on(
            "console",
            lambda m: (
                watched.errors.append(m.text)
                if m.type in {"error", "warning"}
                else None
            ),
        )
        page.goto(site + path, wait_until="load")
        return watched

    try:
        yield open_
    finally:
        for context in contexts:
            context.close()


@pytest.fixture
def open_page(chromium: Any, site: str) -> Iterator[Open]:
    """Return the function that opens a page, for one test."""
    with opener(chromium, site) as open_:
        yield open_


@pytest.fixture(scope="module")
def open_once(chromium: Any, site: str) -> Iterator[Open]:
    """Return the function that opens a page, for several tests of a file.

    Such tests share an ``xdist_group``, so that one process runs them all.
    """
    with opener(chromium, site) as open_:
        yield open_
