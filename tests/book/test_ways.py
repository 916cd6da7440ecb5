"""The ways, the progress and the review: what the build writes from the chapters' data."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections import Counter
from itertools import accumulate, combinations, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.course import chapters, ledger

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
ways = importlib.import_module("ways")
course = importlib.import_module("course")
WRITTEN = chapters.written()


@pytest.fixture
def book() -> Any:
    """Return the chapters as they stand in a book whose every page takes half an hour."""
    builder = SimpleNamespace(get_relative_uri=lambda page, to: f"../../{to}.html")
    known = {f"notebooks/{c.stem}": 30 for c in WRITTEN}
    env = SimpleNamespace(nlpcourse_minutes=known)
    app = SimpleNamespace(builder=builder, env=env)
    return ways.Book(app, "book/start/paths")


def longest(minutes: list[float], sizes: list[int]) -> float:
    ends = [0, *accumulate(sizes)]
    return max(sum(minutes[a:b]) for a, b in pairwise(ends))


@given(
    st.lists(st.integers(min_value=0, max_value=200), min_size=1, max_size=9),
    st.integers(min_value=1, max_value=10),
)
def test_no_other_division_has_a_shorter_longest_day(
    minutes: list[float], count: int
) -> None:
    sizes = ways.sittings(minutes, count)
    assert sum(sizes) == len(minutes)
    assert len(sizes) == min(count, len(minutes))
    assert all(size > 0 for size in sizes)
    every = (
        [b - a for a, b in pairwise([0, *cuts, len(minutes)])]
        for cuts in combinations(range(1, len(minutes)), len(sizes) - 1)
    )
    assert longest(minutes, sizes) == min(longest(minutes, each) for each in every)


def test_a_chapter_takes_its_reading_exercises_questions_and_running() -> None:
    chapter = chapters.get("11")
    found = ways.effort(chapter, 34)
    assert found.reading == 34
    assert found.exercises == 10 + 10 + 20 + 20 + 40
    assert found.questions == 5
    assert found.running == pytest.approx(ledger.cost("11").seconds / 60)
    assert found.minutes == pytest.approx(139 + found.running)


@pytest.mark.parametrize("route", chapters.routes(), ids=lambda route: route.name)
def test_a_route_lists_its_chapters_once_in_order(route: Any, book: Any) -> None:
    html = ways.route_html(route, book)
    way = chapters.needed(route.goals)
    assert re.findall(r'data-chapter="(\d\d)"', html) == [c.number for c in way]
    rows = re.findall(rf"<td>{route.sitting.capitalize()} (\d+)</td>", html)
    assert rows == [str(n) for n in range(1, route.sittings + 1)]
    whole = sum(ways.effort(c, 30).minutes for c in way)
    assert f"{ways.hours(whole)} together" in html


def test_a_planned_chapter_is_named_without_a_link(
    planned: chapters.Chapter, book: Any
) -> None:
    assert "<a" not in book.link(planned)
    assert book.minutes(planned) == 0


def test_each_chapter_is_a_goal_with_what_to_read_first(book: Any) -> None:
    (node,) = ways.way_to_html(book)
    html = node.astext()
    rows = re.findall(
        r'<tr data-goal="(\d\d)" data-minutes="(\d+)" data-before="([\d ]*)">', html
    )
    assert [number for number, _, _ in rows] == [c.number for c in WRITTEN]
    for number, minutes, before in rows:
        way = [c.number for c in chapters.needed([number])]
        assert before.split() == way[:-1]
        assert int(minutes) >= ways.effort(chapters.get(number), 30).minutes - 1
    names = re.search(r'id="goal-names">(.*?)</script>', html, re.DOTALL)
    assert names is not None
    assert [tuple(pair) for pair in json.loads(names[1])] == ways.goals()


def test_a_goal_is_a_title_a_term_or_its_initials_and_leads_to_a_written_chapter() -> (
    None
):
    goals = dict(ways.goals())
    assert goals["Naive Bayes"] == "11"
    assert goals["perplexity"] == "09"
    assert goals["BPE"] == goals["byte-pair encoding"] == "02"
    assert set(goals.values()) <= {c.number for c in WRITTEN}


def test_every_card_has_a_name_of_its_own() -> None:
    html = "".join(ways.cards_html(c, "page.html") for c in WRITTEN)
    names = re.findall(r'data-card="([^"]+)"', html)
    assert [name for name, n in Counter(names).items() if n > 1] == []
    assert len(names) == sum(1 for _ in ways.terms()) + sum(
        len(ways.quiz_of(c)) for c in WRITTEN
    )
    shape = re.compile(r"term:[\w-]{1,90}|quiz:\d\d-[0-9a-f]{8}")
    assert [name for name in names if not shape.fullmatch(name)] == []


def test_a_question_keeps_its_name_when_it_moves_and_loses_it_when_it_changes() -> (
    None
):
    one, other = ways.quiz_of(chapters.get("11"))[:2]
    first = course.question_html("11", 1, one)
    moved = course.question_html("11", 4, one)
    name = f'data-question="{course.question_id("11", one)}"'
    assert name in first
    assert name in moved
    assert name not in course.question_html("11", 1, other)
    assert name not in course.question_html(
        "11", 1, {**one, "question": f"{one['question']} Why?"}
    )
