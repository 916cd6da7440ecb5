"""Words that were never seen, and whether their letters lead to the right neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from nlpcourse import corpora
from nlpcourse.assets import path as asset_path
from nlpcourse.corpora.tables import read_tsv
from nlpcourse.neural.glove.fasttext import Subwords, SubwordVectors
from nlpcourse.neural.word2vec.vectors import WordVectors


@dataclass(frozen=True)
class Found:
    """How often the word meant is near.

    Attributes:
        first: the share of words whose nearest neighbour is one that was meant.
        ten: the share for which one that was meant is among the ten nearest.
        asked: how many words.
    """

    first: float
    ten: float
    asked: int


def find(vectors: SubwordVectors, asked: Sequence[tuple[str, set[str]]]) -> Found:
    """Look for each word among the vocabulary.

    Args:
        vectors: of the vocabulary and of any word.
        asked: words, each with those that would be right.

    Raises:
        ValueError: nothing was asked.
    """
    if not asked:
        raise ValueError("ask for one word or more")
    first = ten = 0
    for start in range(0, len(asked), 256):
        part = asked[start : start + 256]
        made = torch.stack([vectors.of(word) for word, _ in part])  # (part, size)
        cosines = torch.nn.functional.normalize(made, dim=1) @ vectors.units.T
        nearest = cosines.topk(min(10, len(vectors)), dim=1).indices.tolist()
        for (_, right), places in zip(part, nearest, strict=True):
            hits = [vectors.words[place] in right for place in places]
            first, ten = first + hits[0], ten + any(hits)
    return Found(first / len(asked), ten / len(asked), len(asked))


def untrained(subwords: Subwords, size: int, seed: int = 0) -> SubwordVectors:
    """Return vectors of random parts: nothing but shared letters can make two words alike."""
    generator = torch.Generator().manual_seed(seed)
    return SubwordVectors(
        subwords, torch.randn(len(subwords), size, generator=generator)
    )


def misspelt(words: Sequence[str], every: int = 10) -> list[tuple[str, set[str]]]:
    """Return every so many misspellings that are no words of *words*, where what is meant is one.

    Args:
        words: the vocabulary.
        every: 1 takes all, 10 each tenth.

    Raises:
        ValueError: *every* is below one.
    """
    if every < 1:
        raise ValueError(f"take each word or each tenth, not each {every}th")
    known = set(words)
    kept = [
        (wrong, set(meant) & known)
        for wrong, meant in corpora.misspellings()
        if wrong not in known and known & set(meant)
    ]
    return kept[::every]


def gnt_lemmas() -> dict[str, set[str]]:
    """Return the lemmas of every form of the Greek New Testament, forms in small letters."""
    found: dict[str, set[str]] = {}
    path = asset_path("gnt-bsb") / "SBLGNT.tsv"
    for form, lemma in read_tsv(path, "text", "lemma"):
        found.setdefault(form.lower(), set()).add(lemma)
    return found


def greek() -> tuple[list[list[str]], list[tuple[str, set[str]]]]:
    """Return nine tenths of the Greek verses, and the unseen forms of the rest.

    Each of these comes with the seen forms of its own lemmas; forms of unseen lemmas are left out.
    """
    lemmas = gnt_lemmas()
    verses = [[w.lower() for w in verse.source] for verse in corpora.gnt_bsb()]
    training = [verse for k, verse in enumerate(verses) if k % 10]
    seen = {word for verse in training for word in verse}
    forms: dict[str, set[str]] = {}
    for word in sorted(seen):
        for lemma in lemmas[word]:
            forms.setdefault(lemma, set()).add(word)
    asked = []
    for word in sorted({w for verse in verses[::10] for w in verse} - seen):
        right = {form for lemma in lemmas[word] for form in forms.get(lemma, ())}
        if right:
            asked.append((word, right))
    return training, asked


def without_vector(
    training: Sequence[Sequence[str]], held: Sequence[Sequence[str]]
) -> float:
    """Return the share of the running words of *held* that *training* does not have.

    Raises:
        ValueError: no word is held out.

    >>> without_vector([["a", "b"]], [["a", "c"]])
    0.5
    """
    seen = {word for line in training for word in line}
    running = [word for line in held for word in line]
    if not running:
        raise ValueError("there is no held-out word")
    return sum(word not in seen for word in running) / len(running)


def shared_letters(
    vectors: WordVectors, words: Sequence[str], top: int = 10, length: int = 4
) -> float:
    """Return the share of nearest neighbours that have some letters in a row in common with a word.

    Args:
        vectors: of the vocabulary.
        words: whose neighbours are looked at; shorter ones and numbers are left out.
        top: how many neighbours each.
        length: how many letters in a row.

    Raises:
        ValueError: no word is long enough.
    """
    kept = [word for word in words if word.isalpha() and len(word) >= length]
    if not kept:
        raise ValueError(f"none of the words has {length} letters")
    alike = total = 0
    for word in kept:
        mine = {word[k : k + length] for k in range(len(word) - length + 1)}
        for other, _ in vectors.nearest(word, top):
            alike += any(part in other for part in mine)
            total += 1
    return alike / total
