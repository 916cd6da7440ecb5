"""Unigram: give every piece a probability, and cut each word where the product is largest.

Kudo (2018).  Where byte-pair encoding builds a vocabulary up, merge by merge, Unigram starts with
too large a one and throws out, round by round, the pieces that the text misses least.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping


def segment(text: str, log_probability: Mapping[str, float]) -> list[str]:
    """Return the most probable way to cut *text* into pieces (Viterbi's algorithm).

    Of equally probable ways the one whose last piece is longest wins, and so on to the left.

    Raises:
        ValueError: the pieces cannot spell the text.

    >>> segment("hugs", {"h": -3, "u": -3, "g": -3, "s": -2, "hu": -4, "hug": -4, "ugs": -6})
    ['hug', 's']
    """
    longest = max(map(len, log_probability), default=0)
    best = [0.0] + [-math.inf] * len(text)  # best[j]: the best way to text[:j]
    start = [0] * (len(text) + 1)  # start[j]: where its last piece begins
    for j in range(1, len(text) + 1):
        for i in range(max(0, j - longest), j):
            score = best[i] + log_probability.get(text[i:j], -math.inf)
            if score > best[j]:
                best[j], start[j] = score, i
    if best[-1] == -math.inf:
        raise ValueError(f"the pieces cannot spell {text!r}; add its letters")
    pieces: list[str] = []
    j = len(text)
    while j > 0:
        pieces.append(text[start[j] : j])
        j = start[j]
    return pieces[::-1]


def expected_counts(
    word_counts: Mapping[str, int], log_probability: Mapping[str, float]
) -> dict[str, float]:
    """Return how often each piece is expected, over *all* ways to cut each word (the E-step).

    ``forward[i]`` is the probability of everything up to i, ``backward[j]`` of everything from j; a
    piece between them occurs with forward · its probability · backward / the whole word's.

    >>> half = math.log(0.5)
    >>> expected_counts({"ab": 4}, {"a": half, "b": half, "ab": math.log(0.25)})["ab"]
    2.0
    """
    probability = {
        piece: math.exp(score) for piece, score in log_probability.items()
    }
    longest = max(map(len, probability))
    counts: defaultdict[str, float] = defaultdict(float)
    for word, weight in word_counts.items():
        n = len(word)
        spans = [
            (i, j, p)
            for i in range(n)
            for j in range(i + 1, min(n, i + longest) + 1)
            if (p := probability.get(word[i:j]))
        ]
        forward, backward = [1.0] + [0.0] * n, [0.0] * n + [1.0]
        for i, j, p in spans:
            forward[j] += forward[i] * p
        for i, j, p in reversed(spans):
            backward[i] += p * backward[j]
        if forward[n] > 0:
            for i, j, p in spans:
                counts[word[i:j]] += (
                    weight * forward[i] * p * backward[j] / forward[n]
                )
    return counts


def normalise(counts: Mapping[str, float]) -> dict[str, float]:
    """Return log probabilities proportional to *counts*; pieces that never occur go (the M-step).

    >>> normalise({"a": 1.0, "b": 1.0, "c": 0.0}) == {"a": math.log(0.5), "b": math.log(0.5)}
    True
    """
    total = math.log(sum(counts.values()))
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
            lost[piece] = counts[piece] * (score - detour)
    return lost


def train(
    word_counts: Mapping[str, int],
    size: int,
    *,
    longest: int = 8,
    seed_size: int = 4000,
    keep: float = 0.75,
) -> dict[str, float]:
    """Learn a vocabulary of *size* pieces with their log probabilities.

    Args:
        word_counts: words with how often they occur.
        size: how many pieces to end with; single characters are never thrown out.
        longest: the most characters of a piece.
        seed_size: how many substrings to start with, those that cover most text.
        keep: the share of pieces that survives a round.

    >>> sorted(train({"hug": 10, "hugs": 5, "pug": 5, "pun": 12}, size=8), key=len)[-2:]
    ['hug', 'pun']
    """
    characters: Counter[str] = Counter()
    substrings: Counter[str] = Counter()
    for word, weight in word_counts.items():
        for i in range(len(word)):
            characters[word[i]] += weight
            for j in range(i + 2, min(len(word), i + longest) + 1):
                substrings[word[i:j]] += weight * (j - i)
    seed = {piece: float(n) for piece, n in substrings.most_common(seed_size)}
    log_probability = normalise({**characters, **seed})
    size = max(size, len(characters))
    while True:
        for _ in range(2):  # two steps of expectation and maximisation a round
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

    >>> log_likelihood(["ab"], {"a": -1.0, "b": -1.0, "ab": -1.5})
    -1.5
    """
    return sum(
        sum(log_probability[p] for p in segment(w, log_probability)) for w in words
    )
