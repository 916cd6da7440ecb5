"""The CRF in the page: small resources, plain JSON, and the chapter's own figures."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.learning.crf import playground as room
from nlpcourse.learning.crf.clues import clues
from nlpcourse.learning.crf.stored import SmallCRF, dense, read, write
from nlpcourse.page.views import render_views

SMALL = SmallCRF(
    ["noun", "verb"],
    {"w=fish": {0: 0.5}, "w=man": {0: 2.0, 1: -1.0}, "left=the": {0: 1.5}},
    [[0.0, 1.0], [0.5, -1.0]],
)
RESOURCES = dict.fromkeys(room.RESOURCE.values(), write(SMALL))


def play(text, pins="", model=room.CLASSES, resources=RESOURCES):
    result = room.run({"text": text, "pins": pins, "model": model}, resources)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def view(result, kind):
    return next(v for v in result["views"] if v["kind"] == kind)


def test_the_columns_of_the_heat_map_are_marginals():
    result = play("The old man")
    values = np.array(view(result, "heatmap")["values"])
    np.testing.assert_allclose(values.sum(axis=0), 100, atol=1)
    shares = np.array(SMALL.marginals(clues(["The", "old", "man"])))
    np.testing.assert_allclose(values, np.round(100 * shares.T), atol=0.01)


def test_a_pin_moves_the_neighbours():
    free, pinned = play("fish man"), play("fish man", "man=verb")
    assert "man verb" in view(pinned, "tokens")["alt"]
    assert view(free, "heatmap")["values"] != view(pinned, "heatmap")["values"]
    assert "Under your pins" in pinned["summary"]
    everything = play("fish", "fish=verb")
    assert "Every word is pinned" in everything["summary"]


@pytest.mark.parametrize(
    ("pins", "said"),
    [("zebra=noun", "no word `zebra`"), ("fish=x", "There is no tag `x`"), ("fish", "no pin"),
     ("=noun", "no pin")],
)  # fmt: skip
def test_a_pin_without_sense_is_answered(pins, said):
    texts = " ".join(
        v["text"] for v in play("fish", pins)["views"] if v["kind"] == "text"
    )
    assert said in texts


def test_no_words_and_markup():
    assert "no word" in play("  ")["summary"]
    assert "<script>" not in render_views(play("<script>x</script> fish")["views"])


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_input_gives_views(text, pins):
    assert play(text, pins)["views"]


@pytest.mark.parametrize("model", [room.CLASSES, room.NAMES])
def test_the_real_models_are_small_and_equal_to_numpys(model):
    data = room.RESOURCES[room.RESOURCE[model]]()
    assert len(data) < 400_000
    small = read(data)
    numpys = dense(small)
    for text in (
        "The old man the boat .",
        "I love New York",
        "x",
        "Justin Bieber in Ohio !",
    ):
        found = clues(text.split())
        rows = [list(row.values()) for row in numpys.marginals(found)]
        np.testing.assert_allclose(small.marginals(found), rows, atol=1e-9)
        assert small.tag(found) == numpys.tag([found])[0]
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert (
        len(json.dumps(play("Time flies like an arrow.", "", model, resources)))
        < 60_000
    )


def test_the_chapters_garden_path():
    """The prose says that pinning *houses* to verb turns *complex* into a noun."""
    resources = {name: make() for name, make in room.RESOURCES.items()}
    text = room.INPUTS[1]["value"]
    free = play(text, "", room.CLASSES, resources)
    assert "complex adjective; houses noun" in view(free, "tokens")["alt"]
    pinned = play(text, "houses=verb", room.CLASSES, resources)
    assert "The pins changed `complex` from adjective to noun." in pinned["summary"]
