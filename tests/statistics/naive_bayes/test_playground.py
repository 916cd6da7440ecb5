"""The explainer in the page: small resources, plain JSON, and the chapter's own figures."""

import json
import math

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.statistics.naive_bayes import playground as room
from nlpcourse.statistics.naive_bayes.features import count

TINY = {
    room.RESOURCE[room.SPAM]: room._pack(
        count(
            [["win", "cash", "now"], ["win", "win"], ["see", "you", "now"]],
            ["spam", "spam", "ham"],
        ),
        1,
    )
}


def play(text, alpha=1, model=room.SPAM, resources=TINY):
    result = room.run({"text": text, "alpha": alpha, "model": model}, resources)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def verdict(result):
    return views(result, "text")[0]["text"]


def views(result, kind):
    return [view for view in result["views"] if view["kind"] == kind]


@pytest.mark.parametrize("alpha", ["1", 0.5, 5])
def test_pushes_add_up_to_the_sum_shown(alpha):
    *parts, total = views(play("Win win cash, see you", alpha), "bars")[1]["items"]
    assert total["label"] == "sum"
    assert sum(part["value"] for part in parts) == pytest.approx(
        total["value"], abs=0.05
    )
    assert parts[1]["label"] == "`win`"
    assert "2 times" in parts[1]["note"]


def test_the_verdict_names_the_strongest_words():
    result = play("win cash")
    assert verdict(result).startswith("The model says spam")
    assert "`win`" in verdict(result)
    assert "from words that speak for spam" in result["summary"]


def test_unknown_words_are_named():
    result = play("win zebra")
    assert any("`zebra`" in view["text"] for view in views(result, "text"))


def test_an_empty_message_leaves_the_shares():
    result = play("")
    assert views(result, "bars")[0]["items"][0]["value"] == pytest.approx(66.67)
    assert "none of the words" in verdict(result)


def test_without_smoothing_impossible_messages_are_explained():
    assert "rules ham out" in verdict(play("win", alpha=0))
    both = play("win you", alpha=0)
    assert "no verdict exists" in verdict(both)
    assert "`win`" in verdict(both)
    assert "`you`" in verdict(both)


def test_markup_in_a_message_is_escaped():
    html = render_views(play("<script>alert(1)</script> win")["views"])
    assert "<script>" not in html


@pytest.mark.assets
def test_the_real_resources_are_small_and_give_the_chapters_model():
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert sum(map(len, resources.values())) < 400_000
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run(defaults, resources)
    assert verdict(result).startswith("The model says")
    counts = room.unpack(resources[room.RESOURCE[room.SPAM]])
    assert len(json.dumps(result)) < 60_000
    assert counts.documents["spam"] / sum(counts.documents.values()) < 0.2
    film = play("The film is not good", model=room.MOVIE, resources=resources)
    assert verdict(film).startswith("The model says good")
    assert not math.isnan(views(film, "bars")[0]["items"][0]["value"])
