"""The stemmer in the page: plain JSON, a sentence for whatever is typed."""

from __future__ import annotations

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.text.stemming import playground as room
from nlpcourse.text.stemming.porter import STEPS, stem


def play(words):
    result = room.run({"words": words}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def captions(words):
    return [step["caption"] for step in play(words)["views"][0]["steps"]]


def test_the_default_shows_every_step_and_every_word():
    result = play(room.INPUTS[0]["value"])
    steps, table = result["views"][:2]
    assert len(steps["steps"]) == 1 + len(STEPS)
    for row in table["rows"]:
        assert row[1] == f"`{stem(row[0].strip('`'))}`"
    assert "`gener` stands for" in result["summary"]


def test_each_rule_that_fires_is_named():
    said = captions("hopping")
    assert "Step 1b: `(*v*) ing → ∅` fires." in said
    assert "Step 1b: `(*d and not (*l or *s or *z)) pp → p` fires." in said
    assert "Step 1b: `(m=1 and *o) … → e` fires." in captions("hoping")


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("sing", "the stem `s` has no vowel"),
        ("relate", "the stem `rel` has measure 1"),
        ("hope", "has measure 1 and ends like `hop`"),
        ("dominion", "has no s or t at its end"),
        ("s", "is left as nothing"),
        ("ion", "nothing would be left"),
    ],
)
def test_a_refused_rule_says_why(word, reason):
    result = play(word)
    said = " ".join(captions(word)) + result["summary"]
    assert reason in said


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "123 _", "\ud800", "🫨", "é", "שלום", "e\u0301s", "a" * 10_000, "word " * 5000,
     " ".join(chr(97 + i % 26) * (1 + i % 7) for i in range(200)), None, 7],
)  # fmt: skip
def test_whatever_is_typed_gets_a_sentence(typed):
    result = play(typed)
    assert result["summary"].endswith(".")
    assert len(json.dumps(result)) < 60_000


def test_what_was_not_read_is_said():
    texts = [view.get("text", "") for view in play("Größe houses")["views"]]
    assert any("written for English" in text for text in texts)
    texts = [view.get("text", "") for view in play("x" * 50)["views"]]
    assert any("first 40 letters" in text for text in texts)


def test_markup_is_escaped():
    assert "<script>" not in render_views(play("<script>alerts</script>")["views"])
