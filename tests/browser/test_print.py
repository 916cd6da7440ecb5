"""The printed edition: many pages become one document, with links, bookmarks and alternatives."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = """<!DOCTYPE html><html lang="en"><head><title>{title}</title>
<link rel="canonical" href="https://example.org/{address}">
<link rel="stylesheet" type="text/css" href="{up}_static/course.css?v=1"></head><body>
<nav class="site-nav"><a href="{up}book/index.html">Start</a>
<a href="{up}notebooks/one.html">One</a></nav>
<article class="prose">{body}</article></body></html>"""
FIRST = '<h1 id="first">First</h1><p><a href="../notebooks/one.html#more">to One</a></p>'
SECOND = """<h1 id="first">One</h1><h2 id="more">More</h2>
<p><a href="#first">up</a> <a href="../book/index.html">back</a>
<a href="https://example.org/else">out</a></p>
<figure class="nlp-figure" id="figure-one"><svg viewBox="0 0 9 9" role="img"
aria-label="A red square in a corner"><rect id="r" width="4" height="4" fill="red"/></svg></figure>
<details><summary>Solution</summary><p>forty-two</p></details>"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "print_book", ROOT / "scripts" / "print_book.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Lay out a book of two pages."""
    for folder in ("book", "notebooks", "_static"):
        (tmp_path / folder).mkdir()
    (tmp_path / "_static" / "course.css").write_text("p { color: #000; }")
    first = PAGE.format(
        title="Start", body=FIRST, up="../", address="book/index.html"
    )
    (tmp_path / "book" / "index.html").write_text(first)
    (tmp_path / "index.html").write_text(first.replace("../", ""))
    second = PAGE.format(
        title="One", body=SECOND, up="../", address="notebooks/one.html"
    )
    (tmp_path / "notebooks" / "one.html").write_text(second)
    return tmp_path


def test_links_between_pages_become_links_within_the_document(
    script: Any, small: Path
) -> None:
    joined = script.join(small).read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', joined)
    assert len(ids) == len(set(ids))
    inside = [a for a in re.findall(r'href="#([^"]+)"', joined)]
    assert inside == ["p1-more", "p1-first", "p0"]
    assert set(inside) <= set(ids)
    assert 'href="https://example.org/else"' in joined
    assert 'href="_static/course.css"' in joined
    assert "<details open" in joined


def test_without_a_book_it_says_what_to_do(script: Any, tmp_path: Path) -> None:
    with pytest.raises(script.NotPrinted, match="make book"):
        script.join(tmp_path)


@pytest.mark.browser
def test_the_pdf_has_links_bookmarks_and_alternative_texts(
    script: Any, small: Path, tmp_path: Path
) -> None:
    if not any(
        map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    ):
        pytest.skip("there is no Chromium on this machine")
    target = tmp_path / "book.pdf"
    script.to_pdf(script.join(small), target)
    content = target.read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Subtype /Link") + content.count(b"/Link") >= 4
    assert b"/Outlines" in content
    assert b"/StructTreeRoot" in content
    alternative = "A red square in a corner"
    assert (
        alternative.encode() in content
        or alternative.encode("utf-16-be") in content
    )
