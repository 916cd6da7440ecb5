"""The tagger in the page: plain JSON, a sentence for whatever is typed, the chapter's own tags."""

from __future__ import annotations

import functools
import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.text.tagging import fast
from nlpcourse.text.tagging import playground as room
from nlpcourse.text.tagging.packed import pack, slim, unpack

SENTENCES = [
    [("we", "PPSS"), ("permit", "VB"), ("the", "AT"), ("walk", "NN"), (".", ".")],
    [("a", "AT"), ("permit", "NN"), ("to", "TO"), ("walk", "VB"), (".", ".")],
] * 20


@functools.cache
def tiny():
    tagger = slim(fast.train(SENTENCES, 20), 0.0, 1000)
    return {
        room.MODEL: pack(tagger, 1000),
        room.TRUST: json.dumps([[0.0, 0.6], [2.0, 0.9]]).encode(),
    }


def play(text, word="", resources=None):
    result = room.run({"text": text, "word": word}, resources or tiny())
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def view(result, kind):
    return next(v for v in result["views"] if v["kind"] == kind)


def test_the_tags_are_the_chapters():
    text = "we permit a walk ."
    labels = [t["label"] for t in view(play(text), "tokens")["tokens"]]
    assert labels == unpack(tiny()[room.MODEL]).tag(text.split())


def test_a_named_word_is_opened_and_its_clues_add_up():
    result = play("a permit to walk .", "Permit")
    assert "`permit` is tagged `NN`" in view(result, "text")["text"]
    rows = view(result, "table")["rows"]
    first, second = view(result, "bars")["items"][:2]
    assert sum(row[3] for row in rows) == pytest.approx(
        first["value"] - second["value"], abs=0.01
    )


def test_a_word_that_is_not_there_is_said_to_be_missing():
    assert "no word `zebra`" in view(play("we permit", "zebra"), "text")["text"]


def test_a_sure_word_has_no_scores():
    result = play("a walk", "a")
    assert "no scores" in view(result, "text")["text"]
    assert all(v["kind"] != "bars" for v in result["views"])


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_no_words_are_met_with_words(text):
    assert "no word to tag" in play(text)["summary"]


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "?",
        "\ud800",
        "<b>",
        "x" * 10_000,
        "`",
        "العربية",
        "e\u0301",
        "👩‍👩‍👧‍👦",
        "a " * 900,
    ],
)
def test_whatever_is_typed_gets_tags(text):
    result = play(text)
    assert "<b>" not in render_views(result["views"])
    assert len(view(result, "tokens")["tokens"]) <= room.LONGEST


@pytest.mark.parametrize("inputs", [{}, {"text": None}, {"text": 7, "word": None}])
def test_inputs_that_are_missing_or_odd_give_views(inputs):
    assert room.run(inputs, tiny())["views"]


@pytest.mark.assets
def test_the_real_resources_are_small_and_their_shares_rise():
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert sum(map(len, resources.values())) < 300_000
    table = json.loads(resources[room.TRUST])
    assert table[0][1] < 0.75 < 0.98 < table[-1][1]
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    labels = [
        t["label"] for t in view(room.run(defaults, resources), "tokens")["tokens"]
    ]
    assert labels == [
        "PPSS",
        "VB",
        "TO",
        "VB",
        "PPO",
        "TO",
        "VB",
        "AT",
        "NN",
        "NN",
        ".",
    ]
