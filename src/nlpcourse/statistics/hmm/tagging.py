"""A tagger for real text: transitions that are never zero, and words that were never seen."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nlpcourse.statistics.hmm.model import (
    HiddenMarkovModel,
    TagCounts,
    Tagged,
    estimate,
)

LONGEST_SUFFIX = 10
RARE = 10
"""Letters of a suffix, and occurrences of a word, at most: Brants (2000), section 2.3."""

BEAM = 1000
"""How much less probable than the best a tag of a new word may be: Brants (2000), section 2.5."""

COARSE = {
    "noun": ("N",),
    "verb": ("BE", "DO", "HV", "MD", "VB"),
    "adjective": ("J", "OD"),
    "adverb": ("R", "QL", "WQL", "WRB", "*"),
    "pronoun": ("P", "WP", "EX"),
    "determiner": ("A", "DT", "WDT"),
    "preposition": ("IN", "TO"),
    "conjunction": ("CC", "CS"),
    "number": ("CD",),
    "mark": (",", ".", ":", "(", ")", "'", "`", "--"),
}
"""The course's ten classes of Brown's tags, by how the tags begin."""


def coarse_tag(tag: str) -> str:
    """Return the class of a Brown tag: one of the ten of `COARSE`, or "other".

    >>> [coarse_tag(tag) for tag in ("NN-TL", "PPS+BEZ", "VBD", "--", "NIL", "UH")]
    ['noun', 'pronoun', 'verb', 'mark', 'other', 'other']
    """
    tag = tag.removeprefix(
        "FW-"
    )  # a foreign word; the other marks stand behind the tag
    if not tag.startswith("NIL"):
        for name, beginnings in COARSE.items():
            if tag.startswith(beginnings):
                return name
    return "other"


def interpolation(counts: TagCounts) -> float:
    """Return how much the tag before says, between 0 and 1, by deleted interpolation.

    Each pair of tags is taken out of the counts once and votes for the estimate, with the tag
    before or without, that would have foretold it better.

    Source: Brants (2000), section 2.2, figure 1, for pairs instead of triples.
    """
    tags = counts.tags
    total, with_tag, without = tags.total(), 0, 0
    for after in counts.pairs.values():
        left = after.total()
        for tag, n in after.items():
            conditional: float = (n - 1) / (left - 1) if left > 1 else 0.0
            alone = (tags[tag] - 1) / (total - 1)
            if conditional > alone:
                with_tag += n
            else:
                without += n
    return with_tag / (with_tag + without) if with_tag + without else 0.0


def smooth_transitions(counts: TagCounts) -> dict[str, dict[str, float]]:
    """Return P(tag | tag before), mixed with P(tag): no step is impossible.

    Source: Brants (2000), equation 6, for pairs instead of triples.
    """
    tags, weight = counts.tags, interpolation(counts)
    share = {t: n / tags.total() for t, n in sorted(tags.items())}
    transition = {}
    for before in share:
        after = counts.pairs.get(before, Counter())
        left = after.total()
        w = weight if left else 0.0
        transition[before] = {
            t: w * after[t] / max(left, 1) + (1 - w) * p for t, p in share.items()
        }
    return transition


@dataclass(frozen=True)
class SuffixGuesser:
    """What the end of a word says of its tag.

    Attributes:
        share: P(tag), over all words of the training text.
        by_suffix: of capital and of other words, the tags of rare words with each suffix.
        theta: how much each longer suffix trusts the shorter one.
        remembered: what `posterior` has worked out.
    """

    share: Mapping[str, float]
    by_suffix: Mapping[tuple[bool, str], Counter[str]]
    theta: float
    remembered: dict[tuple[bool, str], Mapping[str, float]] = field(
        default_factory=dict, compare=False
    )

    @classmethod
    def of(cls, counts: TagCounts) -> SuffixGuesser:
        """Count the suffixes of the words that occur at most ten times.

        Source: Brants (2000), section 2.3, whose text takes the standard deviation of the tags'
        shares and whose equation 10 prints its square.
        """
        tags = counts.tags
        share = {t: n / tags.total() for t, n in sorted(tags.items())}
        by_suffix: defaultdict[tuple[bool, str], Counter[str]] = defaultdict(
            Counter
        )
        for word, by_tag in counts.words.items():
            if by_tag.total() <= RARE:
                for suffix in suffixes(word):
                    by_suffix[word[:1].isupper(), suffix].update(by_tag)
        values = list(share.values())
        theta = statistics.stdev(values) if len(values) > 1 else 0.0
        return cls(share, dict(by_suffix), theta)

    def posterior(self, word: str) -> Mapping[str, float]:
        """Return P(tag | suffix), from the empty suffix to the longest that was seen.

        Source: Brants (2000), equation 7.
        """
        p = self.share
        for suffix in suffixes(word):
            key = word[:1].isupper(), suffix
            if key not in self.by_suffix:
                break
            if key not in self.remembered:
                seen = self.by_suffix[key]
                mixed = {t: self.theta * q / (1 + self.theta) for t, q in p.items()}
                for tag, n in seen.items():
                    mixed[tag] += n / seen.total() / (1 + self.theta)
                self.remembered[key] = mixed
            p = self.remembered[key]
        return p

    def __call__(self, word: str) -> dict[str, float]:
        """Return P(word | tag) but for a factor that is the same for all tags (Bayes' rule).

        Tags a thousand times less probable than the best are left out, which is the width of the
        beam of Brants (2000), section 2.5.
        """
        p = self.posterior(word)
        least = max(p.values()) / BEAM
        return {t: q / self.share[t] for t, q in p.items() if q >= least}


def suffixes(word: str) -> list[str]:
    """Return the suffixes of a word, the shortest first; the empty one is the first.

    >>> suffixes("fish")
    ['', 'h', 'sh', 'ish', 'fish']
    """
    longest = min(len(word), LONGEST_SUFFIX)
    return [word[len(word) - n :] for n in range(longest + 1)]


def train(
    counts: TagCounts, guess: Callable[[str], Mapping[str, float]] | None = None
) -> HiddenMarkovModel:
    """Return a tagger's model: words by counting, smooth transitions, a guess for new words."""
    plain, tags = estimate(counts), counts.tags
    share = {t: n / tags.total() for t, n in tags.items()}
    weight = interpolation(counts)
    start = {
        t: weight * p + (1 - weight) * share[t] for t, p in plain.start.items()
    }
    return HiddenMarkovModel(
        start, smooth_transitions(counts), plain.emission, guess
    )


@dataclass(frozen=True)
class Score:
    """How often a tagger was right: on all words, on those it had seen, on new ones."""

    right: int
    words: int
    right_new: int
    new: int

    @property
    def accuracy(self) -> float:
        """The share of words with the right tag."""
        return self.right / self.words

    @property
    def accuracy_known(self) -> float:
        """The share among the words that the training text holds."""
        return (self.right - self.right_new) / (self.words - self.new)

    @property
    def accuracy_new(self) -> float:
        """The share among the words that it does not hold."""
        return self.right_new / self.new


def score(
    tag: Callable[[list[str]], Sequence[str]],
    sentences: Iterable[Tagged],
    known: Mapping[str, object],
) -> Score:
    """Tag sentences and count.

    Args:
        tag: gives one tag for each word of a sentence.
        sentences: with the right tags.
        known: the words of the training text.

    Raises:
        ValueError: there is no word to tag.
    """
    right = words = right_new = new = 0
    for sentence in sentences:
        guessed = tag([word for word, _ in sentence])
        for (word, gold), found in zip(sentence, guessed, strict=True):
            hit = gold == found
            words += 1
            right += hit
            if word not in known:
                new += 1
                right_new += hit
    if not words:
        raise ValueError("no tagged words to score; give at least one sentence")
    return Score(right, words, right_new, new)
