"""What NLTK's Kneser–Ney does otherwise: two small differences, written out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from nlpcourse.statistics.ngrams.counts import Context, Followers
from nlpcourse.statistics.ngrams.fast import Discounts, NgramTree
from nlpcourse.statistics.ngrams.smoothing import KneserNey


class NltkKneserNey(KneserNey):
    """Kneser–Ney with the probabilities of ``nltk.lm.KneserNeyInterpolated`` 3.10.

    1. The context of no words is neither discounted nor mixed with equal probabilities, so
       that a word without a predecessor in the training texts, such as ``<unk>``, is
       impossible after every context.
    2. What a context hands on is reckoned with the number of words that *plainly* follow
       it, which is too many where an n-gram stands only at the start of a text.
    """

    def __init__(
        self, followers: Followers, vocabulary: Collection[str], discount: float
    ) -> None:
        """Keep the plain counts too, for the second difference."""
        super().__init__(followers, vocabulary, discount)
        self.plain = followers

    def estimate(self, word: str, context: Context) -> float:
        """Return what NLTK returns.

        Raises:
            ValueError: the context occurred at the start of a text only, where NLTK
                divides by zero.
        """
        if not context:
            seen = self.followers[()]
            return seen[word] / seen.total()
        shorter = self.estimate(word, context[1:])
        if context not in self.plain:
            return shorter
        total = self.followers[context].total() if context in self.followers else 0
        if not total:
            raise ValueError(f"NLTK divides by zero after {context}")
        own = self.followers[context][word]
        taken = self.discount * len(self.plain[context])
        return max(own - self.discount, 0) / total + taken / total * shorter


def nltk_discounts(
    tree: NgramTree, discount: float
) -> Callable[[Sequence[int]], Discounts]:
    """Return NLTK's discounts for the fast model: none for single words.

    Inside one stream of words this makes the fast model's probabilities NLTK's; at the
    stream's first words the second difference remains.
    """

    def of(counts: Sequence[int]) -> Discounts:
        off = 0.0 if counts is tree.continuations[0] else discount
        return (0.0, off, off, off)

    return of
