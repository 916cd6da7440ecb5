"""The instant check of every exercise.

A check is a function that takes the learner's answer, asks a question (``raise Hint("…?")``)
when the answer is wrong, and returns one more fact when it is right:

>>> @exercise("00.1")
... def double(answer):
...     if answer(3) == 9:
...         raise Hint("Did you square where the exercise asks you to double?")
...     if answer(3) != 6:
...         raise Hint("What should twice three be?")
...     return "Doubling is a shift by one bit."
>>> judge("00.1", lambda x: x * x).message
'Did you square where the exercise asks you to double?'
>>> judge("00.1", lambda x: x + x).passed
True

This room uses the standard library alone: it also runs inside the page.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import math
import random
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlpcourse.course import chapters

Check = Callable[[Any], str]
Draw = Callable[[random.Random], dict[str, Any]]

STARTER_LINE = "...  # your code here"


class Hint(Exception):
    """A question that points at the mistake; raised by a check."""


@dataclass(frozen=True)
class Verdict:
    """What a check says of an answer: passed or not, and the question or the new fact."""

    passed: bool
    message: str

    def __str__(self) -> str:
        return f"{'✓' if self.passed else '✗'} {self.message}"


@dataclass(frozen=True)
class Exercise:
    """A registered check and, where the exercise has variants, how its parameters are drawn."""

    identifier: str
    check: Check
    draw: Draw | None
    cases: int = 0


_registry: dict[str, Exercise] = {}


def exercise(
    identifier: str, parameters: Draw | None = None, cases: int = 0
) -> Callable[[Check], Check]:
    """Register the decorated function as the check of exercise *identifier* ("02.1").

    Args:
        identifier: chapter number, a full stop, number within the chapter.
        parameters: draws the exercise's parameters from a random generator; see
            :func:`nlpcourse.exercises.parameters`.
        cases: how many draws a student's own variant asks for, so many that two students in ten
            thousand share their answers at most; 0 where the answer does not depend on the draw.
    """

    def register(check: Check) -> Check:
        _registry[identifier] = Exercise(identifier, check, parameters, cases)
        return check

    return register


def find(identifier: str) -> Exercise:
    """Return the exercise, importing its chapter's checks first.

    Raises:
        KeyError: no chapter has an exercise of that number; the message lists those it has.
    """
    if identifier not in _registry:
        for chapter in chapters.written():
            if chapter.number == identifier.split(".")[0]:
                importlib.import_module(f"{chapter.module}.checks")
    if identifier not in _registry:
        known = sorted(
            k for k in _registry if k.startswith(identifier.split(".")[0] + ".")
        )
        have = f"it has {', '.join(known)}" if known else "that chapter has none"
        raise KeyError(f"there is no exercise {identifier!r}; {have}")
    return _registry[identifier]


Given = dict[str, Any] | list[dict[str, Any]]
_given: dict[str, Given] = {}


def parameters(identifier: str) -> dict[str, Any]:
    """Return the parameters of an exercise: those that were given, else the public ones.

    Raises:
        KeyError: the exercise does not exist or declares no parameters.
    """
    found = find(identifier)
    if found.draw is None:
        raise KeyError(f"exercise {identifier!r} declares no parameters")
    mine = _given.get(identifier)
    if mine is None:
        return found.draw(random.Random("default"))
    return copy.deepcopy(mine[0] if isinstance(mine, list) else mine)


def given(identifier: str, values: Any) -> Any:
    """Let an exercise have these parameters from now on, and return them.

    A class's own notebooks say it, with the numbers that their student was handed.  A list holds
    several cases, and the answer is then the list of their answers.

    >>> given("11.1", [{"spam_share": 0.01}, {"spam_share": 0.02}])[1]
    {'spam_share': 0.02}
    >>> del _given["11.1"]
    """
    _given[identifier] = copy.deepcopy(values)
    return values


@contextlib.contextmanager
def using(drawn: Mapping[str, Given]) -> Iterator[None]:
    """Give exercises these parameters while the block runs.

    >>> with using({"11.1": {"spam_share": 0.5}}):
    ...     parameters("11.1")
    {'spam_share': 0.5}
    """
    before = dict(_given)
    _given.update(drawn)
    try:
        yield
    finally:
        _given.clear()
        _given.update(before)


class _Watched:
    """The learner's function, watched: which arguments it was given, and what it gave back."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        functools.update_wrapper(self, answer)
        self.answer = answer
        self.__name__ = getattr(answer, "__name__", "your function")
        self.last_result: Any = None
        self.last_call = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.last_result = None
        self.last_call = f"{self.__name__}({_arguments(args, kwargs)})"
        result = self.answer(*args, **kwargs)
        if result is None or result is Ellipsis:
            raise Hint(
                f"{self.last_call} gave back {result!r}. "
                "Is there a line that returns the result yet?"
            )
        self.last_result = result
        return result


def _arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    shown = [_shorten(value, 60) for value in args]
    shown += [f"{name}={_shorten(value, 60)}" for name, value in kwargs.items()]
    return ", ".join(shown)


def _shorten(value: Any, limit: int = 80) -> str:
    """Return ``repr(value)`` on one line, cut at *limit*; an object's own fault never escapes."""
    try:
        text = " ".join(repr(value).split())
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"


# ------------------------------------------------------------------------ comparing answers


def number(value: Any) -> float | None:
    """Return *value* as a float where it is one number of any kind; None where it is not.

    A learner may hand in an ``int``, a ``Fraction``, a ``Decimal``, a scalar of NumPy or PyTorch,
    or an array that holds one number.  Truth values and texts are no numbers.

    >>> from fractions import Fraction
    >>> number(Fraction(1, 4)), number(True), number("7"), number([7])
    (0.25, None, None, None)
    """
    if isinstance(value, bool | str | bytes) or type(value).__name__ in {
        "bool_",
        "bool",
    }:
        return None
    shape = getattr(value, "shape", None)
    if shape is not None:  # an array or a scalar of NumPy or PyTorch
        if "bool" in str(getattr(value, "dtype", "")) or len(shape) > 0:
            return None
        value = value.item()
    if isinstance(value, complex) or not hasattr(value, "__float__"):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def numbers(value: Any) -> list[float] | None:
    """Return all numbers of a sequence, an array or a tensor in order; None where one is none.

    >>> numbers([[1, 2], (3.5,)]), numbers("12"), numbers([1, "2"])
    ([1.0, 2.0, 3.5], None, None)
    """
    if isinstance(value, str | bytes | Mapping | set | frozenset):
        return None
    if hasattr(value, "tolist"):
        value = (
            value.detach().tolist() if hasattr(value, "detach") else value.tolist()
        )
    if (single := number(value)) is not None:
        return [single]
    try:
        parts = [numbers(part) for part in value]
    except TypeError:
        return None
    if any(part is None for part in parts):
        return None
    return [item for part in parts if part is not None for item in part]


def close(got: Any, expected: float, rel: float = 1e-5, abs: float = 1e-8) -> bool:
    """Return whether *got* is a number of any kind that equals *expected* but for rounding.

    Numbers of 32 bits are close to the same in 64.  NaN is close to nothing, not even to NaN.

    >>> close(0.1 + 0.2, 0.3), close(float("nan"), float("nan")), close("0.3", 0.3)
    (True, False, False)
    """
    found = number(got)
    return found is not None and math.isclose(
        found, float(expected), rel_tol=rel, abs_tol=abs
    )


def all_close(
    got: Any, expected: Iterable[float], rel: float = 1e-5, abs: float = 1e-8
) -> bool:
    """Return whether *got* holds the *expected* numbers in order, in any kind of sequence.

    >>> all_close((1, 2.0), [1, 2]), all_close([1], [1, 2]), all_close(1, [1, 2])
    (True, False, False)
    """
    found, wanted = numbers(got), numbers(expected)
    return (
        found is not None
        and wanted is not None
        and len(found) == len(wanted)
        and all(
            close(one, other, rel, abs)
            for one, other in zip(found, wanted, strict=True)
        )
    )


def same_items(got: Any, expected: Sequence[Any]) -> bool:
    """Return whether *got* is a sequence with the *expected* items in order, whatever its kind.

    >>> same_items(("a", "b"), ["a", "b"]), same_items("ab", ["a", "b"]), same_items([], ["a"])
    (True, False, False)
    """
    if isinstance(got, str | bytes | Mapping | set | frozenset) or got is None:
        return False
    if hasattr(got, "tolist"):
        got = got.tolist()
    try:
        items = list(got)
    except TypeError:
        return False
    if len(items) != len(expected):
        return False
    return all(
        _same(one, other) for one, other in zip(items, expected, strict=True)
    )


def _same(one: Any, other: Any) -> bool:
    """Compare two items: sequences by their items, numbers by value, all else by ``==``."""
    if isinstance(other, list | tuple):
        return same_items(one, other)
    wanted = number(other)
    if wanted is not None:
        return close(one, wanted, rel=1e-9)
    return type(one) is type(other) and bool(one == other)


# --------------------------------------------------------------- questions of several chapters


def not_in_per_cent(got: Any, share: float) -> None:
    """Ask a question where *got* is the right share of 1, turned into per cent.

    Raises:
        Hint: it is.

    >>> not_in_per_cent(0.25, 0.25)
    >>> not_in_per_cent(25, 0.25)
    Traceback (most recent call last):
    nlpcourse.exercises.Hint: Is a share of 1 not everything? Did you turn yours into per cent?
    """
    if close(got, 100 * share):
        raise Hint(
            "Is a share of 1 not everything? Did you turn yours into per cent?"
        )


def left_alone(given: Any, before: Any, what: str = "list") -> None:
    """Ask a question where a function changed *given*, which was equal to *before*.

    Args:
        given: what the learner's function was given, after the call.
        before: an equal object that it was not given.
        what: its kind, in a word.

    Raises:
        Hint: the two are no longer equal.

    >>> left_alone([1, 2], [1, 2])
    >>> left_alone({}, {"a": 1}, "map")
    Traceback (most recent call last):
    nlpcourse.exercises.Hint: Your function changed the map that it was given. Who else may hold it?
    """
    if given != before:
        raise Hint(
            f"Your function changed the {what} that it was given. Who else may hold it?"
        )


# ------------------------------------------------------------------------------- the verdict


def judge(identifier: str, answer: Any) -> Verdict:
    """Return the verdict of the check of exercise *identifier* on the learner's *answer*.

    An answer that is ``None`` or ``...``, and code that raises, are met with a question, too.
    Where several cases were given, the answer is the list of their answers.

    Raises:
        KeyError: there is no such exercise; the message lists those that there are.
    """
    found = find(identifier)
    cases = _given.get(identifier)
    if isinstance(cases, list):
        return _judge_cases(identifier, cases, answer)
    if answer is None or answer is Ellipsis:
        return Verdict(
            False,
            f"Your answer is still {answer!r}. What should stand in its place?",
        )
    if callable(answer) and not isinstance(answer, type):
        answer = _Watched(answer)
    try:
        lesson = found.check(answer)
    except Hint as hint:
        return Verdict(False, str(hint))
    except RecursionError:
        return Verdict(
            False,
            f"{getattr(answer, 'last_call', 'Your code')} called itself without end. "
            "Which case should stop it?",
        )
    except Exception as error:
        return Verdict(False, _explain(error, answer))
    return Verdict(True, lesson)


def _judge_cases(
    identifier: str, cases: list[dict[str, Any]], answer: Any
) -> Verdict:
    """Judge the answer to each case; return the first that is wrong, else the last."""
    parts = answers_of(answer, len(cases))
    if parts is None:
        return Verdict(
            False,
            f"There are {len(cases)} cases. Is your answer a list that holds one for each of them?",
        )
    verdict = Verdict(False, "Are there no cases?")
    for place, (case, part) in enumerate(zip(cases, parts, strict=True)):
        with using({identifier: case}):
            verdict = judge(identifier, part)
        if not verdict.passed:
            return Verdict(
                False, f"Case {place + 1} of {len(cases)}: {verdict.message}"
            )
    return verdict


def answers_of(answer: Any, cases: int) -> list[Any] | None:
    """Return the answers to so many cases; None where *answer* is no sequence of so many.

    >>> answers_of([1, 2], 2), answers_of([1, 2], 3), answers_of("ab", 2)
    ([1, 2], None, None)
    """
    if isinstance(answer, str | bytes | Mapping | set | frozenset):
        return None
    try:
        parts = list(answer)
    except TypeError:
        return None
    return parts if len(parts) == cases else None


def _explain(error: Exception, answer: Any) -> str:
    """Turn an exception into a question: about the input that raised it, or what came back."""
    if not isinstance(answer, _Watched):
        return (
            f"The check can't go on with {_shorten(answer)} ({error}). "
            "What kind of value does the exercise ask for?"
        )
    if answer.last_result is not None:
        return (
            f"{answer.last_call} gave back {_shorten(answer.last_result)}, and the check can't go "
            f"on with that ({error}). What kind of value does the exercise ask for?"
        )
    code = getattr(answer.answer, "__code__", None)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if code is not None
        and (frame.filename, frame.name) == (code.co_filename, code.co_name)
        and frame.lineno is not None
    ]
    where = f" on line {lines[-1]} of your cell" if lines else ""
    return (
        f"{answer.last_call or answer.__name__} raised {type(error).__name__}: {error}{where}. "
        "Which value did you expect there, and which one arrived?"
    )


def check(identifier: str, answer: Any) -> None:
    """Print the verdict on the learner's *answer* to exercise *identifier*.

    Raises:
        KeyError: there is no such exercise; the message lists those that there are.
    """
    print(textwrap.fill(str(judge(identifier, answer)), 80, break_long_words=False))
