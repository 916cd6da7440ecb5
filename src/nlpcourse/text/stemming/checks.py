"""Instant checks of chapter 03, Stemming and lemmatization."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

from nlpcourse.exercises import (
    Hint,
    all_close,
    close,
    exercise,
    not_in_per_cent,
    number,
    parameters,
)
from nlpcourse.text.stemming.porter import stem

# ── 03.1 · the measure ────────────────────────────────────────────────────────────────────────────


def _measure(word: str) -> int:
    """Count the places where a vowel is followed by a consonant."""
    m, before = 0, ""
    for letter in word:
        vowel = letter in "aeiou" or (letter == "y" and before == "c")
        m += before == "v" and not vowel
        before = "v" if vowel else "c"
    return m


@exercise("03.1")
def measure(answer: Callable[[str], int]) -> str:
    """Porter's measure of a word of the letters a to x and z."""
    words = [
        "",
        "tree",
        "oat",
        "trouble",
        "troubles",
        "private",
        "oaten",
        "eee",
        "strength",
    ]
    rng = random.Random(31)
    words += [
        "".join(rng.choices("aeioubcdlnrst", k=rng.randrange(12)))
        for _ in range(60)
    ]
    for word in words:
        got, right = answer(word), _measure(word)
        if close(got, right):
            continue
        if number(got) is None:
            raise Hint(
                f"For {word!r} you gave {got!r:.60}. Is that a number of pairs?"
            )
        if close(got, sum(letter in "aeiou" for letter in word)):
            raise Hint(
                f"{word!r} has measure {right}, and you counted its vowels. After which of them "
                "does a consonant come at once?"
            )
        raise Hint(
            f"For {word!r} you gave {got!r:.60}. Written with v and c, how often does v stand "
            "directly before c?"
        )
    return (
        "The measure has no linguistic basis, Porter wrote: it was merely found that it decides "
        "quite well whether a suffix can be cut."
    )


# ── 03.2 · how much smaller the index gets ────────────────────────────────────────────────────────

_FAMILIES = [
    ["connect", "connected", "connecting", "connection", "connections"],
    ["relate", "related", "relates", "relating"],
    ["hope", "hopes", "hoping", "hopeful"],
    ["mouse", "mice"],
    ["run", "runs", "running", "ran"],
    ["happy", "happily", "happiness"],
    ["argue", "argued", "argues", "argument"],
    ["stone", "stones", "stoned"],
]


def draw_words(rng: random.Random) -> dict[str, Any]:
    """Draw words, some of which share a stem."""
    chosen = rng.sample(_FAMILIES, 6)
    words = [
        word
        for family in chosen
        for word in rng.sample(family, max(2, len(family) - 1))
    ]
    rng.shuffle(words)
    return {"words": words}


@exercise("03.2", parameters=draw_words, cases=5)
def compression(answer: object) -> str:
    """The share of index entries that stemming saves, for the class's own words."""
    words = parameters("03.2")["words"]
    n, s = len(words), len({stem(word) for word in words})
    right = (n - s) / n
    if not close(answer, right):
        not_in_per_cent(answer, right)
        raise _saved_wrongly(answer, n, s)
    return (
        "This share is called the index compression factor. Porter's own vocabulary of ten "
        "thousand words gave 6370 stems: the stemmer saved about a third of the entries."
    )


def _saved_wrongly(answer: object, n: int, s: int) -> Hint:
    """Return the question for a share that is not (n − s) / n."""
    if close(answer, s / n):
        return Hint(
            "That is the share of entries that stay. How large is the share saved?"
        )
    if close(answer, n - s) or close(answer, s):
        return Hint(
            f"You gave {answer!r:.40}, a number of entries. Of how many words is it a share?"
        )
    if close(answer, (n - s) / s):
        return Hint("You divided by the stems. How many entries were there before?")
    return Hint(
        f"The index has {n} entries before. You gave {answer!r:.60}. How many different stems "
        "are there, and what share of the entries goes?"
    )


# ── 03.3 · two kinds of mistakes ──────────────────────────────────────────────────────────────────


def _mistakes(
    groups: Sequence[Sequence[str]], stem_of: Mapping[str, str]
) -> tuple[int, int]:
    """Count pair by pair: left apart within a group, joined across groups."""
    home = {word: i for i, group in enumerate(groups) for word in group}
    apart = joined = 0
    for one, other in combinations(home, 2):
        same = stem_of[one] == stem_of[other]
        apart += home[one] == home[other] and not same
        joined += home[one] != home[other] and same
    return apart, joined


@exercise("03.3")
def mistakes(
    answer: Callable[[list[list[str]], dict[str, str]], Sequence[int]],
) -> str:
    """Pairs left apart, and pairs joined wrongly."""
    small = [["run", "runs", "ran"], ["rune", "runes"]]
    cut = {word: word[:3] for group in small for word in group}
    cases = [(small, cut), ([["a"], ["b"]], {"a": "x", "b": "x"})]
    rng = random.Random(33)
    for _ in range(40):
        names = iter("abcdefghijklmnopqrst")
        groups = [
            [next(names) for _ in range(rng.randrange(1, 5))]
            for _ in range(rng.randrange(2, 5))
        ]
        flat = [word for group in groups for word in group]
        cases.append((groups, {word: rng.choice("xyz") for word in flat}))
    for groups, stem_of in cases:
        got = answer([list(group) for group in groups], dict(stem_of))
        apart, joined = _mistakes(groups, stem_of)
        if all_close(got, [apart, joined]):
            continue
        shown = f"For {groups!r:.200} with the stems {stem_of!r:.200}"
        if all_close(got, [joined, apart]):
            raise Hint(
                f"{shown} the two numbers came in the other order. Which is first?"
            )
        if all_close(got, [2 * apart, 2 * joined]):
            raise Hint(
                f"{shown} every pair was counted twice. Is (a, b) another than (b, a)?"
            )
        raise Hint(
            f"{shown} you gave {got!r:.60}. Which pairs of one group have different stems, and "
            "which pairs of different groups have the same?"
        )
    return (
        "Paice divides each count by the pairs that could have gone wrong, so that two "
        "vocabularies can be compared. Their ratio he calls the weight of the stemmer."
    )


# ── 03.4 · a lemmatizer for nouns ─────────────────────────────────────────────────────────────────

NOUNS = [
    ("books", "book"), ("churches", "church"), ("boxes", "box"), ("cities", "city"),
    ("days", "day"), ("glasses", "glass"), ("glass", "glass"), ("houses", "house"),
    ("knives", "knife"), ("mice", "mouse"), ("children", "child"), ("women", "woman"),
    ("analyses", "analysis"), ("bus", "bus"), ("news", "news"), ("toes", "toe"),
]  # fmt: skip
"""Forms to look at, each with its lemma."""

JUDGED = [
    ("tables", "table"), ("dishes", "dish"), ("matches", "match"), ("taxes", "tax"),
    ("ladies", "lady"), ("keys", "key"), ("classes", "class"), ("class", "class"),
    ("horses", "horse"), ("wives", "wife"), ("stories", "story"), ("songs", "song"),
    ("grass", "grass"), ("branches", "branch"), ("names", "name"), ("roses", "rose"),
    ("foxes", "fox"), ("fishermen", "fisherman"), ("rivers", "river"), ("tree", "tree"),
]  # fmt: skip
"""Forms that the check asks for."""

ENOUGH = 17
"""So many of the forms to be judged must come out right."""


def wrong_lemmas(
    answer: Callable[[str], object], cases: Sequence[tuple[str, str]]
) -> list[tuple[str, str, object]]:
    """Return the form, its lemma and the answer, where the answer is another."""
    found = [(form, lemma, answer(form)) for form, lemma in cases]
    return [(f, right, got) for f, right, got in found if not _is_text(got, right)]


def _is_text(got: object, right: str) -> bool:
    return isinstance(got, str) and got == right


@exercise("03.4")
def singular(answer: Callable[[str], str]) -> str:
    """A lemmatizer for nouns, judged on forms that it has not seen."""
    wrong = wrong_lemmas(answer, JUDGED)
    for form, _, got in wrong:
        if not isinstance(got, str):
            raise Hint(
                f"For {form!r} you gave {got!r:.60}. Should a lemma not be a word?"
            )
    if len(wrong) > len(JUDGED) - ENOUGH:
        kinds = Counter(form[-3:] for form, _, _ in wrong)
        ending = kinds.most_common(1)[0][0]
        form, right, got = next(w for w in wrong if w[0].endswith(ending))
        raise Hint(
            f"{len(JUDGED) - len(wrong)} of {len(JUDGED)} new forms are right, and {ENOUGH} are "
            f"asked for. {form!r} became {got!r:.40} and not {right!r}: which rule would mend "
            f"words on -{ending}?"
        )
    missed = f" You missed {wrong[0][0]!r}." if wrong else ""
    return (
        f"{len(JUDGED) - len(wrong)} of {len(JUDGED)} new forms are right.{missed} WordNet's "
        "lemmatizer has nine rules for nouns and a list of irregular ones: where rules end, "
        "a dictionary begins."
    )
