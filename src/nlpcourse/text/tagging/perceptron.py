"""The averaged perceptron tagger: guess, compare, and move the weights when the guess was wrong.

It is the tagger of Honnibal (2013), which NLTK holds as ``PerceptronTagger``: with the same
weights it gives the same tags, and from the same sentences in the same order it learns the same
weights.  The averaging is that of Freund and Schapire (1999) and Collins (2002).
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Tagged = Sequence[tuple[str, str]]
"""A sentence: words, each with its tag."""

Weights = dict[str, dict[str, float]]
"""For every feature the tags that it speaks for or against, with their weights."""

START = ("-START-", "-START2-")
END = ("-END-", "-END2-")
OFTEN, SURE = 20, 0.97
"""A word seen so often, with one tag in so large a share, needs no scores."""


def normalise(word: str) -> str:
    """Return the form under which a word is looked up: small letters, numbers as kinds.

    >>> [normalise(w) for w in ("Friday", "1961", "12.50", "well-known", "-")]
    ['friday', '!YEAR', '!DIGITS', '!HYPHEN', '-']
    """
    if "-" in word and word[0] != "-":
        return "!HYPHEN"
    if word.isdigit() and len(word) == 4:
        return "!YEAR"
    if word[:1].isdigit():
        return "!DIGITS"
    return word.lower()


@dataclass(frozen=True)
class Place:
    """What the words in and around a place of a sentence tell, before any tag is known."""

    form: tuple[str, ...]
    word: str
    around: tuple[str, ...]


def places(words: Sequence[str]) -> list[Place]:
    """Return what the words tell at each place of a sentence.

    >>> places(["We", "permit"])[1].around[:4]
    ('i-1 word we', 'i-1 suffix we', 'i-2 word -START2-', 'i+1 word -END-')
    """
    row = [*START, *map(normalise, words), *END]
    found = []
    for i, word in enumerate(words):
        left2, left, here, right, right2 = row[i : i + 5]
        form = ("bias", f"i suffix {word[-3:]}", f"i pref1 {word[:1]}")
        around = (
            f"i-1 word {left}",
            f"i-1 suffix {left[-3:]}",
            f"i-2 word {left2}",
            f"i+1 word {right}",
            f"i+1 suffix {right[-3:]}",
            f"i+2 word {right2}",
        )
        found.append(Place(form, here, around))
    return found


def features(place: Place, previous: str, before: str) -> list[str]:
    """Return the fourteen clues to the tag of a word.

    Args:
        place: what the words tell.
        previous: the tag given to the word before, t₋₁.
        before: the tag given to the word before that, t₋₂.

    >>> features(places(["permit"])[0], *START)[3:6]
    ['i-1 tag -START-', 'i-2 tag -START2-', 'i tag+i-2 tag -START- -START2-']
    """
    return [
        *place.form,
        f"i-1 tag {previous}",
        f"i-2 tag {before}",
        f"i tag+i-2 tag {previous} {before}",
        f"i word {place.word}",
        f"i-1 tag+i word {previous} {place.word}",
        *place.around,
    ]


def add_up(
    clues: Iterable[str], weights: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """Return every tag's score: the sum of the weights that the clues give it.

    >>> add_up(["a", "b", "c"], {"a": {"NN": 1.0}, "b": {"NN": 0.5, "VB": 2.0}})
    {'NN': 1.5, 'VB': 2.0}
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for clue in clues:
        if clue in weights:
            for tag, weight in weights[clue].items():
                scores[tag] += weight
    return dict(scores)


def best(scores: Mapping[str, float], tags: Iterable[str]) -> str:
    """Return the tag with the highest score, the last in the alphabet of those that tie.

    A tag that no clue speaks of has the score 0.

    Raises:
        ValueError: there are no tags to choose from.

    >>> best({"NN": 1.5, "VB": 1.5}, ["IN", "NN", "VB"]), best({"NN": -1.0}, ["IN", "NN"])
    ('VB', 'IN')
    """
    highest = max(scores.values(), default=0.0)
    if highest > 0:
        return max(tag for tag, score in scores.items() if score == highest)
    tags = list(tags)
    if not tags:
        raise ValueError("there are no tags to choose from; train the tagger first")
    return max(tags, key=lambda tag: (scores.get(tag, 0.0), tag))


@dataclass
class Learner:
    """Weights while they are learnt, and what is needed for their average."""

    weights: dict[str, dict[str, int]] = field(default_factory=dict)
    moments: dict[str, dict[str, int]] = field(default_factory=dict)  # Σ t · Δ
    steps: int = 0  # t

    def learn(self, clues: Sequence[str], truth: str, guess: str) -> None:
        """Take a step: where the guess is wrong, one up for the truth, one down for the guess."""
        self.steps += 1
        if guess == truth:
            return
        for clue in clues:
            weights = self.weights.setdefault(clue, {})
            moments = self.moments.setdefault(clue, {})
            for tag, change in ((truth, 1), (guess, -1)):
                weights[tag] = weights.get(tag, 0) + change
                moments[tag] = moments.get(tag, 0) + change * self.steps

    def average(self) -> Weights:
        """Return the mean of the weights over all steps, to three decimals, zeros left out."""
        averaged: Weights = {}
        for clue, weights in self.weights.items():
            means = {
                tag: round(
                    (weight * self.steps - self.moments[clue][tag]) / self.steps, 3
                )
                for tag, weight in weights.items()
            }
            averaged[clue] = {tag: mean for tag, mean in means.items() if mean}
        return averaged


def sure_words(sentences: Iterable[Tagged]) -> dict[str, str]:
    """Return the frequent words that (almost) always have one tag, with that tag.

    >>> sure_words([[("the", "AT"), ("permit", "NN")]] * 20 + [[("permit", "VB")]])
    {'the': 'AT'}
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for word, tag in sentence:
            counts[word][tag] += 1
    found = {}
    for word, tags in counts.items():
        tag, times = tags.most_common(1)[0]
        if tags.total() >= OFTEN and times / tags.total() >= SURE:
            found[word] = tag
    return found


@dataclass(frozen=True)
class Decision:
    """A tag, the clues, and the scores that chose it; a sure word has neither clues nor scores."""

    tag: str
    clues: Sequence[str] = ()
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def lead(self) -> float:
        """The distance from the highest score to the next; infinite for a sure word."""
        if not self.clues:
            return math.inf
        first, second = sorted([*self.scores.values(), 0.0, 0.0])[:-3:-1]
        return first - second


@dataclass(frozen=True)
class PerceptronTagger:
    """A trained tagger: weights, sure words, and the tags that there are."""

    weights: Mapping[str, Mapping[str, float]]
    sure: Mapping[str, str]
    tags: Sequence[str]

    def decide(self, words: Sequence[str]) -> Iterator[Decision]:
        """Decide from left to right, and never take a tag back.

        Raises:
            ValueError: there is a word to tag, and the tagger knows no tags.
        """
        previous, before = START
        for word, place in zip(words, places(words), strict=True):
            if word in self.sure:
                decision = Decision(self.sure[word])
            else:
                clues = features(place, previous, before)
                scores = add_up(clues, self.weights)
                decision = Decision(best(scores, self.tags), clues, scores)
            yield decision
            previous, before = decision.tag, previous

    def tag(self, words: Sequence[str]) -> list[str]:
        """Return the words' tags."""
        return [decision.tag for decision in self.decide(words)]


def train(
    sentences: Iterable[Tagged], readings: int = 5, seed: int = 0
) -> PerceptronTagger:
    """Read tagged sentences several times, learning from every wrong guess.

    Args:
        sentences: words with their tags.
        readings: of all sentences; they are shuffled after each.
        seed: of the shuffles.

    Source: Honnibal (2013); Collins (2002), section 2.

    Raises:
        ValueError: there are no tagged words, or fewer readings than 1.

    >>> tagger = train([[("we", "PPSS"), ("permit", "VB")], [("a", "AT"), ("permit", "NN")]])
    >>> tagger.tag(["a", "permit"])
    ['AT', 'NN']
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
    learner = Learner()
    shuffler = random.Random(seed)
    for _ in range(readings):
        for sentence, around in rows:
            read(sentence, around, learner, sure, tags)
        shuffler.shuffle(rows)
    return PerceptronTagger(learner.average(), sure, tags)


def read(
    sentence: Tagged,
    around: Sequence[Place],
    learner: Learner,
    sure: Mapping[str, str],
    tags: Sequence[str],
) -> None:
    """Tag one sentence with the weights of the moment, and learn from every mistake."""
    previous, before = START
    for (word, truth), place in zip(sentence, around, strict=True):
        guess = sure.get(word)
        if guess is None:
            clues = features(place, previous, before)
            guess = best(add_up(clues, learner.weights), tags)
            learner.learn(clues, truth, guess)
        previous, before = guess, previous
