"""Sentences of a text, and the words of a sentence that tell what it is about."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nlpcourse.neural.summarization.stemmer import stem
from nlpcourse.text.tokenization.sentences import split_sentences

Words = list[str]

_COMMON = """
a about above after again all also although am an and any are as at be because been before being
below between both but by can cannot could did do does doing down during each either even ever
every few for from further get had has have having he her here hers him his how however i if in
into is it its itself just like many may me might more moreover most much must my neither no nor
not now of off often on once one only or other our out over own per same she should since so some
still such than that the their them then there therefore these they this those through thus to too
two under until up upon us use used using very was we well were what when where whether which while
who whom whose why will with within without would yet you your al et eg ie etc
"""
STOP_WORDS = frozenset(_COMMON.split())
"""Words that stand in every text and tell little about any."""

_SHORTENED = (
    "al cf dr e.g eg eq etc fig figs i.e ie mr mrs ms no p pp prof sec st vs"
)
ABBREVIATIONS = frozenset(_SHORTENED.split())
"""What may stand before a full stop within a sentence."""


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, without empty ones.

    >>> sentences_of("We test it. It fails, cf. Fig. 2. Why?")
    ['We test it.', 'It fails, cf. Fig. 2.', 'Why?']
    """
    found = split_sentences(text, ABBREVIATIONS)
    return [sentence.strip() for sentence in found if sentence.strip()]


def content_words(sentence: str) -> Words:
    """Return the stems of a sentence's words, without stop words, numbers and single letters.

    >>> content_words("We propose a simple parser, and the parsers improve by 2 %.")
    ['propos', 'simpl', 'parser', 'parser', 'improv']
    """
    found = re.findall(r"[a-z]{2,}", sentence.lower())
    return [stem(word) for word in found if word not in STOP_WORDS]


def inverse_frequencies(documents: Iterable[Iterable[str]]) -> dict[str, float]:
    """Return log(N / n) of every word: n of the N documents hold it.

    Source: Erkan and Radev (2004), section 3, equation 1.

    >>> inverse_frequencies([["a", "b"], ["a"]])
    {'a': 0.0, 'b': 0.6931471805599453}
    """
    sets = [set(document) for document in documents]
    counts = Counter(word for held in sets for word in sorted(held))
    return {word: math.log(len(sets) / n) for word, n in counts.items()}


def cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Return the cosine of the angle between two sparse vectors; 0 where one is empty.

    Raises:
        ValueError: a weight is NaN or infinite.

    >>> round(cosine({"x": 3.0, "y": 4.0}, {"x": 1.0}), 12)
    0.6
    """
    lengths = math.hypot(*a.values()) * math.hypot(*b.values())
    if not 1e-100 < lengths < 1e100:  # very large, very small, zero or no number
        a, b = _near_one(a), _near_one(b)
        lengths = math.hypot(*a.values()) * math.hypot(*b.values())
    shared = math.fsum(a[word] * b[word] for word in a.keys() & b.keys())
    return shared / lengths if lengths else 0.0


def _near_one(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights times the power of two that brings the largest below 1."""
    if not all(map(math.isfinite, weights.values())):
        raise ValueError("a weight is NaN or infinite, so the vector has no angle")
    _, exponent = math.frexp(max(map(abs, weights.values()), default=0.0))
    return {word: math.ldexp(weight, -exponent) for word, weight in weights.items()}


def weigh(words: Iterable[str], idf: Mapping[str, float]) -> dict[str, float]:
    """Return tf · idf of every word; a word without idf gets the largest that there is.

    >>> weigh(["a", "a", "b"], {"a": 0.5, "b": 2.0})
    {'a': 1.0, 'b': 2.0}
    """
    rare = max(idf.values(), default=1.0)
    return {word: n * idf.get(word, rare) for word, n in Counter(words).items()}


def in_order(scores: Sequence[float], count: int) -> list[int]:
    """Return the places of the *count* best scores in the order of the text.

    Of equal scores, the earlier sentence comes first.

    Raises:
        ValueError: *count* is below 1, or a score is no number.

    >>> in_order([0.2, 0.9, 0.5, 0.9], 2)
    [1, 3]
    """
    if count < 1:
        raise ValueError(f"a summary has one sentence or more, not {count}")
    if any(map(math.isnan, scores)):
        raise ValueError("a score is no number, so the sentences have no order")
    ranked = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    return sorted(ranked[:count])
