"""Tasks as texts to be continued: wordings, examples, labels."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.corpora.records import LabelledText


@dataclass(frozen=True)
class Wording:
    """One way to lay out a task.

    Attributes:
        task: what is asked, above everything.
        item: how one text is shown, with ``{text}`` in it; the label follows behind a blank.
        words: the word that stands for each label.
    """

    task: str
    item: str
    words: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a layout without a place for the text, or labels that look alike."""
        if "{text}" not in self.item:
            raise ValueError(
                f"{self.item!r} has no place for the text; write {{text}}"
            )
        if len(set(self.words.values())) < len(self.words) or not self.words:
            raise ValueError(
                f"labels need words that differ, not {list(self.words.values())}"
            )


def shown(wording: Wording, text: str, label: str | None = None) -> str:
    """Return one text laid out, with its label or open for one.

    >>> plain = Wording("", "Review: {text}\\nSentiment:", {"pos": "good", "neg": "bad"})
    >>> shown(plain, "I laughed.", "pos")
    'Review: I laughed.\\nSentiment: good'

    Raises:
        ValueError: the label has no word.
    """
    laid = wording.item.replace("{text}", text)
    if label is None:
        return laid
    if label not in wording.words:
        raise ValueError(
            f"no word stands for {label!r}; choose from {[*wording.words]}"
        )
    return f"{laid} {wording.words[label]}"


def few_shot(wording: Wording, examples: Sequence[LabelledText]) -> str:
    """Return everything that stands before the text in question: the task and the examples.

    >>> plain = Wording("Good or bad?", "{text} →", {"pos": "good", "neg": "bad"})
    >>> print(few_shot(plain, [LabelledText("I laughed.", "pos")]) + shown(plain, "I slept."))
    Good or bad?
    <BLANKLINE>
    I laughed. → good
    <BLANKLINE>
    I slept. →
    """
    parts = [wording.task] if wording.task else []
    parts += [shown(wording, e.text, e.label) for e in examples]
    return "".join(f"{part}\n\n" for part in parts)


TREC_WORDS = {
    "DESC": "description",
    "ENTY": "thing",
    "ABBR": "abbreviation",
    "HUM": "person",
    "NUM": "number",
    "LOC": "place",
}
MOVIE_WORDS = {"positive": "positive", "negative": "negative"}

WORDINGS: dict[str, dict[str, Wording]] = {
    "movies": {
        "labelled": Wording("", "Review: {text}\nSentiment:", MOVIE_WORDS),
        "asked": Wording(
            "Is the review positive or negative?", "{text}\nAnswer:", MOVIE_WORDS
        ),
        "spoken": Wording(
            "People were asked about films that they had just seen.",
            "“{text}” All in all, this person found the film",
            {"positive": "good", "negative": "bad"},
        ),
    },
    "questions": {
        "labelled": Wording("", "Question: {text}\nAnswer type:", TREC_WORDS),
        "asked": Wording(
            "What does the question ask for: a description, a thing, an abbreviation, a person, "
            "a number or a place?",
            "{text}\nIt asks for a",
            TREC_WORDS,
        ),
        "spoken": Wording(
            "A librarian sorts questions by what their answer will be.",
            "“{text}” The answer will be a",
            TREC_WORDS,
        ),
    },
}
"""For each task three ways to lay it out, written before any was tried, and none dropped."""


def wordings(task: str) -> dict[str, Wording]:
    """Return a task's wordings.

    Raises:
        ValueError: there is no such task.

    >>> list(wordings("movies"))
    ['labelled', 'asked', 'spoken']
    """
    if task not in WORDINGS:
        raise ValueError(f"no task is called {task!r}; choose from {[*WORDINGS]}")
    return WORDINGS[task]


LONGEST_REVIEW = 30
"""Words of a review at most."""


@dataclass(frozen=True)
class Data:
    """Texts to choose examples from, and texts to be judged."""

    train: list[LabelledText]
    test: list[LabelledText]


@lru_cache(maxsize=4)
def data(task: str, tests: int) -> Data:
    """Return a task's texts: reviews with a clear rating, or the questions of TREC.

    Reviews are drawn half positive, half negative; of TREC's own test set the first are drawn after
    shuffling, with its own shares of labels.

    Raises:
        ValueError: there is no such task, or too few texts.
    """
    wordings(task)
    rng = random.Random(34)
    if task == "questions":
        split = corpora.trec()
        train, test = list(split.train), rng.sample(list(split.test), 500)
    else:
        clear = [
            LabelledText(r.text, "positive" if r.rating > 0 else "negative")
            for r in corpora.sentiment_4("movie")
            if abs(r.rating) >= 1 and len(r.text.split()) <= LONGEST_REVIEW
        ]
        rng.shuffle(clear)
        sides = [[r for r in clear if r.label == side] for side in MOVIE_WORDS]
        test = [
            r for pair in zip(*(s[:250] for s in sides), strict=True) for r in pair
        ]
        train = [r for side in sides for r in side[250:]]
    if not 1 <= tests <= len(test):
        raise ValueError(f"{tests} of {len(test)} texts can't be judged")
    return Data(train, test[:tests])


def choose(
    train: Sequence[LabelledText], number: int, seed: int
) -> list[LabelledText]:
    """Draw examples, each label before any comes twice, in an order of chance.

    Raises:
        ValueError: fewer texts are there than asked for.

    >>> pool = [LabelledText(str(n), "ab"[n % 2]) for n in range(6)]
    >>> sorted({e.label for e in choose(pool, 3, seed=0)})
    ['a', 'b']
    """
    if not 0 <= number <= len(train):
        raise ValueError(f"{number} of {len(train)} examples can't be drawn")
    rng = random.Random(seed)
    by_label: dict[str, list[LabelledText]] = {}
    for example in rng.sample(list(train), len(train)):
        by_label.setdefault(example.label, []).append(example)
    rounds: list[LabelledText] = []
    while len(rounds) < number:
        left = [name for name in sorted(by_label) if by_label[name]]
        rounds += [by_label[name].pop() for name in rng.sample(left, len(left))]
    taken = rounds[:number]
    rng.shuffle(taken)
    return taken
