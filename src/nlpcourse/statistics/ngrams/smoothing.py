"""Leaning on shorter contexts: a fixed share, a discount, and Kneser and Ney's counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from nlpcourse.statistics.ngrams.counts import Context, Followers, ngrams
from nlpcourse.statistics.ngrams.estimates import LanguageModel


class Interpolated(LanguageModel):
    """Mix what followed the context with what the next shorter context says.

    The chain ends in a context of no words, and below it every word of the vocabulary is
    equally likely.  A context that never occurred has nothing to say and is passed over.
    """

    def estimate(self, word: str, context: Context) -> float:
        """Return own evidence + what is left over × the shorter context's estimate."""
        shorter = (
            self.estimate(word, context[1:])
            if context
            else 1 / len(self.vocabulary)
        )
        seen = self.followers.get(context)
        if not seen:
            return shorter
        return self.own(word, seen) + self.left_over(seen) * shorter

    def own(self, word: str, seen: Counter[str]) -> float:
        """Return the part of the word's probability that comes from this context."""
        raise TypeError(f"{type(self).__name__} does not say what it keeps")

    def left_over(self, seen: Counter[str]) -> float:
        """Return the share of the probability that goes to the shorter context."""
        raise TypeError(f"{type(self).__name__} does not say what it gives away")


class FixedShare(Interpolated):
    """Every context keeps the same share λ of the probability and hands on the rest.

    Source: Jelinek and Mercer (1980), with one λ for all contexts.
    """

    def __init__(
        self, followers: Followers, vocabulary: Collection[str], share: float
    ) -> None:
        """Keep the counts, the vocabulary and λ.

        Raises:
            ValueError: λ is not between 0 and 1, or as for every model.
        """
        super().__init__(followers, vocabulary)
        if not 0 < share < 1:
            raise ValueError(f"the share lies between 0 and 1, not {share}")
        self.share = share

    def own(self, word: str, seen: Counter[str]) -> float:
        """Return λ × the relative frequency."""
        return self.share * seen[word] / seen.total()

    def left_over(self, seen: Counter[str]) -> float:
        """Return 1 − λ, whatever was seen."""
        return 1 - self.share


class AbsoluteDiscounting(Interpolated):
    """Take the same small number off every count, and hand on what was taken.

    Source: Ney, Essen and Kneser (1994); Chen and Goodman (1999), section 2.7.
    """

    def __init__(
        self, followers: Followers, vocabulary: Collection[str], discount: float
    ) -> None:
        """Keep the counts, the vocabulary and the discount.

        Raises:
            ValueError: the discount is not between 0 and 1, or as for every model.
        """
        super().__init__(followers, vocabulary)
        if not 0 < discount <= 1:
            raise ValueError(f"a discount lies between 0 and 1, not {discount}")
        self.discount = discount

    def own(self, word: str, seen: Counter[str]) -> float:
        """Return (count − discount) / all counts, and 0 for what was not seen."""
        return max(seen[word] - self.discount, 0) / seen.total()

    def left_over(self, seen: Counter[str]) -> float:
        """Return discount × different words / all counts: all that was taken off."""
        return self.discount * len(seen) / seen.total()


def counts_in_both_halves(
    first: Sequence[str], second: Sequence[str], n: int, largest: int
) -> dict[int, float]:
    """Return how often n-grams with a count of 1, 2 … in *first* occur in *second*.

    Source: Church and Gale (1991), who asked it of 44 million words of newspapers.

    Raises:
        ValueError: n is below 1.

    >>> first, second = "a b a b a c".split(), "a b a c a c".split()
    >>> counts_in_both_halves(first, second, n=2, largest=2)
    {1: 2.0, 2: 1.0}
    """
    here, there = Counter(ngrams(first, n)), Counter(ngrams(second, n))
    times, kinds = Counter[int](), Counter[int]()
    for gram, count in here.items():
        times[count] += there[gram]
        kinds[count] += 1
    return {c: times[c] / kinds[c] for c in range(1, largest + 1) if kinds[c]}


def continuation_counts(followers: Followers) -> dict[Context, Counter[str]]:
    """Count for every n-gram, except the longest, *how many different words* precede it.

    The longest n-grams keep their plain counts.

    Source: Kneser and Ney (1995); Chen and Goodman (1999), section 2.8.

    Raises:
        ValueError: nothing was counted.

    >>> from nlpcourse.statistics.ngrams.counts import count_followers
    >>> text = "San Francisco or San Francisco or San Jose".split()
    >>> counts = continuation_counts(count_followers([text], 2))
    >>> counts[()]["Francisco"], counts[()]["or"], counts["San",]["Francisco"]
    (1, 1, 2)
    """
    if not followers:
        raise ValueError("no words were counted; count a text first")
    longest = max(map(len, followers))
    counts: defaultdict[Context, Counter[str]] = defaultdict(Counter)
    for context, seen in followers.items():
        if len(context) == longest:
            counts[context] = seen
        if context:
            for word in seen:  # one more word, context[0], precedes this n-gram
                counts[context[1:]][word] += 1
    return dict(counts)


class KneserNey(AbsoluteDiscounting):
    """Absolute discounting, with continuation counts for all contexts but the longest.

    Source: Kneser and Ney (1995), interpolated as in Chen and Goodman (1999), equation 27;
    Jurafsky and Martin end the recursion in equal probabilities, as here.

    >>> from nlpcourse.statistics.ngrams.counts import count_followers
    >>> text = "San Francisco or San Francisco or San Jose".split()
    >>> model = KneserNey(count_followers([text], 2), {*text, "<unk>"}, discount=0.75)
    >>> model.probability("San", ["the"]) > model.probability("Francisco", ["the"])
    False
    """

    def __init__(
        self, followers: Followers, vocabulary: Collection[str], discount: float
    ) -> None:
        """Turn plain counts into Kneser and Ney's; see :func:`continuation_counts`.

        Raises:
            ValueError: as for absolute discounting, or the order is 1: a single word has
                no shorter context.
        """
        super().__init__(followers, vocabulary, discount)
        if self.order < 2:
            raise ValueError("Kneser–Ney needs an order of 2 or more")
        self.followers = continuation_counts(followers)
