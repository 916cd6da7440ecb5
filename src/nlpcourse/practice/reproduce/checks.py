"""The checks of chapter 40's exercises."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from nlpcourse.evaluation import mean_and_spread
from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    left_alone,
    numbers,
    parameters,
)
from nlpcourse.practice.reproduce.printed import steps_off
from nlpcourse.practice.reproduce.spread import could_be, t_quantile

# ------------------------------------------------------------------------------------- 40.1

FIGURES = [
    (0.8412, "0.84", True),
    (0.8458, "0.84", False),
    (0.8351, "0.84", True),
    (0.8349, "0.84", False),
    (0.8412, "0.840", False),
    (0.8402, "0.840", True),
    (92.76, "92.8", True),
    (92.76, "93", True),
    (92.4, "93", False),
    (-0.218, "-0.22", True),
    (0.218, "-0.22", False),
    (0.0, "0.00", True),
    (0.004, "0.00", True),
    (0.006, "0.00", False),
]
"""A number, a printed figure, and whether the one may have been printed as the other."""


@exercise("40.1")
def agreement(answer: Callable[[float, str], bool]) -> str:
    """Whether a number, rounded as the printed figure is, is that figure."""
    for value, text, right in FIGURES:
        got = answer(value, text)
        if type(got).__name__ not in ("bool", "bool_", "int") or got not in (0, 1):
            raise Hint(
                f"For {value} and {text!r} you gave back {got!r}. Is the answer yes or no, True or"
                " False?"
            )
        if bool(got) == right:
            continue
        if text.endswith("0") and float(text):
            raise Hint(
                f"{value} beside {text!r}: does the last zero say something, and is it still there"
                " once the text is a number?"
            )
        if (value < 0) != (float(text) < 0) and float(text):
            raise Hint(f"{value} beside {text!r}: which sign does each have?")
        raise Hint(
            f"{value} beside {text!r}: your answer is {bool(got)}. To how many digits is it"
            f" printed, and what is {value} to so many?"
        )
    return (
        "A table of two digits can't tell 0.836 from 0.844: a difference of one in the last digit"
        " may be a difference of next to nothing."
    )


# ------------------------------------------------------------------------------------- 40.2


def draw_runs(rng: random.Random) -> dict[str, Any]:
    """Draw five runs of a network and the quantile of t that belongs to them."""
    middle = rng.choice([0.90, 0.91, 0.92, 0.93])
    runs = [round(middle + 0.002 * rng.randint(-4, 4), 3) for _ in range(4)]
    runs.append(round(middle + 0.012, 3))
    return {"runs": runs, "t": round(t_quantile(0.975, 4), 4)}


@exercise("40.2", parameters=draw_runs, cases=3)
def next_run(answer: object) -> str:
    """Where one more run lies."""
    p = parameters("40.2")
    mean, spread = mean_and_spread(p["runs"])
    n, t = len(p["runs"]), p["t"]
    got = numbers(answer)
    if got is None or len(got) != 2:
        raise Hint(f"Two ends are asked for, and you have {answer!r}. Which two?")
    low, high = got

    def ends(far: float) -> bool:
        return close(low, mean - far, rel=1e-4) and close(
            high, mean + far, rel=1e-4
        )

    if ends(t * spread * math.sqrt(1 + 1 / n)):
        return (
            "About one in twenty runs of the same program falls outside, so of a table of twenty"
            " such figures one will look as if it could not be reproduced."
        )
    if ends(t * spread / math.sqrt(n)):
        raise Hint(
            "That is where the mean of many runs lies. Is one more run as sure as a mean?"
        )
    if ends(t * spread):
        raise Hint(
            "Your mean comes from five runs, and is not sure either. What does it add?"
        )
    if ends(spread * math.sqrt(1 + 1 / n)):
        raise Hint("What became of t?")
    shrunk = spread * math.sqrt((n - 1) / n)
    if ends(t * shrunk * math.sqrt(1 + 1 / n)):
        raise Hint(
            "The spread of a sample is divided by one less than n. By what is yours?"
        )
    raise Hint(
        f"You say {low:.4f} to {high:.4f}. What is the mean of {p['runs']}, and what their spread?"
    )


# ------------------------------------------------------------------------------------- 40.3

PAIRS = [
    ([1, 1, 1, 1, 1], [0, 0, 0, 0, 0]),
    ([1, 1, 0, 1], [0, 1, 1, 0]),
    ([1, 0, 1, 0, 1, 1], [1, 0, 0, 0, 0, 1]),
    ([0, 0, 1], [0, 0, 1]),
    ([0, 0, 0, 1, 0], [1, 1, 1, 1, 1]),
    ([1, 1, 1, 0, 1, 1, 0, 1], [0, 0, 1, 1, 0, 1, 0, 0]),
]
"""What two systems have right."""


def swap_share(
    first: Sequence[int], second: Sequence[int], sides: int = 2
) -> float:
    """Return the share of all ways to swap that set two systems as far apart, or farther."""
    gaps = [a - b for a, b in zip(first, second, strict=True)]
    seen = sum(gaps)
    hits = 0
    for signs in itertools.product((1, -1), repeat=len(gaps)):
        found = sum(s * g for s, g in zip(signs, gaps, strict=True))
        hits += abs(found) >= abs(seen) if sides == 2 else found >= seen
    return float(hits / 2 ** len(gaps))


@exercise("40.3")
def all_swaps(answer: Callable[[list[int], list[int]], float]) -> str:
    """The exact test of two systems by all swaps of their answers."""
    for first, second in PAIRS:
        given = list(first), list(second)
        got = answer(*given)
        left_alone(given, (list(first), list(second)), "lists")
        right = swap_share(first, second)
        if close(got, right):
            continue
        shown = f"For {first} and {second} you gave back {got!r}."
        if close(got, swap_share(first, second, sides=1)):
            raise Hint(
                f"{shown} Would you have been as surprised the other way round?"
            )
        if close(got, 2 ** len(first) * right):
            raise Hint(f"{shown} Is that a number of ways, or their share?")
        if first == second:
            raise Hint(
                f"{shown} How far apart are two systems with the same answers?"
            )
        beyond = [
            s
            for s in itertools.product((1, -1), repeat=len(first))
            if abs(
                sum(x * (a - b) for x, a, b in zip(s, first, second, strict=True))
            )
            > abs(sum(first) - sum(second))
        ]
        if close(got, len(beyond) / 2 ** len(first)):
            raise Hint(
                f"{shown} Do the ways that set them exactly as far apart count, too?"
            )
        raise Hint(
            f"{shown} There are {2 ** len(first)} ways to swap or not to swap. In how many are the"
            " numbers of right answers as far apart as they are, or farther?"
        )
    return (
        "Items that both have right, or both wrong, change nothing: only the disputed ones count."
        " For right and wrong this is McNemar's exact test; with F1 in its place it is"
        " approximate randomization."
    )


# ------------------------------------------------------------------------------------- 40.4

WORDS = ("same", "differs", "can't tell")


def _say(
    answer: Callable[[list[float], str], str], runs: list[float], text: str
) -> str:
    got = answer(list(runs), text)
    if got not in WORDS:
        raise Hint(f"Your verdict is {got!r}. Is it one of {', '.join(WORDS)}?")
    return str(got)


def shares(
    answer: Callable[[list[float], str], str],
    shift: float,
    runs: int,
    draws: int = 150,
) -> dict[str, float]:
    """Return how often each verdict falls where the paper's program is better by some spreads."""
    rng = random.Random(f"{shift} {runs}")
    found = dict.fromkeys(WORDS, 0)
    for _ in range(draws):
        centre, spread = rng.uniform(0.6, 0.9), 0.01
        mine = [rng.gauss(centre, spread) for _ in range(runs)]
        theirs = rng.gauss(centre + shift * spread, spread)
        found[_say(answer, mine, f"{theirs:.3f}")] += 1
    return {word: n / draws for word, n in found.items()}


@exercise("40.4")
def verdicts(answer: Callable[[list[float], str], str]) -> str:
    """Any rule that says same, differs or can't tell, and is right often enough."""
    if _say(answer, [0.8441], "0.84") != "same":
        raise Hint(
            "A single number of a program without chance, 0.8441, was printed as 0.84. Is that not"
            " the same?"
        )
    if _say(answer, [0.80], "0.84") == "same":
        raise Hint(
            "One run gave 0.80, and 0.84 is printed. On what ground are they the same?"
        )
    if _say(answer, [0.79, 0.80], "0.95") == "same":
        raise Hint(
            "Two runs gave 0.79 and 0.80, and 0.95 is printed. How much do two runs say?"
        )
    own = shares(answer, 0.0, 6)
    if own["differs"] > 0.15:
        raise Hint(
            "The paper ran the very same program, and your rule says 'differs' in"
            f" {own['differs']:.0%} of the cases. The printed figure is one run: how far"
            " does one run stray?"
        )
    if (unsure := own["can't tell"]) > 0.5:
        raise Hint(
            f"With six runs your rule can't tell in {unsure:.0%} of the cases. Then what"
            " would it need?"
        )
    far = shares(answer, 8.0, 6)
    if far["differs"] < 0.8:
        raise Hint(
            "The paper's program is better by eight spreads, and your rule notices in"
            f" {far['differs']:.0%} of the cases. What would it take to say 'differs'?"
        )
    return (
        "A rule like this is written down before the first run. Afterwards there is always one"
        " under which the result looks the way one hoped."
    )


def usual_rule(runs: Sequence[float], text: str) -> str:
    """Return the verdict of the chapter's report, in the words of the exercise.

    >>> usual_rule([0.844], "0.84"), usual_rule([0.8], "0.84")
    ('same', "can't tell")
    """
    if steps_off(mean_and_spread(runs)[0], text) == 0:
        return "same"
    if len(runs) < 3:
        return "can't tell"
    return "same" if could_be(runs, text) else "differs"
