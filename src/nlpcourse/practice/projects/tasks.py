"""The three projects: what each one asks, how it is scored, and which slices it must report."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from nlpcourse.practice.projects.gain import ndcg

Part = tuple[float, float]


@dataclass(frozen=True)
class Project:
    """A project of the chapter.

    Attributes:
        name: as the command takes it.
        title: what is built.
        package: name of the starter's package.
        metric: name of the score, a sum over a sum.
        part: what a row adds to both sums, from its gold and its prediction.
        slices: name to a question about a row's text and gold.
        chapters: which teach what is needed.
    """

    name: str
    title: str
    package: str
    metric: str
    part: Callable[[str, str], Part]
    slices: dict[str, Callable[[str, str], bool]]
    chapters: tuple[str, ...]


def ranking_part(gold: str, predicted: str) -> Part:
    """Return nDCG at ten of a ranking, and 1.

    Args:
        gold: ``id:gain`` of the relevant documents, spaces between.
        predicted: ids, the best first, spaces between; after a repeated one nothing counts.

    Raises:
        ValueError: the gold is not of this form.

    >>> ranking_part("v1:2 v7:1", "v1 v9 v7")
    (0.9502344167898356, 1.0)
    """
    gains: dict[str, float] = {}
    for item in gold.split():
        document, colon, gain = item.partition(":")
        if not colon or not gain.isascii() or not gain.isdigit():
            raise ValueError(f"{item!r} is no id with its gain, such as v17:2")
        gains[document] = int(gain)
    return ndcg(list(dict.fromkeys(predicted.split())), gains), 1.0


def tokens_part(gold: str, predicted: str) -> Part:
    """Return how many tags are right, and how many there are; tags too few or too many are wrong.

    >>> tokens_part("det noun verb", "det noun noun")
    (2.0, 3.0)
    """
    tags, guesses = gold.split(), predicted.split()
    if len(tags) != len(guesses):
        return 0.0, float(len(tags))
    return float(sum(a == b for a, b in zip(tags, guesses, strict=True))), float(
        len(tags)
    )


def spam_part(gold: str, predicted: str) -> Part:
    """Return what a message adds to both sums of F1 of spam.

    >>> spam_part("spam", "spam"), spam_part("ham", "spam"), spam_part("ham", "ham")
    ((2.0, 2.0), (0.0, 1.0), (0.0, 0.0))
    """
    both = (gold == "spam") + (predicted == "spam")
    return (2.0, 2.0) if both == 2 else (0.0, float(both))


_OLD = re.compile(r"\b(?:thou|thee|thy|thine|ye|hath|unto|\w+(?:eth|est))\b", re.I)


def _old(text: str, gold: str) -> bool:
    return bool(_OLD.search(text))


def _long(text: str, gold: str) -> bool:
    return len(text.split()) > 15


def _digit(text: str, gold: str) -> bool:
    return any(c.isdigit() for c in text)


PROJECTS = {
    project.name: project
    for project in (
        Project(
            "search",
            "A search engine with evaluation",
            "finder",
            "nDCG at ten",
            ranking_part,
            {"old words": _old, "no old words": lambda t, g: not _old(t, g)},
            ("02", "16"),
        ),
        Project(
            "language",
            "A tagger for a small language",
            "tagger",
            "accuracy of tags",
            tokens_part,
            {
                "up to fifteen words": lambda t, g: not _long(t, g),
                "more than fifteen words": _long,
            },
            ("04", "10"),
        ),
        Project(
            "moderation",
            "A moderation classifier with an audit",
            "moderator",
            "F1 of spam",
            spam_part,
            {
                "with a digit": _digit,
                "without a digit": lambda t, g: not _digit(t, g),
            },
            ("11", "13"),
        ),
    )
}


def project(name: str) -> Project:
    """Return the project of that name.

    Raises:
        ValueError: there is none; the message names those that there are.

    >>> project("search").package
    'finder'
    """
    if name not in PROJECTS:
        raise ValueError(
            f"there is no project {name!r}; there are {', '.join(PROJECTS)}"
        )
    return PROJECTS[name]
