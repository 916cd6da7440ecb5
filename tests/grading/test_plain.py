"""Plain data across the border: what goes in comes out, and strangers' messages do no harm."""

from __future__ import annotations

import copy
import json
import math
from collections import Counter
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.grading import networks, plain
from nlpcourse.neural.lstm.cells import LSTMCell

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.fractions()
    | st.complex_numbers(allow_nan=False)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.text() | st.integers() | st.tuples(st.text()), inner, max_size=4
        )
        | st.sets(st.integers() | st.text(), max_size=4)
        | st.frozensets(st.integers(), max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_goes_in_comes_out(value: Any) -> None:
    found = plain.decode(plain.encode(value))
    assert found == value
    assert type(found) is type(value)


def test_special_numbers_and_lone_surrogates_cross() -> None:
    found = plain.decode(
        plain.encode([math.nan, math.inf, -0.0, 10**3000, "\ud800"])
    )
    assert math.isnan(found[0])
    assert found[1:] == [math.inf, 0.0, 10**3000, "\ud800"]
    assert math.copysign(1, found[2]) == -1


@pytest.mark.parametrize(
    "kind", ["float32", "float64", "int64", "bool", "float16", "int8"]
)
def test_arrays_and_tensors_cross_with_their_type(kind: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(kind)
    found = plain.decode(
        plain.encode({"a": array, "s": array[0, 1], "t": torch.tensor(array)})
    )
    assert found["a"].dtype == array.dtype
    assert (found["a"] == array).all()
    assert type(found["s"]) is type(array[0, 1])
    assert torch.equal(found["t"], torch.tensor(array))
    empty = plain.decode(plain.encode(np.zeros((0, 3))))
    assert empty.shape == (0, 3)


def test_a_networks_weights_cross() -> None:
    networks.remember()
    cell, layer = LSTMCell(3, 2), torch.nn.LSTM(3, 4, batch_first=True)
    near, far = plain.decode(plain.encode((cell, layer)))
    x = torch.randn(1, 3)
    for ours, theirs in zip(
        cell(x, cell.start(1)), near(x, near.start(1)), strict=True
    ):
        assert torch.equal(ours, theirs)
    assert far.batch_first
    assert torch.equal(far(x[None])[0], layer(x[None])[0])


def test_a_network_that_noted_how_it_was_made_is_copied_as_before() -> None:
    networks.remember()
    parts = torch.nn.ModuleList(torch.nn.Linear(2, 2) for _ in range(2))
    twin = copy.deepcopy(parts)
    assert torch.equal(twin[1].weight, parts[1].weight)


class Liar(float):
    def __eq__(self, other: object) -> bool:
        return True

    def __float__(self) -> float:
        return 1.0

    __hash__ = float.__hash__


class SlyText(str):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Pair(NamedTuple):
    one: int
    other: int


def test_a_subclass_crosses_as_what_it_is_at_heart() -> None:
    found = plain.decode(
        plain.encode([Liar(7), SlyText("no"), Pair(1, 2), Counter("aab")])
    )
    assert [type(v) for v in found] == [float, str, tuple, Counter]
    assert found == [7.0, "no", (1, 2), {"a": 2, "b": 1}]


REFUSED = {
    "object": object(),
    "function": print,
    "list": [lambda: 1],
    "array": np.array([object()]),
    "digits": 10**5000,
    "iterator": iter([]),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_plain_stays(kind: str) -> None:
    value = REFUSED[kind]
    with pytest.raises((plain.NotPlain, ValueError)):
        plain.encode(value)


def test_a_list_that_holds_itself_stays() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(plain.NotPlain, match="nested"):
        plain.encode(loop)


HOSTILE = [
    b"",
    b"nonsense",
    b"[1, 2]",
    b'{"t": "record", "c": "os:system", "v": [["command", "id"]]}',
    b'{"t": "record", "c": "nlpcourse.grading.sandbox:start", "v": []}',
    b'{"t": "record", "c": "nlpcourse.cli:main", "v": []}',
    b'{"t": "network", "c": "torch.nn:Module", "v": [{"t":"dict","v":[]},{"t":"dict","v":[]}]}',
    b'{"t": "network", "c": "builtins:eval", "v": [{"t":"dict","v":[]},{"t":"dict","v":[]}]}',
    b'{"t": "function", "v": 3}',
    b'{"t": "array", "d": "O", "s": [1], "v": "AAAAAAAAAAA="}',
    b'{"t": "array", "d": "<f8", "s": [1000000000000], "v": ""}',
    b'{"t": "tensor", "d": "load", "s": [1], "v": ""}',
    b'{"t": "int", "v": "' + b"9" * 100_000 + b'"}',
    b'{"t": "range", "v": [0, "x", 1]}',
    b"[" * 100_000,
    b'{"t": "list", "v": [' * 200 + b"1" + b"]}" * 200,
    json.dumps({"t": "decimal", "v": "x"}).encode(),
    '"ä"'.encode(),
]


@pytest.mark.parametrize("message", HOSTILE, ids=range(len(HOSTILE)))
def test_a_strangers_message_is_refused(message: bytes) -> None:
    with pytest.raises(plain.NotPlain):
        plain.decode(message)


@given(st.binary(max_size=200))
def test_noise_is_a_value_or_refused(message: bytes) -> None:
    try:
        plain.decode(message)
    except plain.NotPlain:
        return


def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(plain.NotPlain, match="bytes"):
        plain.decode(b"1" * (plain.LARGEST + 1))


def test_functions_are_numbers_on_the_other_side() -> None:
    kept: list[Any] = []

    def keep(function: Any) -> int:
        kept.append(function)
        return len(kept) - 1

    message = plain.encode([math.sqrt], keep)
    found = plain.decode(message, lambda number: ("far", number))
    assert found == [("far", 0)]
    assert kept == [math.sqrt]


def test_a_fraction_is_a_fraction() -> None:
    assert plain.decode(plain.encode(Fraction(1, 3))) == Fraction(1, 3)
