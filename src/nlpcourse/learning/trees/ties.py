"""Comparing two trees honestly where several splits are equally good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlpcourse.learning.trees.cart import CLOSE, Split


class Follow:
    """Picks, of equally good splits, the one that another tree took at the same node.

    Trees grow from the root, left before right, so both meet their nodes in the same order.  Where
    the other tree took a split that is not among the best, it is found out.

    >>> follow = Follow([(1, 6.0)])
    >>> follow([Split(0, 1.5, 2.0), Split(1, 6.0, 2.0)]).feature, follow.ties
    (1, 1)
    """

    def __init__(self, taken: Iterable[tuple[int, float]]) -> None:
        """Keep the other tree's questions: the feature and the threshold of each inner node."""
        self.taken = iter(taken)
        self.asked = 0
        self.ties = 0

    def __call__(self, splits: Sequence[Split]) -> Split:
        """Return the split that the other tree took.

        Raises:
            ValueError: it is none of the best, or the other tree has no further question.
        """
        feature, threshold = next(self.taken, (-1, float("nan")))
        self.asked += 1
        self.ties += len(splits) > 1
        for split in splits:
            near = abs(split.threshold - threshold) <= CLOSE * max(
                1, abs(threshold)
            )
            if split.feature == feature and near:
                return split
        raise ValueError(
            f"question {self.asked} of the other tree, feature {feature} at "
            f"{threshold}, is none of the {len(splits)} best, such as {splits[0]}"
        )
