"""The training of :mod:`perceptron`, about five times as fast, with the same weights.

Nearly all the time of training goes into scores: fourteen tables, each with up to two hundred tags.
Here a table is one long whole number with a field of 32 bits for each tag, so that adding up two
tables is one addition, and Python does it in C.

A field holds a score that may be negative: it then borrows one from the field above, and adding a
half of the range to every field at the end pays all the debts back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence

from nlpcourse.text.tagging.perceptron import (
    START,
    Learner,
    PerceptronTagger,
    Place,
    Tagged,
    features,
    places,
    sure_words,
)

BITS = 32
HALF = 1 << (BITS - 1)


class Fields:
    """One number for each tag, side by side in a whole number.

    The last tag of the alphabet has the lowest field, so that the first of the highest fields is
    the tag that :func:`perceptron.best` chooses.

    >>> fields = Fields(["IN", "NN", "VB"])
    >>> score = 2 * fields.one["NN"] + 2 * fields.one["VB"] - 3 * fields.one["IN"]
    >>> fields.best(score), fields.best(0), fields.best(-fields.one["VB"])
    ('VB', 'VB', 'NN')
    """

    def __init__(self, tags: Iterable[str]) -> None:
        """Give every tag its field.

        Raises:
            ValueError: there are no tags.
        """
        self.tags = sorted(set(tags), reverse=True)
        if not self.tags:
            raise ValueError("give 1 tag or more; without tags there are no fields")
        self.one = {tag: 1 << (BITS * k) for k, tag in enumerate(self.tags)}
        self.halves = HALF * sum(self.one.values())
        self.size = BITS // 8 * len(self.tags)

    def best(self, scores: int) -> str:
        """Return the tag whose field is highest, the last in the alphabet of those that tie."""
        row = memoryview((scores + self.halves).to_bytes(self.size, "little"))
        found = row.cast("I").tolist()
        return self.tags[found.index(max(found))]


def study(
    sentences: Iterable[Tagged],
    readings: int = 5,
    seed: int = 0,
    tell: Callable[[int], None] = lambda mistakes: None,
) -> tuple[Learner, dict[str, str], list[str]]:
    """Read tagged sentences several times; return the learner, the sure words and the tags.

    Args:
        sentences: words with their tags.
        readings: of all sentences; they are shuffled after each.
        seed: of the shuffles.
        tell: is told the mistakes of each reading.

    Raises:
        ValueError: there are no tagged words, or fewer readings than 1.
    """
    pairs = [tuple(sentence) for sentence in sentences]
    tags = sorted({tag for sentence in pairs for _, tag in sentence})
    if not tags or readings < 1:
        raise ValueError(
            "give 1 tagged word and 1 reading or more, "
            f"not {len(tags)} tags and {readings}"
        )
    sure = sure_words(pairs)
    rows = [(s, places([word for word, _ in s])) for s in pairs]
    learner, fields, tables = Learner(), Fields(tags), dict[str, int]()
    shuffler = random.Random(seed)
    for _ in range(readings):
        tell(
            sum(
                _read(sentence, around, learner, sure, fields, tables)
                for sentence, around in rows
            )
        )
        shuffler.shuffle(rows)
    return learner, sure, tags


def train(
    sentences: Iterable[Tagged], readings: int = 5, seed: int = 0
) -> PerceptronTagger:
    """Return what :func:`perceptron.train` returns, and take a fraction of its time.

    Raises:
        ValueError: there are no tagged words, or fewer readings than 1.

    >>> tagger = train([[("we", "PPSS"), ("permit", "VB")], [("a", "AT"), ("permit", "NN")]])
    >>> tagger.tag(["a", "permit"])
    ['AT', 'NN']
    """
    learner, sure, tags = study(sentences, readings, seed)
    return PerceptronTagger(learner.average(), sure, tags)


def _read(
    sentence: Tagged,
    around: Sequence[Place],
    learner: Learner,
    sure: Mapping[str, str],
    fields: Fields,
    tables: dict[str, int],
) -> int:
    """Read one sentence as :func:`perceptron.read` does, with packed scores; count mistakes."""
    mistakes = 0
    previous, before = START
    for (word, truth), place in zip(sentence, around, strict=True):
        guess = sure.get(word)
        if guess is None:
            clues = features(place, previous, before)
            guess = fields.best(
                sum([tables[clue] for clue in clues if clue in tables])
            )
            learner.learn(clues, truth, guess)
            if guess != truth:
                change = fields.one[truth] - fields.one[guess]
                for clue in clues:
                    tables[clue] = tables.get(clue, 0) + change
        mistakes += guess != truth
        previous, before = guess, previous
    return mistakes
