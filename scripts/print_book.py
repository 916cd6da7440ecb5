"""Print the built book: one PDF with links, bookmarks and alternative texts.

    python scripts/print_book.py            _build/html becomes _build/nlpcourse.pdf

All pages are joined in their order into ``_build/html/print.html``, where a link from page to page
becomes a link within the document; Chromium prints that, and it is removed again.
"""

from __future__ import annotations

import argparse
import html
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "_build" / "html"
TAG = re.compile(r"<[a-zA-Z][^<>]*>")
LINK = re.compile(r'\b(href|src)="([^"]*)"')
NAMES = re.compile(r'\b(id|for|aria-labelledby|aria-describedby|headers)="([^"]*)"')
PATIENCE = 900  # seconds


class NotPrinted(Exception):
    """The book could not be printed; the message says why and what to do."""


def order(book: Path) -> list[str]:
    """Return the addresses of the pages in the order in which one reads them."""
    landing = (book / "index.html").read_text(encoding="utf-8")
    nav = re.search(r'<nav class="site-nav".*?</nav>', landing, re.DOTALL)
    if nav is None:
        raise NotPrinted(f"{book / 'index.html'} has no list of contents")
    found = [urlsplit(a).path for a in re.findall(r'href="([^"#]+)"', nav.group())]
    pages = [posixpath.normpath(a) for a in found if (book / a).is_file()]
    return [
        "book/index.html",
        *dict.fromkeys(p for p in pages if p != "book/index.html"),
    ]


class Joiner:
    """Makes the ids and links of many pages those of one document."""

    def __init__(self, book: Path, pages: list[str], site: str) -> None:
        """Keep the pages and the address of the book on the web, for what is not printed."""
        self.book = book
        self.site = site
        self.number = {page: f"p{n}" for n, page in enumerate(pages)}
        self.number["index.html"] = self.number["book/index.html"]

    def chapter(self, page: str) -> str:
        """Return a page's text as a section of the document."""
        text = (self.book / page).read_text(encoding="utf-8")
        body = re.search(r'<article class="prose">(.*)</article>', text, re.DOTALL)
        if body is None:
            raise NotPrinted(f"{page} has no text")
        mine = self.number[page]
        joined = TAG.sub(lambda m: self.tag(m.group(), page, mine), body[1])
        joined = re.sub(r"url\(#", f"url(#{mine}-", joined)
        joined = re.sub(r"<details\b(?![^>]*\bopen\b)", "<details open", joined)
        kind = "page-chapter" if page.startswith("notebooks/") else "page-prose"
        return f'<section class="printed {kind}" id="{mine}">{joined}</section>\n'

    def tag(self, tag: str, page: str, mine: str) -> str:
        """Return a tag with its names and addresses made those of the document."""
        tag = NAMES.sub(
            lambda m: f'{m[1]}="{" ".join(f"{mine}-{n}" for n in m[2].split())}"',
            tag,
        )
        return LINK.sub(lambda m: f'{m[1]}="{self.address(m[2], page, mine)}"', tag)

    def address(self, address: str, page: str, mine: str) -> str:
        """Return where an address of *page* leads in the document."""
        parts = urlsplit(html.unescape(address))
        if parts.scheme or parts.netloc:
            return address
        if not parts.path:
            return f"#{mine}-{parts.fragment}" if parts.fragment else f"#{mine}"
        target = posixpath.normpath(
            posixpath.join(posixpath.dirname(page), parts.path)
        )
        if target in self.number:
            goal = self.number[target]
            return f"#{goal}-{parts.fragment}" if parts.fragment else f"#{goal}"
        if target.endswith(".html") or target.startswith("_sources/"):
            return f"{self.site}/{target}"
        return html.escape(target)


def join(book: Path) -> Path:
    """Write the whole book as one page and return its path."""
    if not (book / "index.html").is_file():
        raise NotPrinted("the book is not built: run `make book` first")
    landing = (book / "index.html").read_text(encoding="utf-8")
    site = re.search(
        r'<link rel="canonical" href="([^"]+)/book/index.html"', landing
    )
    pages = order(book)
    joiner = Joiner(book, pages, site[1] if site else "")
    sheets = {
        posixpath.normpath(posixpath.join(posixpath.dirname(page), found))
        for page in pages
        for found in re.findall(
            r'<link rel="stylesheet"[^>]*href="([^"?]+)',
            (book / page).read_text(encoding="utf-8"),
        )
    }
    links = "".join(f'<link rel="stylesheet" href="{s}">\n' for s in sorted(sheets))
    body = "".join(joiner.chapter(page) for page in pages)
    target = book / "print.html"
    target.write_text(
        '<!DOCTYPE html>\n<html lang="en" data-theme="light">\n<head><meta charset="utf-8">'
        '<meta name="robots" content="noindex"><title>nlpcourse</title>\n'
        f'{links}</head>\n<body class="print-edition"><main class="prose">\n{body}'
        "</main></body>\n</html>\n",
        encoding="utf-8",
    )
    return target


def to_pdf(page: Path, target: Path) -> None:
    """Print a page with Chromium.

    Raises:
        NotPrinted: there is no Chromium, or it ended without a PDF.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    chromium = chromium or shutil.which("google-chrome")
    if chromium is None:
        raise NotPrinted("printing needs Chromium, and none is on the path")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.pdf")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={profile}",
            "--no-pdf-header-footer", "--generate-pdf-document-outline",
            "--export-tagged-pdf", f"--print-to-pdf={part}", page.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    if not part.is_file():
        last = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
        raise NotPrinted(f"Chromium printed nothing: {last}")
    part.replace(target)


def main() -> int:
    """Parse the command line, print, and say where."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--book", type=Path, default=BOOK, help="the built book")
    parser.add_argument(
        "--to", type=Path, default=ROOT / "_build" / "nlpcourse.pdf", help="the PDF"
    )
    arguments = parser.parse_args()
    book = arguments.book.resolve()
    try:
        to_pdf(join(book), arguments.to.resolve())
    except (NotPrinted, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        (book / "print.html").unlink(missing_ok=True)
    size = arguments.to.stat().st_size / 1e6
    print(f"The printed edition: {arguments.to} ({size:.0f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
