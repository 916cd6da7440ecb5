"""The search: the chapter that teaches a term comes first, and hits lead to sections."""

from __future__ import annotations

from typing import Any

import pytest


def hits(page: Any) -> list[str]:
    """Return the addresses of the hits, in their order."""
    links = page.locator(".search-hits > li > h2 > a")
    links.first.wait_for()
    return [str(a) for a in links.evaluate_all("all => all.map((a) => a.href)")]


def ask(watched: Any, query: str) -> list[str]:
    """Type a query where another stood, and return its hits."""
    page = watched.page
    page.locator(".search-page input").fill(query)
    page.locator("#search-progress", has_text=f"“{query}”").wait_for()
    return hits(page)


@pytest.fixture(scope="module")
def searching(open_once: Any) -> Any:
    """Return the page of the search, opened once for every query."""
    return open_once("search.html?q=token")


@pytest.mark.xdist_group("search")
@pytest.mark.parametrize(
    ("query", "chapter"),
    [
        ("perplexity", "09_"),
        ("BPE", "02_"),
        ("byte-pair encoding", "02_"),
        ("softmax", "19_"),
        ("gated recurrent unit", "23_"),
        ("beam search", "25_"),
        ("GRU", "23_"),
        ("tokenisation", "02_"),
        ("naive bayes", "11_"),
    ],
)
def test_the_chapter_that_teaches_it_comes_first(
    searching: Any, query: str, chapter: str
) -> None:
    found = ask(searching, query)
    assert f"/notebooks/{chapter}" in found[0]
    pages = [address.split("?")[0] for address in found]
    assert len(pages) == len(set(pages)), "a page stands there twice"
    searching.assert_quiet()


@pytest.mark.xdist_group("search")
@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("Keshav", "research"),
        ("Masakhane", "communities"),
        ("Raschka", "courses"),
        ("internships", "work"),
    ],
)
def test_a_page_without_code_is_found(
    searching: Any, query: str, page: str
) -> None:
    assert f"/book/practice/{page}.html" in ask(searching, query)[0]
    searching.assert_quiet()


def test_a_hit_leads_to_its_section(open_page: Any) -> None:
    watched = open_page("search.html?q=perplexity")
    page = watched.page
    first = page.locator(".search-hits > li").first
    sections = first.locator(".search-sections a")
    assert sections.count() > 1
    goal = str(sections.nth(1).get_attribute("href"))
    sections.nth(1).click()
    anchor = goal.rsplit("#", 1)[1]
    page.wait_for_url(f"**/*#{anchor}")
    page.wait_for_function(  # the page may still be scrolling there
        """id => {
          const {top} = document.getElementById(id).getBoundingClientRect();
          return top > -5 && top < innerHeight;
        }""",
        arg=anchor,
        timeout=20_000,
    )
    assert page.locator(".highlighted").count() > 0
    watched.assert_quiet()


def test_typing_searches_and_nothing_found_is_said(open_page: Any) -> None:
    watched = open_page("search.html")
    page = watched.page
    field = page.locator(".search-page input")
    field.fill("perplexity")
    assert "09_" in hits(page)[0]
    field.fill("<b>zorblax</b> qwertz")
    page.wait_for_function(
        "() => document.querySelector('#search-progress').textContent.startsWith('Nothing')"
    )
    assert page.locator("#search-results b").count() == 0
    watched.assert_quiet()
