"""The text game in the page: plain JSON, the chapter's own numbers, and never a traceback."""

import json

import pytest

from nlpcourse.learning.reinforcement import playground as room
from nlpcourse.learning.reinforcement.game import COMMANDS, Library
from nlpcourse.learning.reinforcement.q_learning import q_learning, value_iteration
from nlpcourse.page.views import render_views

DEFAULTS = {field["name"]: field["value"] for field in room.INPUTS}


def play(**changed):
    result = room.run({**DEFAULTS, **changed}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def views(result, kind):
    return [view for view in result["views"] if view["kind"] == kind]


def test_the_bars_are_the_learners_values():
    result = play(commands="east take")
    table = q_learning(Library(), 300, 0.95, 0.5, seed=1)
    first = views(result, "steps")[0]["steps"][0]
    bars = {item["label"]: item["value"] for item in first["views"][0]["items"]}
    told = Library().reset()[0]
    assert bars == {
        c: round(v, 2) for c, v in zip(COMMANDS, table[told], strict=True)
    }
    assert first["caption"].startswith(told)


def test_many_random_games_teach_the_best_play():
    result = play(games=600, epsilon=1)
    best = value_iteration(0.95)[Library().reset()[0]]
    assert "`east take west down take up south` and gets 13" in result["summary"]
    assert max(best) == pytest.approx(8.67, abs=0.01)


def test_an_impatient_learner_takes_the_stairs_in_the_dark():
    assert "plays `down" in play(games=600, discount=0.7)["summary"]


def test_without_memory_the_learner_walks_to_and_fro():
    result = play(told="room", games=600)
    assert "gets 13" not in result["summary"]
    assert "gets 16" not in result["summary"]
    assert len(views(result, "heatmap")[0]["rows"]) <= 4


def test_no_games_no_table():
    assert views(play(games=0), "heatmap") == []


@pytest.mark.parametrize(
    "commands", ["", "sing a song", "down " * 40, "<b>", "🫨", "TAKE, up."]
)
def test_any_text_gives_views(commands):
    assert views(play(commands=commands), "steps")


@pytest.mark.parametrize(
    "changed",
    [
        {"games": "many"},
        {"games": 10**9},
        {"discount": 7},
        {"epsilon": "nan"},
        {"seed": None},
    ],
)
def test_wrong_sliders_are_told(changed):
    assert "sliders" in play(**changed)["summary"]


def test_a_fall_ends_the_game():
    ends = {
        play(commands="down take up south", seed=s)["summary"][:24]
        for s in range(12)
    }
    assert len(ends) == 2
