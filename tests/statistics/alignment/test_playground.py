"""Links that grow in the page: plain JSON, a sentence for whatever is typed."""

from __future__ import annotations

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.statistics.alignment import playground as room


def play(pairs=room.INPUTS[0]["value"], model="1", rounds=6):
    result = room.run({"pairs": pairs, "model": model, "rounds": rounds}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


@pytest.mark.parametrize("model", ["1", "2", "hmm"])
def test_the_default_finds_the_house(model):
    result = play(model=model)
    assert "`house` from `maison`" in result["summary"]
    steps, table = result["views"][:2]
    assert len(steps["steps"]) == 7
    for step in steps["steps"]:
        for row in step["views"][0]["values"]:
            assert sum(row) == pytest.approx(1, abs=0.01)
    assert "`house`" in dict(table["rows"])["`maison`"]


def test_more_rounds_make_it_surer():
    sure = [
        play(rounds=k)["views"][0]["steps"][-1]["views"][0]["values"][1][2]
        for k in (1, 4, 9)
    ]
    assert sure == sorted(sure)
    assert sure[-1] > sure[0] + 0.2


@pytest.mark.parametrize(
    "typed",
    ["", "  \n ", "=", "a =", "= b", "no equals", "\ud800 = \ud800", "🫨 = e\u0301", "שלום = peace",
     "a " * 5000 + "= b", "x" * 100_000, "a = b\n" * 500, "a = b = c", None, 7, "<b> = <i>"],
)  # fmt: skip
@pytest.mark.parametrize("model", ["1", "2", "hmm", "nonsense"])
def test_whatever_is_typed_gets_a_sentence(typed, model):
    result = play(typed, model)
    assert result["summary"].endswith(".")
    assert len(json.dumps(result)) < 60_000
    assert "<b>" not in render_views(result["views"])


@pytest.mark.parametrize(
    "rounds", [None, "", "many", -3, 1e9, float("nan"), float("inf")]
)
def test_rounds_are_kept_within_bounds(rounds):
    assert 2 <= len(play(rounds=rounds)["views"][0]["steps"]) <= 11


def test_what_was_not_read_is_said():
    texts = [
        view.get("text", "") for view in play("a = b\nno translation")["views"]
    ]
    assert any("was left out" in text for text in texts)
    assert "One pair alone" in play("a = b")["summary"]
