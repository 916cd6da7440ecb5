"""Kneser–Ney over numbers: the same probabilities, for millions of words.

Every n-gram gets a number in the order of its first occurrence, its last word's number and
the number of the n-gram before that word are its key: a tree in which each step down is one
look-up in a dictionary.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Collection, Iterable, Sequence

from nlpcourse.statistics.ngrams.counts import UNKNOWN, require_words

Discounts = Sequence[float]
"""What is taken off a count of 0, 1, 2 and 3 or more."""


class NgramTree:
    """All n-grams of a text up to an order, with Kneser and Ney's counts.

    Attributes:
        numbers: for n = 1, 2 …, key → number of the n-gram.
        plain: for n = 1, 2 …, by number: how often the n-gram occurs.
        continuations: for n = 1, 2 …, by number: how many different words precede it
            (0 for the longest n-grams).
        contexts: for n = 1, 2 …, by number: the number of the n-gram's context.
    """

    def __init__(
        self,
        texts: Iterable[Sequence[str]],
        vocabulary: Collection[str],
        order: int,
    ) -> None:
        """Count *texts*, whose words outside the vocabulary become ``<unk>``.

        Raises:
            ValueError: the vocabulary lacks ``<unk>``, the order is below 2, there are no
                words to count, or a text was not cut into words.
        """
        if order < 2:
            raise ValueError(f"Kneser–Ney needs an order of 2 or more, not {order}")
        if UNKNOWN not in vocabulary:
            raise ValueError(f"the vocabulary must hold {UNKNOWN!r}")
        self.order, self.size = order, len(vocabulary)
        self.word_numbers = {word: i for i, word in enumerate(sorted(vocabulary))}
        self.numbers: list[dict[int, int]] = []
        self.plain: list[array[int]] = []
        self.continuations: list[array[int]] = []
        self.contexts: list[array[int]] = []
        self._kinds: dict[tuple[int, bool], tuple[array[int], ...]] = {}
        streams = [self.encode(text) for text in texts]
        if not any(streams):
            raise ValueError("no words were counted; count a text first")
        before = [[0] * len(stream) for stream in streams]  # the empty context
        for n in range(1, order + 1):
            before = self._add_level(streams, before, n)

    def counts(self, n: int, order: int) -> array[int]:
        """Return Kneser and Ney's counts of n-grams in a model of *order*."""
        return (self.plain if n == order else self.continuations)[n - 1]

    def kinds(self, n: int, order: int) -> tuple[array[int], ...]:
        """Return for every context of n-grams: its total, and its different followers.

        The followers come in three arrays: how many have a count of 1, of 2, and of 3 or
        more.  They are counted once and kept.
        """
        if (n, n == order) not in self._kinds:
            contexts = len(self.plain[n - 2]) if n > 1 else 1
            totals, *kinds = (array("i", bytes(4 * contexts)) for _ in range(4))
            ones, twos, more = kinds
            for context, count in zip(
                self.contexts[n - 1], self.counts(n, order), strict=True
            ):
                totals[context] += count
                if count == 1:
                    ones[context] += 1
                elif count == 2:
                    twos[context] += 1
                elif count:
                    more[context] += 1
            self._kinds[n, n == order] = (totals, ones, twos, more)
        return self._kinds[n, n == order]

    def encode(self, words: Iterable[str]) -> list[int]:
        """Return the words' numbers."""
        if isinstance(words, Sequence):
            require_words(words)
        known, unknown = self.word_numbers, self.word_numbers[UNKNOWN]
        return [known.get(word, unknown) for word in words]

    def _add_level(
        self, streams: list[list[int]], before: list[list[int]], n: int
    ) -> list[list[int]]:
        """Number and count the n-grams, given the (n − 1)-grams at every place."""
        size, numbers = self.size, dict[int, int]()
        known = numbers.get
        plain, context_of = array("q"), array("i")
        preceded = self.continuations[-1] if n > 1 else array("q")
        found = []
        for stream, contexts in zip(streams, before, strict=True):
            here = []
            endings = (
                contexts[1:] if n > 1 else contexts
            )  # the n-grams' last n − 1 words
            places = zip(contexts, endings, stream[n - 1 :], strict=False)
            for context, ending, word in places:
                key = context * size + word
                number = known(key)
                if (
                    number is None
                ):  # a new n-gram: its ending has one more predecessor
                    number = numbers[key] = len(plain)
                    plain.append(1)
                    context_of.append(context)
                    if n > 1:
                        preceded[ending] += 1
                else:
                    plain[number] += 1
                here.append(number)
            found.append(here)
        self.numbers.append(numbers)
        self.plain.append(plain)
        self.contexts.append(context_of)
        self.continuations.append(array("q", bytes(8 * len(plain))))
        return found


class FastKneserNey:
    """Interpolated Kneser–Ney on an :class:`NgramTree`.

    With one discount it equals :class:`~nlpcourse.statistics.ngrams.smoothing.KneserNey`;
    with :func:`modified_discounts` it is Chen and Goodman's modified Kneser–Ney.
    """

    def __init__(
        self,
        tree: NgramTree,
        discount: float | Callable[[Sequence[int]], Discounts],
        order: int | None = None,
    ) -> None:
        """Choose the discounts of every level.

        Args:
            tree: the counts.
            discount: one number for all counts, or a function that makes the discounts
                of a level from its counts.
            order: of the model; the tree's own if none is given.

        Raises:
            ValueError: the discount is not between 0 and 1, or the order not between 2
                and the tree's.
        """
        if not callable(discount) and not 0 < discount <= 1:
            raise ValueError(f"a discount lies between 0 and 1, not {discount}")
        self.tree = tree
        self.order = tree.order if order is None else order
        if not 2 <= self.order <= tree.order:
            raise ValueError(f"an order of 2 to {tree.order}, not {self.order}")
        self.discounts: list[Discounts] = []
        for n in range(1, self.order + 1):
            same = 0.0 if callable(discount) else discount
            counts = tree.counts(n, self.order)
            off = (
                discount(counts) if callable(discount) else (0.0, same, same, same)
            )
            self.discounts.append(off)

    def log_probabilities(
        self, words: Sequence[str], given: int = 1
    ) -> list[float]:
        """Return log P(word | the words before it), in nats, as the slow way does.

        The numbers of the n-grams that end at a word are the contexts of the next.
        """
        tree, lengths = self.tree, range(1, self.order + 1)
        size, numbers = tree.size, tree.numbers
        counts = [tree.counts(n, self.order) for n in lengths]
        kinds = [tree.kinds(n, self.order) for n in lengths]
        levels = list(zip(numbers, counts, kinds, self.discounts, strict=False))
        contexts, found = [0], []
        for place, word in enumerate(tree.encode(words)):
            p, longer = 1 / size, [0]
            for h, (table, c, (total, one, two, more), d) in zip(
                contexts, levels, strict=False
            ):
                number = table.get(h * size + word)
                if t := total[h]:
                    p *= (d[1] * one[h] + d[2] * two[h] + d[3] * more[h]) / t
                if number is not None:
                    longer.append(number)
                    if k := c[number]:
                        p += (k - d[k if k < 3 else 3]) / t
            if place >= given:
                found.append(math.log(p))
            contexts = longer[: self.order]
        return found

    def probability(self, word: str, context: Sequence[str] = ()) -> float:
        """Return P(word | context); only the last ``order - 1`` words of it count."""
        before = list(context)[max(0, len(context) - self.order + 1) :]
        return math.exp(
            self.log_probabilities([*before, word], given=len(before))[0]
        )


def one_discount(counts: Sequence[int]) -> Discounts:
    """Return the one discount that is estimated from how many counts are 1 and 2.

    Source: Ney, Essen and Kneser (1994); Chen and Goodman (1999), section 2.7.

    Raises:
        ValueError: no n-gram has a count of 1 or 2, as in very small texts.

    >>> one_discount([1] * 8 + [2] * 4 + [3] * 2 + [4])
    (0.0, 0.5, 0.5, 0.5)
    """
    n1, n2 = (sum(1 for n in counts if n == k) for k in (1, 2))
    if not (n1 and n2):
        raise ValueError(
            f"counts of 1 and 2 occur {n1} and {n2} times; each must occur, "
            "so use more text or choose a discount"
        )
    y = n1 / (n1 + 2 * n2)
    return (0.0, y, y, y)


def modified_discounts(counts: Sequence[int]) -> Discounts:
    """Return the discounts of counts of 0, 1, 2 and 3 or more that Chen and Goodman derive.

    Source: Chen and Goodman (1999), equation 26.

    Raises:
        ValueError: no n-gram has a count of 1, 2, 3 or 4, as in very small texts.

    >>> modified_discounts([1] * 8 + [2] * 4 + [3] * 2 + [4])
    (0.0, 0.5, 1.25, 2.0)
    """
    n1, n2, n3, n4 = (sum(1 for n in counts if n == k) for k in (1, 2, 3, 4))
    if not (n1 and n2 and n3 and n4):
        raise ValueError(
            f"counts of 1 to 4 occur {n1}, {n2}, {n3} and {n4} times; "
            "each must occur, so use more text or one discount"
        )
    y = n1 / (n1 + 2 * n2)
    return (0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
