"""The cheat that no leaderboard sees: looking the hidden labels up where the texts came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlpcourse.practice.competition.tasks import Item, plain


def trigrams(text: str) -> set[str]:
    """Return the runs of three characters of a text's words.

    >>> sorted(trigrams("Hello!"))
    [' he', 'ell', 'hel', 'llo', 'lo ']
    """
    padded = f" {plain(text)} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


@dataclass
class Corpus:
    """A public corpus, ready to be searched for a text or for one that is nearly it."""

    items: Sequence[Item]

    def __post_init__(self) -> None:
        """Index the items by their words and by their trigrams."""
        self.by_words = {plain(item.text): item for item in self.items}
        self.grams = [trigrams(item.text) for item in self.items]
        self.holders: dict[str, list[int]] = {}
        for i, grams in enumerate(self.grams):
            for gram in grams:
                self.holders.setdefault(gram, []).append(i)

    def exact(self, text: str) -> str | None:
        """Return the label of the item with the same words, if there is one."""
        item = self.by_words.get(plain(text))
        return item.label if item else None

    def near(self, text: str, least: float = 0.5) -> str | None:
        """Return the label of the item that shares most trigrams, if it shares enough.

        Args:
            text: to look up.
            least: the share of trigrams in common (Jaccard's coefficient) from which on it counts.
        """
        wanted = trigrams(text)
        rare = sorted(wanted, key=lambda g: len(self.holders.get(g, ())))[:12]
        seen = {i for gram in rare for i in self.holders.get(gram, ())}
        best, label = 0.0, None
        for i in sorted(seen):
            common = len(wanted & self.grams[i]) / len(wanted | self.grams[i])
            if common > best:
                best, label = common, self.items[i].label
        return label if best >= least else None


def found_share(answers: Iterable[str | None]) -> float:
    """Return the share of texts whose label was found.

    Raises:
        ValueError: there are no texts.

    >>> found_share(["ham", None])
    0.5
    """
    found = [answer is not None for answer in answers]
    if not found:
        raise ValueError("there is no text to look up; give one or more")
    return sum(found) / len(found)


def hits_where_others_fail(
    gold: Mapping[str, str],
    answers: Mapping[str, str],
    baselines: Iterable[Mapping[str, str]],
) -> tuple[int, int]:
    """Return how many rows that all baselines have wrong are right, and how many these are.

    Args:
        gold: id to hidden label.
        answers: a submission, id to label.
        baselines: one or more of the same form.

    Raises:
        ValueError: a submission lacks an id, or there is no baseline.

    >>> hits_where_others_fail({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, [{"a": "x", "b": "x"}])
    (1, 1)
    """
    others = list(baselines)
    if not others or any(
        gold.keys() - other.keys() for other in (answers, *others)
    ):
        raise ValueError("give one baseline or more, and an answer for every id")
    hard = [i for i in gold if all(other[i] != gold[i] for other in others)]
    return sum(answers[i] == gold[i] for i in hard), len(hard)
