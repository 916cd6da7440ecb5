"""The checks of chapter 38's exercises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    left_alone,
    number,
    numbers,
    parameters,
    same_items,
)

# ------------------------------------------------------------------------------------- 38.1

RANKINGS: list[tuple[list[str], set[str], int]] = [
    (["a", "b", "c", "d"], {"b", "d"}, 2),
    (["a", "b", "c", "d"], {"b", "d"}, 4),
    (["a"], {"a"}, 10),
    (["a", "b"], {"z"}, 2),
    ([], {"a", "b"}, 3),
    (["b", "a", "c"], {"a", "c", "x", "y"}, 3),
    (["c", "a", "b"], {"a", "b", "c"}, 1),
]


@exercise("38.1")
def recall_at_k(answer: Callable[[list[str], set[str], int], float]) -> str:
    """The share of the relevant documents that stand among the first k."""
    for ranking, relevant, k in RANKINGS:
        right = len(set(ranking[:k]) & relevant) / len(relevant)
        given = list(ranking), set(relevant)
        raw = answer(*given, k)
        left_alone(given, (ranking, relevant), "ranking")
        got = number(raw)
        shown = f"For the ranking {ranking}, the relevant {sorted(relevant)} and k = {k}"
        if got is None:
            raise Hint(f"{shown} you gave back {raw!r}. Is that one number?")
        if close(got, right):
            continue
        if close(got, len(set(ranking[:k]) & relevant) / k):
            raise Hint(
                f"{shown} you gave back the precision, {got:g}. Recall is a share of which set?"
            )
        if close(got, len(set(ranking) & relevant) / len(relevant)):
            raise Hint(f"{shown}: do documents beyond place k count?")
        raise Hint(
            f"{shown} the answer is {right:g}, not {got:g}. How many of the relevant ones are "
            "there, and how many were found?"
        )
    return (
        "Recall at k does not see in which order the first k stand; nDCG does, which is why the "
        "search project reports it."
    )


# ------------------------------------------------------------------------------------- 38.2


def draw_bands(rng: random.Random) -> dict[str, Any]:
    """Return a similarity, the rows of a band, and the chance that is wanted."""
    return {
        "similarity": rng.choice([0.5, 0.6, 0.7]),
        "rows": rng.choice([3, 4, 5]),
        "wanted": rng.choice([0.9, 0.95, 0.99]),
    }


def bands_needed(similarity: float, rows: int, wanted: float) -> int:
    """Return the fewest bands with which a pair is found with the wanted chance, by trying."""
    bands = 1
    while 1 - (1 - similarity**rows) ** bands < wanted:
        bands += 1
    return bands


@exercise("38.2", draw_bands, cases=4)
def fewest_bands(answer: Any) -> str:
    """The fewest bands that find a pair with the wanted chance."""
    p = parameters("38.2")
    right = bands_needed(**p)
    got = number(answer)
    if got is None:
        raise Hint(f"You gave {answer!r}. Which whole number of bands?")
    if close(got, right):
        return (
            f"{right} bands of {p['rows']} are {right * p['rows']} hash functions; a pair of half "
            "that similarity is found far less often, which is the point of the curve."
        )
    chance = 1 - (1 - p["similarity"] ** p["rows"]) ** max(got, 0)
    if close(
        got, math.log(1 - p["wanted"]) / math.log(1 - p["similarity"] ** p["rows"])
    ):
        raise Hint(
            f"{got:g} is where the chance is reached. Can one have a part of a band?"
        )
    if close(got, right * p["rows"]):
        raise Hint(
            f"{got:g} is the number of hash functions. How many bands are they?"
        )
    if 0 < got < 1e6:
        raise Hint(
            f"With {got:g} bands the chance is {chance:.4f}, and {p['wanted']} is wanted. Are "
            "fewer enough, or more needed?"
        )
    raise Hint("In how many bands does the pair have to agree, of how many?")


# ------------------------------------------------------------------------------------- 38.3

SPLITS: list[tuple[list[str], list[str]]] = [
    (["win a free prize now"], ["win a free prize now", "see you later"]),
    (["call 0800 now to win"], ["call 0900 now to win", "call me now"]),
    (["a b c", "d e f"], ["g h i", "a b c d"]),
    ([], ["alone"]),
    (["alone"], []),
    (["one two three four", "five six"], ["four three two one", "six five seven"]),
    (["x y", "x y z"], ["x y z w v", "x y", "z"]),
    (["the same words again"], ["again again the same words"]),
]


def _twins(train: list[str], test: list[str], least: float) -> list[int]:
    found = []
    for j, text in enumerate(test):
        mine = set(text.split())
        for other in train:
            theirs = set(other.split())
            if len(mine & theirs) >= least * len(mine | theirs):
                found.append(j)
                break
    return found


@exercise("38.3")
def leaked(answer: Callable[[list[str], list[str], float], Sequence[int]]) -> str:
    """Test texts with a near duplicate in the training data, by Jaccard's coefficient of words."""
    for train, test in SPLITS:
        for least in (0.5, 0.75, 1.0):
            right = _twins(train, test, least)
            given = list(train), list(test)
            got = answer(*given, least)
            left_alone(given, (train, test), "texts")
            if same_items(got, right):
                continue
            shown = f"For the training texts {train}, the test texts {test} and least = {least}"
            found = numbers(got)
            if found is None:
                raise Hint(
                    f"{shown} you gave back {got!r}. Is that a list of places in the test?"
                )
            if len(set(found)) < len(found):
                raise Hint(
                    f"{shown}: is a test text named once, however many twins it has?"
                )
            if sorted(found) == right:
                raise Hint(f"{shown}: are the places in order?")
            if same_items(found, _twins(test, train, least)):
                raise Hint(
                    f"{shown}: whose places are wanted, the test's or the training's?"
                )
            raise Hint(
                f"{shown} the places are {right}, not {got!r}. Which share of which words do two "
                "texts have in common, and is exactly that share enough?"
            )
    return (
        "With words instead of runs of letters a changed telephone number costs one word, and a "
        "changed ending a whole one, too; each kind of shingle has its blind spot."
    )


# ------------------------------------------------------------------------------------- 38.4

GOOD = [
    "nDCG is 0.54 (95% interval 0.52 to 0.57) on 1000 held-out queries; the baseline has 0.42.",
    "Accuracy 92.1 ± 0.8 on the test data, baseline 84.5.",
    "We reach an F1 of 0.91, between 0.88 and 0.93; the word list reaches 0.63.",
    "Test accuracy: 0.928 [0.921, 0.935]. Baseline: 0.845.",
    "The tagger gets 92.8 % (interval 92.1 % to 93.5 %); always the most frequent tag: 84.5 %.",
    "F1 = .91 (.88-.93) vs .63 for the baseline",
]
BAD = [
    "",
    "Our model is very accurate and beats everything.",
    "Accuracy is 0.93.",
    "Accuracy is 0.93, the baseline has 0.84.",
    "Trained in 2025 on 4000 messages in 12 seconds, version 1.2.3.",
    "The training data have 2000 rows, the validation data 1000 and the test data 1500.",
    "It works well in most cases, see the demo for 60 examples.",
    "F1 on 3 runs.",
]


@exercise("38.4")
def reports(answer: Callable[[str], bool]) -> str:
    """Whether a Result names a score with its interval and something to compare with."""
    wrong_good = [text for text in GOOD if not _yes(answer(text))]
    wrong_bad = [text for text in BAD if _yes(answer(text))]
    if len(wrong_good) == len(GOOD):
        raise Hint(
            f"You refuse every result, such as {GOOD[0]!r}. What does it lack?"
        )
    if len(wrong_bad) == len(BAD):
        raise Hint(
            f"You accept everything, such as {BAD[1]!r}. Where is its score?"
        )
    if len(wrong_good) > 1:
        raise Hint(
            f"You refuse {wrong_good[0]!r}. In which forms may an interval be written?"
        )
    if len(wrong_bad) > 1:
        raise Hint(
            f"You accept {wrong_bad[-1]!r}. Which of its numbers is an interval?"
        )
    return (
        f"{len(GOOD) + len(BAD) - len(wrong_good) - len(wrong_bad)} of {len(GOOD) + len(BAD)} "
        "right. Whoever knows your rule can write nonsense that passes it: a rule is for people "
        "who mean well."
    )


def _yes(value: Any) -> bool:
    truth = type(value).__name__ in {"bool", "bool_"}  # NumPy's, too
    if number(value) is None and not truth:
        raise Hint(f"You gave back {value!r}. Is that yes or no, True or False?")
    return bool(value)
