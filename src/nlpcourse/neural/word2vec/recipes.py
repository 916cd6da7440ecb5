"""What ``nlpcourse train`` trains for this chapter: three seeds of skip-gram, and of CBOW."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.neural.word2vec.blocks import SkipGram
from nlpcourse.neural.word2vec.cbow import Cbow
from nlpcourse.neural.word2vec.scores import agreement, answer_all
from nlpcourse.neural.word2vec.text import Corpus, Vocabulary, wikitext
from nlpcourse.neural.word2vec.vectors import WordVectors
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe


def measure(vectors: WordVectors) -> dict[str, float]:
    """Return how the vectors do on both lists of rated pairs and on the analogies."""
    related = agreement(vectors, corpora.wordsim())
    similar = agreement(vectors, corpora.simlex())
    semantic, syntactic = answer_all(vectors, corpora.analogies())
    return {
        "wordsim": related.correlation,
        "simlex": similar.correlation,
        "semantic_analogies": semantic.accuracy,
        "syntactic_analogies": syntactic.accuracy,
        "analogies": (semantic + syntactic).accuracy,
    }


def glove_of(vocabulary: Vocabulary) -> WordVectors:
    """Return the published GloVe vectors of those of the vocabulary's words that it has."""
    glove = corpora.glove_50d()
    row = {word: number for number, word in enumerate(glove.words)}
    words = [word for word in vocabulary.words if word in row]
    table = glove.vectors[[row[word] for word in words]]
    return WordVectors(words, torch.tensor(table))


SAMPLING = ("size", "window", "negatives", "drawn", "threshold")
"""What every skip-gram takes from a recipe's settings, in the order of its arguments."""


class SkipGramming:
    """Skip-gram over a text, one stretch of running words a step."""

    kind: type[SkipGram] = SkipGram

    def __init__(
        self, config: Mapping[str, Any], corpus: Corpus | None = None
    ) -> None:
        """Make the model; number the text (*corpus* where given, else WikiText-2's)."""
        self.corpus = corpus or wikitext(config["least"])
        self.stretch: int = config["stretch"]
        self.model: nn.Module = self.network(config)

    def network(self, config: Mapping[str, Any]) -> nn.Module:
        """Return the model for the numbered text."""
        counts = torch.tensor(self.corpus.vocabulary.counts)
        return self.kind(
            counts, *(config[name] for name in SAMPLING), config["power"]
        )

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return the next stretch: words and their sentences, (time,); the text goes round."""
        start = step * self.stretch
        places = torch.arange(start, start + self.stretch) % len(self.corpus.words)
        return self.corpus.words[places], self.corpus.sentence[places]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean loss of a pair; nothing is carried over."""
        words, sentence = batch
        return model(words, sentence), ()

    def vectors(self) -> WordVectors:
        """Return the vectors of the centres as they are now."""
        assert isinstance(self.model, SkipGram)
        centres = self.model.centres.detach().cpu()
        return WordVectors(self.corpus.vocabulary.words, centres)

    def evaluate(self) -> dict[str, float]:
        """Return the scores on rated pairs and analogies."""
        return measure(self.vectors())


def held_out_loss(task: SkipGramming, seed: int = 0) -> float:
    """Return the mean loss of a pair on WikiText-2's validation text, which no training reads."""
    vocabulary = task.corpus.vocabulary
    lines = [
        line.lower().split() for line in corpora.wikitext_2("valid").splitlines()
    ]
    coded = [vocabulary.encode(line) for line in lines]
    words = torch.tensor([word for line in coded for word in line])
    lengths = torch.tensor([len(line) for line in coded])
    sentence = torch.repeat_interleave(torch.arange(len(coded)), lengths)
    torch.manual_seed(seed)
    starts = range(0, len(words) - task.stretch + 1, task.stretch)
    with torch.no_grad():
        losses = [
            float(
                task.model(
                    *(part[s : s + task.stretch] for part in (words, sentence))
                )
            )
            for s in starts
        ]
    return sum(losses) / len(losses)


class GuessingWords(SkipGramming):
    """CBOW over a text, all else as for skip-gram."""

    kind = Cbow

    def evaluate(self) -> dict[str, float]:
        """Return the scores, and the loss on other text, by which the learning rate is chosen."""
        return {"held_out_loss": held_out_loss(self), **super().evaluate()}


CONFIG: dict[str, Any] = {
    "data": "wikitext-2, lower-cased",
    "least": 5,
    "size": 64,
    "window": 5,
    "negatives": 5,
    "drawn": 256,
    "threshold": 1e-4,
    "power": 0.75,
    "stretch": 4096,
}
SEEDS = (0, 1, 2)
NAME = "word2vec-wikitext2-seed0"


def _recipe(seed: int) -> Recipe:
    return Recipe(
        build=SkipGramming,
        config=CONFIG,
        plan=Plan(
            seed=seed,
            steps=5789,  # twelve readings of the text
            learning_rate=0.0125,  # chosen by the loss on other text
            warmup=100,
            clip=1e9,  # Adam's steps have a size of their own; nothing is cut
            interval=100,
        ),
        half=True,
        keep_weights=seed == 0,
        about=f"skip-gram vectors of WikiText-2, seed {seed}",
    )


CBOW_RATES = (0.0125, 0.025)
CBOW_RATE = 0.0125  # chosen by the loss on other text
CBOW = f"word2vec-cbow-{CBOW_RATE:g}"


def _cbow(rate: float, seed: int) -> Recipe:
    """Return a run of CBOW: the plan of skip-gram, with a learning rate of its own."""
    skipgram = _recipe(seed)
    return replace(
        skipgram,
        build=GuessingWords,
        plan=replace(skipgram.plan, learning_rate=rate),
        keep_weights=False,
        about=f"CBOW vectors of WikiText-2, learning rate {rate:g}, seed {seed}",
    )


RECIPES = {
    **{f"word2vec-wikitext2-seed{seed}": _recipe(seed) for seed in SEEDS},
    **{f"word2vec-cbow-{rate:g}-seed0": _cbow(rate, 0) for rate in CBOW_RATES},
    **{f"{CBOW}-seed{seed}": _cbow(CBOW_RATE, seed) for seed in SEEDS[1:]},
}


@lru_cache(maxsize=1)
def load_vectors() -> WordVectors:
    """Return this chapter's trained vectors: the words of WikiText-2, lower-cased.

    The later chapters ask them with ``nearest(word)`` and ``sentence(words)``.
    """
    tensors, _ = registry.load(NAME, RECIPES[NAME])
    return WordVectors(wikitext().vocabulary.words, tensors["centres"])
