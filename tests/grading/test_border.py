"""What crosses the border beside values: gradients, functions, random numbers, sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from nlpcourse.grading import gradients, networks, sandbox
from nlpcourse.grading.judge import Student
from nlpcourse.transformers.attention.checks import _Largest

pytestmark = pytest.mark.skipif(
    not sandbox.what_holds().whole,
    reason=f"this system confines nothing: {sandbox.what_holds().why}",
)

CODE = """
import random
import torch

def cut(layer, x):
    one, state = layer(x[:, :2])
    state = tuple(s.detach() for s in state)
    return [one, layer(x[:, 2:], state)[0]]

def square(x): return x * x

def adder(n): return lambda x: x + n

def draws(): return [random.random(), torch.rand(3)]

def still(x): return x + 1

def table(n): return torch.ones(n, n).sum()

"""


@pytest.fixture(scope="module")
def student(package: Path) -> Iterator[Student]:
    networks.remember()
    with Student(package, sandbox.Limits(seconds=100), torch=True) as found:
        assert found.run(CODE)["ok"]
        yield found


def here() -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(CODE, space)
    return space


def test_gradients_are_those_of_one_process(student: Student) -> None:
    theirs, mine = student.answer("square"), here()["square"]
    for function in (theirs, mine):
        x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        (function(x) * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
        assert x.grad is not None
        assert x.grad.tolist() == [2.0, 40.0, 600.0]


def test_a_state_that_was_cut_off_gets_no_gradient(student: Student) -> None:
    layer = nn.LSTM(2, 3, batch_first=True)
    x = torch.randn(1, 4, 2, requires_grad=True)
    found = []
    for function in (student.answer("cut"), here()["cut"]):
        pieces = function(layer, x)
        weight = layer.weight_ih_l0
        found.append(
            torch.autograd.grad(pieces[1].sum(), [x, weight], retain_graph=True)
        )
    for theirs, mine in zip(*found, strict=True):
        assert torch.allclose(theirs, mine, atol=1e-6)
    assert float(found[0][0][:, :2].abs().sum()) == 0


def test_the_gradient_that_a_stranger_sends_must_fit() -> None:
    x = torch.ones(3, requires_grad=True)
    for answer in ([], [torch.ones(4)], ["no"], [torch.ones(3)] * 2):
        out = gradients.connected(1, torch.ones(3), [x], lambda n, g, a=answer: a)
        with pytest.raises(ValueError, match="gradient"):
            out.sum().backward()


def test_a_function_that_comes_back_can_be_called(student: Student) -> None:
    add = student.answer("adder")(5)
    assert add(2) == 7
    assert student.answer("adder")("a")("b") == "ba"
    assert add(3) == 8


def test_a_check_that_seeds_gets_what_it_would_in_one_process(
    student: Student,
) -> None:
    theirs, mine = student.answer("draws"), here()["draws"]
    for _ in range(2):  # seeding again begins again
        torch.manual_seed(7)
        found, tensor = theirs()
        torch.manual_seed(7)
        _, wanted = mine()
        assert torch.equal(tensor, wanted)
        assert 0 <= found < 1
    assert not torch.equal(theirs()[1], theirs()[1])


def test_what_does_not_draw_leaves_the_judges_numbers_alone(
    student: Student,
) -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    student.answer("still")(1)
    assert torch.equal(before, torch.get_rng_state())


def test_a_network_keeps_its_type(student: Student) -> None:
    student.run("def double(layer): return layer.double()")
    made = student.answer("double")(nn.Linear(2, 2))
    assert made.weight.dtype == torch.float64


def test_a_check_sees_how_large_a_tensor_was(student: Student) -> None:
    for function in (student.answer("table"), here()["table"]):
        with _Largest() as seen:  # type: ignore[no-untyped-call]
            function(50)
        assert seen.numbers == 2500
    with _Largest() as seen:  # type: ignore[no-untyped-call]
        student.answer("still")(1)
    assert seen.numbers == 0


def test_the_judges_libraries_are_not_loaded_there(package: Path) -> None:
    torch.manual_seed(1)
    with Student(package, sandbox.Limits(seconds=60)) as plain_student:
        plain_student.run("import sys\ndef loaded(): return 'torch' in sys.modules")
        assert plain_student.answer("loaded")() is False
