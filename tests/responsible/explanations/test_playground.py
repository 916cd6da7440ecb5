"""Five explanations in the page: the chapter's own network and the chapter's own methods."""

import json

import numpy as np
import pytest

from nlpcourse.page.export import session_runner
from nlpcourse.page.models import Tensor, drive
from nlpcourse.page.views import render_views
from nlpcourse.responsible.explanations import judging
from nlpcourse.responsible.explanations import playground as room
from nlpcourse.responsible.explanations.reader import Question
from nlpcourse.responsible.explanations.recipes import load_reader
from nlpcourse.responsible.explanations.words import words_of

KNOWN = ["a", "good", "film", "not", "funny", "."]
TOY = {room.RESOURCE: json.dumps(KNOWN).encode()}


def toy(call):
    """A score that adds up: every word pushes by its number."""
    rows, count = call.feeds["dials"].shape
    ids = call.feeds["ids"].data
    dials = [call.feeds["dials"].row(k) for k in range(rows)]
    scores = [
        sum(i * d for i, d in zip(ids, row, strict=True)) - 3.5 for row in dials
    ]
    return {
        "scores": Tensor("float32", [rows], scores),
        "slopes": Tensor("float32", [rows, count], [float(i) for i in ids] * rows),
    }


def play(runner=toy, resources=None, **changes):
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    result = drive(room.run({**defaults, **changes}, resources or TOY), runner)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def test_where_words_add_up_all_methods_say_so():
    result = play(text="a good film")
    (table,) = [v for v in result["views"] if v["kind"] == "heatmap"]
    assert table["rows"] == ["`a`", "`good`", "`film`"]
    for row, push in zip(table["values"], (1, 2, 3), strict=True):
        exact = [
            v
            for v, name in zip(row, table["columns"], strict=True)
            if name != "LIME"
        ]
        assert exact == pytest.approx([push] * 4)
    assert "`film`" in result["summary"]


@pytest.mark.parametrize("text", ["", "film", "zzz qqq", "good " * 40, "\ud83d"])
def test_what_cannot_be_explained_is_said(text):
    (view,) = play(text=text)["views"]
    assert view["kind"] == "text"


@pytest.mark.parametrize(
    "text",
    ["not <b>good</b> film", "GOOD 🫨 film", "good film zzz", "a\u0301 good n't"],
)
def test_whatever_is_typed_gives_views(text):
    assert "<b>" not in render_views(play(text=text)["views"])


@pytest.fixture(scope="module")
def page():
    resources = {room.RESOURCE: room.RESOURCES[room.RESOURCE]()}
    models = {room.MODEL: room.MODELS[room.MODEL]()}
    assert sum(map(len, [*resources.values(), *models.values()])) < 6_000_000
    return resources, session_runner(models)


@pytest.mark.parametrize(
    "text", [room.INPUTS[0]["value"], "Dull, dull, dull.", "It isn't funny"]
)
def test_the_page_says_what_the_chapter_says(page, text):
    resources, runner = page
    result = play(runner, resources, text=text, samples=400)
    (table,) = [v for v in result["views"] if v["kind"] == "heatmap"]
    shown = dict(zip(table["columns"], np.array(table["values"]).T, strict=True))
    words = words_of(text)
    question = Question(load_reader(), words)
    for name, values in shown.items():
        drawn = name in ("LIME", "kernel SHAP")  # with other random sets
        exact = judging.METHODS[name](question)
        np.testing.assert_allclose(values, exact, atol=0.15 if drawn else 0.03)
