"""What the encoder is pre-trained on: blanks to fill in, and pairs of sentences to judge.

Sources: Devlin et al. (2019), section 3.1 and appendix A.1, for the 80/10/10 rule and next-sentence
prediction; Liu et al. (2019), section 4.1, for masks that are drawn anew.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

IGNORED = -100
"""The target at a place that is not asked about; `cross_entropy` passes over it."""


@dataclass(frozen=True)
class Masking:
    """How tokens are hidden.

    Attributes:
        mask_id: the id of the blank.
        vocabulary_size: random replacements are drawn from the ids below this one.
        rate: share of the tokens that are asked about.
        blank: share of those that are replaced by the blank.
        random: share of those that are replaced by any token; the rest stay as they are.
    """

    mask_id: int
    vocabulary_size: int
    rate: float = 0.15
    blank: float = 0.8
    random: float = 0.1

    def __post_init__(self) -> None:
        """Refuse shares that can't be."""
        if not 0 <= self.rate <= 1:
            raise ValueError(f"the rate is a share from 0 to 1, not {self.rate}")
        if not (self.blank >= 0 <= self.random and self.blank + self.random <= 1):
            raise ValueError(
                f"blanks {self.blank} and random tokens {self.random} are shares that add up "
                "to 1 at most"
            )
        if self.vocabulary_size < 1:
            raise ValueError("random tokens need a vocabulary of 1 or more")


def hide(
    ids: Tensor, hideable: Tensor, masking: Masking, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Hide some tokens of a batch and return what the model sees and what it must say.

    Args:
        ids: (B, T).
        hideable: (B, T) booleans, False at special tokens and padding.
        masking: rates and ids.
        generator: the source of chance; the same state hides the same tokens.

    Returns:
        The inputs, (B, T), and the targets, (B, T): the true id where asked, else ``IGNORED``.

    >>> ids = torch.arange(1000).reshape(10, 100) % 90 + 10
    >>> inputs, targets = hide(ids, ids > 0, Masking(3, 100), torch.Generator().manual_seed(0))
    >>> asked = targets != IGNORED
    >>> round(asked.float().mean().item(), 2), round((inputs[asked] == 3).float().mean().item(), 1)
    (0.15, 0.8)
    """
    asked = (torch.rand(ids.shape, generator=generator) < masking.rate) & hideable
    targets = ids.masked_fill(~asked, IGNORED)
    dice = torch.rand(ids.shape, generator=generator)
    anything = torch.randint(
        masking.vocabulary_size, ids.shape, generator=generator
    )
    inputs = ids.masked_fill(asked & (dice < masking.blank), masking.mask_id)
    swapped = (
        asked & (dice >= masking.blank) & (dice < masking.blank + masking.random)
    )
    return torch.where(swapped, anything, inputs), targets


@dataclass(frozen=True)
class SentencePair:
    """Two sentences, and whether the second followed the first in the text."""

    first: str
    second: str
    is_next: bool


def next_sentence_pairs(
    documents: Sequence[Sequence[str]],
    count: int,
    seed: int = 0,
    within: bool = False,
) -> list[SentencePair]:
    """Draw pairs as BERT did: half the time the next sentence, half the time any sentence.

    Args:
        documents: the sentences of each document, in order.
        count: pairs to draw.
        seed: of the draw.
        within: the other sentence comes from the same document, so that the topic tells nothing.

    Raises:
        ValueError: fewer than two documents with two sentences each, or a negative count.
    """
    if count < 0:
        raise ValueError(f"{count} pairs can't be drawn; give 0 or more")
    long_enough = [document for document in documents if len(document) > 1]
    if len(long_enough) < 2:
        raise ValueError(
            "next-sentence pairs need at least two documents of two sentences"
        )
    rng = random.Random(seed)
    pairs = []
    for i in range(count):
        d = rng.randrange(len(long_enough))
        place = rng.randrange(len(long_enough[d]) - 1)
        follows = i % 2 == 0
        elsewhere = long_enough[:d] + long_enough[d + 1 :]
        other = long_enough[d] if within else rng.choice(elsewhere)
        second = long_enough[d][place + 1] if follows else rng.choice(other)
        pairs.append(SentencePair(long_enough[d][place], second, follows))
    return pairs


def shared_words(first: str, second: str) -> int:
    """Count the words of five letters or more that two sentences share.

    >>> shared_words("The Thames rose .", "Ships left the Thames .")
    1
    """
    one, two = (
        {w.lower() for w in text.split() if len(w) > 4} for text in (first, second)
    )
    return len(one & two)


# Liu et al. (2019), Table 1: BERT-base pre-trained with either masking, then fine-tuned; SQuAD 2.0
# F1, MNLI-m and SST-2 accuracy, all in percent, medians over five seeds.
ROBERTA_TABLE_1 = {
    "static": {"SQuAD 2.0": 78.3, "MNLI-m": 84.3, "SST-2": 92.5},
    "dynamic": {"SQuAD 2.0": 78.7, "MNLI-m": 84.0, "SST-2": 92.9},
}
# Ibid., Table 2: with the next-sentence loss (the first two) and without it.
ROBERTA_TABLE_2 = {
    "segment pairs + NSP": {
        "SQuAD 2.0": 78.7,
        "MNLI-m": 84.0,
        "SST-2": 92.9,
        "RACE": 64.2,
    },
    "sentence pairs + NSP": {
        "SQuAD 2.0": 76.2,
        "MNLI-m": 82.9,
        "SST-2": 92.1,
        "RACE": 63.0,
    },
    "full sentences": {
        "SQuAD 2.0": 79.1,
        "MNLI-m": 84.7,
        "SST-2": 92.5,
        "RACE": 64.8,
    },
    "document sentences": {
        "SQuAD 2.0": 79.7,
        "MNLI-m": 84.7,
        "SST-2": 92.7,
        "RACE": 65.6,
    },
}
# Ibid., Table 3: perplexity of held-out blanks, BERT-base, a million steps of 256 rows.
ROBERTA_TABLE_3 = 3.99
