"""What ``nlpcourse train`` trains for this chapter: three seeds of two rewriters of verses.

``copy`` has a small vocabulary and may copy; ``fixed`` has the same vocabulary and may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from nlpcourse.neural.seq2seq.search import greedy_search
from nlpcourse.neural.seq2seq.symbols import (
    BEGIN,
    END,
    PAD,
    Epochs,
    length_batches,
    pad,
)
from nlpcourse.neural.summarization.pointer import PointerGenerator, probability_of
from nlpcourse.neural.summarization.rouge import rouge_of_tokens
from nlpcourse.neural.summarization.verses import (
    UNKNOWN,
    Vocabulary,
    Words,
    verses,
    vocabulary,
)
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe

SMALL = 800
SEEDS = (0, 1, 2)
JUDGED = 300
"""Test verses that are rewritten after a training."""


@lru_cache(maxsize=1)
def trained_words() -> frozenset[str]:
    """Return every word of the training verses, of both sides."""
    return frozenset(w for pair in verses().train for side in pair for w in side)


def rewrite(
    model: PointerGenerator, known: Vocabulary, sources: Sequence[Words]
) -> list[Words]:
    """Return the model's modern words for each old verse, by greedy search."""
    model.eval()
    written: list[Words] = [[] for _ in sources]
    extended = [known.extend(words) for words in sources]
    for chosen in length_batches([len(s) for s in sources], 50, 0, shuffled=False):
        source = pad([extended[k][0] for k in chosen])
        places = pad([extended[k][1] for k in chosen])
        with torch.no_grad():
            state = model.start(source, places)
        found = greedy_search(model.step, state, BEGIN, END, 40)
        for k, numbers in zip(chosen, found, strict=True):
            written[k] = known.decode(numbers, extended[k][2])
    return written


def judged(
    written: Sequence[Words],
    pairs: Sequence[tuple[Words, Words]],
    common: Vocabulary,
) -> dict[str, float]:
    """Return how well verses were rewritten, and what became of the rare names.

    A *rare name* is a word with a capital outside the vocabulary *common* that stands in the old
    verse and in the modern one.  A *false name* is a word with a capital in the output, outside
    *common*, that stands in neither.
    """
    counts: Counter[str] = Counter()
    rouge: list[float] = []
    for output, (old, new) in zip(written, pairs, strict=True):
        rouge.append(rouge_of_tokens(new, output, "L").f1)
        rare = {
            w for w in new if w[0].isupper() and w in old and w not in common.number
        }
        unseen = rare - trained_words()
        counts["names"] += len(rare)
        counts["kept"] += len(rare & set(output))
        counts["unseen"] += len(unseen)
        counts["unseen_kept"] += len(unseen & set(output))
        given = {w for w in output if w[0].isupper() and w not in common.number}
        counts["given"] += len(given)
        counts["false"] += len(given - set(old) - set(new))
        counts["unknown"] += "(unknown)" in output
    return {
        "rouge_l": sum(rouge) / len(rouge),
        "names": counts["names"],
        "names_kept": counts["kept"] / counts["names"],
        "unseen_names": counts["unseen"],
        "unseen_kept": counts["unseen_kept"] / max(counts["unseen"], 1),
        "given_names": counts["given"],
        "false_names": counts["false"] / max(counts["given"], 1),
        "with_unknown": counts["unknown"] / len(written),
    }


class Rewriting:
    """The training verses, with or without copying."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Number all verses."""
        self.known = vocabulary(config["vocabulary"])
        self.copying = config["copying"]
        self.model: nn.Module = _model(config)
        self.pairs = []
        for old, new in verses().train:
            source, places, strange = self.known.extend(old)
            target = self.known.target(new, strange if self.copying else [])
            self.pairs.append((source, places, [BEGIN, *target, END]))
        lengths = [len(s) + len(t) for s, _, t in self.pairs]
        self.epochs = Epochs(lengths, config["rows"])

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return sources, their extended numbers, and whole outputs."""
        chosen = [self.pairs[k] for k in self.epochs.items(step)]
        return tuple(pad([pair[side] for pair in chosen]) for side in range(3))

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean −ln p of the true next words."""
        source, places, target = batch
        known = target.masked_fill(target >= len(self.known), UNKNOWN)
        own, weights, switch, _ = model(source, known[:, :-1])
        right = target[:, 1:]
        chances = probability_of(right, own, weights, switch, places)
        costs = -(chances + 1e-9).log()[right != PAD]
        return costs.mean(), ()

    def evaluate(self) -> dict[str, float]:
        """Return the figures of test verses and, under ``validation_``, of others."""
        assert isinstance(self.model, PointerGenerator)
        found: dict[str, float] = {}
        parts = {
            "": verses().test[:JUDGED],
            "validation_": verses().validation[:150],
        }
        for name, pairs in parts.items():
            written = rewrite(self.model, self.known, [old for old, _ in pairs])
            figures = judged(written, pairs, vocabulary(SMALL))
            found.update({f"{name}{key}": value for key, value in figures.items()})
        return found


def _model(config: Mapping[str, Any]) -> PointerGenerator:
    return PointerGenerator(
        len(vocabulary(config["vocabulary"])),
        config["size"],
        config["hidden"],
        config["dropout"],
        config["copying"],
    )


COPY: dict[str, Any] = {
    "data": "kjv-bsb",
    "vocabulary": SMALL,
    "copying": True,
    "size": 64,
    "hidden": 96,
    "dropout": 0.1,
    "rows": 32,
}
KINDS = {
    "copy": COPY,
    "fixed": {**COPY, "copying": False},
}
RECIPES = {
    f"rewriter-{kind}-seed{seed}": Recipe(
        build=Rewriting,
        config=config,
        plan=Plan(
            seed=seed, steps=600, learning_rate=5e-3, warmup=100, interval=100
        ),
        half=True,
        keep_weights=seed == 0,
        about=f"old verses into modern English, {kind} vocabulary, seed {seed}",
    )
    for kind, config in KINDS.items()
    for seed in SEEDS
}


def load_rewriter(kind: str) -> tuple[PointerGenerator, Vocabulary]:
    """Return a trained rewriter of the first seed, and its vocabulary.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"no rewriter is called {kind!r}; choose from {[*KINDS]}")
    name = f"rewriter-{kind}-seed0"
    model, _ = registry.load_model(name, _model(KINDS[kind]), RECIPES[name])
    return model, vocabulary(KINDS[kind]["vocabulary"])
