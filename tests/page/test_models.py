"""Tensors, calls and the driver of the neural playgrounds; and the page's side of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nlpcourse.page import runner as page
from nlpcourse.page.models import TYPES, Call, Outputs, Tensor, drive
from nlpcourse.page.views import closing

INPUTS: dict[str, Any] = {"x": 4}


def one(number: float) -> Tensor:
    return Tensor("float32", [1], [number])


def run(inputs: dict[str, Any], resources: dict[str, bytes]) -> Iterator[Call]:
    """Double the number twice, one call after the other."""
    number = inputs["x"]
    for _ in range(2):
        outputs = yield Call("double.onnx", {"x": one(number)})
        number = outputs["y"].data[0]
    return {
        "views": [{"kind": "text", "text": f"{number:g}"}],
        "summary": f"{number:g}",
    }


def double(call: Call) -> Outputs:
    return {"y": one(2 * call.feeds["x"].data[0])}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_bytes_are_those_of_numpy(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(TYPES))
    shape = data.draw(arrays.array_shapes(min_dims=0, max_dims=3, max_side=4))
    values = data.draw(arrays.arrays(np.dtype(kind), shape))
    tensor = Tensor(kind, shape, values.ravel().tolist())
    assert tensor.to_bytes() == values.tobytes()
    back = Tensor.from_bytes(kind, shape, values.tobytes())
    assert np.array_equal(
        np.array(back.data, kind),
        values.ravel(),
        equal_nan=values.dtype.kind == "f",
    )
    if values.ndim == 2:
        row = data.draw(st.integers(-shape[0], shape[0] - 1))
        assert np.array_equal(
            tensor.row(row),
            values[row].tolist(),
            equal_nan=values.dtype.kind == "f",
        )


def test_a_tensor_that_no_model_could_read_is_refused() -> None:
    with pytest.raises(ValueError, match="float16"):
        Tensor("float16", [1], [1.0])
    with pytest.raises(ValueError, match="can't hold 3"):
        Tensor("int64", [2, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="can't hold 1"):
        Tensor.from_bytes("int32", [2], b"\0\0\0\0")
    with pytest.raises(IndexError, match="no place"):
        Tensor("int64", [2, 2], [1, 2, 3, 4]).row(2)


def test_the_driver_answers_one_call_after_the_other() -> None:
    assert drive(run(INPUTS, {}), double)["summary"] == "16"


def test_a_playground_without_models_is_passed_on() -> None:
    result = {"views": [], "summary": "plain"}
    assert drive(result, double) is result


def test_a_wrong_playground_is_told() -> None:
    def yields_a_name() -> Any:
        yield "double.onnx"

    def returns_nothing() -> Any:
        yield Call("double.onnx", {"x": one(1)})

    with pytest.raises(TypeError, match="not a str"):
        drive(yields_a_name(), double)
    with pytest.raises(TypeError, match="not a NoneType"):
        drive(returns_nothing(), double)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a playground that the page can import."""
    module = ModuleType("nlpcourse.pages.twice.playground")
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def in_the_page(inputs: dict[str, Any]) -> dict[str, Any]:
    """Play as the worker does: JSON out, bytes in."""
    answer = json.loads(page.play("twice", json.dumps(inputs), {}))
    while "call" in answer:
        feed = answer["feeds"]["x"]
        tensor = Tensor(feed["type"], feed["shape"], feed["data"])
        outputs = double(Call(answer["call"], {"x": tensor}))
        given = [
            (k, t.type, t.shape, memoryview(t.to_bytes()))
            for k, t in outputs.items()
        ]
        answer = json.loads(page.resume(given))  # type: ignore[arg-type]
    return dict(answer)


@pytest.mark.usefixtures("room")
def test_the_page_gets_what_the_build_gets() -> None:
    built = drive(run(INPUTS, {}), double)
    played = in_the_page(INPUTS)
    assert played["summary"] == closing(built)
    assert "16" in played["html"]


@pytest.mark.usefixtures("room")
def test_a_call_begins_as_the_worker_expects() -> None:
    assert page.play("twice", '{"x": 1}', {}).startswith('{"call"')


@pytest.mark.usefixtures("room")
def test_a_new_start_forgets_the_call_before() -> None:
    page.play("twice", '{"x": 1}', {})
    assert ">12</span>" in in_the_page({"x": 3})["summary"]


def test_outputs_that_nobody_waits_for_are_an_error_in_words() -> None:
    page.play("no_such_room", "{}", {})
    assert "no playground waits" in json.loads(page.resume([]))["error"]


def test_an_error_in_a_playground_becomes_a_line(room: ModuleType) -> None:
    def fails(inputs: dict[str, Any], resources: dict[str, bytes]) -> Any:
        yield Call("double.onnx", {"x": one(1)})
        raise ValueError("nothing to double")

    room.run = fails  # type: ignore[attr-defined]
    assert "call" in json.loads(page.play("twice", "{}", {}))
    answer = json.loads(page.resume([("y", "float32", [1], one(1).to_bytes())]))
    assert answer == {"error": "ValueError: nothing to double"}
