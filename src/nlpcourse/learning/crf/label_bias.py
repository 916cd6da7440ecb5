"""Label bias where it can be computed by hand: names of two words, and Lafferty's rib and rob.

The model here is the first one of its kind: for each tag before, a table of its own, filled by
counting.  With a word's identity as its only clue that is the maximum-entropy solution.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlpcourse.learning.crf.clues import word_alone
from nlpcourse.learning.crf.model import CRF, train
from nlpcourse.statistics.hmm import model as hmm
from nlpcourse.statistics.hmm.viterbi import viterbi

Tagged = Sequence[tuple[str, str]]
START = ""
"""What stands for the tag before the first word."""


@dataclass(frozen=True)
class LocalTables:
    """P(tag | tag before, word), by counting."""

    with_word: Mapping[tuple[str, str], Counter[str]]
    without: Mapping[str, Counter[str]]

    def chances(self, before: str, word: str) -> dict[str, float]:
        """Return the share of each tag after *before* at *word*, or at any word if it is new there.

        Raises:
            ValueError: the tag before was never left.

        >>> tables = count_tables([[("Jordan", "P"), ("Smith", "Q")]])
        >>> tables.chances("P", "Valley")
        {'Q': 1.0}
        """
        counts = self.with_word.get((before, word)) or self.without.get(before)
        if not counts:
            raise ValueError(f"no tag was ever seen after {before!r}")
        return {tag: n / counts.total() for tag, n in sorted(counts.items())}


def count_tables(sentences: Iterable[Tagged]) -> LocalTables:
    """Count, for each tag before, which tag follows at which word.

    Source: McCallum, Freitag and Pereira (2000): one model for each tag before.

    Raises:
        ValueError: there is no tagged word.
    """
    with_word: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    without: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        before = START
        for word, tag in sentence:
            with_word[before, word][tag] += 1
            without[before][tag] += 1
            before = tag
    if not without:
        raise ValueError("no tagged words to count; give one sentence or more")
    return LocalTables(dict(with_word), dict(without))


def best_by_tables(tables: LocalTables, words: Sequence[str]) -> list[str]:
    """Return the path with the largest product of shares; of equal ones the first in the alphabet.

    Raises:
        ValueError: a tag that ended every sentence would have to go on.
    """
    best: dict[str, tuple[float, list[str]]] = {START: (1.0, [])}
    for word in words:
        ways: dict[str, tuple[float, list[str]]] = {}
        for before, (p, path) in best.items():
            for tag, share in tables.chances(before, word).items():
                if p * share > ways.get(tag, (0.0, []))[0]:
                    ways[tag] = p * share, [*path, tag]
        largest = max(p for p, _ in ways.values())
        best = {tag: (p / largest, path) for tag, (p, path) in ways.items()}
    return max(sorted(best.items()), key=lambda item: item[1][0])[1][1]


NOISE = 3 / 32
"""How often a state writes another letter than its own: Lafferty et al. (2001), section 5.1."""


def rib_rob(n: int, share: float = 0.5, seed: int = 0) -> list[Tagged]:
    """Draw tagged words: rib by the states 1, 2, 3, or rob by 4, 5, 3, with noisy letters.

    Args:
        n: words to draw.
        share: of rob among them.
        seed: of the draw.

    Raises:
        ValueError: n is negative, or the share is no share.

    >>> rib_rob(2, share=1.0)[0]
    [('r', '4'), ('o', '5'), ('b', '3')]
    """
    if n < 0 or not 0 <= share <= 1:
        raise ValueError(f"draw 0 words or more, a share from 0 to 1: {n}, {share}")
    rng = random.Random(seed)
    drawn: list[Tagged] = []
    for _ in range(n):
        rob = rng.random() < share
        letters = []
        for own in "rob" if rob else "rib":
            others = [c for c in "riob" if c != own]
            letters.append(rng.choice(others) if rng.random() < NOISE else own)
        drawn.append(list(zip(letters, "453" if rob else "123", strict=True)))
    return drawn


Tagger = Callable[[list[str]], list[str]]


def three_taggers(
    sentences: Sequence[Tagged], c2: float = 0.01
) -> dict[str, Tagger]:
    """Train the three models on the same words and tags; return their taggers by name.

    Raises:
        ValueError: there is no tagged word.
    """
    hidden, tables = hmm.estimate(hmm.count(sentences)), count_tables(sentences)
    words = [[word for word, _ in s] for s in sentences]
    tags = [[tag for _, tag in s] for s in sentences]
    field: CRF = train(list(map(word_alone, words)), tags, c2)
    return {
        "HMM": lambda text: viterbi(hidden, text),
        "MEMM": lambda text: best_by_tables(tables, text),
        "CRF": lambda text: field.tag([word_alone(text)])[0],
    }


def wrong_shares(tagger: Tagger, test: Sequence[Tagged]) -> tuple[float, float]:
    """Return the share of sequences with a wrong tag, and the share of wrong tags.

    Raises:
        ValueError: there is nothing to judge by.
    """
    if not any(test):
        raise ValueError("no tagged words to judge by; give one sentence or more")
    remembered: dict[tuple[str, ...], list[str]] = {}
    wrong = []
    for sentence in test:
        words = tuple(word for word, _ in sentence)
        if words not in remembered:
            remembered[words] = tagger(list(words))
        gold = [tag for _, tag in sentence]
        wrong.append([a != b for a, b in zip(remembered[words], gold, strict=True)])
    every = list(itertools.chain.from_iterable(wrong))
    return sum(map(any, wrong)) / len(wrong), sum(every) / len(every)


def error_on_rob(
    shares: Sequence[float], seeds: Sequence[int] = (0, 1, 2), n: int = 600
) -> dict[str, list[float]]:
    """Return, for each share of rob in training, how often each model misses a rob of the test.

    Raises:
        ValueError: no shares, no seeds, or nothing to draw.
    """
    if not len(shares) or not len(seeds) or n < 1:
        raise ValueError("give shares, seeds, and one word or more to draw")
    found: dict[str, list[float]] = {"MEMM": [], "HMM": [], "CRF": []}
    for share in shares:
        errors = dict.fromkeys(found, 0.0)
        for seed in seeds:
            taggers = three_taggers(rib_rob(n, share, seed))
            test = rib_rob(500, 1.0, seed + 1000)
            for name in found:
                errors[name] += wrong_shares(taggers[name], test)[0]
        for name, row in found.items():
            row.append(errors[name] / len(seeds))
    return found
