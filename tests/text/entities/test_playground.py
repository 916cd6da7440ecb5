"""The highlighter in the page: plain JSON, a sentence for whatever is typed."""

from __future__ import annotations

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.text.entities import playground as room
from nlpcourse.text.entities.spans import SCHEMES, read_strictly, read_tags


def play(**inputs):
    given = {one["name"]: one["value"] for one in room.INPUTS} | inputs
    result = room.run(given, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def test_the_default_shows_list_and_rules():
    result = play()
    rows = result["views"][1]["rows"]
    assert ["New York Times", "company", "your list"] in rows
    assert ["Jane Doe", "person", "rule: follows a title"] in rows
    assert [
        "Empire State Building", "facility", "rule: ends like a building"
    ] in rows  # fmt: skip
    assert ["may", "person", "your list"] in rows
    assert "written small" in result["summary"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_tags_say_what_the_table_says(scheme):
    result = play(scheme=scheme)
    tags = [token.get("label", "O") for token in result["views"][0]["tokens"]]
    read = read_tags(tags) if scheme == "IOE1" else read_strictly(tags, scheme)
    assert len(read) == len(result["views"][1]["rows"])


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "=", "= x", "x =", "123 _", "\ud800", "🫨", "é", "שלום", "e\u0301s", "a" * 100_000,
     "Word " * 5000, "Oslo = a b", "a = -", "A = x-", "x = `y`", "\n" * 50, None, 7],
)  # fmt: skip
@pytest.mark.parametrize("name", ["text", "names", "scheme"])
def test_whatever_is_typed_gets_a_sentence(name, typed):
    result = play(**{name: typed})
    assert result["summary"].endswith(".")
    assert len(json.dumps(result)) < 400_000


def test_what_was_not_read_is_said():
    texts = [view.get("text", "") for view in play(names="Oslo")["views"]]
    assert any("equals sign" in text for text in texts)
    texts = [view.get("text", "") for view in play(text="word " * 500)["views"]]
    assert any("first 120 words" in text for text in texts)
    assert "No name" in play(text="no names here")["summary"]


def test_markup_is_escaped():
    shown = render_views(play(text="in <b>Oslo", names="<i> = <u>")["views"])
    assert "<b>" not in shown
    assert "<u>" not in shown
