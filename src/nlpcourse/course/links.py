"""Addresses outside the book: the list of them, and ``nlpcourse links check``, which visits each.

``data/links.toml`` names every address that a page of the book links to, the document in which it
was found, the day on which it was written down (``noted``) and, once a check has visited it, the
day on which it last answered (``seen``).  A test compares list and pages, both ways; it needs no
network.  The check needs one.
"""

from __future__ import annotations

import argparse
import datetime
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from nlpcourse import __version__
from nlpcourse.course import toc
from nlpcourse.course.files import DamagedFile, read_json, read_text, read_toml
from nlpcourse.course.paths import data_dir, require_repository

AGENT = f"nlpcourse-links/{__version__} (a course checks the links of its pages)"
REFUSED = {401, 403, 429, 451, 999}
"""Answers of a server that lives and does not serve programs: a person has to look."""
FOR_GOOD = {301, 308}

_FIELDS = {"url", "title", "what", "pages", "seen_in", "noted"}
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`)\]}|]+")


@dataclass(frozen=True)
class Link:
    """An address outside the book, and what is known of it.

    Attributes:
        url: the address.
        title: what it is called.
        what: what is found there, in a few words.
        pages: the pages that link to it, such as ``book/practice/courses``.
        seen_in: the document in which the address was found.
        noted: the day on which it was written down.
        seen: the day on which a check last got an answer; None before the first.
    """

    url: str
    title: str
    what: str
    pages: tuple[str, ...]
    seen_in: str
    noted: datetime.date
    seen: datetime.date | None = None


@dataclass(frozen=True)
class Visit:
    """What an address answered.

    Attributes:
        url: the address.
        outcome: ``ok``; ``moved`` (another address answers, for good); ``refused`` (the server
            lives and turns programs away); or ``dead``.
        status: the last status, or None where none came.
        detail: where it leads, or what went wrong.
    """

    url: str
    outcome: str
    status: int | None = None
    detail: str = ""

    @property
    def answered(self) -> bool:
        """Whether there is a page."""
        return self.outcome in ("ok", "moved")

    def line(self) -> str:
        """Return the visit as a line of the report.

        >>> Visit("https://example.org/", "dead", 404, "Not Found").line()
        'dead     404  https://example.org/  Not Found'
        """
        status = self.status if self.status is not None else "-"
        line = f"{self.outcome:8} {status:>3}  {self.url}"
        return f"{line}  {self.detail}" if self.detail else line


# -- the list
def list_file() -> Path:
    """Return the path of the list."""
    return data_dir() / "links.toml"


def read(path: Path | None = None) -> list[Link]:
    """Return the list in its order.

    Raises:
        DamagedFile: an entry lacks a field, has an unknown one, is no address, or comes twice.
    """
    path = path or list_file()
    found: list[Link] = []
    for entry in read_toml(path).get("link", []):
        name = entry.get("url", f"entry {len(found) + 1}")
        if missing := _FIELDS - set(entry):
            raise DamagedFile(path, f"{name} lacks {', '.join(sorted(missing))}")
        if unknown := set(entry) - _FIELDS - {"seen"}:
            raise DamagedFile(path, f"{name} has {', '.join(sorted(unknown))}")
        parts = urlsplit(name)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise DamagedFile(path, f"{name} is no http address")
        for day in ("noted", "seen"):
            if type(entry.get(day, entry["noted"])) is not datetime.date:
                raise DamagedFile(
                    path, f"{day} of {name} is no date, as 2026-11-29"
                )
        if any(link.url == name for link in found):
            raise DamagedFile(path, f"{name} comes twice")
        found.append(Link(**{**entry, "pages": tuple(entry["pages"])}))
    return found


def record(
    visits: Iterable[Visit], day: datetime.date, path: Path | None = None
) -> int:
    """Write the day beside every address that answered; return how many.

    Everything else in the file stays as it is.
    """
    import tomlkit

    path = path or list_file()
    answered = {visit.url for visit in visits if visit.answered}
    document: Any = tomlkit.parse(read_text(path))
    written = 0
    for entry in document.get("link", []):
        if entry["url"] in answered:
            entry["seen"] = day
            written += 1
    partial = path.with_suffix(".partial")
    partial.write_text(tomlkit.dumps(document), encoding="utf-8")
    partial.replace(path)
    return written


# -- the pages
def addresses(text: str) -> list[str]:
    """Return the addresses outside the book that a Markdown text links to, each once.

    What stands in code is no link; what stands in a box, which is a fence of a directive, is.

    >>> addresses("[a](https://a.org/x), <https://b.org>; `https://c.org` and https://a.org/x.")
    ['https://a.org/x', 'https://b.org']
    """
    plain = _CODE.sub("", "\n".join(_outside_code(text)))
    found = (address.rstrip(".,;:!?*_") for address in _ADDRESS.findall(plain))
    return list(dict.fromkeys(found))


def _outside_code(text: str) -> Iterator[str]:
    """Yield the lines that stand in no block of code; directives other than code are open."""
    fences: list[
        tuple[str, bool]
    ] = []  # each open fence, and whether it holds code
    for line in text.splitlines():
        mark = _FENCE.match(line)
        in_code = bool(fences) and fences[-1][1]
        if mark is None:
            if not in_code:
                yield line
        elif fences and not mark[2].strip() and mark[1].startswith(fences[-1][0]):
            fences.pop()
        elif not in_code:
            directive = mark[2].startswith("{") and not mark[2].startswith("{code")
            fences.append((mark[1], not directive))


def pages() -> dict[str, str]:
    """Return the Markdown of every page of the book, by its address without the ending.

    Raises:
        RuntimeError: outside a checkout.
    """
    root = require_repository("Reading the pages")
    names = re.findall(r"^(?:root|.*- file): (\S+)$", toc.table_of_contents(), re.M)
    return {name: _markdown(root, name) for name in names}


def _markdown(root: Path, name: str) -> str:
    if (page := root / f"{name}.md").is_file():
        return read_text(page)
    cells = read_json(root / f"{name}.ipynb", dict)["cells"]
    texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    return "\n\n".join(texts)


def differences(links: Sequence[Link], texts: Mapping[str, str]) -> list[str]:
    """Return in what the list and the pages differ, one sentence each."""
    told = {(link.url, page) for link in links for page in link.pages}
    real = {(url, page) for page, text in texts.items() for url in addresses(text)}
    lacks = [f"{page} links to {url}, which data/links.toml does not say"
             for url, page in sorted(real - told)]  # fmt: skip
    gone = [f"data/links.toml says that {page} links to {url}, and it does not"
            for url, page in sorted(told - real)]  # fmt: skip
    return lacks + gone


def day_in_words(day: datetime.date) -> str:
    """Return a day as the book writes it.

    >>> day_in_words(datetime.date(2026, 11, 29))
    '29 November 2026'
    """
    return f"{day.day} {day:%B %Y}"


def listing(page: str) -> str:
    """Return a page's links as a folded list in Markdown: what they are, how old the news is.

    Raises:
        ValueError: the list has no link of that page.
    """
    mine = [link for link in read() if page in link.pages]
    if not mine:
        raise ValueError(f"data/links.toml has no link of {page}")
    title = "The links of this page, and how fresh they are"
    lines = [f"````{{admonition}} {title}", ":class: dropdown", ""]
    for link in mine:
        if link.seen is None:
            when = f"Written down on {day_in_words(link.noted)}, not visited since."
        else:
            when = f"Last found working on {day_in_words(link.seen)}."
        lines.append(f"- [{link.title}]({link.url}): {link.what}. {when}")
    return "\n".join([*lines, "````"])


# -- the visits
class _Followed(urllib.request.HTTPRedirectHandler):
    """Follow redirects with the method that was asked for, and keep their statuses."""

    def __init__(self) -> None:
        self.hops: list[int] = []

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the request for the next address."""
        self.hops.append(code)
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None:
            following.method = req.get_method()
        return following


def _ask(url: str, method: str, timeout: float) -> tuple[int, str, list[int]]:
    """Return status, final address and the statuses of redirects."""
    followed = _Followed()
    opener = urllib.request.build_opener(followed)
    headers = {"User-Agent": AGENT, "Accept": "*/*"}
    request = urllib.request.Request(url, headers=headers, method=method)
    with opener.open(request, timeout=timeout) as answer:
        return answer.status, answer.url, followed.hops


def visit(url: str, timeout: float = 20.0) -> Visit:
    """Ask for an address: its head first, and the page itself where the head is not to be had.

    Args:
        url: the address.
        timeout: seconds to wait for an answer, each time.
    """
    status, detail = None, ""
    for method in ("HEAD", "GET"):
        try:
            status, final, hops = _ask(url, method, timeout)
        except urllib.error.HTTPError as error:
            error.close()
            status, detail = error.code, str(error.reason)
        except TimeoutError:
            status, detail = None, f"no answer within {timeout:g} s"
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            status, detail = (
                None,
                " ".join(str(reason).split()) or type(error).__name__,
            )
            if isinstance(reason, TimeoutError):
                detail = f"no answer within {timeout:g} s"
        else:
            if final.partition("#")[0] == url.partition("#")[0]:
                return Visit(url, "ok", status)
            moved = bool(set(hops) & FOR_GOOD)
            return Visit(url, "moved" if moved else "ok", status, f"→ {final}")
    return Visit(url, "refused" if status in REFUSED else "dead", status, detail)


def visits(
    urls: Iterable[str], timeout: float = 20.0, pause: float = 1.0
) -> Iterator[Visit]:
    """Visit addresses one after the other, with a pause between two of the same host.

    Args:
        urls: the addresses.
        timeout: seconds to wait for an answer.
        pause: seconds between two visits of one host.
    """
    last: dict[str, float] = {}
    for url in urls:
        host = urlsplit(url).netloc
        if host in last:
            time.sleep(max(0.0, last[host] + pause - time.monotonic()))
        yield visit(url, timeout)
        last[host] = time.monotonic()


# -- the command
def add_parser(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    """Add ``nlpcourse links`` to the command's parser."""
    parser = subparsers.add_parser("links", help="list and visit the book's links")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    show = verbs.add_parser(
        "list", help="every address outside the book, and its date"
    )
    _takes_page(show)
    show.set_defaults(func=_list)
    check = verbs.add_parser(
        "check", help="visit every address (needs the network); 1 if one is dead"
    )
    _takes_page(check)
    check.add_argument(
        "--record",
        action="store_true",
        help="write today's date beside what answered",
    )
    check.add_argument(
        "--timeout", type=float, default=20.0, help="seconds to wait (20)"
    )
    check.add_argument(
        "--pause",
        type=float,
        default=1.0,
        help="seconds between visits of a host (1)",
    )
    check.set_defaults(func=_check)


def _takes_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--page", default="", help="the links of one page, such as courses"
    )


def _chosen(page: str) -> list[Link]:
    links = read()
    known = {name for link in links for name in link.pages}
    names = {name for name in known if page in ("", name, name.rpartition("/")[2])}
    if not names:
        have = ", ".join(sorted(known))
        raise ValueError(f"no page {page!r} has links; these have: {have}")
    return [link for link in links if names & set(link.pages)]


def _list(options: argparse.Namespace) -> int:
    for link in _chosen(options.page):
        seen = str(link.seen or "not visited")
        print(f"{seen:11}  {link.url}  ({', '.join(link.pages)})")
    return 0


def _check(options: argparse.Namespace) -> int:
    if options.timeout <= 0 or options.pause < 0:
        raise ValueError("--timeout must be above 0 seconds and --pause not below")
    done = []
    for found in visits(
        [link.url for link in _chosen(options.page)], options.timeout, options.pause
    ):
        print(found.line(), flush=True)
        done.append(found)
    if options.record:
        today = datetime.date.today()
        print(f"wrote {today} beside {record(done, today)} addresses")
    outcomes = [found.outcome for found in done]
    counts = (
        f"{outcomes.count(o)} {o}" for o in ("ok", "moved", "refused", "dead")
    )
    print(f"{len(done)} links: {', '.join(counts)}")
    return 1 if "dead" in outcomes else 0
