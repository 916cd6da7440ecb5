"""Chapter 30's playground: its guesses are the trained model's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nlpcourse.page.models import Call, Outputs, Tensor, drive
from nlpcourse.page.views import render_views
from nlpcourse.text.tokenization.bpe import byte_ranks
from nlpcourse.transformers.bert import playground as room

BYTES = byte_ranks()
# " t", " th", " the"
MERGED = [[BYTES[b" "], BYTES[b"t"]], [256, BYTES[b"h"]], [257, BYTES[b"e"]]]
RESOURCES = {room.MERGES: json.dumps(MERGED).encode()}
DEFAULTS = {field["name"]: field["value"] for field in room.INPUTS}
PIECES = 256 + len(MERGED)


def toy(call: Call) -> Outputs:
    """Answer " the" everywhere, and a mark of the model's even more likely."""
    count = PIECES + 4
    row = [0.0] * count
    row[258], row[PIECES] = 5.0, 9.0
    length = call.feeds["ids"].shape[1]
    return {"logits": Tensor("float32", [1, length, count], row * length)}


def play(runner: Any = toy, resources: Any = RESOURCES, **changes: Any) -> Any:
    return drive(room.run({**DEFAULTS, **changes}, resources), runner)


def bars(result: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return [v["items"] for v in result["views"] if v["kind"] == "bars"]


def test_a_mark_of_the_model_is_no_guess() -> None:
    (guesses,) = bars(play(text="on ___ sea", count=3))
    assert guesses[0]["label"] == "the"
    assert len(guesses) == 3


def test_every_blank_is_guessed() -> None:
    result = play(text="___ in ___")
    assert len(bars(result)) == 2
    titles = [v["title"] for v in result["views"] if v["kind"] == "bars"]
    assert titles == ["Guesses for blank 1", "Guesses for blank 2"]


def test_the_blank_takes_the_space_before_it() -> None:
    asked: list[Any] = []

    def note(call: Call) -> Outputs:
        asked.extend(call.feeds["ids"].data)
        return toy(call)

    play(note, text="a ___ b")
    start, end, _, blank = range(PIECES, PIECES + 4)
    space, a, b = (BYTES[byte] for byte in (b" ", b"a", b"b"))
    assert asked == [start, space, a, blank, space, b, end]


@pytest.mark.parametrize("text", ["", "no blank here", "word " * 60 + "___"])
def test_what_cannot_be_asked_is_said(text: str) -> None:
    (view,) = play(text=text)["views"]
    assert view["kind"] == "text"
    assert "?" in view["text"]


@pytest.mark.parametrize(
    "text", ["___", "______", "é ___ 😀", "<b>___</b>", "日本の___", "\ud83d ___"]
)
def test_whatever_a_reader_types_gives_views(text: str) -> None:
    html = render_views(play(text=text, count=15)["views"])
    assert "<b>" not in html
    assert "�" not in html


@pytest.fixture(scope="module")
def files() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the playground's real model and merges."""
    pytest.importorskip("onnxruntime", reason="the extra `book` brings onnxruntime")
    pytest.importorskip("onnxscript", reason="the extra `book` brings onnxscript")
    models = {name: make() for name, make in room.MODELS.items()}
    return models, {name: make() for name, make in room.RESOURCES.items()}


@pytest.mark.parametrize(
    "text",
    [
        room.INPUTS[0]["value"],
        "He ___ born in London .",
        "___ is the ___ of a river",
    ],
)
def test_the_guesses_are_the_chapters(
    files: tuple[dict[str, bytes], dict[str, bytes]], text: str
) -> None:
    from nlpcourse.page.export import session_runner
    from nlpcourse.transformers.bert.recipes import load_filler

    models, resources = files
    asked: list[Any] = []
    answer = session_runner(models)

    def note(call: Call) -> Outputs:
        asked.extend(call.feeds["ids"].data)
        return answer(call)

    found = bars(play(note, resources, text=text, count=5))
    filler = load_filler()
    marked = f" {text}".replace(" ___", "<mask>")
    assert asked == filler.tokenizer.encode(marked)
    expected = filler.guesses(marked, 5)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        shares = [100 * share for _, share in theirs]
        assert [g["value"] for g in ours] == pytest.approx(shares, abs=0.01)
        assert ours[0]["label"] == theirs[0][0].strip()


def test_the_page_is_light_and_the_default_speaks(
    files: tuple[dict[str, bytes], dict[str, bytes]],
) -> None:
    from nlpcourse.page.export import session_runner

    models, resources = files
    assert sum(map(len, [*models.values(), *resources.values()])) < 6_000_000
    result = play(session_runner(models), resources)
    assert len(json.dumps(result)) < 20_000
    assert "`the`" in result["summary"]
