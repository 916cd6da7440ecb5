"""Four tasks as one: a prefix that says what is wanted, a text, and a text for an answer.

- *Spanish*: Tatoeba's sentences of up to five words, split and cleaned as in chapter 25;
- *sounds*: CMUdict's words of up to seven letters, spelt out, split as in chapter 25;
- *modern*: verses of up to twelve words, from the King James to the Berean Bible, split by a hash
  of the old text;
- *sentiment*: movie sentences of up to twelve words, split by a hash; the answer is a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.evaluation import accuracy
from nlpcourse.neural.seq2seq import pronunciation, translation
from nlpcourse.neural.seq2seq.pronunciation import hashed

PREFIXES = {
    "spanish": "to Spanish:",
    "sounds": "to sounds:",
    "modern": "to modern English:",
    "sentiment": "sentiment:",
}
NAMES = tuple(PREFIXES)
LONGEST = {"spanish": 5, "sounds": 7, "modern": 12, "sentiment": 12}
"""Words, or letters of a word to be pronounced, that an example has at most."""
HELD_OUT = {"modern": 300, "sentiment": 400}
"""Examples of the test; half as many for validation."""
MOST, ANSWERED = 300, 300
"""Test examples on which a loss is measured, and those of them that a model answers."""


@dataclass(frozen=True)
class Example:
    """A text with its prefix, and the answers that count as right."""

    source: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class TextTask:
    """Examples for three uses."""

    train: list[Example]
    validation: list[Example]
    test: list[Example]


def with_prefix(name: str, text: str) -> str:
    """Return a task's question: its prefix, then the text, letter by letter if it is a word.

    Raises:
        ValueError: no task has that name.

    >>> with_prefix("sounds", "cat"), with_prefix("sentiment", "A fine film.")
    ('to sounds: c a t', 'sentiment: A fine film.')
    """
    _require(name)
    text = " ".join(text) if name == "sounds" else text
    return f"{PREFIXES[name]} {text}"


def without_prefix(name: str, question: str) -> str:
    """Return the text of a question, a word in one piece.

    Raises:
        ValueError: no task has that name, or the question lacks its prefix.

    >>> without_prefix("sounds", "to sounds: c a t")
    'cat'
    """
    _require(name)
    if not question.startswith(PREFIXES[name]):
        raise ValueError(f"{question!r} does not begin with {PREFIXES[name]!r}")
    text = question.removeprefix(PREFIXES[name]).strip()
    return text.replace(" ", "") if name == "sounds" else text


def _require(name: str) -> None:
    """Raise ValueError where no task has that name."""
    if name not in PREFIXES:
        raise ValueError(f"the tasks are {', '.join(NAMES)}; there is no {name!r}")


def short(name: str, *texts: str) -> bool:
    """Say whether an example is short enough for this chapter's model.

    Raises:
        ValueError: no task has that name.

    >>> short("sounds", "cat"), short("sounds", "unpronounceable")
    (True, False)
    """
    _require(name)
    lengths = [len(text if name == "sounds" else text.split()) for text in texts]
    return max(lengths, default=0) <= LONGEST[name]


@lru_cache(maxsize=4)
def task(name: str) -> TextTask:
    """Return one of the four tasks.

    Raises:
        ValueError: no task has that name.
    """
    makers: Mapping[str, Callable[[], TextTask]] = {
        "spanish": _spanish,
        "sounds": _sounds,
        "modern": lambda: _by_hash("modern", verses()),
        "sentiment": lambda: _by_hash("sentiment", opinions()),
    }
    _require(name)
    return makers[name]()


def _spanish() -> TextTask:
    split = translation.sentences()
    parts = [
        [
            Example(with_prefix("spanish", s.english), s.spanish)
            for s in sentences
            if short("spanish", s.english, *s.spanish)
        ]
        for sentences in (split.train, split.validation, split.test)
    ]
    return TextTask(*parts)


def _sounds() -> TextTask:
    split = pronunciation.pronunciations()
    parts = [
        [
            Example(with_prefix("sounds", word), tuple(map(" ".join, said)))
            for word, said in sorted(
                lexicon.items(), key=lambda item: hashed(item[0])
            )
            if short("sounds", word)
        ]
        for lexicon in (split.train, split.validation, split.test)
    ]
    return TextTask(*parts)


def _by_hash(name: str, answers: Mapping[str, tuple[str, ...]]) -> TextTask:
    texts = sorted(
        (text for text in answers if short(name, text, *answers[text])), key=hashed
    )
    found = [Example(with_prefix(name, text), answers[text]) for text in texts]
    n = HELD_OUT[name]
    return TextTask(found[n + n // 2 :], found[n : n + n // 2], found[:n])


@lru_cache(maxsize=1)
def verses() -> dict[str, tuple[str, ...]]:
    """Return the King James Bible's verses, each with what the Berean Bible has in its place."""
    found: dict[str, dict[str, None]] = {}
    for old, new in corpora.kjv_bsb():
        found.setdefault(translation.normalise(old), {})[
            translation.normalise(new)
        ] = None
    return {old: tuple(new) for old, new in found.items()}


@lru_cache(maxsize=1)
def opinions() -> dict[str, tuple[str, ...]]:
    """Return the movie sentences with the word that their raters' mean deserves."""
    return {
        translation.normalise(sentence.text): (
            "positive" if sentence.rating > 0 else "negative",
        )
        for sentence in corpora.sentiment_4("movie")
        if sentence.rating
    }


def score(
    name: str, outputs: Sequence[str], examples: Sequence[Example]
) -> dict[str, float]:
    """Return the measures of a task, by the measures of the chapters where it was first met.

    Args:
        name: of the task.
        outputs: one answer for each example.
        examples: the questions with their right answers.

    Returns:
        ``bleu`` for Spanish and modern English, ``phoneme_error_rate`` and ``word_error_rate`` for
        sounds, ``accuracy`` for sentiment.

    Raises:
        ValueError: as many outputs as examples are needed, and one at least; or no task has that
            name.
    """
    _require(name)
    if len(outputs) != len(examples) or not len(outputs):
        raise ValueError(
            f"{len(outputs)} outputs for {len(examples)} examples: give one for each"
        )
    if name == "sentiment":
        return {"accuracy": accuracy([e.answers[0] for e in examples], outputs)}
    if name == "sounds":
        said = {e.source: o.split() for e, o in zip(examples, outputs, strict=True)}
        lexicon = {
            e.source: [tuple(a.split()) for a in e.answers] for e in examples
        }
        rates = pronunciation.error_rates(said, lexicon)
        return {
            "phoneme_error_rate": rates.phoneme,
            "word_error_rate": rates.word,
        }
    return {"bleu": translation.corpus_bleu(outputs, [e.answers for e in examples])}
