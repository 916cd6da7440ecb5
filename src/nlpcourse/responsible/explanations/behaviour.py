"""Behavioural tests: what a model must be able to do, whatever it looks like inside.

Three kinds: a *minimum functionality test* has right answers; an *invariance test* changes what
must not matter; a *directional test* changes what must push the answer one way.

Source: Ribeiro, Wu, Guestrin and Singh (2020), section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Literal

import numpy as np

from nlpcourse.learning.linear.rows import Array

Kind = Literal["MFT", "INV", "DIR"]
Texts = Callable[[Sequence[str]], Array]
"""Texts in, probabilities of good out."""
MARGIN = 0.1
"""A probability may move the wrong way by so much before a directional test fails."""


@dataclass(frozen=True)
class Behaviour:
    """A test: what it asks for, and its cases.

    Attributes:
        capability: what the model must be able to do.
        kind: one of the three.
        cases: a text and what it is compared with: for MFT ``"good"`` or ``"bad"``, for INV the
            changed text, for DIR the changed text.
        up: for DIR, whether the change must push towards good.
    """

    capability: str
    kind: Kind
    cases: Sequence[tuple[str, str]]
    up: bool = True

    def __post_init__(self) -> None:
        """Refuse a test without cases, of another kind, or with an answer that is none."""
        if self.kind not in ("MFT", "INV", "DIR"):
            raise ValueError(f"a test is MFT, INV or DIR, not {self.kind!r}")
        if not len(self.cases):
            raise ValueError(f"the test of {self.capability!r} has no cases")
        if self.kind == "MFT" and not {a for _, a in self.cases} <= {"good", "bad"}:
            raise ValueError("the right answers of an MFT are good and bad")


def failures(test: Behaviour, judge: Texts) -> list[tuple[str, str, float]]:
    """Return the cases that fail, each with the probability of good that made it fail.

    Raises:
        ValueError: the judge does not give every text a probability.
    """
    before = _judged(judge, [text for text, _ in test.cases])
    if test.kind == "MFT":
        wrong = [
            (p > 0.5) != (answer == "good")
            for p, (_, answer) in zip(before, test.cases, strict=True)
        ]
        after = before
    else:
        after = _judged(judge, [other for _, other in test.cases])
        moved = (after - before) * (1 if test.up else -1)
        turned = (after > 0.5) != (before > 0.5)
        wrong = list(turned if test.kind == "INV" else moved < -MARGIN)
    return [
        (*case, float(p))
        for case, p, failed in zip(test.cases, after, wrong, strict=True)
        if failed
    ]


def failure_rate(test: Behaviour, judge: Texts) -> float:
    """Return the share of cases that fail; see :func:`failures`."""
    return len(failures(test, judge)) / len(test.cases)


def _judged(judge: Texts, texts: list[str]) -> Array:
    """Return the judge's probabilities, one for each text, refusing anything else."""
    found = np.asarray(judge(texts), dtype=float)
    fine = found.shape == (len(texts),) and ((found >= 0) & (found <= 1)).all()
    if not fine:
        raise ValueError(f"{len(texts)} texts need as many probabilities")
    return found


GOOD = ("great", "wonderful", "brilliant", "funny", "charming", "moving")
BAD = ("terrible", "awful", "boring", "dull", "stupid", "pointless")
THINGS = ("film", "movie", "story", "comedy", "script", "cast")
NAMES = ("anna", "james", "maria", "omar", "chen", "fatima")


def swapped_letters(text: str) -> str:
    """Return the text with two letters exchanged inside its longest word.

    >>> swapped_letters("a wonderful film")
    'a wonedrful film'

    Raises:
        ValueError: no word has the four letters that it takes.
    """
    words = text.split()
    place = max(range(len(words)), key=lambda i: len(words[i]), default=-1)
    if place < 0 or len(words[place]) < 4:
        raise ValueError(f"{text!r} has no word of four letters or more")
    word, k = words[place], len(words[place]) // 2 - 1
    words[place] = word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    return " ".join(words)


def suite(texts: Sequence[str]) -> list[Behaviour]:
    """Return tests of seven capabilities, those of invariance and direction on *texts*.

    Raises:
        ValueError: there are no texts.
    """
    if isinstance(texts, str) or not len(texts):
        raise ValueError(f"{texts!r}: give one text or more in a list")
    plain = [
        (f"the {thing} is {word}.", side)
        for side, words in (("good", GOOD), ("bad", BAD))
        for thing, word in product(THINGS, words)
    ]
    negated = [
        (f"the {thing} is not {word}.", side)
        for side, words in (("bad", GOOD), ("good", BAD))
        for thing, word in product(THINGS, words)
    ]
    changed = [
        (f"i thought the {thing} would be {old}, but it is {new}.", side)
        for side, olds, news in (("good", BAD, GOOD), ("bad", GOOD, BAD))
        for thing in THINGS[:3]
        for old, new in product(olds[:3], news[:3])
    ]
    names = [
        (
            f"{one} plays the lead in this {w} film.",
            f"{two} plays the lead in this {w} film.",
        )
        for w in (*GOOD, *BAD)
        for one, two in pairwise(NAMES)
    ]
    typed = [t for t in texts if any(len(w) > 3 for w in t.split())]
    return [
        Behaviour("vocabulary", "MFT", plain),
        Behaviour("negation", "MFT", negated),
        Behaviour("change of mind", "MFT", changed),
        Behaviour("names", "INV", names),
        Behaviour("typing errors", "INV", [(t, swapped_letters(t)) for t in typed]),
        Behaviour(
            "praise added", "DIR", [(t, f"{t} a wonderful film.") for t in texts]
        ),
        Behaviour(
            "blame added",
            "DIR",
            [(t, f"{t} a terrible film.") for t in texts],
            up=False,
        ),
    ]
