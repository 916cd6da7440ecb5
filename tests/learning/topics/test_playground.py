"""Search and topics in the page: small resources, plain JSON, and the chapter's own numbers."""

import json

import pytest

from nlpcourse.learning.topics import playground as room
from nlpcourse.learning.topics.bags import words
from nlpcourse.learning.topics.bm25 import best, bm25
from nlpcourse.learning.topics.heldout import fold_in
from nlpcourse.learning.topics.table import TopicTable, pack
from nlpcourse.page.views import render_views

SECTIONS = [
    ["11", "Spam", "Free prizes are spam. Who counts words finds spam."],
    ["02", "Tokens", "A token is a piece of text. Is it a word?"],
    [
        "08",
        "Trees",
        "A tree stands over a sentence of many words and of many more words.",
    ],
]
TABLE = TopicTable(
    ("goal", "orbit", "team"), ((8, 0), (0, 9), (9, 1)), (17, 10), 3, 0.1, 0.01
)
TINY = {room.BOOK: json.dumps(SECTIONS).encode(), room.TABLE: pack(TABLE)}


def play(text, what=room.SEARCH, k1=1.5, b=0.75, resources=TINY):
    result = room.run({"what": what, "text": text, "k1": k1, "b": b}, resources)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    assert result["summary"]
    return result


def views(result, kind):
    return [view for view in result["views"] if view["kind"] == kind]


def test_the_order_is_that_of_the_chapters_bm25():
    sections, index, idf = room._library(TINY[room.BOOK])
    query = words("words of spam")
    expected = best(bm25(index, query, idf, 2.0, 0.5), room.FOUND)
    rows = views(play("Words of spam", k1=2.0, b=0.5), "table")[0]["rows"]
    assert [row[2] for row in rows] == [sections[i].heading for i, _ in expected]
    assert [row[3] for row in rows] == [round(score, 2) for _, score in expected]


def test_the_columns_add_up_to_the_scores():
    result = play("words of spam")
    sums = [sum(line) for line in views(result, "heatmap")[0]["values"]]
    scores = [row[3] for row in views(result, "table")[0]["rows"]]
    assert sums == pytest.approx(scores, abs=0.03)


def test_the_dials_turn():
    once = views(play("words", k1=0), "table")[0]["rows"]
    often = views(play("words", k1=5), "table")[0]["rows"]
    assert [row[2] for row in once] == [
        "Spam",
        "Trees",
    ]  # a tie: the earlier one first
    assert [row[2] for row in often] == ["Trees", "Spam"]


def test_words_that_no_section_holds_are_named():
    assert "`zebra`" in play("zebra spam")["views"][-1]["text"]
    assert "No section" in play("zebra")["summary"]
    assert len(play("z" * 900)["summary"]) < 200


def test_the_topics_are_the_chapters_fold_in():
    result = play("The team scored a goal", room.TOPICS)
    theta = fold_in([2, 0], TABLE.shares(), TABLE.alpha)
    bars = views(result, "bars")[0]["items"]
    assert bars[0]["value"] == pytest.approx(100 * max(theta), abs=0.05)
    assert "team" in bars[0]["label"]
    labels = [token["label"] for token in views(result, "tokens")[0]["tokens"]]
    assert labels[0] == ""
    assert labels[1].startswith("team")
    assert "`scored`" in views(result, "text")[-1]["text"]


@pytest.mark.parametrize("what", [room.SEARCH, room.TOPICS, "nonsense"])
@pytest.mark.parametrize(
    "text",
    ["", " ", "?!", "zebra", "goal " * 300, "\ud800", "<script> spam", "٣٤", "`a`"],
)
def test_whatever_is_typed_gives_views(what, text):
    html = render_views(play(text, what)["views"])
    assert "<script>" not in html


@pytest.mark.parametrize(("k1", "b"), [(0, 0), (5, 1), (-3, 7), ("2", "0.5")])
def test_every_setting_gives_views(k1, b):
    assert views(play("words of spam", k1=k1, b=b), "table")


@pytest.mark.assets
def test_the_real_resources_are_small_and_answer():
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert sum(map(len, resources.values())) < 3_000_000
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run(defaults, resources)
    assert "chapter 11" in result["summary"]
    assert len(json.dumps(result)) < 60_000
    space = (
        "A rocket carries the satellite into orbit, and NASA watches the launch."
    )
    found = play(space, room.TOPICS, resources=resources)
    assert {"space", "nasa", "orbit"} & set(
        found["summary"].replace(",", "").split()
    )
