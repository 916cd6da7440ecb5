"""A memory of two tags: the order of Brants's tagger TnT.

The states of the trellis are pairs of neighbouring tags, and an end of the sentence is a tag, too.
The tables are those of Brants (2000); his beam is left out, so the path is the best one.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nlpcourse.statistics.hmm.model import TagCounts, Tagged, count, estimate
from nlpcourse.statistics.hmm.viterbi import Cell, log

EDGE = "<edge>"
"""Stands before the first tag of a sentence, twice, and after the last one."""

After = Mapping[tuple[str, ...], Counter[str]]
"""Of no tag, of one tag and of two neighbouring tags: what came next, and how often."""


def count_triples(
    sentences: Iterable[Tagged],
) -> dict[tuple[str, ...], Counter[str]]:
    """Count which tag came after no tag in particular, after one tag, and after two.

    Source: Brants (2000), section 2.1, with marks at both edges of a sentence.

    >>> after = count_triples([[("fish", "N"), ("swim", "V")]])
    >>> after["N",], after[EDGE, "N"], after[()].total()
    (Counter({'V': 1}), Counter({'V': 1}), 3)
    """
    after: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        if not sentence:
            continue
        tags = [EDGE, EDGE, *(tag for _, tag in sentence), EDGE]
        for one, two, three in zip(tags, tags[1:], tags[2:], strict=False):
            for history in ((), (two,), (one, two)):
                after[history][three] += 1
    return dict(after)


def weights(after: After) -> tuple[float, float, float]:
    """Return how much no tag, one tag and two tags say of the next, by deleted interpolation.

    Each triple is taken out of the counts and votes for the estimate that would have foretold it
    best; of equally good ones each gets its share.

    Source: Brants (2000), section 2.2, figure 1.

    Raises:
        ValueError: there are no triples.
    """
    totals = {history: seen.total() for history, seen in after.items()}
    votes = [0.0, 0.0, 0.0]
    for history in (h for h in after if len(h) == 2):
        for tag, n in after[history].items():
            told = []
            for known in ((), history[1:], history):
                rest = totals[known] - 1
                told.append((after[known][tag] - 1) / rest if rest else 0.0)
            best = [k for k in range(3) if told[k] == max(told)]
            for k in best:
                votes[k] += n / len(best)
    if not any(votes):
        raise ValueError("no triples of tags; give at least one tagged sentence")
    one, two, three = (v / sum(votes) for v in votes)
    return one, two, three


@dataclass(frozen=True)
class TrigramTagger:
    """Tags with P(tag | the two tags before), mixed with the shares after one tag and after none.

    Attributes:
        after: what came after no tag, one tag, two tags.
        weights: how much each of the three says.
        emission: for each word, P(word | tag) of the tags that it was seen with.
        unknown: the same for a word that `emission` does not hold; without it, no tag emits it.
        remembered: log probabilities of steps that were worked out before.
    """

    after: After
    weights: tuple[float, float, float]
    emission: Mapping[str, Mapping[str, float]]
    unknown: Callable[[str], Mapping[str, float]] | None = None
    remembered: dict[tuple[str, str], dict[str, float]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(
        cls,
        sentences: Sequence[Tagged],
        unknown: Callable[[str], Mapping[str, float]] | None = None,
        counts: TagCounts | None = None,
    ) -> TrigramTagger:
        """Count the tables in tagged sentences.

        Args:
            sentences: with the right tags.
            unknown: what new words are emitted by; see the class.
            counts: what :func:`nlpcourse.statistics.hmm.model.count` says of the same sentences,
                where somebody has counted already.

        Raises:
            ValueError: as :func:`nlpcourse.statistics.hmm.model.count`.
        """
        emission = estimate(counts or count(sentences)).emission
        after = count_triples(sentences)
        return cls(after, weights(after), emission, unknown)

    def step(self, one: str, two: str, three: str) -> float:
        """Return P(three | one, two).

        Source: Brants (2000), equation 6.
        """
        p = 0.0
        for weight, history in zip(
            self.weights, ((), (two,), (one, two)), strict=True
        ):
            if seen := self.after.get(history):
                p += weight * seen[three] / seen.total()
        return p

    def log_step(self, one: str, two: str, three: str) -> float:
        """Return the logarithm of :meth:`step`, remembered."""
        row = self.remembered.setdefault((one, two), {})
        if three not in row:
            row[three] = log(self.step(one, two, three))
        return row[three]

    def emits(self, word: str) -> Mapping[str, float]:
        """Return P(word | tag) for the tags that can emit the word; others emit it never."""
        if word in self.emission:
            return self.emission[word]
        return self.unknown(word) if self.unknown else {}

    def trellis(self, words: Sequence[str]) -> list[dict[tuple[str, str], Cell]]:
        """Return one column a word: the best way to each pair of a tag and the tag before it.

        Source: Brants (2000), equation 1, by Viterbi's algorithm without a beam.
        """
        before = {(EDGE, EDGE): Cell(0.0, None)}
        columns = []
        for word in words:
            column: dict[tuple[str, str], Cell] = {}
            emitted = {t: log(p) for t, p in self.emits(word).items()}
            for (one, two), cell in before.items():
                for three, said in emitted.items():
                    score = cell.score + self.log_step(one, two, three) + said
                    best = column.get((two, three))
                    if best is None or score > best.score:
                        column[two, three] = Cell(score, one)
            columns.append(column)
            before = column
        return columns

    def path(self, words: Sequence[str]) -> list[str]:
        """Return the most probable tags.

        Raises:
            ValueError: no path has a probability above 0.
        """
        if not words:
            return []
        columns = self.trellis(words)
        for place, column in enumerate(columns):
            if all(cell.score == -math.inf for cell in column.values()):
                raise ValueError(
                    f"no path reaches word {place + 1}: no tag emits it there; give the "
                    "tagger an estimate for unknown words"
                )
        last = columns[-1]
        pair = max(
            last, key=lambda p: last[p].score + self.log_step(p[0], p[1], EDGE)
        )
        path = []
        for column in reversed(columns):
            path.append(pair[1])
            before = column[pair].before
            assert before is not None
            pair = before, pair[0]
        return path[::-1]
