"""Unigram: give every piece a probability, and cut each word where the product is largest.

Kudo (2018).  Where byte-pair encoding builds a vocabulary up, merge by merge, Unigram starts with
too large a one and throws out, round by round, the pieces that the text misses least.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from nlpcourse.text.tokenization.words import checked_counts

NEVER = -math.inf  # the logarithm of no probability


def segment(text: str, log_probability: Mapping[str, float]) -> list[str]:
    """Return the most probable way to cut *text* into pieces (Viterbi's algorithm).

    Of equally probable ways the one whose last piece is longest wins, and so on to the left.

    Raises:
        ValueError: the pieces cannot spell the text.

    >>> segment("hugs", {"h": -3, "u": -3, "g": -3, "s": -2, "hu": -4, "hug": -4, "ugs": -6})
    ['hug', 's']
    """
    longest = max(map(len, log_probability), default=0)
    best = [0.0] + [NEVER] * len(text)  # best[j]: the best way to text[:j]
    start = [0] * (len(text) + 1)  # start[j]: where its last piece begins
    for j in range(1, len(text) + 1):
        for i in range(max(0, j - longest), j):
            score = best[i] + log_probability.get(text[i:j], NEVER)
            if score > best[j]:
                best[j], start[j] = score, i
    if best[-1] == NEVER:
        raise ValueError(_cannot_spell(text))
    pieces: list[str] = []
    j = len(text)
    while j > 0:
        pieces.append(text[start[j] : j])
        j = start[j]
    return pieces[::-1]


def expected_counts(
    word_counts: Mapping[str, float], log_probability: Mapping[str, float]
) -> dict[str, float]:
    """Return how often each piece is expected, over *all* ways to cut each word (the E-step).

    ``forward[i]`` is the log probability of everything up to i, ``backward[j]`` of everything from
    j; a piece between them occurs with forward · its probability · backward / the whole word's.
    All of it is in logarithms, because the probability of a long word is too small for a float.

    Raises:
        ValueError: the pieces cannot spell a word.

    >>> half = math.log(0.5)
    >>> counts = expected_counts({"ab": 4}, {"a": half, "b": half, "ab": math.log(0.25)})
    >>> round(counts["ab"], 9)
    2.0
    """
    longest = max(map(len, log_probability), default=0)
    counts: defaultdict[str, float] = defaultdict(float)
    for word, weight in word_counts.items():
        n = len(word)
        spans = [
            (i, j, score)
            for j in range(1, n + 1)
            for i in range(max(0, j - longest), j)
            if (score := log_probability.get(word[i:j], NEVER)) > NEVER
        ]
        forward, backward = [0.0] + [NEVER] * n, [NEVER] * n + [0.0]
        for i, j, score in spans:
            forward[j] = log_add(forward[j], forward[i] + score)
        for i, j, score in reversed(spans):
            backward[i] = log_add(backward[i], score + backward[j])
        if forward[n] == NEVER:
            raise ValueError(_cannot_spell(word))
        for i, j, score in spans:
            share = math.exp(forward[i] + score + backward[j] - forward[n])
            counts[word[i:j]] += weight * share
    return dict(counts)


def log_add(a: float, b: float) -> float:
    """Return log(eᵃ + eᵇ) without leaving the logarithms.

    >>> round(math.exp(log_add(math.log(2), math.log(3))), 9), log_add(-2000, -2000) < -1999
    (5.0, True)
    """
    if a < b:
        a, b = b, a
    return a if b == NEVER else a + math.log1p(math.exp(b - a))


def normalise(counts: Mapping[str, float]) -> dict[str, float]:
    """Return log probabilities proportional to *counts*; pieces that never occur go (the M-step).

    Raises:
        ValueError: no piece occurs, or a count is negative or no number.

    >>> normalise({"a": 1.0, "b": 1.0, "c": 0.0}) == {"a": math.log(0.5), "b": math.log(0.5)}
    True
    """
    counts = checked_counts(counts)
    if not counts:
        raise ValueError("no piece occurs; is the text empty?")
    total = math.log(math.fsum(counts.values()))
    return {
        piece: math.log(count) - total
        for piece, count in counts.items()
        if count > 1e-12
    }


def losses(
    counts: Mapping[str, float], log_probability: Mapping[str, float]
) -> dict[str, float]:
    """Return how much log-likelihood the text would lose with each piece of two or more characters.

    Without the piece, its occurrences are spelt by the best way to cut it into others.

    Raises:
        ValueError: a piece cannot be spelt by the others.

    >>> scores = {"a": math.log(0.5), "b": math.log(0.25), "ab": math.log(0.25)}
    >>> round(losses({"ab": 2.0}, scores)["ab"] / math.log(2), 9)
    2.0
    """
    lost = {}
    for piece, score in log_probability.items():
        if len(piece) > 1:
            others = {
                part: log_probability[part]
                for i in range(len(piece))
                for j in range(i + 1, len(piece) + 1)
                if (part := piece[i:j]) != piece and part in log_probability
            }
            detour = sum(others[part] for part in segment(piece, others))
            lost[piece] = counts.get(piece, 0.0) * (score - detour)
    return lost


def first_pieces(
    word_counts: Mapping[str, float], longest: int = 8, seed_size: int = 4000
) -> dict[str, float]:
    """Return the pieces to start from with their log probabilities, by how much text they cover.

    Args:
        word_counts: words with how often they occur.
        longest: the most characters of a piece.
        seed_size: how many substrings to take beside the single characters.

    >>> sorted(first_pieces({"aab": 1}, longest=2))
    ['a', 'aa', 'ab', 'b']
    """
    characters: defaultdict[str, float] = defaultdict(float)
    substrings: defaultdict[str, float] = defaultdict(float)
    for word, weight in word_counts.items():
        for i in range(len(word)):
            characters[word[i]] += weight
            for j in range(i + 2, min(len(word), i + longest) + 1):
                substrings[word[i:j]] += weight * (j - i)
    most = heapq.nlargest(seed_size, substrings.items(), key=lambda item: item[1])
    return normalise({**characters, **dict(most)})


def train(
    word_counts: Mapping[str, float],
    size: int,
    *,
    longest: int = 8,
    seed_size: int = 4000,
    keep: float = 0.75,
) -> dict[str, float]:
    """Learn a vocabulary of *size* pieces with their log probabilities.

    Two steps of expectation maximisation and one of pruning make a round, as in SentencePiece.

    Args:
        word_counts: words with how often they occur.
        size: how many pieces to end with; single characters are never thrown out.
        longest: the most characters of a piece.
        seed_size: how many substrings to start with, those that cover most text.
        keep: the share of pieces that survives a round, more than 0 and less than 1.

    Raises:
        ValueError: there are no words, a count is negative or no number, or *keep* would throw
            out nothing.

    >>> sorted(train({"hug": 10, "hugs": 5, "pug": 5, "pun": 12}, size=8), key=len)[-2:]
    ['hug', 'pun']
    """
    if not 0 < keep < 1:
        raise ValueError(f"keep is {keep}; it must be more than 0 and less than 1")
    word_counts = checked_counts(word_counts)
    characters = dict.fromkeys("".join(word_counts))
    if not characters:
        raise ValueError("there are no words to learn from; is the text empty?")
    log_probability = first_pieces(word_counts, longest, seed_size)
    size = max(size, len(characters))
    while True:
        for _ in range(2):
            counts = expected_counts(word_counts, log_probability)
            for c in characters:  # a character may rest, but not vanish
                counts[c] = max(counts.get(c, 0.0), 1e-6)
            log_probability = normalise(counts)
        if len(log_probability) <= size:
            return log_probability
        lost = losses(counts, log_probability)
        survivors = max(size, int(keep * len(log_probability))) - len(characters)
        kept = sorted(lost, key=lambda piece: (-lost[piece], piece))[:survivors]
        log_probability = normalise({p: counts[p] for p in [*characters, *kept]})


def log_likelihood(
    words: Iterable[str], log_probability: Mapping[str, float]
) -> float:
    """Return the log probability of the best way to cut each of *words*, summed.

    Raises:
        ValueError: the pieces cannot spell a word.

    >>> log_likelihood(["ab"], {"a": -1.0, "b": -1.0, "ab": -1.5})
    -1.5
    """
    return sum(
        sum(log_probability[p] for p in segment(w, log_probability)) for w in words
    )


def _cannot_spell(text: str) -> str:
    """Say what is missing."""
    return f"the pieces cannot spell {text!r}; add its letters"
