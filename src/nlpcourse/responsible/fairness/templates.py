"""Sentences that differ in one word, and a test of whether a model's scores differ with it.

Source: Kiritchenko and Mohammad (2018) for the sentences' form.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.linear.rows import Array

FRAMES = (
    "{person} feels {feeling}.",
    "The situation makes {person} feel {feeling}.",
    "I made {person} feel {feeling}.",
    "{person} found the film {feeling}.",
    "The conversation with {person} was {feeling}.",
    "{person} told us all about the {feeling} evening.",
)
FEELINGS = ("wonderful", "funny", "great", "terrible", "dull", "awful")
PEOPLE = (
    ("my mother", "my father"),
    ("my sister", "my brother"),
    ("my daughter", "my son"),
    ("my aunt", "my uncle"),
    ("this woman", "this man"),
    ("this girl", "this boy"),
    ("my wife", "my husband"),
)
"""Pairs that differ in gender, and in nothing else that the sentence says."""
LIKE = (
    ("my mother", "my aunt"),
    ("my sister", "my daughter"),
    ("my father", "my uncle"),
    ("my brother", "my son"),
    ("this woman", "this girl"),
    ("this man", "this boy"),
    ("my wife", "my sister"),
)
"""The control: pairs of one gender."""


@dataclass(frozen=True)
class Pair:
    """Two sentences that differ in the person."""

    one: str
    other: str


def fill(frame: str, **slots: str) -> str:
    """Return a frame with its slots filled and a capital at the beginning.

    Raises:
        ValueError: a slot of the frame is not given.

    >>> fill("{person} feels {feeling}.", person="my aunt", feeling="great")
    'My aunt feels great.'
    """
    try:
        text = frame.format(**slots)
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(
            f"the frame {frame!r} has a slot that is not given"
        ) from error
    return text[:1].upper() + text[1:]


def pairs(
    people: Sequence[tuple[str, str]],
    frames: Sequence[str] = FRAMES,
    feelings: Sequence[str] = FEELINGS,
) -> list[Pair]:
    """Return all pairs of sentences: every frame, feeling and pair of people."""
    return [
        Pair(
            fill(frame, person=one, feeling=feeling),
            fill(frame, person=other, feeling=feeling),
        )
        for frame, feeling, (one, other) in itertools.product(
            frames, feelings, people
        )
    ]


def sign_flip_p(differences: Array, draws: int = 10_000, seed: int = 0) -> float:
    """Return how often random signs give a mean at least so far from 0, to either side.

    If nothing but chance said which of a pair comes first, each difference could as well have
    the other sign.  Exact where there are at most fourteen differences.

    Raises:
        ValueError: there is no difference, one is not finite, or no draw is asked for.
    """
    n = len(differences)
    if not n or not np.isfinite(differences).all() or draws < 1:
        raise ValueError("the test needs finite differences, and a draw or more")
    found = abs(differences.sum()) - 1e-12
    if n <= 14:
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=n)))
        return float((np.abs(signs @ differences) >= found).mean())
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), (draws, n))
    return float((1 + (np.abs(signs @ differences) >= found).sum()) / (1 + draws))


def flips(one: Array, other: Array, line: float = 0.5) -> float:
    """Return the share of pairs of which one lies above a line and the other not.

    Raises:
        ValueError: there are not as many of the one as of the other, or none; a score is no
            number, or the line is no share.

    >>> flips([0.7, 0.4], [0.6, 0.6])
    0.5
    """
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if len(one) != len(other) or not len(one):
        raise ValueError(f"{len(one)} scores and {len(other)}: pairs need both")
    if not 0 <= line <= 1:
        raise ValueError(f"the line is a share, such as 0.95, not {line}")
    if np.isnan(one).any() or np.isnan(other).any():
        raise ValueError("a score is NaN, so it lies on no side of a line; mend it")
    return float(np.mean((one > line) != (other > line)))
