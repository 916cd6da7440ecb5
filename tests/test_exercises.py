"""The contract of the exercises: the mark is the check, and both know a right answer from junk."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from answers import draw
from nlpcourse.course import chapters
from nlpcourse.exercises import find, judge, using
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import ExerciseCells

ALL = [
    pytest.param(exercise, id=exercise.identifier)
    for chapter in chapters.written()
    if chapter.notebook.is_file()
    for exercise in cells.exercises(cells.read(chapter.notebook))
]


def cases_of(parameter: Any) -> int:
    """Return how many cases an exercise's own variant has; 0 where it has none."""
    return find(parameter.values[0].identifier).cases


def ran(exercise: ExerciseCells, source: str) -> dict[str, Any]:
    """Run an answer cell in a new namespace and return it."""
    namespace: dict[str, Any] = {}
    exec(compile(source, f"exercise {exercise.identifier}", "exec"), namespace)
    return namespace


def asked_for(exercise: ExerciseCells) -> ast.expr:
    """Return the expression that the check looks at."""
    call = next(
        node
        for node in ast.walk(ast.parse(exercise.visible_check))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check"
    )
    return call.args[1]


def answer_of(exercise: ExerciseCells, source: str) -> Any:
    """Return what the check looks at, after the answer cell ran alone."""
    expression = ast.Expression(asked_for(exercise))
    return eval(compile(expression, "answer", "eval"), ran(exercise, source))


def name_of(exercise: ExerciseCells) -> str:
    """Return the name that the check looks at."""
    expression = asked_for(exercise)
    assert isinstance(expression, ast.Name), "check a name, not an expression"
    return expression.id


def marked(exercise: ExerciseCells, answer: Any) -> BaseException | None:
    """Run the check's cell, hidden tests and all, on *answer* alone; return what it raised."""
    namespace = {name_of(exercise): answer}
    try:
        exec(
            compile(exercise.check, f"check {exercise.identifier}", "exec"),
            namespace,
        )
    except Exception as error:
        return error
    return None


# ------------------------------------------------------------------------------- right answers


@pytest.mark.parametrize("exercise", ALL)
def test_the_solution_passes(exercise: ExerciseCells) -> None:
    verdict = judge(exercise.identifier, answer_of(exercise, exercise.solution))
    assert verdict.passed, verdict.message
    assert len(verdict.message.split()) >= 5, "teach one more fact on success"


@pytest.mark.parametrize("variant", ["group A", "group B"])
@pytest.mark.parametrize(
    "exercise", [p for p in ALL if "parameters(" in p.values[0].answer]
)
def test_the_solution_passes_in_a_variant(
    exercise: ExerciseCells, variant: str
) -> None:
    with using({exercise.identifier: draw(exercise.identifier, variant)}):
        verdict = judge(exercise.identifier, answer_of(exercise, exercise.solution))
    assert verdict.passed, verdict.message


@pytest.mark.parametrize("exercise", ALL)
def test_a_check_cell_runs_alone_and_marks_the_solution(
    exercise: ExerciseCells,
) -> None:
    """Whoever skips an exercise can still do the next one."""
    error = marked(exercise, answer_of(exercise, exercise.solution))
    assert error is None, error


KINDS: dict[str, Callable[[float], Any]] = {
    "float32": np.float32,
    "float64": np.float64,
    "torch": torch.tensor,
    "Fraction": Fraction,
}


def as_kind(value: Any, kind: str) -> Any:
    """Return *value* with every number in it, and every list, as another kind of the same."""
    if isinstance(value, bool) or value is None or isinstance(value, str | bytes):
        return value
    if isinstance(value, int):
        return (
            np.int64(value) if kind == "float64" and abs(value) < 2**62 else value
        )
    if isinstance(value, float):
        return (
            KINDS[kind](value)
            if math.isfinite(value) or kind != "Fraction"
            else value
        )
    if isinstance(value, dict):
        return {key: as_kind(item, kind) for key, item in value.items()}
    if type(value) is list:
        items = [as_kind(item, kind) for item in value]
        if kind == "float32" and value and all(type(v) is float for v in value):
            return np.array(value, dtype=np.float32)
        return tuple(items) if kind == "float64" else items
    if type(value) is tuple:
        return tuple(as_kind(item, kind) for item in value)
    return value


def in_kind(answer: Any, kind: str) -> Any:
    """Return the same right answer in another numeric type."""
    if not callable(answer):
        return as_kind(answer, kind)
    return lambda *args, **kwargs: as_kind(answer(*args, **kwargs), kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exercise", ALL)
def test_a_right_answer_of_every_reasonable_type_passes(
    exercise: ExerciseCells, kind: str
) -> None:
    answer = in_kind(answer_of(exercise, exercise.solution), kind)
    verdict = judge(exercise.identifier, answer)
    assert verdict.passed, verdict.message
    error = marked(exercise, answer)
    assert error is None, error


# ------------------------------------------------------------------------------------- junk

CONSTANTS: list[Any] = [
    0, 1, -1, 2, 0.0, 0.5, 1.0, True, False, "", "a", b"", [], (), {}, set(), [0], [1], [0, 0, 0],
    [0.0, 0.0], [[0, 0], [0, 0]], [""], ["a", "b"], [("a", "b")], {"a": 1}, math.nan, [math.nan],
    [math.nan] * 3, math.inf, -math.inf, 10**9, 1e-300, object(), np.zeros(3), np.zeros((3, 3)),
    np.ones((2, 2)), np.full(3, math.nan), torch.zeros(3), torch.zeros(3, 3), torch.ones(2, 2),
    torch.full((3,), math.nan), torch.tensor(math.nan), torch.tensor(0.0),
]  # fmt: skip


def wrong_content(value: Any) -> Any:
    """Return something of the same shape and kind, with other content."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value[::-1] + "x"
    if isinstance(value, torch.Tensor):
        return torch.zeros_like(value) if value.any() else torch.ones_like(value)
    if isinstance(value, np.ndarray):
        return np.zeros_like(value) if value.any() else np.ones_like(value)
    if isinstance(value, dict):
        return {key: wrong_content(item) for key, item in value.items()} or {"x": 1}
    if isinstance(value, list | tuple):
        return type(value)([wrong_content(item) for item in value] or ["x"])
    return object()


def junk(solution: Any) -> Iterator[tuple[str, Any]]:
    """Yield answers that are no answer, each with its name."""
    if not callable(solution):
        for value in CONSTANTS:
            yield repr(value)[:40], value
        yield "wrong content", wrong_content(solution)
        return
    for value in CONSTANTS:
        yield f"always {value!r}"[:40], lambda *args, _v=value, **kwargs: _v
    yield "None", lambda *args, **kwargs: None
    yield (
        "the first argument",
        lambda *args, **kwargs: next(iter([*args, *kwargs.values()]), None),
    )
    yield (
        "the last argument",
        lambda *args, **kwargs: [None, *args, *kwargs.values()][-1],
    )
    yield "the arguments", lambda *args, **kwargs: args
    yield (
        "wrong content",
        lambda *args, **kwargs: wrong_content(solution(*args, **kwargs)),
    )
    yield "a constant instead of a function", 17


@pytest.mark.parametrize("exercise", ALL)
def test_junk_is_refused_and_gets_no_mark(exercise: ExerciseCells) -> None:
    accepted, paid, without_question = [], [], []
    for name, answer in junk(answer_of(exercise, exercise.solution)):
        verdict = judge(exercise.identifier, answer)
        if verdict.passed:
            accepted.append(name)
        elif "?" not in verdict.message:
            without_question.append(f"{name}: {verdict.message}")
        if marked(exercise, answer) is None:
            paid.append(name)
    assert not accepted, f"the check lets through: {accepted}"
    assert not paid, f"the marks let through: {paid}"
    assert not without_question, without_question


@pytest.mark.parametrize("exercise", ALL)
def test_the_starter_is_met_with_a_question(exercise: ExerciseCells) -> None:
    assert exercise.starter != exercise.answer
    assert "your code here" in exercise.starter
    answer = answer_of(exercise, exercise.starter)
    verdict = judge(exercise.identifier, answer)
    assert not verdict.passed
    assert "?" in verdict.message


@pytest.mark.parametrize("exercise", ALL)
def test_the_starter_gets_no_mark(exercise: ExerciseCells) -> None:
    assert marked(exercise, answer_of(exercise, exercise.starter)) is not None


@pytest.mark.parametrize("exercise", ALL)
def test_the_hidden_block_holds_the_verdict_and_further_cases(
    exercise: ExerciseCells,
) -> None:
    hidden = exercise.check.partition("### BEGIN HIDDEN TESTS")[2]
    assert f'judge("{exercise.identifier}"' in hidden
    assert hidden.count("assert ") >= 2, "the verdict, and cases of its own"


@pytest.mark.parametrize("exercise", ALL)
def test_an_error_is_shown_with_the_input_that_raised_it(
    exercise: ExerciseCells,
) -> None:
    if not callable(answer_of(exercise, exercise.solution)):
        pytest.skip("the answer is a value: no input is given to it")

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ZeroDivisionError("a fault of the learner")

    message = judge(exercise.identifier, broken).message
    assert "ZeroDivisionError" in message or "?" in message
    assert "broken(" in message, message


def plain(answer: Any) -> Any:
    """Return an answer as something that can be compared."""
    if isinstance(answer, Mapping):
        return {key: plain(value) for key, value in answer.items()}
    return answer.tolist() if hasattr(answer, "tolist") else answer


DRAWS = 200


def shared(exercise: ExerciseCells) -> float:
    """Return the share of pairs of draws of which the one's answer passes for the other."""
    name = exercise.identifier
    drawn = [draw(name, f"student {k}") for k in range(DRAWS)]
    kinds: dict[str, tuple[Any, Any, int]] = {}
    for case in drawn:
        with using({name: case}):
            answer = answer_of(exercise, exercise.solution)
        key = repr(plain(answer))
        kinds[key] = (case, answer, kinds[key][2] + 1 if key in kinds else 1)
    both = sum(n * (n - 1) for _, _, n in kinds.values())
    for (case, _, n), (_, other, m) in itertools.combinations(kinds.values(), 2):
        with using({name: case}):
            both += 2 * n * m * judge(name, other).passed
    return both / (DRAWS * (DRAWS - 1))


@pytest.mark.parametrize(
    "chapter",
    chapters.written(),
    ids=lambda c: c.stem,
)
def test_students_can_be_given_ten_thousand_variants(
    chapter: chapters.Chapter,
) -> None:
    """At least one exercise's answer depends on the draw, and its cases tell students apart."""
    found = []
    for exercise in cells.exercises(cells.read(chapter.notebook)):
        cases = find(exercise.identifier).cases
        if cases:
            found.append(shared(exercise) ** cases)
    assert found, (
        "say `cases=` beside the parameters of an exercise whose answer they change"
    )
    assert all(share <= 1e-4 for share in found), [1 / s for s in found]


@pytest.mark.parametrize("exercise", [p for p in ALL if cases_of(p)])
def test_the_right_answer_passes_whatever_is_drawn(exercise: ExerciseCells) -> None:
    """No draw lets the right answer look like a usual mistake."""
    name = exercise.identifier
    drawn = {
        repr(one): one for one in (draw(name, f"any {k}") for k in range(DRAWS))
    }
    for one in drawn.values():
        with using({name: one}):
            verdict = judge(name, answer_of(exercise, exercise.solution))
        assert verdict.passed, (one, verdict.message)


@pytest.mark.parametrize("exercise", [p for p in ALL if cases_of(p) == 1])
def test_one_draw_alone_tells_thousands_apart(exercise: ExerciseCells) -> None:
    """Of two thousand students at most ten have another's answer: far more than 10,000 differ."""
    answers = set()
    for k in range(2000):
        with using(
            {exercise.identifier: draw(exercise.identifier, f"student {k}")}
        ):
            answers.add(repr(plain(answer_of(exercise, exercise.solution))))
    assert len(answers) >= 1990
