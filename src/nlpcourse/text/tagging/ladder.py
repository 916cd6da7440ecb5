"""Taggers that know a little each, and a ladder that asks them from the top.

A *rung* is a function: given the words, a place among them and the tags given so far, it answers
with a tag, or with None where it knows nothing.  The ladder takes the first answer.  The rungs and
their training equal NLTK's ``DefaultTagger``, ``RegexpTagger``, ``AffixTagger``, ``UnigramTagger``
and ``BigramTagger``, tag by tag.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

Tag = str | None
Rung = Callable[[Sequence[str], int, Sequence[Tag]], Tag]
"""From (words, place, tags so far) to a tag, or to None."""

Context = Callable[[Sequence[str], int, Sequence[Tag]], Hashable]
"""From (words, place, tags so far) to what a table is asked; None where it is not asked."""

PATTERNS = (
    (r".*ing$", "VBG"),
    (r".*ed$", "VBD"),
    (r".*es$", "VBZ"),
    (r".*ould$", "MD"),
    (r".*'s$", "NN$"),
    (r".*s$", "NNS"),
    (
        r"^-?[0-9]+(.[0-9]+)?$",
        "CD",
    ),  # as printed: any character may stand before decimals
)
"""The patterns of the NLTK book, section 5.4, without the last, which takes everything."""


def always(tag: str) -> Rung:
    """Return a rung that gives every word the same tag.

    >>> always("NN")(["Refuse", "permits"], 0, [])
    'NN'
    """
    return lambda words, i, tags: tag


def by_pattern(patterns: Iterable[tuple[str, str]] = PATTERNS) -> Rung:
    """Return a rung that gives a word the tag of the first pattern that it matches.

    >>> rung = by_pattern()
    >>> [rung([word], 0, []) for word in ("singing", "classes", "could", "1961", "cat")]
    ['VBG', 'VBZ', 'MD', 'CD', None]
    """
    compiled = [(re.compile(pattern), tag) for pattern, tag in patterns]

    def rung(words: Sequence[str], i: int, tags: Sequence[Tag]) -> Tag:
        found = (tag for pattern, tag in compiled if pattern.match(words[i]))
        return next(found, None)

    return rung


def by_table(context: Context, table: Mapping[Hashable, str]) -> Rung:
    """Return a rung that looks a context up in a table."""

    def rung(words: Sequence[str], i: int, tags: Sequence[Tag]) -> Tag:
        return table.get(context(words, i, tags))

    return rung


def word(words: Sequence[str], i: int, tags: Sequence[Tag]) -> Hashable:
    """Return the word itself: the context of the most-frequent-tag rung.

    Raises:
        IndexError: there is no such place in the sentence.
    """
    return words[i]


def ending(words: Sequence[str], i: int, tags: Sequence[Tag]) -> Hashable:
    """Return the last three letters of a word of five or more.

    Raises:
        IndexError: there is no such place in the sentence.

    >>> ending(["permitted"], 0, []), ending(["tied"], 0, [])
    ('ted', None)
    """
    return words[i][-3:] if len(words[i]) >= 5 else None


def tag_and_word(words: Sequence[str], i: int, tags: Sequence[Tag]) -> Hashable:
    """Return the tag before, if there is one, and the word.

    Raises:
        IndexError: there is no such place in the sentence.

    >>> tag_and_word(["We", "permit"], 1, ["PPSS"])
    (('PPSS',), 'permit')
    """
    return tuple(tags[max(0, i - 1) : i]), words[i]


def two_tags_and_word(
    words: Sequence[str], i: int, tags: Sequence[Tag]
) -> Hashable:
    """Return the two tags before, as far as there are any, and the word.

    Raises:
        IndexError: there is no such place in the sentence.
    """
    return tuple(tags[max(0, i - 2) : i]), words[i]


def ask(
    ladder: Sequence[Rung], words: Sequence[str], i: int, tags: Sequence[Tag]
) -> Tag:
    """Return the first answer, from the top rung down; None where no rung has one."""
    for rung in ladder:
        tag = rung(words, i, tags)
        if tag is not None:
            return tag
    return None


def tag(ladder: Sequence[Rung], words: Sequence[str]) -> list[Tag]:
    """Tag words from left to right.

    >>> tag([by_pattern(), always("NN")], ["Birds", "singing", "songs"])
    ['NNS', 'VBG', 'NNS']
    """
    tags: list[Tag] = []
    for i in range(len(words)):
        tags.append(ask(ladder, words, i, tags))
    return tags


def learn(
    context: Context,
    sentences: Iterable[Sequence[tuple[str, str]]],
    below: Sequence[Rung] = (),
) -> Rung:
    """Return a rung that knows the most frequent tag of every context in tagged sentences.

    A context in which the rungs below are always right needs no entry.

    Args:
        context: what the table is asked.
        sentences: words with their tags.
        below: the rest of the ladder, the top rung first.

    >>> rung = learn(word, [[("a", "AT"), ("permit", "NN")], [("permit", "NN")]], [always("NN")])
    >>> rung(["a", "permit"], 0, []), rung(["a", "permit"], 1, ["AT"])
    ('AT', None)
    """
    counts: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
    useful: set[Hashable] = set()
    for sentence in sentences:
        words, gold = [w for w, _ in sentence], [t for _, t in sentence]
        for i, truth in enumerate(gold):
            key = context(words, i, gold[:i])
            if key is None:
                continue
            counts[key][truth] += 1
            if ask(below, words, i, gold[:i]) != truth:
                useful.add(key)
    return by_table(
        context, {key: counts[key].most_common(1)[0][0] for key in useful}
    )
