"""Ten labels in the page: plain JSON, the chapter's counting, and whatever a reader types."""

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.responsible.scarce_labels import playground as room


def play(answers, order=room.UNSURE, draw=1):
    result = room.run({"answers": answers, "order": order, "draw": draw}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def bars(result):
    view = next(v for v in result["views"] if v["kind"] == "bars")
    return [item["value"] for item in view["items"]]


def meant(count, order, draw):
    """Label as the writer meant, sentence by sentence."""
    truth = {text: label for label, text in room.POOL}
    answers = ""
    for _ in range(count):
        asked = (
            play(answers, order, draw)["views"][0]["text"]
            .split("“")[1]
            .split(".”")[0]
        )
        answers += truth[asked]
    return answers


@pytest.mark.parametrize("order", [room.RANDOM, room.UNSURE])
def test_ten_true_labels_teach_it_something(order):
    finals = []
    for draw in range(1, 6):
        result = play(meant(10, order, draw), order, draw)
        assert len(bars(result)) == 11
        finals.append(bars(result)[-1])
    assert sum(finals) / len(finals) > 60


def test_no_sentence_is_asked_twice_and_none_judges():
    asked = []
    for n in range(room.MOST + 1):
        asked.append(play("gb" * (n // 2) + "g" * (n % 2))["views"][0]["text"])
    pool, test = {t for _, t in room.POOL}, {t for _, t in room.TEST}
    assert len(pool) == len(room.POOL) > room.MOST
    assert not pool & test
    result = play("gb" * 10)
    rows = next(v for v in result["views"] if v["kind"] == "table")["rows"]
    assert len({row[1] for row in rows}) == room.MOST


def test_both_orders_begin_alike_and_then_part():
    first = {
        play("", order)["views"][0]["text"] for order in (room.RANDOM, room.UNSURE)
    }
    assert len(first) == 1
    apart = [
        play("gbgb", room.RANDOM, d)["views"][0]
        != play("gbgb", room.UNSURE, d)["views"][0]
        for d in range(1, 8)
    ]
    assert any(apart)


@pytest.mark.parametrize(
    "answers", ["", " ", "g", "bbbb", "xyz!", "g b\ng", "é\ud800", "g" * 40]
)
def test_whatever_is_typed_gives_a_sentence(answers):
    result = room.run({"answers": answers, "order": "nonsense", "draw": "3"}, {})
    assert result["views"][0]["text"].endswith("Good or bad?")
    assert result["summary"].endswith(".")


def test_labels_against_the_writer_are_counted():
    truth = meant(6, room.RANDOM, 1)
    wrong = truth.translate(str.maketrans("gb", "bg"))
    assert "About 6 of them" in play(wrong, room.RANDOM)["summary"]
    assert "otherwise" not in play(truth, room.RANDOM)["summary"]
    assert "neither g nor b" in play("gbx")["summary"]


def test_the_page_begins_with_labels_that_the_writer_meant():
    first = {entry["name"]: entry["value"] for entry in room.INPUTS}
    result = room.run(first, {})
    assert "otherwise" not in result["summary"]
    assert bars(result)[-1] > 50
