"""The lines of Hutto and Gilbert (2014): what they printed, and what comes out here.

Table 4 has nine lines in each of four domains: individual humans, VADER, and seven other word lists
that were scored by VADER's rules.  Here are all that word lists can be had for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.practice.reproduce.flips import pairs_of
from nlpcourse.practice.reproduce.table_4 import HAD
from nlpcourse.text.lexicon.release_2014 import score_2014
from nlpcourse.text.lexicon.table import DOMAINS, Line, line, polarity


@lru_cache(maxsize=1)
def lexicons() -> dict[str, dict[str, float]]:
    """Return the word lists by their names in the table, VADER's of 2014 first."""
    found = {"VADER": dict(corpora.vader_lexicon("2014").valence)}
    for name, key in HAD.items():
        found[name] = corpora.rival_lexicon(key)  # type: ignore[arg-type]
    return found


@lru_cache(maxsize=20)
def scores(name: str, domain: str) -> tuple[float, ...]:
    """Return what the rules of 2014 make of every sentence of a domain with a word list.

    Raises:
        ValueError: there is no such list or domain.
    """
    if name not in lexicons() or domain not in DOMAINS:
        raise ValueError(
            f"a list is one of {', '.join(lexicons())} and a domain one of "
            f"{', '.join(DOMAINS)}, not {name!r} and {domain!r}"
        )
    sentences = corpora.sentiment_4(domain)  # type: ignore[arg-type]
    return tuple(score_2014(s.text, lexicons()[name]) for s in sentences)


def ratings(domain: str) -> list[float]:
    """Return people's mean rating of every sentence of a domain.

    Raises:
        ValueError: there is no such domain.
    """
    return [s.rating for s in corpora.sentiment_4(domain)]  # type: ignore[arg-type]


def as_row(found: Line) -> tuple[float, float, float, float]:
    """Return a line's four figures in the order of `FIGURES`."""
    return found.correlation, found.precision, found.recall, found.f1


def lexicon_row(
    name: str, domain: str, threshold: float = 0.05
) -> tuple[float, float, float, float]:
    """Return a word list's four figures in a domain.

    Args:
        name: of the word list, as in the table.
        domain: whose sentences.
        threshold: the smallest size of a score that is not neutral; the paper says 0.05.

    Raises:
        ValueError: there is no such list or domain, or the threshold is below 0.
    """
    return as_row(line(ratings(domain), scores(name, domain), threshold))


def counts_of(
    name: str, domain: str, threshold: float
) -> Counter[tuple[Hashable, Hashable]]:
    """Count how often people's polarity of a sentence meets a word list's.

    Args:
        name: of the word list, as in the table.
        domain: whose sentences.
        threshold: the smallest size of a score that is not neutral.

    Raises:
        ValueError: there is no such list or domain, or the threshold is below 0.
    """
    gold = [polarity(rating, 0) for rating in ratings(domain)]
    said = [polarity(score, threshold) for score in scores(name, domain)]
    return pairs_of(gold, said)
