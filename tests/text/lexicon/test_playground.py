"""VADER in the page: plain JSON, a sentence for whatever is typed, and the chapter's own scores."""

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.text.lexicon import playground as room
from nlpcourse.text.lexicon.vader import RULES, analyse

TINY = {
    room.LEXICON: json.dumps(
        {
            "valence": {"good": 1.9, "bad": -2.5, "smiling": 2.0},
            "emoji": {"😊": "smiling face"},
        }
    ).encode()
}


def play(text, off="", resources=TINY):
    result = room.run({"text": text, "off": off}, resources)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def view(result, kind):
    return next(v for v in result["views"] if v["kind"] == kind)


def test_the_sum_is_what_the_bars_add_up_to():
    result = play("Not a VERY good day, but bad!! 😊")
    *parts, total = view(result, "bars")["items"]
    assert sum(item["value"] for item in parts) == pytest.approx(
        total["value"], abs=0.01
    )
    assert {row[1] for row in view(result, "table")["rows"]} == {
        "degree",
        "negation",
        "but",
    }
    labels = [t.get("label") for t in view(result, "tokens")["tokens"]]
    assert labels[0] == "negation"
    assert "but" in labels


@pytest.mark.parametrize("off", RULES)
def test_a_rule_can_be_left_out(off):
    text = play("It is kind of not a VERY good day, but bad!!", off)
    assert (
        "With all rules" in text["views"][0]["text"]
        or "nothing to do" in (text["views"][0]["text"])
    )


@pytest.mark.parametrize(
    "text",
    ["", "   ", "the day", "?" * 300, "\ud800", "<b>", "x" * 10_000, "`", "جيد"],
)
def test_a_sentence_without_known_words_is_met_with_words(text):
    result = play(text)
    assert "no word of your sentence" in result["views"][0]["text"]
    assert "<b>" not in render_views(result["views"])


@pytest.mark.parametrize(
    "inputs", [{}, {"text": None}, {"text": 7, "off": "nonsense"}, {"off": None}]
)
def test_inputs_that_are_missing_or_odd_give_views(inputs):
    assert room.run(inputs, TINY)["views"]


@pytest.mark.assets
def test_the_real_resource_is_small_and_gives_the_chapters_score():
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert sum(map(len, resources.values())) < 300_000
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run(defaults, resources)
    found = json.loads(resources[room.LEXICON])
    expected = analyse(defaults["text"], found["valence"], found["emoji"]).compound
    assert f"{expected:+.4f}" in result["views"][0]["text"]
    many = "good bad " * 60
    assert len(json.dumps(room.run({"text": many}, resources))) < 60_000
