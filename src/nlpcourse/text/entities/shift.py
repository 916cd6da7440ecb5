"""From news to tweets: a split without copies, and two sets of types brought together."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from nlpcourse.evaluation import Scores
from nlpcourse.text.entities.gazetteer import (
    build_tree,
    collect_names,
    find_names,
    reliability,
)
from nlpcourse.text.entities.rules import apply_rules, merge
from nlpcourse.text.entities.scoring import score_entities
from nlpcourse.text.entities.spans import Entity, read_tags, write_tags

Tweet = Sequence[tuple[str, str]]


def content(tweet: Tweet) -> tuple[str, ...]:
    """Return what a tweet says, for comparison: without names of users, addresses and capitals.

    >>> content([("RT", "O"), ("@ann", "O"), ("Hi", "O"), ("http://t.co/x", "O")])
    ('hi',)
    """
    words = (word.lower() for word, _ in tweet)
    return tuple(
        w
        for w in words
        if not w.startswith(("@", "http", "www.")) and w not in ("rt", ":")
    )


def words_and_gold(
    tweets: Iterable[Tweet],
) -> tuple[list[list[str]], list[list[Entity]]]:
    """Return the words of each tweet, and its entities.

    >>> words_and_gold([[("in", "O"), ("Oslo", "B-place")]])
    ([['in', 'Oslo']], [[Entity(start=1, end=2, kind='place')]])
    """
    tweets = list(tweets)
    words = [[word for word, _ in tweet] for tweet in tweets]
    return words, [read_tags([tag for _, tag in tweet]) for tweet in tweets]


def without_copies(tweets: Iterable[Tweet]) -> list[Tweet]:
    """Return the tweets, of copies and retweets the first alone.

    >>> len(without_copies([[("Hi", "O")], [("RT", "O"), ("hi", "O")], [("Ho", "O")]]))
    2
    """
    seen: dict[tuple[str, ...], Tweet] = {}
    for tweet in tweets:
        seen.setdefault(content(tweet), tweet)
    return list(seen.values())


class Parts(NamedTuple):
    """Texts to learn from, to choose on, and to judge by."""

    train: list[Tweet]
    validation: list[Tweet]
    test: list[Tweet]


def split(tweets: Sequence[Tweet], seed: int = 0) -> Parts:
    """Shuffle, and cut into three fifths, one fifth and one fifth.

    >>> [len(part) for part in split([[("Hi", "O")]] * 10)]
    [6, 2, 2]
    """
    order = list(tweets)
    random.Random(seed).shuffle(order)
    fifth = len(order) // 5
    train = order[: len(order) - 2 * fifth]
    rest = order[len(train) :]
    return Parts(train, rest[:fifth], rest[fifth:])


TWEETS = {
    "person": "person",
    "geo-loc": "place",
    "facility": "place",
    "company": "organization",
    "sportsteam": "organization",
}
"""Types of the tweets that have a counterpart in OntoNotes, and the type in common."""

ONTONOTES = {
    "PERSON": "person",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "ORG": "organization",
}
"""Types of OntoNotes that have a counterpart in the tweets, and the type in common."""


def in_common(
    entities: Iterable[Entity], mapping: Mapping[str, str]
) -> list[Entity]:
    """Return the entities whose type is mapped, with the type in common.

    >>> in_common([Entity(0, 1, "GPE"), Entity(2, 3, "DATE")], ONTONOTES)
    [Entity(start=0, end=1, kind='place')]
    """
    return [
        Entity(s, e, mapping[kind]) for s, e, kind in entities if kind in mapping
    ]


def not_on(entities: Iterable[Entity], ignored: Iterable[Entity]) -> list[Entity]:
    """Return the entities that share no word with those to be ignored.

    A name of a band has no counterpart in OntoNotes; whatever is said of it is not judged.

    >>> not_on([Entity(0, 1, "person"), Entity(2, 4, "person")], [Entity(3, 5, "musicartist")])
    [Entity(start=0, end=1, kind='person')]
    """
    taken = {i for e in ignored for i in range(e.start, e.end)}
    return [e for e in entities if taken.isdisjoint(range(e.start, e.end))]


def phrase(words: Sequence[str], entity: Entity) -> str:
    """Return the words of an entity in small letters.

    >>> phrase(["in", "New", "York"], Entity(1, 3, "place"))
    'new york'
    """
    return " ".join(words[entity.start : entity.end]).lower()


def never_right(
    texts: Sequence[Sequence[str]],
    gold: Sequence[Sequence[Entity]],
    predicted: Sequence[Sequence[Entity]],
    least: int = 2,
) -> set[str]:
    """Return what was predicted *least* times or more, and never where a gold entity is.

    Raises:
        ValueError: texts, gold and predicted are not equally many, or least is below 1.

    >>> claims = [[Entity(0, 1, "organization")]]
    >>> never_right([["RT", "hi"]] * 2, [[]] * 2, claims * 2)
    {'rt'}
    """
    if not len(texts) == len(gold) == len(predicted):
        raise ValueError(
            f"{len(texts)} texts, {len(gold)} with gold entities and "
            f"{len(predicted)} with predictions; give as many of each"
        )
    if least < 1:
        raise ValueError(f"least must be 1 or more, not {least}")
    claimed: Counter[str] = Counter()
    defended: set[str] = set()
    for words, real, claims in zip(texts, gold, predicted, strict=True):
        alone = set(not_on(claims, real))
        for claim in claims:
            name = phrase(words, claim)
            claimed[name] += 1
            if claim not in alone:
                defended.add(name)
    return {
        n for n, count in claimed.items() if count >= least and n not in defended
    }


def refuse(
    words: Sequence[str], entities: Iterable[Entity], refused: Collection[str]
) -> list[Entity]:
    """Return the entities whose words are none of those to be refused.

    >>> refuse(["RT", "Ann"], [Entity(0, 1, "place"), Entity(1, 2, "person")], {"rt"})
    [Entity(start=1, end=2, kind='person')]
    """
    return [e for e in entities if phrase(words, e) not in refused]


def by_list_and_rules(
    parts: Parts, levels: Sequence[float]
) -> tuple[float, Scores, Scores]:
    """Return the trust chosen on the validation part, and test scores without and with rules.

    Raises:
        ValueError: there are no levels to choose from.

    >>> texts = [[("in", "O"), ("Oslo", "B-geo-loc")]]
    >>> by_list_and_rules(Parts(texts, texts, texts), [0, 1])[0]
    0
    """
    if len(levels) == 0:
        raise ValueError("there are no levels to choose from; give one or more")
    names = collect_names(parts.train)
    trust = reliability(names, parts.train)
    best = (-1.0, levels[0])
    for level in levels:
        f1 = _on(parts.validation, names, trust, level)[1].f1
        if f1 > best[0]:
            best = (f1, level)
    return best[1], *_on(parts.test, names, trust, best[1])


def _on(
    texts: Sequence[Tweet],
    names: Mapping[str, str],
    trust: Mapping[str, float],
    level: float,
) -> tuple[Scores, Scores]:
    """Return the scores of the list and of the list with rules."""
    tree = build_tree({n: k for n, k in names.items() if trust[n] >= level})
    words, gold = words_and_gold(texts)
    listed = [find_names(tree, w) for w in words]
    both = [
        merge(one, apply_rules(w)) for one, w in zip(listed, words, strict=True)
    ]
    return score_entities(gold, listed), score_entities(gold, both)


Entities = list[list[Entity]]


def repaired(
    texts: Sequence[Sequence[str]],
    gold: Sequence[Sequence[Entity]],
    claims: Sequence[Sequence[Entity]],
    train: Sequence[int],
    test: Sequence[int],
    trust: float = 0.5,
) -> tuple[Entities, Entities, Entities]:
    """Return, for the texts to judge by, gold entities, claims, and repaired claims.

    The repair learns from the texts to learn from: a list of names, which speaks first, and the
    claims never to believe.

    Args:
        texts: the words of each text.
        gold: for each text its entities, with the tweets' types.
        claims: for each text what a recognizer found, with the types in common.
        train: numbers of the texts to learn from.
        test: numbers of the texts to judge by.
        trust: how reliable a name of the list must be, as a share.

    Raises:
        ValueError: texts, gold and claims are not equally many, or a number is none of a text.

    >>> texts = [["RT", "Ann"], ["RT", "Ann"]]
    >>> gold = [[Entity(1, 2, "person")]] * 2
    >>> repaired(texts, gold, [[Entity(0, 1, "place")]] * 2, [0], [1])[2]
    [[Entity(start=1, end=2, kind='person')]]
    """
    if not len(texts) == len(gold) == len(claims):
        raise ValueError(
            f"{len(texts)} texts, {len(gold)} with gold entities and {len(claims)} with "
            "claims; give as many of each"
        )
    if any(not 0 <= i < len(texts) for i in [*train, *test]):
        raise ValueError(
            f"the {len(texts)} texts have the numbers from 0 to {len(texts) - 1} only"
        )
    learnt = [
        list(zip(texts[i], write_tags(gold[i], len(texts[i])), strict=True))
        for i in train
    ]
    names = collect_names(learnt)
    reliable = reliability(names, learnt)
    tree = build_tree(
        {
            name: TWEETS[kind]
            for name, kind in names.items()
            if kind in TWEETS and reliable[name] >= trust
        }
    )
    refused = never_right(
        [texts[i] for i in train],
        [gold[i] for i in train],
        [claims[i] for i in train],
        least=1,
    )
    real, plain, mended = [], [], []
    for i in test:
        others = [e for e in gold[i] if e.kind not in TWEETS]
        listed = not_on(find_names(tree, texts[i]), others)
        real.append(in_common(gold[i], TWEETS))
        plain.append(list(claims[i]))
        mended.append(merge(listed, refuse(texts[i], claims[i], refused)))
    return real, plain, mended
