"""Rules: a run of capitalized words, and what stands before it and at its end.

What it does not handle: names in small letters, and texts all in capitals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlpcourse.text.entities.spans import Entity


@dataclass(frozen=True)
class Rule:
    """A run of capitalized words is a *kind* if the words around it fit.

    Attributes:
        name: what to call the rule.
        kind: the type of the entity.
        before: the word before the run, in small letters, is one of these; empty: any.
        last: the last word of the run, in small letters, is one of these; empty: any.
    """

    name: str
    kind: str
    before: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RULES = (
    Rule(
        "ends like a building",
        "facility",
        last=_words(
            "airport arena bar bridge building cafe center centre church club college hall hotel "
            "library mall museum park restaurant school stadium station theater theatre "
            "university"
        ),
    ),
    Rule(
        "ends like a place",
        "geo-loc",
        last=_words(
            "avenue ave beach city county island islands lake mountain river road st street "
            "town valley"
        ),
    ),
    Rule(
        "ends like a company",
        "company",
        last=_words("airlines bank co corp corporation group inc llc ltd motors"),
    ),
    Rule(
        "follows a title",
        "person",
        before=_words(
            "mr mrs ms dr president senator sir king queen actor actress"
        ),
    ),
    Rule("follows in", "geo-loc", before=_words("in near")),
)
"""Asked in this order; the first that fits decides."""


def is_capitalized(word: str) -> bool:
    """Say whether a word begins with a capital, and is longer than the letter I.

    >>> [is_capitalized(word) for word in ("York", "york", "I", "NASA", "@Ann")]
    [True, False, False, True, False]
    """
    return len(word) > 1 and word[0].isupper() and word[1:].isalnum()


def capitalized_runs(words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where runs of capitalized words begin and end.

    >>> capitalized_runs("We met Ann Lee in Paris today".split())
    [(0, 1), (2, 4), (5, 6)]
    """
    runs, start = [], None
    for i, word in enumerate([*words, ""]):
        if is_capitalized(word) and start is None:
            start = i
        elif not is_capitalized(word) and start is not None:
            runs.append((start, i))
            start = None
    return runs


def word_before(words: Sequence[str], place: int) -> str:
    """Return the word before a place in small letters; a full stop after a title is skipped.

    >>> word_before(["Dr", ".", "Lee"], 2), word_before(["Lee"], 0)
    ('dr', '')
    """
    i = place - 1
    if 0 < i < len(words) and words[i] == ".":
        i -= 1
    return words[i].lower().rstrip(".") if 0 <= i < len(words) else ""


def fire(
    words: Sequence[str], rules: Sequence[Rule] = RULES
) -> list[tuple[Entity, Rule]]:
    """Return the runs of capitalized words for which a rule fits, each with its rule.

    >>> [(e.kind, rule.name) for e, rule in fire("We live in New York .".split())]
    [('geo-loc', 'follows in')]
    """
    cues = frozenset().union(*(rule.before for rule in rules))
    found = []
    for start, end in capitalized_runs(words):
        while start < end and words[start].lower() in cues:
            start += 1  # "Dr" and "In" lead up to a name and are no part of it
        if start == end:
            continue
        before, last = word_before(words, start), words[end - 1].lower()
        for rule in rules:
            if (not rule.before or before in rule.before) and (
                not rule.last or last in rule.last
            ):
                found.append((Entity(start, end, rule.kind), rule))
                break
    return found


def apply_rules(
    words: Sequence[str], rules: Sequence[Rule] = RULES
) -> list[Entity]:
    """Return the entities that the rules find.

    >>> apply_rules("near Park Hotel".split())
    [Entity(start=1, end=3, kind='facility')]
    """
    return [entity for entity, _ in fire(words, rules)]


def merge(first: Sequence[Entity], second: Sequence[Entity]) -> list[Entity]:
    """Return all of *first*, and of *second* what does not overlap with it.

    >>> merge([Entity(0, 1, "person")], [Entity(0, 2, "movie"), Entity(2, 3, "movie")])
    [Entity(start=0, end=1, kind='person'), Entity(start=2, end=3, kind='movie')]
    """
    taken = {i for e in first for i in range(e.start, e.end)}
    rest = [e for e in second if taken.isdisjoint(range(e.start, e.end))]
    return sorted([*first, *rest])
