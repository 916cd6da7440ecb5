"""One word changed in the page: plain JSON, and the chapter's own models."""

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.responsible.fairness import playground as room
from nlpcourse.responsible.fairness.made import (
    applicants,
    vocabulary_of,
    word_table,
)
from nlpcourse.responsible.fairness.mitigate import train


@pytest.fixture(scope="module")
def resources():
    return {room.RESOURCE: room.RESOURCES[room.RESOURCE]()}


def play(resources, **inputs):
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run({**defaults, **inputs}, resources)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    assert result["summary"]
    return result


def test_the_default_shows_a_decision_that_turns(resources):
    said = play(resources)["summary"]
    assert f"{room.COPY} turns from yes to no" in said
    assert f"{room.PRICED} keeps its yes" in said


def test_a_word_that_is_not_there_changes_nothing(resources):
    assert "is not in it" in play(resources, word="zebra")["summary"]
    assert "no word was named" in play(resources, word="")["summary"]


@pytest.mark.parametrize(
    ("text", "word", "other"),
    [
        ("", "a", "b"),
        ("zebra 🫨", "zebra", "<b>"),
        ("Good references.", "good", "<script>"),
        ("good " * 80, "good", ""),
        ("School: Hillgate.", "HILLGATE", "é\u0301"),
    ],
)
def test_whatever_is_typed_gives_views(resources, text, word, other):
    result = play(resources, text=text, word=word, other=other)
    assert "<script>" not in render_views(result["views"])


def test_the_pages_model_is_the_chapters(resources):
    past = applicants(room.PEOPLE, room.SEED)
    vocabulary = vocabulary_of(past.texts)
    table = word_table(past.texts, vocabulary)
    model = train(table, past.hired.astype(float))
    page = room.unpack(resources[room.RESOURCE])[room.COPY]
    for text, row in zip(past.texts[:20], table[:20], strict=True):
        expected = float(model.probability(row[None])[0])
        assert page.probability(room.words_of(text)) == pytest.approx(
            expected, abs=1e-3
        )
    assert len(resources[room.RESOURCE]) < 10_000
