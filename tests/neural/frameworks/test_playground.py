"""Chapter 27's playgrounds: the six networks as one, and four Adams."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from nlpcourse.course import chapters
from nlpcourse.neural.frameworks import by_hand, playground, playground_adam, task
from nlpcourse.page.export import session_runner
from nlpcourse.page.models import Call, Outputs, Tensor, drive
from nlpcourse.page.views import render_views

WORDS = ["who", "where", "is"]
RESOURCES = {
    playground.RESOURCE: json.dumps({"vocabulary": " ".join(WORDS)}).encode()
}
DEFAULTS = {field["name"]: field["value"] for field in playground_adam.INPUTS}


def toy(call: Call) -> Outputs:
    """Answer HUM where the first word is known, LOC elsewhere; the last program never agrees."""
    best = 3 if call.feeds["words"].data[0] > 1 else 4
    rows = [[9.0 * (k == best) for k in range(6)] for _ in range(5)]
    flat = [x for row in [*rows, [9.0, 0, 0, 0, 0, 0]] for x in row]
    return {"scores": Tensor("float32", [1, 6, 6], flat)}


def play(text: str) -> dict[str, Any]:
    return dict(drive(playground.run({"text": text}, RESOURCES), toy))


def test_the_majority_and_who_differs_are_said() -> None:
    told = play("Who is it?")["summary"]
    assert told.startswith("5 of 6 programs think that you want a person")
    assert "fastText asks for an abbreviation" in told
    assert "`it`" in told
    assert "a place" in play("zzz")["summary"]


@settings(max_examples=30)
@given(st.text(max_size=80))
def test_any_text_gives_views(text: str) -> None:
    result = play(text)
    assert result["summary"]
    assert render_views(result["views"])


def test_the_networks_file_computes_what_the_weights_say() -> None:
    kept = load_file(chapters.get("27").folder / "own-weights.safetensors")
    runner = session_runner({playground.MODEL: playground._model()})
    row = task.trec().test.numbers[7]
    numbers = row[row > 0]
    feeds = {"words": Tensor("int64", [1, len(numbers)], numbers.tolist())}
    scores = np.array(runner(Call(playground.MODEL, feeds))["scores"].data)
    found = by_hand.softmax(scores.reshape(6, 6).astype(np.float32))
    for name, ours in zip(playground.PROGRAMS[:5], found[:5], strict=True):
        arrays = [kept[f"{name}.{k}"].astype(np.float32) for k in range(5)]
        (expected,) = by_hand.forward(task.Weights(*arrays), numbers[None])
        assert np.allclose(ours, expected, atol=2e-3), name
    vectors, labels, end, known = (
        kept[f"fastText.{k}"].astype(np.float32) for k in range(4)
    )
    read = [*vectors[numbers][known[numbers] > 0], end[0]]
    expected = by_hand.softmax(np.mean(read, axis=0, keepdims=True) @ labels.T)[0]
    assert np.allclose(found[5], expected, atol=2e-3)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"size": 0}, "all four are"),
        ({"size": 7}, "times as far as Keras"),
        ({"signs": "turns", "steps": 7}, "to and fro"),
        ({"size": "nonsense", "steps": None, "signs": 5}, "times as far"),
    ],
)
def test_four_adams_say_who_came_far(changes: dict[str, Any], said: str) -> None:
    result = playground_adam.run({**DEFAULTS, **changes}, {})
    assert said in result["summary"]
    assert render_views(result["views"])


@given(st.integers(0, 10), st.integers(1, 200), st.sampled_from(["same", "turns"]))
def test_four_adams_take_every_setting(size: int, steps: int, signs: str) -> None:
    result = playground_adam.run({"size": size, "steps": steps, "signs": signs}, {})
    assert render_views(result["views"])
    bars = next(v for v in result["views"] if v["kind"] == "bars")
    assert all(0 <= item["value"] <= steps + 0.001 for item in bars["items"])
