"""Links between the words of two sentences, and how well they agree with people's.

A link (i, j) joins source word i to target word j.  Och and Ney (2003) let annotators
mark a link *sure* or merely *possible*; where every link counts as sure, the alignment error rate
is one minus the F1 of the guessed links.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

Links = frozenset[tuple[int, int]]  # pairs (source position, target position)
Pair = tuple[Sequence[str], Sequence[str]]  # source words, target words


@lru_cache(maxsize=100_000)
def plain(word: str) -> str:
    """Return a word in small letters without accents, as both sides are read here.

    >>> plain("Ἰησοῦ"), plain("The")
    ('ιησου', 'the')
    """
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in letters if not unicodedata.combining(c))


def plain_words(words: Iterable[str]) -> list[str]:
    """Return words in small letters without accents.

    >>> plain_words(["Ἐν", "ἀρχῇ"])
    ['εν', 'αρχη']
    """
    return [plain(word) for word in words]


def alignment_error_rate(
    guessed: Iterable[Links],
    sure: Iterable[Links],
    possible: Iterable[Links] | None = None,
) -> float:
    """Return the alignment error rate of guessed links, between 0 and 1.

    Args:
        guessed: the links of each sentence.
        sure: the links that should be found.
        possible: the links that may be found, the sure ones among them; the sure
            ones where None.

    Raises:
        ValueError: nothing is guessed and nothing is sure.

    Source: Och and Ney (2003), equation 18.

    >>> gold = [frozenset({(0, 0), (1, 1)})]
    >>> alignment_error_rate([frozenset({(0, 0)})], gold)
    0.33333333333333337
    """
    sure = list(sure)
    hits = total = 0
    for a, s, p in zip(
        guessed, sure, sure if possible is None else possible, strict=True
    ):
        hits += len(a & s) + len(a & (p | s))
        total += len(a) + len(s)
    if not total:
        raise ValueError(
            "no link is guessed and none is sure: there is nothing to rate"
        )
    return 1 - hits / total


def precision_and_recall(
    guessed: Iterable[Links], gold: Iterable[Links]
) -> tuple[float, float]:
    """Return the share of guessed links that are gold, and of gold links that are guessed.

    Raises:
        ValueError: nothing is guessed, or there is no gold link.

    >>> precision_and_recall([frozenset({(0, 0)})], [frozenset({(0, 0), (1, 1)})])
    (1.0, 0.5)
    """
    hits = said = wanted = 0
    for a, g in zip(guessed, gold, strict=True):
        hits, said, wanted = hits + len(a & g), said + len(a), wanted + len(g)
    if not said or not wanted:
        raise ValueError(
            f"{said} links guessed, {wanted} wanted: a share needs one of each"
        )
    return hits / said, hits / wanted


def checked(pairs: Sequence[Pair], rounds: int) -> None:
    """Refuse what no model can be trained on.

    Raises:
        ValueError: no pair has a target word, the rounds are no whole number above zero,
            or a side is a text instead of a list of words.
    """
    for source, target in pairs:
        if isinstance(source, str) or isinstance(target, str):
            raise ValueError(f"{source!r:.40}, {target!r:.40}: give lists of words")
    if rounds < 1 or not any(len(target) for _, target in pairs):
        raise ValueError(
            f"{len(pairs)} verses, {rounds} rounds: give a verse with words, and a round"
        )
