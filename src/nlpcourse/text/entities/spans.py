"""Entities as spans, and as one tag for each word.

What it does not handle: entities within entities, and entities with a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Entity(NamedTuple):
    """The words from *start* up to, not including, *end* name something of a type."""

    start: int
    end: int
    kind: str


def split_tag(tag: str) -> tuple[str, str]:
    """Return a tag's letter and its type; ``O``, outside of every entity, has none.

    Raises:
        ValueError: it is no tag.

    >>> split_tag("B-geo-loc"), split_tag("O")
    (('B', 'geo-loc'), ('O', ''))
    """
    letter, dash, kind = tag.partition("-")
    if tag == "O":
        return "O", ""
    if (
        letter not in "BIESLU"
        or len(letter) != 1
        or not dash
        or kind != kind.strip("-")
    ):
        raise ValueError(
            f"{tag!r} is no tag; write O, or a letter, - and a type: B-person"
        )
    if not kind:
        raise ValueError(
            f"the tag {tag!r} has no type; write B-person, for example"
        )
    return letter, kind


def read_tags(tags: Sequence[str]) -> list[Entity]:
    """Return the entities that *tags* hold, read leniently.

    A tag goes on with the entity before it if it has the same type, the letter before it is B
    or I, and its own is I or E.  Otherwise it begins an entity, whatever its letter.  L and U
    are read as E and S.

    Source: the reading of ``conlleval``, the CoNLL shared tasks' script, and seqeval's default.

    Raises:
        ValueError: one of them is no tag.

    >>> read_tags(["B-person", "I-person", "O", "I-movie"])
    [Entity(start=0, end=2, kind='person'), Entity(start=3, end=4, kind='movie')]
    """
    found: list[Entity] = []
    before, kind_before = "O", ""
    for i, tag in enumerate(tags):
        letter, kind = split_tag(tag)
        letter = {"L": "E", "U": "S"}.get(letter, letter)
        if kind == kind_before and before in "BI" and letter in "IE":
            found[-1] = Entity(found[-1].start, i + 1, kind)
        elif letter != "O":
            found.append(Entity(i, i + 1, kind))
        before, kind_before = letter, kind
    return found


@dataclass(frozen=True)
class Scheme:
    """A way of writing entities as tags: which two neighbours begin, go on, and end one.

    A pair such as ``"BI="`` stands for a tag B, then a tag I of the same type; ``"II!"`` for two
    tags I of different types; ``"OI"`` for types that do not matter; ``*`` for any letter.
    """

    letters: str
    begins: str
    goes_on: str
    ends: str


SCHEMES = {
    "IOB1": Scheme("IOB", "OI II! BI IB= BB=", "BI= II=", "II! IO IB BO BI! BB="),
    "IOE1": Scheme("IOE", "OI II! EI EE=", "II= IE=", "II! IO IE! EI= EE="),
    "IOB2": Scheme("IOB", "*B", "BI= II=", "IO II! IB BO BI! BB"),
    "IOE2": Scheme("IOE", "OI OE EI EE II! IE!", "IE= II=", "E*"),
    "IOBES": Scheme("IOBES", "*B *S", "BI= BE= II= IE=", "S* E*"),
    "BILOU": Scheme("BILOU", "*B *U", "BI= BL= II= IL=", "U* L*"),
}
"""The six schemes that seqeval knows in its strict mode, as its ``scheme.py`` defines them."""

Tag = tuple[str, str]


def _fits(pairs: str, before: Tag, now: Tag) -> bool:
    """Say whether two neighbouring tags are one of a scheme's *pairs*."""
    for pair in pairs.split():
        condition = pair[2:]
        if (
            pair[0] in ("*", before[0])
            and pair[1] in ("*", now[0])
            and (not condition or (condition == "=") == (before[1] == now[1]))
        ):
            return True
    return False


def read_strictly(tags: Sequence[str], scheme: str) -> list[Entity]:
    """Return the entities of *tags* that a scheme allows; whatever breaks its rules is none.

    Source: seqeval 1.2.2, ``Tokens.entities``.

    Raises:
        ValueError: the scheme is unknown, or a tag is none of its tags.

    >>> read_strictly(["O", "I-movie", "B-person", "I-person"], "IOB2")
    [Entity(start=2, end=4, kind='person')]
    """
    rules = _scheme(scheme)
    line = [*map(split_tag, tags), ("O", "")]
    for letter, kind in line:
        if letter not in rules.letters:
            raise ValueError(
                f"{scheme} has no tag {letter}-{kind}; take one of {rules.letters}"
            )
    found, i, before = [], 0, ("O", "")
    while i < len(line):
        start, i = i, i + 1
        if _fits(rules.begins, before, line[start]):
            while _fits(rules.goes_on, line[i - 1], line[i]):
                i += 1
            if _fits(rules.ends, line[i - 1], line[i]):
                found.append(Entity(start, i, line[start][1]))
        before = line[i - 1]
    return found


def _scheme(name: str) -> Scheme:
    """Return the scheme of a name, or say which names there are."""
    if name not in SCHEMES:
        raise ValueError(f"no scheme {name!r}; choose one of {', '.join(SCHEMES)}")
    return SCHEMES[name]


def write_tags(
    entities: Iterable[Entity], length: int, scheme: str = "IOB2"
) -> list[str]:
    """Return one tag for each of *length* words.

    Raises:
        ValueError: the scheme is unknown, an entity is empty or outside, or two overlap.

    >>> write_tags([Entity(1, 3, "movie")], 4)
    ['O', 'B-movie', 'I-movie', 'O']
    >>> write_tags([Entity(0, 1, "person"), Entity(1, 3, "movie")], 3, "BILOU")
    ['U-person', 'B-movie', 'L-movie']
    """
    _scheme(scheme)
    if length < 0:
        raise ValueError(f"a text of {length} words cannot be; give 0 or more")
    tags = ["O"] * length
    line = sorted(entities)
    for entity in line:
        _fit_in(entity, tags)
        for i in range(entity.start, entity.end):
            tags[i] = f"I-{entity.kind}"
    touching = {(e.start, e.kind) for e in line}
    ended = {(e.end, e.kind) for e in line}
    for start, end, kind in line:
        first, last = {
            "IOB2": ("B", "I"),
            "IOE2": ("I", "E"),
            "IOBES": ("B", "E"),
            "BILOU": ("B", "L"),
            "IOB1": ("B" if (start, kind) in ended else "I", "I"),
            "IOE1": ("I", "E" if (end, kind) in touching else "I"),
        }[scheme]
        alone = {"IOBES": "S", "BILOU": "U", "IOE1": last, "IOE2": last}
        tags[start] = f"{first}-{kind}"
        if end - start == 1:
            tags[start] = f"{alone.get(scheme, first)}-{kind}"
        else:
            tags[end - 1] = f"{last}-{kind}"
    return tags


def _fit_in(entity: Entity, tags: Sequence[str]) -> None:
    """Refuse an entity that is empty, outside of the text, or on another."""
    start, end, kind = entity
    split_tag(f"B-{kind}")
    if not 0 <= start < end <= len(tags):
        raise ValueError(
            f"words {start} to {end} are no span of {len(tags)} words; "
            "start is less than end"
        )
    if any(tag != "O" for tag in tags[start:end]):
        raise ValueError(
            f"two entities hold word {start} or one after it; tags can't overlap"
        )
