"""Instant checks of chapter 07, Regular expressions and finite-state automata."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, parameters

# ── 07.1 · run a table ────────────────────────────────────────────────────────────────────────────

Table = Mapping[tuple[int, str], int]

LAUGH: dict[tuple[int, str], int] = {(0, "h"): 1, (1, "a"): 2, (2, "h"): 1}
"""The machine of the chapter's first page; state 2 accepts."""


def is_truth(value: object) -> bool:
    """Return whether *value* is true or false and nothing else."""
    return isinstance(value, bool) or type(value).__name__ in {"bool_", "bool"}


@exercise("07.1")
def run_table(answer: Callable[[Table, set[int], str], bool]) -> str:
    """Whether a machine without traps accepts a text."""

    def ask(table: Table, ends: set[int], text: str) -> bool:
        try:
            got = answer(dict(table), set(ends), text)
        except KeyError:
            raise Hint(
                f"For {text!r} a pair of state and character is not in the table. What does a "
                "missing arc say of the text?"
            ) from None
        if not is_truth(got):
            raise Hint(
                f"For {text!r} you gave back {got!r}. Is the answer True or False?"
            )
        return bool(got)

    cases = [
        (
            "ha",
            True,
            "Is the state after the last character among the accepting ones?",
        ),
        ("hah", False, "Did you ask whether *some* state on the way accepts?"),
        (
            "",
            False,
            "The empty text leaves the machine in state 0. Does that accept?",
        ),
        ("hahaha", True, "How far did the loop over the characters come?"),
        (
            "hax",
            False,
            "A missing arc ends the run. Did you go on, or stop too late?",
        ),
        (
            "haxha",
            False,
            "After a missing arc, may a later character bring it back?",
        ),
        ("aha", False, "No arc leaves state 0 with 'a'. What follows from that?"),
    ]
    for text, right, question in cases:
        if ask(LAUGH, {2}, text) != right:
            raise Hint(
                f"The laugh machine should answer {right} for {text!r}. {question}"
            )
    if not ask({(0, "a"): 0}, {0}, ""):
        raise Hint("State 0 accepts here. What does that say of the empty text?")
    rng = random.Random(7)
    for _ in range(40):
        table = {
            (s, c): rng.randrange(4)
            for s in range(4)
            for c in "ab"
            if rng.random() < 0.8
        }
        ends = set(rng.sample(range(4), 2))
        text = "".join(rng.choices("ab", k=rng.randrange(8)))
        if ask(table, ends, text) != _runs(table, ends, text):
            raise Hint(
                f"With {table!r}, accepting {ends!r}, {text!r} is not right yet. Which state "
                "comes after each character?"
            )
    return (
        "Ken Thompson's program of 1968 went one step further: it translated the pattern into "
        "machine code of an IBM 7094 and ran that, so the table was the program."
    )


def _runs(table: Table, ends: set[int], text: str) -> bool:
    state: int | None = 0
    for char in text:
        state = None if state is None else table.get((state, char))
    return state in ends


# ── 07.2 · how many texts ─────────────────────────────────────────────────────────────────────────


def draw_language(rng: random.Random) -> dict[str, Any]:
    """Draw a pattern over a and b, and a length."""
    patterns = ["(a|b)*aa(a|b)*", "(b|ab)*a?", "(a|b)*ab", "b*(ab*ab*)*", "(aa|b)*"]
    return {"pattern": rng.choice(patterns), "length": rng.choice([6, 7, 8, 9])}


@exercise("07.2", parameters=draw_language, cases=4)
def how_many(answer: object) -> str:
    """Count the texts of a length that the class's own pattern accepts."""
    drawn = parameters("07.2")
    pattern, length = drawn["pattern"], drawn["length"]

    def count(size: int) -> int:
        texts = map("".join, itertools.product("ab", repeat=size))
        return sum(re.fullmatch(pattern, text) is not None for text in texts)

    right = count(length)
    if close(answer, right):
        return (
            "A machine counts without listing: keep for each state how many texts lead to it, "
            "and move the counts along the arcs. Length a thousand takes a thousand steps."
        )
    if close(answer, 2**length):
        raise Hint(
            "That is how many texts there are. How many of them does it accept?"
        )
    if close(answer, 2**length - right):
        raise Hint("Are those the texts that it accepts, or those that it refuses?")
    if close(answer, sum(map(count, range(length + 1)))):
        raise Hint("You counted the shorter texts, too. Which length is asked for?")
    if close(answer, right / 2**length):
        raise Hint("That is a share. Out of how many texts?")
    raise Hint(
        f"For {pattern} and length {length} your answer is {answer!r}. Of the texts of length 2 "
        f"it accepts {count(2)}: does your way of counting find them?"
    )


# ── 07.3 · several states at once ─────────────────────────────────────────────────────────────────

Arcs = Mapping[tuple[int, str], set[int]]


def _simulate(arcs: Arcs, ends: set[int], text: str) -> bool:
    states = {0}
    for char in text:
        states = {after for s in states for after in arcs.get((s, char), ())}
    return bool(states & ends)


@exercise("07.3")
def simulate(answer: Callable[[Arcs, set[int], str], bool]) -> str:
    """Whether an NFA without empty arcs accepts a text, in linear time."""

    def ask(arcs: Arcs, ends: set[int], text: str) -> bool:
        try:
            got = answer({k: set(v) for k, v in arcs.items()}, set(ends), text)
        except KeyError:
            raise Hint(
                f"For {text[:20]!r} a pair of state and character has no arcs. Which states come "
                "after it then?"
            ) from None
        if not is_truth(got):
            raise Hint(
                f"For {text[:20]!r} you gave back {got!r}. Is the answer True or False?"
            )
        return bool(got)

    third: Arcs = {
        (0, "a"): {0, 1}, (0, "b"): {0}, (1, "a"): {2}, (1, "b"): {2}, (2, "a"): {3}, (2, "b"): {3},
    }  # fmt: skip
    cases = [
        ("abb", True, "Do you follow both arcs that leave state 0 with 'a'?"),
        ("bbb", False, "Which states can it be in after 'bbb'?"),
        ("aabb", True, "Did you forget a state when the set moved on?"),
        (
            "abbb",
            False,
            "It was in state 3 once, and the text went on. Is it still there?",
        ),
        ("", False, "With nothing read it is in state 0. Does that accept?"),
        ("ab", False, "Is a state that could still reach the end already an end?"),
    ]
    for text, right, question in cases:
        if ask(third, {3}, text) != right:
            raise Hint(
                f"'Third from the end is a' should be {right} for {text!r}. {question}"
            )
    rng = random.Random(3)
    for _ in range(40):
        arcs = {
            (s, c): set(rng.sample(range(5), rng.randrange(3)))
            for s in range(5)
            for c in "ab"
        }
        ends = set(rng.sample(range(5), 2))
        text = "".join(rng.choices("ab", k=rng.randrange(7)))
        if ask(arcs, ends, text) != _simulate(arcs, ends, text):
            raise Hint(
                f"With {arcs!r}, accepting {ends!r}, {text!r} is not right yet. In which states "
                "can it be after each character?"
            )
    many: Arcs = {(s, "a"): {0, 1, 2} for s in range(3)}
    try:
        long = ask(many, {3}, "a" * 3000)
    except RecursionError:
        raise Hint(
            "Three thousand characters were too deep. Can a loop over the characters keep a set "
            "of states, instead of a call for every arc?"
        ) from None
    if long:
        raise Hint(
            "No arc leads to state 3 there. How did the machine come into it?"
        )
    return (
        "The set holds each state once, however many ways lead to it. That is why the time grows "
        "with the length of the text, where trying one way after the other can take 3 to the "
        "power of 3,000 tries."
    )


# ── 07.4 · doubled consonants ─────────────────────────────────────────────────────────────────────

VERBS = {
    "stop": "stopped", "plan": "planned", "beg": "begged", "walk": "walked", "need": "needed",
    "rain": "rained", "bake": "baked", "agree": "agreed", "try": "tried", "play": "played",
    "fix": "fixed", "show": "showed",
}  # fmt: skip
"""Verbs to look at, with their past tense."""

JUDGED = {
    "drop": "dropped", "nod": "nodded", "grin": "grinned", "jump": "jumped", "look": "looked",
    "wait": "waited", "dance": "danced", "free": "freed", "carry": "carried", "stay": "stayed",
    "mix": "mixed", "sew": "sewed", "rub": "rubbed", "ask": "asked", "cheer": "cheered",
}  # fmt: skip
"""Other verbs, on which the check looks as well."""


def wrong_verbs(
    answer: Callable[[str], str], verbs: Mapping[str, str]
) -> dict[str, Any]:
    """Return the verbs that an answer spells wrongly, with what it gives."""
    given = {verb: answer(verb) for verb in verbs}
    for verb, got in given.items():
        if not isinstance(got, str):
            raise Hint(f"For {verb!r} you gave back {got!r}. Is it a word?")
    return {verb: got for verb, got in given.items() if got != verbs[verb]}


@exercise("07.4")
def past_tense(answer: Callable[[str], str]) -> str:
    """Any rules at all, as long as they spell the verbs right."""
    questions = {
        "stop": "Which letters stand before the doubled one, and how many vowels are there?",
        "need": "Two vowels stand before its last letter. Is it doubled then?",
        "walk": "Its last two letters are consonants. Is the last one doubled?",
        "fix": "Which consonants are never doubled?",
        "bake": "Where did the e go?",
        "agree": "How many e does the past tense have?",
        "try": "What becomes of y after a consonant?",
        "play": "What becomes of y after a vowel?",
    }
    wrong = wrong_verbs(answer, VERBS)
    if not wrong:
        wrong = wrong_verbs(answer, JUDGED)
        if wrong:
            verb = next(iter(wrong))
            raise Hint(
                f"The verbs shown are right. Another one, {verb!r}, becomes {wrong[verb]!r}. "
                "Does a rule of yours say more than you meant?"
            )
    if wrong:
        verb = next((v for v in questions if v in wrong), next(iter(wrong)))
        right = len(VERBS) - len(wrong)
        raise Hint(
            f"{right} of {len(VERBS)} are right; {verb!r} becomes {wrong[verb]!r}. "
            + questions.get(verb, "Which rule spoke here, and should it have?")
        )
    return (
        "Your rules look at letters alone. For longer verbs English looks at the stress: "
        "'visited' with one t and 'admitted' with two, and no machine can see that in spelling."
    )
