"""The built pages: what they link to, what they load, what they say to whom cannot see them."""

from __future__ import annotations

import functools
import gzip
import os
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from nlpcourse.course import chapters

ROOT = Path(__file__).resolve().parent.parent
BOOK = Path(os.environ.get("NLPCOURSE_BOOK", ROOT / "_build" / "html"))
REQUIRED = os.environ.get("NLPCOURSE_REQUIRE_BOOK") == "1"
PAGES = sorted(p for p in BOOK.rglob("*.html") if "_static" not in p.parts)

CHAPTER_HTML_LIMIT = 300_000
PAGE_LIMIT = 600_000

VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}


@dataclass
class Page(HTMLParser):
    """What the tests ask of one page."""

    path: Path
    language: str = ""
    title: str = ""
    description: str = ""
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the page."""
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Note what the element is, loads, links to and is called."""
        found = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "html":
            self.language = found.get("lang", "")
        elif tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "meta" and found.get("name") == "description":
            self.description = found.get("content", "")
        elif tag == "link" and found.get("rel") in {
            "stylesheet",
            "icon",
            "preload",
        }:
            self.loads.append(found["href"])
        elif tag in {
            "script",
            "img",
            "iframe",
            "audio",
            "video",
            "source",
            "embed",
        }:
            if found.get("src"):
                self.loads.append(found["src"])
            if tag == "img" and not found.get("alt", "").strip():
                self.nameless.append(f"img {found.get('src', '')[:60]}")
        elif re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        elif tag == "svg":
            named = {"aria-label", "aria-labelledby"} & set(found)
            hidden = found.get("aria-hidden") == "true"
            if not named and not hidden:
                self.nameless.append(
                    f"svg {found.get('class', '')} {found.get('id', '')}"
                )

    def handle_endtag(self, tag: str) -> None:
        """Close the element."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep the text that a reader sees, code left out."""
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data
        if not {"script", "style", "code", "pre", "textarea"} & set(self._open):
            self.text.append(data)


@functools.cache
def read(path: Path) -> Page:
    return Page(path)


def name(path: Path) -> str:
    return path.relative_to(BOOK).as_posix()


each_page = pytest.mark.parametrize("path", PAGES, ids=name)


def resolve(page: Page, address: str) -> tuple[Path, str]:
    """Return the file and the anchor that an address inside the book names."""
    parts = urlsplit(address)
    target = page.path.parent / unquote(parts.path) if parts.path else page.path
    target = target.resolve()
    return (target / "index.html" if target.is_dir() else target), unquote(
        parts.fragment
    )


def outside(address: str) -> bool:
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def test_the_book_is_built() -> None:
    if not PAGES and not REQUIRED:
        pytest.skip("the book is not built: run `make book` first")
    assert PAGES, f"no pages under {BOOK}, and NLPCOURSE_REQUIRE_BOOK is 1"


@each_page
def test_internal_links_and_anchors_hold(path: Path) -> None:
    page = read(path)
    broken = []
    for address in page.links:
        if outside(address):
            continue
        target, anchor = resolve(page, address)
        if not target.is_file():
            broken.append(address)
        elif anchor and target.suffix == ".html" and anchor not in read(target).ids:
            broken.append(f"{address} (no such anchor)")
    assert not broken


@each_page
def test_nothing_is_loaded_from_outside_and_all_of_it_is_there(path: Path) -> None:
    page = read(path)
    for address in page.loads:
        if address.startswith("data:"):
            continue
        assert not outside(address), f"{address} leaves the site"
        assert resolve(page, address)[0].is_file(), f"{address} is missing"


def test_stylesheets_load_nothing_from_outside() -> None:
    for sheet in BOOK.glob("_static/**/*.css"):
        for address in re.findall(
            r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8")
        ):
            assert not outside(address) or address.startswith("data:"), (
                f"{sheet.name}: {address}"
            )


@each_page
def test_ids_are_unique(path: Path) -> None:
    ids = read(path).ids
    assert not {i for i in ids if ids.count(i) > 1}


@each_page
def test_images_and_drawings_have_a_text_alternative(path: Path) -> None:
    assert not read(path).nameless


@each_page
def test_page_has_language_title_description_and_one_main_heading(
    path: Path,
) -> None:
    page = read(path)
    assert page.language == "en"
    assert page.title.strip()
    assert 40 <= len(page.description) <= 300
    assert page.headings.count(1) == 1


@each_page
def test_headings_skip_no_level(path: Path) -> None:
    levels = read(path).headings
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_page
def test_no_markup_is_left_unrendered(path: Path) -> None:
    text = " ".join(read(path).text)
    left = re.findall(
        r"\{[a-z][a-z:-]*\}`[^`]*`|:::+\s*\{|```+\s*\{|\$\$|\\begin\{", text
    )
    assert not left


def without_figures(html: str) -> str:
    return re.sub(r"<figure\b.*?</figure>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize(
    "path", [p for p in PAGES if p.parent.name == "notebooks"], ids=name
)
def test_chapter_is_light_without_its_figures(path: Path) -> None:
    size = len(without_figures(path.read_text(encoding="utf-8")).encode())
    assert size < CHAPTER_HTML_LIMIT, f"{size / 1000:.0f} kB"


FIGURE = re.compile(
    r'<figure class="nlp-figure" id="([^"]+)">.*?viewBox="0 0 ([\d.]+) [\d.]+"(.*?)</svg>(.*?)'
    r"</figure>",
    re.DOTALL,
)
COLUMN = 355  # pixels that a phone gives to a figure
SMALLEST = 9  # pixels of text there; an exponent is smaller


@each_page
def test_text_of_figures_has_one_size_that_a_phone_shows(path: Path) -> None:
    wrong = []
    for label, width, drawing, _ in FIGURE.findall(
        path.read_text(encoding="utf-8")
    ):
        scale = COLUMN / float(width)
        found = re.findall(r"<text[^>]*font-size: ([\d.]+)px", drawing)
        sizes = {round(float(size) * scale, 1) for size in found}
        if len(sizes) > 1 or (sizes and min(sizes) < SMALLEST):
            wrong.append(f"{label}: {sorted(sizes)}")
    assert not wrong, "run the notebook again: plots.show sets the size"


@each_page
def test_figures_and_equations_are_numbered_and_can_be_pointed_at(
    path: Path,
) -> None:
    text = path.read_text(encoding="utf-8")
    numbers = re.findall(
        r'class="(?:figure|equation)-number" href="#([^"]+)">([^<]+)<', text
    )
    assert len(numbers) == len(dict(numbers)) == len({n for _, n in numbers})
    if path.parent.parts[-1] == "notebooks" or "/notebooks/" in path.as_posix():
        figures = FIGURE.findall(text)
        assert len(figures) == sum(n.startswith("Figure") for _, n in numbers)
        assert text.count('<div class="equation"') == len(numbers) - len(figures)
        assert {anchor for anchor, _ in numbers} <= set(read(path).ids)


@each_page
def test_page_says_when_it_changed_where_git_knows(path: Path) -> None:
    """The facts of a page stand above its title, and no empty line where there are none."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r'<p class="page-facts">(.*?)</p>', text)
    assert all(line.strip() for line in found)
    if path.parent.name == "notebooks":
        assert "minutes to read" in found[0]


@pytest.mark.parametrize("guide", chapters.guides(), ids=lambda guide: guide.name)
def test_a_page_of_prose_is_read_in_five_minutes(guide: chapters.Guide) -> None:
    path = BOOK / f"{guide.document}.html"
    if not path.is_file() and not REQUIRED:
        pytest.skip("the book is not built: run `make book` first")
    found = re.search(r"About (\d+) minutes? to read", path.read_text("utf-8"))
    assert found is not None
    assert int(found[1]) <= 5


def weight(path: Path) -> int:
    """Return the compressed bytes that a page loads before any click."""
    page = read(path)
    files = {resolve(page, a)[0] for a in page.loads if not a.startswith("data:")}
    for sheet in [f for f in files if f.suffix == ".css"]:
        found = re.findall(
            r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8")
        )
        files |= {
            (sheet.parent / a).resolve() for a in found if not a.startswith("data:")
        }
    if "<math" not in path.read_text(encoding="utf-8"):
        files = {f for f in files if "math" not in f.name}
    total = len(gzip.compress(path.read_bytes(), 6))
    for file in files:
        content = file.read_bytes()
        packed = file.suffix in {".woff2", ".png"}
        total += len(content) if packed else len(gzip.compress(content, 6))
    return total


@each_page
def test_page_is_light(path: Path) -> None:
    size = weight(path)
    assert size < PAGE_LIMIT, f"{size / 1000:.0f} kB compressed"


PROSE = sorted((ROOT / "book").rglob("*.md"))
MEASURED = re.compile(
    r"(?<![\w.])\d+(?:\.\d+)?\s?(?:%|‰|ms\b|s\b|seconds?\b|minutes?\b|[kKMG]B\b|[kKMG]iB\b|×)"
    r"|\b(?:accuracy|perplexity|F1|precision|recall)\s+(?:of|is|was|=)\s*\d"
)


@pytest.mark.parametrize(
    "path",
    [p for p in PROSE if "node_modules" not in p.parts],
    ids=lambda p: p.relative_to(ROOT / "book").as_posix(),
)
def test_prose_pages_type_no_measurements(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"^(`{3,}).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`]*`|\$[^$]*\$", "", text)
    assert not MEASURED.findall(text)


@pytest.mark.assets
def test_tokens_on_the_landing_page_are_those_of_gpt_4() -> None:
    from nlpcourse import corpora
    from nlpcourse.text.tokenization import gpt

    page = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    strip = re.search(r'<p class="token-strip".*?</p>', page, re.DOTALL)
    assert strip is not None
    shown = re.findall(r"<span>([^<]*)</span>", strip.group())
    tokenizer = gpt.gpt4_tokenizer(corpora.gpt_bpe("cl100k_base"))
    assert [t.decode() for t in tokenizer.tokens("".join(shown))] == shown


if __name__ == "__main__":
    for each in PAGES:
        html = len(without_figures(each.read_text(encoding="utf-8")).encode())
        print(
            f"{name(each):44} {html / 1000:6.0f} kB html  {weight(each) / 1000:6.0f} kB in all"
        )
