"""The three tables of a hidden Markov model, and how to count them in tagged sentences."""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Tagged = Sequence[tuple[str, str]]
"""A sentence: pairs of a word and its tag."""

Column = dict[str, float]
"""One number for each state that is possible at one place of a sequence."""


@dataclass(frozen=True)
class HiddenMarkovModel:
    """Start, transition and emission probabilities.

    Source: Rabiner (1989), section II.

    Attributes:
        start: P(state) at the first place; its keys are all the states.
        transition: P(next state | state).
        emission: for each word, P(word | state) of the states that can emit it.
        unknown: the same for a word that `emission` does not hold; without it, no state emits it.
    """

    start: Mapping[str, float]
    transition: Mapping[str, Mapping[str, float]]
    emission: Mapping[str, Mapping[str, float]]
    unknown: Callable[[str], Mapping[str, float]] | None = field(
        default=None, compare=False
    )

    @property
    def states(self) -> list[str]:
        """The states, in the order of `start`."""
        return list(self.start)

    def emits(self, word: str) -> Mapping[str, float]:
        """Return P(word | state) for the states that can emit the word; others emit it never."""
        if word in self.emission:
            return self.emission[word]
        return self.unknown(word) if self.unknown else {}

    def joint(self, words: Sequence[str], tags: Sequence[str]) -> float:
        """Return P(words, tags): one product along one path.

        Source: Rabiner (1989), section III.A.

        Raises:
            ValueError: not as many tags as words.
        """
        require_pairs(words, tags)
        p = self.start[tags[0]] if tags else 1.0
        for tag, following in itertools.pairwise(tags):
            p *= self.transition[tag][following]
        for word, tag in zip(words, tags, strict=True):
            p *= self.emits(word).get(tag, 0.0)
        return p

    def sample(self, length: int, seed: int = 0) -> list[tuple[str, str]]:
        """Draw a sequence of words with their states from the model.

        Raises:
            ValueError: the length is negative.
        """
        if length < 0:
            raise ValueError(f"a sequence has 0 words or more, not {length}")
        words: dict[str, dict[str, float]] = {s: {} for s in self.start}
        for word, by_state in self.emission.items():
            for state, p in by_state.items():
                words[state][word] = p
        rng = random.Random(seed)
        drawn: list[tuple[str, str]] = []
        for _ in range(length):
            law = self.transition[drawn[-1][1]] if drawn else self.start
            state = rng.choices(list(law), list(law.values()))[0]
            choice = words[state]
            word = rng.choices(list(choice), list(choice.values()))[0]
            drawn.append((word, state))
        return drawn


def require_pairs(words: Sequence[str], tags: Sequence[str]) -> None:
    """Refuse words and tags of different numbers."""
    if len(words) != len(tags):
        raise ValueError(
            f"{len(words)} words, {len(tags)} tags; each word needs one tag"
        )


@dataclass(frozen=True)
class TagCounts:
    """What tagged sentences say: first tags, pairs of tags, and words by tag."""

    first: Counter[str]
    pairs: dict[str, Counter[str]]
    words: dict[str, Counter[str]]  # of each word, how often it has which tag

    @property
    def tags(self) -> Counter[str]:
        """How often each tag occurs."""
        total: Counter[str] = Counter()
        for by_tag in self.words.values():
            total.update(by_tag)
        return total


def count(sentences: Iterable[Tagged]) -> TagCounts:
    """Count first tags, pairs of neighbouring tags, and the tags of each word.

    Raises:
        ValueError: there is no tagged word, or an item is no pair of a word and a tag.

    >>> count([[("fish", "N"), ("swim", "V")]]).pairs["N"]
    Counter({'V': 1})
    """
    first: Counter[str] = Counter()
    pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
    words: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        if any(isinstance(item, str) or len(item) != 2 for item in sentence):
            raise ValueError("a tagged sentence is a list of (word, tag) pairs")
        tags = [tag for _, tag in sentence]
        first.update(tags[:1])
        for word, tag in sentence:
            words[word][tag] += 1
        for tag, following in itertools.pairwise(tags):
            pairs[tag][following] += 1
    if not words:
        raise ValueError("no tagged words to count; give at least one sentence")
    return TagCounts(first, dict(pairs), dict(words))


def estimate(counts: TagCounts) -> HiddenMarkovModel:
    """Turn counts into shares: the model under which the tagged sentences are likeliest.

    A tag that no other follows, because it only ends sentences, goes on to every tag alike.

    Source: Manning and Schütze (1999), section 10.2.1, without smoothing.
    """
    total, sentences = counts.tags, counts.first.total()
    states = sorted(total)
    start = {s: counts.first[s] / sentences for s in states}
    transition = {}
    for s in states:
        after = counts.pairs.get(s, Counter())
        n = after.total()
        transition[s] = {r: after[r] / n if n else 1 / len(states) for r in states}
    emission = {
        word: {s: n / total[s] for s, n in by_tag.items()}
        for word, by_tag in counts.words.items()
    }
    return HiddenMarkovModel(start, transition, emission)
