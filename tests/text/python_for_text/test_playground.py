"""The playground of chapter 01: plain JSON, and a helpful sentence for whatever is typed."""

from __future__ import annotations

import json
import time

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.text.python_for_text import playground as room


def play(text, reading="latin-1"):
    result = room.run({"text": text, "reading": reading}, {})
    json.dumps(result, allow_nan=False)
    html = render_views(result["views"])
    assert html
    return result, html


def view(result, title):
    return next(v for v in result["views"] if title in v.get("title", ""))


def test_the_defaults_show_everything():
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    result, html = play(**defaults)
    assert "NaÃ¯ve cafÃ©" in html
    assert "WOMAN" in view(result, "bytes")["alt"]
    assert view(result, "frequent")["items"][0]["label"].startswith("1 `")
    heaps = [item["value"] for item in view(result, "Heaps")["items"]]
    assert heaps == sorted(heaps)
    assert "maximum likelihood" in view(result, "The exponent")["text"]
    assert len(json.dumps(result)) < 30_000


def test_counts_follow_the_text():
    result, _ = play("the cat and the dog and the end")
    assert "8 words, 5 of them different" in result["summary"]
    first = view(result, "frequent")["items"][0]
    assert (first["label"], first["value"]) == ("1 `the`", 3)
    assert [i["value"] for i in view(result, "Heaps")["items"]][-1] == 5
    assert "too short" in view(result, "The exponent")["text"]


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        ("utf-8", "unharmed"),
        ("latin-1", "Ã©"),
        ("cp1252", "Ã©"),
        ("ascii", "\ufffd"),
        ("nonsense", "Latin-1"),
    ],
)
def test_the_bytes_are_read_again(reading, said):
    result, _ = play("é", reading)
    assert said in view(result, "read again")["text"]


def test_ascii_is_unharmed_in_every_reading():
    for reading in room.READINGS:
        result, _ = play("plain", reading)
        assert "unharmed" in view(result, "read again")["text"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "a", "12 34 ...", "🎧", "e\u0301" * 40, "\u200d", "\ud800 \udfff",
     "x" * 60_000, "שלום עולם", "<b>`code`</b>", "word " * 5000,
     "\x00\x07", "a b c " * 200, "a\u0301" * 9000],
)  # fmt: skip
def test_whatever_is_typed_gives_views_and_a_sentence(text):
    begun = time.perf_counter()
    result, html = play(text)
    assert result["summary"].endswith(".")
    assert "<b>" not in html
    assert time.perf_counter() - begun < 10


def test_missing_inputs_are_met_with_an_invitation():
    assert "Type something" in room.run({}, {})["summary"]
