"""Instant checks of chapter 06, Sentiment by lexicon."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    left_alone,
    number,
    parameters,
)
from nlpcourse.text.lexicon.rules import DEGREE, NEGATION
from nlpcourse.text.lexicon.vader import squash

_WORDS = {"good": 1.9, "great": 3.1, "bad": -2.5, "slow": -0.4, "fun": 2.3}

# ── 06.1 · look up and add ────────────────────────────────────────────────────────────────────────


@exercise("06.1")
def lexicon_sum(
    answer: Callable[[list[str], Mapping[str, float]], float],
) -> str:
    """The sum of the valences of a sentence's words."""
    cases = [
        ["good"], ["the", "food", "is", "good"], ["good", "but", "slow"], ["Good", "FUN"],
        ["good", "good"], ["bad", "bad", "fun", "unknown"],
    ]  # fmt: skip
    if not close(answer([], dict(_WORDS)), 0):
        raise Hint("What does a sentence without words add up to?")
    for words in cases:
        try:
            got = answer(list(words), dict(_WORDS))
        except KeyError:
            raise Hint(
                "A word that is not in the lexicon raised a KeyError. What does such a word add, "
                "and how do you ask a dictionary for it without an error?"
            ) from None
        right = sum(_WORDS.get(word.lower(), 0.0) for word in words)
        if close(got, right):
            continue
        as_written = sum(_WORDS.get(word, 0.0) for word in words)
        once = sum(_WORDS.get(word.lower(), 0.0) for word in set(words))
        if close(got, as_written):
            raise Hint(
                f"For {words!r} you gave {got!r}. Does the lexicon hold words in capitals?"
            )
        if close(got, once):
            raise Hint(f"In {words!r} a word stands twice. Does it count twice?")
        if close(got, right / len(words)):
            raise Hint("Is the sum of the valences asked for, or their mean?")
        raise Hint(
            f"For {words!r} you gave {got!r}. Which of its words have a valence, and what do those "
            "add up to?"
        )
    return (
        "That is the whole of a word-list scorer. The General Inquirer looked words up in lists, "
        "too, with categories in place of valences: at Harvard, in 1961, on an IBM 7090."
    )


# ── 06.2 · a score by hand ────────────────────────────────────────────────────────────────────────


def draw_sentence(rng: random.Random) -> dict[str, Any]:
    """Draw a sentence of one sentiment word, and what stands around it."""
    return {
        "valence": rng.choice([1.1, 1.6, 1.9, 2.3, 2.7, 3.1]),
        "booster": rng.choice(["very", "slightly"]),
        "exclamation_marks": rng.choice([1, 2, 3]),
    }


@exercise("06.2", parameters=draw_sentence, cases=3)
def compound_by_hand(answer: object) -> str:
    """The compound score of 'It is not very good!', for the class's own numbers."""
    p = parameters("06.2")
    valence, marks = p["valence"], p["exclamation_marks"]
    push = DEGREE if p["booster"] == "very" else -DEGREE

    def score(boosted: float, negated: bool = True, sign: float = -1.0) -> float:
        value = boosted * (NEGATION if negated else 1.0)
        return squash(value + sign * 0.292 * marks)

    right = score(valence + push)
    total = (valence + push) * NEGATION - 0.292 * marks
    if close(answer, total, rel=1e-3):
        raise Hint(
            "That is the sum. How does a sum become a number between −1 and 1?"
        )
    if close(answer, score(valence + push, sign=1.0), abs=2e-4):
        raise Hint(
            "The word is negative by then. Which way do exclamation marks push a negative sum?"
        )
    if close(answer, squash((valence + push) * NEGATION), abs=2e-4):
        raise Hint(
            "What do the exclamation marks add to the sum, before it is squashed?"
        )
    if close(answer, score(valence), abs=2e-4):
        raise Hint(
            f"What does {p['booster']!r} do to the valence, before the negation?"
        )
    if close(answer, score(valence + push, negated=False, sign=1.0), abs=2e-4):
        raise Hint("There is a negation in the sentence. By what does it multiply?")
    if close(answer, score(valence - push), abs=2e-4):
        raise Hint(
            f"Does {p['booster']!r} make a positive word stronger or weaker?"
        )
    if close(answer, squash(valence * NEGATION + push - 0.292 * marks), abs=2e-4):
        raise Hint(
            "Which of the two changes the valence first, the degree word or the negation?"
        )
    if not close(answer, right, abs=2e-4):
        raise Hint(
            f"With {p!r} your answer is {answer!r}. What is the valence after the degree word, "
            "after the negation, and with the exclamation marks?"
        )
    return (
        "A negated word changes sides and keeps about three quarters of its strength: 'not very "
        "good' is bad, and less bad than 'very good' is good."
    )


# ── 06.3 · a window of three words ────────────────────────────────────────────────────────────────

_NEGATIONS = frozenset({"not", "never", "without", "isn't"})


def _negated(
    words: Sequence[str], i: int, valence: float, negations: frozenset[str]
) -> float:
    for word in words[max(0, i - 3) : i]:
        if word.lower() in negations:
            valence *= NEGATION
    return valence


@exercise("06.3")
def negated_valence(
    answer: Callable[[list[str], int, float, frozenset[str]], float],
) -> str:
    """Negations within three words before a sentiment word."""

    def ask(text: str, i: int, valence: float = 2.0) -> float:
        return answer(text.split(), i, valence, _NEGATIONS)

    cases = [
        ("it is good", 2, "There is no negation here. Should the valence change?"),
        (
            "not good",
            1,
            "A negation stands right before the word. By what does it multiply?",
        ),
        ("not a good", 2, "Is a negation two words before still in the window?"),
        (
            "not a very good",
            3,
            "Is a negation three words before still in the window?",
        ),
        (
            "not such a very good",
            4,
            "Four words lie between. Is that still in the window?",
        ),
        (
            "good not",
            0,
            "The negation comes after the word. Does your window end before it?",
        ),
        ("NOT good", 1, "Does a negation in capitals negate?"),
        ("never not good", 2, "Two negations: does each of them multiply?"),
        (
            "not good and good",
            3,
            "How many words before the *second* 'good' is the negation?",
        ),
    ]
    for text, i, question in cases:
        for valence in (2.0, -1.5):
            got = ask(text, i, valence)
            right = _negated(text.split(), i, valence, _NEGATIONS)
            if close(got, right):
                continue
            if close(got, -right) or (close(got, -valence) and right != valence):
                raise Hint(
                    f"For {text!r} you gave {got!r}. Is 'not good' as bad as 'good' is good, or a "
                    "little less?"
                )
            raise Hint(f"For {text!r} and word {i} you gave {got!r}. {question}")
    rng = random.Random(6)
    for _ in range(60):
        words = rng.choices(
            ["not", "never", "a", "very", "good", "Isn't"], k=rng.randint(1, 8)
        )
        i = rng.randrange(len(words))
        got = answer(list(words), i, 1.9, _NEGATIONS)
        if not close(got, _negated(words, i, 1.9, _NEGATIONS)):
            raise Hint(
                f"For {words!r} and word {i} you gave {got!r}. Which negations stand among the "
                "three words before it?"
            )
    return (
        "Three words is what the authors of VADER found enough for nearly nine negations in ten. "
        "Linguists call the words that a negation reaches its scope; it follows grammar, "
        "not a count."
    )


# ── 06.4 · a lexicon for films ────────────────────────────────────────────────────────────────────

GENERAL = {
    "good": 1.9, "funny": 1.9, "war": -2.9, "tragedy": -3.4, "joke": 1.2, "like": 1.5,
    "horror": -2.7, "awful": -2.0, "moving": 0.0, "thin": 0.5,
}  # fmt: skip
"""A general lexicon; some of its words mean something else where films are reviewed."""

RATED = [
    ("a good war film", 2.0),
    ("a war film that grips", 1.5),
    ("a moving tragedy", 2.5),
    ("a tragedy to remember", 2.0),
    ("the film is a joke", -2.5),
    ("a joke of a script", -2.0),
    ("plays like a trailer", -1.5),
    ("feels like homework", -2.0),
    ("good horror", 2.0),
    ("horror at its best", 2.5),
    ("funny and good", 2.5),
    ("awful acting", -2.5),
    ("an awful script", -2.0),
    ("a funny script", 2.0),
    ("a thin plot", -0.5),
    ("thin on ideas", -0.7),
]
"""Sentences about films with ratings, to learn from."""

JUDGED = [
    ("a great war story", 1),
    ("a tragedy of our time", 1),
    ("what a joke", -1),
    ("looks like a game", -1),
    ("old school horror", 1),
    ("a good script", 1),
    ("awful music", -1),
    ("funny music", 1),
    ("a moving story", 1),
    ("a thin story", -1),
    ("the sequel", 0),
]
"""Sentences to judge: 1 is positive, -1 negative, 0 neutral."""


def wrong_films(
    adapted: Callable[
        [list[tuple[str, float]], Mapping[str, float]], Mapping[str, float]
    ],
    judged: Sequence[tuple[str, int]] = JUDGED,
) -> list[tuple[str, int]]:
    """Return which of the *judged* sentences an adapted lexicon gets wrong."""
    lexicon = adapted(list(RATED), dict(GENERAL))
    if not isinstance(lexicon, Mapping):
        raise Hint(
            f"You gave back {type(lexicon).__name__}. Is it a dictionary from words to valences?"
        )
    values: dict[str, float] = {}
    for word, value in lexicon.items():
        size = number(value)
        if not isinstance(word, str) or size is None or not math.isfinite(size):
            raise Hint(f"Is {word!r}: {value!r} a word and a valence?")
        if abs(size) > 4:
            raise Hint(
                f"Does the valence {size:g} of {word!r} lie between −4 and 4?"
            )
        values[word] = size

    def side(text: str) -> int:
        total = sum(values.get(word, 0.0) for word in text.split())
        return 0 if abs(total) < 0.2 else 1 if total > 0 else -1

    return [(text, gold) for text, gold in judged if side(text) != gold]


@exercise("06.4")
def film_lexicon(
    answer: Callable[
        [list[tuple[str, float]], Mapping[str, float]], Mapping[str, float]
    ],
) -> str:
    """Any lexicon that judges films rightly, learnt from rated sentences."""
    if wrong := wrong_films(answer):
        text, gold = wrong[0]
        side = {1: "positive", -1: "negative", 0: "neutral"}[gold]
        word = next((w for w in text.split() if w in GENERAL), None)
        question = (
            f"How are the sentences rated in which {word!r} stands?"
            if word
            else "Which of its words should have no valence?"
        )
        share = f"{len(JUDGED) - len(wrong)} of {len(JUDGED)}"
        raise Hint(f"{share} are right; {text!r} should be {side}. {question}")
    given = dict(GENERAL)
    answer(list(RATED), given)
    left_alone(given, GENERAL, "lexicon")
    turned = [(text, -rating) for text, rating in RATED]
    lexicon = answer(turned, dict(GENERAL))
    if not number(lexicon.get("joke", 0)) or lexicon["joke"] < 0.2:
        raise Hint(
            "With all ratings turned round, 'joke' should become positive. Does your lexicon come "
            "from the ratings that your function is given?"
        )
    return (
        "Hamilton and others did this in 2016 without any ratings: they spread the valence of a "
        "few seed words through a community's own text, and called the result SentProp."
    )
