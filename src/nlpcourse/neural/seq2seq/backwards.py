"""A task with a known difficulty: spell a word backwards.

Every letter of the input matters once, and the first one last.  One model has the
encoder's summary alone, the other has attention; all else is equal, the learning rate
apart, which each got by its own score on validation words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from nlpcourse.neural.seq2seq import pronunciation
from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.teaching import Pair, Teaching, write_all
from nlpcourse.training.loop import fit
from nlpcourse.training.recipe import Plan, Recipe, set_seed
from nlpcourse.training.registry import over_seeds

SIZES: dict[str, Any] = {
    "data": "cmudict",
    "size": 32,
    "hidden": 64,
    "layers": 1,
    "dropout": 0.0,
    "lexical": False,
    "shared": True,
    "rows": 64,
}
SHORTEST, LONGEST = 3, 14  # letters of a word
RATES = {"one-vector": 0.024, "attention": 0.012}
"""Learning rates: the best for each on validation words after 300 steps, of 0.003,
0.006, 0.012, 0.024 and, with one vector alone, 0.048."""
STEPS = (300, 1_500)
SEEDS = (0, 1, 2)


@lru_cache(maxsize=1)
def spelling_pairs() -> list[Pair]:
    """Return CMUdict's training words of 3 to 14 letters, and each turned round."""
    letters = pronunciation.LETTERS
    return [
        (letters.encode(word), letters.encode(word[::-1]))
        for word in pronunciation.pronunciations().train
        if SHORTEST <= len(word) <= LONGEST
    ]


def spelt_backwards(model: Seq2Seq, words: Sequence[str]) -> list[str]:
    """Return what the model writes for each word, by greedy search."""
    letters = pronunciation.LETTERS
    outputs = write_all(model, [letters.encode(word) for word in words], width=1)
    return ["".join(letters.decode(output)) for output in outputs]


def unseen_words(each: int = 80) -> dict[int, list[str]]:
    """Return test words by their length, at most *each* of a length.

    Raises:
        ValueError: *each* is below 1.
    """
    if each < 1:
        raise ValueError(f"{each} words of each length are none; give 1 or more")
    test = pronunciation.pronunciations().test
    return {
        length: [word for word in test if len(word) == length][:each]
        for length in range(SHORTEST, LONGEST + 1)
    }


class Spelling(Teaching):
    """Words and the same words backwards."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Number the letters of all training words."""
        size = len(pronunciation.LETTERS)
        super().__init__(config, spelling_pairs(), size, size)

    def evaluate(self) -> dict[str, float]:
        """Return the share of unseen words spelt without a mistake, by length."""
        model = cast(Seq2Seq, self.model)
        return {
            f"right_{length}": sum(
                output == word[::-1]
                for word, output in zip(
                    words, spelt_backwards(model, words), strict=True
                )
            )
            / len(words)
            for length, words in unseen_words().items()
        }


def _config(kind: str) -> dict[str, Any]:
    score = "none" if kind == "one-vector" else "general"
    return {**SIZES, "attention": score}


def plan(kind: str, steps: int, seed: int = 0) -> Plan:
    """Return how a model of a kind, a key of :data:`RATES`, is trained.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in RATES:
        raise ValueError(
            f"no model is called {kind!r}; choose one of {', '.join(RATES)}"
        )
    return Plan(
        seed=seed,
        steps=steps,
        learning_rate=RATES[kind],
        warmup=50,
        interval=min(100, steps),
    )


def learn_backwards(kind: str, steps: int, seed: int = 0) -> Seq2Seq:
    """Train a small model to spell words backwards, and return it.

    Args:
        kind: ``"one-vector"`` or ``"attention"``.
        steps: of 64 words each.
        seed: of the weights.

    Raises:
        ValueError: there is no such kind.
    """
    chosen = plan(kind, steps, seed)
    set_seed(seed)
    task = Spelling(_config(kind))
    fit(task, chosen)
    return cast(Seq2Seq, task.model)


RECIPES = {
    f"seq2seq-backwards-{kind}-{steps}-seed{seed}": Recipe(
        build=Spelling,
        config=_config(kind),
        plan=plan(kind, steps, seed),
        keep_weights=False,
        about=f"words backwards, {kind}, {steps:,} steps, seed {seed}",
    )
    for kind in RATES
    for steps in STEPS
    for seed in SEEDS
}


def share_right(
    kind: str, steps: int, lengths: Sequence[int], seeds: Sequence[int] = SEEDS
) -> dict[int, float]:
    """Return of every seed the share of unseen words spelt right, from the logs.

    Args:
        kind: ``"one-vector"`` or ``"attention"``.
        steps: of the training, one of :data:`STEPS`.
        lengths: of the words; every length counts alike.
        seeds: that are looked up.

    Raises:
        ValueError: there is no such training, no length or no seed is given, or a
            length of which no word was tried.
    """
    plan(kind, steps)
    if steps not in STEPS or not len(seeds):
        raise ValueError(
            f"{steps} steps, {len(seeds)} seeds: steps are one of {STEPS}"
        )
    lengths = list(lengths)
    if not lengths or not all(SHORTEST <= n <= LONGEST for n in lengths):
        raise ValueError(
            f"words of {SHORTEST} to {LONGEST} letters were tried; there is nothing "
            f"for the lengths {lengths}"
        )
    stem = f"seq2seq-backwards-{kind}-{steps}"
    found = [over_seeds(stem, f"right_{n}", seeds) for n in lengths]
    return {
        seed: sum(shares[seed] for shares in found) / len(found)
        for seed in found[0]
    }


def right_by_length(kind: str, steps: int) -> dict[int, float]:
    """Return the share of unseen words spelt right by length, mean over the seeds.

    Raises:
        ValueError: there is no such training.
    """
    found = {}
    for length in range(SHORTEST, LONGEST + 1):
        shares = share_right(kind, steps, [length])
        found[length] = sum(shares.values()) / len(shares)
    return found
