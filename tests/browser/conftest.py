"""The rendered book in Chromium: a local server, a browser, and a page that watches itself."""

from __future__ import annotations

import base64
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
]


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


@pytest.fixture
def open_page(chromium: Any, site: str) -> Iterator[Open]:
    """Return a function that opens a page of the book with the network beyond it cut off."""
    contexts: list[Any] = []

    def open_(path: str = "", **options: Any) -> Watched:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        watched = Watched(page)

        def route(route: Any) -> None:
            url = route.request.url
            watched.requests.append(url)
            if url.startswith((site, "data:", "blob:")):
                route.continue_()
            else:
                watched.outside.append(url)
                route.abort()

        def responded(response: Any) -> None:
            if response.status >= 400:
                watched.failed.append(f"{response.status} {response.url}")

        context.route("**/*", route)
        context.on("response", responded)
        context.on(
            "requestfailed", lambda r: watched.failed.append(f"{r.failure} {r.url}")
        )
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on(
            "console",
            lambda m: (
                watched.errors.append(m.text)
                if m.type in {"error", "warning"}
                else None
            ),
        )
        page.goto(site + path, wait_until="networkidle")
        return watched

    yield open_
    for context in contexts:
        context.close()
