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

import functools
import importlib
import importlib.util
import os
import random
import textwrap
import tomllib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nlpcourse.paths import data_dir

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


_registry: dict[str, Exercise] = {}


def exercise(
    identifier: str, parameters: Draw | None = None
) -> Callable[[Check], Check]:
    """Register the decorated function as the check of exercise *identifier* ("02.1").

    Args:
        identifier: chapter number, a full stop, number within the chapter.
        parameters: draws the exercise's parameters from a random generator; see
            :func:`nlpcourse.checks.parameters`.
    """

    def register(check: Check) -> Check:
        _registry[identifier] = Exercise(identifier, check, parameters)
        return check

    return register


def find(identifier: str) -> Exercise:
    """Return the exercise, importing its chapter's room of checks first.

    Raises:
        KeyError: no chapter has an exercise of that number; the message lists those it has.
    """
    if identifier not in _registry:
        chapter = identifier.split(".")[0]
        registry = tomllib.loads(
            (data_dir() / "chapters.toml").read_text(encoding="utf-8")
        )
        for entry in registry["chapter"]:
            room = f"nlpcourse.checks.{entry['room']}"
            if entry["number"] == chapter and importlib.util.find_spec(room):
                importlib.import_module(room)
    if identifier not in _registry:
        known = sorted(
            k for k in _registry if k.startswith(identifier.split(".")[0] + ".")
        )
        have = f"it has {', '.join(known)}" if known else "that chapter has none"
        raise KeyError(f"there is no exercise {identifier!r}; {have}")
    return _registry[identifier]


def parameters(identifier: str) -> dict[str, Any]:
    """Return the parameters of an exercise: the public ones, or those of a class's variant.

    The environment variable ``NLPCOURSE_VARIANT`` (any text, such as a group's name) seeds the
    draw, so that prompt, solution and tests of one copy agree and two classes differ.

    Raises:
        KeyError: the exercise does not exist or declares no parameters.
    """
    found = find(identifier)
    if found.draw is None:
        raise KeyError(f"exercise {identifier!r} declares no parameters")
    variant = os.environ.get("NLPCOURSE_VARIANT", "default")
    return found.draw(
        random.Random(
            f"{variant}/{identifier}" if variant != "default" else variant
        )
    )


class _Watched:
    """The learner's function, watched: a forgotten ``return`` becomes a question."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        functools.update_wrapper(self, answer)
        self.answer = answer
        self.__name__ = getattr(answer, "__name__", "your function")
        self.last_result: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.last_result = None
        result = self.answer(*args, **kwargs)
        if result is None or result is Ellipsis:
            raise Hint(
                f"{self.__name__} gave back {result!r} for {_shorten(args)}. "
                "Is there a line that returns the result yet?"
            )
        self.last_result = result
        return result


def _shorten(value: Any, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def judge(identifier: str, answer: Any) -> Verdict:
    """Return the verdict of the check of exercise *identifier* on the learner's *answer*.

    An answer that is ``None`` or ``...``, and code that raises, are met with a question too;
    an unknown exercise raises KeyError.
    """
    found = find(identifier)
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
    except Exception as error:
        return Verdict(False, _explain(error, answer))
    return Verdict(True, lesson)


def _explain(error: Exception, answer: Any) -> str:
    """Turn an exception into a question: about the learner's line, or about what came back."""
    code = getattr(getattr(answer, "answer", answer), "__code__", None)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if code is not None
        and (frame.filename, frame.name) == (code.co_filename, code.co_name)
        and frame.lineno is not None
    ]
    if lines or getattr(answer, "last_result", None) is None:
        where = f" on line {lines[-1]} of your cell" if lines else ""
        return (
            f"Your code raised {type(error).__name__}: {error}{where}. "
            "Which value did you expect there, and which one arrived?"
        )
    return (
        f"{answer.__name__} gave back {_shorten(answer.last_result)}, and the check can't go on "
        f"with that ({error}). What kind of value does the exercise ask for?"
    )


def check(identifier: str, answer: Any) -> None:
    """Print the verdict on the learner's *answer* to exercise *identifier*."""
    print(textwrap.fill(str(judge(identifier, answer)), 80, break_long_words=False))
