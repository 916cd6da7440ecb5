"""Instant checks of chapter 04, Part-of-speech tagging."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    not_in_per_cent,
    number,
    parameters,
)

# ── 04.1 · the most frequent tag ──────────────────────────────────────────────────────────────────

SENTENCES = [
    [("the", "AT"), ("permit", "NN"), ("is", "BEZ"), ("here", "RB")],
    [("we", "PPSS"), ("permit", "VB"), ("the", "AT"), ("walk", "NN")],
    [("a", "AT"), ("permit", "NN"), ("to", "TO"), ("walk", "VB")],
    [
        ("to", "IN"),
        ("a", "AT"),
        ("walk", "NN"),
        ("to", "TO"),
        ("walk", "VB"),
        ("walk", "VB"),
    ],
]

Tagged = list[list[tuple[str, str]]]


@exercise("04.1")
def most_frequent_tags(answer: Callable[[Tagged], Mapping[str, str]]) -> str:
    """Every word's most frequent tag."""
    if answer([]) != {}:
        raise Hint("Without any sentences, which words does your dictionary hold?")
    expected = {
        "the": "AT", "permit": "NN", "is": "BEZ", "here": "RB", "we": "PPSS", "walk": "VB",
        "a": "AT", "to": "TO",
    }  # fmt: skip
    for order in (SENTENCES, SENTENCES[::-1]):
        found = answer([list(s) for s in order])
        if not isinstance(found, Mapping):
            raise Hint(
                f"You returned {found!r}. Which tag does your dictionary give for 'walk'?"
            )
        if missing := sorted(set(expected) - set(found)):
            raise Hint(
                f"Which tag has {missing[0]!r}? Your dictionary does not hold it."
            )
        if extra := sorted(map(str, set(found) - set(expected))):
            raise Hint(
                f"Your dictionary holds {extra[0]!r}. In which sentence does that stand?"
            )
        for word, tag in expected.items():
            if found[word] != tag:
                raise Hint(
                    f"You give {word!r} the tag {found[word]!r}. How often does it stand with "
                    "each of its tags, and did you keep the first, the last or the most frequent?"
                )
    return (
        "On the Brown corpus this alone is right for nine words in ten. Charniak and others gave "
        "it in 1993 as the baseline that every tagger has to beat."
    )


# ── 04.2 · from words to sentences ────────────────────────────────────────────────────────────────


def draw_tagger(rng: random.Random) -> dict[str, Any]:
    """Draw a tagger's accuracy and the length of a sentence."""
    return {
        "accuracy": rng.choice([0.9, 0.93, 0.95, 0.96, 0.97, 0.98]),
        "words": rng.choice([8, 12, 17, 23, 31]),
    }


@exercise("04.2", parameters=draw_tagger, cases=4)
def whole_sentences(answer: object) -> str:
    """The share of sentences of one length that are all right, if mistakes are independent."""
    p = parameters("04.2")
    accuracy, words = p["accuracy"], p["words"]
    right = accuracy**words
    got = number(answer)
    if got is None:
        raise Hint(f"Your answer is {answer!r}. Is that a share between 0 and 1?")
    if close(got, accuracy):
        raise Hint("That is the share of words. When is a whole sentence right?")
    if close(got, accuracy * words) or close(got, accuracy / words):
        raise Hint(
            "All words must be right at once. Are probabilities then added or multiplied?"
        )
    if close(got, 1 - right):
        raise Hint("That is the share with a mistake. What is left?")
    if close(got, 1 - words * (1 - accuracy)):
        raise Hint(
            "Two mistakes may fall into one sentence. Did you count that sentence twice?"
        )
    not_in_per_cent(got, right)
    if not close(got, right, rel=2e-3, abs=1e-4):
        raise Hint(
            f"With accuracy={accuracy} and {words} words you say {got:g}. What is the probability "
            "that the first two words are both right, and the first three?"
        )
    return (
        "Real mistakes come in company: one wrong tag misleads the next. So more sentences than "
        "this are all right, and those that are wrong hold more mistakes."
    )


# ── 04.3 · one step of learning ───────────────────────────────────────────────────────────────────

Weights = dict[str, dict[str, float]]


def _step(
    weights: Weights, clues: list[str], truth: str, guess: str
) -> dict[tuple[str, str], float]:
    flat = {
        (clue, tag): w for clue, row in weights.items() for tag, w in row.items()
    }
    if truth != guess:
        for clue in clues:
            flat[clue, truth] = flat.get((clue, truth), 0) + 1
            flat[clue, guess] = flat.get((clue, guess), 0) - 1
    return {key: w for key, w in flat.items() if w}


@exercise("04.3")
def one_step(answer: Callable[[Weights, list[str], str, str], Weights]) -> str:
    """One step of the perceptron."""
    start: Weights = {
        "i word permit": {"NN": 2, "VB": 1},
        "bias": {"NN": 1, "AT": -1},
    }
    cases = [
        (["bias", "i word permit"], "VB", "NN", "The guess was wrong."),
        (["bias", "i word permit"], "NN", "NN", "The guess was right."),
        (["bias", "i-1 tag TO"], "VB", "NN", "One clue has no weights yet."),
        (
            ["i word permit"],
            "IN",
            "AT",
            "Two tags have no weight for this clue yet.",
        ),
        ([], "VB", "NN", "There are no clues."),
    ]
    for clues, truth, guess, story in cases:
        given = {clue: dict(row) for clue, row in start.items()}
        try:
            found = answer(given, list(clues), truth, guess)
        except KeyError as error:
            raise Hint(
                f"{story} {error} is not in the weights. What weight has it, and how do you ask "
                "a dictionary for it without an error?"
            ) from None
        if not isinstance(found, Mapping) or not all(
            isinstance(row, Mapping) for row in found.values()
        ):
            raise Hint(
                f"{story} You returned {found!r}. Did you return the weights?"
            )
        flat = {(c, t): w for c, row in found.items() for t, w in row.items()}
        right = _step(start, clues, truth, guess)
        for key in [*right, *flat]:
            wanted, got = right.get(key, 0), number(flat.get(key, 0))
            if got is None or not close(got, wanted):
                raise Hint(
                    f"{story} For the clues {clues}, the truth {truth} and the guess {guess} "
                    f"your weight of {key} is {flat.get(key, 0)!r}. Which way should it move, and "
                    "which weights should stay?"
                )
    return (
        "Rosenblatt described the perceptron in 1958. If some weights are "
        "right for every example, it finds such weights after finitely many mistakes."
    )


# ── 04.4 · words that nobody has seen ─────────────────────────────────────────────────────────────

EXAMPLES = [
    ("precedence", "NN"), ("Bearden", "NP"), ("engines", "NNS"), ("gripped", "VBD"),
    ("competitively", "RB"), ("producing", "VBG"), ("speculative", "JJ"), ("2,100", "CD"),
    ("Mongolia's", "NP$"), ("recognizes", "VBZ"), ("historical", "JJ"), ("occurrence", "NN"),
    ("Katanga", "NP"), ("refuel", "VB"), ("variations", "NNS"), ("preserved", "VBN"),
]  # fmt: skip
_UNSEEN = [
    ("Guatemala", "NP"), ("nut", "NN"), ("1965", "CD"), ("15,000", "CD"), ("dispatching", "VBG"),
    ("Boeing", "NP"), ("Arequipa", "NP"), ("successes", "NNS"), ("pedagogue", "NN"),
    ("Hamilton", "NP"), ("12:50", "CD"), ("joining", "VBG"), ("tacked", "VBD"), ("Habib", "NP"),
    ("silenced", "VBD"), ("frictions", "NNS"), ("periodicals", "NNS"), ("smoldered", "VBD"),
    ("succeeding", "VBG"), ("1885", "CD"), ("scholars", "NNS"), ("inadequacy", "NN"),
    ("flickered", "VBD"), ("cuisine", "NN"), ("Electra", "NP"), ("reliance", "NN"),
    ("Brussels", "NP"), ("Italy's", "NP$"), ("fearing", "VBG"), ("Underwood's", "NP$"),
    ("186", "CD"), ("nucleus", "NN"), ("160,000", "CD"), ("Bourguiba", "NP"), ("Patrice", "NP"),
    ("tools", "NNS"), ("Eire", "NP"), ("guiltless", "JJ"), ("access", "NN"), ("touched", "VBD"),
    ("disparities", "NNS"), ("irreconcilable", "JJ"), ("bombers", "NNS"), ("Peking", "NP"),
    ("variously", "RB"), ("unprofitable", "JJ"), ("recruits", "NNS"), ("provincial", "JJ"),
    ("tidying", "VBG"), ("fiction", "NN"), ("Detroit's", "NP$"), ("default", "NN"),
    ("Mali", "NP"), ("gale", "NN"), ("uranium", "NN"), ("specialization", "NN"),
    ("Harvard's", "NP$"), ("stewardess", "NN"), ("rioting", "VBG"), ("prudently", "RB"),
    ("investments", "NNS"), ("feasible", "JJ"), ("radioed", "VBD"), ("McCauley", "NP"),
]  # fmt: skip
NEEDED = 0.7


def unseen_right(answer: Callable[[str], str]) -> float:
    """Return the share of unseen words to which a function gives the right tag."""
    return sum(str(answer(word)) == tag for word, tag in _UNSEEN) / len(_UNSEEN)


@exercise("04.4")
def guess_unseen(answer: Callable[[str], str]) -> str:
    """Tag words out of context that no training sentence holds."""
    for word in ("a", "é", "12", "X's"):
        if not isinstance(answer(word), str):
            raise Hint(
                f"For {word!r} you returned {answer(word)!r}. Which tag should it have?"
            )
    share = unseen_right(answer)
    if share < NEEDED:
        wrong = next((w, t) for w, t in _UNSEEN if str(answer(w)) != t)
        raise Hint(
            f"{share:.0%} of the other unseen words have the right tag, {NEEDED:.0%} are needed. "
            f"What could tell you that {wrong[0]!r} is {wrong[1]}, and what else looks so?"
        )
    return (
        f"{share:.0%} without any context. Weischedel and others gave a tagger the same clues in "
        "1993 (capitals, hyphens and endings), as probabilities."
    )
