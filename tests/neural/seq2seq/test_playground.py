"""Chapter 25's playground: a toy translator that copies its input answers the calls."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from nlpcourse.neural.seq2seq import playground as room
from nlpcourse.page.models import Call, Outputs, Tensor, drive
from nlpcourse.page.views import render_views

RESOURCES = {room.PIECES: json.dumps([chr(code) for code in range(256)]).encode()}
DEFAULTS = {field["name"]: field["value"] for field in room.INPUTS}
SYMBOLS = 256 + room.SPECIALS


def copying(call: Call) -> Outputs:
    """Say the input's next piece, then the end, and look where it stands."""
    source, written = call.feeds["source"], call.feeds["written"]
    logs: list[float] = []
    weights: list[float] = []
    for row in range(written.shape[0]):
        place = written.shape[1] - 1
        inside = place < source.shape[1]
        said = source.row(row)[place] if inside else room.END
        logs += [
            math.log(0.9 if n == said else 0.1 / SYMBOLS) for n in range(SYMBOLS)
        ]
        looks = min(place, source.shape[1] - 1)
        weights += [float(n == looks) for n in range(source.shape[1])]
    rows, inputs = written.shape[0], source.shape[1]
    return {
        "log_probabilities": Tensor("float32", [rows, SYMBOLS], logs),
        "weights": Tensor("float32", [rows, inputs], weights),
    }


def play(**changes: Any) -> Any:
    return drive(room.run({**DEFAULTS, **changes}, RESOURCES), copying)


@pytest.mark.parametrize("width", [1, 2])
def test_a_copying_model_is_shown_copying(width: int) -> None:
    result = play(sentence="no sé", width=width)
    assert result["summary"] == "no sé → no sé"
    (steps,) = [v for v in result["views"] if v["kind"] == "steps"]
    (table,) = [v for v in result["views"] if v["kind"] == "heatmap"]
    assert len(steps["steps"]) == len(table["rows"]) == len(table["columns"]) + 1
    assert [row.index(1.0) for row in table["values"]][:-1] == list(
        range(len(table["columns"]))
    )
    assert ("table" in [v["kind"] for v in result["views"]]) == (width > 1)
    render_views(result["views"])


def test_the_end_has_one_name() -> None:
    shown = json.dumps(play(sentence="no", width=2)["views"], ensure_ascii=False)
    assert "`(end)`" in shown
    for other in ("</s>", "<eos>", "<end>", "�"):
        assert other not in shown


@pytest.mark.parametrize(
    ("sentence", "message"),
    [("", "Type an"), ("  ", "Type an"), ("word " * 40, "at most")],
)
def test_what_can_not_be_translated_gives_a_sentence(
    sentence: str, message: str
) -> None:
    result = play(sentence=sentence)
    assert message in result["summary"]
    assert [v["kind"] for v in result["views"]] == ["text"]
