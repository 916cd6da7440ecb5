"""The summarizer in the page: plain JSON, the chapter's own scores, and help instead of errors."""

import json

import pytest

from nlpcourse.neural.summarization import playground as room
from nlpcourse.neural.summarization.graph import textrank
from nlpcourse.neural.summarization.words import content_words, sentences_of
from nlpcourse.page.views import render_views

METHODS = [name for name, _ in room.INPUTS[0]["options"]]


def play(**inputs):
    default = {entry["name"]: entry["value"] for entry in room.INPUTS}
    result = room.run({**default, **inputs}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", ["1", 3, 6])
def test_every_method_keeps_so_many_sentences(method, count):
    result = play(method=method, count=count)
    bars = result["views"][1]["items"]
    assert sum("note" in item for item in bars) == int(count)
    assert f"Of {len(bars)} sentences" in result["summary"]


def test_textranks_bars_are_the_chapters_shares():
    bars = play(method=room.TEXTRANK)["views"][1]["items"]
    shares = textrank([content_words(s) for s in sentences_of(room.TEXT)])
    assert [item["value"] for item in bars] == [round(100 * x, 2) for x in shares]


def test_the_chosen_sentences_come_in_the_order_of_the_text():
    text = play(method=room.SUMBASIC)["views"][0]["text"]
    places = [room.TEXT.index(s) for s in sentences_of(text)]
    assert places == sorted(places)


def test_a_repeated_sentence_is_kept_once_by_mmr():
    first = sentences_of(room.TEXT)[7]
    text = f"{room.TEXT} {first}"
    assert (
        play(method=room.LEXRANK, text=text)["views"][0]["text"].count(first) == 2
    )
    assert play(method=room.MMR, text=text)["views"][0]["text"].count(first) == 1


@pytest.mark.parametrize("text", ["", "   ", "of the", "12 34", "🫨", "é" * 4000])
@pytest.mark.parametrize("method", METHODS)
def test_any_text_gives_a_sentence(text, method):
    assert play(text=text, method=method)["summary"]


def test_a_long_text_is_cut():
    result = play(text="Cats sleep. " * 300)
    assert len(result["views"][1]["items"]) == room.MOST
