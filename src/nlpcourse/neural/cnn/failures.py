"""Ways in which the network, or its use, goes wrong, each as a measurement."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import NamedTuple

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
    masked: bool = False,
) -> torch.Tensor:
    """Return the probabilities of "good" when all documents are read as one batch.

    Args:
        model: of the film sentences.
        vocabulary: its words.
        documents: the sentences.
        longest: pad to this length at least, as a longer neighbour would.
        masked: keep windows that lie in the padding out of the pooling.
    """
    words, lengths = stack([vocabulary.encode(d) for d in documents], longest)
    scores: torch.Tensor = model.eval()(words, lengths if masked else None)
    return scores.softmax(dim=-1)[:, 1]


class Moved(NamedTuple):
    """How far answers move in company: share of verdicts that change, furthest probability."""

    verdicts: float
    furthest: float


def in_company(
    model: SentenceCNN,
    vocabulary: Vocabulary,
    documents: Sequence[Sequence[str]],
    longest: int,
    masked: bool,
) -> Moved:
    """Return how far a network's answers move from documents alone to one batch of them all.

    Args:
        model: of the film sentences.
        vocabulary: its words.
        documents: the sentences.
        longest: pad to this length at least, as a longer neighbour would.
        masked: keep windows that lie in the padding out of the pooling.

    Raises:
        ValueError: there is no document.
    """
    alone = predict(model, vocabulary, documents, rows=1)[:, 1]
    together = good_in_batch(model, vocabulary, documents, longest, masked)
    sides = ((alone > 0.5) != (together > 0.5)).double().mean()
    return Moved(float(sides), float((alone - together).abs().max()))


def called(
    model: SentenceCNN, vocabulary: Vocabulary, words: Sequence[str], negated: bool
) -> list[bool]:
    """Return of every word whether "it is WORD ." is called good; "it is not WORD ." if negated."""
    start = "it is not" if negated else "it is"
    shares = good(model, vocabulary, [f"{start} {word} ." for word in words])
    return [share > 0.5 for share in shares]


def good(
    model: SentenceCNN, vocabulary: Vocabulary, sentences: Sequence[str]
) -> list[float]:
    """Return the probability of "good" of every sentence, its words set apart by spaces."""
    if not len(sentences):
        return []
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
