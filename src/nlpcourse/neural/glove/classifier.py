"""fastText's classifier: the mean of the vectors of a text's words, n-grams, and a softmax."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from nlpcourse.corpora.records import LabelledText
from nlpcourse.neural.glove.fasttext import mean_of_parts
from nlpcourse.neural.glove.subwords import buckets_of, fnv1a

END = "</s>"
"""The library ends every text with this word."""
BLOCK = 8
"""Texts to a step of :func:`train`."""


def signed(value: int, bits: int = 32) -> int:
    """Return what the bits of a number from 0 on say when the first of them is a sign.

    >>> signed(2**32 - 1)
    -1
    """
    return value - 2**bits if value >= 2 ** (bits - 1) else value


def word_ngram_buckets(
    words: Sequence[str], longest: int, buckets: int
) -> list[int]:
    """Return the buckets of all n-grams of two to *longest* words, as the library hashes them.

    Args:
        words: of one text.
        longest: words of the longest n-grams.
        buckets: how many buckets they share.

    Raises:
        ValueError: there is no bucket.

    >>> word_ngram_buckets(["not", "good"], longest=2, buckets=1000)
    [462]
    """
    if buckets < 1:
        raise ValueError(f"n-grams need one bucket or more, not {buckets}")
    hashes = [signed(fnv1a(word)) for word in words]
    found = []
    for start, first in enumerate(hashes):
        state = first % 2**64
        for other in hashes[start + 1 : start + longest]:
            state = (state * 116049371 + other) % 2**64
            found.append(state % buckets)
    return found


class Features:
    """The rows of every text: words, then the buckets of word n-grams or character n-grams.

    Args:
        texts: what is to be learnt from.
        words: words of the longest word n-grams; 1 is words alone.
        characters: shortest and longest n-grams of characters; None is whole words alone.
        buckets: how many buckets the n-grams share.

    Raises:
        ValueError: there is no text.
    """

    def __init__(
        self,
        texts: Sequence[str],
        words: int = 1,
        characters: tuple[int, int] | None = None,
        buckets: int = 2_000_000,
    ) -> None:
        """Number words from the most frequent down."""
        if not texts:
            raise ValueError("there is no text to learn from")
        counts = Counter(word for text in texts for word in [*text.split(), END])
        self.words = sorted(counts, key=lambda word: (-counts[word], word))
        self.longest, self.characters, self.buckets = words, characters, buckets
        self.renumber(self.words)

    def renumber(self, words: Sequence[str]) -> None:
        """Number the words in another order, such as a library's."""
        self.words = list(words)
        self._number = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        """Return how many rows there are."""
        few = self.longest == 1 and self.characters is None
        return len(self.words) + (0 if few else self.buckets)

    def rows(self, text: str) -> list[int]:
        """Return the rows of a text's parts; a word that is not known has no row of its own."""
        tokens = [*text.split(), END]
        found, after = [], len(self.words)
        for word in tokens:
            if word in self._number:
                found.append(self._number[word])
            if self.characters and word != END:
                parts = buckets_of(word, self.buckets, *self.characters)
                found += [after + bucket for bucket in parts]
        pairs = word_ngram_buckets(tokens, self.longest, self.buckets)
        return found + [after + bucket for bucket in pairs]


@dataclass
class Model:
    """The two tables that are learnt.

    Attributes:
        parts: A, the vectors of the features, (rows, size).
        labels: B, the vectors of the labels, (labels, size).
        names: the labels.
    """

    parts: Tensor
    labels: Tensor
    names: list[str]


def require_places(places: Iterable[int], count: int, what: str) -> None:
    """Refuse numbers of rows or of labels that a table has not.

    Raises:
        ValueError: one is below 0, or *count* or above.
    """
    for place in places:
        if not 0 <= place < count:
            raise ValueError(f"there is no {what} {place} among {count}, from 0 on")


def new_model(rows: int, names: Iterable[str], size: int, seed: int) -> Model:
    """Return small random parts, and zeros for the labels, as the library begins.

    Raises:
        ValueError: the size or the number of rows is below one.
    """
    if size < 1 or rows < 1:
        raise ValueError(f"a table of {rows} rows of {size} numbers holds nothing")
    named = sorted(set(names))
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(rows, size, generator=generator)
    return Model((2 * drawn - 1) / size, torch.zeros(len(named), size), named)


def probabilities(model: Model, rows: Sequence[int]) -> Tensor:
    """Return the probability of every label, (labels,): softmax of B times the mean of the rows.

    Raises:
        ValueError: the model has no such row.

    Source: Joulin et al. (2017), section 2.

    >>> probabilities(new_model(3, "ab", size=2, seed=0), [0, 2])
    tensor([0.5000, 0.5000])
    """
    require_places(rows, len(model.parts), "row")
    mean = mean_of_parts(model.parts, rows)  # (size,)
    return torch.softmax(model.labels @ mean, dim=0)


def step(model: Model, rows: Sequence[int], label: int, rate: float) -> None:
    """Learn from one text, in place.

    Args:
        model: is changed.
        rows: of the text's parts; one may come twice.
        label: the number of the right label.
        rate: the learning rate.

    Raises:
        ValueError: the model has no such row, or no such label.

    Source: Joulin et al. (2017), equation 1.
    """
    require_places([label], len(model.labels), "label")
    require_places(rows, len(model.parts), "row")
    if not len(rows):
        return
    mean = mean_of_parts(model.parts, rows)
    error = -probabilities(model, rows)
    error[label] += 1  # truth less what was found, (labels,)
    for_mean = error @ model.labels  # (size,)
    model.labels += rate * torch.outer(error, mean)
    share = (rate / len(rows) * for_mean).expand(len(rows), -1)
    model.parts.index_add_(0, torch.tensor(rows), share)  # adds up repeated rows


def train(
    model: Model,
    coded: Sequence[Sequence[int]],
    labels: Sequence[int],
    readings: int,
    rate: float,
    block: int = BLOCK,
) -> list[float]:
    """Learn from all texts, some at once; the rate falls to zero in a straight line.

    What :func:`step` does to one text is done to *block* of them with the same tables, and added
    up; so the larger the block and the shorter the texts, the smaller a rate is safe.

    Args:
        model: is changed.
        coded: the rows of every text.
        labels: the numbers of their labels.
        readings: how often every text is read.
        rate: the learning rate at the beginning.
        block: texts at once.

    Returns:
        the mean loss of each reading.

    Raises:
        ValueError: there are not as many labels as texts, fewer than one text at once, a row or
            a label that the model has not, a rate that is no number above 0, or the numbers
            grew beyond all bounds.
    """
    if len(coded) != len(labels) or block < 1 or not coded:
        raise ValueError(
            f"{len(coded)} texts, {len(labels)} labels, {block} at once"
        )
    if not 0 < rate < math.inf:
        raise ValueError(f"the rate is a number above 0, not {rate}")
    require_places((row for rows in coded for row in rows), len(model.parts), "row")
    require_places(labels, len(model.labels), "label")
    flat = torch.tensor([row for rows in coded for row in rows])
    sizes = torch.tensor([len(rows) for rows in coded])
    begins = [*(sizes.cumsum(0) - sizes).tolist(), len(flat)]
    truth = torch.tensor(labels)
    losses, done = [], 0
    steps = readings * -(-len(coded) // block)
    for _ in range(readings):
        total = 0.0
        for first in range(0, len(coded), block):
            last = min(first + block, len(coded))
            rows = flat[begins[first] : begins[last]]
            now = rate * (1 - done / steps)
            total += _many(model, rows, sizes[first:last], truth[first:last], now)
            done += 1
        if not math.isfinite(total):
            raise ValueError(
                f"the numbers grew beyond all bounds; take a rate below {rate} or fewer than "
                f"{block} texts at once"
            )
        losses.append(total / len(coded))
    return losses


def _many(
    model: Model, rows: Tensor, sizes: Tensor, truth: Tensor, rate: float
) -> float:
    """Learn from several texts, their rows one after another; return the sum of their losses."""
    begins = sizes.cumsum(0) - sizes
    means = embedding_bag(rows, model.parts, begins, mode="mean")  # (texts, size)
    found = torch.softmax(means @ model.labels.T, dim=1)  # (texts, labels)
    error = -found
    here = torch.arange(len(truth))
    loss = -found[here, truth].log().sum()
    error[here, truth] += 1
    each = rate / sizes.clamp(min=1).to(means.dtype)[:, None]  # (texts, 1)
    share = each * (error @ model.labels)
    model.labels += rate * error.T @ means
    model.parts.index_add_(0, rows, share.repeat_interleave(sizes, dim=0))
    return float(loss)


def learn(
    features: Features,
    texts: Sequence[LabelledText],
    size: int,
    readings: int,
    rate: float,
    seed: int,
    block: int = BLOCK,
) -> Model:
    """Learn the labels of *texts*, in an order drawn from *seed*.

    Raises:
        ValueError: as :func:`new_model` and :func:`train`.
    """
    generator = torch.Generator().manual_seed(seed)
    shuffled = [texts[k] for k in torch.randperm(len(texts), generator=generator)]
    model = new_model(len(features), [text.label for text in texts], size, seed)
    number = {name: k for k, name in enumerate(model.names)}
    coded = [features.rows(text.text) for text in shuffled]
    train(model, coded, [number[t.label] for t in shuffled], readings, rate, block)
    return model


def accuracy(
    model: Model, features: Features, texts: Sequence[LabelledText]
) -> float:
    """Return the share of texts whose likeliest label is the right one.

    Raises:
        ValueError: there is no text.
    """
    if not texts:
        raise ValueError("there is no text to judge by")
    right = 0
    for text in texts:
        best = probabilities(model, features.rows(text.text)).argmax()
        right += model.names[int(best)] == text.label
    return right / len(texts)
