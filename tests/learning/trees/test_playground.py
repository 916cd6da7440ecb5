"""The tree in the page: plain JSON, true sums, and views for whatever is typed."""

from __future__ import annotations

import json

import pytest

from nlpcourse.learning.trees import playground as room
from nlpcourse.learning.trees.cart import grow
from nlpcourse.learning.trees.examples import KIND_LINES, labelled_lines
from nlpcourse.learning.trees.impurity import gini
from nlpcourse.learning.trees.questions import mixed
from nlpcourse.page.views import render_views

DEFAULTS = {field["name"]: field["value"] for field in room.INPUTS}


def play(**inputs):
    result = room.run(DEFAULTS | inputs, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    assert result["summary"]
    return result


def steps(result):
    return next(v for v in result["views"] if v["kind"] == "steps")["steps"]


@pytest.mark.parametrize("criterion", ["gini", "entropy"])
@pytest.mark.parametrize("questions", [0, 1, 3, 4])
def test_each_step_says_what_it_takes_off(questions, criterion):
    shown = steps(play(questions=questions, criterion=criterion))
    assert len(shown) == questions + 1
    left = [float(s["caption"].rsplit(" ", 1)[1].rstrip(".")) for s in shown]
    for before, after, step in zip(left, left[1:], shown[1:], strict=False):
        taken = float(step["caption"].split("takes ")[1].split(" off")[0])
        assert before - after == pytest.approx(taken, abs=0.0021)
        best = [
            v for v in shown[shown.index(step) - 1]["views"] if v["kind"] == "bars"
        ]
        assert best[0]["items"][0]["value"] == pytest.approx(taken, abs=0.001)


def test_the_reader_can_beat_the_tree_at_praise_and_blame():
    greedy = play(sentences=room.OPINIONS)["summary"]
    assert "0.375 after 3 questions" in greedy
    mine = play(sentences=room.OPINIONS, asks="you", words="not good good")
    assert "0.000 after 3 questions" in mine["summary"]
    assert "You beat it" in mine["summary"]


def test_who_is_ahead_is_said():
    assert "You are even" in play(asks="you", words="how year who")["summary"]
    assert "It is ahead of you" in play(asks="you", words="hamlet fuji")["summary"]
    assert "Write a word" in play(asks="you", words="")["summary"]


def test_words_that_divide_nothing_are_named():
    views = play(asks="you", words="who zebra")["views"]
    assert any("`zebra`" in v.get("text", "") for v in views)


def test_a_new_sentence_is_led_to_its_leaf():
    views = play(new="how many cats", questions=1)["views"]
    said = next(v["text"] for v in views if "new sentence" in v.get("text", ""))
    assert "`how`? yes" in said
    assert "says number (3 of 3 in its heap)" in said


def test_the_whole_tree_is_the_one_that_cart_grows():
    items, _ = labelled_lines(KIND_LINES)
    words = sorted({word for one in items for word in one.words})
    X = [[float(word in one.words) for word in words] for one in items]
    tree = grow(X, [one.label for one in items])
    root, _ = room.tree_asks(items, 100, gini)
    assert len(root.leaves()) == tree.leaves
    assert mixed(root) == pytest.approx(0)


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "no colon", "a:", ": b", "a: b", "a: x\na: y", "a: x\nb: x", "a: x\nb: y\nzzz",
        "<script>: <b>alert(1)</b>\nb: c", "ä: ß 🫨\nö: 🫨", "a: \ud800 b\nc: d", "a: b\n" * 300,
    ],
)  # fmt: skip
@pytest.mark.parametrize("asks", ["tree", "you"])
def test_whatever_is_typed_gives_views(text, asks):
    result = play(sentences=room.OWN, text=text, asks=asks, words=text, new=text)
    assert "<script>" not in render_views(result["views"])


@pytest.mark.parametrize("questions", ["x", None, float("nan"), -3, 1e9, "2"])
def test_odd_numbers_of_questions_are_taken_as_they_can_be(questions):
    assert 1 <= len(steps(play(questions=questions))) <= 9
