"""Checks of the exercises of chapter 32, T5."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import torch

from nlpcourse import corpora
from nlpcourse.exercises import (
    Hint,
    all_close,
    exercise,
    number,
    numbers,
    parameters,
)
from nlpcourse.transformers.t5.corruption import corrupt
from nlpcourse.transformers.t5.mixing import mixing_rates
from nlpcourse.transformers.t5.relative import relative_bucket

WORDS_ALLOWED, ERROR_ALLOWED = 16, 0.2
"""Different answers, and their mean distance from the ratings, in exercise 32.4."""

_TEXTS = (
    ("Thank you for inviting me to your party last week", [(2, 4), (8, 9)]),
    ("one two three", [(0, 1)]),
    ("one two three", [(2, 3)]),
    ("a b c d e f", [(0, 2), (3, 4), (5, 6)]),
)


@exercise("32.1")
def target(answer: Callable[[str, list[tuple[int, int]]], str]) -> str:
    """The target of span corruption, as a text."""
    for text, spans in _TEXTS:
        words = text.split()
        source, wanted = (
            " ".join(part) for part in corrupt(words, spans, "<extra_id_{}>".format)
        )
        got = answer(text, list(spans))
        if not isinstance(got, str):
            raise Hint(
                f"A {type(got).__name__} came back for {text!r}. Does T5 read and write anything "
                "but text?"
            )
        if got.split() != wanted.split():
            raise Hint(_what_target_lacks(got, text, spans, source, wanted))
    return (
        "The target is shorter than the text: with fifteen in a hundred tokens cut out, three in "
        "a row, the decoder writes about a fifth of what a decoder that repeats it all would."
    )


def _what_target_lacks(
    got: str, text: str, spans: Sequence[tuple[int, int]], source: str, wanted: str
) -> str:
    """Return the question that fits a wrong target."""
    words = text.split()
    bare = " ".join(w for start, end in spans for w in words[start:end])
    if got.split() == source.split():
        return f"{got!r} is what the encoder reads. What is the decoder to write?"
    if got.split() == bare.split():
        return f"You return the words alone, {got!r}. How is a reader to know where each belongs?"
    if got.split() == wanted.split()[:-1]:
        return "Almost. What tells the decoder that the last span is over?"
    if got.strip() == text:
        return "The whole text came back. Which of its words does the input still hold?"
    return (
        f"For {text!r} with the spans {spans} the input is {source!r}. Which words belong to "
        f"<extra_id_0>? You say {got[:60]!r}."
    )


def _draw_mixture(rng: random.Random) -> dict[str, Any]:
    sizes = [rng.randrange(2, 10) * 10**power for power in (6, 5, 4, 3)]
    rng.shuffle(sizes)
    return {"sizes": sizes, "limit": rng.choice([20_000, 50_000, 200_000])}


@exercise("32.2", parameters=_draw_mixture, cases=2)
def shares(answer: Any) -> str:
    """The share of every task in a mixture with a limit."""
    p = parameters("32.2")
    sizes, limit = p["sizes"], p["limit"]
    want = mixing_rates(sizes, limit)
    got = numbers(answer)
    if got is None or len(got) != len(sizes):
        raise Hint(
            f"There are {len(sizes)} tasks. How many shares should there be, in a list?"
        )
    if all_close(got, want, rel=1e-4, abs=1e-9):
        return (
            f"Without the limit the largest task would fill {max(mixing_rates(sizes)):.0%} of the "
            f"mixture; with it, {max(want):.0%}."
        )
    if all_close(got, mixing_rates(sizes), rel=1e-4, abs=1e-9):
        raise Hint(
            f"Those are the shares in proportion to the sizes. What does the limit of {limit:,} "
            f"make of a task of {max(sizes):,} examples?"
        )
    if all_close(got, [1 / len(sizes)] * len(sizes), rel=1e-4):
        raise Hint(
            f"All tasks get the same. Is the smallest, of {min(sizes):,} examples, larger than "
            f"the limit of {limit:,}?"
        )
    if all_close(got, [min(s, limit) for s in sizes], rel=1e-4):
        raise Hint("Those are the limited sizes. What must shares add up to?")
    if all_close(
        got, [min(s, limit) / sum(sizes) for s in sizes], rel=1e-4, abs=1e-9
    ):
        raise Hint(
            f"Yours add up to {sum(got):.3f}. By which sum do you divide, that before the limit "
            "or that after it?"
        )
    if all_close(got, [100 * share for share in want], rel=1e-4):
        raise Hint("Those are hundredths. What do shares add up to?")
    raise Hint(
        f"For a task of {sizes[0]:,} examples and a limit of {limit:,} you say {got[0]:.4g}. "
        "What is the limited size of each of the four tasks, and what is their sum?"
    )


@exercise("32.3")
def bucket(answer: Callable[[int, int, int], int]) -> str:
    """The bucket of a token that lies so many places back, for the decoder."""
    for buckets, furthest in ((32, 128), (8, 20), (16, 1000)):
        far = [*range(buckets + 8), furthest - 1, furthest, furthest + 5, 10**6]
        wanted = relative_bucket(
            -torch.tensor(far), False, buckets, furthest
        ).tolist()
        for back, want in zip(far, wanted, strict=True):
            value = answer(back, buckets, furthest)
            got = number(value)
            if got is None or got != int(got):
                raise Hint(
                    f"For {back} places back, {str(value)[:40]!r} came back. Which whole number "
                    "is a bucket?"
                )
            if got != want:
                raise Hint(_which_half(back, int(got), want, buckets, furthest))
    return (
        "A token that is 10,000 places back shares its bucket with one 200 back: T5 gives up "
        "knowing how far the far ones are, and can read texts longer than any it was trained on."
    )


def _which_half(back: int, got: int, want: int, buckets: int, furthest: int) -> str:
    """Return the question that fits a wrong bucket."""
    exact = buckets // 2
    if back < exact:
        return (
            f"With {buckets} buckets the nearest {exact} distances have one each. Which is that of "
            f"{back}? You say {got}."
        )
    if got >= buckets:
        return (
            f"{back} places back you say bucket {got}. "
            f"What is the number of the last of {buckets}?"
        )
    if back >= furthest:
        return (
            f"From {furthest} places on all share the last bucket. You say {got} for {back}; "
            "which is the last?"
        )
    if got == round(
        exact
        + (buckets - exact) * math.log(back / exact) / math.log(furthest / exact)
    ):
        return (
            f"{back} places back you say {got}. "
            "Do you round, or cut off what is behind the point?"
        )
    return (
        f"{back} of {furthest} places back: which part of the way from {exact} to {furthest} is "
        f"that, on a scale of logarithms? You say bucket {got} of {buckets}."
    )


@exercise("32.4")
def rating_as_text(answer: Callable[[float], str]) -> str:
    """A rating as a text, from few enough texts, so that little of the rating is lost."""
    ratings = [sentence.rating for sentence in corpora.sentiment_4("movie")][::9]
    off, texts = 0.0, set()
    for rating in ratings:
        text = answer(rating)
        if not isinstance(text, str):
            raise Hint(
                f"For the rating {rating:.2f} came a {type(text).__name__}. What is T5 to write "
                "as an answer?"
            )
        read = _read(text)
        if read is None:
            raise Hint(
                f"For the rating {rating:.2f} came {text[:40]!r}. Which number does `float` read "
                "in it?"
            )
        texts.add(text.strip())
        off += abs(read - rating) / len(ratings)
    if len(texts) > WORDS_ALLOWED:
        raise Hint(
            f"{len(texts)} different texts for {len(ratings)} ratings; {WORDS_ALLOWED} are "
            "allowed. How often would the model see each of yours in training?"
        )
    if not off <= ERROR_ALLOWED:
        raise Hint(
            f"The numbers of your {len(texts)} texts are off by {off:.2f} on average; "
            f"{ERROR_ALLOWED} is allowed. Which ratings are the farthest from what you write?"
        )
    return (
        f"Off by {off:.3f} on average with {len(texts)} texts. T5 treats the similarity of two "
        "sentences, from 1 to 5, in this way: rounded to steps of a fifth, and written out."
    )


def _read(text: str) -> float | None:
    """Return the number that a text holds; None where it holds none."""
    try:
        read = float(text)
    except ValueError:
        return None
    return read if math.isfinite(read) else None
