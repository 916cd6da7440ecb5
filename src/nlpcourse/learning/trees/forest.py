"""Many trees from many samples: bagging, and the forest, whose trees ask about what they drew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nlpcourse.learning.trees.cart import (
    Tree,
    require_labels,
    require_matrix,
    sorted_classes,
)
from nlpcourse.learning.trees.fast import Columns, grow_sparse


@dataclass
class Forest:
    """Trees that vote, each with the numbers of the items that it was grown from."""

    classes: list[Any]
    trees: list[Tree] = field(default_factory=list)
    samples: list[np.ndarray] = field(default_factory=list)

    def shares(self, X: Any, trees: int | None = None) -> np.ndarray:
        """Return the mean of the trees' shares, of shape (n, C); of the first trees alone, if so.

        Raises:
            ValueError: X does not fit the trees.
        """
        found = [tree.shares(X) for tree in self.trees[:trees]]
        return np.asarray(np.mean(found, axis=0))

    def predict(self, X: Any) -> list[Any]:
        """Return the class with the largest mean share for each row."""
        return [self.classes[k] for k in self.shares(X).argmax(axis=1)]


def bootstrap(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw n of n items with replacement; about 37 in 100 are never drawn.

    Raises:
        ValueError: there are no items.
    """
    if n < 1:
        raise ValueError(f"there is nothing to draw from {n} items")
    return rng.integers(n, size=n)


def grow_forest(
    table: Columns,
    y: Sequence[Any],
    trees: int = 10,
    max_features: int | None = None,
    seed: int = 0,
) -> Forest:
    """Grow trees from bootstrap samples: bagging, or with *max_features* a random forest.

    Args:
        table: the features; see :func:`nlpcourse.learning.trees.fast.columns`.
        y: a label for each item.
        trees: how many.
        max_features: each node chooses among so many features, drawn anew; among all by default.
        seed: of the samples and of the features drawn.

    Raises:
        ValueError: there are no trees to grow, not one label for each item, labels are not of
            one kind, or *max_features* is out of range.

    Source: Breiman (1996) for bagging, Breiman (2001) for the forest.

    >>> from nlpcourse.learning.trees.fast import columns
    >>> forest = grow_forest(columns([[0], [1], [2], [3]]), ["a", "a", "b", "b"], trees=7)
    >>> forest.predict([[0], [3]])
    ['a', 'b']
    """
    if trees < 1:
        raise ValueError(f"a forest has one tree or more, not {trees}")
    rng = np.random.default_rng(seed)
    forest = Forest(sorted_classes(y))
    for _ in range(trees):
        rows = bootstrap(len(y), rng)
        tree = grow_sparse(
            table,
            y,
            max_features=max_features,
            rng=rng,
            rows=rows,
            classes=forest.classes,
        )
        forest.trees.append(tree)
        forest.samples.append(rows)
    return forest


def out_of_bag(forest: Forest, X: Any, y: Sequence[Any]) -> list[float]:
    """Return the accuracy on training items, each judged by trees that did not see it.

    Args:
        forest: grown from X and y.
        X: the features that it was grown from.
        y: their labels.

    Returns:
        The accuracy after one tree, after two, and so on, each time on the items that some tree
        so far has not seen.

    Raises:
        ValueError: the first tree has seen every item, there are no trees, X is no table of
            finite numbers, or there is not one of the forest's labels for each item.

    Source: Breiman (2001), section 3.1.
    """
    X = require_matrix(X)
    truth, _ = require_labels(y, len(X), forest.classes)
    votes, found = np.zeros((len(y), len(forest.classes))), []
    for tree, rows in zip(forest.trees, forest.samples, strict=True):
        unseen = np.setdiff1d(np.arange(len(y)), rows)
        if len(unseen):
            votes[unseen] += tree.shares(X[unseen])
        judged = votes.sum(axis=1) > 0
        if not judged.any():
            raise ValueError(
                "the first tree has seen every item; draw another sample"
            )
        right = votes.argmax(axis=1) == truth
        found.append(float(right[judged].mean()))
    if not found:
        raise ValueError("a forest without trees judges nothing; grow one or more")
    return found
