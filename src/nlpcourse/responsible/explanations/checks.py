"""Instant checks of chapter 36, opening the black box."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from nlpcourse.exercises import Hint, all_close, close, exercise, number, parameters

Score = Callable[[list[float]], float]
Slopes = Callable[[list[float]], list[float]]

# ── 36.1 · what is missing ────────────────────────────────────────────────────────────────────────


def polynomial(seed: int, count: int) -> Score:
    """Return a score of *count* dials in which words push alone and in pairs.

    Raises:
        ValueError: there is no dial.
    """
    if count < 1:
        raise ValueError("a score needs one dial or more")
    chance = random.Random(seed)
    alone = [chance.randint(-8, 8) / 4 for _ in range(count)]
    pairs = {
        pair: chance.randint(-4, 4) / 4
        for pair in itertools.combinations(range(count), 2)
    }

    def score(dials: list[float]) -> float:
        total = 0.5 + sum(a * d for a, d in zip(alone, dials, strict=True))
        return total + sum(p * dials[i] * dials[j] for (i, j), p in pairs.items())

    return score


def _occluded(score: Score, count: int) -> list[float]:
    full = score([1.0] * count)
    return [
        full - score([float(i != j) for i in range(count)]) for j in range(count)
    ]


@exercise("36.1")
def missing_words(answer: Callable[[Score, int], Sequence[float]]) -> str:
    """The fall of the score as each dial is turned to zero, the others staying at one."""
    for seed in range(12):
        count = 2 + seed % 4
        score = polynomial(seed, count)
        expected = _occluded(score, count)
        got = answer(score, count)
        if all_close(got, expected):
            continue
        if all_close(got, [-e for e in expected]):
            raise Hint(
                "All signs are turned round. By how much does the score fall when the word is gone?"
            )
        alone = [
            score([float(i == j) for i in range(count)]) - score([0.0] * count)
            for j in range(count)
        ]
        if all_close(got, alone):
            raise Hint(
                "That is what each word adds to a blank text. What does it add to all the others?"
            )
        raise Hint(
            f"For a score of {count} words you gave {got!r}. What does the whole text score, and "
            "what does it score with one dial at zero?"
        )
    return (
        "For T words this asks T + 1 times: no other method of the chapter asks so little, and "
        "none misses two words that say the same thing so surely."
    )


# ── 36.2 · one word's Shapley value ───────────────────────────────────────────────────────────────

_SETS = ["", "a", "b", "c", "ab", "ac", "bc", "abc"]


def draw_scores(rng: random.Random) -> dict[str, Any]:
    """Draw the score of every set of three words, and the word that is asked about."""
    while True:
        scores = {name: rng.randrange(-12, 13) / 2 for name in _SETS} | {"": 0.0}
        word = rng.choice("abc")
        if abs(shapley_of(scores, word) * 6 % 6 - 3) < 2:  # no small whole number
            return {"scores": scores, "word": word}


def shapley_of(scores: dict[str, float], word: str) -> float:
    """Return the mean of what *word* adds, over the six orders of three words.

    Raises:
        ValueError: the word is none of the three, or a set has no score.
    """
    if word not in ("a", "b", "c") or set(scores) != set(_SETS):
        raise ValueError(
            f"{word!r} among {sorted(scores)}; the words are a, b and c"
        )
    added = []
    for order in itertools.permutations("abc"):
        before = "".join(sorted(order[: order.index(word)]))
        added.append(scores["".join(sorted(before + word))] - scores[before])
    return math.fsum(added) / len(added)


@exercise("36.2", parameters=draw_scores, cases=3)
def one_value(answer: object) -> str:
    """The Shapley value of one word of three, from the scores of all eight sets."""
    p = parameters("36.2")
    scores, word = p["scores"], p["word"]
    expected = shapley_of(scores, word)
    if close(answer, expected):
        return (
            "The three values add up to the score of all three words, whatever the table says; "
            "Shapley proved in 1953 that no other rule meets all that he asked of a fair one."
        )
    others = [w for w in "abc" if w != word]
    sets = ["", *others, "".join(others)]
    plain = [scores["".join(sorted(s + word))] - scores[s] for s in sets]
    if close(answer, sum(plain) / 4):
        raise Hint(
            "You gave all four sets the same weight. In how many of the six orders does nothing "
            "come before the word, and in how many does just one of the others?"
        )
    if close(answer, plain[-1]):
        raise Hint(
            "That is what the word adds to both others. What does it add where it comes earlier?"
        )
    raise Hint(
        f"For {word!r} you gave {answer!r}. What does it add in each of the six orders in which "
        "three words can come?"
    )


# ── 36.3 · along the way ──────────────────────────────────────────────────────────────────────────


def _bent(seed: int, count: int) -> tuple[Slopes, list[float]]:
    """Return the slopes of Σ c_i s_i² + Σ d_ij s_i s_j², and their means along the diagonal."""
    chance = random.Random(seed)
    c = [chance.randint(-8, 8) / 4 for _ in range(count)]
    d = [[chance.randint(-4, 4) / 4 for _ in range(count)] for _ in range(count)]

    def slopes(s: list[float]) -> list[float]:
        return [
            2 * c[i] * s[i]
            + sum(
                d[i][j] * s[j] ** 2 + 2 * d[j][i] * s[j] * s[i]
                for j in range(count)
            )
            for i in range(count)
        ]

    means = [
        c[i] + sum(d[i][j] + 2 * d[j][i] for j in range(count)) / 3
        for i in range(count)
    ]
    return slopes, means


@exercise("36.3")
def along_the_way(answer: Callable[[Slopes, int, int], Sequence[float]]) -> str:
    """The mean slope along the way from all dials at zero to all at one."""
    for seed in range(10):
        count = 1 + seed % 4
        slopes, means = _bent(seed, count)
        got = answer(slopes, count, 400)
        if all_close(got, means, rel=0.02, abs=0.02):
            continue
        if all_close(got, slopes([1.0] * count)):
            raise Hint(
                "Those are the slopes at the end of the way. What are they on the way there?"
            )
        if all_close(got, [400 * m for m in means], rel=0.02, abs=8.0):
            raise Hint("You added the slopes up. What is their mean?")
        raise Hint(
            f"For {count} dials and 400 steps you gave {got!r}. Where on the way does each step "
            "look, and is what you return the mean of the slopes there?"
        )
    slopes, means = _bent(3, 3)
    if not all_close(answer(slopes, 3, 7), means, rel=0.05, abs=0.06):
        raise Hint(
            "With seven steps the result is far off. Does each step look into the middle of its "
            "piece, or only at an end?"
        )
    return (
        "The sum over all dials is the mean slope along the diagonal, and so the score of the "
        "text less that of the blank: completeness is the fundamental theorem of calculus."
    )


# ── 36.4 · what occlusion can't see ───────────────────────────────────────────────────────────────


def examined(score: object, count: object) -> tuple[float, list[float]]:
    """Return how far a score rises from blank to whole, and what occlusion says of each word.

    Raises:
        Hint: it is no score, or it changes nothing.
    """
    found = number(count)
    if (
        not callable(score)
        or found is None
        or found != int(found)
        or not 2 <= found <= 8
    ):
        raise Hint(
            "Does the function return a score and the number of its dials, 2 to 8?"
        )
    n = int(found)
    rows = [
        [1.0] * n,
        [0.0] * n,
        *([float(i != j) for i in range(n)] for j in range(n)),
    ]
    values = [number(score(list(row))) for row in rows]
    if any(v is None or not math.isfinite(v) for v in values):
        raise Hint("Does the score give a finite number for every list of dials?")
    full, empty, *rest = (float(v) for v in values if v is not None)
    if full - empty < 1:
        raise Hint(
            f"From the blank text to the whole the score rises by {full - empty:g}. Can you make "
            "it rise by 1 or more, so that there is something to explain?"
        )
    return full - empty, [full - value for value in rest]


@exercise("36.4")
def unseen(answer: Callable[[], tuple[Score, int]]) -> str:
    """A score that rises by one or more, of which occlusion explains nothing."""
    found = answer()
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != 2:
        raise Hint(
            "Does the function return two things, a score and a number of dials?"
        )
    _, said = examined(found[0], found[1])
    if any(abs(value) > 0.01 for value in said):
        raise Hint(
            f"Occlusion says {[round(v, 3) for v in said]}. What must hold of the other words, so "
            "that a blank in one place changes nothing?"
        )
    return (
        "Any score that one word alone can carry to the top will do. Reviews are full of such "
        "texts: whoever praises twice needs neither word."
    )
