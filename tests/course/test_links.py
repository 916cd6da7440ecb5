"""Addresses outside the book: the list, the pages, and visits to a server of every temper."""

from __future__ import annotations

import datetime
import http.server
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.cli import main
from nlpcourse.course import chapters, links
from nlpcourse.course.files import DamagedFile
from nlpcourse.course.paths import require_repository

ROOT = require_repository("Testing the links")
DAY = datetime.date(2027, 1, 3)


# -- the list and the pages
def test_pages_and_list_name_the_same_addresses() -> None:
    assert links.differences(links.read(), links.pages()) == []


def test_every_page_of_the_book_is_read() -> None:
    found = links.pages()
    assert {"book/index", "book/practice/work", "notebooks/06_lexicon"} <= set(
        found
    )
    assert len(found) > len(chapters.written()) + 10
    assert all(text.strip() for text in found.values())


def test_a_difference_is_told_either_way() -> None:
    day = datetime.date(2026, 11, 29)
    one = links.Link("https://a.org/", "A", "a", ("book/x",), "here", day)
    texts = {"book/x": "See [b](https://b.org/).", "book/y": "https://a.org/"}
    assert links.differences([one], texts) == [
        "book/y links to https://a.org/, which data/links.toml does not say",
        "book/x links to https://b.org/, which data/links.toml does not say",
        "data/links.toml says that book/x links to https://a.org/, and it does not",
    ]
    assert links.differences([one], {"book/x": "<https://a.org/>"}) == []


MARKDOWN = {
    "[a](https://a.org/x?b=c&d=e%20f)": ["https://a.org/x?b=c&d=e%20f"],
    "*https://a.org/x*, (https://b.org).": ["https://a.org/x", "https://b.org"],
    '<a href="http://a.org/#part">a</a>': ["http://a.org/#part"],
    "| [a](https://a.org/) | [b](https://b.org) |": [
        "https://a.org/",
        "https://b.org",
    ],
    "`https://a.org` and ``x ` https://b.org``": [],
    "```console\n$ git clone https://a.org\n```\nhttps://b.org": ["https://b.org"],
    "~~~\nhttps://a.org\n~~~": [],
    "```{admonition} T\n:class: dropdown\nhttps://a.org\n```\nhttps://b.org": [
        "https://a.org",
        "https://b.org",
    ],
    "````{note}\n```python\nhttps://a.org\n```\nhttps://b.org\n````": [
        "https://b.org"
    ],
    "```{code-block} python\nhttps://a.org\n```": [],
    ":::{note}\nhttps://a.org\n:::": ["https://a.org"],
    "````\n```\nhttps://a.org\n```\nhttps://b.org\n````\nhttps://c.org": [
        "https://c.org"
    ],
    "no address: http:// or https or mailto:a@b.org": [],
    "": [],
}


@pytest.mark.parametrize("text", MARKDOWN)
def test_what_is_a_link_in_markdown(text: str) -> None:
    assert links.addresses(text) == MARKDOWN[text]


GOOD = """\
# A comment that stays.
[[link]]
url = "https://a.org/"  # another
title = "A"
what = "an example"
pages = ["book/x"]
seen_in = "a document"
noted = 2026-11-29
"""

DAMAGED = {
    GOOD.replace('title = "A"\n', ""): "lacks title",
    GOOD + 'colour = "red"\n': "has colour",
    GOOD.replace("https://a.org/", "a.org"): "no http address",
    GOOD.replace("https://a.org/", "ftp://a.org/"): "no http address",
    GOOD.replace("2026-11-29", '"yesterday"'): "is no date",
    GOOD.replace("2026-11-29", "2026-11-29T10:00:00"): "is no date",
    GOOD + "seen = 3\n": "is no date",
    GOOD + GOOD: "comes twice",
    "[[link]\n": "damaged",
}


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_list_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "links.toml"
    path.write_text(text)
    with pytest.raises(DamagedFile, match=DAMAGED[text]):
        links.read(path)


def test_the_book_says_how_fresh_a_link_is(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = datetime.date(2026, 11, 29)
    two = [
        links.Link("https://a.org", "A", "an example", ("x",), "d", noted),
        links.Link("https://b.org", "B", "another", ("x", "y"), "d", noted, DAY),
    ]
    monkeypatch.setattr(links, "read", lambda: two)
    text = links.listing("x")
    assert (
        "[A](https://a.org): an example. Written down on 29 November 2026, not"
        in text
    )
    assert (
        "[B](https://b.org): another. Last found working on 3 January 2027." in text
    )
    assert "https://a.org" not in links.listing("y")
    with pytest.raises(ValueError, match="no link of z"):
        links.listing("z")


@pytest.mark.parametrize("guide", chapters.guides(), ids=lambda g: g.name)
def test_a_page_that_links_outside_says_how_fresh_that_is(
    guide: chapters.Guide,
) -> None:
    text = (ROOT / f"{guide.document}.md").read_text(encoding="utf-8")
    assert bool(links.addresses(text)) == ("```{link-list}\n```" in text)


# -- visits
class Server(http.server.ThreadingHTTPServer):
    """A server on this machine that keeps what it was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str]] = []
        self.agents: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: object) -> None:
        """Say nothing of a connection that was broken on purpose."""


class Handler(http.server.BaseHTTPRequestHandler):
    """``/404`` answers 404; ``/302`` leads to ``/200``; the rest have tempers of their own."""

    server: Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, to: str = "") -> None:
        self.send_response(status)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self) -> None:
        path = self.path
        self.server.asked.append((self.command, path))
        self.server.agents.add(self.headers["User-Agent"])
        if path == "/slow":
            time.sleep(1.0)
        elif path == "/reset":
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            self.connection.close()
        elif path == "/nonsense":
            self.wfile.write(b"what?\r\n\r\n")
        elif path == "/circle":
            self.answer(301, "/circle")
        elif path == "/chain":
            self.answer(302, "/301")
        elif path == "/moved-away":
            self.answer(301, "/404")
        elif path == "/no-head":
            self.answer(405 if self.command == "HEAD" else 200)
        elif path == "/wrong-head":
            self.answer(404 if self.command == "HEAD" else 200)
        else:
            status = int(path.strip("/")[:3])
            self.answer(status, "/200" if status in (301, 302, 307, 308) else "")

    do_GET = do_HEAD


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server() as running:
        thread = threading.Thread(
            target=running.serve_forever, args=(0.02,), daemon=True
        )
        thread.start()
        yield running
        running.shutdown()


@pytest.mark.parametrize(
    ("path", "outcome", "status", "methods"),
    [
        ("/200", "ok", 200, ["HEAD"]),
        ("/200#part", "ok", 200, ["HEAD"]),
        ("/301", "moved", 200, ["HEAD", "HEAD"]),
        ("/308", "moved", 200, ["HEAD", "HEAD"]),
        ("/302", "ok", 200, ["HEAD", "HEAD"]),
        ("/307", "ok", 200, ["HEAD", "HEAD"]),
        ("/chain", "moved", 200, ["HEAD", "HEAD", "HEAD"]),
        ("/no-head", "ok", 200, ["HEAD", "GET"]),
        ("/wrong-head", "ok", 200, ["HEAD", "GET"]),
        ("/403", "refused", 403, ["HEAD", "GET"]),
        ("/429", "refused", 429, ["HEAD", "GET"]),
        ("/404", "dead", 404, ["HEAD", "GET"]),
        ("/410", "dead", 410, ["HEAD", "GET"]),
        ("/500", "dead", 500, ["HEAD", "GET"]),
        ("/503", "dead", 503, ["HEAD", "GET"]),
        ("/moved-away", "dead", 404, ["HEAD", "HEAD", "GET", "GET"]),
        ("/reset", "dead", None, ["HEAD", "GET"]),
        ("/nonsense", "dead", None, ["HEAD", "GET"]),
    ],
)
def test_what_a_server_answers(
    server: Server, path: str, outcome: str, status: int | None, methods: list[str]
) -> None:
    found = links.visit(server.url + path, timeout=5)
    assert (found.outcome, found.status) == (outcome, status), found
    assert [method for method, _ in server.asked] == methods
    assert server.agents == {links.AGENT}
    leads = found.detail.startswith("→ ")
    assert leads == (path in ("/301", "/302", "/307", "/308", "/chain"))
    assert bool(found.detail) == (leads or not found.answered)


def test_a_server_that_does_not_answer_in_time(server: Server) -> None:
    found = links.visit(f"{server.url}/slow", timeout=0.2)
    assert (found.outcome, found.status) == ("dead", None)
    assert found.detail == "no answer within 0.2 s"


def test_a_circle_ends(server: Server) -> None:
    found = links.visit(f"{server.url}/circle", timeout=5)
    assert found.outcome == "dead"
    assert len(server.asked) < 30


def test_nobody_there_and_no_such_name() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for url in (
        f"http://127.0.0.1:{port}/",
        "http://[",
        "http://no-such-name.invalid/",
    ):
        found = links.visit(url, timeout=2)
        assert (found.outcome, found.status) == ("dead", None), found
        assert found.detail
        assert len(found.line().splitlines()) == 1


def test_a_host_is_not_hurried(server: Server) -> None:
    urls = [f"{server.url}/200?{i}" for i in range(3)]
    start = time.monotonic()
    found = list(links.visits(urls, timeout=5, pause=0.15))
    assert time.monotonic() - start >= 0.3
    assert [one.url for one in found] == urls


# -- the command
@pytest.fixture
def listed(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes a list of paths of the server the book's list."""
    path = tmp_path / "links.toml"

    def list_(*paths: str) -> Path:
        entries = (
            GOOD.partition("\n")[2].replace("https://a.org/", f"{server.url}{p}")
            for p in paths
        )
        path.write_text("# A comment that stays.\n" + "\n".join(entries))
        monkeypatch.setattr(links, "list_file", lambda: path)
        return path

    return list_


QUICK = ["links", "check", "--timeout", "0.4", "--pause", "0"]


def test_all_links_answer(
    listed: Any, capsys: pytest.CaptureFixture[str], server: Server
) -> None:
    listed("/200", "/301", "/403")
    assert main(QUICK) == 0
    out = capsys.readouterr().out.splitlines()
    assert out == [
        f"ok       200  {server.url}/200",
        f"moved    200  {server.url}/301  → {server.url}/200",
        f"refused  403  {server.url}/403  Forbidden",
        "3 links: 1 ok, 1 moved, 1 refused, 0 dead",
    ]


def test_a_dead_link_ends_the_command_with_one(
    listed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = listed("/404", "/500", "/slow", "/reset", "/200")
    before = path.read_bytes()
    assert main(QUICK) == 1
    assert "5 links: 1 ok, 0 moved, 0 refused, 4 dead" in capsys.readouterr().out
    assert path.read_bytes() == before, "nothing is written unless asked"


def test_the_day_is_written_beside_what_answered_and_nothing_else_changes(
    listed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = listed("/200", "/404", "/301", "/403")
    before = path.read_text()
    assert main([*QUICK, "--record"]) == 1
    assert "beside 2 addresses" in capsys.readouterr().out
    today = datetime.date.today()
    seen = {link.url.rpartition("/")[2]: link.seen for link in links.read(path)}
    assert seen == {"200": today, "404": None, "301": today, "403": None}
    after = path.read_text()
    assert [x for x in after.splitlines() if not x.startswith("seen = ")] == (
        before.splitlines()
    )
    visit = links.Visit(links.read(path)[0].url, "ok", 200)
    assert links.record([visit], DAY, path) == 1
    assert links.read(path)[0].seen == DAY
    assert path.read_text().count("seen = ") == 2, "an old day is replaced"
    assert list(path.parent.iterdir()) == [path], "no partial file is left"


def test_one_page_is_chosen_by_name(
    listed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = listed("/200", "/404")
    text = path.read_text()
    path.write_text(text.replace('["book/x"]', '["book/y"]', 1))
    assert main([*QUICK, "--page", "y"]) == 0
    assert main([*QUICK, "--page", "book/x"]) == 1
    capsys.readouterr()
    assert main(["links", "list", "--page", "y"]) == 0
    assert capsys.readouterr().out.startswith("not visited  http://127.0.0.1:")


@pytest.mark.parametrize(
    "words",
    [
        ["links"],
        ["links", "nonsense"],
        ["links", "list", "--page", "nosuch"],
        ["links", "check", "--page", "nosuch"],
        ["links", "check", "--timeout", "0"],
        ["links", "check", "--timeout", "soon"],
        ["links", "check", "--pause", "-1"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_one_line_and_two(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(words)
    except SystemExit as end:  # argparse
        status = end.code
    captured = capsys.readouterr()
    assert (status, captured.out) == (2, "")
    assert len(captured.err.strip().splitlines()) == 1


def test_the_list_of_the_book_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["links", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(links.read())
