"""The checks of chapter 04 accept every right answer and point at each usual mistake."""

from __future__ import annotations

import re

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.text.tagging.checks import EXAMPLES


def most(sentences):
    pairs = [pair for s in sentences for pair in s]
    by_count = sorted(pairs, key=pairs.count)  # the most frequent pair comes last
    return dict(by_count)


def last(sentences):
    return {word: tag for s in sentences for word, tag in s}


def new_weights(weights, clues, truth, guess):
    moved = {clue: dict(row) for clue, row in weights.items()}
    for clue in clues if truth != guess else ():
        row = moved.setdefault(clue, {})
        row[truth] = row.get(truth, 0.0) + 1
        row[guess] = row.get(guess, 0.0) - 1
    return moved


def only_up(weights, clues, truth, guess):
    for clue in clues:
        weights.setdefault(clue, {}).setdefault(truth, 0)
        weights[clue][truth] += 1
    return weights


def without_defaults(weights, clues, truth, guess):
    for clue in clues if truth != guess else ():
        weights[clue][truth] += 1
        weights[clue][guess] -= 1
    return weights


def by_form(word):
    rules = [
        (r"[\d.,:]+", "CD"),
        (r".*'s", "NP$"),
        (r"[A-Z].*", "NP"),
        (r".*ing", "VBG"),
        (r".*ed", "VBD"),
        (r".*ly", "RB"),
        (r".*(al|ous|less|ble)", "JJ"),
        (r".*s", "NNS"),
    ]
    return next((tag for rule, tag in rules if re.fullmatch(rule, word)), "NN")


def drawn():
    p = parameters("04.2")
    return p["accuracy"], p["words"]


test_right_answers_pass = each_passes(
    [
        ("04.1", most),
        ("04.2", round(drawn()[0] ** drawn()[1], 4)),
        ("04.3", new_weights),
        ("04.4", by_form),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("04.1", last, "most frequent"),
        ("04.1", lambda s: {}, "does not hold"),
        (
            "04.1",
            lambda s: {**most(s), **({"cat": "NN"} if s else {})},
            "In which sentence",
        ),
        ("04.2", drawn()[0], "whole sentence"),
        ("04.2", drawn()[0] * drawn()[1], "multiplied"),
        ("04.2", 1 - drawn()[0] ** drawn()[1], "with a mistake"),
        ("04.2", 1 - (1 - drawn()[0]) * drawn()[1], "twice"),
        ("04.2", 100 * drawn()[0] ** drawn()[1], "per cent"),
        ("04.3", only_up, "Which way"),
        ("04.3", without_defaults, "not in the weights"),
        ("04.3", lambda w, c, t, g: [1], "return the weights"),
        ("04.4", lambda word: "NN", "needed"),
        ("04.4", lambda word: dict(EXAMPLES).get(word, "NN"), "needed"),
        ("04.4", lambda word: 7, "Which tag"),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own(
    "04.2", lambda: drawn()[0] ** drawn()[1]
)
