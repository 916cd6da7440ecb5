"""Probes: what can be read off a layer, and how much of that the probe learnt itself.

Source: Hewitt and Liang (2019), section 2 (control tasks, selectivity).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse import corpora
from nlpcourse.transformers.bert.encoder import Bert, load_pretrained
from nlpcourse.transformers.bert.tokens import PieceTokenizer

LAYERS = 7  # MiniLM's six, and the words' own vectors below them
TRAIN, TEST = 1200, 300
"""Sentences."""


@lru_cache(maxsize=1)
def encoder() -> tuple[Bert, PieceTokenizer]:
    """Return MiniLM and its tokenizer, read once."""
    folder = corpora.minilm()
    return load_pretrained(folder).eval(), PieceTokenizer.from_folder(folder)


@lru_cache(maxsize=1)
def tagged() -> list[list[tuple[str, str]]]:
    """Return Brown's news sentences of 3 to 40 words, with plain tags, in an order of their own."""
    found = [s for s in corpora.brown("news", marks=False) if 3 <= len(s) <= 40]
    random.Random(36).shuffle(found)
    return found[: TRAIN + TEST]


@lru_cache(maxsize=2)
def word_states(layer: int) -> Tensor:
    """Return a layer's vector for every word of :func:`tagged`, (words, 384), row after row.

    Raises:
        ValueError: there is no such layer.
    """
    return states_of(tagged(), layer)


def states_of(given: Sequence[Sequence[tuple[str, str]]], layer: int) -> Tensor:
    """Return a layer's vector for every word of some tagged sentences, (words, 384).

    A word of several pieces has their mean.

    Raises:
        ValueError: there is no such layer, or no sentence.
    """
    if not 0 <= layer < LAYERS or not sum(map(len, given)):
        raise ValueError(
            f"layers are 0 to {LAYERS - 1}, not {layer}; {len(given)} texts"
        )
    bert, tokenizer = encoder()
    found = []
    for sentence in given:
        pieces = [tokenizer.encode(word)[1:-1] for word, _ in sentence]
        ids = [tokenizer.cls, *(i for p in pieces for i in p), tokenizer.sep]
        with torch.no_grad():
            states = bert(torch.tensor([ids])).hidden_states[layer][0]
        start = 1
        for p in pieces:
            found.append(states[start : start + max(1, len(p))].mean(dim=0))
            start += len(p)
    return torch.stack(found)


def control_tags(words: Sequence[str], tags: Sequence[str], seed: int) -> list[str]:
    """Return a tag for every word, the same wherever a word stands, drawn as often as tags are.

    Nothing about language is in it: whoever gets it right on known words has learnt words by heart.

    >>> control_tags(["a", "b", "a"], ["X", "X", "X"], seed=0)
    ['X', 'X', 'X']

    Raises:
        ValueError: words and tags differ in number, or there are none.
    """
    if len(words) != len(tags) or not len(words):
        raise ValueError(f"{len(words)} words and {len(tags)} tags; each needs one")
    chance = random.Random(seed)
    drawn: dict[str, str] = {}
    for word in words:
        if word not in drawn:
            drawn[word] = chance.choice(tags)
    return [drawn[word] for word in words]


def selectivity(accuracy: float, control: float) -> float:
    """Return what a probe does better on the task than on its control.

    >>> selectivity(0.75, 0.5)
    0.25

    Raises:
        ValueError: one of them is no share.
    """
    if not (0 <= accuracy <= 1 and 0 <= control <= 1):
        raise ValueError(f"accuracies lie from 0 to 1, not {accuracy}, {control}")
    return accuracy - control


class ProbeTask:
    """A probe of one layer, for the training room.

    Config: ``layer``, ``hidden`` (0 for a linear probe), ``control`` (whether tags are drawn),
    ``draw``, ``batch_size``.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Read the layer and number the tags."""
        self.config = config
        words = [w.lower() for s in tagged() for w, _ in s]
        tags = [t for s in tagged() for _, t in s]
        if config["control"]:
            tags = control_tags(words, tags, seed=config["draw"])
        number = {tag: i for i, tag in enumerate(sorted(set(tags)))}
        self.tags = torch.tensor([number[tag] for tag in tags])
        self.states = word_states(config["layer"])
        self.cut = sum(len(s) for s in tagged()[:TRAIN])
        known = set(words[: self.cut])
        self.known = torch.tensor([w in known for w in words[self.cut :]])
        size, hidden = self.states.size(1), config["hidden"]
        last = nn.Linear(hidden or size, len(number))
        self.model: nn.Module = (
            nn.Sequential(nn.Linear(size, hidden), nn.ReLU(), last)
            if hidden
            else last
        )

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return vectors and tags of words drawn at random."""
        chance = torch.Generator().manual_seed(
            1_000_003 * self.config["draw"] + step
        )
        rows = int(self.config["batch_size"])
        chosen = torch.randint(self.cut, (rows,), generator=chance)
        return self.states[chosen], self.tags[chosen]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the cross-entropy of a batch; nothing is carried over."""
        states, tags = batch
        return F.cross_entropy(model(states), tags), ()

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the test sentences, and on their words seen in training."""
        self.model.cpu()
        with torch.no_grad():
            said = self.model(self.states[self.cut :]).argmax(dim=1)
        right = (said == self.tags[self.cut :]).double()
        return {
            "accuracy": float(right.mean()),
            "known": float(right[self.known].mean()),
        }
