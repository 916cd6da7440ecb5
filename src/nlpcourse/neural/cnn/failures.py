"""Ways in which the network, or its use, goes wrong, each as a measurement."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence

import torch

from nlpcourse.neural.cnn.data import PADDING, Vocabulary, stack
from nlpcourse.neural.cnn.model import SentenceCNN, predict


def careless(model: SentenceCNN, seed: int = 0) -> SentenceCNN:
    """Return a copy whose padding has a vector like any word's, drawn at random.

    That is what an embedding begins with unless it is told which number is padding.
    """
    twin = copy.deepcopy(model).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        row = twin.embedding.weight[PADDING]
        row.uniform_(-0.5, 0.5, generator=generator)
    return twin


@torch.no_grad()
def good_in_batch(
    model: SentenceCNN,
    vocabulary: Vocabulary,
    documents: Sequence[Sequence[str]],
    longest: int = 0,
) -> torch.Tensor:
    """Return the probabilities of "good" when padding counts as text.

    Args:
        model: of the film sentences.
        vocabulary: its words.
        documents: the sentences, read as one batch.
        longest: pad to this length at least, as a longer neighbour would.
    """
    words, _ = stack([vocabulary.encode(d) for d in documents], longest)
    scores: torch.Tensor = model.eval()(words)
    return scores.softmax(dim=-1)[:, 1]


def good(
    model: SentenceCNN, vocabulary: Vocabulary, sentences: Sequence[str]
) -> list[float]:
    """Return the probability of "good" of every sentence, its words set apart by spaces."""
    documents = [sentence.split() for sentence in sentences]
    return [float(p) for p in predict(model, vocabulary, documents)[:, 1]]


def loss_of_not(
    model: SentenceCNN, vocabulary: Vocabulary, praise: str, gaps: Sequence[int]
) -> list[float]:
    """Return by how much "not" lowers the log odds of "good", at these distances.

    The sentences are "it is not so … so PRAISE ." and the same without "not", with as
    many times "so" as the gap says.
    """
    with_not = [f"it is not {'so ' * gap}{praise} ." for gap in gaps]
    without = [f"it is {'so ' * gap}{praise} ." for gap in gaps]
    odds = [
        math.log(p / (1 - p)) for p in good(model, vocabulary, with_not + without)
    ]
    return [odds[k] - odds[k + len(gaps)] for k in range(len(gaps))]
