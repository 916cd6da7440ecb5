"""How to judge: splits, groups that stay whole, paired tests, and features chosen too early."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from nlpcourse.evaluation import cross_validation_folds
from nlpcourse.learning.linear.rows import Array, Integers, Rows, with_constant
from nlpcourse.learning.linear.svm import dual_coordinate_descent


def three_parts(
    n: int, validation: float = 0.2, test: float = 0.2, seed: int = 0
) -> tuple[list[int], list[int], list[int]]:
    """Return which of n items are for training, for validation and for the test.

    Raises:
        ValueError: a share is not between 0 and 1, or a part would be empty.

    >>> [len(part) for part in three_parts(10)]
    [6, 2, 2]
    """
    shares = (validation, test)
    if not all(0 < share < 1 for share in shares) or sum(shares) >= 1:
        raise ValueError(
            f"shares lie between 0 and 1 and leave a rest, not {shares}"
        )
    order = list(range(n))
    random.Random(seed).shuffle(order)
    first, second = round(n * validation), round(n * (validation + test))
    parts = order[second:], order[:first], order[first:second]
    if not all(parts):
        raise ValueError(f"{n} items don't fill three parts; take more")
    return parts


def whole_groups(
    groups: Sequence[Hashable], share: float, seed: int = 0
) -> list[int]:
    """Return items of about a *share*, such that no group is cut in two.

    Args:
        groups: the group of every item, such as its thread or its author.
        share: of the items, between 0 and 1.
        seed: of the order in which groups are taken.

    Raises:
        ValueError: the share is not between 0 and 1.

    >>> whole_groups(["a", "b", "a", "c", "c", "c"], share=0.5, seed=1)
    [1, 3, 4, 5]
    """
    if not 0 < share < 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    members: dict[Hashable, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    order = list(members)
    random.Random(seed).shuffle(order)
    taken: list[int] = []
    for group in order:
        if len(taken) >= share * len(groups):
            break
        taken += members[group]
    return sorted(taken)


@dataclass(frozen=True)
class Difference:
    """How much more often the second model is right, and what other test items might have said.

    Attributes:
        gain: accuracy of the second minus accuracy of the first.
        low, high: the middle 95 of 100 resampled gains.
        against: share of the resampled gains that are zero or less.
    """

    gain: float
    low: float
    high: float
    against: float


def outcomes(one: Sequence[bool], other: Sequence[bool]) -> Array:
    """Return the outcomes of one model as numbers, if another was judged on as many items.

    Raises:
        ValueError: the lengths differ or are zero, or an outcome is no finite number.
    """
    found = np.asarray(one, dtype=float)
    if len(one) != len(other) or len(one) == 0:
        raise ValueError(
            f"{len(one)} and {len(other)} outcomes; give the same, one or more"
        )
    if not np.isfinite(found).all():
        raise ValueError("an outcome is NaN or infinite; it is true or false")
    return found


def paired_bootstrap(
    first: Sequence[bool],
    second: Sequence[bool],
    samples: int = 2000,
    seed: int = 0,
) -> Difference:
    """Return the gain of the second model and its bootstrap interval over the same items.

    Args:
        first: whether the first model is right on each test item.
        second: whether the second is right on the same items, in the same order.
        samples: how often the test items are drawn anew, with replacement.
        seed: of the draws.

    Source: Efron and Tibshirani (1993), section 13.3; Koehn (2004) for the paired use.

    Raises:
        ValueError: the lengths differ or are zero, an outcome is no number, or there is no
            sample.

    >>> paired_bootstrap([True, False] * 50, [True, True] * 50).gain
    0.5
    """
    if samples < 1:
        raise ValueError(f"samples must be 1 or more, not {samples}")
    one, other = outcomes(first, second), outcomes(second, first)
    gains = other - one
    rng, n = np.random.default_rng(seed), len(gains)
    drawn = np.array(
        [gains[rng.integers(n, size=n)].mean() for _ in range(samples)]
    )
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Difference(
        float(gains.mean()), float(low), float(high), float((drawn <= 0).mean())
    )


LARGE = 2000
"""More throws than that are added up by logarithms: exact numbers would be too long."""


def whole(count: float) -> int:
    """Return a count as a whole number.

    Raises:
        ValueError: it is negative, or no whole number.
    """
    if not count >= 0 or count != count // 1:
        raise ValueError(
            f"counts are whole numbers and can't be negative, unlike {count}"
        )
    return int(count)


def tail_by_logarithms(n: int, few: int) -> float:
    """Return how often *n* throws of a fair coin give *few* heads at most, for a large *n*.

    Ten spreads below *few* there is nothing left to add.

    >>> round(tail_by_logarithms(20, 5), 12)
    0.020694732666
    """
    first = max(0, few - 5 * math.isqrt(n))
    logs = np.array(
        [
            -math.lgamma(k + 1) - math.lgamma(n - k + 1)
            for k in range(first, few + 1)
        ]
    )
    top = float(logs.max())
    whole_log = top + math.lgamma(n + 1) - n * math.log(2)
    return math.exp(whole_log) * math.fsum(np.exp(logs - top))


def mcnemar(only_first: int, only_second: int) -> float:
    """Return how often a fair coin would split the disputed items at least so unevenly.

    Args:
        only_first: items that only the first model gets right.
        only_second: items that only the second model gets right.

    Source: McNemar (1947), in the exact form; Dietterich (1998), section 3.1.

    Raises:
        ValueError: a count is negative, or no whole number.

    >>> mcnemar(5, 15), mcnemar(0, 0)
    (0.04138946533203125, 1.0)
    """
    few, many = sorted(whole(count) for count in (only_first, only_second))
    n = few + many
    if n > LARGE:
        return min(1.0, 2 * tail_by_logarithms(n, few))
    tail = sum(math.comb(n, k) for k in range(few + 1))
    return float(min(1.0, 2 * tail / 2**n))


def chi_square(counts: Rows, y: Array) -> Array:
    """Return how unevenly each feature is spread over the classes, (features,).

    Σ over the classes of (observed − expected)² / expected, where a feature that knows nothing is
    expected in proportion to the classes' sizes; equal to scikit-learn's ``chi2``.

    Args:
        counts: what is not negative, (n, d).
        y: a class number for every row, (n,).

    Raises:
        ValueError: lengths differ, or a count is negative.
    """
    if len(counts) != len(y) or (counts.values < 0).any():
        raise ValueError("one class for every row, and no negative counts")
    total = counts.transposed_times(np.ones(len(counts)))  # (d,)
    found = np.zeros(counts.width)
    for value in np.unique(y):
        observed = counts.transposed_times((y == value).astype(float))
        expected = total * (y == value).mean()
        found += (observed - expected) ** 2 / np.maximum(expected, 1e-300)
    return found


def most_telling(counts: Rows, y: Array, number: int) -> Integers:
    """Return the columns of so many features with the largest :func:`chi_square`.

    Raises:
        ValueError: as :func:`chi_square`; the number is less than 1.
    """
    if number < 1:
        raise ValueError(f"keep 1 feature or more, not {number}")
    return np.argsort(-chi_square(counts, y), kind="stable")[:number]


def always(columns: Integers) -> Callable[[Rows, Array], Integers]:
    """Return a choice that looks at nothing it is shown and gives these columns."""
    return lambda counts, y: columns


def cross_validated(
    counts: Rows,
    y: Array,
    choose: Callable[[Rows, Array], Integers],
    strength: float = 1e-3,
    folds: int = 5,
    seed: int = 0,
) -> float:
    """Return the accuracy of a linear SVM on features that *choose* picks in every fold.

    Args:
        counts: (n, d).
        y: +1 or −1 for every row, (n,).
        choose: is shown the rows and labels that the fold trains on, and returns columns.
        strength: λ of the SVM.
        folds: number of parts.
        seed: of the shuffle and of the descent.

    Raises:
        ValueError: fewer rows than folds, or as ``dual_coordinate_descent``.
    """
    right = 0
    for seen, held_out in cross_validation_folds(len(counts), folds, seed):
        columns = choose(counts.take(seen), y[seen])
        kept = with_constant(counts.keep(columns))
        w, _ = dual_coordinate_descent(kept.take(seen), y[seen], strength, 5, seed)
        right += int((y[held_out] * kept.take(held_out).times(w) > 0).sum())
    return right / len(counts)


def thread_of(post: str, length: int = 2) -> str:
    """Return the first words of a post of 20 Newsgroups after any *re*: about its subject.

    The course's copy puts the subject before the text without a mark between them, so the end of a
    subject is not known; two words put some different threads together, which is the safe side.

    >>> thread_of("re gospel dating in article"), thread_of("gospel dating who knows")
    ('gospel dating', 'gospel dating')
    """
    words = post.split()
    while words and words[0] == "re":
        words = words[1:]
    return " ".join(words[:length])
