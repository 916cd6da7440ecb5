"""Stemmers judged by pairs of words: those that should meet and don't, and those that wrongly do.

Given are groups of words that belong together.  Two words of one group should have one stem, two
words of different groups should not.

Source: C. D. Paice, "An evaluation method for stemming algorithms", SIGIR 1994, section 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlpcourse.text.stemming.morphy import Dictionary, lemmas


def pairs(n: int) -> int:
    """Return how many pairs *n* things make.

    Raises:
        ValueError: *n* is negative.

    >>> pairs(4)
    6
    """
    if n < 0:
        raise ValueError(f"there are no {n} things to pair; n must be 0 or more")
    return n * (n - 1) // 2


@dataclass(frozen=True)
class Judgement:
    """A stemmer's two kinds of mistakes, each as a share of the pairs that could go wrong."""

    understemming: float  # UI: of the pairs in one group, those left apart
    overstemming: float  # OI: of the pairs across groups, those joined

    def __str__(self) -> str:
        joined = 1e6 * self.overstemming
        return (
            f"left apart {self.understemming:.1%}, joined {joined:.1f} in a million"
        )


def judge_stemmer(
    groups: Sequence[Sequence[str]], stem: Callable[[str], str]
) -> Judgement:
    """Return the under- and over-stemming of *stem* on groups of words that belong together.

    Args:
        groups: each holds the words of one group; a word stands in one group only.
        stem: from a word to its stem.

    Raises:
        ValueError: no two words belong together, or all do; a word stands in two groups.

    >>> groups = [["run", "runs", "ran"], ["rune", "runes"]]
    >>> judge_stemmer(groups, lambda word: word[:3])
    Judgement(understemming=0.5, overstemming=0.6666666666666666)
    """
    _require_groups(groups)
    kept, by_stem = 0, Counter[str]()
    for group in groups:
        inside = Counter(map(stem, group))
        kept += sum(map(pairs, inside.values()))
        by_stem.update(inside)
    joined = sum(map(pairs, by_stem.values())) - kept
    wanted = sum(pairs(len(group)) for group in groups)
    unwanted = pairs(sum(map(len, groups))) - wanted
    return Judgement(1 - kept / wanted, joined / unwanted)


def _require_groups(groups: Sequence[Sequence[str]]) -> None:
    """Refuse groups that hold no pair to miss, or no pair to join wrongly."""
    if not any(len(group) > 1 for group in groups):
        raise ValueError("no group has two words; what should a stemmer join?")
    if sum(1 for group in groups if len(group)) < 2:
        raise ValueError("all words are in one group; give two groups or more")
    words = Counter(word for group in groups for word in group)
    word, times = words.most_common(1)[0]
    if times > 1:
        raise ValueError(
            f"{word!r} stands in the groups {times} times; once is enough"
        )


def one_lemma(words: Iterable[str], dictionary: Dictionary) -> dict[str, str]:
    """Return the lemma of every word that has exactly one, whatever its part of speech.

    Left out are words that WordNet does not know, and words with several lemmas, such as *saw*.

    >>> tiny = Dictionary({"n": {"saw", "dog"}, "v": {"see"}}, {"v": {"saw": ["see"]}})
    >>> one_lemma(["dogs", "saw", "zyx"], tiny)
    {'dogs': 'dog'}
    """
    found = {}
    for word in words:
        bases = {base for pos in "nvar" for base in lemmas(word, pos, dictionary)}
        if len(bases) == 1:
            found[word] = bases.pop()
    return found


def grouped(lemma_of: Mapping[str, str]) -> list[list[str]]:
    """Return the words that share a lemma, group by group.

    >>> grouped({"dog": "dog", "cat": "cat", "dogs": "dog"})
    [['dog', 'dogs'], ['cat']]
    """
    groups: dict[str, list[str]] = {}
    for word, lemma in lemma_of.items():
        groups.setdefault(lemma, []).append(word)
    return list(groups.values())


def with_relatives(
    lemma_of: Mapping[str, str], related: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """Return the words with one name for all lemmas that are relatives, or relatives of those.

    Args:
        lemma_of: from a word to its lemma.
        related: pairs of lemmas that belong together, such as *relate* and *relation*.

    >>> with_relatives({"acts": "act", "actor": "actor", "ox": "ox"}, [("actor", "act")])
    {'acts': 'act', 'actor': 'act', 'ox': 'ox'}
    """
    leader: dict[str, str] = {}

    def lead(lemma: str) -> str:
        while (other := leader.get(lemma, lemma)) != lemma:
            lemma = other
        return lemma

    for one, other in related:
        first, second = sorted((lead(one), lead(other)))
        if first != second:
            leader[second] = first
    return {word: lead(lemma) for word, lemma in lemma_of.items()}


# ── two stemmers that need no more than a line or three ───────────────────────────────────────────


def truncate(word: str, length: int) -> str:
    """Return the first *length* letters: the crudest stemmer there is.

    Raises:
        ValueError: *length* is below 1.

    >>> truncate("stemming", 4)
    'stem'
    """
    if length < 1:
        raise ValueError(f"a stem has 1 letter or more, not {length}")
    return word[:length]


def without_s(word: str) -> str:
    """Return the word without its plural s, and nothing else cut: Harman's S stemmer.

    The first of three rules whose ending fits decides, and its exceptions stop it.

    Source: Harman, NIST Interagency Report 4873, table 3.

    >>> [without_s(word) for word in ("ponies", "cases", "cats", "glass", "corpus")]
    ['pony', 'case', 'cat', 'glass', 'corpus']
    """
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else word[:-3] + "y"
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word
