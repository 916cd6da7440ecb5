"""ROUGE: how much of a human summary stands in another one, and the other way round.

Source: Lin (2004), "ROUGE: A Package for Automatic Evaluation of Summaries".  Words are cut and
stemmed as the package ``rouge-score`` does it, so that the figures are the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from nlpcourse.neural.summarization.stemmer import stem

Tokens = Sequence[str]


class Score(NamedTuple):
    """Precision, recall and their harmonic mean, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


def tokens(text: str, stemming: bool = True) -> list[str]:
    """Return the words of a text: small letters and digits, words of four letters or more stemmed.

    >>> tokens("The parser's F1-scores improved.")
    ['the', 'parser', 's', 'f1', 'score', 'improv']
    """
    found = re.findall(r"[a-z0-9]+", text.lower())
    return [stem(w) if stemming and len(w) > 3 else w for w in found]


def score_of(hits: float, reference: int, candidate: int) -> Score:
    """Return the score of *hits* shared units out of *reference* and *candidate* ones.

    Raises:
        ValueError: there are more hits than units, or fewer than none.
    """
    if not 0 <= hits <= min(reference, candidate):
        raise ValueError(
            f"{hits} units can't be shared by {reference} and {candidate}"
        )
    precision = hits / max(candidate, 1)
    recall = hits / max(reference, 1)
    both = precision + recall
    return Score(precision, recall, 2 * precision * recall / both if both else 0.0)


def require_words(*given: Tokens) -> None:
    """Refuse a text where words are meant: it would be read letter by letter.

    Raises:
        ValueError: one of them is a text.
    """
    for words in given:
        if isinstance(words, str):
            raise ValueError(f"cut {words[:30]!r} into words first, with `tokens`")


def ngrams(words: Tokens, n: int) -> Counter[tuple[str, ...]]:
    """Return how often each sequence of *n* neighbouring words occurs.

    >>> ngrams("a b a b".split(), 2)
    Counter({('a', 'b'): 2, ('b', 'a'): 1})

    Raises:
        ValueError: *n* is below 1, or *words* is a text that was not cut.
    """
    if n < 1:
        raise ValueError(f"an n-gram has one word or more, not {n}")
    require_words(words)
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def rouge_n(reference: Tokens, candidate: Tokens, n: int) -> Score:
    """Return ROUGE-N: the n-grams that both hold, each as often as the rarer side has it.

    Raises:
        ValueError: *n* is below 1, or one of the two is a text that was not cut into words.

    Source: Lin (2004), equation 1, with precision beside recall.

    >>> rouge_n("police killed the gunman".split(), "police kill the gunman".split(), 1).recall
    0.75
    """
    ours, theirs = ngrams(reference, n), ngrams(candidate, n)
    return score_of((ours & theirs).total(), ours.total(), theirs.total())


def lcs_table(a: Tokens, b: Tokens) -> list[list[int]]:
    """Return the length of the longest common subsequence of all beginnings of *a* and *b*.

    Entry (i, j) is that of the first i words of *a* and the first j of *b*.

    >>> lcs_table("ab", "b")
    [[0, 0], [0, 0], [0, 1]]
    """
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, left in enumerate(a, start=1):
        for j, right in enumerate(b, start=1):
            if left == right:
                table[i][j] = table[i - 1][j - 1] + 1
            else:
                table[i][j] = max(table[i - 1][j], table[i][j - 1])
    return table


def rouge_l(reference: Tokens, candidate: Tokens) -> Score:
    """Return ROUGE-L: the longest sequence of words that both hold in the same order.

    Raises:
        ValueError: one of the two is a text that was not cut into words.

    Source: Lin (2004), equations 2 to 4 with β = 1.

    >>> rouge_l("police killed the gunman".split(), "the gunman kill police".split()).f1
    0.5
    """
    require_words(reference, candidate)
    common = lcs_table(reference, candidate)[-1][-1]
    return score_of(common, len(reference), len(candidate))


def lcs_places(reference: Tokens, candidate: Tokens) -> set[int]:
    """Return the places in *reference* of one longest common subsequence.

    Where several are as long, it is the one that a walk back from the end finds which goes up
    unless the left neighbour is larger, as the package does.
    """
    table = lcs_table(reference, candidate)
    i, j, places = len(reference), len(candidate), set()
    while i and j:
        if reference[i - 1] == candidate[j - 1]:
            i, j = i - 1, j - 1
            places.add(i)
        elif table[i][j - 1] > table[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return places


def rouge_lsum(reference: Sequence[Tokens], candidate: Sequence[Tokens]) -> Score:
    """Return ROUGE-Lsum: each sentence of the reference against all of the candidate's.

    A word counts at most as often as each side has it.

    Args:
        reference: the words of each sentence of the human summary.
        candidate: those of the other one.

    Raises:
        ValueError: a sentence is a text that was not cut into words.

    Source: Lin (2004), section 3.2, equations 5 to 7.
    """
    require_words(*reference, *candidate)
    ours = Counter(word for sentence in reference for word in sentence)
    theirs = Counter(word for sentence in candidate for word in sentence)
    sizes, hits, left = (ours.total(), theirs.total()), 0, ours & theirs
    for sentence in reference:
        union = set().union(*(lcs_places(sentence, other) for other in candidate))
        for place in sorted(union):
            if left[sentence[place]]:
                left[sentence[place]] -= 1
                hits += 1
    return score_of(hits, *sizes)


KINDS = ("1", "2", "L")


def rouge_of_tokens(reference: Tokens, candidate: Tokens, kind: str) -> Score:
    """Return ROUGE-1, ROUGE-2 or ROUGE-L of two texts that are already cut into words.

    Raises:
        ValueError: there is no such kind.
    """
    if kind == "L":
        return rouge_l(reference, candidate)
    if kind.isdecimal() and int(kind):
        return rouge_n(reference, candidate, int(kind))
    raise ValueError(f"no ROUGE is called {kind!r}; choose from {', '.join(KINDS)}")


def rouge(
    reference: str, candidate: str, stemming: bool = True
) -> dict[str, Score]:
    """Return ROUGE-1, ROUGE-2 and ROUGE-L of a text against a human summary.

    >>> round(rouge("Police killed the gunman.", "Police kill the gunmen.")["1"].f1, 2)
    0.75
    """
    ours, theirs = tokens(reference, stemming), tokens(candidate, stemming)
    return {kind: rouge_of_tokens(ours, theirs, kind) for kind in KINDS}
