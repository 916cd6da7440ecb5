"""A task with a known difficulty: spell a word backwards.

Every letter of the input matters once, and the first one last.  A model that must
pack the word into one vector can be caught forgetting, letter by letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from nlpcourse.neural.seq2seq import pronunciation
from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.recipes import Teaching, write_all
from nlpcourse.training import Plan, fit, set_seed

SIZES: dict[str, Any] = {
    "size": 32,
    "hidden": 64,
    "layers": 1,
    "dropout": 0.0,
    "lexical": False,
    "shared": True,
    "rows": 64,
}


@dataclass(frozen=True)
class Attempt:
    """A model after a short training.

    Attributes:
        model: the trained model.
        losses: the mean loss of every interval.
        right_by_length: the share of unseen words spelt without a mistake, by their
            length.
    """

    model: Seq2Seq
    losses: list[float]
    right_by_length: dict[int, float]


def spelt_backwards(model: Seq2Seq, words: Sequence[str]) -> list[str]:
    """Return what the model writes for each word."""
    letters = pronunciation.LETTERS
    outputs = write_all(model, [letters.encode(word) for word in words], width=1)
    return ["".join(letters.decode(output)) for output in outputs]


def learn_backwards(
    attention: str, steps: int, seed: int = 0, sizes: Mapping[str, Any] = SIZES
) -> Attempt:
    """Train a small model on CMUdict's words, and try it on 600 unseen ones.

    Args:
        attention: a score's name, or ``"none"``.
        steps: of 64 words each.
        seed: of the weights.
        sizes: of the model.
    """
    split = pronunciation.pronunciations()
    letters = pronunciation.LETTERS
    words = [word for word in split.train if 3 <= len(word) <= 14]
    pairs = [(letters.encode(word), letters.encode(word[::-1])) for word in words]
    set_seed(seed)
    task = Teaching(
        {**sizes, "attention": attention}, pairs, len(letters), len(letters)
    )
    plan = Plan(seed=seed, steps=steps, learning_rate=6e-3, warmup=50, interval=50)
    progress = fit(task, plan)
    model = cast(Seq2Seq, task.model)
    unseen = [
        word
        for length in range(3, 15)
        for word in [w for w in split.test if len(w) == length][:50]
    ]
    written = spelt_backwards(model, unseen)
    right: dict[int, list[bool]] = {}
    for word, output in zip(unseen, written, strict=True):
        right.setdefault(len(word), []).append(output == word[::-1])
    return Attempt(
        model,
        [entry["loss"] for entry in progress.losses],
        {length: sum(hits) / len(hits) for length, hits in right.items()},
    )
