"""The trellis in the page: small resources, plain JSON, and the chapter's own paths."""

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.statistics.hmm import playground as room
from nlpcourse.statistics.hmm.model import count, estimate
from nlpcourse.statistics.hmm.viterbi import viterbi

TINY = {
    room.RESOURCE: room._pack(
        count(
            [
                [("the", "determiner"), ("fish", "noun"), ("swim", "verb")],
                [("we", "pronoun"), ("fish", "verb"), (".", "mark")],
                [("the", "determiner"), ("swimming", "noun"), (".", "mark")],
            ]
        ),
        1,
    )
}


def play(text, model=room.BROWN, unknown="ending", resources=TINY):
    inputs = {"text": text, "model": model, "unknown": unknown}
    result = room.run(inputs, resources)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def views(result, kind):
    return [view for view in result["views"] if view["kind"] == kind]


def labels(result):
    return [token["label"] for token in views(result, "tokens")[0]["tokens"]]


def test_it_shows_the_chapters_path():
    words = ["fish", "fish", "fish"]
    result = play("Fish fish fish", room.FISH)
    assert labels(result) == viterbi(estimate(count(room.FISH_TEXT)), words)
    heat = views(result, "heatmap")[0]
    for column in zip(*heat["values"], strict=True):
        assert sum(column) == pytest.approx(100, abs=1)
    steps = views(result, "steps")[0]["steps"]
    marked = [
        [row[0] for row in step["views"][0]["rows"] if "◄" in row[0]]
        for step in steps
    ]
    assert marked == [["N ◄"], ["V ◄"], ["N ◄"]]


def test_new_words_are_guessed_and_named():
    result = play("The blorking swim.")
    assert len(labels(result)) == 4
    assert any("`blorking`" in view["text"] for view in views(result, "text"))


def test_without_a_guess_the_path_ends_and_the_page_says_why():
    result = play("the blorking swim", unknown="no")
    assert "never seen" in result["summary"]
    assert len(views(result, "steps")[0]["steps"]) == 1
    assert "never seen" in play("blorking", unknown="no")["summary"]


def test_a_step_that_was_never_seen_is_explained():
    said = play("swim swim tanks tanks swim people go tanks tanks", room.FISH)[
        "summary"
    ]
    assert said.startswith("The best path")
    nothing = count([[("a", "A"), ("b", "B")]])
    stuck = play("a a", resources={room.RESOURCE: room._pack(nothing, 1)})
    assert stuck["views"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?",
        "\ud800",
        "🫨👩‍🚒",
        "שלום עולם",
        "e\u0301e\u0301",
        "x" * 1_000_000,
        "fish " * 9999,
    ],
)
@pytest.mark.parametrize("model", [room.BROWN, room.FISH])
@pytest.mark.parametrize("unknown", ["ending", "no"])
def test_whatever_is_typed_gives_views_and_a_sentence(text, model, unknown):
    result = play(text, model, unknown)
    assert result["views"]
    assert len(result["summary"].split()) >= 3


def test_long_sentences_are_cut_and_it_says_so():
    result = play("the fish " * 20)
    assert len(labels(result)) == room.LONGEST
    assert any("left out" in view["text"] for view in views(result, "text"))


def test_markup_is_escaped():
    assert "<script>" not in render_views(
        play("<script>alert(1)</script>")["views"]
    )


@pytest.mark.assets
def test_the_real_resource_is_small_and_tags_well():
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert sum(map(len, resources.values())) < 600_000
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run(defaults, resources)
    assert len(json.dumps(result)) < 60_000
    tagged = play("The man saw the book .", resources=resources)
    assert labels(tagged) == [
        "determiner", "noun", "verb", "determiner", "noun", "mark",
    ]  # fmt: skip
