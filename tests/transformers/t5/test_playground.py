"""Chapter 32's playground: what it cuts out is the chapter's, and what it writes the model's."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from nlpcourse.page.models import Call, Outputs, Tensor, drive
from nlpcourse.page.views import render_views
from nlpcourse.transformers.t5 import playground as room
from nlpcourse.transformers.t5.vocabulary import END, Vocabulary

RESOURCES = {room.RESOURCE: json.dumps([[32, 97]]).encode()}  # " a"
DEFAULTS = {field["name"]: field["value"] for field in room.INPUTS}


def toy(call: Call) -> Outputs:
    """Write the first sentinel, an "a", and the end."""
    vocabulary = Vocabulary([(32, 97)])
    plan = [vocabulary.sentinel(0), 2 + 256, END]
    row = [0.0] * len(vocabulary)
    row[plan[min(call.feeds["written"].shape[1] - 1, 2)]] = 1.0
    return {"scores": Tensor("float32", [1, len(row)], row)}


def play(runner: Any = toy, resources: Any = RESOURCES, **changes: Any) -> Any:
    return drive(room.run({**DEFAULTS, **changes}, resources), runner)


def tables(result: Any) -> list[list[list[str]]]:
    return [v["rows"] for v in result["views"] if v["kind"] == "table"]


def test_what_the_toy_writes_stands_in_the_place_of_the_span() -> None:
    result = play(text="b a b", rate=15, span=1)
    (rows,) = tables(result)
    assert rows[0][0] == "<extra_id_0>"
    assert rows[0][2] == "a"
    assert "of 1." in result["summary"]


def test_the_readers_own_sentinels_are_filled() -> None:
    result = play(text="b <extra_id_0> b")
    assert "b a b" in result["summary"]
    (rows,) = tables(result)
    assert rows == [["<extra_id_0>", "(yours)", "a"]]


def test_another_draw_cuts_elsewhere() -> None:
    text = "one two three four five six seven"
    inputs = {str(play(text=text, draw=d)["views"][0]["alt"]) for d in range(1, 6)}
    assert len(inputs) > 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Type a sentence"),
        (" ", "Type a sentence"),
        ("word " * 80, "Shorten it"),
        ("a <extra_id_77> b", "sentinels"),
    ],
)
def test_what_cannot_be_done_is_said(text: str, says: str) -> None:
    result = play(text=text)
    (view,) = result["views"]
    assert says in view["text"]
    assert result["summary"] == view["text"]


@pytest.mark.parametrize(
    "text",
    ["ab", "é 😀 à", "<b>bold</b> text", "日本", "\ud83d a b", "<extra_id_3> a"],
)
@pytest.mark.parametrize(("rate", "span"), [(5, 8), (60, 1), (60, 8)])
def test_whatever_a_reader_types_gives_views(
    text: str, rate: int, span: int
) -> None:
    html = render_views(play(text=text, rate=rate, span=span)["views"])
    assert "<b>" not in html
    assert "�" not in html


def test_the_page_writes_what_the_chapter_writes() -> None:
    pytest.importorskip("onnxruntime", reason="the extra `book` brings onnxruntime")
    pytest.importorskip("onnxscript", reason="the extra `book` brings onnxscript")
    from nlpcourse.page.export import session_runner
    from nlpcourse.transformers.t5 import recipes

    models = {name: make() for name, make in room.MODELS.items()}
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert sum(map(len, [*models.values(), *resources.values()])) < 6_000_000
    model, vocabulary, _ = recipes.load(recipes.PRETRAINED)
    runner = session_runner(models)
    asked: list[list[int]] = []

    def note(call: Call) -> Outputs:
        asked.append([int(n) for n in call.feeds["source"].data])
        return runner(call)

    for changes in ({}, {"rate": 30, "draw": 2}, {"text": "I <extra_id_0> to go."}):
        asked.clear()
        result = play(note, resources, **changes)
        written = [0]
        while len(written) <= room.LONGEST_ANSWER:
            scores = model(torch.tensor([asked[0]]), torch.tensor([written]))[0, -1]
            if (best := int(scores.argmax())) == END:
                break
            written.append(best)
        shown = next(v for v in result["views"] if "model writes" in v["title"])
        assert shown["alt"].partition(": ")[2] == vocabulary.decode(written[1:])
    assert len(json.dumps(result)) < 30_000
