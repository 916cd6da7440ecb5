"""The chapter's measurements, several networks at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.counterfactual import (
    attention_and_values,
    divergence,
    shuffled,
    two_words,
)
from nlpcourse.responsible.explanations.films import MARK, put_in, sentences
from nlpcourse.responsible.explanations.gradients import gradient_times_input
from nlpcourse.responsible.explanations.judging import (
    METHODS,
    at_shares,
    deletion_curve,
    finds,
    probability,
    rank_correlation,
)
from nlpcourse.responsible.explanations.reader import (
    Question,
    Reader,
    scores_of,
)
from nlpcourse.responsible.explanations.words import words_of

Rows = Sequence[Sequence[str]]


def some_rows(count: int, shortest: int = 6, longest: int = 26) -> list[list[str]]:
    """Return the first so many test sentences of so many words.

    Raises:
        ValueError: there are not so many.
    """
    rows = [r for r in sentences("test").rows if shortest <= len(r) <= longest]
    if not 0 < count <= len(rows):
        raise ValueError(f"{count} sentences of {len(rows)}")
    return rows[:count]


def all_pushes(model: Reader, rows: Rows, seed: int = 0) -> dict[str, list[Array]]:
    """Return every method's pushes for every text; attention and chance beside them.

    Attention has no sign: it counts as a push towards the answer.

    Raises:
        ValueError: there are no texts.
    """
    if not len(rows):
        raise ValueError("give one text or more to explain")
    asked = [Question(model, words) for words in rows]
    found = {name: [method(q) for q in asked] for name, method in METHODS.items()}
    looked = [attention_and_values(model, words) for words in rows]
    found["attention"] = [a * np.sign(a @ g) for a, g in looked]
    chance = np.random.default_rng(seed)
    found["random"] = [chance.normal(size=len(words)) for words in rows]
    return found


def mean_curves(
    model: Reader, rows: Rows, pushes: dict[str, list[Array]]
) -> dict[str, Array]:
    """Return each method's mean deletion curve, at eleven shares of blanked words.

    Raises:
        ValueError: texts and pushes differ in number.
    """
    return {
        name: np.mean(
            [
                at_shares(deletion_curve(Question(model, words), push))
                for words, push in zip(rows, found, strict=True)
            ],
            axis=0,
        )
        for name, found in pushes.items()
    }


def bad_rows(longest: int = 26) -> list[list[str]]:
    """Return the test sentences of up to so many words that speak badly of a film."""
    given = sentences("test")
    return [
        row
        for row, good in zip(given.rows, given.good, strict=True)
        if not good and len(row) <= longest
    ]


def found_marks(
    model: Reader, count: int, turned: bool, seed: int = 0
) -> dict[str, float]:
    """Return in which share of bad sentences each method says that the mark pushed most.

    Args:
        model: the network that answers.
        count: sentences; the mark is put in at a random place.
        turned: only sentences whose answer the mark alone turns to good.
        seed: of the places.

    Raises:
        ValueError: there are not so many such sentences.
    """
    chance = np.random.default_rng(seed)
    hits: dict[str, list[bool]] = {name: [] for name in METHODS}
    for row in bad_rows():
        place = int(chance.integers(len(row) + 1))
        marked = put_in(row, MARK, place)
        before, after = scores_of(model, [row, marked])
        if turned and not before <= 0 < after:
            continue
        question = Question(model, marked)
        for name, method in METHODS.items():
            hits[name].append(finds(method(question), place))
        if len(hits[name]) == count:
            return {name: float(np.mean(said)) for name, said in hits.items()}
    raise ValueError(f"there are no {count} such sentences")


def ascribed(
    model: Reader, times: int, count: int, seed: int = 0
) -> dict[str, float]:
    """Return the median share of the marks' true effect that each method ascribes to them.

    The true effect is what the score loses when all the marks are blanked at once.

    Args:
        model: a network that has learnt the mark.
        times: how often the mark is put into each sentence, at random places.
        count: bad sentences.
        seed: of the places.

    Raises:
        ValueError: no mark, or not so many sentences.
    """
    rows = [row for row in bad_rows() if len(row) >= 6][:count]
    if times < 1 or not 0 < count <= len(rows):
        raise ValueError(f"{times} marks in {count} sentences")
    chance = np.random.default_rng(seed)
    shares: dict[str, list[float]] = {name: [] for name in METHODS}
    for row in rows:
        words = list(row)
        for _ in range(times):
            words = put_in(words, MARK, int(chance.integers(len(words) + 1)))
        question = Question(model, words)
        marks = np.array([word == MARK for word in words])
        whole, without = question(np.vstack([np.ones(len(words)), ~marks]))
        for name, method in METHODS.items():
            shares[name].append(method(question)[marks].sum() / (whole - without))
    return {name: float(np.median(values)) for name, values in shares.items()}


@dataclass(frozen=True)
class AttentionStudy:
    """What attention explains in one network, means over texts.

    Attributes:
        divergence: from its own attention to the farthest on two words with the same score.
        moved: the median change of the probability when the weights are shuffled.
        with_slopes: rank correlation of attention with the size of gradient × input.
    """

    divergence: float
    moved: float
    with_slopes: float


def study_attention(model: Reader, rows: Rows, draws: int = 50) -> AttentionStudy:
    """Measure what attention explains in a network.

    Raises:
        ValueError: there are no texts or no draws.
    """
    if not len(rows):
        raise ValueError("give one text or more")
    looked = [attention_and_values(model, words) for words in rows]
    slopes = [
        np.abs(gradient_times_input(Question(model, words).slopes, len(words)))
        for words in rows
    ]
    return AttentionStudy(
        float(np.mean([divergence(a, two_words(a, g)) for a, g in looked])),
        float(np.mean([shuffled(a, g, draws, seed=0) for a, g in looked])),
        float(
            np.mean(
                [
                    rank_correlation(a.tolist(), s.tolist())
                    for (a, _), s in zip(looked, slopes, strict=True)
                ]
            )
        ),
    )


def example_slopes(dials: Array) -> Array:
    """Return the slopes of ReLU(ReLU(x) - 1 - ReLU(y)) along dials of x = 3 and y = 1, (B, 2).

    Source: the worked example of Sundararajan, Taly and Yan (2017), appendix.

    >>> example_slopes(np.array([[0.4, 0.4], [1.0, 1.0]])).tolist()
    [[0.0, 0.0], [3.0, -1.0]]

    Raises:
        ValueError: dials are not (B, 2).
    """
    dials = np.asarray(dials, dtype=float)
    if dials.ndim != 2 or dials.shape[1] != 2:
        raise ValueError(f"the example has two dials, not {dials.shape}")
    active = 3 * dials[:, :1] - 1 - dials[:, 1:] > 0
    return np.where(active, [3.0, -1.0], 0.0)


def both_probabilities(model: Reader, given: Sequence[str]) -> Array:
    """Return the probabilities of bad and good for each text, (n, 2); one without words is blank.

    Raises:
        ValueError: there are no texts, or one in place of several.
    """
    if isinstance(given, str) or not len(given):
        raise ValueError(f"{given!r}: give one text or more in a list")
    rows = [words_of(text) or ["."] for text in given]
    good = probability(scores_of(model, rows))
    return np.stack([1 - good, good], axis=1)
