"""The three tasks: which texts, which labels, which metric."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.statistics.naive_bayes.features import unswallow


@dataclass(frozen=True)
class Task:
    """What is asked of whom.

    Attributes:
        name: as the command takes it.
        question: what a participant is to predict, in a sentence.
        metric: see :func:`nlpcourse.practice.competition.scoring.score`.
        labels: the allowed ones; none where the answer is a number.
    """

    name: str
    question: str
    metric: str
    labels: tuple[str, ...] = ()


TASKS = {
    task.name: task
    for task in (
        Task(
            "sms-spam",
            "Is the text message spam or ham?",
            "F1 of spam",
            ("ham", "spam"),
        ),
        Task(
            "film-ratings",
            "How did people rate the sentence about a film, from bad to good? Only the order of"
            " your numbers counts.",
            "spearman",
        ),
        Task(
            "question-types",
            "What kind of answer does the question ask for?",
            "accuracy",
            ("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"),
        ),
    )
}


def task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        ValueError: there is none; the message names those that there are.

    >>> task("sms-spam").metric
    'F1 of spam'
    """
    if name not in TASKS:
        raise ValueError(
            f"there is no competition {name!r}; there are {', '.join(TASKS)}"
        )
    return TASKS[name]


@dataclass(frozen=True)
class Item:
    """A text of a task with its label, and, where people rated it, every single rating."""

    text: str
    label: str
    ratings: tuple[int, ...] = ()


def plain(text: str) -> str:
    """Return a text's words in lower case: two texts of the same words are the same item.

    >>> plain("Free  PRIZE!!") == plain("free prize")
    True
    """
    return " ".join(re.findall(r"\w+", text.casefold()))


@lru_cache(maxsize=4)
def items(name: str) -> tuple[Item, ...]:
    """Return all items of a task without repeats: a message sent twice can't stand on both sides.

    Raises:
        ValueError: there is no such task.
    """
    kind = task(name).name
    if kind == "sms-spam":
        pairs = [p for m in corpora.sms_spam() for p in unswallow(m.text, m.label)]
        found = [Item(text.strip(), label) for text, label in pairs]
    elif kind == "question-types":
        split = corpora.trec()
        found = [Item(q.text.strip(), q.label) for q in (*split.train, *split.test)]
    else:
        rows = zip(
            corpora.sentiment_4("movie"),
            corpora.sentiment_4_ratings("movie"),
            strict=True,
        )
        found = [Item(r.text, f"{r.rating:.4f}", tuple(n)) for r, n in rows]
    once = {plain(item.text): item for item in reversed(found)}
    return tuple(item for words, item in reversed(once.items()) if words)
