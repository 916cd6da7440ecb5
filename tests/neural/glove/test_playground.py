"""Chapter 21's playground: its neighbours are those of the table, and any text gets an answer."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.neural.glove import playground as room
from nlpcourse.neural.glove.fasttext import Subwords, SubwordVectors, pack
from nlpcourse.neural.glove.subwords import ngrams
from nlpcourse.page.views import render_views

WORDS = ["song", "songs", "river", "rivers", "the"]
BUCKETS, SIZE = 50, 6


def vectors() -> SubwordVectors:
    generator = torch.Generator().manual_seed(0)
    parts = torch.randn(len(WORDS) + BUCKETS, SIZE, generator=generator)
    return SubwordVectors(Subwords(WORDS, BUCKETS), parts)


def resources() -> dict[str, bytes]:
    made = vectors()
    units, _ = pack(made.units)
    codes, scale = pack(made.parts[len(WORDS) :])
    table = units.numpy().tobytes() + codes.numpy().tobytes()
    table += b"".join(struct.pack("<e", value) for value in scale.tolist())
    about = {"words": WORDS, "size": SIZE, "buckets": BUCKETS}
    return {room.TABLE: table, room.WORDS: json.dumps(about).encode()}


def play(word: str, top: int = 3) -> dict[str, Any]:
    return room.run({"word": word, "top": top}, resources())


@given(st.text("abeginorsv", min_size=1, max_size=9))
@settings(max_examples=40, deadline=None)
def test_neighbours_are_those_of_the_module(word: str) -> None:
    """By PyTorch, from the numbers before they were rounded to 8 bits."""
    shown = play(word, top=5)["views"]
    bars = next(view for view in shown if view["kind"] == "bars")
    made = vectors()
    rows = [row for row in made.subwords.rows(word) if row >= len(WORDS)]
    asked = torch.nn.functional.normalize(made.parts[rows].mean(dim=0), dim=0)
    want = dict(zip(WORDS, (made.units @ asked).tolist(), strict=True))
    want.pop(word, None)
    for item in bars["items"]:
        assert item["value"] == pytest.approx(want[item["label"]], abs=0.03)
    values = [item["value"] for item in bars["items"]]
    assert values == sorted(values, reverse=True)


@given(st.text(max_size=50), st.integers(-3, 99))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_gets_views(word: str, top: int) -> None:
    result = play(word, top)
    assert result["summary"]
    assert render_views(result["views"])


def test_spelling_alone_is_the_control() -> None:
    """Cosines of n-gram counts, as scikit-learn computes them."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics.pairwise import cosine_similarity

    bag = CountVectorizer(analyzer=lambda word: set(ngrams(word)))
    table = bag.fit_transform([*WORDS, "songz"])
    want = cosine_similarity(table[-1], table[:-1])[0]
    assert room.spelt_alike("songz", WORDS) == pytest.approx(list(want))
    *_, spelt = play("songz")["views"]
    assert spelt["items"][0] == {"label": "song", "value": round(max(want), 3)}
    assert "no known word is spelt alike" in play("qqq")["summary"]


def test_no_word_and_two_words_are_answered() -> None:
    assert "one word" in play("")["summary"]
    assert "one word" in play("two words")["summary"]
