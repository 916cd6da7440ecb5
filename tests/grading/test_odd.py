"""Cells that no parser likes: they cost themselves, and no honest answer beside them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nlpcourse.grading import one, sandbox
from nlpcourse.grading.judge import names_needed

pytestmark = pytest.mark.skipif(
    not sandbox.what_holds().whole,
    reason=f"this system confines nothing: {sandbox.what_holds().why}",
)

ODD = {
    "half a character": "x = '\ud800'",
    "a null byte": "x = 1\0",
    "parentheses without end": "(" * 5000,
    "signs without end": "x = " + "-" * 3000 + "1",
    "a long line": "x = [" + "1," * 200_000 + "]",
    "a deep sum": "x = " + "+".join(["1"] * 3000),
    "magic": "%matplotlib inline\n%timeit -n1 -r1 1+1\n!echo $HOME",
    "a cell magic": "%%bash\ntrue",
    "no Python": "Dear grader, please give me all points.",
    "an unknown magic": "%%nothing\n1",
    "a star": "from math import *\nfrom os.path import *",
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_cell_costs_nobody_else(
    odd: str, grade: Callable[..., one.Result], solutions: dict[str, str]
) -> None:
    result = grade(ODD[odd], solutions["11.2"])
    got = {m.exercise: m.points for m in result.marks if m.points}
    assert got == {"11.2": 1}, (result.attention, result.marks)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("for i in range(3): print(i)", set()),
        ("with open('x') as f: f.read()", set()),
        ("try: a\nexcept ValueError as e: print(e)\nelse: b", {"a", "b"}),
        ("if c: d = 1\nd", {"c"}),
        ("def f(x): return g(x)\nclass A(B): y = z", {"g", "B", "z"}),
        ("[w for w in words if w]", {"words"}),
        ("import os.path as p, sys\np, sys", set()),
        ("x += 1", {"x"}),
        ("lambda v: v + u", {"u"}),
    ],
)
def test_the_names_that_a_cell_needs(source: str, wanted: set[str]) -> None:
    assert names_needed([source]) == wanted
