"""What plays in the page: a boundary that moves, and the graph of an expression."""

import json

import pytest

from nlpcourse.neural.networks import playground as room
from nlpcourse.neural.networks import playground_graph as other
from nlpcourse.neural.networks.expression import parsed
from nlpcourse.neural.networks.scalar import backward
from nlpcourse.page.plane import plane_svg
from nlpcourse.page.views import render_views


def play(module, **inputs):
    values = {field["name"]: field["value"] for field in module.INPUTS}
    result = module.run({**values, **inputs}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def views(result, kind):
    return [view for view in result["views"] if view["kind"] == kind]


def test_the_loss_falls_and_every_point_comes_out_right():
    result = play(room)
    losses = [item["value"] for item in views(result, "bars")[0]["items"]]
    assert losses[-1] < 0.1 < losses[0]
    assert "0 of 32 points" in result["summary"]
    assert len(views(result, "steps")[0]["steps"]) == len(room.MOMENTS)


def test_without_a_bend_points_stay_on_the_wrong_side():
    result = play(room, activation="none")
    wrong = int(result["summary"].split("point; ")[1].split(" of")[0])
    assert wrong >= 8
    assert "one line" in result["summary"]


@pytest.mark.parametrize(
    "inputs",
    [
        {"kind": "nonsense", "hidden": "x", "rate": "nan", "draw": ""},
        {"hidden": 1e9, "rate": "10", "activation": "relu"},
        {"hidden": -3, "kind": "ring"},
        {"kind": None, "activation": None, "rate": None},
    ],
)
def test_whatever_is_chosen_gives_a_boundary(inputs):
    assert views(play(room, **inputs), "steps")


def test_the_static_page_stays_small():
    assert len(render_views(play(room)["views"])) < 60_000
    assert len(render_views(play(other)["views"])) < 40_000


def test_the_shades_tell_the_verdicts_and_marks_the_classes():
    drawn = plane_svg(
        {
            "cells": [[0.0, 1.0]],
            "points": [[0.0, 0.0, 1], [1.0, 1.0, 0]],
            "alt": "<b>",
        }
    )
    assert drawn.count("<circle") == drawn.count("<polygon") == 1
    assert drawn.count('fill-opacity="0.65"') == 2
    assert "&lt;b&gt;" in drawn
    assert plane_svg({})


def test_the_graph_shows_the_gradients_of_the_chapters_values():
    result = play(other, expression="w * x + w", numbers="w = 2, x = 5")
    last = parsed("w * x + w", {"w": 2.0, "x": 5.0})
    backward(last)
    assert "w 6, x 2" in result["summary"]
    rows = {row[0]: row for row in views(result, "table")[0]["rows"]}
    assert rows["`w`"][3] == "6"
    assert rows["`n2`"][1:] == ["n1 + w", "12", "1"]
    [graph] = views(result, "graph")
    assert {edge["label"] for edge in graph["edges"]} == {"1", "2", "5"}


def test_a_number_used_twice_in_one_product_has_one_arrow():
    [graph] = views(play(other, expression="a * a", numbers="a = 3"), "graph")
    assert [edge["label"] for edge in graph["edges"]] == ["6"]


@pytest.mark.parametrize(
    ("expression", "numbers"),
    [
        ("", ""),
        ("a +", "a = 1"),
        ("b", "a = 1"),
        ("a", "a"),
        ("<script>", "a = 1"),
        ("1 / a", "a = 0"),
        ("exp(a)", "a = 999"),
        ("+".join(["a * a"] * 20), "a = 1"),
        ("__import__('os').system('ls')", ""),
        ("a" * 120, "a = 1"),
        ("3", ""),
        ("🫨", "🫨 = 1"),
    ],
)
def test_whatever_is_typed_gives_a_sentence(expression, numbers):
    result = play(other, expression=expression, numbers=numbers)
    assert result["summary"].endswith(".")
    assert "Traceback" not in result["summary"]
    assert "<script>" not in render_views(result["views"])
