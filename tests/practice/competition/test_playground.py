"""Chapter 39's playground: the chapter's own climber, whatever a reader sets."""

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.practice.competition import playground as room
from nlpcourse.practice.competition.climbing import climbed


def play(**inputs):
    usual = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run({**usual, **inputs}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    assert result["summary"]
    return result


def ends(result):
    return [item["value"] for item in result["views"][0]["items"]]


def test_the_board_rises_as_expected_and_fresh_rows_do_not():
    words = [f"word {k}" for k in range(8)]
    found = [ends(play(guesses=150, rows="200", word=word)) for word in words]
    public = sum(value for value, _ in found) / len(found)
    assert public == pytest.approx(100 * (1 - climbed(200, 150)), abs=3)
    assert all(abs(fresh - 50) < 7 for _, fresh in found)


def test_more_rows_are_harder_to_climb():
    heights = [ends(play(rows=n, guesses=100))[0] for n in room.ROWS]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize("board", [room.STEPS, room.FREE])
def test_the_ladders_are_climbed_less(board):
    for word in ("a", "b", "c"):
        plain = ends(play(guesses=200, rows="1000", word=word))[0]
        assert (
            ends(play(board=board, guesses=200, rows="1000", word=word))[0] < plain
        )
    assert "told too little" in play(board=board, rows="1000")["summary"]


def test_the_same_word_tosses_the_same_coins():
    assert play(word="luck") == play(word="luck")
    assert play(word="luck") != play(word="loss")


def test_the_table_shows_what_is_kept():
    rows = play()["views"][1]["rows"]
    assert len(rows) == 8
    assert {row[3] for row in rows} == {"yes", "no"}
    for _, right, told, kept in rows:
        assert right == told
        assert kept == ("yes" if right >= 50 else "no")


@pytest.mark.parametrize("board", [*room.BOARDS, "nonsense"])
@pytest.mark.parametrize(
    "guesses", [1, 200, "7", -3, 1e9, "many", None, float("nan")]
)
@pytest.mark.parametrize("word", ["", "\ud800", "<script>", "数" * 40])
def test_whatever_is_set_gives_views(board, guesses, word):
    html = render_views(play(board=board, guesses=guesses, word=word)["views"])
    assert "<script>" not in html


@pytest.mark.parametrize("rows", ["50", "1000", "x", 0, -5, "1e99"])
def test_any_rows(rows):
    assert len(ends(play(rows=rows, guesses=20))) == 2
