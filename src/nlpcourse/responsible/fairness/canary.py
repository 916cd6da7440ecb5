"""A secret in the training text, and how far a language model has learnt it.

Source: Carlini et al. (2019): canaries, rank and exposure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.neural.rnn.characters import Alphabet
from nlpcourse.statistics.naive_bayes.features import unswallow
from nlpcourse.transformers.gpt.model import GPT
from nlpcourse.transformers.gpt.recipes import NextToken, gpt_config

NAMES = ("Robin", "Kim", "Sasha", "Alex", "Jo", "Noor")
TIMES = (0, 1, 2, 4, 8, 16)
DIGITS = 4
FRAME = "The door code of {name} is "


def exposure(rank: int, possible: int) -> float:
    """Return log₂ of all possible secrets less log₂ of the secret's rank, in bits.

    0 is the last place, log₂ *possible* the first.

    Raises:
        ValueError: the rank is not between 1 and *possible*.

    >>> exposure(rank=1, possible=1024)
    10.0
    """
    if not 1 <= rank <= possible:
        raise ValueError(f"rank {rank} of {possible}: ranks go from 1 to the last")
    return math.log2(possible) - math.log2(rank)


def rank_of(costs: Tensor, secret: int) -> int:
    """Return the place of a secret when all are ordered from the likeliest, the first being 1.

    Args:
        costs: minus the log probability of every possible secret, (possible,).
        secret: the place of the true one among them.

    Raises:
        ValueError: there is no such place, or a cost is not a number.
    """
    if (
        costs.dim() != 1
        or not 0 <= secret < len(costs)
        or bool(costs.isnan().any())
    ):
        raise ValueError(
            "costs are a list of numbers, and the secret a place in it"
        )
    return 1 + int((costs < costs[secret]).sum())


def secrets(seed: int) -> dict[str, tuple[str, int]]:
    """Return for each name a code and how often it is in the text; another one for every seed.

    >>> sorted(times for _, times in secrets(seed=3).values())
    [0, 1, 2, 4, 8, 16]
    """
    chance = np.random.default_rng([seed, 37])
    turned = chance.permutation(len(NAMES))
    return {
        name: ("".join(str(d) for d in chance.integers(0, 10, DIGITS)), TIMES[k])
        for name, k in zip(NAMES, turned, strict=True)
    }


@lru_cache(maxsize=4)
def private_text(seed: int, messages: int) -> str:
    """Return wanted text messages, one a line, with the canaries among them.

    Raises:
        ValueError: there are no messages, or fewer than asked for.
    """
    pairs = [p for m in corpora.sms_spam() for p in unswallow(m.text, m.label)]
    wanted = list(dict.fromkeys(text for text, label in pairs if label == "ham"))
    if not 0 < messages <= len(wanted):
        raise ValueError(f"there are 1 to {len(wanted)} messages, not {messages}")
    lines = wanted[:messages]
    for name, (code, times) in secrets(seed).items():
        lines += [FRAME.format(name=name) + code] * times
    chance = np.random.default_rng([seed, 38])
    return "\n".join(lines[i] for i in chance.permutation(len(lines))) + "\n"


@lru_cache(maxsize=1)
def alphabet(messages: int) -> Alphabet:
    """Return the characters of the messages and of the canaries."""
    return Alphabet(private_text(0, messages) + "0123456789" + "".join(NAMES))


@torch.no_grad()
def code_costs(model: GPT, letters: Alphabet, name: str) -> Tensor:
    """Return minus the log probability of all codes after a name's sentence, (10 ** DIGITS,).

    A thousand texts are read, each with three digits; the fourth is read off the last place.
    """
    start = letters.encode(FRAME.format(name=name))
    digit = torch.tensor([int(letters.encode(d)[0]) for d in "0123456789"])
    possible = 10 ** (DIGITS - 1)
    places = 10 ** torch.arange(DIGITS - 2, -1, -1)
    codes = torch.arange(possible)[:, None] // places % 10  # (1000, 3)
    texts = torch.cat([start.expand(possible, -1), digit[codes]], dim=1)
    shares = model(texts)[:, -DIGITS:].log_softmax(-1)  # (1000, 4, V)
    seen = shares[:, :-1].gather(2, digit[codes][..., None]).squeeze(2).sum(dim=1)
    costs: Tensor = -(seen[:, None] + shares[:, -1, digit]).flatten()
    return costs


def exposures(model: GPT, letters: Alphabet, seed: int) -> dict[int, float]:
    """Return the exposure of each canary, by how often it is in the training text."""
    found = {}
    for name, (code, times) in secrets(seed).items():
        rank = rank_of(code_costs(model, letters, name), int(code))
        found[times] = exposure(rank, 10**DIGITS)
    return dict(sorted(found.items()))


class Messages(NextToken):
    """Character by character through text messages that hold canaries."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model and number the text."""
        self.letters = alphabet(config["messages"])
        model = GPT(gpt_config(config, len(self.letters)))
        text = private_text(config["draw"], config["messages"])
        super().__init__(config, model, self.letters.encode(text))

    def evaluate(self) -> dict[str, float]:
        """Return the exposure of each canary."""
        assert isinstance(self.model, GPT)
        found = exposures(
            self.model.cpu().eval(), self.letters, self.config["draw"]
        )
        return {f"exposure_{times}": bits for times, bits in found.items()}


def by_times(logs: Sequence[Mapping[str, float]]) -> dict[int, list[float]]:
    """Return the exposures of several runs, by how often the canary was in the text.

    >>> by_times([{"exposure_1": 2.0, "loss": 1.0}, {"exposure_1": 3.0}])
    {1: [2.0, 3.0]}
    """
    found: dict[int, list[float]] = {}
    for log in logs:
        for key, value in log.items():
            what, _, times = key.rpartition("_")
            if what == "exposure" and times.isdecimal():
                found.setdefault(int(times), []).append(value)
    return dict(sorted(found.items()))
