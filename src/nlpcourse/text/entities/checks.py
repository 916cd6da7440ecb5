"""Instant checks of chapter 05, Named entity recognition."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    not_in_per_cent,
    number,
    parameters,
)
from nlpcourse.text.entities.scoring import score_entities
from nlpcourse.text.entities.spans import Entity, read_tags, write_tags

KINDS = ("person", "place", "movie")
Span = tuple[int, int, str]


def draw_entities(rng: random.Random, words: int) -> list[Entity]:
    """Draw entities that do not overlap; some of them touch."""
    found, i = [], 0
    while i < words:
        length = rng.randrange(1, 4)
        if rng.random() < 0.5 and i + length <= words:
            found.append(Entity(i, i + length, rng.choice(KINDS)))
            i += length
        else:
            i += 1
    return found


def _spans(answer: object) -> list[Span] | None:
    """Return an answer as spans in order, or nothing if it is no list of spans."""
    if isinstance(answer, str | bytes | dict) or not isinstance(answer, Iterable):
        return None
    found: list[Span] = []
    for item in answer:
        if (
            isinstance(item, str)
            or not isinstance(item, Sequence)
            or len(item) != 3
        ):
            return None
        start, end = number(item[0]), number(item[1])
        if start is None or end is None or not isinstance(item[2], str):
            return None
        if not (start == start // 1 and end == end // 1):
            return None
        found.append((int(start), int(end), item[2]))
    return sorted(found)


# ── 05.1 · from tags to spans ─────────────────────────────────────────────────────────────────────


@exercise("05.1")
def spans(answer: Callable[[list[str]], Iterable[Sequence[Any]]]) -> str:
    """Spans of well-formed BIO tags."""
    cases = [
        ["B-person", "I-person", "O", "B-movie"],
        ["B-place", "B-place"],
        ["O", "O"],
        [],
        ["B-person", "B-movie", "I-movie"],
    ]
    rng = random.Random(51)
    cases += [
        write_tags(draw_entities(rng, n), n)
        for n in (rng.randrange(1, 15) for _ in range(60))
    ]
    for tags in cases:
        given = answer(list(tags))
        got, right = (
            _spans(given),
            sorted((e.start, e.end, e.kind) for e in read_tags(tags)),
        )
        if got == right:
            continue
        if got is None:
            raise Hint(
                f"For {tags!r:.120} you gave {given!r:.60}. Is that a list of a start, "
                "an end and a type for each entity?"
            )
        if got == [(s, e - 1, k) for s, e, k in right]:
            raise Hint(
                f"For {tags!r:.120} your ends are the last word. Which number comes after "
                "it, so that words[start:end] is the entity?"
            )
        if len(got) == len(right) - 1 and [g for g in got if g in right] == got:
            raise Hint(
                f"For {tags!r:.120} one entity is lost. Does your loop close the one that "
                "is still open at the end?"
            )
        raise Hint(
            f"For {tags!r:.120} you gave {given!r:.100}. Which tags begin an entity, and "
            "what ends it: an O, and what else?"
        )
    return (
        "BIO tags go back to Ramshaw and Marcus, who in 1995 tagged noun phrases so that a "
        "part-of-speech tagger's method could find them."
    )


# ── 05.2 · F1 of entities ─────────────────────────────────────────────────────────────────────────


def draw_texts(rng: random.Random) -> dict[str, Any]:
    """Draw gold entities of five texts, and predictions that are partly right."""
    gold, predicted = [], []
    for _ in range(5):
        here = draw_entities(rng, 12) or [Entity(2, 4, "person")]
        said = []
        for entity in here:
            luck = rng.random()
            if luck < 0.5:
                said.append(entity)
            elif luck < 0.7 and entity.end - entity.start > 1:
                said.append(entity._replace(end=entity.end - 1))
            elif luck < 0.85:
                said.append(entity._replace(kind="company"))
        gold.append([tuple(e) for e in here])
        predicted.append([tuple(e) for e in said])
    gold.append([(0, 2, "person"), (5, 6, "movie"), (7, 8, "place")])
    predicted.append(
        [(0, 2, "person"), (5, 7, "movie"), (9, 10, "person"), (11, 12, "place")]
    )
    return {"gold": gold, "predicted": predicted}


@exercise("05.2", parameters=draw_texts, cases=3)
def f1(answer: object) -> str:
    """F1 of entities, for the class's own gold and predicted ones."""
    p = parameters("05.2")
    gold, predicted = (
        [[Entity(*e) for e in text] for text in p[name]]
        for name in ("gold", "predicted")
    )
    right = score_entities(gold, predicted)
    if close(answer, right.f1):
        return (
            "F1 is also twice the right entities over the sum of gold and predicted ones: "
            "an entity with a wrong boundary adds to both and so costs double."
        )
    not_in_per_cent(answer, right.f1)
    if close(answer, right.precision) or close(answer, right.recall):
        raise Hint(
            "That is one of precision and recall. What is their harmonic mean?"
        )
    if close(answer, (right.precision + right.recall) / 2):
        raise Hint(
            "That is the plain mean of both. How is the harmonic mean computed?"
        )
    places = [[(e.start, e.end, "") for e in text] for text in gold]
    said = [[(e.start, e.end, "") for e in text] for text in predicted]
    loose = score_entities(
        [[Entity(*e) for e in t] for t in places],
        [[Entity(*e) for e in t] for t in said],
    )
    if close(answer, loose.f1):
        raise Hint(
            "Did you compare the places alone? Must the type not be right, too?"
        )
    raise Hint(
        f"You gave {answer!r:.60}. How many predicted entities have the start, the end and "
        "the type of a gold one of the same text?"
    )


# ── 05.3 · another scheme ─────────────────────────────────────────────────────────────────────────


@exercise("05.3")
def bilou(answer: Callable[[list[str]], Sequence[str]]) -> str:
    """The same entities as BILOU tags."""
    rng = random.Random(53)
    cases = [
        ["B-person"],
        ["B-person", "I-person"],
        ["B-person", "I-person", "I-person", "O"],
        ["B-movie", "B-movie", "I-movie"],
        ["O"],
        [],
    ]
    cases += [
        write_tags(draw_entities(rng, n), n)
        for n in (rng.randrange(1, 15) for _ in range(60))
    ]
    for tags in cases:
        got = answer(list(tags))
        right = write_tags(read_tags(tags), len(tags), "BILOU")
        if isinstance(got, list | tuple) and list(got) == right:
            continue
        if not isinstance(got, list | tuple) or len(got) != len(tags):
            raise Hint(
                f"For {tags!r:.120} you gave {got!r:.60}. Is there one tag for each word?"
            )
        place = next(i for i, tag in enumerate(right) if got[i] != tag)
        raise Hint(
            f"For {tags!r:.120} word {place} has {got[place]!r:.30}. Does an entity begin "
            "there, and does the next tag go on with it?"
        )
    return (
        "Ratinov and Roth compared the two in 2009 and found that their recognizer did better "
        "with BILOU: its tags tell a name's last word from its middle."
    )


# ── 05.4 · a recognizer of places ─────────────────────────────────────────────────────────────────


def _marked(text: str) -> tuple[list[str], list[Span]]:
    """Return the words of a text in which places stand in square brackets, and their spans.

    >>> _marked("in [New York] now")
    (['in', 'New', 'York', 'now'], [(1, 3, 'place')])
    """
    words: list[str] = []
    found: list[Span] = []
    start = 0
    for word in text.split():
        if word.startswith("["):
            start = len(words)
        words.append(word.strip("[]"))
        if word.endswith("]"):
            found.append((start, len(words), "place"))
    return words, found


PLACES = [
    _marked(text)
    for text in (
        "We moved from [Oslo] to [New York] last May .",
        "Ann Lee flew to [Rio de Janeiro] on Monday .",
        "The mayor of [Paris] met Tom Hill in [Lake City] .",
        "In [Mexico] Maria works for Acme Motors .",
        "My friend Paris lives near [Green Street] .",
        "Nobody went anywhere .",
    )
]
"""Sentences to look at: the words, and the places in them."""

JUDGED = [
    _marked(text)
    for text in (
        "They drove from [Vienna] to [Munich] in March .",
        "Peter Stone was born in [Cape Town] .",
        "The king of [Spain] spoke to Mary Brown .",
        "She teaches in [Kenya] and in [Uganda] .",
        "John moved to [Salt Lake City] with Ben .",
        "Our train to [Milan] left on Friday .",
        "Lucy Gray sent it from [Lima] to David .",
        "He ran near [Rose Street] with Anna Bell .",
        "Nothing was said about Kate .",
        "Bob came from [Hong Kong] in June .",
    )
]
"""Sentences that the check asks for."""

ENOUGH = 0.75


def f1_of_places(
    answer: Callable[[list[str]], Any],
    cases: Sequence[tuple[list[str], list[Span]]],
) -> float:
    """Return the F1 of the answer's spans; something that is no list of spans finds nothing."""
    gold, predicted = [], []
    for words, places in cases:
        gold.append([Entity(*p) for p in places])
        found = _spans(answer(list(words))) or []
        predicted.append([Entity(*p) for p in found])
    return score_entities(gold, predicted).f1


@exercise("05.4")
def places(answer: Callable[[list[str]], Any]) -> str:
    """A recognizer of places, judged on sentences that it has not seen."""
    for words, _ in JUDGED:
        got = answer(list(words))
        if _spans(got) is None:
            raise Hint(
                f"For {' '.join(words)!r} you gave {got!r:.60}. Is that a list of a start, "
                'an end and "place" for each?'
            )
    f1 = f1_of_places(answer, JUDGED)
    if f1 < ENOUGH:
        text, gold, found = next(
            (words, places, _spans(answer(list(words))))
            for words, places in JUDGED
            if _spans(answer(list(words))) != places
        )
        raise Hint(
            f"F1 is {f1:.2f}, and {ENOUGH} is asked for. In {' '.join(text)!r} the places are "
            f"{gold}, and you found {found!r:.80}. Which word would have told you?"
        )
    return (
        f"F1 is {f1:.2f} on sentences that you had not seen. On tweets the same rules would "
        "do worse: there, many names are written small, and often no word leads up to them."
    )
