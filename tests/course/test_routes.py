"""The ways through the course: what a chapter builds on comes first, and nothing stands twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.course import changed, chapters

NUMBERS = [chapter.number for chapter in chapters.all_chapters()]
ROUTES = pytest.mark.parametrize("route", chapters.routes(), ids=lambda r: r.name)


def assert_in_order(way: list[chapters.Chapter]) -> None:
    """Assert that no chapter stands twice, and none before what it builds on."""
    seen: set[str] = set()
    for chapter in way:
        assert chapter.number not in seen
        assert set(chapter.prerequisites) <= seen, chapter.number
        seen.add(chapter.number)


@given(st.lists(st.sampled_from(NUMBERS), max_size=4))
def test_what_is_needed_comes_first_and_once(goals: list[str]) -> None:
    way = chapters.needed(goals)
    assert_in_order(way)
    assert set(goals) <= {chapter.number for chapter in way}
    asked = {n for chapter in way for n in chapter.prerequisites} | set(goals)
    assert {chapter.number for chapter in way} == asked, (
        "nothing that nobody asked for"
    )


def test_a_later_chapter_that_an_earlier_one_needs_comes_before_it() -> None:
    numbers = [chapter.number for chapter in chapters.needed(["18"])]
    assert numbers[-1] == "18"
    assert "31" in numbers


def test_an_unknown_goal_is_named() -> None:
    with pytest.raises(KeyError, match="'99'"):
        chapters.needed(["99"])


@pytest.mark.usefixtures("planned")
def test_what_a_chapter_is_built_on_leaves_itself_and_the_planned_out() -> None:
    for chapter in chapters.all_chapters():
        below = changed.built_on(chapter)
        assert chapter not in below
        assert all(c.written for c in below)


@ROUTES
def test_a_route_keeps_the_prerequisites(route: chapters.Route) -> None:
    way = chapters.needed(route.goals)
    assert_in_order(way)
    assert all(chapter.written for chapter in way)
    assert 1 <= route.sittings <= len(way)


@ROUTES
def test_a_route_types_no_chapter_twice_and_none_that_another_brings(
    route: chapters.Route,
) -> None:
    for goal in route.goals:
        others = [other for other in route.goals if other != goal]
        assert len(others) == len(route.goals) - 1
        below = {chapter.number for chapter in chapters.needed(others)}
        assert goal not in below, f"{goal} follows from the others"


def test_the_routes_differ_and_grow() -> None:
    lengths = [len(chapters.needed(route.goals)) for route in chapters.routes()]
    assert lengths == sorted(lengths)
    assert len(set(lengths)) == len(lengths) >= 2
