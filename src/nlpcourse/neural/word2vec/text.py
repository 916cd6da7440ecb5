"""From running text to what word2vec reads: numbers, pairs, and noise.

A sentence here is a line of the text.  Not handled: phrases such as *New York*, which the
program of 2013 could join into one word.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from nlpcourse import corpora

LEAST = 5  # words that occur fewer times get no vector


class Vocabulary:
    """The words that get a vector, numbered from the most frequent down.

    >>> words = Vocabulary([["the", "cat"], ["the", "dog", "the"]], least=2)
    >>> words.words, words.counts
    (['the'], [3])
    >>> "dog" in words
    False
    """

    def __init__(
        self, sentences: Iterable[Sequence[str]], least: int = LEAST
    ) -> None:
        """Count all words; keep those that occur *least* times or more.

        Raises:
            ValueError: *least* is below one.
        """
        if least < 1:
            raise ValueError(
                f"a word occurs once or more; {least} as the least is none"
            )
        counts = Counter(word for sentence in sentences for word in sentence)
        kept = [word for word, count in counts.items() if count >= least]
        self.words = sorted(kept, key=lambda word: (-counts[word], word))
        self.counts = [counts[word] for word in self.words]
        self._number = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._number

    def __getitem__(self, word: str) -> int:
        """Return the number of a word.

        Raises:
            KeyError: the word has no vector.
        """
        return self._number[word]

    def encode(self, sentence: Iterable[str]) -> list[int]:
        """Return the numbers of the words that have one; the others are dropped."""
        return [self._number[word] for word in sentence if word in self._number]


@dataclass(frozen=True)
class Corpus:
    """A text as numbers, all sentences one after another.

    Attributes:
        vocabulary: the words behind the numbers.
        words: the number of every running word, (tokens,).
        sentence: the number of the sentence that it stands in, (tokens,).
        tokens: running words before the rare ones were dropped.
    """

    vocabulary: Vocabulary
    words: Tensor
    sentence: Tensor
    tokens: int


def number(sentences: Sequence[Sequence[str]], least: int = LEAST) -> Corpus:
    """Return *sentences* as numbers, without the words rarer than *least*.

    Raises:
        ValueError: no word occurs that often.

    >>> number([["a", "b"], ["b", "c", "b"]], least=2).sentence.tolist()
    [0, 1, 1]
    """
    vocabulary = Vocabulary(sentences, least)
    if not len(vocabulary):
        raise ValueError(f"no word of the text occurs {least} times; ask for fewer")
    coded = [vocabulary.encode(sentence) for sentence in sentences]
    lengths = torch.tensor([len(sentence) for sentence in coded])
    return Corpus(
        vocabulary,
        torch.tensor([word for sentence in coded for word in sentence]),
        torch.repeat_interleave(torch.arange(len(coded)), lengths),
        sum(map(len, sentences)),
    )


@lru_cache(maxsize=1)
def wikitext_sentences() -> list[list[str]]:
    """Return the lines of WikiText-2's training text, lower-cased and cut at spaces."""
    lines = corpora.wikitext_2("train").splitlines()
    return [line.lower().split() for line in lines if line.strip()]


@lru_cache(maxsize=2)
def wikitext(least: int = LEAST) -> Corpus:
    """Return WikiText-2's training text as numbers."""
    return number(wikitext_sentences(), least)


def companions(
    sentences: Sequence[Sequence[str]], word: str, width: int, seed: int, count: int
) -> list[str]:
    """Draw *count* stretches of text around *word*, with a gap in its place.

    Args:
        sentences: the text.
        word: what is hidden.
        width: words on either side.
        seed: of the draw.
        count: how many stretches.

    Raises:
        ValueError: width or count is below zero.

    >>> companions([["a", "cat", "sat"]], "cat", width=1, seed=0, count=1)
    ['a ____ sat']
    """
    if width < 0 or count < 0:
        raise ValueError(f"width {width} and count {count} are not below zero")
    generator = torch.Generator().manual_seed(seed)
    places = []
    for line in sentences:
        for place, here in enumerate(line):
            if here == word and width <= place < len(line) - width:
                before, after = (
                    line[place - width : place],
                    line[place + 1 :][:width],
                )
                if word not in {*before, *after}:  # it would give itself away
                    places.append(" ".join([*before, "____", *after]))
    chosen = torch.randperm(len(places), generator=generator)[:count]
    return [places[k] for k in chosen.tolist()]


def pairs(
    words: Sequence[int], window: int, generator: torch.Generator | None = None
) -> list[tuple[int, int]]:
    """Return all pairs (centre, context word) of one sentence.

    Args:
        words: numbers of the sentence's words.
        window: the furthest that two words of a pair stand apart.
        generator: draws every centre's own reach, from 1 to *window*, each as likely as any
            other; without one the reach is always *window*.

    Raises:
        ValueError: the window is below one.

    Source: Mikolov et al. (2013a), section 3.2.

    >>> pairs([7, 8, 9], window=1)
    [(7, 8), (8, 7), (8, 9), (9, 8)]
    """
    if window < 1:
        raise ValueError(f"a window reaches one word or more, not {window}")
    found = []
    for place, centre in enumerate(words):
        reach = window
        if generator is not None:
            reach = int(torch.randint(1, window + 1, (), generator=generator))
        near = range(max(0, place - reach), min(len(words), place + reach + 1))
        found += [(centre, words[other]) for other in near if other != place]
    return found


def keep_probability(counts: Tensor, threshold: float) -> Tensor:
    """Return with which probability each running word is kept, (words,) → (words,).

    The formula is that of the program of 2013 (and gensim's); the paper's has no second term.

    Raises:
        ValueError: a count or the threshold is not above zero.

    Source: Mikolov et al. (2013b), section 2.3.

    >>> keep_probability(torch.tensor([1.0, 99.0]), threshold=0.01)
    tensor([1.0000, 0.1106])
    """
    if not bool((counts > 0).all()) or not threshold > 0:
        raise ValueError(
            "counts and threshold are above zero; "
            f"the threshold is {threshold}, the "
            f"smallest count {float(counts.min()) if len(counts) else 'missing'}"
        )
    frequency = counts / counts.sum()
    ratio = threshold / frequency
    return (ratio.sqrt() + ratio).clamp(max=1.0)


def noise_distribution(counts: Tensor, power: float = 0.75) -> Tensor:
    """Return the probabilities with which negatives are drawn, (words,) → (words,).

    Raises:
        ValueError: there is no word, a count is not above zero, or *power* is no number.

    Source: Mikolov et al. (2013b), section 2.2.

    >>> noise_distribution(torch.tensor([1.0, 16.0]))
    tensor([0.1111, 0.8889])
    """
    if not len(counts) or not bool((counts > 0).all()):
        raise ValueError("counts are above zero, and there is at least one")
    if not math.isfinite(power):
        raise ValueError(f"the power is a number, such as 0.75, not {power}")
    weights = counts**power
    return weights / weights.sum()


def draw(
    probabilities: Tensor, count: int, generator: torch.Generator | None = None
) -> Tensor:
    """Draw *count* word numbers, each with its probability: throw darts at a line.

    Word k owns a stretch of the line from 0 to 1 that is as long as its probability.

    Raises:
        ValueError: a probability is negative or not a number, or together they are not 1.

    >>> draw(torch.tensor([0.0, 1.0, 0.0]), 3).tolist()
    [1, 1, 1]
    """
    if not len(probabilities) or not bool((probabilities >= 0).all()):
        raise ValueError(
            "probabilities are zero or above, and there is at least one"
        )
    ends = probabilities.double().cumsum(0)  # where each word's stretch ends
    if not math.isclose(float(ends[-1]), 1, abs_tol=1e-3):
        raise ValueError(f"probabilities add up to 1, not to {float(ends[-1]):.4g}")
    darts = torch.rand(
        count, generator=generator, dtype=torch.float64, device=ends.device
    )
    found = torch.searchsorted(ends, darts * ends[-1], right=True)
    return found.clamp(max=len(ends) - 1)
