"""Transfer learning with Hugging Face: the instant checks of the exercises."""

from __future__ import annotations

from collections.abc import Callable

from nlpcourse.exercises import Hint, exercise


@exercise("33.1")
def first(answer: Callable[[str], int]) -> str:
    """Ask a question where the answer is wrong; return one more fact where it is right."""
    if answer("") != 0:
        raise Hint("What should come back for an empty text?")
    return "An empty text is the case that most programs forget."
