"""What the model can't do, counted: sums and copies of numbers, by their length."""

from __future__ import annotations

import random

from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.llm.chat import spell
from nlpcourse.transformers.llm.scoring import continuation_costs

KINDS = ("copy", "sum")


def problem(kind: str, digits: int, rng: random.Random) -> tuple[str, str]:
    """Return a problem and its solution, both numbers of so many digits.

    Raises:
        ValueError: there is no such kind, or no digit.

    >>> problem("sum", 2, random.Random(0))
    ('59 + 63 =', '122')
    """
    if kind not in KINDS or digits < 1:
        raise ValueError(
            f"no problem is a {kind!r} of {digits} digits; choose from {list(KINDS)}, 1 or more"
        )
    low, high = 10 ** (digits - 1), 10**digits - 1
    a, b = rng.randint(low, high), rng.randint(low, high)
    if kind == "copy":
        return f"{a} =", str(a)
    return f"{a} + {b} =", str(a + b)


def problems(
    kind: str, digits: int, number: int, shown: int = 3
) -> list[tuple[str, str]]:
    """Return prompts with *shown* solved problems before the open one, and their solutions.

    Raises:
        ValueError: *number* or *shown* is below 0, or there is no such problem.
    """
    if number < 0 or shown < 0:
        raise ValueError(f"{number} problems after {shown} others can't be made")
    rng = random.Random(f"{kind} {digits}")
    found = []
    for _ in range(number):
        solved = [" ".join(problem(kind, digits, rng)) for _ in range(shown)]
        asked, solution = problem(kind, digits, rng)
        found.append(("\n".join([*solved, asked]), solution))
    return found


def written_right(smol: Smol, asked: list[tuple[str, str]]) -> list[bool]:
    """Return for each prompt whether the likeliest tokens would have spelt the whole solution.

    Nothing is written: one pass tells for every token of the solution whether it is the likeliest
    after the right ones before it, and where all are, these are what greedy search would write.

    Raises:
        ValueError: nothing is asked.
    """
    if not asked:
        raise ValueError("nothing is asked; give one prompt or more")
    prompts = [spell(smol, prompt) for prompt, _ in asked]
    ids = [
        [*prompt, *spell(smol, f" {solution}\n")]
        for prompt, (_, solution) in zip(prompts, asked, strict=True)
    ]
    rows = continuation_costs(smol.model, ids, [len(p) for p in prompts])
    return [bool(likeliest.all()) for _, likeliest in rows]
