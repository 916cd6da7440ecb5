"""The two simplest estimates: relative frequencies, and a little for everything."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from nlpcourse.statistics.ngrams.counts import (
    UNKNOWN,
    Context,
    Followers,
    mask,
    require_words,
)


class LanguageModel:
    """What all models of this chapter share: a vocabulary, an order, a question.

    A subclass says in :meth:`estimate` how it answers.
    """

    def __init__(self, followers: Followers, vocabulary: Collection[str]) -> None:
        """Keep the counts and the vocabulary, which must hold ``<unk>``.

        Raises:
            ValueError: there are no counts, or the vocabulary lacks ``<unk>`` or a
                counted word.
        """
        if not followers.get(()):
            raise ValueError("no words were counted; count a text first")
        if UNKNOWN not in vocabulary:
            raise ValueError(f"the vocabulary must hold {UNKNOWN!r}")
        if strange := set(followers[()]) - set(vocabulary):
            raise ValueError(
                f"the counts hold {sorted(strange)[:3]}, which the vocabulary lacks; "
                "mask the text before you count"
            )
        self.followers = followers
        self.vocabulary = frozenset(vocabulary)
        self.order = 1 + max(map(len, followers))

    def probability(self, word: str, context: Sequence[str] = ()) -> float:
        """Return P(word | context); only the last ``order - 1`` words of it count.

        Raises:
            ValueError: the context is a text that was not cut into words.
        """
        require_words(context)
        known = mask([*context, word], self.vocabulary)
        *before, word = known[-self.order :]
        return self.estimate(word, tuple(before))

    def estimate(self, word: str, context: Context) -> float:
        """Return the estimate for a known word after a context of the right length."""
        raise TypeError(f"{type(self).__name__} does not say how it estimates")


class MaximumLikelihood(LanguageModel):
    """Relative frequency: of all the times that the context occurred, the share of the word.

    Source: Jurafsky and Martin, Speech and Language Processing, chapter on n-grams.
    Equal to ``nltk.lm.MLE``.

    >>> from nlpcourse.statistics.ngrams.counts import count_followers
    >>> text = "to be or not to be".split()
    >>> model = MaximumLikelihood(count_followers([text], 2), {*text, "<unk>"})
    >>> model.probability("be", ["to"]), model.probability("not", ["to"])
    (1.0, 0.0)
    """

    def estimate(self, word: str, context: Context) -> float:
        """Return the word's share of all that followed the context; 0 if nothing did."""
        seen = self.followers.get(context)
        return seen[word] / seen.total() if seen else 0.0


class AddK(LanguageModel):
    """Imagine that every word of the vocabulary followed every context *k* times more.

    Source: Lidstone (1920); k = 1 is Laplace's rule.  Equal to ``nltk.lm.Lidstone``.

    >>> from nlpcourse.statistics.ngrams.counts import count_followers
    >>> text = "to be or not to be".split()
    >>> model = AddK(count_followers([text], 2), {*text, "<unk>"}, k=1)
    >>> model.probability("be", ["to"])  # (2 + 1) / (2 + 5)
    0.42857142857142855
    """

    def __init__(
        self, followers: Followers, vocabulary: Collection[str], k: float
    ) -> None:
        """Keep the counts, the vocabulary and k.

        Raises:
            ValueError: k is not a number above 0, or as for every model.
        """
        super().__init__(followers, vocabulary)
        if not 0 < k < math.inf:
            raise ValueError(f"k imagined occurrences: more than 0, not {k}")
        self.k = k

    def estimate(self, word: str, context: Context) -> float:
        """Return (count + k) / (all counts + k for each word of the vocabulary)."""
        seen = self.followers.get(context)
        n, total = (seen[word], seen.total()) if seen else (0, 0)
        return (n + self.k) / (total + self.k * len(self.vocabulary))
