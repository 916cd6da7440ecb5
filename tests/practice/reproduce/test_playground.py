"""Chapter 40's playground: the chapter's own figures, whatever a reader sets."""

import itertools
import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.practice.reproduce import playground as room
from nlpcourse.practice.reproduce.table_4 import TABLE_4

RESOURCES = {room.RESOURCE: room._counts()}


def play(**inputs):
    usual = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run({**usual, **inputs}, RESOURCES)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    assert result["summary"]
    return result


def steps(result):
    return [row[3] for row in result["views"][0]["rows"]]


def test_by_sign_every_figure_of_two_lists_comes_out():
    for domain, name in itertools.product(TABLE_4, ("SCN", "ANEW")):
        assert steps(play(domain=domain, list=name, threshold="0")) == [0] * 4
        assert "4 of 4" in play(domain=domain, list=name, threshold="0")["summary"]


def test_by_the_papers_threshold_senticnets_do_not():
    for domain in TABLE_4:
        assert steps(play(domain=domain, list="SCN")) != [0] * 4


@pytest.mark.parametrize("domain", ["movie", "amazon"])
def test_two_lines_stand_in_each_others_place(domain):
    for name, other in (("VADER", "Hu-Liu04"), ("Hu-Liu04", "VADER")):
        result = play(domain=domain, list=name, threshold="0")
        assert (
            f"nearest to the one printed for {other}: 0 steps" in result["summary"]
        )


def test_elsewhere_they_stand_in_their_own():
    for domain, name in itertools.product(("tweets", "nyt"), ("VADER", "Hu-Liu04")):
        assert steps(play(domain=domain, list=name, threshold="0")) == [0] * 4


def test_other_weights_move_the_line():
    assert steps(play(domain="tweets", weights="alike")) != [0] * 4
    assert steps(play(domain="tweets", weights="as one heap")) != [0] * 4


@pytest.mark.parametrize("junk", ["", "nonsense", None, 7])
def test_what_no_reader_can_choose_is_as_if_nothing_was_chosen(junk):
    usual = play()
    for field in room.INPUTS:
        assert play(**{field["name"]: junk}) == usual
