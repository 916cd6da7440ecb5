"""A network of letters: from a word's spelling to a vector, and to its part of speech."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import lru_cache

import torch

from nlpcourse import corpora
from nlpcourse.neural.cnn.data import Labelled, Vocabulary
from nlpcourse.neural.cnn.model import SentenceCNN
from nlpcourse.neural.cnn.study import Curves, learn
from nlpcourse.neural.lstm.tagger import most_frequent_tags

KINDS = ("noun", "verb", "adjective", "adverb")
_BEGINNINGS: Mapping[str, str] = {
    "NN": "noun",
    "VB": "verb",
    "JJ": "adjective",
    "RB": "adverb",
}


def spelt(word: str) -> list[str]:
    """Return a word's letters between a sign for its beginning and one for its end.

    >>> spelt("run")
    ['<', 'r', 'u', 'n', '>']
    """
    return ["<", *word, ">"]


@lru_cache(maxsize=1)
def word_kinds() -> dict[str, int]:
    """Return Brown's lower-case nouns, verbs, adjectives and adverbs, each with its kind.

    A word with several tags counts as its most frequent one.
    """
    best, _ = most_frequent_tags(corpora.brown(marks=False))
    return {
        word: KINDS.index(_BEGINNINGS[tag[:2]])
        for word, tag in sorted(best.items())
        if word.isalpha() and word.islower() and tag[:2] in _BEGINNINGS
    }


def split_words(test: int, seed: int = 0) -> tuple[Labelled, Labelled]:
    """Return spelt words to learn from and *test* other words to try, with their kinds.

    Raises:
        ValueError: no words would be left to learn from, or none to try.
    """
    kinds = word_kinds()
    if not 0 < test < len(kinds):
        raise ValueError(
            f"{test} of {len(kinds)} words can't be held out: some must be, and some left"
        )
    order = list(kinds)
    random.Random(seed).shuffle(order)
    halves = order[test:], order[:test]
    known, unseen = (
        Labelled([spelt(w) for w in words], [kinds[w] for w in words])
        for words in halves
    )
    return known, unseen


def learn_spelling(
    known: Labelled, unseen: Labelled, steps: int, seed: int = 0
) -> tuple[SentenceCNN, Vocabulary, Curves]:
    """Train the same network on letters in place of words; return it with its curves."""
    letters = Vocabulary.of(known.documents, least=1)
    torch.manual_seed(seed)
    model = SentenceCNN(len(letters), 16, [2, 3, 4], 48, len(KINDS), dropout=0.2)
    curves = learn(
        model, letters, known, unseen, steps=steps, interval=steps, seed=seed
    )
    return model, letters, curves


def ending_of(words: Sequence[str]) -> str:
    """Return a window of letters as one string, without the places outside the word.

    >>> ending_of(["l", "y", ">", "·"])
    'ly>'
    """
    return "".join(words).replace("·", "")
